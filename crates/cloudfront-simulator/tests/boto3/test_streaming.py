"""Streaming distributions, as in the service model."""

from harness import ACCOUNT, SimulatorTest, item_list, streaming_config


class Streaming(SimulatorTest):
    def create_streaming(self, reference="r", **members):
        return self.client.create_streaming_distribution(
            StreamingDistributionConfig=streaming_config(reference, **members)
        )

    def get_streaming_config(self, id):
        response = self.client.get_streaming_distribution_config(Id=id)
        return response["StreamingDistributionConfig"], response["ETag"]

    def test_lifecycle(self):
        """FACTS.md, resource types and deployment: as for distributions, with different error codes."""
        response = self.create_streaming(Aliases=item_list("rtmp.example.com"))
        distribution = response["StreamingDistribution"]
        id = distribution["Id"]
        self.assertEqual(response["ResponseMetadata"]["HTTPStatusCode"], 201)
        self.assertEqual(distribution["ARN"], f"arn:aws:cloudfront::{ACCOUNT}:streaming-distribution/{id}")
        self.assertTrue(response["Location"].endswith(f"/streaming-distribution/{id}"))
        self.assertRegex(distribution["DomainName"], r"^s[0-9a-z]{13}\.cloudfront\.net$")
        self.assertEqual(
            (distribution["Status"], distribution["ActiveTrustedSigners"]),
            ("InProgress", {"Enabled": False, "Quantity": 0}),
        )
        self.simulator.advance("10m")
        config, etag = self.get_streaming_config(id)
        with self.assert_client_error("StreamingDistributionNotDisabled", 409):
            self.client.delete_streaming_distribution(Id=id, IfMatch=etag)
        config["Enabled"] = False
        updated = self.client.update_streaming_distribution(Id=id, IfMatch=etag, StreamingDistributionConfig=config)
        with self.assert_client_error("StreamingDistributionNotDisabled", 409):
            self.client.delete_streaming_distribution(Id=id, IfMatch=updated["ETag"])
        self.simulator.advance("10m")
        current = self.client.get_streaming_distribution(Id=id)
        self.assertEqual((current["StreamingDistribution"]["Status"], current["ETag"]), ("Deployed", updated["ETag"]))
        self.client.delete_streaming_distribution(Id=id, IfMatch=updated["ETag"])
        with self.assert_client_error("NoSuchStreamingDistribution", 404):
            self.client.get_streaming_distribution(Id=id)

    def test_absent_members_have_defaults(self):
        config, _ = self.get_streaming_config(self.create_streaming()["StreamingDistribution"]["Id"])
        self.assertEqual((config["Aliases"], config["PriceClass"]), ({"Quantity": 0}, "PriceClass_All"))
        self.assertEqual(config["Logging"], {"Enabled": False, "Bucket": "", "Prefix": ""})

    def test_a_used_caller_reference_is_rejected(self):
        """FACTS.md, references: the code in the model differs from the documented one."""
        id = self.create_streaming()["StreamingDistribution"]["Id"]
        with self.assert_client_error("StreamingDistributionAlreadyExists", 409, id):
            self.create_streaming()
        self.simulator.set_switch("documented-streaming-conflict")
        with self.assert_client_error("DistributionAlreadyExists", 409, id):
            self.create_streaming()

    def test_creation_is_rejected_by_switch(self):
        """FACTS.md, streaming: the response of the live API is unknown."""
        self.simulator.set_switch("refuse-streaming-create")
        with self.assert_client_error("AccessDenied", 403):
            self.create_streaming()

    def test_invalid_requests(self):
        id = self.create_streaming(Aliases=item_list("a.example.com"))["StreamingDistribution"]["Id"]
        config, etag = self.get_streaming_config(id)
        with self.assert_client_error("InvalidOriginAccessIdentity", 400):
            self.create_streaming(
                "2",
                S3Origin={
                    "DomainName": "b.s3.amazonaws.com",
                    "OriginAccessIdentity": "origin-access-identity/cloudfront/E0",
                },
            )
        for domain in ("www.example.com", "b.s3-website-us-east-1.amazonaws.com"):
            with self.assert_client_error("InvalidArgument", 400, "valid S3 bucket"):
                self.create_streaming("2", S3Origin={"DomainName": domain, "OriginAccessIdentity": ""})
        with self.assert_client_error("CNAMEAlreadyExists", 409):
            self.create_streaming("2", Aliases=item_list("a.example.com"))
        with self.assert_client_error("TrustedSignerDoesNotExist", 400):
            self.create_streaming("2", TrustedSigners=item_list("nobody", Enabled=True))
        with self.assert_client_error("TooManyStreamingDistributionCNAMEs", 400):
            self.create_streaming("2", Aliases=item_list(*(f"{n}.example.com" for n in range(11))))
        with self.assert_client_error("IllegalUpdate", 400):
            self.client.update_streaming_distribution(
                Id=id, IfMatch=etag, StreamingDistributionConfig={**config, "CallerReference": "x"}
            )
        with self.assert_client_error("InvalidIfMatchVersion", 400):
            self.client.update_streaming_distribution(Id=id, StreamingDistributionConfig=config)
        with self.assert_client_error("PreconditionFailed", 412):
            self.client.delete_streaming_distribution(Id=id, IfMatch="E" + 13 * "0")
        self.simulator.set_quota("TooManyStreamingDistributions", 1)
        with self.assert_client_error("TooManyStreamingDistributions", 400):
            self.create_streaming("2")

    def test_texts_and_logs_of_streaming_distributions(self):
        """RESTRICTIONS.md: comment, logs and signers are as those of a distribution."""
        logging = {"Enabled": True, "Bucket": "logs.s3.amazonaws.com", "Prefix": "p/"}
        for members in (
            {"Comment": "x" * 129},
            {"Logging": {**logging, "Bucket": ""}},
            {"Logging": {**logging, "Bucket": "logs..s3.amazonaws.com"}},
            {"TrustedSigners": item_list("self", Enabled=False)},
        ):
            with self.assert_client_error("InvalidArgument", 400):
                self.create_streaming("2", **members)
        created = self.create_streaming("3", Logging={**logging, "Enabled": False})["StreamingDistribution"]
        erased = {"Enabled": False, "Bucket": "", "Prefix": ""}
        self.assertEqual(created["StreamingDistributionConfig"]["Logging"], erased)

    def test_the_account_number_of_the_caller_is_returned_as_self(self):
        """FACTS.md, defaults: terraform#1112."""
        distribution = self.create_streaming(TrustedSigners=item_list(ACCOUNT, Enabled=True))["StreamingDistribution"]
        self.assertEqual(distribution["StreamingDistributionConfig"]["TrustedSigners"]["Items"], ["self"])
        self.assertEqual(distribution["ActiveTrustedSigners"]["Items"][0]["AwsAccountNumber"], "self")
