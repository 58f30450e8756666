"""Key-value stores without their pairs (FACTS.md, key-value stores)."""

from families import UNKNOWN_ETAG, NamedFamilyTest
from harness import ACCOUNT, item_list
from test_functions import CODE, function_config

QUOTA = "EntityLimitExceeded.keyValueStores"
FIRST, SECOND, THIRD = NamedFamilyTest.ETAGS


class StoreTest(NamedFamilyTest):
    NAME, LIST = "KeyValueStore", "KeyValueStores"
    QUOTA = QUOTA
    UPDATED = ("Comment",)
    CONSTRAINTS = "the constraints of the model return MalformedXML"
    NOT_RAISED = {
        "*": {"UnsupportedOperation": "nothing says which request is not supported"},
        "CreateKeyValueStore": {"EntitySizeLimitExceeded": "the simulator reads no import source"},
        "DescribeKeyValueStore": {"InvalidArgument": CONSTRAINTS},
        "UpdateKeyValueStore": {"InvalidArgument": CONSTRAINTS},
    }

    def config(self, number=0, **members):
        return {"Name": f"s{number}", "Comment": "c", **members}

    def id_of(self, response):
        return response["KeyValueStore"]["Name"]

    def item_id(self, item):
        return item["Name"]

    def describe(self, name="s0"):
        response = self.client.describe_key_value_store(Name=name)
        return response["KeyValueStore"], response["ETag"]

    def associate(self, store, name="f"):
        associations = item_list({"KeyValueStoreARN": store["ARN"]})
        config = function_config(KeyValueStoreAssociations=associations)
        created = self.client.create_function(Name=name, FunctionConfig=config, FunctionCode=CODE)
        self.assertEqual(created["FunctionSummary"]["FunctionConfig"]["KeyValueStoreAssociations"], associations)
        return created["ETag"]

    def delete(self, etag=FIRST):
        self.call("Delete", Id="s0", IfMatch=etag)


class Stores(StoreTest):
    """Every operation, and every error code."""

    def test_stores(self):
        created = self.create()
        store = created["KeyValueStore"]
        self.assertEqual(created["ETag"], FIRST)
        self.assertTrue(created["Location"].endswith("/key-value-store/s0"))
        self.assertEqual(store["ARN"], f"arn:aws:cloudfront::{ACCOUNT}:key-value-store/{store['Id']}")
        self.assertEqual((store["Name"], store["Comment"], store["Status"]), ("s0", "c", "PROVISIONING"))
        self.assertEqual(self.describe(), (store, FIRST))
        self.assertEqual(self.items(), [store])
        self.check_preconditions("s0", "Update", "Delete", Update={"Comment": "c"})
        updated = self.update("s0", FIRST, Comment="d")
        self.assertEqual((updated["ETag"], updated["KeyValueStore"]["Comment"]), (SECOND, "d"))
        self.assertEqual(updated["KeyValueStore"]["Id"], store["Id"])
        self.check_missing("EntityNotFound")
        self.simulator.set_quota(QUOTA, 0)
        with self.assert_client_error("EntityLimitExceeded", 400):
            self.create(1)
        self.simulator.set_quota(QUOTA, 1_000)
        with self.assert_client_error("EntityAlreadyExists", 409):
            self.create()
        for call in (
            lambda: self.create(1, Tags={"Items": [{"Key": "aws:x", "Value": "v"}]}),
            lambda: self.items(MaxItems="x"),
        ):
            with self.assert_client_error("InvalidArgument", 400):
                call()
        self.check_use()
        self.check_pages(present=1)
        self.check_coverage()

    def check_missing(self, code):
        for call in (
            lambda: self.describe("missing"),
            lambda: self.update("missing", UNKNOWN_ETAG),
            lambda: self.call("Delete", Id="missing", IfMatch=UNKNOWN_ETAG),
        ):
            with self.assert_client_error(code, 404):
                call()

    def check_use(self):
        self.simulator.advance("10m")
        store, etag = self.describe()
        function = self.associate(store)
        with self.assert_client_error("CannotDeleteEntityWhileInUse", 409):
            self.delete(etag)
        self.client.delete_function(Name="f", IfMatch=function)
        self.delete(etag)
        self.create()


