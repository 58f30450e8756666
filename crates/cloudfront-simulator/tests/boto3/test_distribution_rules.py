"""Rules for the settings of a distribution. RESTRICTIONS.md has the source of each."""

from harness import ACCOUNT, CERTIFICATE, SimulatorTest, cache_behavior, item_list, viewer_certificate

WEB_ACL = f"arn:aws:wafv2:us-east-1:{ACCOUNT}:global/webacl/name/id"


class Settings(SimulatorTest):
    def test_characters_of_the_root_object(self):
        for name in ("with space.html", "ü.html", "a?b", "a" * 256):
            self.assert_create_fails("InvalidDefaultRootObject", DefaultRootObject=name)
        self.create_distribution(DefaultRootObject="folder/A-z_0.9*$~\"'&")

    def test_error_pages(self):
        """A page is URL-encoded and absolute, and the duration is not negative."""
        page = {"ErrorCode": 404, "ResponseCode": "200", "ResponsePagePath": "/404.html"}
        for path in ("/not found.html", "/ü.html", "/" + 4096 * "a", "404.html"):
            self.assert_create_fails(
                "InvalidRelativePath", CustomErrorResponses=item_list({**page, "ResponsePagePath": path})
            )
        self.assert_create_fails("InvalidArgument", CustomErrorResponses=item_list({**page, "ErrorCachingMinTTL": -1}))
        self.create_distribution(CustomErrorResponses=item_list({**page, "ResponsePagePath": "/not%20found.html"}))

    def test_country_codes(self):
        for code in ("XX", "UK", "de", "DEU"):
            locations = item_list("DE", code, RestrictionType="whitelist")
            self.assert_create_fails("InvalidLocationCode", Restrictions={"GeoRestriction": locations})
        self.create_distribution(Restrictions={"GeoRestriction": item_list("NO", "GB", RestrictionType="blacklist")})

    def test_log_buckets(self):
        """The bucket of logs is completed to its host name, so a name with a dot at the end has adjacent dots."""
        logging = {"Enabled": True, "IncludeCookies": False, "Prefix": ""}
        message = "The parameter Logging Bucket does not refer to a valid S3 bucket."
        for bucket in ("logs.s3.amazonaws.com.", "a..b", "logs.s3-website-us-east-1.amazonaws.com"):
            self.assert_create_fails("InvalidArgument", message=message, Logging={**logging, "Bucket": bucket})
        created = self.create_distribution(Logging={**logging, "Bucket": "logs"})["Distribution"]
        self.assertEqual(created["DistributionConfig"]["Logging"]["Bucket"], "logs.s3.amazonaws.com")

    def test_web_acl_ids(self):
        """The ARN is that of a global web ACL in us-east-1. Another ID is one of AWS WAF Classic."""
        for arn in (WEB_ACL.replace("us-east-1", "eu-west-1"), WEB_ACL.replace("global", "regional")):
            self.simulator.seed("web-acl", arn)
            self.assert_create_fails("InvalidWebACLId", WebACLId=arn)
        for id in (WEB_ACL, "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111"):
            self.simulator.seed("web-acl", id)
            self.create_distribution(id[-5:], WebACLId=id)

    def test_references_of_a_distribution(self):
        for members in (
            {"AnycastIpListId": "absent"},
            {"ConnectionFunctionAssociation": {"Id": "absent"}},
            {"ViewerMtlsConfig": {"TrustStoreConfig": {"TrustStoreId": "absent"}}},
        ):
            self.assert_create_fails("EntityNotFound", 404, **members)

    def test_mutual_tls_of_viewers(self):
        """It needs HTTPS in each behavior, no HTTP/3, and a trust store except in mode passthrough."""
        self.simulator.seed("trust-store", "t")
        store = {"TrustStoreConfig": {"TrustStoreId": "t"}}
        plain = cache_behavior(ViewerProtocolPolicy="allow-all", PathPattern="/a")
        for members in (
            {"ViewerMtlsConfig": store, "CacheBehaviors": item_list(plain)},
            {"ViewerMtlsConfig": store, "HttpVersion": "http2and3"},
            {"ViewerMtlsConfig": {"Mode": "optional"}},
            {"ViewerMtlsConfig": {"Mode": "passthrough", **store}},
        ):
            self.assert_create_fails("InvalidArgument", **members)
        self.create_distribution("store", ViewerMtlsConfig={"Mode": "optional", **store})
        self.create_distribution("passthrough", ViewerMtlsConfig={"Mode": "passthrough"})

    def test_continuous_deployment(self):
        """It excludes HTTP/3, and a web ACL can only be replaced."""
        self.simulator.seed("continuous-deployment-policy", "policy")
        for number in range(2):
            self.simulator.seed("web-acl", WEB_ACL + str(number))
        id = self.create_distribution(WebACLId=WEB_ACL + "0")["Distribution"]["Id"]
        with self.assert_client_error("InvalidArgument", 400, "HTTP3"):
            self.update_distribution(id, ContinuousDeploymentPolicyId="policy", HttpVersion="http3")
        self.update_distribution(id, ContinuousDeploymentPolicyId="policy")
        with self.assert_client_error("IllegalUpdate", 400, "web ACL"):
            self.update_distribution(id, WebACLId="")
        self.update_distribution(id, WebACLId=WEB_ACL + "1")
        self.update_distribution(id, ContinuousDeploymentPolicyId="", WebACLId="")


