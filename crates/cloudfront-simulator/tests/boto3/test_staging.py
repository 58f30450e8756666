"""Staging distributions: attachment, copies and promotion (FACTS.md, continuous deployment)."""

from families import UNKNOWN_ETAG
from harness import custom_origin, item_list, s3_origin
from staging import STAGING_QUOTA, StagingTest
from test_distribution_rules import WEB_ACL


class Attachment(StagingTest):
    def test_a_new_distribution_has_no_policy(self):
        """The message is that in a test of terraform-provider-aws."""
        message = "Continuous deployment policy is not supported during distribution creation."
        self.assert_create_fails("InvalidArgument", message=message, ContinuousDeploymentPolicyId="policy")

    def test_a_staging_distribution(self):
        self.assert_create_fails("InvalidArgument", message="aliases", Staging=True, **self.aliases("a.example.com"))
        self.simulator.set_quota(STAGING_QUOTA, 1)
        self.staging_distribution()
        self.assert_create_fails("TooManyDistributions", message="staging distributions", reference="s", Staging=True)
        self.create_distribution("primary")

    def test_attaching_connects_both_distributions(self):
        primary, policy, staging = self.attach()
        for id in (primary, staging):
            self.assertEqual(self.get_config(id)[0]["ContinuousDeploymentPolicyId"], policy)
        self.update_distribution(primary, ContinuousDeploymentPolicyId="")
        self.assertEqual(self.get_config(staging)[0]["ContinuousDeploymentPolicyId"], "")

    def test_a_staging_distribution_without_the_id(self):
        self.simulator.set_switch("staging-has-no-policy-id")
        primary, policy, staging = self.attach()
        config, etag = self.get_config(staging)
        self.assertEqual(config["ContinuousDeploymentPolicyId"], "")
        self.assert_not_supported(staging, PriceClass="PriceClass_100")
        del config["ContinuousDeploymentPolicyId"]
        self.client.update_distribution(Id=staging, IfMatch=etag, DistributionConfig=config)

    def test_a_policy_has_one_primary_distribution(self):
        _, policy, _ = self.attach()
        other = self.create_distribution("other")["Distribution"]["Id"]
        with self.assert_client_error("ContinuousDeploymentPolicyInUse", 409):
            self.update_distribution(other, ContinuousDeploymentPolicyId=policy)
        with self.assert_client_error("NoSuchContinuousDeploymentPolicy", 404):
            self.update_distribution(other, ContinuousDeploymentPolicyId="absent")

    def test_members_that_can_differ(self):
        self.staging_distribution(Origins=item_list(s3_origin(), custom_origin()))
        primary, _, staging = self.attach()
        origins = self.get_config(staging)[0]["Origins"]
        for id in (staging, primary):
            self.update_distribution(
                id,
                Origins=origins,
                DefaultCacheBehavior={**self.get_config(id)[0]["DefaultCacheBehavior"], "TargetOriginId": "web"},
                Comment="another",
                DefaultRootObject="index.html",
                Restrictions={"GeoRestriction": item_list("DE", RestrictionType="whitelist")},
            )

    def test_other_members_cannot_differ(self):
        primary, policy, staging = self.attach()
        for id in (primary, staging):
            for members in (
                {"PriceClass": "PriceClass_100"},
                {"HttpVersion": "http1.1"},
                {"IsIPV6Enabled": True},
                {"ViewerCertificate": self.aliases("a.example.com")["ViewerCertificate"]},
            ):
                self.assert_not_supported(id, **members)
        self.update_distribution(primary, ContinuousDeploymentPolicyId="")
        self.update_distribution(primary, PriceClass="PriceClass_100")
        self.assert_not_supported(primary, ContinuousDeploymentPolicyId=policy)

    def test_a_web_acl_can_be_replaced(self):
        for number in range(2):
            self.simulator.seed("web-acl", WEB_ACL + str(number))
        self.staging_distribution(WebACLId=WEB_ACL + "0")
        primary, _, _ = self.attach(WebACLId=WEB_ACL + "0")
        self.update_distribution(primary, WebACLId=WEB_ACL + "1")
        with self.assert_client_error("IllegalUpdate", 400, "web ACL"):
            self.update_distribution(primary, WebACLId="")

    def test_an_update_of_the_staging_distribution_repeats_the_policy(self):
        """terraform-provider-aws#33338 quotes the message."""
        _, policy, staging = self.attach()
        config, etag = self.get_config(staging)
        del config["ContinuousDeploymentPolicyId"]
        for changed in (config, {**config, "ContinuousDeploymentPolicyId": ""}):
            with self.assert_client_error("IllegalUpdate", 400, "You cannot update Origin or CallerReference."):
                self.client.update_distribution(Id=staging, IfMatch=etag, DistributionConfig=changed)
        config["ContinuousDeploymentPolicyId"] = policy
        self.client.update_distribution(Id=staging, IfMatch=etag, DistributionConfig=config)

    def test_an_enabled_policy_can_be_detached(self):
        primary, policy, _ = self.attach()
        self.simulator.set_switch("detach-only-disabled-policies")
        with self.assert_client_error("IllegalUpdate", 400, "must be disabled"):
            self.update_distribution(primary, ContinuousDeploymentPolicyId="")
        self.simulator.set_switch("detach-only-disabled-policies", False)
        self.update_distribution(primary, ContinuousDeploymentPolicyId="")
        self.update_distribution(primary, ContinuousDeploymentPolicyId=policy)
        self.simulator.set_switch("detach-only-disabled-policies")
        self.change_policy(policy, Enabled=False)
        self.update_distribution(primary, ContinuousDeploymentPolicyId="")


