"""Invalidations."""

from harness import SimulatorTest, item_list


class Invalidations(SimulatorTest):
    def setUp(self):
        super().setUp()
        self.id = self.create_distribution()["Distribution"]["Id"]

    def invalidate(self, reference, *paths, id=None):
        batch = {"CallerReference": reference, "Paths": item_list(*paths)}
        return self.client.create_invalidation(DistributionId=id or self.id, InvalidationBatch=batch)

    def count_in_progress(self):
        return self.client.get_distribution(Id=self.id)["Distribution"]["InProgressInvalidationBatches"]

    def test_an_invalidation_completes_in_simulated_time(self):
        """FACTS.md, resource types: InProgress, then Completed."""
        response = self.invalidate("r", "/a*", "/b")
        invalidation = response["Invalidation"]
        self.assertEqual(response["ResponseMetadata"]["HTTPStatusCode"], 201)
        self.assertTrue(response["Location"].endswith(f"/distribution/{self.id}/invalidation/{invalidation['Id']}"))
        self.assertRegex(invalidation["Id"], r"^I[0-9A-Z]{13}$")
        self.assertEqual((invalidation["Status"], self.count_in_progress()), ("InProgress", 1))
        self.simulator.advance("10m")
        current = self.client.get_invalidation(DistributionId=self.id, Id=invalidation["Id"])["Invalidation"]
        self.assertEqual(current, {**invalidation, "Status": "Completed"})
        self.assertEqual(self.count_in_progress(), 0)

    def test_an_equal_request_returns_the_first_invalidation(self):
        """FACTS.md, references: documented; requests with the same paths are equal."""
        first = self.invalidate("r", "/a", "/b")["Invalidation"]
        self.assertEqual(self.invalidate("r", "/b", "/a")["Invalidation"], first)
        self.simulator.set_switch("refuse-invalidation-replay")
        with self.assert_client_error("InvalidArgument", 400):
            self.invalidate("r", "/a", "/b")

    def test_a_used_caller_reference_with_other_paths_is_rejected(self):
        """FACTS.md, references: jonls/s3-deploy-website#26, aws-cdk#3878; the documented code is a switch."""
        self.invalidate("r", "/a")
        message = "Your request contains a caller reference that was used for a previous invalidation batch for the same distribution."
        with self.assert_client_error("InvalidArgument", 400, message):
            self.invalidate("r", "/b")
        self.simulator.set_switch("documented-invalidation-conflict")
        with self.assert_client_error("InvalidationBatchAlreadyExists", 400):
            self.invalidate("r", "/b")

    def test_caller_references_are_per_distribution(self):
        other = self.create_distribution("other")["Distribution"]["Id"]
        self.invalidate("r", "/a")
        self.invalidate("r", "/b", id=other)

    def test_wildcards_in_progress_are_limited(self):
        """FACTS.md, limits: 15, mdn/developer-portal#1134."""
        self.invalidate("r", *(f"/{number}*" for number in range(15)))
        with self.assert_client_error("TooManyInvalidationsInProgress", 400, "in-progress wildcard invalidations."):
            self.invalidate("one more", "/x*")
        self.invalidate("no wildcard", "/x")
        self.simulator.advance("10m")
        self.invalidate("later", "/x*")

    def test_single_paths_in_progress_are_limited(self):
        """FACTS.md, limits: 3,000."""
        self.invalidate("r", *(f"/{number}" for number in range(3000)))
        with self.assert_client_error(
            "TooManyInvalidationsInProgress", 400, "maximum number of in-progress invalidations."
        ):
            self.invalidate("one more", "/x")
        self.invalidate("a wildcard", "/x*")

    def test_the_size_of_a_batch_is_limited(self):
        """FACTS.md, limits: the threshold is unknown, so it is a quota."""
        with self.assert_client_error("BatchTooLarge", 413):
            self.invalidate("r", *(f"/{number}" for number in range(3001)))
        self.simulator.set_quota("BatchTooLarge", 2)
        with self.assert_client_error("BatchTooLarge", 413):
            self.invalidate("r", "/1", "/2", "/3")

    def test_the_format_of_paths(self):
        """FACTS.md, limits: a slash at the start, a wildcard only at the end, unsafe characters encoded."""
        for path in ("a", "", "*", "/a*b", "/ü", "/a b", "/a~b", "/a[1]", "/a#b", "#tag", "/" + 4000 * "a"):
            with self.assert_client_error("InvalidArgument", 400):
                self.invalidate("r", path)
        self.invalidate("r", "/", "/*", "/a*", "/%C3%BC?x=1&y=2", "/a!$'()+,;=@:_-.b")

    def test_cache_tags_require_a_cache_tag_config(self):
        """FACTS.md, limits."""
        tagged = self.create_distribution("tagged", CacheTagConfig={"HeaderName": "x-tags"})["Distribution"]["Id"]
        self.invalidate("r", "#tag", "/a", id=tagged)
        for tag in ("#tag*", "#", "#a,b", "#a b", "#ü", "#" + 257 * "a"):
            with self.assert_client_error("InvalidArgument", 400):
                self.invalidate("r2", tag, id=tagged)

    def test_missing_distributions_and_invalidations(self):
        with self.assert_client_error("NoSuchDistribution", 404):
            self.invalidate("r", "/a", id="E0")
        with self.assert_client_error("NoSuchDistribution", 404):
            self.client.list_invalidations(DistributionId="E0")
        with self.assert_client_error("NoSuchInvalidation", 404):
            self.client.get_invalidation(DistributionId=self.id, Id="I0")

    def test_an_empty_batch_is_rejected(self):
        with self.assert_client_error("InvalidArgument", 400):
            self.invalidate("r")
        with self.assert_client_error("InvalidArgument", 400):
            self.invalidate("", "/a")
