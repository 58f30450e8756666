"""What a configuration must satisfy beyond the schema: a refusal per modelled code that can be reached."""

from harness import ACCOUNT, SimulatorTest, behavior, custom_origin, forwarded, listed, s3_origin

CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1"


class Refusals(SimulatorTest):
    """The codes are those of the model's error list for CreateDistribution; statuses too."""

    def check(self, code, status=400, **members):
        with self.refused(code, status):
            self.create(**members)

    def test_texts(self):
        """FACTS.md, references: CallerReference and Comment have at most 128 characters."""
        self.check("InvalidArgument", Comment="x" * 129)
        self.check("InvalidArgument", CallerReference="x" * 129)
        self.check("InvalidArgument", CallerReference="")
        self.check("InvalidDefaultRootObject", DefaultRootObject="/index.html")

    def test_origins(self):
        self.check("InvalidOrigin", Origins=listed({"Id": "s3", "DomainName": "s3.example.com"}))
        both = {**s3_origin(), **{"CustomOriginConfig": custom_origin()["CustomOriginConfig"]}}
        self.check("InvalidOrigin", Origins=listed(both))
        self.check("InvalidArgument", Origins=listed(s3_origin(), s3_origin()))
        self.check("InvalidArgument", Origins=listed(s3_origin(DomainName="no domain name")))
        self.check("InvalidArgument", Origins=listed(s3_origin(OriginPath="no/slash")))
        self.check("InvalidArgument", Origins=listed(s3_origin(OriginPath="/slash/")))

    def test_numbers_of_an_origin(self):
        """FACTS.md, limits: attempts 1 to 3, timeout 1 to 10 s."""
        for name, values in {"ConnectionAttempts": (0, 4), "ConnectionTimeout": (0, 11)}.items():
            for value in values:
                self.check("InvalidArgument", Origins=listed(s3_origin(**{name: value})))
        self.check("InvalidArgument", Origins=listed(s3_origin(), custom_origin(HTTPPort=22)))
        self.check("InvalidOriginReadTimeout", Origins=listed(s3_origin(), custom_origin(OriginReadTimeout=0)))
        self.check(
            "InvalidOriginKeepaliveTimeout", Origins=listed(s3_origin(), custom_origin(OriginKeepaliveTimeout=0))
        )

    def test_access_to_an_origin(self):
        """FACTS.md, access: identity or control, not both."""
        identity = {"CallerReference": "r", "Comment": ""}
        made = self.client.create_cloud_front_origin_access_identity(CloudFrontOriginAccessIdentityConfig=identity)
        reference = "origin-access-identity/cloudfront/" + made["CloudFrontOriginAccessIdentity"]["Id"]
        self.simulator.seed("origin-access-control", "E1OAC")
        self.check(
            "InvalidOriginAccessIdentity", Origins=listed(s3_origin(identity="origin-access-identity/cloudfront/E0"))
        )
        self.check("InvalidOriginAccessIdentity", Origins=listed(s3_origin(identity=reference.rsplit("/", 1)[1])))
        self.check("InvalidOriginAccessControl", Origins=listed(s3_origin(OriginAccessControlId="E2OAC")))
        self.check(
            "IllegalOriginAccessConfiguration",
            Origins=listed(s3_origin(identity=reference, OriginAccessControlId="E1OAC")),
        )
        self.create("identity", Origins=listed(s3_origin(identity=reference)))
        self.create("control", Origins=listed(s3_origin(OriginAccessControlId="E1OAC")))

    def test_targets(self):
        """FACTS.md, families: a target may be an origin or an origin group."""
        self.check("NoSuchOrigin", 404, DefaultCacheBehavior=behavior("absent"))
        self.check("NoSuchOrigin", 404, CacheBehaviors=listed(behavior("absent", PathPattern="/a")))
        group = {
            "Id": "g",
            "FailoverCriteria": {"StatusCodes": listed(500)},
            "Members": listed({"OriginId": "s3"}, {"OriginId": "absent"}),
        }
        self.check("NoSuchOrigin", 404, OriginGroups=listed(group))

    def test_references_to_other_families(self):
        """FACTS.md, families; each code is the model's."""
        for member, code, status in (
            ("CachePolicyId", "NoSuchCachePolicy", 404),
            ("OriginRequestPolicyId", "NoSuchOriginRequestPolicy", 404),
            ("ResponseHeadersPolicyId", "NoSuchResponseHeadersPolicy", 404),
            ("FieldLevelEncryptionId", "NoSuchFieldLevelEncryptionConfig", 404),
            ("RealtimeLogConfigArn", "NoSuchRealtimeLogConfig", 404),
        ):
            self.check(code, status, DefaultCacheBehavior=behavior(**{member: "absent"}))
        self.check(
            "TrustedKeyGroupDoesNotExist", DefaultCacheBehavior=behavior(TrustedKeyGroups=listed("k", Enabled=True))
        )
        self.check("TrustedSignerDoesNotExist", DefaultCacheBehavior=behavior(TrustedSigners=listed("x", Enabled=True)))
        self.check("InvalidWebACLId", WebACLId="absent")
        self.check("InvalidArgument", ContinuousDeploymentPolicyId="absent")
        self.simulator.switch("accept-unknown-references")
        self.create(WebACLId="absent", DefaultCacheBehavior=behavior(CachePolicyId="absent"))

    def test_functions(self):
        function, version = (
            f"arn:aws:cloudfront::{ACCOUNT}:function/f",
            f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f:1",
        )
        one = {"FunctionARN": function, "EventType": "viewer-request"}
        edge = {"LambdaFunctionARN": version, "EventType": "origin-request"}
        self.check("InvalidFunctionAssociation", DefaultCacheBehavior=behavior(FunctionAssociations=listed(one)))
        self.check(
            "InvalidLambdaFunctionAssociation", DefaultCacheBehavior=behavior(LambdaFunctionAssociations=listed(edge))
        )
        self.simulator.seed("function", function)
        self.simulator.seed("lambda-function", version)
        origin_event = {**one, "EventType": "origin-request"}
        self.check(
            "InvalidFunctionAssociation", DefaultCacheBehavior=behavior(FunctionAssociations=listed(origin_event))
        )
        unversioned = {**edge, "LambdaFunctionARN": version.removesuffix(":1")}
        self.check(
            "InvalidLambdaFunctionAssociation",
            DefaultCacheBehavior=behavior(LambdaFunctionAssociations=listed(unversioned)),
        )
        clash = behavior(
            FunctionAssociations=listed(one), LambdaFunctionAssociations=listed({**edge, "EventType": "viewer-request"})
        )
        self.check("InvalidArgument", DefaultCacheBehavior=clash)
        self.create(
            DefaultCacheBehavior=behavior(FunctionAssociations=listed(one), LambdaFunctionAssociations=listed(edge))
        )

    def test_methods(self):
        for methods in (("GET",), ("GET", "HEAD", "POST"), ("GET", "HEAD", "HEAD")):
            self.check("InvalidArgument", DefaultCacheBehavior=behavior(AllowedMethods=listed(*methods)))
        cached = listed("GET", "HEAD", CachedMethods=listed("GET", "HEAD", "OPTIONS"))
        self.check("InvalidArgument", DefaultCacheBehavior=behavior(AllowedMethods=cached))

    def test_path_patterns(self):
        """FACTS.md, families."""
        spaced = behavior(PathPattern="/plus icon.svg")
        self.check("InvalidArgument", CacheBehaviors=listed(spaced))
        self.create(CacheBehaviors=listed(behavior(PathPattern="/A-z_0.9*$/~\"'&@:?+\\")))

    def test_buckets(self):
        """FACTS.md, access."""
        for domain in ("www.example.com", "s3.s3-website-us-east-1.amazonaws.com", "s3.amazonaws.com"):
            self.check("InvalidArgument", Origins=listed(s3_origin(DomainName=domain)))
        for domain in ("b.s3.eu-west-1.amazonaws.com", "b.s3-eu-west-1.amazonaws.com", "b.s3.cn-north-1.amazonaws.com.cn"):
            self.create(domain, Origins=listed(s3_origin(DomainName=domain)))

    def test_forwarding(self):
        """FACTS.md, models: ForwardedValues or a cache policy; defaults: TTLs only without a policy."""
        without = {"TargetOriginId": "s3", "ViewerProtocolPolicy": "allow-all"}
        self.check("InvalidArgument", DefaultCacheBehavior=without)
        self.check("InvalidArgument", DefaultCacheBehavior=behavior(MinTTL=0))
        both = {**behavior(), "ForwardedValues": forwarded()}
        self.check("InvalidArgument", DefaultCacheBehavior=both)
        for cookies in ({"Forward": "whitelist"}, {"Forward": "all", "WhitelistedNames": listed("a")}):
            self.check(
                "InvalidForwardCookies", DefaultCacheBehavior=behavior(ForwardedValues=forwarded(Cookies=cookies))
            )
        order = behavior(ForwardedValues=forwarded(), MinTTL=10, DefaultTTL=5, MaxTTL=20)
        self.check("InvalidTTLOrder", DefaultCacheBehavior=order)

    def test_errors_and_places(self):
        self.check("InvalidErrorCode", CustomErrorResponses=listed({"ErrorCode": 402}))
        self.check("InvalidArgument", CustomErrorResponses=listed({"ErrorCode": 404, "ResponseCode": "200"}))
        page = {"ErrorCode": 404, "ResponseCode": "200", "ResponsePagePath": "/404.html"}
        self.check("InvalidResponseCode", CustomErrorResponses=listed({**page, "ResponseCode": "299"}))
        self.check("InvalidRelativePath", CustomErrorResponses=listed({**page, "ResponsePagePath": "404.html"}))
        self.check(
            "InvalidLocationCode", Restrictions={"GeoRestriction": listed("Austria", RestrictionType="whitelist")}
        )
        self.check(
            "InvalidGeoRestrictionParameter", Restrictions={"GeoRestriction": listed("AT", RestrictionType="none")}
        )

    def test_certificates_and_logging(self):
        self.simulator.seed("certificate", CERTIFICATE)
        sslv3 = {"ACMCertificateArn": CERTIFICATE, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "SSLv3"}
        self.check("InvalidProtocolSettings", ViewerCertificate=sslv3)
        self.check("InvalidViewerCertificate", ViewerCertificate={**sslv3, "CloudFrontDefaultCertificate": True})
        self.check("InvalidViewerCertificate", ViewerCertificate={"ACMCertificateArn": CERTIFICATE})
        self.check("InvalidArgument", Logging={"Enabled": True, "IncludeCookies": False, "Bucket": "", "Prefix": ""})

    def test_a_code_foreign_to_the_operation_is_an_invalid_argument(self):
        """InvalidOrigin is in the model's list for CreateDistribution and not in UpdateDistribution's."""
        id = self.create()["Distribution"]["Id"]
        origin = {**self.read(id)[0]["Origins"]["Items"][0]}
        del origin["S3OriginConfig"]
        with self.refused("InvalidArgument", 400, "exactly one of"):
            self.update(id, Origins=listed(origin))

    def test_aliases(self):
        self.check("InvalidArgument", Aliases=listed("not a name"))
        self.check("InvalidArgument", Aliases=listed("a.example.com", "A.example.com"))
        self.create(Aliases=listed("*.example.com", "example.com"))


