"""The control port: clock, edits, seeds, settings, state; and the program around it."""

import json
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from harness import ACCOUNT, KEYS, Simulator, SimulatorTest, behavior, config, listed


class Edits(SimulatorTest):
    """Someone used the console."""

    def setUp(self):
        super().setUp()
        self.created = self.create(Comment="mine", Aliases=listed("a.example.com"))
        self.id = self.created["Distribution"]["Id"]
        self.simulator.advance("10m")

    def test_a_text_is_changed_and_the_version_with_it(self):
        self.simulator.edit(self.id, "set", path="Comment", value="theirs")
        whole = self.client.get_distribution(Id=self.id)
        self.assertEqual(whole["Distribution"]["DistributionConfig"]["Comment"], "theirs")
        self.assertEqual(whole["Distribution"]["Status"], "InProgress")
        self.assertNotEqual(whole["ETag"], self.created["ETag"])
        with self.refused("PreconditionFailed", 412):
            self.client.delete_distribution(Id=self.id, IfMatch=self.created["ETag"])

    def test_members_of_lists_are_reached_by_number(self):
        self.simulator.edit(self.id, "set", path="Origins/Items/0/DomainName", value="other.s3.amazonaws.com")
        self.assertEqual(self.read(self.id)[0]["Origins"]["Items"][0]["DomainName"], "other.s3.amazonaws.com")

    def test_lists_grow_and_shrink_with_their_quantity(self):
        self.simulator.edit(self.id, "append", path="Aliases", xml="<CNAME>b.example.com</CNAME>")
        self.assertEqual(self.read(self.id)[0]["Aliases"], listed("a.example.com", "b.example.com"))
        with self.refused("CNAMEAlreadyExists", 409):
            self.create("2", Aliases=listed("b.example.com"))
        for _ in range(2):
            self.simulator.edit(self.id, "remove", path="Aliases/Items/0")
        self.assertEqual(self.read(self.id)[0]["Aliases"], listed())
        self.create("2", Aliases=listed("b.example.com"))

    def test_an_element_of_the_future_is_read_back(self):
        """What AWS adds tomorrow arrives like this."""
        self.simulator.edit(self.id, "put", path="", xml="<FutureConfig><Mode>warp</Mode></FutureConfig>")
        state = self.simulator.call("GET", "/state")
        (row,) = state["accounts"][ACCOUNT]["distributions"]
        self.assertIn("<FutureConfig><Mode>warp</Mode></FutureConfig>", row["config"])
        self.client.get_distribution_config(Id=self.id)

    def test_a_resource_vanishes(self):
        self.simulator.edit(self.id, "delete")
        with self.refused("NoSuchDistribution", 404):
            self.client.get_distribution(Id=self.id)
        self.create("2", Aliases=listed("a.example.com"))

    def test_tags_change_without_a_new_version(self):
        self.simulator.edit(self.id, "tags", tags={"k": "v"})
        arn = self.created["Distribution"]["ARN"]
        self.assertEqual(
            self.client.list_tags_for_resource(Resource=arn)["Tags"]["Items"], [{"Key": "k", "Value": "v"}]
        )
        self.assertEqual(self.read(self.id)[1], self.created["ETag"])

    def test_a_senseless_edit_is_refused_with_a_reason(self):
        for id, edit, more, reason in (
            ("E0", "delete", {}, "no resource 'E0'"),
            (self.id, "remove", {"path": "No/Where"}, "leads nowhere"),
            (self.id, "put", {"path": "", "xml": "<a>"}, "no XML element"),
        ):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                self.simulator.edit(id, edit, **more)
            self.assertIn(reason, json.load(caught.exception)["error"])


class Settings(SimulatorTest):
    def test_the_clock_runs_in_real_time_plus_advances(self):
        before = self.simulator.call("GET", "/clock")["now"]
        after = self.simulator.call("POST", "/advance?by=24h")["now"]
        self.assertGreater(after, before)
        self.assertNotEqual(after[:10], before[:10])

    def test_a_changed_delay_holds_for_what_is_in_progress(self):
        id = self.create()["Distribution"]["Id"]
        self.simulator.call("PATCH", "/settings", {"deploy_delay": "0s"})
        self.assertEqual(self.client.get_distribution(Id=id)["Distribution"]["Status"], "Deployed")

    def test_latency_is_waited_for(self):
        self.simulator.call("PATCH", "/settings", {"latency": "200ms"})
        started = time.monotonic()
        self.client.list_distributions()
        self.assertGreaterEqual(time.monotonic() - started, 0.2)

    def test_unknown_settings_switches_and_quotas_are_refused(self):
        for method, path, body in (
            ("PATCH", "/settings", {"speed": 1}),
            ("PATCH", "/switches", {"nope": True}),
            ("PATCH", "/quotas", {"limits": {"TooManyThings": 1}}),
            ("POST", "/seeds", {"family": "nope", "id": "x"}),
            ("POST", "/faults", {"mode": "nope"}),
            ("POST", "/advance?by=soon", None),
        ):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                self.simulator.call(method, path, body)
            self.assertEqual(caught.exception.code, 400, path)
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.simulator.call("GET", "/nowhere")
        self.assertEqual(caught.exception.code, 404)

    def test_managed_policies_are_known_from_the_start(self):
        """AWS developer guide: use managed cache, origin request and response headers policies."""
        self.create(
            DefaultCacheBehavior=behavior(
                OriginRequestPolicyId="216adef6-5c7f-47e4-b989-5492eafa07d3",
                ResponseHeadersPolicyId="67f7725c-6f97-4210-82d7-5512b31e9d03",
            )
        )
        self.assertEqual(len(self.simulator.call("GET", "/seeds")["cache-policy"]), 7)

    def test_seeds_come_and_go(self):
        self.simulator.seed("cache-policy", "mine")
        self.create(DefaultCacheBehavior=behavior(CachePolicyId="mine"))
        self.simulator.call("DELETE", "/seeds", {"family": "cache-policy", "id": "mine"})
        with self.refused("NoSuchCachePolicy", 404):
            self.create("2", DefaultCacheBehavior=behavior(CachePolicyId="mine"))

    def test_the_journal_tells_who_did_what(self):
        made = self.create("the-key")["Distribution"]["Id"]
        (entry,) = self.simulator.journal()
        expected = {
            "sequence": 1,
            "operation": "CreateDistribution",
            "method": "POST",
            "path": "/2020-05-31/distribution",
            "key": "the-key",
            "id": made,
            "status": 201,
            "code": None,
            "access_key": KEYS[ACCOUNT][0],
            "account": ACCOUNT,
            "committed": True,
            "fault": None,
        }
        self.assertEqual({name: entry[name] for name in expected}, expected)
        self.simulator.call("DELETE", "/journal")
        self.client.list_distributions()
        self.assertEqual(
            [entry["sequence"] for entry in self.simulator.call("GET", "/journal?since=1")["entries"]], [2]
        )


