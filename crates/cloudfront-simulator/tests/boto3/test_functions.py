"""Functions: stages, code, publication, use and tags (FACTS.md, functions)."""

from families import UNKNOWN_ETAG, NamedFamilyTest
from harness import ACCOUNT, OTHER_ACCOUNT, SimulatorTest, cache_behavior, item_list
from raw_http import VERSION, Signer, send

CODE = b"function handler(event) { return event.request; }"
STORE = f"arn:aws:cloudfront::{ACCOUNT}:key-value-store/00000000-0000-4000-8000-000000000000"
FIRST, SECOND, THIRD = "ETVPDKIKX0DER", "E3UN6WX5RRO2AG", "E1F83G8C2ARO7P"


def function_config(**members):
    return {"Comment": "c", "Runtime": "cloudfront-js-2.0", **members}


def arn(name):
    return f"arn:aws:cloudfront::{ACCOUNT}:function/{name}"


class FunctionTest(NamedFamilyTest):
    NAME, LIST = "Function", "Functions"
    QUOTA = "TooManyFunctions"
    UPDATED = ("FunctionConfig", "FunctionCode")
    NOT_RAISED = {
        "*": {"UnsupportedOperation": "nothing says which request is not supported"},
        "PublishFunction": {"InvalidArgument": "nothing says which function cannot be published"},
    }

    def config(self, number=0, **members):
        return {"Name": f"f{number}", "FunctionConfig": function_config(), "FunctionCode": CODE, **members}

    def id_of(self, response):
        return response["FunctionSummary"]["Name"]

    def item_id(self, item):
        return item["Name"] + item["FunctionMetadata"]["Stage"]

    def describe(self, name="f0", stage="DEVELOPMENT"):
        """Return the entity tag, the status and the metadata of a stage."""
        response = self.client.describe_function(Name=name, Stage=stage)
        summary = response["FunctionSummary"]
        self.assertEqual(summary["FunctionMetadata"]["Stage"], stage)
        return response["ETag"], summary["Status"], summary["FunctionMetadata"]

    def code(self, name="f0", stage="DEVELOPMENT"):
        response = self.client.get_function(Name=name, Stage=stage)
        self.assertEqual(response["ContentType"], "application/octet-stream")
        self.assertEqual(response["ETag"], self.describe(name, stage)[0])
        return response["FunctionCode"].read()

    def publish(self, name="f0", etag=FIRST):
        return self.client.publish_function(Name=name, IfMatch=etag)["FunctionSummary"]

    def use(self, name="f0", reference="r", **members):
        association = {"FunctionARN": arn(name), "EventType": "viewer-request"}
        behavior = cache_behavior(FunctionAssociations=item_list(association))
        return self.create_distribution(reference, DefaultCacheBehavior=behavior, **members)

    def distribution(self, id):
        response = self.client.get_distribution(Id=id)
        return response["ETag"], response["Distribution"]["Status"]