class Quotas(SimulatorTest):
    def test_quotas_are_named_by_their_errors(self):
        """FACTS.md, limits."""
        for quota, members in (
            ("TooManyDistributionCNAMEs", {"Aliases": listed("a.example.com", "b.example.com")}),
            ("TooManyOrigins", {"Origins": listed(s3_origin(), custom_origin())}),
            ("TooManyCacheBehaviors", {"CacheBehaviors": listed(*(behavior("s3", PathPattern=p) for p in "ab"))}),
            (
                "TooManyOriginCustomHeaders",
                {
                    "Origins": listed(
                        s3_origin(CustomHeaders=listed(*({"HeaderName": h, "HeaderValue": ""} for h in "ab")))
                    )
                },
            ),
            (
                "TooManyTrustedSigners",
                {"DefaultCacheBehavior": behavior(TrustedSigners=listed("self", ACCOUNT, Enabled=True))},
            ),
            (
                "TooManyHeadersInForwardedValues",
                {"DefaultCacheBehavior": behavior(ForwardedValues=forwarded(Headers=listed("a", "b")))},
            ),
            (
                "TooManyQueryStringParameters",
                {"DefaultCacheBehavior": behavior(ForwardedValues=forwarded(QueryStringCacheKeys=listed("a", "b")))},
            ),
        ):
            self.simulator.quota(quota, 1)
            with self.refused(quota, 400):
                self.create(quota, **members)
            self.simulator.quota(quota, 2)
            self.create(quota, **members)
            self.simulator.call("POST", "/edits", {"id": self.last_id(), "edit": "delete"})

    def last_id(self):
        return self.simulator.journal()[-1]["id"]

    def test_distributions_are_limited_until_the_quota_is_raised(self):
        self.simulator.quota("TooManyDistributions", 1)
        self.create("first")
        with self.refused("TooManyDistributions", 400):
            self.create("second")
        self.simulator.quota("TooManyDistributions", 2)
        self.create("second")
