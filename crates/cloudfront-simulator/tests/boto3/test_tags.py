"""Tags of distributions and streaming distributions."""

from harness import ACCOUNT, OTHER_ACCOUNT, SimulatorTest, distribution_config, streaming_config


def tags(**values):
    return {"Items": [{"Key": key, "Value": value} for key, value in values.items()]}


class Tags(SimulatorTest):
    def create_with_tags(self, tags, reference="r"):
        body = {"DistributionConfig": distribution_config(reference), "Tags": tags}
        return self.client.create_distribution_with_tags(DistributionConfigWithTags=body)

    def tags_of(self, arn):
        items = self.client.list_tags_for_resource(Resource=arn)["Tags"]["Items"]
        return {tag["Key"]: tag["Value"] for tag in items}

    def test_tags_can_be_set_at_creation_and_changed(self):
        """FACTS.md, resource types and responses: TagResource and UntagResource return 204 without a body."""
        response = self.create_with_tags(tags(a="1", b=""))
        arn = response["Distribution"]["ARN"]
        self.assertEqual(
            (response["ResponseMetadata"]["HTTPStatusCode"], self.tags_of(arn)), (201, {"a": "1", "b": ""})
        )
        tagged = self.client.tag_resource(Resource=arn, Tags=tags(b="2", c="3"))
        self.assertEqual(
            (tagged["ResponseMetadata"]["HTTPStatusCode"], self.tags_of(arn)), (204, {"a": "1", "b": "2", "c": "3"})
        )
        untagged = self.client.untag_resource(Resource=arn, TagKeys={"Items": ["a", "absent"]})
        self.assertEqual(
            (untagged["ResponseMetadata"]["HTTPStatusCode"], self.tags_of(arn)), (204, {"b": "2", "c": "3"})
        )

    def test_tagging_creates_no_new_version(self):
        response = self.create_with_tags(tags())
        self.client.tag_resource(Resource=response["Distribution"]["ARN"], Tags=tags(a="1"))
        self.assertEqual(self.get_config(response["Distribution"]["Id"])[1], response["ETag"])

    def test_streaming_distributions_have_tags(self):
        body = {"StreamingDistributionConfig": streaming_config(), "Tags": tags(a="1")}
        created = self.client.create_streaming_distribution_with_tags(StreamingDistributionConfigWithTags=body)
        self.assertEqual(self.tags_of(created["StreamingDistribution"]["ARN"]), {"a": "1"})

    def test_a_distribution_created_without_tags_has_none(self):
        self.assertEqual(self.tags_of(self.create_distribution()["Distribution"]["ARN"]), {})

    def test_invalid_tags(self):
        """FACTS.md, resource types: at most 50 tags; the ARN pattern and key constraints of the model."""
        with self.assert_client_error("InvalidTagging", 400):
            self.create_with_tags(tags(**{f"k{number}": "" for number in range(51)}))
        with self.assert_client_error("InvalidTagging", 400):
            self.create_with_tags(tags(**{"aws:x": ""}))
        with self.assert_client_error("InvalidTagging", 400):
            self.create_with_tags({"Items": 2 * [{"Key": "a", "Value": "1"}]})
        arn = self.create_with_tags(tags(**{f"k{number}": "" for number in range(50)}))["Distribution"]["ARN"]
        with self.assert_client_error("InvalidTagging", 400):
            self.client.tag_resource(Resource=arn, Tags=tags(more="1"))
        with self.assert_client_error("MalformedXML", 400, "regular expression"):
            self.client.tag_resource(Resource=arn, Tags=tags(**{"k!": "1"}))
        with self.assert_client_error("MalformedXML", 400, "length less than or equal to 256"):
            self.client.tag_resource(Resource=arn, Tags=tags(k="x" * 257))

    def test_characters_of_tags(self):
        """commitdev/zero-aws-eks-stack#59 quotes the refusal; the model has the pattern of keys and values."""
        for key, value in (("Name", "*.test.example.org"), ("Name", "a, b"), ("a*", "1"), ("k" * 129, "")):
            for operation, body in (
                ("distribution", {"DistributionConfig": distribution_config("r")}),
                ("streaming_distribution", {"StreamingDistributionConfig": streaming_config("r")}),
            ):
                create = getattr(self.client, f"create_{operation}_with_tags")
                name = next(iter(body)) + "WithTags"
                with self.assert_client_error("MalformedXML", 400, "failed to satisfy constraint"):
                    create(**{name: {**body, "Tags": tags(**{key: value})}})
        self.create_with_tags(tags(**{"a-z_.:/=+-@ 09": "ü ß 漢"}))

    def test_the_resource_must_exist_in_the_account_of_the_caller(self):
        arn = self.create_with_tags(tags())["Distribution"]["ARN"]
        with self.assert_client_error("NoSuchResource", 404):
            self.client.list_tags_for_resource(Resource=f"arn:aws:cloudfront::{ACCOUNT}:distribution/E0")
        with self.assert_client_error("AccessDenied", 403):
            self.simulator.client(account=OTHER_ACCOUNT).list_tags_for_resource(Resource=arn)
        with self.assert_client_error("InvalidArgument", 400):
            self.client.list_tags_for_resource(Resource="not an arn")
