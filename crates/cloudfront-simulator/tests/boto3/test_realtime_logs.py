"""Real-time log configurations (FACTS.md, real-time logs)."""

import itertools

from families import NamedFamilyTest
from harness import ACCOUNT, OTHER_ACCOUNT, cache_behavior

STREAM = {
    "RoleARN": f"arn:aws:iam::{ACCOUNT}:role/logs",
    "StreamARN": f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/logs",
}
ENDPOINT = {"StreamType": "Kinesis", "KinesisStreamConfig": STREAM}


def arn(name, account=ACCOUNT):
    return f"arn:aws:cloudfront::{account}:realtime-log-config/{name}"


class LogConfigTest(NamedFamilyTest):
    NAME, LIST = "RealtimeLogConfig", "RealtimeLogConfigs"
    QUOTA = "TooManyRealtimeLogConfigs"
    UPDATED = ("EndPoints", "Fields", "SamplingRate")
    NOT_RAISED = {"ListRealtimeLogConfigs": {"NoSuchRealtimeLogConfig": "a list is about no configuration"}}

    def config(self, number=0, **members):
        config = {"Name": f"c{number}", "SamplingRate": 5, "Fields": ["timestamp", "c-ip"], "EndPoints": [ENDPOINT]}
        return {**config, **members}

    def items(self, **parameters):
        return self.client.list_realtime_log_configs(**parameters)["RealtimeLogConfigs"].get("Items", [])

    def update(self, id, etag=None, config=None, **members):
        config = {**(config or self.config()), **members}
        return self.call("Update", Id=id, **{name: config[name] for name in self.UPDATED})

    def get(self, **parameters):
        return self.client.get_realtime_log_config(**parameters)["RealtimeLogConfig"]

    def use(self, name="c0", reference="r", account=ACCOUNT):
        behavior = cache_behavior(RealtimeLogConfigArn=arn(name, account))
        return self.create_distribution(reference, DefaultCacheBehavior=behavior)["Distribution"]["Id"]

    def users(self, **parameters):
        users = self.client.list_distributions_by_realtime_log_config(**parameters)["DistributionList"]
        return [user["Id"] for user in users.get("Items", [])]


class LogConfigs(LogConfigTest):
    """Every operation, and every error code."""

    def test_log_configs(self):
        created = self.create()
        self.assertEqual(created["RealtimeLogConfig"], {"ARN": arn("c0"), **self.config()})
        self.assertTrue({"etag", "location"}.isdisjoint(created["ResponseMetadata"]["HTTPHeaders"]))
        self.check_reads(created["RealtimeLogConfig"])
        self.check_update()
        self.check_missing("NoSuchRealtimeLogConfig")
        self.check_quota(1)
        with self.assert_client_error("RealtimeLogConfigAlreadyExists", 409):
            self.create()
        self.check_invalid()
        self.check_use()
        self.check_pages(present=1)
        self.check_coverage("ListDistributionsByRealtimeLogConfig")

    def check_reads(self, created):
        for names in ({"Name": "c0"}, {"ARN": arn("c0")}, {"Name": "c0", "ARN": arn("other")}):
            self.assertEqual(self.get(**names), created)
        expected = {"MaxItems": 100, "IsTruncated": False, "Marker": "", "Items": [created]}
        self.assertEqual(self.client.list_realtime_log_configs()["RealtimeLogConfigs"], expected)

    def check_update(self):
        changed = {"SamplingRate": 100, "Fields": ["c-ip"]}
        updated = self.update("c0", **changed)["RealtimeLogConfig"]
        self.assertEqual(updated, {"ARN": arn("c0"), **self.config(**changed)})
        complete = {name: self.config()[name] for name in self.UPDATED}
        updated = self.client.update_realtime_log_config(ARN=arn("c0"), **complete)["RealtimeLogConfig"]
        self.assertEqual(updated, {"ARN": arn("c0"), **self.config()})
        for name in self.UPDATED:
            members = {other: value for other, value in complete.items() if other != name}
            with self.assert_client_error("InvalidArgument", 400, name):
                self.client.update_realtime_log_config(Name="c0", **members)

    def check_missing(self, code):
        for call in (
            lambda: self.get(Name="missing"),
            lambda: self.get(ARN=arn("missing")),
            lambda: self.update("missing"),
            lambda: self.call("Delete", Id="missing"),
        ):
            with self.assert_client_error(code, 404):
                call()

    def check_invalid(self):
        for members in (
            {"SamplingRate": 0},
            {"SamplingRate": 101},
            {"Fields": []},
            {"Fields": ["c-ip", "nothing"]},
            {"EndPoints": []},
            {"EndPoints": [{**ENDPOINT, "StreamType": "Other"}]},
            {"EndPoints": [{"StreamType": "Kinesis"}]},
        ):
            with self.assert_client_error("InvalidArgument", 400):
                self.create(900, **members)
            with self.assert_client_error("InvalidArgument", 400):
                self.update("c0", **members)
        for call in (
            lambda: self.create(Name=""),
            self.get,
            self.client.delete_realtime_log_config,
            self.users,
            lambda: self.users(RealtimeLogConfigName="c0", MaxItems="x"),
            lambda: self.items(MaxItems="x"),
        ):
            with self.assert_client_error("InvalidArgument", 400):
                call()

    def check_use(self):
        id = self.use()
        self.create_distribution("bare")
        for names in ({"RealtimeLogConfigName": "c0"}, {"RealtimeLogConfigArn": arn("c0")}):
            self.assertEqual(self.users(**names), [id])
        with self.assert_client_error("RealtimeLogConfigInUse", 400):
            self.call("Delete", Id="c0")
        with self.assert_client_error("NoSuchRealtimeLogConfig", 404):
            self.use("missing", "missing")
        with self.assert_client_error("RealtimeLogConfigOwnerMismatch", 401):
            self.use("c0", "other", OTHER_ACCOUNT)
        self.create(1)
        self.client.delete_realtime_log_config(ARN=arn("c1"))

    def check_pages(self, present=0):
        self.simulator.set_quota(self.QUOTA, 1_000)
        for number in range(101 - present):
            self.create(1_000 + number)
        first = self.client.list_realtime_log_configs()["RealtimeLogConfigs"]
        last = self.client.list_realtime_log_configs(Marker=first["NextMarker"])["RealtimeLogConfigs"]
        names = {item["Name"] for item in first["Items"] + last["Items"]}
        self.assertEqual((len(first["Items"]), len(last["Items"]), len(names)), (100, 1, 101))
        self.assertEqual((first["IsTruncated"], last["IsTruncated"]), (True, False))


