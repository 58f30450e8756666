"""Rules for origins and origin groups. RESTRICTIONS.md has the source of each."""

from harness import SimulatorTest, cache_behavior, custom_origin, item_list, s3_origin


def mutual_tls(arn="arn:aws:acm:us-east-1:111122223333:certificate/1", **members):
    return custom_origin(OriginMtlsConfig={"ClientCertificateArn": arn}, **members)


def headers(*pairs):
    return item_list(*({"HeaderName": name, "HeaderValue": value} for name, value in pairs))


def origin_group(*members, codes=(500,)):
    return {
        "Id": "g",
        "FailoverCriteria": {"StatusCodes": item_list(*codes)},
        "Members": item_list(*({"OriginId": member} for member in members)),
    }


class Origins(SimulatorTest):
    def assert_origin_fails(self, code, *origins, message="", **members):
        self.assert_create_fails(code, message=message, Origins=item_list(s3_origin(), *origins), **members)

    def create_with_origins(self, *origins, **members):
        response = self.create_distribution(origins[0]["Id"], Origins=item_list(s3_origin(), *origins), **members)
        return response["Distribution"]["Id"]

    def test_origin_names_are_domain_names(self):
        """laurilehmijoki/s3_website#83 and others quote the messages."""
        for domain in ("203.0.113.10", "1.2.3.4.", "2001:db8::1"):
            self.assert_origin_fails(
                "InvalidArgument",
                custom_origin(domain=domain),
                message="The parameter origin name cannot be an IP address.",
            )
        for domain in ("http://a.example.com", "a.example.com:8080", "name", "a.example.com.", "a..example.com", "{{t}}.example.com"):
            self.assert_origin_fails(
                "InvalidArgument",
                custom_origin(domain=domain),
                message="The parameter origin name must be a domain name",
            )
        self.create_with_origins(custom_origin(domain="203-0-113-10.sslip.io"))

    def test_bucket_names(self):
        """The name of a bucket has no adjacent dots, and an acceleration endpoint is no origin."""
        for domain in ("a..b.s3.amazonaws.com", "b.s3-accelerate.amazonaws.com", "b.s3.amazonaws.com."):
            self.assert_create_fails("InvalidArgument", Origins=item_list(s3_origin(DomainName=domain)))

    def test_custom_headers_that_cannot_be_added(self):
        for name in ("Host", "cookie", "X-Amz-Meta", "x-edge-location", "X-Real-Ip", "TE"):
            self.assert_origin_fails("InvalidArgument", {**custom_origin(), "CustomHeaders": headers((name, "v"))})
        for name in ("", "with space", "colon:", "ü"):
            self.assert_origin_fails("InvalidArgument", {**custom_origin(), "CustomHeaders": headers((name, "v"))})
        self.create_with_origins({**custom_origin(), "CustomHeaders": headers(("Origin", "v"), ("X-Key", ""))})

    def test_lengths_of_custom_headers(self):
        for pairs in ([("x" * 257, "v")], [("x", "v" * 1784)], [(f"x{n}", "v" * 1783) for n in range(6)]):
            self.assert_origin_fails("InvalidArgument", {**custom_origin(), "CustomHeaders": headers(*pairs)})
        allowed = headers(("x" * 256, "v"), *((f"x{n}", "v" * 1783) for n in range(5)))
        self.create_with_origins({**custom_origin(), "CustomHeaders": allowed})

    def test_timeouts_are_quotas(self):
        """The default maximum is 120 s, which AWS raises on request."""
        self.simulator.seed("vpc-origin", "vo")
        for name in ("OriginReadTimeout", "OriginKeepaliveTimeout"):
            vpc = {"Id": "vpc", "DomainName": "v.example.com", "VpcOriginConfig": {"VpcOriginId": "vo", name: 121}}
            for origin in (custom_origin(**{name: 121}), custom_origin(**{name: 0}), vpc):
                self.assert_origin_fails(f"Invalid{name}", origin)
            self.create_with_origins(custom_origin(name, **{name: 120}))
            self.simulator.set_quota(f"Invalid{name}", 180)
            self.create_with_origins({**vpc, "Id": f"vpc{name}"})
        bucket = s3_origin("other")
        bucket["S3OriginConfig"]["OriginReadTimeout"] = 181
        self.assert_origin_fails("InvalidOriginReadTimeout", bucket)

    def test_response_completion_timeout(self):
        """It is not below the read timeout, of which the default is 30."""
        for origin, timeout in (
            (custom_origin(OriginReadTimeout=100), 99),
            (custom_origin(), 29),
            (s3_origin("other"), 29),
        ):
            failing = {**origin, "ResponseCompletionTimeout": timeout}
            self.assert_origin_fails("InvalidArgument", failing, message="ResponseCompletionTimeout")
        self.create_with_origins({**custom_origin(OriginReadTimeout=100), "ResponseCompletionTimeout": 100})

    def test_origin_shield_needs_a_region(self):
        self.assert_origin_fails("InvalidArgument", {**custom_origin(), "OriginShield": {"Enabled": True}})
        self.create_with_origins({**custom_origin(), "OriginShield": {"Enabled": False}})

    def test_access_control_needs_a_supported_host(self):
        """hashicorp/terraform-provider-aws#26850: a host that is not of AWS."""
        self.simulator.seed("origin-access-control", "E1OAC")
        for domain in ("a.example.com", "b.s3-website-us-east-1.amazonaws.com"):
            origin = {**custom_origin(domain=domain), "OriginAccessControlId": "E1OAC"}
            self.assert_origin_fails("InvalidDomainNameForOriginAccessControl", origin)
        for domain in (
            "b.s3.eu-west-1.amazonaws.com",
            "x.data.mediastore.us-west-1.amazonaws.com",
            "x.egress.abc.mediapackagev2.us-west-1.amazonaws.com",
            "abc.lambda-url.us-east-1.on.aws",
        ):
            origin = {**custom_origin(domain.replace(".", "-"), domain), "OriginAccessControlId": "E1OAC"}
            self.create_with_origins(origin)

    def test_account_of_a_vpc_origin(self):
        def vpc(**members):
            return {"Id": "v", "DomainName": "v.example.com", "VpcOriginConfig": {"VpcOriginId": "vo", **members}}

        self.assert_origin_fails("EntityNotFound", vpc(), status=404)
        self.simulator.seed("vpc-origin", "vo")
        self.assert_origin_fails("InvalidArgument", vpc(OwnerAccountId="me"), message="OwnerAccountId")
        self.create_with_origins(vpc(OwnerAccountId="444455556666"))

    def test_origin_mutual_tls(self):
        """It needs a certificate in us-east-1 and HTTPS, and excludes gRPC and origin events of Lambda@Edge."""
        for origin in (
            mutual_tls("arn:aws:acm:eu-west-1:111122223333:certificate/1"),
            mutual_tls("name"),
            mutual_tls(OriginProtocolPolicy="http-only"),
        ):
            self.assert_origin_fails("InvalidArgument", origin)
        arn = "arn:aws:lambda:us-east-1:111122223333:function:f:1"
        self.simulator.seed("lambda-function", arn)
        methods = item_list("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE")
        for members in (
            {"GrpcConfig": {"Enabled": True}, "AllowedMethods": methods},
            {"LambdaFunctionAssociations": item_list({"LambdaFunctionARN": arn, "EventType": "origin-request"})},
        ):
            behavior = cache_behavior("web", **members)
            self.assert_origin_fails("InvalidArgument", mutual_tls(), DefaultCacheBehavior=behavior, message="mutual TLS")
        viewer = item_list({"LambdaFunctionARN": arn, "EventType": "viewer-request"})
        self.create_with_origins(
            mutual_tls(), DefaultCacheBehavior=cache_behavior("web", LambdaFunctionAssociations=viewer)
        )


