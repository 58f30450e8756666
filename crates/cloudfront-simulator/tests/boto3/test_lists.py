"""List operations, paginators and waiters."""

from harness import SimulatorTest, item_list, streaming_config


class Lists(SimulatorTest):
    def test_a_summary_contains_etag_and_status(self):
        """FACTS.md, models and versions: DistributionSummary.ETag."""
        response = self.create_distribution(Comment="c", **self.aliases("a.example.com"))
        (summary,) = self.client.list_distributions()["DistributionList"]["Items"]
        distribution = response["Distribution"]
        self.assertEqual((summary["ETag"], summary["Status"]), (response["ETag"], "InProgress"))
        for name in ("Id", "ARN", "DomainName", "LastModifiedTime"):
            self.assertEqual(summary[name], distribution[name])
        for name in (
            "Aliases",
            "Origins",
            "DefaultCacheBehavior",
            "ViewerCertificate",
            "Restrictions",
            "HttpVersion",
            "Staging",
        ):
            self.assertEqual(summary[name], distribution["DistributionConfig"][name])
        self.assertEqual(summary["AliasICPRecordals"], [{"CNAME": "a.example.com", "ICPRecordalStatus": "APPROVED"}])
        self.assertNotIn("Logging", summary)

    def test_an_empty_list_has_no_items(self):
        """FACTS.md, lists."""
        empty = {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": 0}
        self.assertEqual(self.client.list_distributions()["DistributionList"], empty)
        self.assertEqual(self.client.list_streaming_distributions()["StreamingDistributionList"], empty)

    def test_a_page_starts_after_the_marker(self):
        """FACTS.md, lists: NextMarker exists only if there are more items."""
        for number in range(5):
            self.create_distribution(str(number))
        first = self.client.list_distributions(MaxItems="2")["DistributionList"]
        self.assertEqual((first["IsTruncated"], first["MaxItems"], len(first["Items"])), (True, 2, 2))
        self.assertEqual(first["NextMarker"], first["Items"][-1]["Id"])
        second = self.client.list_distributions(MaxItems="3", Marker=first["NextMarker"])["DistributionList"]
        self.assertEqual((second["IsTruncated"], second["Marker"]), (False, first["NextMarker"]))
        self.assertNotIn("NextMarker", second)
        self.assertEqual(len({item["Id"] for item in first["Items"] + second["Items"]}), 5)

    def test_the_size_of_a_page_is_limited(self):
        """FACTS.md, lists: the effect of a MaxItems above 100 is unknown, so it is a switch."""
        for invalid in ("0", "-1", "x", "101"):
            with self.assert_client_error("InvalidArgument", 400):
                self.client.list_distributions(MaxItems=invalid)
        self.simulator.set_switch("clamp-max-items")
        self.assertEqual(self.client.list_distributions(MaxItems="1000")["DistributionList"]["MaxItems"], 100)

    def test_paginators_return_all_items(self):
        """FACTS.md, lists."""
        identity = {"Comment": ""}
        for number in range(5):
            id = self.create_distribution(str(number))["Distribution"]["Id"]
            self.client.create_streaming_distribution(StreamingDistributionConfig=streaming_config(str(number)))
            self.client.create_cloud_front_origin_access_identity(
                CloudFrontOriginAccessIdentityConfig={**identity, "CallerReference": str(number)}
            )
        for number in range(5):
            batch = {"CallerReference": str(number), "Paths": item_list("/")}
            self.client.create_invalidation(DistributionId=id, InvalidationBatch=batch)
        for name, root, parameters in (
            ("list_distributions", "DistributionList", {}),
            ("list_streaming_distributions", "StreamingDistributionList", {}),
            ("list_cloud_front_origin_access_identities", "CloudFrontOriginAccessIdentityList", {}),
            ("list_invalidations", "InvalidationList", {"DistributionId": id}),
        ):
            pages = list(self.client.get_paginator(name).paginate(PaginationConfig={"PageSize": 2}, **parameters))
            ids = [item["Id"] for page in pages for item in page[root]["Items"]]
            self.assertEqual((len(pages), len(ids), len(set(ids))), (3, 5, 5), name)

    def test_invalidations_are_listed_newest_first(self):
        id = self.create_distribution()["Distribution"]["Id"]
        for reference in ("old", "new"):
            batch = {"CallerReference": reference, "Paths": item_list("/")}
            last = self.client.create_invalidation(DistributionId=id, InvalidationBatch=batch)["Invalidation"]["Id"]
        items = self.client.list_invalidations(DistributionId=id)["InvalidationList"]["Items"]
        self.assertEqual((items[0]["Id"], items[0]["Status"]), (last, "InProgress"))

    def test_distributions_by_web_acl(self):
        """FACTS.md, requests: the path parameter is percent-encoded; "null" lists distributions without a web ACL."""
        arn = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/x/1"
        self.simulator.seed("web-acl", arn)
        with_acl = self.create_distribution("guarded", WebACLId=arn)["Distribution"]["Id"]
        without_acl = self.create_distribution("bare")["Distribution"]["Id"]
        for acl, ids in ((arn, [with_acl]), ("null", [without_acl]), ("other", [])):
            found = self.client.list_distributions_by_web_acl_id(WebACLId=acl)["DistributionList"].get("Items", [])
            self.assertEqual([item["Id"] for item in found], ids)


class Waiters(SimulatorTest):
    """FACTS.md, lists: the waiters of the model, with their delays in simulated time."""

    def count_requests(self, operation):
        return sum(entry["operation"] == operation for entry in self.simulator.journal())

    def test_distribution_deployed(self):
        id = self.create_distribution()["Distribution"]["Id"]
        with self.simulated_sleep():
            self.client.get_waiter("distribution_deployed").wait(Id=id)
        self.assertEqual(self.count_requests("GetDistribution"), 11)

    def test_streaming_distribution_deployed(self):
        created = self.client.create_streaming_distribution(StreamingDistributionConfig=streaming_config())
        with self.simulated_sleep():
            self.client.get_waiter("streaming_distribution_deployed").wait(Id=created["StreamingDistribution"]["Id"])
        self.assertEqual(self.count_requests("GetStreamingDistribution"), 11)

    def test_invalidation_completed(self):
        self.simulator.control_request("PATCH", "/settings", {"invalidation_delay": "1m"})
        id = self.create_distribution()["Distribution"]["Id"]
        batch = {"CallerReference": "r", "Paths": item_list("/")}
        invalidation = self.client.create_invalidation(DistributionId=id, InvalidationBatch=batch)["Invalidation"]
        with self.simulated_sleep():
            self.client.get_waiter("invalidation_completed").wait(DistributionId=id, Id=invalidation["Id"])
        self.assertEqual(self.count_requests("GetInvalidation"), 4)
