"""Rules for configurations in addition to the schema, with a test for each error code that can occur."""

from harness import ACCOUNT, CERTIFICATE, SimulatorTest, cache_behavior, custom_origin, forwarded_values, item_list, s3_origin


class InvalidConfigurations(SimulatorTest):
    """Codes and statuses are those that the service model lists for CreateDistribution."""

    def test_caller_reference_comment_and_root_object(self):
        """FACTS.md, references: CallerReference and Comment have at most 128 characters."""
        self.assert_create_fails("InvalidArgument", Comment="x" * 129)
        self.assert_create_fails("InvalidArgument", CallerReference="x" * 129)
        self.assert_create_fails("InvalidArgument", CallerReference="")
        self.assert_create_fails("InvalidDefaultRootObject", DefaultRootObject="/index.html")

    def test_origins(self):
        self.assert_create_fails("InvalidOrigin", Origins=item_list({"Id": "s3", "DomainName": "s3.example.com"}))
        both = {**s3_origin(), **{"CustomOriginConfig": custom_origin()["CustomOriginConfig"]}}
        self.assert_create_fails("InvalidOrigin", Origins=item_list(both))
        self.assert_create_fails("InvalidArgument", Origins=item_list(s3_origin(), s3_origin()))
        self.assert_create_fails("InvalidArgument", Origins=item_list(s3_origin(DomainName="no domain name")))
        self.assert_create_fails("InvalidArgument", Origins=item_list(s3_origin(OriginPath="no/slash")))
        self.assert_create_fails("InvalidArgument", Origins=item_list(s3_origin(OriginPath="/slash/")))

    def test_ranges_of_origin_members(self):
        """FACTS.md, limits: attempts 1 to 3, timeout 1 to 10 s."""
        for name, values in {"ConnectionAttempts": (0, 4), "ConnectionTimeout": (0, 11)}.items():
            for value in values:
                self.assert_create_fails("InvalidArgument", Origins=item_list(s3_origin(**{name: value})))
        self.assert_create_fails("InvalidArgument", Origins=item_list(s3_origin(), custom_origin(HTTPPort=22)))
        self.assert_create_fails(
            "InvalidOriginReadTimeout", Origins=item_list(s3_origin(), custom_origin(OriginReadTimeout=0))
        )
        self.assert_create_fails(
            "InvalidOriginKeepaliveTimeout", Origins=item_list(s3_origin(), custom_origin(OriginKeepaliveTimeout=0))
        )

    def test_origin_access_identity_and_control(self):
        """FACTS.md, access: an origin has an identity or an access control, not both."""
        identity = {"CallerReference": "r", "Comment": ""}
        created = self.client.create_cloud_front_origin_access_identity(CloudFrontOriginAccessIdentityConfig=identity)
        reference = "origin-access-identity/cloudfront/" + created["CloudFrontOriginAccessIdentity"]["Id"]
        self.simulator.seed("origin-access-control", "E1OAC")
        self.assert_create_fails(
            "InvalidOriginAccessIdentity", Origins=item_list(s3_origin(identity="origin-access-identity/cloudfront/E0"))
        )
        self.assert_create_fails(
            "InvalidOriginAccessIdentity", Origins=item_list(s3_origin(identity=reference.rsplit("/", 1)[1]))
        )
        self.assert_create_fails(
            "InvalidOriginAccessControl", Origins=item_list(s3_origin(OriginAccessControlId="E2OAC"))
        )
        self.assert_create_fails(
            "IllegalOriginAccessConfiguration",
            Origins=item_list(s3_origin(identity=reference, OriginAccessControlId="E1OAC")),
        )
        self.create_distribution("identity", Origins=item_list(s3_origin(identity=reference)))
        self.create_distribution("control", Origins=item_list(s3_origin(OriginAccessControlId="E1OAC")))

    def test_target_origin_id(self):
        """FACTS.md, resource types: a target is an origin or an origin group."""
        self.assert_create_fails("NoSuchOrigin", 404, DefaultCacheBehavior=cache_behavior("absent"))
        self.assert_create_fails(
            "NoSuchOrigin", 404, CacheBehaviors=item_list(cache_behavior("absent", PathPattern="/a"))
        )
        group = {
            "Id": "g",
            "FailoverCriteria": {"StatusCodes": item_list(500)},
            "Members": item_list({"OriginId": "s3"}, {"OriginId": "absent"}),
        }
        self.assert_create_fails("NoSuchOrigin", 404, OriginGroups=item_list(group))

    def test_references_to_other_resource_types(self):
        """FACTS.md, resource types; the codes are those of the model."""
        for member, code, status in (
            ("CachePolicyId", "NoSuchCachePolicy", 404),
            ("OriginRequestPolicyId", "NoSuchOriginRequestPolicy", 404),
            ("ResponseHeadersPolicyId", "NoSuchResponseHeadersPolicy", 404),
            ("FieldLevelEncryptionId", "NoSuchFieldLevelEncryptionConfig", 404),
            ("RealtimeLogConfigArn", "NoSuchRealtimeLogConfig", 404),
        ):
            self.assert_create_fails(code, status, DefaultCacheBehavior=cache_behavior(**{member: "absent"}))
        self.assert_create_fails(
            "TrustedKeyGroupDoesNotExist",
            DefaultCacheBehavior=cache_behavior(TrustedKeyGroups=item_list("k", Enabled=True)),
        )
        self.assert_create_fails(
            "TrustedSignerDoesNotExist",
            DefaultCacheBehavior=cache_behavior(TrustedSigners=item_list("x", Enabled=True)),
        )
        self.assert_create_fails("InvalidWebACLId", WebACLId="absent")
        self.assert_create_fails("InvalidArgument", ContinuousDeploymentPolicyId="absent")
        self.simulator.set_switch("accept-unknown-references")
        self.create_distribution(WebACLId="absent", DefaultCacheBehavior=cache_behavior(CachePolicyId="absent"))

    def test_functions(self):
        function, version = (
            f"arn:aws:cloudfront::{ACCOUNT}:function/f",
            f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f:1",
        )
        association = {"FunctionARN": function, "EventType": "viewer-request"}
        lambda_association = {"LambdaFunctionARN": version, "EventType": "origin-request"}
        self.assert_create_fails(
            "InvalidFunctionAssociation",
            DefaultCacheBehavior=cache_behavior(FunctionAssociations=item_list(association)),
        )
        self.assert_create_fails(
            "InvalidLambdaFunctionAssociation",
            DefaultCacheBehavior=cache_behavior(LambdaFunctionAssociations=item_list(lambda_association)),
        )
        self.simulator.seed("function", function)
        self.simulator.seed("lambda-function", version)
        origin_event = {**association, "EventType": "origin-request"}
        self.assert_create_fails(
            "InvalidFunctionAssociation",
            DefaultCacheBehavior=cache_behavior(FunctionAssociations=item_list(origin_event)),
        )
        unversioned = {**lambda_association, "LambdaFunctionARN": version.removesuffix(":1")}
        self.assert_create_fails(
            "InvalidLambdaFunctionAssociation",
            DefaultCacheBehavior=cache_behavior(LambdaFunctionAssociations=item_list(unversioned)),
        )
        duplicate_event = cache_behavior(
            FunctionAssociations=item_list(association),
            LambdaFunctionAssociations=item_list({**lambda_association, "EventType": "viewer-request"}),
        )
        self.assert_create_fails("InvalidArgument", DefaultCacheBehavior=duplicate_event)
        self.create_distribution(
            DefaultCacheBehavior=cache_behavior(
                FunctionAssociations=item_list(association), LambdaFunctionAssociations=item_list(lambda_association)
            )
        )

    def test_methods(self):
        for methods in (("GET",), ("GET", "HEAD", "POST"), ("GET", "HEAD", "HEAD")):
            self.assert_create_fails(
                "InvalidArgument", DefaultCacheBehavior=cache_behavior(AllowedMethods=item_list(*methods))
            )
        cached = item_list("GET", "HEAD", CachedMethods=item_list("GET", "HEAD", "OPTIONS"))
        self.assert_create_fails("InvalidArgument", DefaultCacheBehavior=cache_behavior(AllowedMethods=cached))

    def test_path_patterns(self):
        """FACTS.md, resource types."""
        with_space = cache_behavior(PathPattern="/plus icon.svg")
        self.assert_create_fails("InvalidArgument", CacheBehaviors=item_list(with_space))
        self.create_distribution(CacheBehaviors=item_list(cache_behavior(PathPattern="/A-z_0.9*$/~\"'&@:?+\\")))

    def test_bucket_host_names(self):
        """FACTS.md, access."""
        for domain in ("www.example.com", "s3.s3-website-us-east-1.amazonaws.com", "s3.amazonaws.com"):
            self.assert_create_fails("InvalidArgument", Origins=item_list(s3_origin(DomainName=domain)))
        for domain in (
            "b.s3.eu-west-1.amazonaws.com",
            "b.s3-eu-west-1.amazonaws.com",
            "b.s3.cn-north-1.amazonaws.com.cn",
        ):
            self.create_distribution(domain, Origins=item_list(s3_origin(DomainName=domain)))

    def test_forwarding(self):
        """FACTS.md, models: either ForwardedValues or a cache policy; defaults: no TTLs with a cache policy."""
        without_policy = {"TargetOriginId": "s3", "ViewerProtocolPolicy": "allow-all"}
        self.assert_create_fails("InvalidArgument", DefaultCacheBehavior=without_policy)
        self.assert_create_fails("InvalidArgument", DefaultCacheBehavior=cache_behavior(MinTTL=0))
        both = {**cache_behavior(), "ForwardedValues": forwarded_values()}
        self.assert_create_fails("InvalidArgument", DefaultCacheBehavior=both)
        for cookies in ({"Forward": "whitelist"}, {"Forward": "all", "WhitelistedNames": item_list("a")}):
            self.assert_create_fails(
                "InvalidForwardCookies",
                DefaultCacheBehavior=cache_behavior(ForwardedValues=forwarded_values(Cookies=cookies)),
            )
        order = cache_behavior(ForwardedValues=forwarded_values(), MinTTL=10, DefaultTTL=5, MaxTTL=20)
        self.assert_create_fails("InvalidTTLOrder", DefaultCacheBehavior=order)

    def test_error_responses_and_geo_restrictions(self):
        self.assert_create_fails("InvalidErrorCode", CustomErrorResponses=item_list({"ErrorCode": 402}))
        self.assert_create_fails(
            "InvalidArgument", CustomErrorResponses=item_list({"ErrorCode": 404, "ResponseCode": "200"})
        )
        page = {"ErrorCode": 404, "ResponseCode": "200", "ResponsePagePath": "/404.html"}
        self.assert_create_fails("InvalidResponseCode", CustomErrorResponses=item_list({**page, "ResponseCode": "299"}))
        self.assert_create_fails(
            "InvalidRelativePath", CustomErrorResponses=item_list({**page, "ResponsePagePath": "404.html"})
        )
        self.assert_create_fails(
            "InvalidLocationCode", Restrictions={"GeoRestriction": item_list("Austria", RestrictionType="whitelist")}
        )
        self.assert_create_fails(
            "InvalidGeoRestrictionParameter", Restrictions={"GeoRestriction": item_list("AT", RestrictionType="none")}
        )

    def test_certificates_and_logging(self):
        self.simulator.seed("certificate", CERTIFICATE)
        sslv3 = {"ACMCertificateArn": CERTIFICATE, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "SSLv3"}
        self.assert_create_fails("InvalidProtocolSettings", ViewerCertificate=sslv3)
        self.assert_create_fails(
            "InvalidViewerCertificate", ViewerCertificate={**sslv3, "CloudFrontDefaultCertificate": True}
        )
        self.assert_create_fails("InvalidViewerCertificate", ViewerCertificate={"ACMCertificateArn": CERTIFICATE})
        self.assert_create_fails(
            "InvalidArgument", Logging={"Enabled": True, "IncludeCookies": False, "Bucket": "", "Prefix": ""}
        )

    def test_a_code_that_the_operation_does_not_declare_becomes_invalid_argument(self):
        """The model lists InvalidOrigin for CreateDistribution and not for UpdateDistribution."""
        id = self.create_distribution()["Distribution"]["Id"]
        origin = {**self.get_config(id)[0]["Origins"]["Items"][0]}
        del origin["S3OriginConfig"]
        with self.assert_client_error("InvalidArgument", 400, "exactly one of"):
            self.update_distribution(id, Origins=item_list(origin))

    def test_aliases(self):
        self.assert_create_fails("InvalidArgument", Aliases=item_list("not a name"))
        self.assert_create_fails("InvalidArgument", Aliases=item_list("a.example.com", "A.example.com"))
        self.create_distribution(**self.aliases("*.example.com", "example.com"))