class Program(SimulatorTest):
    def test_help_explains_everything(self):
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
        self.assertIn("reset-after-commit", " ".join(self.simulator.call("GET", "")["help"]))

    def test_every_switch_mode_and_family_is_explained(self):
        """The names come from what the simulator says it would have accepted."""
        help = " ".join(self.simulator.call("GET", "")["help"])
        readme = (Path(__file__).parents[2] / "README.md").read_text()
        for method, path, body, texts in (
            ("PATCH", "/switches", {"nope": True}, (help, readme)),
            ("POST", "/faults", {"mode": "nope"}, (help,)),
            ("POST", "/faults", {"mode": "hostile", "body": "nope"}, (help,)),
            ("POST", "/seeds", {"family": "nope", "id": "x"}, (help,)),
            ("POST", "/edits", {"id": "E0", "edit": "nope"}, (help,)),
        ):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                self.simulator.call(method, path, body)
            names = json.load(caught.exception)["error"].split("expected one of ")[1].split("`")[1::2]
            self.assertGreater(len(names), 4)
            for name in names:
                for text in texts:
                    self.assertIn(name, text)

    def test_credentials_are_announced(self):
        self.assertEqual(
            self.simulator.announced, [["credential", key, secret, account] for account, (key, secret) in KEYS.items()]
        )

    def test_it_listens_on_loopback_by_default(self):
        for url in (self.simulator.api, self.simulator.control):
            self.assertTrue(url.startswith("http://127.0.0.1:"))

    def test_it_ends_cleanly_on_sigterm_with_a_client_connected(self):
        simulator = Simulator()
        simulator.client().list_distributions()
        self.assertEqual(simulator.close(), 0)

    def test_the_state_file_keeps_everything_across_restarts(self):
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "state.json")
            first = Simulator("--state", path)
            made = first.client().create_distribution(
                DistributionConfig=config("kept", Aliases=listed("a.example.com"))
            )
            first.advance("10m")
            first.quota("TooManyDistributions", 7)
            self.assertEqual(first.close(), 0)
            second = Simulator("--state", path)
            self.addCleanup(second.close)
            read = second.client().get_distribution(Id=made["Distribution"]["Id"])
            self.assertEqual((read["ETag"], read["Distribution"]["Status"]), (made["ETag"], "Deployed"))
            self.assertEqual(second.call("GET", "/quotas")["TooManyDistributions"], 7)
            with self.refused("DistributionAlreadyExists", 409):
                second.client().create_distribution(DistributionConfig=config("kept"))
            with self.refused("CNAMEAlreadyExists", 409):
                second.client().create_distribution(DistributionConfig=config("new", Aliases=listed("a.example.com")))

    def test_a_state_file_is_written_while_it_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "state.json"
            killed = Simulator("--state", str(path))
            made = killed.client().create_distribution(DistributionConfig=config())["Distribution"]["Id"]
            deadline = time.monotonic() + 20
            while not (path.exists() and made in path.read_text()):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.05)
            killed.process.kill()
            killed.close()
            second = Simulator("--state", str(path))
            self.addCleanup(second.close)
            second.client().get_distribution(Id=made)

    def test_a_damaged_state_file_is_refused_with_a_reason(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("not json")
            file.flush()
            done = subprocess.run(
                [self.simulator.process.args[0], "--state", file.name], capture_output=True, text=True, check=False
            )
        self.assertEqual(done.returncode, 1)
        self.assertIn("delete it to start anew", done.stderr)

    def test_a_seed_repeats_identifiers(self):
        ids = []
        for _ in range(2):
            simulator = Simulator("--seed", "5")
            self.addCleanup(simulator.close)
            ids.append(simulator.client().create_distribution(DistributionConfig=config())["Distribution"]["Id"])
        self.assertEqual(*ids)
