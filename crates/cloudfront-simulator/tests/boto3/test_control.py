"""The control port and the program: clock, edits, seeds, settings, state file and output."""

import json
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from harness import ACCOUNT, KEYS, Simulator, SimulatorTest, cache_behavior, distribution_config, item_list


class Edits(SimulatorTest):
    """Out-of-band changes, such as changes in the AWS console."""

    def setUp(self):
        super().setUp()
        self.created = self.create_distribution(Comment="mine", **self.aliases("a.example.com"))
        self.id = self.created["Distribution"]["Id"]
        self.simulator.advance("10m")

    def test_setting_a_text_creates_a_new_version(self):
        self.simulator.edit(self.id, "set", path="Comment", value="theirs")
        response = self.client.get_distribution(Id=self.id)
        self.assertEqual(response["Distribution"]["DistributionConfig"]["Comment"], "theirs")
        self.assertEqual(response["Distribution"]["Status"], "InProgress")
        self.assertNotEqual(response["ETag"], self.created["ETag"])
        with self.assert_client_error("PreconditionFailed", 412):
            self.client.delete_distribution(Id=self.id, IfMatch=self.created["ETag"])

    def test_list_items_are_addressed_by_index(self):
        self.simulator.edit(self.id, "set", path="Origins/Items/0/DomainName", value="other.s3.amazonaws.com")
        self.assertEqual(self.get_config(self.id)[0]["Origins"]["Items"][0]["DomainName"], "other.s3.amazonaws.com")

    def test_appending_and_removing_items_updates_quantity(self):
        self.simulator.edit(self.id, "append", path="Aliases", xml="<CNAME>b.example.com</CNAME>")
        self.assertEqual(self.get_config(self.id)[0]["Aliases"], item_list("a.example.com", "b.example.com"))
        with self.assert_client_error("CNAMEAlreadyExists", 409):
            self.create_distribution("2", **self.aliases("b.example.com"))
        for _ in range(2):
            self.simulator.edit(self.id, "remove", path="Aliases/Items/0")
        self.assertEqual(self.get_config(self.id)[0]["Aliases"], item_list())
        self.create_distribution("2", **self.aliases("b.example.com"))

    def test_an_unknown_element_is_stored(self):
        """An element that AWS could add in the future."""
        self.simulator.edit(self.id, "put", path="", xml="<FutureConfig><Mode>warp</Mode></FutureConfig>")
        state = self.simulator.control_request("GET", "/state")
        (row,) = state["accounts"][ACCOUNT]["distributions"]
        self.assertIn("<FutureConfig><Mode>warp</Mode></FutureConfig>", row["config"])
        self.client.get_distribution_config(Id=self.id)

    def test_a_deleted_resource_is_not_found(self):
        self.simulator.edit(self.id, "delete")
        with self.assert_client_error("NoSuchDistribution", 404):
            self.client.get_distribution(Id=self.id)
        self.create_distribution("2", **self.aliases("a.example.com"))

    def test_replacing_tags_creates_no_new_version(self):
        self.simulator.edit(self.id, "tags", tags={"k": "v"})
        arn = self.created["Distribution"]["ARN"]
        self.assertEqual(
            self.client.list_tags_for_resource(Resource=arn)["Tags"]["Items"], [{"Key": "k", "Value": "v"}]
        )
        self.assertEqual(self.get_config(self.id)[1], self.created["ETag"])

    def test_an_invalid_edit_is_rejected_with_a_reason(self):
        for id, edit, arguments, reason in (
            ("E0", "delete", {}, "no resource 'E0'"),
            (self.id, "remove", {"path": "No/Where"}, "leads nowhere"),
            (self.id, "put", {"path": "", "xml": "<a>"}, "no XML element"),
        ):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                self.simulator.edit(id, edit, **arguments)
            self.assertIn(reason, json.load(caught.exception)["error"])