class Functions(FunctionTest):
    """Every operation, and every error code."""

    def test_functions(self):
        created = self.create()
        self.assertEqual(created["ETag"], FIRST)
        self.assertTrue(created["Location"].endswith("/function/f0"))
        self.check_preconditions(
            "f0", "Update", "Delete", "Publish", Update={name: self.config()[name] for name in self.UPDATED}
        )
        self.check_missing("NoSuchFunctionExists")
        self.check_quota(1)
        self.check_names("FunctionAlreadyExists")
        self.check_configurations()
        self.check_tests()
        self.check_use()
        self.check_pages(present=4)  # with both stages of one function
        self.check_coverage()

    def check_missing(self, code):
        for call in (
            lambda: self.call("Get", Id="missing"),
            lambda: self.call("Describe", Id="missing"),
            lambda: self.update("missing", UNKNOWN_ETAG),
            lambda: self.call("Delete", Id="missing", IfMatch=UNKNOWN_ETAG),
            lambda: self.publish("missing"),
            lambda: self.call("Test", Id="missing", IfMatch=UNKNOWN_ETAG, EventObject=b"{}"),
        ):
            with self.assert_client_error(code, 404):
                call()

    def check_names(self, code):
        first, second = self.create(1), self.create(2)
        self.assertEqual((first["ETag"], second["ETag"]), (FIRST, FIRST))
        with self.assert_client_error(code, 409):
            self.create(1)
        self.update("f2", FIRST, FunctionCode=b"other")
        self.assertEqual((self.code("f2"), self.describe("f2")[0]), (b"other", SECOND))

    def check_configurations(self):
        one, two = ({"KeyValueStoreAssociations": item_list(*[{"KeyValueStoreARN": STORE}] * n)} for n in (1, 2))
        for config in (function_config(Runtime="cloudfront-js-1.0", **one), function_config(**two)):
            self.check_rejected("InvalidArgument", {"FunctionConfig": config})
        self.check_rejected("FunctionSizeLimitExceeded", {"FunctionCode": b"x" * 10_241}, status=413)
        with self.assert_client_error("InvalidArgument", 400):
            self.create(3, Tags={"Items": [{"Key": "aws:x", "Value": "v"}]})
        for parameters in ({"MaxItems": "x"}, {"Stage": "NOWHERE"}):
            with self.assert_client_error("InvalidArgument", 400):
                self.call("List", self.LIST, **parameters)

    def check_tests(self):
        event = {"EventObject": b'{"request": {"uri": "/"}}'}
        with self.assert_client_error("InvalidIfMatchVersion", 400):
            self.call("Test", Id="f1", IfMatch="nonsense", **event)
        with self.assert_client_error("PreconditionFailed", 412):
            self.call("Test", Id="f1", IfMatch=UNKNOWN_ETAG, **event)
        self.simulator.set_switch("outdated-test-is-invalid-if-match")
        with self.assert_client_error("InvalidIfMatchVersion", 400):
            self.call("Test", Id="f1", IfMatch=UNKNOWN_ETAG, **event)
        with self.assert_client_error("InvalidArgument", 400):
            self.call("Test", Id="f1", IfMatch=FIRST, EventObject=b"not JSON")
        self.simulator.set_function_test(function="f1", failure="The test failed.")
        with self.assert_client_error("TestFunctionFailed", 500, "The test failed."):
            self.call("Test", Id="f1", IfMatch=FIRST, **event)
        self.call("Test", Id="f2", IfMatch=SECOND, **event)

    def check_use(self):
        self.publish()
        self.use()
        with self.assert_client_error("FunctionInUse", 409, "Cannot delete function f0, it is in use by 1 distributions"):
            self.call("Delete", Id="f0", IfMatch=FIRST)
        quota = "TooManyDistributionsWithFunctionAssociations"
        self.simulator.set_quota(quota, 1)
        with self.assert_client_error(quota, 400):
            self.use(reference="second")


