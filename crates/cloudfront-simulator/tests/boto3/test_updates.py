"""Updates, which replace the complete configuration and require more members than creations."""

import copy

from harness import SimulatorTest, cache_behavior, custom_origin, forwarded_values, item_list, s3_origin

MEMBERS_REQUIRED_ON_UPDATE = (
    "Aliases",
    "DefaultRootObject",
    "CacheBehaviors",
    "CustomErrorResponses",
    "Logging",
    "PriceClass",
    "ViewerCertificate",
    "Restrictions",
    "WebACLId",
    "HttpVersion",
)
BEHAVIOR_MEMBERS_REQUIRED_ON_UPDATE = (
    "AllowedMethods",
    "Compress",
    "LambdaFunctionAssociations",
    "FieldLevelEncryptionId",
)


class Updates(SimulatorTest):
    def setUp(self):
        super().setUp()
        created = self.create_distribution(
            Origins=item_list(s3_origin(), custom_origin()),
            CacheBehaviors=item_list(cache_behavior("web", PathPattern="/a", ForwardedValues=forwarded_values())),
        )
        self.id = created["Distribution"]["Id"]

    def put_config(self, config, etag=None):
        return self.client.update_distribution(
            Id=self.id, IfMatch=etag or self.get_config(self.id)[1], DistributionConfig=config
        )

    def test_a_returned_configuration_is_a_valid_update(self):
        before, etag = self.get_config(self.id)
        response = self.put_config(before, etag)
        self.assertEqual(response["ResponseMetadata"]["HTTPStatusCode"], 200)
        self.assertEqual(self.get_config(self.id), (before, response["ETag"]))

    def test_an_update_without_changes_creates_a_new_version(self):
        """FACTS.md, versions: ansible#24292."""
        self.simulator.advance("10m")
        before = self.client.get_distribution(Id=self.id)
        after = self.put_config(self.get_config(self.id)[0])
        self.assertNotEqual(before["ETag"], after["ETag"])
        self.assertGreater(after["Distribution"]["LastModifiedTime"], before["Distribution"]["LastModifiedTime"])
        self.assertEqual(
            (before["Distribution"]["Status"], after["Distribution"]["Status"]), ("Deployed", "InProgress")
        )

    def test_an_update_without_changes_is_ignored_by_switch(self):
        self.simulator.set_switch("ignore-identical-updates")
        before, etag = self.get_config(self.id)
        self.assertEqual(self.put_config(before)["ETag"], etag)
        self.assertNotEqual(self.put_config({**before, "Comment": "new"})["ETag"], etag)

    def test_an_update_is_accepted_while_in_progress(self):
        """FACTS.md, deployment: no contrary source was found."""
        first = self.update_distribution(self.id, Comment="1")
        second = self.update_distribution(self.id, Comment="2")
        self.assertEqual(first["Distribution"]["Status"], "InProgress")
        self.assertEqual(second["Distribution"]["DistributionConfig"]["Comment"], "2")

    def test_a_missing_or_outdated_version_is_rejected(self):
        """FACTS.md, versions."""
        before, etag = self.get_config(self.id)
        self.put_config(before, etag)
        with self.assert_client_error("PreconditionFailed", 412):
            self.put_config(before, etag)
        with self.assert_client_error("InvalidIfMatchVersion", 400):
            self.put_config(before, "not-a-version")
        with self.assert_client_error("InvalidIfMatchVersion", 400):
            self.client.update_distribution(Id=self.id, DistributionConfig=before)
        with self.assert_client_error("NoSuchDistribution", 404):
            self.client.update_distribution(Id="E0000000000000", IfMatch=etag, DistributionConfig=before)

    def test_members_that_are_required_on_update(self):
        """FACTS.md, versions: distribution-overview-required-fields, IllegalUpdate (ack#2461)."""
        config, _ = self.get_config(self.id)
        for name in MEMBERS_REQUIRED_ON_UPDATE:
            with self.assert_client_error("IllegalUpdate", 400, name):
                self.put_config({member: value for member, value in config.items() if member != name})
        for name in BEHAVIOR_MEMBERS_REQUIRED_ON_UPDATE:
            changed = copy.deepcopy(config)
            del changed["DefaultCacheBehavior"][name]
            with self.assert_client_error("IllegalUpdate", 400, name):
                self.put_config(changed)
        for name in ("MinTTL", "DefaultTTL", "MaxTTL"):
            changed = copy.deepcopy(config)
            del changed["CacheBehaviors"]["Items"][0][name]
            with self.assert_client_error("IllegalUpdate", 400, name):
                self.put_config(changed)
        changed = copy.deepcopy(config)
        del changed["CacheBehaviors"]["Items"][0]["SmoothStreaming"]
        with self.assert_client_error("InvalidArgument", 400, "The parameter SmoothStreaming flag is missing"):
            self.put_config(changed)

    def test_members_of_origins_that_are_required_on_update(self):
        """FACTS.md, versions: observed by cdkd, aws-controllers-k8s/community#2335 and lucidsoftware/cumulus#131."""
        config, _ = self.get_config(self.id)
        for path, code in (
            (("OriginPath",), "IllegalUpdate"),
            (("CustomHeaders",), "IllegalUpdate"),
            (("CustomOriginConfig", "OriginReadTimeout"), "IllegalUpdate"),
            (("CustomOriginConfig", "OriginKeepaliveTimeout"), "IllegalUpdate"),
            (("CustomOriginConfig", "OriginSslProtocols"), "InvalidArgument"),
        ):
            changed = copy.deepcopy(config)
            parent = next(origin for origin in changed["Origins"]["Items"] if origin["Id"] == "web")
            for name in path[:-1]:
                parent = parent[name]
            del parent[path[-1]]
            with self.assert_client_error(code, 400, path[-1]):
                self.put_config(changed)

    def test_error_pages_are_required_on_update(self):
        """FACTS.md, versions: hashicorp/terraform-provider-aws#48288; both members are returned empty."""
        page = {"ErrorCode": 404, "ResponseCode": "200", "ResponsePagePath": "/404.html"}
        self.update_distribution(self.id, CustomErrorResponses=item_list(page))
        message = "The specified list of custom error responses does not exist or is not valid"
        for response in ({"ErrorCode": 502}, {"ErrorCode": 502, "ResponseCode": ""}):
            with self.assert_client_error("IllegalUpdate", 400, message):
                self.update_distribution(self.id, CustomErrorResponses=item_list(page, response))
        empty = {"ErrorCode": 502, "ResponseCode": "", "ResponsePagePath": ""}
        self.update_distribution(self.id, CustomErrorResponses=item_list(page, empty))
        self.put_config(self.get_config(self.id)[0])

    def test_cookies_of_logs_are_required_on_update(self):
        """FACTS.md, versions: aws/aws-sdk-kotlin#1608."""
        logging = {"Enabled": True, "Bucket": "logs.s3.amazonaws.com", "Prefix": ""}
        with self.assert_client_error("IllegalUpdate", 400, "You must specify IncludeCookies"):
            self.update_distribution(self.id, Logging=logging)
        self.update_distribution(self.id, Logging={**logging, "IncludeCookies": False})
        self.update_distribution(self.id, Logging={"Enabled": False})

    def test_error_code_and_observed_members_are_switches(self):
        """FACTS.md, versions: InvalidArgument and more required members were also observed."""
        config, _ = self.get_config(self.id)
        changed = copy.deepcopy(config)
        del changed["DefaultCacheBehavior"]["TrustedSigners"]
        self.put_config(changed)
        self.simulator.set_switch("require-more-on-update")
        with self.assert_client_error("IllegalUpdate", 400, "TrustedSigners"):
            self.put_config(changed)
        self.simulator.set_switch("missing-on-update-is-invalid-argument")
        with self.assert_client_error("InvalidArgument", 400, "TrustedSigners"):
            self.put_config(changed)

    def test_caller_reference_and_staging_are_immutable(self):
        """FACTS.md, references and versions (classic#1260)."""
        with self.assert_client_error("IllegalUpdate", 400, "CallerReference"):
            self.update_distribution(self.id, CallerReference="other")
        with self.assert_client_error("IllegalUpdate", 400, "Staging"):
            self.update_distribution(self.id, Staging=True)

    def test_an_absent_continuous_deployment_policy_is_unchanged(self):
        """FACTS.md, versions: aws-sdk-js-v3#7417."""
        self.simulator.seed("continuous-deployment-policy", "policy")
        self.update_distribution(self.id, ContinuousDeploymentPolicyId="policy")
        config, _ = self.get_config(self.id)
        del config["ContinuousDeploymentPolicyId"]
        self.put_config(config)
        self.assertEqual(self.get_config(self.id)[0]["ContinuousDeploymentPolicyId"], "policy")
        self.update_distribution(self.id, ContinuousDeploymentPolicyId="")
        self.assertEqual(self.get_config(self.id)[0]["ContinuousDeploymentPolicyId"], "")

    def test_a_removed_alias_can_be_used_by_another_distribution(self):
        self.update_distribution(self.id, **self.aliases("a.example.com"))
        self.update_distribution(self.id, **self.aliases("a.example.com", "b.example.com"))
        with self.assert_client_error("CNAMEAlreadyExists", 409):
            self.create_distribution("second", **self.aliases("a.example.com"))
        self.update_distribution(self.id, Aliases=item_list())
        self.create_distribution("third", **self.aliases("a.example.com"))

    def test_get_and_get_config_return_the_same_etag(self):
        """FACTS.md, versions."""
        self.assertEqual(self.client.get_distribution(Id=self.id)["ETag"], self.get_config(self.id)[1])