class Settings(SimulatorTest):
    def test_the_clock_can_be_advanced(self):
        before = self.simulator.control_request("GET", "/clock")["now"]
        after = self.simulator.control_request("POST", "/advance?by=24h")["now"]
        self.assertGreater(after, before)
        self.assertNotEqual(after[:10], before[:10])

    def test_a_changed_delay_applies_to_deployments_in_progress(self):
        id = self.create_distribution()["Distribution"]["Id"]
        self.simulator.control_request("PATCH", "/settings", {"deploy_delay": "0s"})
        self.assertEqual(self.client.get_distribution(Id=id)["Distribution"]["Status"], "Deployed")

    def test_latency_delays_responses(self):
        self.simulator.control_request("PATCH", "/settings", {"latency": "200ms"})
        started = time.monotonic()
        self.client.list_distributions()
        self.assertGreaterEqual(time.monotonic() - started, 0.2)

    def test_unknown_names_are_rejected(self):
        for method, path, body in (
            ("PATCH", "/settings", {"speed": 1}),
            ("PATCH", "/switches", {"nope": True}),
            ("PATCH", "/quotas", {"limits": {"TooManyThings": 1}}),
            ("POST", "/seeds", {"family": "nope", "id": "x"}),
            ("POST", "/faults", {"mode": "nope"}),
            ("POST", "/advance?by=soon", None),
        ):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                self.simulator.control_request(method, path, body)
            self.assertEqual(caught.exception.code, 400, path)
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.simulator.control_request("GET", "/nowhere")
        self.assertEqual(caught.exception.code, 404)

    def test_managed_policies_exist_from_the_start(self):
        """AWS developer guide: managed cache, origin request and response headers policies."""
        self.create_distribution(
            DefaultCacheBehavior=cache_behavior(
                OriginRequestPolicyId="216adef6-5c7f-47e4-b989-5492eafa07d3",
                ResponseHeadersPolicyId="67f7725c-6f97-4210-82d7-5512b31e9d03",
            )
        )
        for list, count in (("cache_polic", 15), ("origin_request_polic", 8), ("response_headers_polic", 5)):
            response = getattr(self.client, f"list_{list}ies")(Type="managed")
            (page,) = (value for name, value in response.items() if name.endswith("PolicyList"))
            self.assertEqual(page["Quantity"], count)

    def test_seeds_can_be_added_and_removed(self):
        self.simulator.seed("cache-policy", "mine")
        self.create_distribution(DefaultCacheBehavior=cache_behavior(CachePolicyId="mine"))
        self.simulator.control_request("DELETE", "/seeds", {"family": "cache-policy", "id": "mine"})
        with self.assert_client_error("NoSuchCachePolicy", 404):
            self.create_distribution("2", DefaultCacheBehavior=cache_behavior(CachePolicyId="mine"))

    def test_the_journal_records_requests_and_callers(self):
        id = self.create_distribution("the-key")["Distribution"]["Id"]
        (entry,) = self.simulator.journal()
        expected = {
            "sequence": 1,
            "operation": "CreateDistribution",
            "method": "POST",
            "path": "/2020-05-31/distribution",
            "key": "the-key",
            "id": id,
            "status": 201,
            "code": None,
            "access_key": KEYS[ACCOUNT][0],
            "account": ACCOUNT,
            "committed": True,
            "fault": None,
        }
        self.assertEqual({name: entry[name] for name in expected}, expected)
        self.simulator.control_request("DELETE", "/journal")
        self.client.list_distributions()
        self.assertEqual(
            [entry["sequence"] for entry in self.simulator.control_request("GET", "/journal?since=1")["entries"]], [2]
        )


