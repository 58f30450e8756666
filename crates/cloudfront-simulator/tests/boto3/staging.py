"""Shared support of the tests of continuous deployment: staging distributions and policies."""

from families import FamilyTest
from harness import item_list

STAGING_QUOTA = "TooManyDistributions.staging"


def weight(weight=0.05, **stickiness):
    config = {"Weight": weight, **({"SessionStickinessConfig": stickiness} if stickiness else {})}
    return {"Type": "SingleWeight", "SingleWeightConfig": config}


def header(name="aws-cf-cd-test", value="v"):
    return {"Type": "SingleHeader", "SingleHeaderConfig": {"Header": name, "Value": value}}


class StagingTest(FamilyTest):
    """Policies, each with its own staging distribution."""

    NAME, LIST = "ContinuousDeploymentPolicy", "ContinuousDeploymentPolicies"
    QUOTA = "TooManyContinuousDeploymentPolicies"

    def setUp(self):
        super().setUp()
        self.staging = {}

    def staging_distribution(self, number=0, **members):
        """Return the staging distribution with this number. Create it at the first call."""
        if number not in self.staging:
            created = self.create_distribution(f"staging-{number}", Staging=True, **members)
            self.staging[number] = created["Distribution"]
        return self.staging[number]

    def config(self, number=0, **members):
        names = item_list(self.staging_distribution(number)["DomainName"])
        return {"StagingDistributionDnsNames": names, "Enabled": True, "TrafficConfig": weight(), **members}

    def attach(self, number=0, **members):
        """Create a primary distribution and a policy, and attach it. Return the IDs of both and of the staging distribution."""
        policy = self.id_of(self.create(number))
        primary = self.create_distribution(f"primary-{number}", **members)["Distribution"]["Id"]
        self.update_distribution(primary, ContinuousDeploymentPolicyId=policy)
        return primary, policy, self.staging_distribution(number)["Id"]

    def etag(self, id):
        return self.get_config(id)[1]

    def policy(self, id):
        """Return the configuration of a policy and its ETag."""
        response = self.client.get_continuous_deployment_policy_config(Id=id)
        return response["ContinuousDeploymentPolicyConfig"], response["ETag"]

    def change_policy(self, id, **members):
        config, etag = self.policy(id)
        return self.update(id, etag, {**config, **members})

    def promote(self, primary, staging, separator=", ", **parameters):
        versions = {"IfMatch": separator.join([self.etag(primary), self.etag(staging)]), **parameters}
        return self.client.update_distribution_with_staging_config(
            Id=primary, StagingDistributionId=staging, **versions
        )

    def assert_not_supported(self, id, **members):
        message = "One or more fields updated are not supported for continuous deployment."
        with self.assert_client_error("IllegalUpdate", 400, message):
            self.update_distribution(id, **members)