class Deletion(StagingTest):
    """The order of terraform-provider-aws#33575 and #33578, and what precedes it."""

    def delete_distribution(self, id):
        self.client.delete_distribution(Id=id, IfMatch=self.etag(id))

    def test_the_order_of_deletion(self):
        primary, policy, staging = self.attach()
        message = "The specified staging distribution is currently used by a continuous deployment policy. Please the"
        with self.assert_client_error("StagingDistributionInUse", 409, message):
            self.update_distribution(staging, Enabled=False)
        self.change_policy(policy, Enabled=False)
        with self.assert_client_error("StagingDistributionInUse", 409):
            self.update_distribution(staging, Enabled=False)
        with self.assert_client_error("ContinuousDeploymentPolicyInUse", 409):
            self.call("Delete", Id=policy, IfMatch=self.policy(policy)[1])
        self.update_distribution(primary, ContinuousDeploymentPolicyId="")
        with self.assert_client_error("StagingDistributionInUse", 409):
            self.update_distribution(staging, Enabled=False)
        self.call("Delete", Id=policy, IfMatch=self.policy(policy)[1])
        self.update_distribution(staging, Enabled=False)
        self.simulator.advance("10m")
        self.delete_distribution(staging)

    def test_the_deletion_of_a_primary_distribution(self):
        """terraform-provider-aws deletes one whose policy is disabled."""
        primary, policy, staging = self.attach()
        self.update_distribution(primary, Enabled=False)
        self.simulator.advance("10m")
        with self.assert_client_error("ResourceInUse", 409):
            self.delete_distribution(primary)
        self.change_policy(policy, Enabled=False)
        self.simulator.advance("10m")
        self.delete_distribution(primary)
        self.assertEqual(self.get_config(staging)[0]["ContinuousDeploymentPolicyId"], "")
        self.call("Delete", Id=policy, IfMatch=self.policy(policy)[1])

    def test_a_disabled_staging_distribution_with_a_policy(self):
        staging = self.staging_distribution(Enabled=False)["Id"]
        self.create()
        self.simulator.advance("10m")
        with self.assert_client_error("ResourceInUse", 409):
            self.delete_distribution(staging)