class Stages(FunctionTest):
    def test_a_publication_copies_development_to_live(self):
        created = self.create()["FunctionSummary"]
        self.assertEqual((created["Status"], created["FunctionConfig"]), ("UNPUBLISHED", function_config()))
        metadata = created["FunctionMetadata"]
        self.assertEqual((metadata["FunctionARN"], metadata["Stage"]), (arn("f0"), "DEVELOPMENT"))
        for read in (self.client.describe_function, self.client.get_function):
            with self.assert_client_error("NoSuchFunctionExists", 404):
                read(Name="f0", Stage="LIVE")
        self.simulator.advance("1m")
        published = self.publish()
        self.assertEqual((published["Status"], published["FunctionMetadata"]["Stage"]), ("UNASSOCIATED", "LIVE"))
        self.assertEqual(self.describe(), (FIRST, "UNASSOCIATED", metadata))
        etag, status, live = self.describe(stage="LIVE")
        self.assertEqual((etag, status, live["FunctionARN"]), (FIRST, "UNASSOCIATED", arn("f0")))
        self.assertEqual(live["CreatedTime"], metadata["CreatedTime"])
        self.assertGreater(live["LastModifiedTime"], metadata["LastModifiedTime"])
        self.assertEqual(self.code(stage="LIVE"), CODE)

    def test_an_update_changes_development_only(self):
        self.create()
        self.publish()
        other = {"FunctionConfig": function_config(Comment="d"), "FunctionCode": b"\x00\xff"}
        updated = self.update("f0", FIRST, other)
        self.assertEqual((updated["ETag"], updated["FunctionSummary"]["Status"]), (SECOND, "UNPUBLISHED"))
        self.assertEqual((self.code(), self.code(stage="LIVE")), (b"\x00\xff", CODE))
        self.assertEqual(self.describe(stage="LIVE")[0], FIRST)
        with self.assert_client_error("PreconditionFailed", 412):
            self.publish()
        self.publish(etag=SECOND)
        self.assertEqual(self.code(stage="LIVE"), b"\x00\xff")
        self.assertEqual([self.describe(stage=stage)[0] for stage in ("DEVELOPMENT", "LIVE")], [SECOND, SECOND])
        self.client.delete_function(Name="f0", IfMatch=SECOND)
        self.assertEqual(self.items(), [])

    def test_the_header_of_an_update_is_that_of_the_model(self):
        """The name of the header in the model is ETtag."""
        self.create()
        body = (
            '<UpdateFunctionRequest xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><FunctionConfig><Comment>'
            "</Comment><Runtime>cloudfront-js-2.0</Runtime></FunctionConfig><FunctionCode>%s</FunctionCode>"
            "</UpdateFunctionRequest>"
        )
        signer = Signer(headers={"If-Match": FIRST})
        path = VERSION + "/function/f0"
        response = send(self.simulator, "PUT", path, (body % "eA==").encode(), signer=signer)
        self.assertEqual((response.status, response.headers["ettag"]), (200, SECOND))
        self.assertNotIn("etag", response.headers)
        for code in ("", "no Base64"):
            response = send(self.simulator, "PUT", path, (body % code).encode(), signer=signer)
            self.assertEqual((response.status, response.code), (400, "MalformedXML"))
        response = send(self.simulator, "GET", path + "?Stage=DEVELOPMENT")
        self.assertEqual((response.body, response.headers["etag"]), (b"x", SECOND))

    def test_entity_tags_of_a_recreated_function_are_equal(self):
        """FACTS.md, families: an entity tag counts versions."""
        created = self.create()["FunctionSummary"]["FunctionMetadata"]
        self.client.delete_function(Name="f0", IfMatch=FIRST)
        self.simulator.advance("1s")
        recreated = self.create(FunctionCode=b"other")
        self.assertEqual((recreated["ETag"], self.code()), (FIRST, b"other"))
        self.assertGreater(recreated["FunctionSummary"]["FunctionMetadata"]["CreatedTime"], created["CreatedTime"])

    def test_a_list_has_both_stages(self):
        for number in range(2):
            self.create(number)
        self.publish("f1")
        stages = [("f0", "DEVELOPMENT"), ("f1", "DEVELOPMENT"), ("f1", "LIVE")]
        self.assertEqual(self.stages_of_list(), stages)
        self.assertEqual(self.stages_of_list(Stage="LIVE"), stages[2:])
        self.assertEqual(self.stages_of_list(Stage="DEVELOPMENT"), stages[:2])
        first = self.client.list_functions(MaxItems="2")["FunctionList"]
        self.assertEqual((first["Quantity"], first["MaxItems"]), (2, 2))
        self.assertEqual(self.stages_of_list(Marker=first["NextMarker"]), stages[2:])
        summary = self.client.describe_function(Name="f1", Stage="LIVE")["FunctionSummary"]
        self.assertEqual(self.items(Stage="LIVE"), [summary])

    def stages_of_list(self, **parameters):
        return [(item["Name"], item["FunctionMetadata"]["Stage"]) for item in self.items(**parameters)]

    def test_the_default_stage(self):
        """Whether a stage is the default is unknown, so it is a switch."""
        self.create()
        self.assertEqual(self.client.describe_function(Name="f0")["FunctionSummary"]["Status"], "UNPUBLISHED")
        self.simulator.set_switch("live-stage-by-default")
        with self.assert_client_error("NoSuchFunctionExists", 404):
            self.client.describe_function(Name="f0")

    def test_a_repeated_publication(self):
        """The error was reported once, so it is a switch."""
        self.create()
        self.publish()
        self.publish()
        self.simulator.set_switch("refuse-repeated-publication")
        with self.assert_client_error("PreconditionFailed", 412):
            self.publish()

    def test_a_stale_read(self):
        self.create()
        self.publish()
        self.simulator.inject_fault("DescribeFunction", "stale-read", lag=1)
        with self.assert_client_error("NoSuchFunctionExists", 404):
            self.client.describe_function(Name="f0", Stage="LIVE")
        self.describe(stage="LIVE")

    def test_the_journal_has_the_name(self):
        self.create()
        self.publish()
        entries = [(entry["operation"], entry["id"], entry["committed"]) for entry in self.simulator.journal()]
        self.assertEqual(entries, [("CreateFunction", "f0", True), ("PublishFunction", "f0", True)])


