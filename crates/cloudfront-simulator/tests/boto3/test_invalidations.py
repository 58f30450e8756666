"""Invalidations."""

from harness import SimulatorTest, listed


class Invalidations(SimulatorTest):
    def setUp(self):
        super().setUp()
        self.id = self.create()["Distribution"]["Id"]

    def invalidate(self, reference, *paths, id=None):
        batch = {"CallerReference": reference, "Paths": listed(*paths)}
        return self.client.create_invalidation(DistributionId=id or self.id, InvalidationBatch=batch)

    def in_progress(self):
        return self.client.get_distribution(Id=self.id)["Distribution"]["InProgressInvalidationBatches"]

    def test_it_completes_by_the_clock(self):
        """FACTS.md, families: InProgress, Completed."""
        answer = self.invalidate("r", "/a*", "/b")
        made = answer["Invalidation"]
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 201)
        self.assertTrue(answer["Location"].endswith(f"/distribution/{self.id}/invalidation/{made['Id']}"))
        self.assertRegex(made["Id"], r"^I[0-9A-Z]{13}$")
        self.assertEqual((made["Status"], self.in_progress()), ("InProgress", 1))
        self.simulator.advance("10m")
        read = self.client.get_invalidation(DistributionId=self.id, Id=made["Id"])["Invalidation"]
        self.assertEqual(read, {**made, "Status": "Completed"})
        self.assertEqual(self.in_progress(), 0)

    def test_an_equal_batch_answers_the_first_again(self):
        """FACTS.md, references: documented; equal means the same paths."""
        first = self.invalidate("r", "/a", "/b")["Invalidation"]
        self.assertEqual(self.invalidate("r", "/b", "/a")["Invalidation"], first)
        self.simulator.switch("refuse-invalidation-replay")
        with self.refused("InvalidArgument", 400):
            self.invalidate("r", "/a", "/b")

    def test_a_used_reference_with_other_paths_is_refused(self):
        """FACTS.md, references: jonls/s3-deploy-website#26, aws-cdk#3878; the documented code by switch."""
        self.invalidate("r", "/a")
        message = "Your request contains a caller reference that was used for a previous invalidation batch for the same distribution."
        with self.refused("InvalidArgument", 400, message):
            self.invalidate("r", "/b")
        self.simulator.switch("documented-invalidation-conflict")
        with self.refused("InvalidationBatchAlreadyExists", 400):
            self.invalidate("r", "/b")

    def test_references_are_per_distribution(self):
        other = self.create("other")["Distribution"]["Id"]
        self.invalidate("r", "/a")
        self.invalidate("r", "/b", id=other)

    def test_wildcards_in_progress_are_limited(self):
        """FACTS.md, limits: 15, mdn/developer-portal#1134."""
        self.invalidate("r", *(f"/{number}*" for number in range(15)))
        with self.refused("TooManyInvalidationsInProgress", 400, "in-progress wildcard invalidations."):
            self.invalidate("one more", "/x*")
        self.invalidate("no wildcard", "/x")
        self.simulator.advance("10m")
        self.invalidate("later", "/x*")

    def test_single_paths_in_progress_are_limited(self):
        """FACTS.md, limits: 3,000."""
        self.invalidate("r", *(f"/{number}" for number in range(3000)))
        with self.refused("TooManyInvalidationsInProgress", 400, "maximum number of in-progress invalidations."):
            self.invalidate("one more", "/x")
        self.invalidate("a wildcard", "/x*")

    def test_a_batch_is_limited(self):
        """FACTS.md, limits: the threshold is not established, so it is a quota."""
        with self.refused("BatchTooLarge", 413):
            self.invalidate("r", *(f"/{number}" for number in range(3001)))
        self.simulator.quota("BatchTooLarge", 2)
        with self.refused("BatchTooLarge", 413):
            self.invalidate("r", "/1", "/2", "/3")

    def test_the_form_of_paths(self):
        """FACTS.md, limits: a slash first, a wildcard only last, non-ASCII and unsafe characters encoded."""
        for path in ("a", "", "*", "/a*b", "/ü", "/a b", "/a~b", "/a[1]", "/a#b", "#tag"):
            with self.refused("InvalidArgument", 400):
                self.invalidate("r", path)
        self.invalidate("r", "/", "/*", "/a*", "/%C3%BC?x=1&y=2", "/a!$'()+,;=@:_-.b")

    def test_cache_tags_need_a_header_to_come_from(self):
        """FACTS.md, limits."""
        tagged = self.create("tagged", CacheTagConfig={"HeaderName": "x-tags"})["Distribution"]["Id"]
        self.invalidate("r", "#tag", "/a", id=tagged)
        with self.refused("InvalidArgument", 400):
            self.invalidate("r2", "#tag*", id=tagged)

    def test_what_does_not_exist(self):
        with self.refused("NoSuchDistribution", 404):
            self.invalidate("r", "/a", id="E0")
        with self.refused("NoSuchDistribution", 404):
            self.client.list_invalidations(DistributionId="E0")
        with self.refused("NoSuchInvalidation", 404):
            self.client.get_invalidation(DistributionId=self.id, Id="I0")

    def test_an_empty_batch_is_refused(self):
        with self.refused("InvalidArgument", 400):
            self.invalidate("r")
        with self.refused("InvalidArgument", 400):
            self.invalidate("", "/a")