class Details(StoreTest):
    def test_a_store_is_ready_after_a_delay(self):
        self.create()
        self.assertEqual([store["Status"] for store in self.items(Status="PROVISIONING")], ["PROVISIONING"])
        self.assertEqual(self.items(Status="READY"), [])
        self.simulator.advance("10m")
        self.assertEqual((self.describe()[0]["Status"], len(self.items(Status="READY"))), ("READY", 1))
        self.update("s0", FIRST)
        self.assertEqual(self.describe()[0]["Status"], "READY")
        self.simulator.control_request("PATCH", "/settings", {"provisioning_delay": "30m"})
        self.assertEqual(self.describe()[0]["Status"], "PROVISIONING")
        self.simulator.advance("20m")
        self.assertEqual(self.describe()[0]["Status"], "READY")

    def test_an_edit_sets_any_status(self):
        """The status of a failed import is unknown."""
        self.create()
        self.simulator.edit("s0", "set", path="Status", value="IMPORT_FAILED")
        self.simulator.advance("10m")
        self.assertEqual(self.describe()[0]["Status"], "IMPORT_FAILED")
        with self.assert_client_error("InvalidArgument", 400, "before the resource is provisioned"):
            self.associate(self.describe()[0])
        self.simulator.edit("s0", "remove", path="Status")
        self.assertEqual(self.describe()[0]["Status"], "READY")

    def test_the_import_source_is_not_returned(self):
        source = {"SourceType": "S3", "SourceARN": "arn:aws:s3:::bucket/pairs.json"}
        self.create(ImportSource=source)
        self.assertEqual(set(self.describe()[0]), {"Name", "Id", "Comment", "ARN", "Status", "LastModifiedTime"})

    def test_a_store_without_a_comment(self):
        self.client.create_key_value_store(Name="s0")
        self.assertEqual(self.describe()[0]["Comment"], "")

    def test_a_function_needs_a_store_that_is_ready(self):
        """secure-media-delivery-at-the-edge-on-aws#37."""
        store = self.create()["KeyValueStore"]
        with self.assert_client_error("InvalidArgument", 400, "before the resource is provisioned"):
            self.associate(store)
        self.simulator.advance("10m")
        unknown = store["ARN"].replace(store["Id"], "00000000-0000-4000-8000-000000000000")
        with self.assert_client_error("InvalidArgument", 400, "does not exist"):
            self.associate({"ARN": unknown})
        self.associate(store)

    def test_a_published_function_uses_its_store(self):
        """The association is in the published version, until another is published."""
        store = self.create()["KeyValueStore"]
        self.simulator.advance("10m")
        etag = self.associate(store)
        self.client.publish_function(Name="f", IfMatch=etag)
        updated = self.client.update_function(
            Name="f", IfMatch=etag, FunctionConfig=function_config(), FunctionCode=CODE
        )
        self.assertNotIn("KeyValueStoreAssociations", updated["FunctionSummary"]["FunctionConfig"])
        with self.assert_client_error("CannotDeleteEntityWhileInUse", 409):
            self.delete()
        self.client.publish_function(Name="f", IfMatch=updated["ETag"])
        self.delete()

    def test_tags_have_the_arn_with_the_id(self):
        tags = [{"Key": "a", "Value": "1"}]
        arn = self.create(Tags={"Items": tags})["KeyValueStore"]["ARN"]
        self.assertEqual(self.client.list_tags_for_resource(Resource=arn)["Tags"]["Items"], tags)
        self.client.untag_resource(Resource=arn, TagKeys={"Items": ["a"]})
        self.assertEqual(self.client.list_tags_for_resource(Resource=arn)["Tags"]["Items"], [])
        with self.assert_client_error("NoSuchResource", 404):
            self.client.list_tags_for_resource(Resource=arn.rpartition("/")[0] + "/s0")

    def test_edits_and_stale_reads(self):
        store = self.create()["KeyValueStore"]
        self.client.create_function(Name="s0", FunctionConfig=function_config(), FunctionCode=CODE)
        self.simulator.edit(store["ARN"], "set", path="Comment", value="theirs")
        self.assertEqual((self.describe()[0]["Comment"], self.describe()[1]), ("theirs", SECOND))
        self.simulator.inject_fault("DescribeKeyValueStore", "stale-read", lag=1)
        self.assertEqual(self.describe()[1], FIRST)
        self.simulator.edit(store["ARN"], "delete")
        with self.assert_client_error("EntityNotFound", 404):
            self.describe()
        recreated = self.create()
        self.assertEqual(recreated["ETag"], FIRST)
        self.assertNotEqual(recreated["KeyValueStore"]["Id"], store["Id"])