class Certificates(SimulatorTest):
    def test_forms_of_aliases(self):
        """Aliases are in lower case, have no dot at the end, and only a complete first label can be a wildcard."""
        for alias in ("www.example.com.", "WWW.example.com", "*.*.example.com", "w*.example.com", "www.*.com", "name"):
            self.assert_create_fails("InvalidArgument", **self.aliases(alias))
        self.create_distribution(**self.aliases("*.example.com", "www.example.com", "example.com"))

    def test_new_aliases_need_a_certificate(self):
        """winglang/wing#2440 quotes the message. A distribution can keep an alias that it has."""
        message = "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted"
        alone = {"Aliases": item_list("a.example.com")}
        default = {"ViewerCertificate": {"CloudFrontDefaultCertificate": True}}
        for members in (alone, {**alone, **default}):
            self.assert_create_fails("InvalidViewerCertificate", message=message, **members)
        id = self.create_distribution(**self.aliases("a.example.com"))["Distribution"]["Id"]
        self.update_distribution(id, **alone, **default)
        with self.assert_client_error("InvalidViewerCertificate", 400, message):
            self.update_distribution(id, Aliases=item_list("a.example.com", "b.example.com"))
        self.update_distribution(id, **self.aliases("a.example.com", "b.example.com"))

    def test_a_repeated_certificate_must_agree(self):
        """The deprecated members name the certificate and its source, as in responses."""
        for id in (CERTIFICATE, CERTIFICATE + "2", "ASCA1"):
            self.simulator.seed("certificate", id)
        acm = {"Certificate": CERTIFICATE, "CertificateSource": "acm"}
        for certificate in (
            viewer_certificate(**{**acm, "Certificate": CERTIFICATE + "2"}),
            viewer_certificate(**{**acm, "CertificateSource": "iam"}),
            viewer_certificate(**{**acm, "CertificateSource": "cloudfront"}),
            {"IAMCertificateId": "ASCA1", "SSLSupportMethod": "sni-only", "CertificateSource": "acm"},
            {"Certificate": "ASCA1", "CertificateSource": "acm", "SSLSupportMethod": "sni-only"},
            {"Certificate": CERTIFICATE, "CertificateSource": "iam", "SSLSupportMethod": "sni-only"},
            {"CloudFrontDefaultCertificate": True, **acm},
            {"CertificateSource": "acm"},
        ):
            self.assert_create_fails("InvalidViewerCertificate", ViewerCertificate=certificate)
        self.create_distribution("acm", ViewerCertificate=viewer_certificate(**acm))
        default = {"CloudFrontDefaultCertificate": True, "CertificateSource": "cloudfront"}
        self.create_distribution("default", ViewerCertificate=default)

    def test_protocols_of_dedicated_addresses(self):
        """code-dot-org/code-dot-org#60886 quotes the message."""
        self.simulator.seed("certificate", CERTIFICATE)
        self.assert_create_fails(
            "InvalidMinimumProtocolVersion",
            message="The specified MinimumProtocolVersion cannot be used with the specified SSLSupportMethod",
            ViewerCertificate=viewer_certificate(SSLSupportMethod="vip"),
        )
        for version in ("SSLv3", "TLSv1"):
            certificate = viewer_certificate(SSLSupportMethod="vip", MinimumProtocolVersion=version)
            self.create_distribution(version, ViewerCertificate=certificate)