class Program(SimulatorTest):
    def test_help_describes_flags_and_control_port(self):
        text = subprocess.run(
            [self.simulator.process.args[0], "--help"], capture_output=True, text=True, check=True
        ).stdout
        for word in (
            "--listen",
            "--control",
            "--deploy-delay",
            "--state",
            "--credential",
            "--latency",
            "--seed",
            "/_sim/advance",
            "reset-after-commit",
        ):
            self.assertIn(word, text)
        self.assertIn("reset-after-commit", " ".join(self.simulator.control_request("GET", "")["help"]))

    def test_every_switch_mode_and_resource_type_is_documented(self):
        """The names come from the error messages of the simulator, which list all accepted values."""
        help = " ".join(self.simulator.control_request("GET", "")["help"])
        readme = (Path(__file__).parents[2] / "README.md").read_text()
        for method, path, body, texts in (
            ("PATCH", "/switches", {"nope": True}, (help, readme)),
            ("POST", "/faults", {"mode": "nope"}, (help,)),
            ("POST", "/faults", {"mode": "hostile", "body": "nope"}, (help,)),
            ("POST", "/seeds", {"family": "nope", "id": "x"}, (help,)),
            ("POST", "/edits", {"id": "E0", "edit": "nope"}, (help,)),
        ):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                self.simulator.control_request(method, path, body)
            names = json.load(caught.exception)["error"].split("expected one of ")[1].split("`")[1::2]
            self.assertGreater(len(names), 4)
            for name in names:
                for text in texts:
                    self.assertIn(name, text)

    def test_credentials_are_printed(self):
        self.assertEqual(
            self.simulator.printed_credentials,
            [["credential", key, secret, account] for account, (key, secret) in KEYS.items()],
        )

    def test_it_listens_on_loopback_by_default(self):
        for url in (self.simulator.api, self.simulator.control):
            self.assertTrue(url.startswith("http://127.0.0.1:"))

    def test_sigterm_ends_the_program_with_status_0_while_a_client_is_connected(self):
        simulator = Simulator()
        simulator.client().list_distributions()
        self.assertEqual(simulator.close(), 0)

    def test_the_state_file_preserves_the_state_across_restarts(self):
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "state.json")
            first = Simulator("--state", path)
            created = first.client().create_distribution(
                DistributionConfig=distribution_config("kept", **first.aliases("a.example.com"))
            )
            first.advance("10m")
            first.set_quota("TooManyDistributions", 7)
            self.assertEqual(first.close(), 0)
            second = Simulator("--state", path)
            self.addCleanup(second.close)
            read = second.client().get_distribution(Id=created["Distribution"]["Id"])
            self.assertEqual((read["ETag"], read["Distribution"]["Status"]), (created["ETag"], "Deployed"))
            self.assertEqual(second.control_request("GET", "/quotas")["TooManyDistributions"], 7)
            with self.assert_client_error("DistributionAlreadyExists", 409):
                second.client().create_distribution(DistributionConfig=distribution_config("kept"))
            with self.assert_client_error("CNAMEAlreadyExists", 409):
                second.client().create_distribution(
                    DistributionConfig=distribution_config("new", **second.aliases("a.example.com"))
                )

    def test_the_state_file_is_written_while_the_simulator_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "state.json"
            killed = Simulator("--state", str(path))
            id = killed.client().create_distribution(DistributionConfig=distribution_config())["Distribution"]["Id"]
            deadline = time.monotonic() + 20
            while not (path.exists() and id in path.read_text()):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.05)
            killed.process.kill()
            killed.close()
            second = Simulator("--state", str(path))
            self.addCleanup(second.close)
            second.client().get_distribution(Id=id)

    def test_a_damaged_state_file_is_an_error(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("not json")
            file.flush()
            result = subprocess.run(
                [self.simulator.process.args[0], "--state", file.name], capture_output=True, text=True, check=False
            )
        self.assertEqual(result.returncode, 1)
        self.assertIn("delete it to start without resources", result.stderr)

    def test_equal_seeds_give_equal_identifiers(self):
        ids = []
        for _ in range(2):
            simulator = Simulator("--seed", "5")
            self.addCleanup(simulator.close)
            ids.append(
                simulator.client().create_distribution(DistributionConfig=distribution_config())["Distribution"]["Id"]
            )
        self.assertEqual(*ids)