class Use(FunctionTest):
    """Functions of distributions."""

    def test_a_function_must_be_published(self):
        with self.assert_client_error("InvalidFunctionAssociation", 400):
            self.use()
        self.create()
        with self.assert_client_error("InvalidFunctionAssociation", 400):
            self.use()
        self.publish()
        other = self.simulator.client(account=OTHER_ACCOUNT)
        other.create_function(**self.config(1))
        other.publish_function(Name="f1", IfMatch=FIRST)
        with self.assert_client_error("InvalidFunctionAssociation", 400):
            self.use("f1")
        self.use()

    def test_the_status_follows_the_deployment(self):
        """terraform-provider-aws, function_test.go, and hashicorp/terraform-provider-aws#49572."""
        self.create()
        self.publish()
        id = self.use(Enabled=False)["Distribution"]["Id"]
        self.assertEqual(self.describe()[1], "ASSOCIATED")
        self.simulator.advance("10m")
        self.assertEqual([self.describe(stage=stage)[1] for stage in ("DEVELOPMENT", "LIVE")], ["DEPLOYED"] * 2)
        self.update("f0", FIRST)
        self.assertEqual(
            [self.describe(stage=stage)[1] for stage in ("DEVELOPMENT", "LIVE")], ["UNPUBLISHED", "DEPLOYED"]
        )
        self.client.delete_distribution(Id=id, IfMatch=self.distribution(id)[0])
        self.client.delete_function(Name="f0", IfMatch=SECOND)

    def test_a_publication_changes_the_distributions(self):
        """hashicorp/terraform-provider-aws#19529 and #22816."""
        self.create()
        self.publish()
        created = self.use()
        id, etag = created["Distribution"]["Id"], created["ETag"]
        self.simulator.advance("10m")
        self.update("f0", FIRST)
        self.assertEqual(self.distribution(id), (etag, "Deployed"))
        self.publish(etag=SECOND)
        changed, status = self.distribution(id)
        self.assertEqual((changed != etag, status), (True, "InProgress"))
        self.simulator.advance("10m")
        self.simulator.set_switch("functions-keep-distributions")
        self.update("f0", SECOND)
        self.publish(etag=THIRD)
        self.assertEqual(self.distribution(id), (changed, "Deployed"))

    def test_tags(self):
        tags = [{"Key": "a", "Value": "1"}]
        self.create(Tags={"Items": tags})
        self.assertEqual(self.client.list_tags_for_resource(Resource=arn("f0"))["Tags"]["Items"], tags)
        self.client.tag_resource(Resource=arn("f0"), Tags={"Items": [{"Key": "b", "Value": "2"}]})
        self.client.untag_resource(Resource=arn("f0"), TagKeys={"Items": ["a"]})
        left = self.client.list_tags_for_resource(Resource=arn("f0"))["Tags"]["Items"]
        self.assertEqual((left, self.describe()[0]), ([{"Key": "b", "Value": "2"}], FIRST))
        with self.assert_client_error("NoSuchResource", 404):
            self.client.list_tags_for_resource(Resource=arn("missing"))