class Certificates(SimulatorTest):
    ARN = "arn:aws:acm:us-east-1:111122223333:certificate/1"

    def test_the_deprecated_members_repeat_the_certificate(self):
        """FACTS.md, defaults: ViewerCertificate with ACM."""
        self.simulator.seed("certificate", self.ARN)
        certificate = {
            "ACMCertificateArn": self.ARN,
            "SSLSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021",
        }
        expected = {
            **certificate,
            "CloudFrontDefaultCertificate": False,
            "Certificate": self.ARN,
            "CertificateSource": "acm",
        }
        created = self.create_distribution(ViewerCertificate=certificate)["Distribution"]
        self.assertEqual(created["DistributionConfig"]["ViewerCertificate"], expected)
        deprecated = {
            "Certificate": self.ARN,
            "CertificateSource": "acm",
            "SSLSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021",
        }
        created = self.create_distribution("deprecated", ViewerCertificate=deprecated)["Distribution"]
        self.assertEqual(created["DistributionConfig"]["ViewerCertificate"], expected)

    def test_the_deprecated_members_repeat_an_iam_certificate(self):
        self.simulator.seed("certificate", "ASCA1")
        created = self.create_distribution(
            ViewerCertificate={"IAMCertificateId": "ASCA1", "SSLSupportMethod": "sni-only"}
        )["Distribution"]
        certificate = created["DistributionConfig"]["ViewerCertificate"]
        self.assertEqual((certificate["Certificate"], certificate["CertificateSource"]), ("ASCA1", "iam"))

    def test_a_certificate_must_exist_in_us_east_1(self):
        """FACTS.md, deployment and families."""
        certificate = {"ACMCertificateArn": self.ARN, "SSLSupportMethod": "sni-only"}
        with self.assert_client_error("InvalidViewerCertificate", 400):
            self.create_distribution(ViewerCertificate=certificate)
        elsewhere = self.ARN.replace("us-east-1", "eu-west-1")
        self.simulator.seed("certificate", elsewhere)
        with self.assert_client_error("InvalidViewerCertificate", 400, "us-east-1"):
            self.create_distribution(ViewerCertificate={**certificate, "ACMCertificateArn": elsewhere})
