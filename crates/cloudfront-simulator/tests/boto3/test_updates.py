"""Updates replace the whole, and need more than creations."""

import copy

from harness import SimulatorTest, behavior, custom_origin, forwarded, listed, s3_origin

ON_UPDATE = (
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
BEHAVIOR_ON_UPDATE = (
    "AllowedMethods",
    "SmoothStreaming",
    "Compress",
    "LambdaFunctionAssociations",
    "FieldLevelEncryptionId",
)


class Updates(SimulatorTest):
    def setUp(self):
        super().setUp()
        created = self.create(
            Origins=listed(s3_origin(), custom_origin()),
            CacheBehaviors=listed(behavior("web", PathPattern="/a", ForwardedValues=forwarded())),
        )
        self.id = created["Distribution"]["Id"]

    def put(self, config, etag=None):
        return self.client.update_distribution(
            Id=self.id, IfMatch=etag or self.read(self.id)[1], DistributionConfig=config
        )

    def test_what_was_read_can_be_written_back(self):
        before, etag = self.read(self.id)
        answer = self.put(before, etag)
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 200)
        self.assertEqual(self.read(self.id), (before, answer["ETag"]))

    def test_an_equal_update_is_a_new_version(self):
        """FACTS.md, versions: ansible#24292."""
        self.simulator.advance("10m")
        before = self.client.get_distribution(Id=self.id)
        after = self.put(self.read(self.id)[0])
        self.assertNotEqual(before["ETag"], after["ETag"])
        self.assertGreater(after["Distribution"]["LastModifiedTime"], before["Distribution"]["LastModifiedTime"])
        self.assertEqual(
            (before["Distribution"]["Status"], after["Distribution"]["Status"]), ("Deployed", "InProgress")
        )

    def test_an_equal_update_changes_nothing_by_switch(self):
        self.simulator.switch("ignore-identical-updates")
        before, etag = self.read(self.id)
        self.assertEqual(self.put(before)["ETag"], etag)
        self.assertNotEqual(self.put({**before, "Comment": "new"})["ETag"], etag)

    def test_an_update_is_accepted_while_in_progress(self):
        """FACTS.md, deployment: nothing found says otherwise."""
        first = self.update(self.id, Comment="1")
        second = self.update(self.id, Comment="2")
        self.assertEqual(first["Distribution"]["Status"], "InProgress")
        self.assertEqual(second["Distribution"]["DistributionConfig"]["Comment"], "2")

    def test_a_missing_version_and_an_old_one_are_refused(self):
        """FACTS.md, versions."""
        before, etag = self.read(self.id)
        self.put(before, etag)
        with self.refused("PreconditionFailed", 412):
            self.put(before, etag)
        with self.refused("InvalidIfMatchVersion", 400):
            self.put(before, "not-a-version")
        with self.refused("InvalidIfMatchVersion", 400):
            self.client.update_distribution(Id=self.id, DistributionConfig=before)
        with self.refused("NoSuchDistribution", 404):
            self.client.update_distribution(Id="E0000000000000", IfMatch=etag, DistributionConfig=before)

    def test_the_longer_list_of_required_members(self):
        """FACTS.md, versions: distribution-overview-required-fields, IllegalUpdate (ack#2461)."""
        whole, _ = self.read(self.id)
        for name in ON_UPDATE:
            with self.refused("IllegalUpdate", 400, name):
                self.put({member: value for member, value in whole.items() if member != name})
        for name in BEHAVIOR_ON_UPDATE:
            changed = copy.deepcopy(whole)
            del changed["DefaultCacheBehavior"][name]
            with self.refused("IllegalUpdate", 400, name):
                self.put(changed)
        for name in ("MinTTL", "DefaultTTL", "MaxTTL"):
            changed = copy.deepcopy(whole)
            del changed["CacheBehaviors"]["Items"][0][name]
            with self.refused("IllegalUpdate", 400, name):
                self.put(changed)

    def test_origins_need_more_members_too(self):
        """FACTS.md, versions: probed live by cdkd."""
        whole, _ = self.read(self.id)
        for path in (
            ("OriginPath",),
            ("CustomHeaders",),
            ("CustomOriginConfig", "OriginReadTimeout"),
            ("CustomOriginConfig", "OriginKeepaliveTimeout"),
        ):
            changed = copy.deepcopy(whole)
            parent = next(origin for origin in changed["Origins"]["Items"] if origin["Id"] == "web")
            for name in path[:-1]:
                parent = parent[name]
            del parent[path[-1]]
            with self.refused("IllegalUpdate", 400, path[-1]):
                self.put(changed)

    def test_the_code_and_the_observed_members_are_switches(self):
        """FACTS.md, versions: InvalidArgument was seen too, and so were more members."""
        whole, _ = self.read(self.id)
        changed = copy.deepcopy(whole)
        del changed["DefaultCacheBehavior"]["TrustedSigners"]
        self.put(changed)
        self.simulator.switch("require-more-on-update")
        with self.refused("IllegalUpdate", 400, "TrustedSigners"):
            self.put(changed)
        self.simulator.switch("missing-on-update-is-invalid-argument")
        with self.refused("InvalidArgument", 400, "TrustedSigners"):
            self.put(changed)

    def test_what_identifies_a_distribution_cannot_change(self):
        """FACTS.md, references and versions (classic#1260)."""
        with self.refused("IllegalUpdate", 400, "CallerReference"):
            self.update(self.id, CallerReference="other")
        with self.refused("IllegalUpdate", 400, "Staging"):
            self.update(self.id, Staging=True)

    def test_a_continuous_deployment_policy_stays_unless_it_is_cleared(self):
        """FACTS.md, versions: aws-sdk-js-v3#7417."""
        self.simulator.seed("continuous-deployment-policy", "policy")
        self.update(self.id, ContinuousDeploymentPolicyId="policy")
        whole, _ = self.read(self.id)
        del whole["ContinuousDeploymentPolicyId"]
        self.put(whole)
        self.assertEqual(self.read(self.id)[0]["ContinuousDeploymentPolicyId"], "policy")
        self.update(self.id, ContinuousDeploymentPolicyId="")
        self.assertEqual(self.read(self.id)[0]["ContinuousDeploymentPolicyId"], "")

    def test_an_alias_can_be_kept_moved_and_freed(self):
        self.update(self.id, Aliases=listed("a.example.com"))
        self.update(self.id, Aliases=listed("a.example.com", "b.example.com"))
        with self.refused("CNAMEAlreadyExists", 409):
            self.create("second", Aliases=listed("a.example.com"))
        self.update(self.id, Aliases=listed())
        self.create("third", Aliases=listed("a.example.com"))

    def test_get_and_get_config_have_the_same_version(self):
        """FACTS.md, versions."""
        self.assertEqual(self.client.get_distribution(Id=self.id)["ETag"], self.read(self.id)[1])