class Tests(FunctionTest):
    """TestFunction: the control port sets the results."""

    EVENT = b'{"context": {"eventType": "viewer-request"}, "request": {"uri": "/a"}, "response": {"statusCode": 200}}'

    def run_test(self, event=EVENT, etag=FIRST, **parameters):
        response = self.client.test_function(Name="f0", IfMatch=etag, EventObject=event, **parameters)
        return response["TestResult"]

    def test_the_default_output_is_the_request_or_response(self):
        self.create()
        result = self.run_test()
        self.assertEqual(result["FunctionSummary"]["FunctionMetadata"]["Stage"], "DEVELOPMENT")
        self.assertEqual((result["FunctionOutput"], result["FunctionErrorMessage"]), ('{"request":{"uri":"/a"}}', ""))
        self.assertEqual((result["ComputeUtilization"], result["FunctionExecutionLogs"]), ("0", []))
        result = self.run_test(self.EVENT.replace(b"viewer-request", b"viewer-response"))
        self.assertEqual(result["FunctionOutput"], '{"response":{"statusCode":200}}')

    def test_results_that_are_set(self):
        self.create()
        self.publish()
        output = {"request": {"uri": "/index.html"}}
        self.simulator.set_function_test(function="f0", output=output, logs=["1", "2"], compute_utilization=30)
        result = self.run_test()
        self.assertEqual(result["FunctionOutput"], '{"request":{"uri":"/index.html"}}')
        self.assertEqual((result["FunctionExecutionLogs"], result["ComputeUtilization"]), (["1", "2"], "30"))
        self.simulator.set_function_test(function="f0", stage="LIVE", error="The function is broken.")
        self.assertEqual(self.run_test()["FunctionErrorMessage"], "")
        result = self.run_test(Stage="LIVE")
        self.assertEqual((result["FunctionErrorMessage"], result["FunctionOutput"]), ("The function is broken.", ""))
        self.simulator.set_function_test(function="f0", event={"request": 1}, code=CODE.decode(), output=1)
        self.assertEqual(self.run_test(b'{"request": 1}')["FunctionOutput"], "1")
        self.assertEqual(len(self.simulator.control_request("GET", "/function-tests")), 3)
        self.update("f0", FIRST, FunctionCode=b"x")
        self.assertEqual(self.run_test(b'{"request": 1}', SECOND)["FunctionExecutionLogs"], ["1", "2"])
        self.simulator.control_request("DELETE", "/function-tests")
        self.assertEqual(self.run_test(etag=SECOND)["FunctionOutput"], '{"request":{"uri":"/a"}}')

    def test_a_stage_without_a_version(self):
        self.create()
        with self.assert_client_error("NoSuchFunctionExists", 404):
            self.run_test(Stage="LIVE")


class Edits(FunctionTest):
    """Changes in the console."""

    def test_edits(self):
        self.create()
        self.simulator.edit("f0", "code", code="changed")
        self.assertEqual((self.code(), self.describe()[:2]), (b"changed", (SECOND, "UNPUBLISHED")))
        self.simulator.edit(arn("f0"), "set", path="FunctionConfig/Comment", value="theirs")
        self.assertEqual(self.items()[0]["FunctionConfig"]["Comment"], "theirs")
        self.simulator.edit("f0", "publish")
        self.assertEqual(self.describe(stage="LIVE")[:2], (THIRD, "UNASSOCIATED"))
        id = self.use()["Distribution"]["Id"]
        self.simulator.advance("10m")
        self.simulator.edit("f0", "publish")
        self.assertEqual(self.distribution(id)[1], "InProgress")
        self.simulator.edit("f0", "delete")
        with self.assert_client_error("NoSuchFunctionExists", 404):
            self.describe()
        rejected = ((id, "publish", "cannot be published"), (arn("f0"), "delete", "no resource"))
        for target, edit, reason in rejected:
            with self.assert_control_error(reason):
                self.simulator.edit(target, edit)


class Persistence(SimulatorTest):
    def test_the_state_file_has_both_stages(self):
        with self.state_file() as path:
            first = self.start("--state", path)
            client = first.client()
            client.create_function(Name="f", FunctionConfig=function_config(), FunctionCode=CODE)
            client.publish_function(Name="f", IfMatch=FIRST)
            client.update_function(Name="f", IfMatch=FIRST, FunctionConfig=function_config(), FunctionCode=b"new")
            first.set_function_test(function="f", error="e")
            first.close()
            client = self.start("--state", path).client()
            codes = [client.get_function(Name="f", Stage=stage)["FunctionCode"].read() for stage in ("DEVELOPMENT", "LIVE")]
            self.assertEqual(codes, [b"new", CODE])
            result = client.test_function(Name="f", IfMatch=SECOND, EventObject=b"{}")["TestResult"]
            self.assertEqual(result["FunctionErrorMessage"], "e")
