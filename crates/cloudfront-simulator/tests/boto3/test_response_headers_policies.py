"""Response headers policies."""

from harness import item_list
from policies import ELEVEN, PolicyTest


def cors(**members):
    required = {
        "AccessControlAllowOrigins": item_list("https://*.example.org"),
        "AccessControlAllowHeaders": item_list("*"),
        "AccessControlAllowMethods": item_list("GET"),
        "AccessControlAllowCredentials": False,
        "OriginOverride": True,
    }
    return {"CorsConfig": {**required, **members}}


def security(**members):
    return {"SecurityHeadersConfig": members}


def custom(*headers):
    return {"CustomHeadersConfig": item_list(*[{"Header": h, "Value": v, "Override": False} for h, v in headers])}


def removed(*headers):
    return {"RemoveHeadersConfig": item_list(*[{"Header": header} for header in headers])}


def timing(rate, enabled=True):
    return {"ServerTimingHeadersConfig": {"Enabled": enabled, "SamplingRate": rate}}


def xss(**members):
    return security(XSSProtection={"Override": True, "ReportUri": "https://example.org", **members})


class ResponseHeadersPolicies(PolicyTest):
    """FACTS.md, policies."""

    NAME, LIST = "ResponseHeadersPolicy", "ResponseHeadersPolicies"
    QUOTA = "TooManyResponseHeadersPolicies"
    MANAGED, MANAGED_COUNT = "67f7725c-6f97-4210-82d7-5512b31e9d03", 5
    NOT_RAISED = {"ListResponseHeadersPolicies": {"NoSuchResponseHeadersPolicy": "a list names no policy"}}

    def config(self, number=0, **members):
        options = security(ContentTypeOptions={"Override": True})
        return {"Name": f"policy-{number}", "Comment": "c", **options, **members}

    def test_every_operation_and_code(self):
        self.check_policy({"Name": "renamed", **custom(("x-edge", ""))}, custom(("Referrer-Policy", "x")))
        self.check_rejected("TooManyCustomHeadersInResponseHeadersPolicy", custom(*[(name, "") for name in ELEVEN]))
        self.check_rejected("TooManyRemoveHeadersInResponseHeadersPolicy", removed(*ELEVEN))
        long = security(ContentSecurityPolicy={"Override": True, "ContentSecurityPolicy": "c" * 1_784})
        self.check_rejected("TooLongCSPInResponseHeadersPolicy", long)
        self.check_rejected("InconsistentQuantities", {"RemoveHeadersConfig": {"Quantity": 1}})
        self.check_coverage(self.list_users)

    def test_cors(self):
        config = self.create(1, **cors())["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]
        self.assertEqual(config["CorsConfig"]["AccessControlExposeHeaders"], {"Quantity": 0})
        credentials = cors(AccessControlAllowCredentials=True)
        message = "The parameter Access-Control-Allow-Headers cannot contain * when allowCredentials is true."
        self.check_rejected("InvalidArgument", credentials, message=message)
        origins = [cors(AccessControlAllowOrigins=item_list(o)) for o in ("example.*", "test.*.example.org", "o" * 1_784)]
        self.check_rejected("InvalidArgument", *origins)
        empty = cors(AccessControlAllowHeaders={"Quantity": 0, "Items": []})
        self.check_rejected("InvalidArgument", empty, message="cannot be empty")

    def test_a_policy_has_at_least_one_part(self):
        with self.assert_client_error("InvalidArgument", 400):
            self.call("Create", ResponseHeadersPolicyConfig={"Name": "n"})

    def test_custom_headers(self):
        self.create(1, **custom(("x-a", "v" * 1_783), ("n" * 256, "")))
        message = "contains Content-Security-Policy that is a security header and cannot be set as custom header."
        self.check_rejected("InvalidArgument", custom(("Content-Security-Policy", "x")), message=message)
        many = custom(*[(f"x-{number}", "v" * 1_783) for number in range(6)])
        long = (custom(("x", "v" * 1_784)), custom(("n" * 257, "")), custom(("", "v")), many)
        self.check_rejected("InvalidArgument", custom(("Access-Control-Max-Age", "1")), *long)

    def test_removed_headers(self):
        self.create(1, **removed("server", "x-powered-by"))
        self.check_rejected("InvalidArgument", *map(removed, ("Via", "X-Amz-Cf-Id", "x-edge-location", "X-Real-IP")))

    def test_sampling_rates(self):
        """The service model: 0 to 100. API: at most four decimals."""
        self.create(1, **timing(12.3456))
        self.check_rejected("MalformedXML", timing(100.5), message="Member must have value")
        self.check_rejected("InvalidArgument", timing(0.12345), timing(50.0, enabled=False))

    def test_reports_of_cross_site_scripting(self):
        self.create(1, **xss(Protection=True))
        self.check_rejected("InvalidArgument", xss(Protection=False), xss(Protection=True, ModeBlock=True))

    def test_the_contents_of_a_managed_policy(self):
        config = self.call("Get", "ResponseHeadersPolicyConfig", Id=self.MANAGED)["ResponseHeadersPolicyConfig"]
        headers = config["SecurityHeadersConfig"]
        self.assertEqual(headers["ContentTypeOptions"], {"Override": True})
        self.assertEqual(headers["FrameOptions"], {"Override": False, "FrameOption": "SAMEORIGIN"})