class Details(LogConfigTest):
    def test_fields_have_the_order_of_responses(self):
        fields = ["c-ip", "viewer-response-log-data", "timestamp", "sc-status"]
        for number, order in enumerate(itertools.permutations(fields)):
            created = self.create(number, Fields=list(order))["RealtimeLogConfig"]
            self.assertEqual(created["Fields"], ["timestamp", "c-ip", "sc-status", "viewer-response-log-data"])

    def test_unknown_fields(self):
        """AWS adds fields, so it is a switch."""
        self.simulator.set_switch("accept-unknown-log-fields")
        created = self.create(Fields=["future", "c-ip"])["RealtimeLogConfig"]
        self.assertEqual(created["Fields"], ["c-ip", "future"])

    def test_users_of_an_unknown_configuration(self):
        """The model has no code for it, so it is a switch."""
        missing = ({"RealtimeLogConfigName": "missing"}, {"RealtimeLogConfigArn": arn("missing")})
        for names in missing:
            self.assertEqual(self.users(**names), [])
        self.simulator.set_switch("unknown-log-config-is-invalid-argument")
        for names in missing:
            with self.assert_client_error("InvalidArgument", 400):
                self.users(**names)

    def test_users_in_two_pages(self):
        self.create()
        ids = sorted(self.use(reference=str(number)) for number in range(3))
        self.assertEqual(self.users(RealtimeLogConfigName="c0", MaxItems="2"), ids[:2])
        self.assertEqual(self.users(RealtimeLogConfigName="c0", Marker=ids[1]), ids[2:])

    def test_a_seeded_configuration(self):
        self.simulator.seed("realtime-log-config", arn("seeded"))
        id = self.use("seeded")
        self.assertEqual(self.users(RealtimeLogConfigArn=arn("seeded")), [id])

    def test_edits_and_stale_reads(self):
        self.create()
        self.simulator.edit("c0", "set", path="SamplingRate", value="7")
        self.assertEqual(self.get(Name="c0")["SamplingRate"], 7)
        self.simulator.inject_fault("GetRealtimeLogConfig", "stale-read", lag=1)
        self.assertEqual(self.get(Name="c0")["SamplingRate"], 5)
        self.simulator.edit(arn("c0"), "delete")
        with self.assert_client_error("NoSuchRealtimeLogConfig", 404):
            self.get(Name="c0")

    def test_the_journal_has_the_name(self):
        self.create()
        self.get(ARN=arn("c0"))
        self.call("Delete", Id="c0")
        self.assertEqual([entry["id"] for entry in self.simulator.journal()], ["c0", "c0", "c0"])
