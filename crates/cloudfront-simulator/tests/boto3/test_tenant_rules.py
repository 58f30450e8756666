"""Rules for multi-tenant distributions. RESTRICTIONS.md has the source of each."""

from harness import (
    CERTIFICATE,
    SimulatorTest,
    cache_behavior,
    custom_origin,
    forwarded_values,
    item_list,
    s3_origin,
    viewer_certificate,
)

TENANTS = {"ConnectionMode": "tenant-only"}


def parameters(*names, **schema):
    definition = {"StringSchema": {"Required": False, **schema}}
    return {"TenantConfig": {"ParameterDefinitions": [{"Name": name, "Definition": definition} for name in names]}}


class Tenants(SimulatorTest):
    def create(self, reference="r", **members):
        return self.create_distribution(reference, **TENANTS, **members)["Distribution"]

    def assert_tenants_fail(self, message="not supported for multi-tenant distributions", **members):
        self.assert_create_fails("InvalidArgument", message=message, **TENANTS, **members)

    def test_tenant_members_need_the_mode(self):
        for members in ({}, {"ConnectionMode": "direct"}):
            self.assert_create_fails("InvalidArgument", message="TenantConfig", **parameters("name"), **members)
        self.create(**parameters("name"))

    def test_members_that_tenants_exclude(self):
        """The API reference says so of each, also for empty and default values."""
        self.simulator.seed("anycast-ip-list", "list")
        for members in (
            {"Aliases": item_list()},
            {"PriceClass": "PriceClass_All"},
            {"IsIPV6Enabled": False},
            {"AnycastIpListId": "list"},
            {"Staging": False},
        ):
            self.assert_tenants_fail(**members)
        self.assert_tenants_fail("Continuous deployment", ContinuousDeploymentPolicyId="policy")
        values = cache_behavior(ForwardedValues=forwarded_values())
        for behavior in (
            cache_behavior(TrustedSigners={"Enabled": False, "Quantity": 0}),
            cache_behavior(SmoothStreaming=False),
            cache_behavior(MinTTL=0),
            values,
        ):
            self.assert_tenants_fail(DefaultCacheBehavior=behavior)
            self.assert_tenants_fail(CacheBehaviors=item_list({**behavior, "PathPattern": "/a"}))

    def test_values_that_tenants_exclude(self):
        """Developer guide, "Understand how multi-tenant distributions work", section "Unsupported features"."""
        for id in (CERTIFICATE, "ASCA1"):
            self.simulator.seed("certificate", id)
        self.simulator.seed("web-acl", "a1b2c3d4")
        identity = "origin-access-identity/cloudfront/E0"
        logging = {"Enabled": True, "IncludeCookies": False, "Bucket": "logs.s3.amazonaws.com", "Prefix": ""}
        for members in (
            {"Origins": item_list(s3_origin(identity=identity))},
            {"ViewerCertificate": {"IAMCertificateId": "ASCA1", "SSLSupportMethod": "sni-only"}},
            {"ViewerCertificate": viewer_certificate(SSLSupportMethod="vip", MinimumProtocolVersion="TLSv1")},
            {"ViewerCertificate": viewer_certificate(MinimumProtocolVersion="SSLv3")},
            {"Logging": logging},
            {"WebACLId": "a1b2c3d4"},
        ):
            self.assert_tenants_fail(**members)

    def test_parameters_of_tenants(self):
        """An origin uses defined parameters, at most two in one member. Names and values have the form of the model."""
        for definitions in (parameters("a b"), parameters("name", DefaultValue="x" * 257)):
            self.assert_create_fails("MalformedXML", **TENANTS, **definitions)
        self.assert_tenants_fail("parameter name", **parameters("name", "name"))
        for domain in ("{{other}}.example.com", "{{a}}-{{b}}-{{a}}.example.com"):
            origins = item_list(s3_origin(), custom_origin(domain=domain))
            self.assert_tenants_fail("parameters of tenants", Origins=origins, **parameters("a", "b"))
        used = s3_origin(DomainName="{{a}}.s3.amazonaws.com", OriginPath="/{{b}}")
        self.create(Origins=item_list(used), **parameters("a", "b"))

    def test_excluded_members_are_not_filled_in(self):
        """FACTS.md, tenants: AWS's example of `aws cloudfront create-distribution`."""
        self.simulator.seed("certificate", CERTIFICATE)
        config = self.create()["DistributionConfig"]
        for name in ("Aliases", "PriceClass", "IsIPV6Enabled", "Staging", "ContinuousDeploymentPolicyId"):
            self.assertNotIn(name, config)
        for name in ("TrustedSigners", "SmoothStreaming"):
            self.assertNotIn(name, config["DefaultCacheBehavior"])
        self.assertEqual(config["Logging"], {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""})
        default = {"CloudFrontDefaultCertificate": True, "CertificateSource": "cloudfront"}
        protocol = {"SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1"}
        self.assertEqual(config["ViewerCertificate"], {**default, **protocol})
        own = {"ACMCertificateArn": CERTIFICATE, "SSLSupportMethod": "sni-only"}
        config = self.create("own", ViewerCertificate=own)["DistributionConfig"]
        self.assertEqual(config["ViewerCertificate"]["MinimumProtocolVersion"], "TLSv1.2_2021")

    def test_a_returned_configuration_is_a_valid_update(self):
        id = self.create()["Id"]
        updated = self.update_distribution(id, Comment="new")["Distribution"]["DistributionConfig"]
        self.assertNotIn("Aliases", updated)
        with self.assert_client_error("InvalidArgument", 400, "PriceClass"):
            self.update_distribution(id, PriceClass="PriceClass_100")
        summary = self.client.list_distributions()["DistributionList"]["Items"][0]
        self.assertEqual((summary["PriceClass"], summary["Aliases"]), ("PriceClass_All", {"Quantity": 0}))