class Certificates(SimulatorTest):
    ARN = "arn:aws:acm:us-east-1:111122223333:certificate/1"

    def test_the_deprecated_pair_echoes_the_certificate(self):
        """FACTS.md, defaults: ViewerCertificate with ACM."""
        self.simulator.seed("certificate", self.ARN)
        given = {
            "ACMCertificateArn": self.ARN,
            "SSLSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021",
        }
        echo = {**given, "CloudFrontDefaultCertificate": False, "Certificate": self.ARN, "CertificateSource": "acm"}
        made = self.create(ViewerCertificate=given)["Distribution"]
        self.assertEqual(made["DistributionConfig"]["ViewerCertificate"], echo)
        legacy = {
            "Certificate": self.ARN,
            "CertificateSource": "acm",
            "SSLSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021",
        }
        made = self.create("legacy", ViewerCertificate=legacy)["Distribution"]
        self.assertEqual(made["DistributionConfig"]["ViewerCertificate"], echo)

    def test_an_iam_certificate_is_echoed_as_iam(self):
        self.simulator.seed("certificate", "ASCA1")
        made = self.create(ViewerCertificate={"IAMCertificateId": "ASCA1", "SSLSupportMethod": "sni-only"})[
            "Distribution"
        ]
        certificate = made["DistributionConfig"]["ViewerCertificate"]
        self.assertEqual((certificate["Certificate"], certificate["CertificateSource"]), ("ASCA1", "iam"))

    def test_a_certificate_must_exist_in_us_east_1(self):
        """FACTS.md, deployment and families."""
        given = {"ACMCertificateArn": self.ARN, "SSLSupportMethod": "sni-only"}
        with self.refused("InvalidViewerCertificate", 400):
            self.create(ViewerCertificate=given)
        elsewhere = self.ARN.replace("us-east-1", "eu-west-1")
        self.simulator.seed("certificate", elsewhere)
        with self.refused("InvalidViewerCertificate", 400, "us-east-1"):
            self.create(ViewerCertificate={**given, "ACMCertificateArn": elsewhere})
