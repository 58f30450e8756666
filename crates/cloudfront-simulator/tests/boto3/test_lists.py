"""Lists, paginators and waiters of the service model."""

from harness import SimulatorTest, listed, streaming_config


class Lists(SimulatorTest):
    def test_a_summary_has_the_version_and_the_status(self):
        """FACTS.md, models and versions: DistributionSummary.ETag."""
        answer = self.create(Comment="c", Aliases=listed("a.example.com"))
        (summary,) = self.client.list_distributions()["DistributionList"]["Items"]
        whole = answer["Distribution"]
        self.assertEqual((summary["ETag"], summary["Status"]), (answer["ETag"], "InProgress"))
        for name in ("Id", "ARN", "DomainName", "LastModifiedTime"):
            self.assertEqual(summary[name], whole[name])
        for name in (
            "Aliases",
            "Origins",
            "DefaultCacheBehavior",
            "ViewerCertificate",
            "Restrictions",
            "HttpVersion",
            "Staging",
        ):
            self.assertEqual(summary[name], whole["DistributionConfig"][name])
        self.assertEqual(summary["AliasICPRecordals"], [{"CNAME": "a.example.com", "ICPRecordalStatus": "APPROVED"}])
        self.assertNotIn("Logging", summary)

    def test_an_empty_list_has_no_items(self):
        """FACTS.md, lists."""
        empty = {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": 0}
        self.assertEqual(self.client.list_distributions()["DistributionList"], empty)
        self.assertEqual(self.client.list_streaming_distributions()["StreamingDistributionList"], empty)

    def test_pages_go_on_from_the_marker(self):
        """FACTS.md, lists: NextMarker only while there is more."""
        for number in range(5):
            self.create(str(number))
        first = self.client.list_distributions(MaxItems="2")["DistributionList"]
        self.assertEqual((first["IsTruncated"], first["MaxItems"], len(first["Items"])), (True, 2, 2))
        self.assertEqual(first["NextMarker"], first["Items"][-1]["Id"])
        second = self.client.list_distributions(MaxItems="3", Marker=first["NextMarker"])["DistributionList"]
        self.assertEqual((second["IsTruncated"], second["Marker"]), (False, first["NextMarker"]))
        self.assertNotIn("NextMarker", second)
        self.assertEqual(len({item["Id"] for item in first["Items"] + second["Items"]}), 5)

    def test_the_size_of_a_page_is_limited(self):
        """FACTS.md, lists: at most 100; clamping by switch, as neither is established."""
        for wrong in ("0", "-1", "x", "101"):
            with self.refused("InvalidArgument", 400):
                self.client.list_distributions(MaxItems=wrong)
        self.simulator.switch("clamp-max-items")
        self.assertEqual(self.client.list_distributions(MaxItems="1000")["DistributionList"]["MaxItems"], 100)

    def test_every_paginator_of_the_methods_of_2016(self):
        """FACTS.md, lists."""
        identity = {"Comment": ""}
        for number in range(5):
            id = self.create(str(number))["Distribution"]["Id"]
            self.client.create_streaming_distribution(StreamingDistributionConfig=streaming_config(str(number)))
            self.client.create_cloud_front_origin_access_identity(
                CloudFrontOriginAccessIdentityConfig={**identity, "CallerReference": str(number)}
            )
        for number in range(5):
            batch = {"CallerReference": str(number), "Paths": listed("/")}
            self.client.create_invalidation(DistributionId=id, InvalidationBatch=batch)
        for name, root, more in (
            ("list_distributions", "DistributionList", {}),
            ("list_streaming_distributions", "StreamingDistributionList", {}),
            ("list_cloud_front_origin_access_identities", "CloudFrontOriginAccessIdentityList", {}),
            ("list_invalidations", "InvalidationList", {"DistributionId": id}),
        ):
            pages = list(self.client.get_paginator(name).paginate(PaginationConfig={"PageSize": 2}, **more))
            ids = [item["Id"] for page in pages for item in page[root]["Items"]]
            self.assertEqual((len(pages), len(ids), len(set(ids))), (3, 5, 5), name)

    def test_the_newest_invalidation_comes_first(self):
        id = self.create()["Distribution"]["Id"]
        for reference in ("old", "new"):
            batch = {"CallerReference": reference, "Paths": listed("/")}
            last = self.client.create_invalidation(DistributionId=id, InvalidationBatch=batch)["Invalidation"]["Id"]
        items = self.client.list_invalidations(DistributionId=id)["InvalidationList"]["Items"]
        self.assertEqual((items[0]["Id"], items[0]["Status"]), (last, "InProgress"))

    def test_distributions_by_web_acl(self):
        """Path parameter percent-encoded (FACTS.md, requests); the word null asks for those without."""
        arn = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/x/1"
        self.simulator.seed("web-acl", arn)
        guarded = self.create("guarded", WebACLId=arn)["Distribution"]["Id"]
        bare = self.create("bare")["Distribution"]["Id"]
        for acl, ids in ((arn, [guarded]), ("null", [bare]), ("other", [])):
            found = self.client.list_distributions_by_web_acl_id(WebACLId=acl)["DistributionList"].get("Items", [])
            self.assertEqual([item["Id"] for item in found], ids)


class Waiters(SimulatorTest):
    """FACTS.md, lists: with their own delays, slept on the simulator's clock."""

    def polls(self, operation):
        return sum(entry["operation"] == operation for entry in self.simulator.journal())

    def test_distribution_deployed(self):
        id = self.create()["Distribution"]["Id"]
        with self.simulated_sleep():
            self.client.get_waiter("distribution_deployed").wait(Id=id)
        self.assertEqual(self.polls("GetDistribution"), 11)

    def test_streaming_distribution_deployed(self):
        made = self.client.create_streaming_distribution(StreamingDistributionConfig=streaming_config())
        with self.simulated_sleep():
            self.client.get_waiter("streaming_distribution_deployed").wait(Id=made["StreamingDistribution"]["Id"])
        self.assertEqual(self.polls("GetStreamingDistribution"), 11)

    def test_invalidation_completed(self):
        self.simulator.call("PATCH", "/settings", {"invalidation_delay": "1m"})
        id = self.create()["Distribution"]["Id"]
        batch = {"CallerReference": "r", "Paths": listed("/")}
        made = self.client.create_invalidation(DistributionId=id, InvalidationBatch=batch)["Invalidation"]
        with self.simulated_sleep():
            self.client.get_waiter("invalidation_completed").wait(DistributionId=id, Id=made["Id"])
        self.assertEqual(self.polls("GetInvalidation"), 4)
