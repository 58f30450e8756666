"""Cache policies."""

from policies import ELEVEN, LONG_NAMES, WRONG_QUANTITY, PolicyTest, selections


def parameters(gzip=False, brotli=False, **members):
    flags = {"EnableAcceptEncodingGzip": gzip, "EnableAcceptEncodingBrotli": brotli}
    return {"ParametersInCacheKeyAndForwardedToOrigin": {**flags, **selections(**members)}}


class CachePolicies(PolicyTest):
    """FACTS.md, policies."""

    NAME, LIST = "CachePolicy", "CachePolicies"
    QUOTA = "TooManyCachePolicies"
    MANAGED, MANAGED_COUNT = "658327ea-f89d-4fab-a63d-7e88639e58f6", 15
    NOT_RAISED = {"ListCachePolicies": {"NoSuchCachePolicy": "a list names no policy"}}

    def config(self, number=0, **members):
        return {"Name": f"policy-{number}", "Comment": "c", "MinTTL": 1, **parameters(gzip=True), **members}

    def test_every_operation_and_code(self):
        self.check_policy(
            {"Name": "renamed", "MinTTL": 5, **parameters(headers=("whitelist", "Origin"))},
            parameters(headers=("whitelist",)),
            parameters(headers=("none", "Origin")),
            parameters(cookies=("allExcept",)),
            parameters(cookies=("all", "a")),
            parameters(query_strings=("none", "q")),
            parameters(cookies=("whitelist", *LONG_NAMES)),
            {"MinTTL": -1},
            {"MinTTL": 2, "DefaultTTL": 1},
            {"DefaultTTL": 2, "MaxTTL": 1},
        )
        self.check_rejected("TooManyHeadersInCachePolicy", parameters(headers=("whitelist", *ELEVEN)))
        self.check_rejected("TooManyCookiesInCachePolicy", parameters(cookies=("whitelist", *ELEVEN)))
        self.check_rejected("TooManyQueryStringsInCachePolicy", parameters(query_strings=("whitelist", *ELEVEN)))
        wrong = parameters()
        wrong["ParametersInCacheKeyAndForwardedToOrigin"].update(WRONG_QUANTITY)
        self.check_rejected("InconsistentQuantities", wrong)
        self.check_coverage(self.list_users)

    def test_headers_that_a_cache_key_cannot_have(self):
        self.create(1, **parameters(headers=("whitelist", "Accept-Encoding")))
        for members in (
            parameters(gzip=True, headers=("whitelist", "Accept-Encoding")),
            parameters(brotli=True, headers=("whitelist", "accept-encoding")),
        ):
            message = "is not allowed" if "accept" in str(members) else "contains Accept-Encoding that is not allowed"
            self.check_rejected("InvalidArgument", members, message=message)
        self.check_rejected("InvalidArgument", parameters(headers=("whitelist", "x-amz-content-sha256")))

    def test_a_policy_without_caching_has_no_parameters(self):
        disabled = {"MinTTL": 0, "DefaultTTL": 0, "MaxTTL": 0}
        self.create(1, **disabled, **parameters())
        for message, members in (
            ("EnableAcceptEncodingGzip is invalid for policy with caching disabled", parameters(gzip=True)),
            ("EnableAcceptEncodingBrotli is invalid", parameters(brotli=True)),
            ("HeaderBehavior is invalid for policy", parameters(headers=("whitelist", "Origin"))),
            ("CookieBehavior is invalid for policy", parameters(cookies=("all",))),
            ("QueryStringBehavior is invalid for policy", parameters(query_strings=("all",))),
        ):
            self.check_rejected("InvalidArgument", {**disabled, **members}, message=message)

    def test_defaults_of_ttls(self):
        for sent, returned in (
            ({"MinTTL": 1}, (86_400, 31_536_000)),
            ({"MinTTL": 90_000}, (90_000, 31_536_000)),
            ({"MinTTL": 40_000_000}, (40_000_000, 40_000_000)),
        ):
            created = self.create(sent["MinTTL"], **sent)
            config = created["CachePolicy"]["CachePolicyConfig"]
            self.assertEqual((config["DefaultTTL"], config["MaxTTL"]), returned)

    def test_the_contents_of_a_managed_policy(self):
        policy = "4cc15a8a-d715-48a4-82b8-cc0b614638fe"
        config = self.call("Get", "CachePolicyConfig", Id=policy)["CachePolicyConfig"]
        self.assertEqual(config["Name"], "UseOriginCacheControlHeaders-QueryStrings")
        self.assertEqual((config["MinTTL"], config["DefaultTTL"], config["MaxTTL"]), (0, 0, 31_536_000))
        key = config["ParametersInCacheKeyAndForwardedToOrigin"]
        self.assertEqual(key["HeadersConfig"]["Headers"]["Quantity"], 5)
        self.assertEqual(key["QueryStringsConfig"], {"QueryStringBehavior": "all"})