class Copies(StagingTest):
    def copy(self, id, reference="copy", **parameters):
        parameters = {"Staging": True, "IfMatch": self.etag(id), **parameters}
        parameters = {name: value for name, value in parameters.items() if value is not None}
        return self.client.copy_distribution(PrimaryDistributionId=id, CallerReference=reference, **parameters)

    def test_a_copy(self):
        primary = self.create_distribution("p", Comment="c", **self.aliases("a.example.com"))["Distribution"]["Id"]
        config = self.get_config(primary)[0]
        response = self.copy(primary, Enabled=True)
        id = response["Distribution"]["Id"]
        self.assertTrue(response["Location"].endswith(f"/distribution/{id}"))
        self.assertEqual(response["ETag"], self.etag(id))
        expected = {**config, "CallerReference": "copy", "Staging": True, "Aliases": item_list()}
        self.assertEqual(self.get_config(id)[0], expected)
        self.assertFalse(self.copy(primary, "disabled")["Distribution"]["DistributionConfig"]["Enabled"])
        names = item_list(response["Distribution"]["DomainName"])
        policy = self.id_of(self.create(StagingDistributionDnsNames=names))
        self.update_distribution(primary, ContinuousDeploymentPolicyId=policy)
        self.assertEqual(self.simulator.journal()[-1]["operation"], "UpdateDistribution")

    def test_rejected_copies(self):
        primary = self.create_distribution("p")["Distribution"]["Id"]
        self.copy(primary)
        for code, status, parameters in (
            ("DistributionAlreadyExists", 409, {}),
            ("InvalidArgument", 400, {"Staging": None}),
            ("InvalidArgument", 400, {"Staging": False}),
            ("InvalidIfMatchVersion", 400, {"IfMatch": None}),
            ("PreconditionFailed", 412, {"IfMatch": UNKNOWN_ETAG}),
        ):
            with self.assert_client_error(code, status):
                self.copy(primary, **parameters)
        with self.assert_client_error("InvalidArgument", 400, "staging distribution cannot be copied"):
            self.copy(self.staging_distribution()["Id"])
        with self.assert_client_error("NoSuchDistribution", 404):
            self.copy("EABSENT", IfMatch=UNKNOWN_ETAG)
        self.simulator.set_quota(STAGING_QUOTA, 2)
        with self.assert_client_error("TooManyDistributions", 400):
            self.copy(primary, "another")


class Promotion(StagingTest):
    def test_a_promotion(self):
        """The primary keeps two members, and the policy is disabled."""
        self.staging_distribution(ViewerCertificate=self.aliases()["ViewerCertificate"])
        primary, policy, staging = self.attach(**self.aliases("a.example.com"), Comment="primary")
        tested = {**self.get_config(staging)[0]["DefaultCacheBehavior"], "ViewerProtocolPolicy": "https-only"}
        self.update_distribution(staging, DefaultCacheBehavior=tested, Comment="staging", DefaultRootObject="a.html")
        before = self.get_config(primary)[0]
        etag = self.etag(primary)
        response = self.promote(primary, staging)
        config = response["Distribution"]["DistributionConfig"]
        kept = {name: before[name] for name in ("Aliases", "ContinuousDeploymentPolicyId", "CallerReference", "Staging")}
        self.assertEqual(config, {**self.get_config(staging)[0], **kept})
        self.assertEqual((config["Comment"], config["Aliases"]["Items"]), ("staging", ["a.example.com"]))
        self.assertNotEqual(response["ETag"], etag)
        self.assertEqual(response["ETag"], self.etag(primary))
        self.assertEqual(response["Distribution"]["Status"], "InProgress")
        self.assertFalse(self.policy(policy)[0]["Enabled"])
        version = self.policy(policy)[1]
        self.promote(primary, staging, separator=",")
        self.assertEqual(self.policy(policy)[1], version)
        self.assertEqual(self.simulator.journal()[-2]["committed"], True)

    def test_both_versions_are_compared(self):
        primary, _, staging = self.attach()
        etags = self.etag(primary), self.etag(staging)
        for code, status, versions in (
            ("InvalidIfMatchVersion", 400, etags[:1]),
            ("InvalidIfMatchVersion", 400, ("nonsense", etags[1])),
            ("PreconditionFailed", 412, (UNKNOWN_ETAG, etags[1])),
            ("PreconditionFailed", 412, (etags[0], UNKNOWN_ETAG)),
            ("PreconditionFailed", 412, etags[::-1]),
        ):
            with self.assert_client_error(code, status):
                self.promote(primary, staging, IfMatch=", ".join(versions))
        self.promote(primary, staging, IfMatch=f'"{etags[0]}", "{etags[1]}"')

    def test_distributions_that_no_policy_connects(self):
        primary, _, staging = self.attach()
        other = self.staging_distribution(1)["Id"]
        for first, second in ((primary, other), (staging, primary), (primary, primary), (other, staging)):
            with self.assert_client_error("IllegalUpdate", 400, "No continuous deployment policy"):
                self.promote(first, second)
        for first, second in (("EABSENT", staging), (primary, "EABSENT")):
            with self.assert_client_error("NoSuchDistribution", 404):
                self.promote(first, second, IfMatch=f"{UNKNOWN_ETAG}, {UNKNOWN_ETAG}")
        with self.assert_client_error("InvalidArgument", 400, "StagingDistributionId"):
            self.client.update_distribution_with_staging_config(Id=primary, IfMatch=self.etag(primary))
