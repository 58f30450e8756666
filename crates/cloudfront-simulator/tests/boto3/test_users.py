"""Lists of the distributions that use a policy or a key group (FACTS.md, lists of users)."""

from botocore import xform_name
from harness import OTHER_ACCOUNT, SimulatorTest, cache_behavior, item_list
from policies import selections
from test_keys import key_config

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"


class UsersTest:
    """The tests of one list. A subclass has the names of its family, and is a test case."""

    NAME = ""
    PARAMETER = OPERATION = SEED = MISSING = ""

    def config(self):
        raise NotImplementedError

    def member(self, id):
        """Return the member of a cache behavior that refers to the resource."""
        return {self.PARAMETER: id}

    def create(self):
        config = {"Name": "n", "Comment": "c", **self.config()}
        created = getattr(self.client, xform_name(f"Create{self.NAME}"))(**{f"{self.NAME}Config": config})
        return created[self.NAME]["Id"]

    def use(self, reference, id):
        return self.create_distribution(reference, **self.default(id))["Distribution"]["Id"]

    def default(self, id):
        return {"DefaultCacheBehavior": cache_behavior(**self.member(id))}

    def others(self, *ids):
        """Return further cache behaviors, one for each ID."""
        behaviors = [cache_behavior(PathPattern=f"{number}/*", **self.member(id)) for number, id in enumerate(ids)]
        return {"CacheBehaviors": item_list(*behaviors)}

    def page(self, id, client=None, **parameters):
        list_users = getattr(client or self.client, xform_name(f"ListDistributionsBy{self.OPERATION}"))
        return list_users(**{self.PARAMETER: id}, **parameters)["DistributionIdList"]

    def assert_users(self, id, *users):
        items = {"Items": sorted(users)} if users else {}
        expected = {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": len(users), **items}
        self.assertEqual(self.page(id), expected)

    def test_every_behavior_counts_once(self):
        id = self.create()
        bare = self.create_distribution("bare")["Distribution"]["Id"]
        self.assert_users(id)
        by_default = self.use("default", id)
        self.assert_users(id, by_default)
        by_others = self.create_distribution("others", **self.others(id, id))["Distribution"]["Id"]
        both = self.create_distribution("both", **self.default(id), **self.others(id))["Distribution"]["Id"]
        self.update_distribution(both, Enabled=False)
        self.assert_users(id, by_default, by_others, both)
        self.update_distribution(by_default, DefaultCacheBehavior=self.get_config(bare)[0]["DefaultCacheBehavior"])
        self.assert_users(id, by_others, both)
        self.simulator.advance("10m")
        self.client.delete_distribution(Id=both, IfMatch=self.get_config(both)[1])
        self.assert_users(id, by_others)

    def test_two_pages(self):
        id = self.create()
        users = sorted(self.use(str(number), id) for number in range(3))
        first = self.page(id, MaxItems="2")
        expected = {"Marker": "", "NextMarker": users[1], "MaxItems": 2, "IsTruncated": True, "Quantity": 2}
        self.assertEqual(first, {**expected, "Items": users[:2]})
        last = self.page(id, MaxItems="2", Marker=first["NextMarker"])
        expected = {"Marker": users[1], "MaxItems": 2, "IsTruncated": False, "Quantity": 1}
        self.assertEqual(last, {**expected, "Items": users[2:]})
        self.assertNotIn("NextMarker", self.page(id, MaxItems="3"))
        self.assertEqual(self.page(id, Marker=users[2])["Quantity"], 0)

    def test_errors(self):
        id = self.create()
        with self.assertRaises(getattr(self.client.exceptions, self.MISSING)):
            self.page(UNKNOWN_ID)
        for invalid in ("0", "-1", "x", "101"):
            with self.assertRaises(self.client.exceptions.InvalidArgument):
                self.page(id, MaxItems=invalid)
        other = self.simulator.client(account=OTHER_ACCOUNT)
        with self.assertRaises(getattr(other.exceptions, self.MISSING)):
            self.page(id, other)

    def test_a_seeded_resource(self):
        self.simulator.seed(self.SEED, UNKNOWN_ID)
        self.assert_users(UNKNOWN_ID)
        self.assert_users(UNKNOWN_ID, self.use("r", UNKNOWN_ID))

    def test_a_stale_read(self):
        id = self.create()
        first = self.use("first", id)
        second = self.use("second", id)
        self.simulator.inject_fault(f"ListDistributionsBy{self.OPERATION}", "stale-read", lag=1)
        self.assert_users(id, first)
        self.assert_users(id, first, second)


class PolicyUsersTest(UsersTest):
    MANAGED = ""

    def test_a_managed_policy(self):
        self.assert_users(self.MANAGED)
        self.assert_users(self.MANAGED, self.use("r", self.MANAGED))
        self.assertEqual(self.page(self.MANAGED, self.simulator.client(account=OTHER_ACCOUNT))["Quantity"], 0)


class CachePolicyUsers(PolicyUsersTest, SimulatorTest):
    NAME, SEED, MISSING = "CachePolicy", "cache-policy", "NoSuchCachePolicy"
    PARAMETER = OPERATION = "CachePolicyId"
    MANAGED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"

    def config(self):
        return {"MinTTL": 1}


class OriginRequestPolicyUsers(PolicyUsersTest, SimulatorTest):
    NAME, SEED, MISSING = "OriginRequestPolicy", "origin-request-policy", "NoSuchOriginRequestPolicy"
    PARAMETER = OPERATION = "OriginRequestPolicyId"
    MANAGED = "216adef6-5c7f-47e4-b989-5492eafa07d3"

    def config(self):
        return selections()


class ResponseHeadersPolicyUsers(PolicyUsersTest, SimulatorTest):
    NAME, SEED, MISSING = "ResponseHeadersPolicy", "response-headers-policy", "NoSuchResponseHeadersPolicy"
    PARAMETER = OPERATION = "ResponseHeadersPolicyId"
    MANAGED = "67f7725c-6f97-4210-82d7-5512b31e9d03"

    def config(self):
        return {"ServerTimingHeadersConfig": {"Enabled": True, "SamplingRate": 50}}


class KeyGroupUsers(UsersTest, SimulatorTest):
    NAME, SEED, MISSING = "KeyGroup", "key-group", "NoSuchResource"
    OPERATION, PARAMETER = "KeyGroup", "KeyGroupId"

    def config(self):
        key = self.client.create_public_key(PublicKeyConfig=key_config())
        return {"Items": [key["PublicKey"]["Id"]]}

    def member(self, id):
        return {"TrustedKeyGroups": item_list(id, Enabled=True)}