class Quotas(SimulatorTest):
    def test_a_quota_has_the_name_of_its_error(self):
        """FACTS.md, limits."""
        for quota, members in (
            ("TooManyDistributionCNAMEs", self.aliases("a.example.com", "b.example.com")),
            ("TooManyOrigins", {"Origins": item_list(s3_origin(), custom_origin())}),
            (
                "TooManyCacheBehaviors",
                {"CacheBehaviors": item_list(*(cache_behavior("s3", PathPattern=p) for p in "ab"))},
            ),
            (
                "TooManyOriginCustomHeaders",
                {
                    "Origins": item_list(
                        s3_origin(CustomHeaders=item_list(*({"HeaderName": h, "HeaderValue": ""} for h in "ab")))
                    )
                },
            ),
            (
                "TooManyTrustedSigners",
                {"DefaultCacheBehavior": cache_behavior(TrustedSigners=item_list("self", ACCOUNT, Enabled=True))},
            ),
            (
                "TooManyHeadersInForwardedValues",
                {"DefaultCacheBehavior": cache_behavior(ForwardedValues=forwarded_values(Headers=item_list("a", "b")))},
            ),
            (
                "TooManyQueryStringParameters",
                {
                    "DefaultCacheBehavior": cache_behavior(
                        ForwardedValues=forwarded_values(QueryString=True, QueryStringCacheKeys=item_list("a", "b"))
                    )
                },
            ),
        ):
            self.simulator.set_quota(quota, 1)
            with self.assert_client_error(quota, 400):
                self.create_distribution(quota, **members)
            self.simulator.set_quota(quota, 2)
            self.create_distribution(quota, **members)
            self.simulator.control_request("POST", "/edits", {"id": self.last_created_id(), "edit": "delete"})

    def last_created_id(self):
        return self.simulator.journal()[-1]["id"]

    def test_raising_the_quota_allows_more_distributions(self):
        self.simulator.set_quota("TooManyDistributions", 1)
        self.create_distribution("first")
        with self.assert_client_error("TooManyDistributions", 400):
            self.create_distribution("second")
        self.simulator.set_quota("TooManyDistributions", 2)
        self.create_distribution("second")
