"""Responses contain each member that a dump of a real distribution has, empty or with its default if it is absent."""

from harness import (
    ACCOUNT,
    CERTIFICATE,
    SimulatorTest,
    cache_behavior,
    custom_origin,
    item_list,
    s3_origin,
    viewer_certificate,
)


class Echo(SimulatorTest):
    def create(self, **members):
        return self.create_distribution(**members)["Distribution"]["DistributionConfig"]

    def test_every_member_of_a_dump_is_returned(self):
        """FACTS.md, defaults: the members of `aws cloudfront get-distribution-config` (iann0036/former2#31)."""
        config = self.create(Origins=item_list(s3_origin()), CustomErrorResponses=item_list({"ErrorCode": 404}))
        self.assertEqual(
            config["Origins"]["Items"],
            [
                {
                    "Id": "s3",
                    "DomainName": "s3.s3.amazonaws.com",
                    "OriginPath": "",
                    "CustomHeaders": {"Quantity": 0},
                    "S3OriginConfig": {"OriginAccessIdentity": "", "OriginReadTimeout": 30},
                    "ConnectionAttempts": 3,
                    "ConnectionTimeout": 10,
                    "OriginShield": {"Enabled": False},
                    "OriginAccessControlId": "",
                }
            ],
        )
        behavior = config["DefaultCacheBehavior"]
        for name, value in {
            "TrustedSigners": {"Enabled": False, "Quantity": 0},
            "TrustedKeyGroups": {"Enabled": False, "Quantity": 0},
            "AllowedMethods": item_list("HEAD", "GET", CachedMethods=item_list("HEAD", "GET")),
            "SmoothStreaming": False,
            "Compress": False,
            "LambdaFunctionAssociations": {"Quantity": 0},
            "FunctionAssociations": {"Quantity": 0},
            "FieldLevelEncryptionId": "",
            "GrpcConfig": {"Enabled": False},
        }.items():
            self.assertEqual(behavior[name], value, name)
        for name, value in {"WebACLId": "", "ContinuousDeploymentPolicyId": "", "Staging": False}.items():
            self.assertEqual(config[name], value, name)

    def test_error_responses_have_an_empty_page_and_the_default_duration(self):
        """FACTS.md, defaults: hashicorp/terraform-provider-aws#46375, and 10 seconds in the developer guide."""
        responses = [{"ErrorCode": 404}, {"ErrorCode": 503, "ErrorCachingMinTTL": 0}]
        config = self.create(CustomErrorResponses=item_list(*responses))
        empty = {"ResponsePagePath": "", "ResponseCode": ""}
        expected = [
            {"ErrorCode": 404, "ErrorCachingMinTTL": 10, **empty},
            {"ErrorCode": 503, "ErrorCachingMinTTL": 0, **empty},
        ]
        self.assertEqual(config["CustomErrorResponses"]["Items"], expected)

    def test_flags_have_defaults(self):
        """FACTS.md, defaults: the body of a Lambda@Edge function, the mode and the flags of a trust store."""
        arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f:1"
        self.simulator.seed("lambda-function", arn)
        self.simulator.seed("trust-store", "t")
        association = {"LambdaFunctionARN": arn, "EventType": "origin-request"}
        config = self.create(
            Origins=item_list(custom_origin()),
            DefaultCacheBehavior=cache_behavior("web", LambdaFunctionAssociations=item_list(association)),
            ViewerMtlsConfig={"TrustStoreConfig": {"TrustStoreId": "t"}},
        )
        associations = config["DefaultCacheBehavior"]["LambdaFunctionAssociations"]
        self.assertEqual(associations, item_list({**association, "IncludeBody": False}))
        flags = {"AdvertiseTrustStoreCaNames": False, "IgnoreCertificateExpiry": False}
        expected = {"Mode": "required", "TrustStoreConfig": {"TrustStoreId": "t", **flags}}
        self.assertEqual(config["ViewerMtlsConfig"], expected)

    def test_a_certificate_is_repeated_in_the_deprecated_members(self):
        """FACTS.md, defaults: dlapiduz/certbot-s3front#12. The response is a valid request."""
        config = self.create(**self.aliases("a.example.com"))
        expected = viewer_certificate(
            CloudFrontDefaultCertificate=False, Certificate=CERTIFICATE, CertificateSource="acm"
        )
        self.assertEqual(config["ViewerCertificate"], expected)
        other = {**config, "CallerReference": "again", "Aliases": item_list()}
        del other["ContinuousDeploymentPolicyId"]
        self.client.create_distribution(DistributionConfig=other)
