"""Steps that the tests of the three families of policies share."""

from families import FamilyTest
from harness import cache_behavior, item_list


class PolicyTest(FamilyTest):
    LIST_PARAMETERS = {"Type": "custom"}
    MANAGED, MANAGED_COUNT = "", 0

    @property
    def missing(self):
        return f"NoSuch{self.NAME}"

    @property
    def list_users(self):
        return f"ListDistributionsBy{self.NAME}Id"

    def use(self, id, reference="r"):
        behavior = cache_behavior(**{f"{self.NAME}Id": id})
        return self.create_distribution(reference, DefaultCacheBehavior=behavior)

    def users(self, id):
        found = self.call(self.list_users, "", **{f"{self.NAME}Id": id})["DistributionIdList"]
        return found.get("Items", [])

    def check_policy(self, change, *invalid):
        """Raise the codes that all policies can raise."""
        self.check_lifecycle(change)
        self.check_missing(self.missing)
        self.check_quota(0)
        self.check_names(f"{self.NAME}AlreadyExists")
        names = ({"Name": ""}, {"Name": "n" * 129}, {"Name": "with blank"})
        self.check_rejected("InvalidArgument", *names, {"Comment": "c" * 129}, *invalid)
        self.check_managed()
        self.check_use()
        self.check_pages(present=2)

    def check_managed(self):
        config = self.call("Get", f"{self.NAME}Config", Id=self.MANAGED)
        self.assertEqual(config["ETag"], "E23ZP02F085DFQ")
        with self.assert_client_error("IllegalUpdate", 400):
            self.update(self.MANAGED, config["ETag"], self.config())
        with self.assert_client_error("IllegalDelete", 400):
            self.call("Delete", Id=self.MANAGED, IfMatch=config["ETag"])
        types = [(item["Type"], self.item_id(item)) for item in self.items()]
        self.assertEqual([type for type, _ in types].count("managed"), self.MANAGED_COUNT)
        self.assertEqual([type for type, _ in types].count("custom"), 2)
        self.assertEqual(types, sorted(types, key=lambda item: item[1]))
        managed = self.items(Type="managed")
        self.assertEqual(len(managed), self.MANAGED_COUNT)
        with self.assert_client_error("InvalidArgument", 400):
            self.items(Type="other")

    def check_use(self):
        id = self.item_id(self.items(Type="custom")[0])
        distribution = self.use(id)["Distribution"]["Id"]
        self.assertEqual(self.users(id), [distribution])
        self.check_users_change(id, distribution)
        etag = self.call("Get", Id=id)["ETag"]
        with self.assert_client_error(f"{self.NAME}InUse", 409, "disassociate the policy before deleting"):
            self.call("Delete", Id=id, IfMatch=etag)
        with self.assert_client_error(self.missing, 404):
            self.use("00000000-0000-4000-8000-000000000000", "missing")
        with self.assert_client_error(self.missing, 404):
            self.users("00000000-0000-4000-8000-000000000000")
        with self.assert_client_error("InvalidArgument", 400):
            self.call(self.list_users, "", **{f"{self.NAME}Id": id, "MaxItems": "x"})
        quota = f"TooManyDistributionsAssociatedTo{self.NAME}"
        self.simulator.set_quota(quota, 1)
        with self.assert_client_error(quota, 400):
            self.use(id, "second")
        self.use(self.MANAGED, "managed")

    def check_users_change(self, id, distribution):
        """FACTS.md, policies: an update creates a new version of each distribution that uses the policy."""
        before = self.get_config(distribution)[1]
        self.simulator.advance("10m")
        self.update_comment(id, "changed")
        after = self.client.get_distribution(Id=distribution)
        self.assertNotEqual(after["ETag"], before)
        self.assertEqual(after["Distribution"]["Status"], "InProgress")
        self.simulator.set_switch("policies-keep-distributions")
        self.update_comment(id, "changed again")
        self.assertEqual(self.get_config(distribution)[1], after["ETag"])

    def update_comment(self, id, comment):
        current = self.call("Get", f"{self.NAME}Config", Id=id)
        self.update(id, current["ETag"], {**current[self.config_name], "Comment": comment})


def selection(kind, behavior="none", *names):
    """Return the selection of headers, cookies or query strings."""
    config = {f"{kind}Behavior": behavior}
    list = {"Header": "Headers", "Cookie": "Cookies", "QueryString": "QueryStrings"}[kind]
    return {f"{list}Config": {**config, **({list: item_list(*names)} if names else {})}}


def selections(headers=("none",), cookies=("none",), query_strings=("none",)):
    return {
        **selection("Header", *headers),
        **selection("Cookie", *cookies),
        **selection("QueryString", *query_strings),
    }


ELEVEN = [f"n{number}" for number in range(11)]
LONG_NAMES = ["n" * 512, "m" * 513]
WRONG_QUANTITY = {"CookiesConfig": {"CookieBehavior": "whitelist", "Cookies": {"Quantity": 2, "Items": ["a"]}}}
