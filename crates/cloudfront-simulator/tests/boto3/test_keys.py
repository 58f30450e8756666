"""Public keys and key groups."""

from families import UNKNOWN_ETAG, FamilyTest
from harness import cache_behavior, item_list

KEY = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----\n"
UNKNOWN_ID = "K00000000000000"


def key_config(number=0, **members):
    config = {"CallerReference": f"r{number}", "Name": f"key-{number}", "EncodedKey": KEY, "Comment": "c"}
    return {**config, **members}


class PublicKeys(FamilyTest):
    """FACTS.md, keys."""

    NAME, LIST = "PublicKey", "PublicKeys"
    QUOTA = "TooManyPublicKeys"

    def config(self, number=0, **members):
        return key_config(number, **members)

    def test_public_keys(self):
        self.check_lifecycle({"Comment": "changed"})
        self.check_missing("NoSuchPublicKey")
        self.check_quota(0)
        self.check_rejected("InvalidArgument", {"Comment": "c" * 129})
        for members in ({"Name": ""}, {"Name": "n" * 129}, {"Name": "with blank"}, {"EncodedKey": "key"}):
            with self.assert_client_error("InvalidArgument", 400):
                self.create(1, **members)
        self.check_changes()
        self.check_references()
        self.check_use()
        self.check_pages(present=2)
        self.check_coverage()

    def check_changes(self):
        created = self.create(1)
        id, etag = self.id_of(created), created["ETag"]
        for members in ({"Name": "other"}, {"EncodedKey": KEY.replace("MIIB", "MIIC")}):
            with self.assert_client_error("CannotChangeImmutablePublicKeyFields", 400):
                self.update(id, etag, self.config(1, **members))
        with self.assert_client_error("IllegalUpdate", 400):
            self.update(id, etag, self.config(1, CallerReference="other"))
        self.update(id, etag, self.config(1, EncodedKey=KEY.strip()))

    def check_references(self):
        first = self.create(2)
        self.assertEqual(self.id_of(self.create(2)), self.id_of(first))
        with self.assert_client_error("PublicKeyAlreadyExists", 409):
            self.create(2, Comment="other")
        message = "associated with another public key in your account"
        with self.assert_client_error("PublicKeyAlreadyExists", 409, message):
            self.create(2, CallerReference="other")
        self.simulator.set_switch("refuse-key-replay")
        with self.assert_client_error("PublicKeyAlreadyExists", 409):
            self.create(2)

    def check_use(self):
        id = self.items()[0]["Id"]
        group = self.client.create_key_group(KeyGroupConfig={"Name": "g", "Items": [id]})
        etag = self.call("Get", Id=id)["ETag"]
        with self.assert_client_error("PublicKeyInUse", 409, "either Key Group or a field level encryption profile"):
            self.call("Delete", Id=id, IfMatch=etag)
        self.client.delete_key_group(Id=group["KeyGroup"]["Id"], IfMatch=group["ETag"])

    def test_a_key_ends_with_a_newline(self):
        created = self.create(EncodedKey=KEY.strip())["PublicKey"]
        self.assertTrue(created["Id"].startswith("K"))
        self.assertEqual(created["PublicKeyConfig"]["EncodedKey"], KEY)
        (summary,) = self.items()
        self.assertEqual((summary["EncodedKey"], summary["CreatedTime"]), (KEY, created["CreatedTime"]))


class KeyGroups(FamilyTest):
    """FACTS.md, keys."""

    NAME, LIST = "KeyGroup", "KeyGroups"
    QUOTA = "TooManyKeyGroups"

    def setUp(self):
        super().setUp()
        keys = [self.client.create_public_key(PublicKeyConfig=key_config(number)) for number in range(6)]
        self.keys = [key["PublicKey"]["Id"] for key in keys]

    def config(self, number=0, **members):
        return {"Name": f"group-{number}", "Items": self.keys[:1], "Comment": "c", **members}

    def use(self, id, reference="r"):
        groups = item_list(id, Enabled=True)
        return self.create_distribution(reference, DefaultCacheBehavior=cache_behavior(TrustedKeyGroups=groups))

    def users(self, id, **parameters):
        found = self.client.list_distributions_by_key_group(KeyGroupId=id, **parameters)
        return found["DistributionIdList"].get("Items", [])

    def test_key_groups(self):
        self.check_lifecycle({"Name": "renamed", "Items": self.keys[:5]})
        self.check_missing("NoSuchResource")
        self.check_quota(0)
        self.check_names("KeyGroupAlreadyExists")
        names = ({"Name": ""}, {"Name": "n" * 129}, {"Name": "with blank"}, {"Comment": "c" * 129})
        self.check_rejected("InvalidArgument", *names, {"Items": []}, {"Items": [UNKNOWN_ID]})
        self.check_rejected("TooManyPublicKeysInKeyGroup", {"Items": self.keys})
        self.check_use()
        self.check_pages(present=2)
        self.check_coverage("ListDistributionsByKeyGroup")

    def check_use(self):
        id = self.item_id(self.items()[0])
        distribution = self.use(id)["Distribution"]["Id"]
        self.assertEqual(self.users(id), [distribution])
        with self.assert_client_error("ResourceInUse", 409):
            self.call("Delete", Id=id, IfMatch=self.call("Get", Id=id)["ETag"])
        with self.assert_client_error("TrustedKeyGroupDoesNotExist", 400):
            self.use("00000000-0000-4000-8000-000000000000", "missing")
        with self.assert_client_error("NoSuchResource", 404):
            self.users("00000000-0000-4000-8000-000000000000")
        with self.assert_client_error("InvalidArgument", 400):
            self.users(id, MaxItems="x")
        self.simulator.set_quota("TooManyDistributionsAssociatedToKeyGroup", 1)
        with self.assert_client_error("TooManyDistributionsAssociatedToKeyGroup", 400):
            self.use(id, "second")

    def test_unknown_keys(self):
        """FACTS.md, keys: the error is unknown, so it is a switch."""
        created = self.create()
        self.simulator.set_switch("unknown-key-is-no-such-resource")
        with self.assert_client_error("NoSuchResource", 404):
            self.update(self.id_of(created), created["ETag"], self.config(Items=[UNKNOWN_ID]))
        self.simulator.set_switch("accept-unknown-references")
        self.update(self.id_of(created), created["ETag"], self.config(Items=[UNKNOWN_ID]))
        with self.assert_client_error("PreconditionFailed", 412):
            self.update(self.id_of(created), UNKNOWN_ETAG)
