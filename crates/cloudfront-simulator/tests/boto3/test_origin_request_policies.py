"""Origin request policies."""

from policies import ELEVEN, LONG_NAMES, WRONG_QUANTITY, PolicyTest, selections


class OriginRequestPolicies(PolicyTest):
    """FACTS.md, policies."""

    NAME, LIST = "OriginRequestPolicy", "OriginRequestPolicies"
    QUOTA = "TooManyOriginRequestPolicies"
    MANAGED, MANAGED_COUNT = "bf0718e1-ba1e-49d1-88b1-f726733018ae", 8
    NOT_RAISED = {"ListOriginRequestPolicies": {"NoSuchOriginRequestPolicy": "a list names no policy"}}

    def config(self, number=0, **members):
        return {"Name": f"policy-{number}", "Comment": "c", **selections(), **members}

    def test_every_operation_and_code(self):
        self.check_policy(
            {"Name": "renamed", **selections(headers=("allViewerAndWhitelistCloudFront", "CloudFront-Viewer-ASN"))},
            selections(headers=("allViewer", "Origin")),
            selections(headers=("allViewerAndWhitelistCloudFront",)),
            selections(headers=("allExcept",)),
            selections(cookies=("whitelist",)),
            selections(query_strings=("all", "q")),
            selections(query_strings=("whitelist", *LONG_NAMES)),
            selections(headers=("whitelist", "Accept-Encoding")),
            selections(headers=("whitelist", "X-Amz-Content-SHA256")),
        )
        self.check_rejected("TooManyHeadersInOriginRequestPolicy", selections(headers=("whitelist", *ELEVEN)))
        self.check_rejected("TooManyCookiesInOriginRequestPolicy", selections(cookies=("whitelist", *ELEVEN)))
        too_many = selections(query_strings=("whitelist", *ELEVEN))
        self.check_rejected("TooManyQueryStringsInOriginRequestPolicy", too_many)
        self.check_rejected("InconsistentQuantities", WRONG_QUANTITY)
        self.check_coverage(self.list_users)

    def test_authorization(self):
        """FACTS.md, policies: rejected for years, and allowed by the guide, so it is a switch."""
        members = selections(headers=("whitelist", "Authorization"))
        self.create(1, **members)
        self.simulator.set_switch("refuse-authorization-header")
        self.check_rejected("InvalidArgument", members, message="contains Authorization that is not allowed")