class OriginGroups(SimulatorTest):
    def assert_group_fails(self, code, group, message=""):
        origins = item_list(s3_origin(), custom_origin())
        self.assert_create_fails(code, message=message, Origins=origins, OriginGroups=item_list(group))

    def test_origin_group_members(self):
        """hashicorp/terraform-provider-aws#9389: the model allows exactly two members."""
        self.assert_group_fails("MalformedXML", origin_group("s3", "web", "s3"))
        self.assert_group_fails("InvalidArgument", origin_group("s3", "s3"), message="two different origins")
        self.assert_group_fails("InvalidArgument", {**origin_group("s3", "web"), "Id": ""})

    def test_origin_group_status_codes(self):
        self.assert_group_fails("InvalidArgument", origin_group("s3", "web", codes=(500, 501)), message="501")
        self.create_distribution(
            Origins=item_list(s3_origin(), custom_origin()),
            OriginGroups=item_list(origin_group("s3", "web", codes=(400, 403, 404, 416, 429, 500, 502, 503, 504))),
        )

    def test_methods_with_an_origin_group(self):
        """aws/aws-cdk#32450 quotes the message."""
        methods = item_list("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE")
        members = {
            "Origins": item_list(s3_origin(), custom_origin()),
            "OriginGroups": item_list(origin_group("s3", "web")),
        }
        failing = cache_behavior("g", AllowedMethods=methods)
        message = (
            "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated "
            "with an origin group."
        )
        self.assert_create_fails("InvalidArgument", message=message, DefaultCacheBehavior=failing, **members)
        other = cache_behavior("s3", AllowedMethods=methods)
        allowed = cache_behavior("g", AllowedMethods=item_list("GET", "HEAD", "OPTIONS"), PathPattern="/a")
        self.create_distribution(DefaultCacheBehavior=other, CacheBehaviors=item_list(allowed), **members)
