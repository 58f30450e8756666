"""Streaming distributions, as the model has them."""

from harness import ACCOUNT, SimulatorTest, listed, streaming_config


class Streaming(SimulatorTest):
    def make(self, reference="r", **members):
        return self.client.create_streaming_distribution(
            StreamingDistributionConfig=streaming_config(reference, **members)
        )

    def read_streaming(self, id):
        answer = self.client.get_streaming_distribution_config(Id=id)
        return answer["StreamingDistributionConfig"], answer["ETag"]

    def test_from_creation_to_deletion(self):
        """FACTS.md, families and deployment: as for distributions, with errors of its own."""
        answer = self.make(Aliases=listed("rtmp.example.com"))
        made = answer["StreamingDistribution"]
        id = made["Id"]
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 201)
        self.assertEqual(made["ARN"], f"arn:aws:cloudfront::{ACCOUNT}:streaming-distribution/{id}")
        self.assertTrue(answer["Location"].endswith(f"/streaming-distribution/{id}"))
        self.assertRegex(made["DomainName"], r"^s[0-9a-z]{13}\.cloudfront\.net$")
        self.assertEqual(
            (made["Status"], made["ActiveTrustedSigners"]), ("InProgress", {"Enabled": False, "Quantity": 0})
        )
        self.simulator.advance("10m")
        config, etag = self.read_streaming(id)
        with self.refused("StreamingDistributionNotDisabled", 409):
            self.client.delete_streaming_distribution(Id=id, IfMatch=etag)
        config["Enabled"] = False
        updated = self.client.update_streaming_distribution(Id=id, IfMatch=etag, StreamingDistributionConfig=config)
        with self.refused("StreamingDistributionNotDisabled", 409):
            self.client.delete_streaming_distribution(Id=id, IfMatch=updated["ETag"])
        self.simulator.advance("10m")
        whole = self.client.get_streaming_distribution(Id=id)
        self.assertEqual((whole["StreamingDistribution"]["Status"], whole["ETag"]), ("Deployed", updated["ETag"]))
        self.client.delete_streaming_distribution(Id=id, IfMatch=updated["ETag"])
        with self.refused("NoSuchStreamingDistribution", 404):
            self.client.get_streaming_distribution(Id=id)

    def test_what_was_left_out_is_filled_in(self):
        config, _ = self.read_streaming(self.make()["StreamingDistribution"]["Id"])
        self.assertEqual((config["Aliases"], config["PriceClass"]), ({"Quantity": 0}, "PriceClass_All"))
        self.assertEqual(config["Logging"], {"Enabled": False, "Bucket": "", "Prefix": ""})

    def test_a_used_caller_reference_is_refused(self):
        """FACTS.md, references: modelled one way, documented another."""
        id = self.make()["StreamingDistribution"]["Id"]
        with self.refused("StreamingDistributionAlreadyExists", 409, id):
            self.make()
        self.simulator.switch("documented-streaming-conflict")
        with self.refused("DistributionAlreadyExists", 409, id):
            self.make()

    def test_creation_can_be_refused_as_rtmp_has_ended(self):
        """FACTS.md, streaming: what the live API answers is not established."""
        self.simulator.switch("refuse-streaming-create")
        with self.refused("AccessDenied", 403):
            self.make()

    def test_refusals(self):
        id = self.make(Aliases=listed("a.example.com"))["StreamingDistribution"]["Id"]
        config, etag = self.read_streaming(id)
        with self.refused("InvalidOriginAccessIdentity", 400):
            self.make(
                "2",
                S3Origin={
                    "DomainName": "b.s3.amazonaws.com",
                    "OriginAccessIdentity": "origin-access-identity/cloudfront/E0",
                },
            )
        for domain in ("www.example.com", "b.s3-website-us-east-1.amazonaws.com"):
            with self.refused("InvalidArgument", 400, "valid S3 bucket"):
                self.make("2", S3Origin={"DomainName": domain, "OriginAccessIdentity": ""})
        with self.refused("CNAMEAlreadyExists", 409):
            self.make("2", Aliases=listed("a.example.com"))
        with self.refused("TrustedSignerDoesNotExist", 400):
            self.make("2", TrustedSigners=listed("nobody", Enabled=True))
        with self.refused("TooManyStreamingDistributionCNAMEs", 400):
            self.make("2", Aliases=listed(*(f"{n}.example.com" for n in range(11))))
        with self.refused("IllegalUpdate", 400):
            self.client.update_streaming_distribution(
                Id=id, IfMatch=etag, StreamingDistributionConfig={**config, "CallerReference": "x"}
            )
        with self.refused("InvalidIfMatchVersion", 400):
            self.client.update_streaming_distribution(Id=id, StreamingDistributionConfig=config)
        with self.refused("PreconditionFailed", 412):
            self.client.delete_streaming_distribution(Id=id, IfMatch="E" + 13 * "0")
        self.simulator.quota("TooManyStreamingDistributions", 1)
        with self.refused("TooManyStreamingDistributions", 400):
            self.make("2")

    def test_the_callers_own_number_reads_back_as_self(self):
        """FACTS.md, defaults: terraform#1112."""
        made = self.make(TrustedSigners=listed(ACCOUNT, Enabled=True))["StreamingDistribution"]
        self.assertEqual(made["StreamingDistributionConfig"]["TrustedSigners"]["Items"], ["self"])
        self.assertEqual(made["ActiveTrustedSigners"]["Items"][0]["AwsAccountNumber"], "self")
