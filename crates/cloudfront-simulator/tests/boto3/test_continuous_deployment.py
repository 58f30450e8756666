"""Continuous deployment policies (FACTS.md, continuous deployment)."""

from families import UNKNOWN_ETAG
from harness import OTHER_ACCOUNT, distribution_config, item_list
from staging import STAGING_QUOTA, StagingTest, header, weight


class Policies(StagingTest):
    """Every operation, and every error code."""

    NOT_RAISED = {
        "ListContinuousDeploymentPolicies": {"NoSuchContinuousDeploymentPolicy": "a list names no policy"},
        "DeleteContinuousDeploymentPolicy": {"InvalidArgument": "no source describes which deletion is not valid"},
    }

    def test_every_operation_and_code(self):
        self.simulator.set_quota(STAGING_QUOTA, 1_000)
        self.check_lifecycle({"TrafficConfig": header()})
        self.check_missing("NoSuchContinuousDeploymentPolicy")
        self.check_rejected(
            "InvalidArgument",
            {"TrafficConfig": weight(0.16)},
            {"TrafficConfig": weight(-0.01)},
            {"TrafficConfig": weight(IdleTTL=299, MaximumTTL=300)},
            {"TrafficConfig": weight(IdleTTL=300, MaximumTTL=3601)},
            {"TrafficConfig": weight(IdleTTL=301, MaximumTTL=300)},
            {"TrafficConfig": header("x-test")},
            {"TrafficConfig": {**weight(), "Type": "SingleHeader"}},
            {"TrafficConfig": {**weight(), **header()}},
            {"StagingDistributionDnsNames": item_list()},
            {"StagingDistributionDnsNames": item_list("absent.cloudfront.net")},
        )
        wrong = self.config(1)
        wrong["StagingDistributionDnsNames"] = {**wrong["StagingDistributionDnsNames"], "Quantity": 2}
        self.check_rejected("InconsistentQuantities", {"StagingDistributionDnsNames": wrong["StagingDistributionDnsNames"]})
        self.check_staging_in_use()
        self.check_use()
        present = len(self.items())
        self.check_quota(950, limit=present)
        self.check_pages(present)
        self.check_coverage()

    def check_staging_in_use(self):
        self.create(2)
        message = "already exists for this staging distribution"
        with self.assert_client_error("ContinuousDeploymentPolicyAlreadyExists", 409, message):
            self.create(2)
        with self.assert_client_error("StagingDistributionInUse", 409, message):
            self.create(2, Enabled=False)
        third = self.create(3)
        with self.assert_client_error("StagingDistributionInUse", 409):
            self.update(self.id_of(third), third["ETag"], self.config(2))

    def check_use(self):
        _, policy, _ = self.attach(4)
        with self.assert_client_error("ContinuousDeploymentPolicyInUse", 409):
            self.call("Delete", Id=policy, IfMatch=self.policy(policy)[1])
        with self.assert_client_error("InvalidArgument", 400):
            self.items(MaxItems="x")

    def test_valid_traffic_configurations(self):
        id = self.id_of(self.create())
        for traffic in (weight(0.0), weight(0.15, IdleTTL=300, MaximumTTL=300), weight(IdleTTL=300, MaximumTTL=3600), header()):
            self.assertEqual(self.change_policy(id, TrafficConfig=traffic)["ETag"], self.policy(id)[1])
            self.assertEqual(self.policy(id)[0]["TrafficConfig"], traffic)
        config, etag = self.policy(id)
        del config["TrafficConfig"]
        self.update(id, etag, config)
        self.assertNotIn("TrafficConfig", self.policy(id)[0])

    def test_the_list_counts_all_policies(self):
        for number in range(3):
            self.create(number)
        page = self.client.list_continuous_deployment_policies(MaxItems="2")["ContinuousDeploymentPolicyList"]
        self.assertEqual((page["Quantity"], len(page["Items"])), (3, 2))
        rest = self.client.list_continuous_deployment_policies(Marker=page["NextMarker"])
        rest = rest["ContinuousDeploymentPolicyList"]
        self.assertEqual((rest["Quantity"], len(rest["Items"])), (3, 1))

    def test_a_policy_needs_a_staging_distribution_of_the_account(self):
        other = self.simulator.client(account=OTHER_ACCOUNT)
        config = distribution_config("other", Staging=True)
        foreign = other.create_distribution(DistributionConfig=config)["Distribution"]["DomainName"]
        primary = self.create_distribution("primary")["Distribution"]["DomainName"]
        own = self.staging_distribution()["DomainName"]
        for names in ([foreign], [primary], [own, self.staging_distribution(1)["DomainName"]]):
            with self.assert_client_error("InvalidArgument", 400):
                self.create(StagingDistributionDnsNames=item_list(*names))
        self.simulator.set_switch("accept-unknown-references")
        self.create(StagingDistributionDnsNames=item_list(foreign))

    def test_an_update_redeploys_the_primary_distribution(self):
        primary, policy, staging = self.attach()
        self.simulator.advance("10m")
        before = self.etag(primary), self.etag(staging)
        self.change_policy(policy, TrafficConfig=header())
        status = self.client.get_distribution(Id=primary)["Distribution"]["Status"]
        self.assertEqual(status, "InProgress")
        self.assertNotEqual(self.etag(primary), before[0])
        self.assertEqual(self.etag(staging), before[1])

    def test_another_staging_distribution_of_an_attached_policy(self):
        _, policy, staging = self.attach()
        other = self.staging_distribution(1)
        self.change_policy(policy, StagingDistributionDnsNames=item_list(other["DomainName"]))
        ids = [self.get_config(id)[0]["ContinuousDeploymentPolicyId"] for id in (staging, other["Id"])]
        self.assertEqual(ids, ["", policy])

    def test_the_deletion_of_an_attached_policy(self):
        """The API Reference and terraform-provider-aws#34511 differ."""
        primary, policy, staging = self.attach()
        self.simulator.set_switch("delete-attached-policies")
        with self.assert_client_error("ContinuousDeploymentPolicyInUse", 409):
            self.call("Delete", Id=policy, IfMatch=self.policy(policy)[1])
        etag = self.change_policy(policy, Enabled=False)["ETag"]
        with self.assert_client_error("PreconditionFailed", 412):
            self.call("Delete", Id=policy, IfMatch=UNKNOWN_ETAG)
        self.simulator.set_switch("delete-attached-policies", False)
        with self.assert_client_error("ContinuousDeploymentPolicyInUse", 409):
            self.call("Delete", Id=policy, IfMatch=etag)
        self.simulator.set_switch("delete-attached-policies")
        self.call("Delete", Id=policy, IfMatch=etag)
        for id in (primary, staging):
            self.assertEqual(self.get_config(id)[0]["ContinuousDeploymentPolicyId"], "")
