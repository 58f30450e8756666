"""Tags at creation and after."""

from harness import ACCOUNT, OTHER_ACCOUNT, SimulatorTest, config, streaming_config


def tags(**values):
    return {"Items": [{"Key": key, "Value": value} for key, value in values.items()]}


class Tags(SimulatorTest):
    def make(self, given, reference="r"):
        body = {"DistributionConfig": config(reference), "Tags": given}
        return self.client.create_distribution_with_tags(DistributionConfigWithTags=body)

    def of(self, arn):
        items = self.client.list_tags_for_resource(Resource=arn)["Tags"]["Items"]
        return {tag["Key"]: tag["Value"] for tag in items}

    def test_at_creation_and_after(self):
        """FACTS.md, families and answers: TagResource and UntagResource answer 204 without a body."""
        answer = self.make(tags(a="1", b=""))
        arn = answer["Distribution"]["ARN"]
        self.assertEqual((answer["ResponseMetadata"]["HTTPStatusCode"], self.of(arn)), (201, {"a": "1", "b": ""}))
        tagged = self.client.tag_resource(Resource=arn, Tags=tags(b="2", c="3"))
        self.assertEqual(
            (tagged["ResponseMetadata"]["HTTPStatusCode"], self.of(arn)), (204, {"a": "1", "b": "2", "c": "3"})
        )
        untagged = self.client.untag_resource(Resource=arn, TagKeys={"Items": ["a", "absent"]})
        self.assertEqual((untagged["ResponseMetadata"]["HTTPStatusCode"], self.of(arn)), (204, {"b": "2", "c": "3"}))

    def test_tags_do_not_change_the_version(self):
        answer = self.make(tags())
        self.client.tag_resource(Resource=answer["Distribution"]["ARN"], Tags=tags(a="1"))
        self.assertEqual(self.read(answer["Distribution"]["Id"])[1], answer["ETag"])

    def test_streaming_distributions_have_tags(self):
        body = {"StreamingDistributionConfig": streaming_config(), "Tags": tags(a="1")}
        made = self.client.create_streaming_distribution_with_tags(StreamingDistributionConfigWithTags=body)
        self.assertEqual(self.of(made["StreamingDistribution"]["ARN"]), {"a": "1"})

    def test_creation_without_tags_has_none(self):
        self.assertEqual(self.of(self.create()["Distribution"]["ARN"]), {})

    def test_refusals(self):
        """FACTS.md, families: 50 tags a resource; the model's ARN pattern and key constraints."""
        with self.refused("InvalidTagging", 400):
            self.make(tags(**{f"k{number}": "" for number in range(51)}))
        with self.refused("InvalidTagging", 400):
            self.make(tags(**{"aws:x": ""}))
        with self.refused("InvalidTagging", 400):
            self.make({"Items": 2 * [{"Key": "a", "Value": "1"}]})
        arn = self.make(tags(**{f"k{number}": "" for number in range(50)}))["Distribution"]["ARN"]
        with self.refused("InvalidTagging", 400):
            self.client.tag_resource(Resource=arn, Tags=tags(more="1"))
        with self.refused("MalformedXML", 400, "regular expression"):
            self.client.tag_resource(Resource=arn, Tags=tags(**{"k!": "1"}))
        with self.refused("MalformedXML", 400, "length less than or equal to 256"):
            self.client.tag_resource(Resource=arn, Tags=tags(k="x" * 257))

    def test_the_resource_must_exist_and_be_the_callers(self):
        arn = self.make(tags())["Distribution"]["ARN"]
        with self.refused("NoSuchResource", 404):
            self.client.list_tags_for_resource(Resource=f"arn:aws:cloudfront::{ACCOUNT}:distribution/E0")
        with self.refused("AccessDenied", 403):
            self.simulator.client(account=OTHER_ACCOUNT).list_tags_for_resource(Resource=arn)
        with self.refused("InvalidArgument", 400):
            self.client.list_tags_for_resource(Resource="not an arn")
