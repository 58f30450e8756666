"""Rules for cache behaviors. RESTRICTIONS.md has the source of each."""

from harness import ACCOUNT, CACHING_OPTIMIZED_POLICY, SimulatorTest, cache_behavior, custom_origin, forwarded_values, item_list, s3_origin

ALL_METHODS = item_list("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE")
FUNCTION = f"arn:aws:cloudfront::{ACCOUNT}:function/f"
LAMBDA = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f:1"


def function(event, arn=FUNCTION):
    return {"FunctionAssociations": item_list({"FunctionARN": arn, "EventType": event})}


def lambda_function(event, arn=LAMBDA, **members):
    association = {"LambdaFunctionARN": arn, "EventType": event, **members}
    return {"LambdaFunctionAssociations": item_list(association)}


class Behaviors(SimulatorTest):
    def create_with_behavior(self, reference, target="s3", **members):
        origins = item_list(s3_origin(), custom_origin(), custom_origin("plain", OriginProtocolPolicy="http-only"))
        return self.create_distribution(
            reference, Origins=origins, DefaultCacheBehavior=cache_behavior(target, **members)
        )

    def seed_functions(self):
        self.simulator.seed("function", FUNCTION)
        self.simulator.seed("lambda-function", LAMBDA)

    def test_functions_of_both_kinds_in_viewer_events(self):
        """Each combination in the table of the developer guide, "Restrictions on all edge functions"."""
        self.seed_functions()
        for viewer in ("viewer-request", "viewer-response"):
            for other in ("viewer-request", "viewer-response"):
                self.assert_behavior_fails("InvalidArgument", **function(viewer), **lambda_function(other))
            for other in ("origin-request", "origin-response"):
                self.create_with_behavior(viewer + other, **function(viewer), **lambda_function(other))

    def test_lambda_functions(self):
        """A function is in us-east-1, and its request events can include the body."""
        code = "InvalidLambdaFunctionAssociation"
        elsewhere = LAMBDA.replace("us-east-1", "eu-west-1")
        self.simulator.seed("lambda-function", elsewhere)
        self.assert_behavior_fails(code, message="us-east-1", **lambda_function("origin-request", elsewhere))
        self.seed_functions()
        for event in ("viewer-response", "origin-response"):
            self.assert_behavior_fails(code, message="IncludeBody", **lambda_function(event, IncludeBody=True))
        for event in ("viewer-request", "origin-request"):
            self.create_with_behavior(event, **lambda_function(event, IncludeBody=True))

    def test_function_arns(self):
        """The model has the form of the ARN and its length."""
        for arn in ("f", FUNCTION + "$", FUNCTION + 100 * "f"):
            self.assert_behavior_fails("MalformedXML", **function("viewer-request", arn))

    def test_edge_functions_with_smooth_streaming(self):
        self.seed_functions()
        for members in (function("viewer-request"), lambda_function("origin-request")):
            self.assert_behavior_fails("InvalidArgument", SmoothStreaming=True, **members)
        self.create_with_behavior("r", SmoothStreaming=True)

    def test_grpc(self):
        """aws/aws-cdk#32535 quotes the message about POST. HTTP/2 and HTTPS are documented."""
        grpc = {"GrpcConfig": {"Enabled": True}}
        self.assert_behavior_fails("InvalidArgument", message="The parameter gRPC only supports the POST method.", **grpc)
        grpc["AllowedMethods"] = ALL_METHODS
        self.assert_behavior_fails("InvalidArgument", "plain", message="HTTPS", **grpc)
        for version in ("http1.1", "http3"):
            behavior = cache_behavior(**grpc)
            self.assert_create_fails(
                "InvalidArgument", message="HTTP/2", HttpVersion=version, DefaultCacheBehavior=behavior
            )
        self.create_with_behavior("r", "web", **grpc)

    def test_field_level_encryption(self):
        """It needs HTTPS, POST and an origin with HTTPS."""
        self.simulator.seed("field-level-encryption-config", "C1")
        code = "IllegalFieldLevelEncryptionConfigAssociationWithCacheBehavior"
        encryption = {"FieldLevelEncryptionId": "C1", "AllowedMethods": ALL_METHODS}
        self.assert_behavior_fails(code, FieldLevelEncryptionId="C1")
        self.assert_behavior_fails(code, ViewerProtocolPolicy="allow-all", **encryption)
        self.assert_behavior_fails(code, "plain", **encryption)
        self.create_with_behavior("r", "web", **encryption)

    def test_enabled_agrees_with_items(self):
        self.simulator.seed("key-group", "k")
        for name, item in (("TrustedSigners", "self"), ("TrustedKeyGroups", "k")):
            for value in (item_list(item, Enabled=False), item_list(Enabled=True)):
                self.assert_behavior_fails("InvalidArgument", message=name, **{name: value})


class Forwarding(SimulatorTest):
    def assert_forwarding_fails(self, code, message="", **members):
        self.assert_behavior_fails(code, "web", message=message, ForwardedValues=forwarded_values(**members))

    def test_an_origin_request_policy_needs_a_cache_policy(self):
        policy = "216adef6-5c7f-47e4-b989-5492eafa07d3"
        self.assert_behavior_fails(
            "InvalidArgument",
            message="OriginRequestPolicyId",
            ForwardedValues=forwarded_values(),
            OriginRequestPolicyId=policy,
        )
        self.create_distribution(DefaultCacheBehavior=cache_behavior(OriginRequestPolicyId=policy))

    def test_forwarded_headers(self):
        for name in ("Cookie", "connection", "X-Edge-Location", "X-Forwarded-Proto", "with space"):
            self.assert_forwarding_fails("InvalidArgument", Headers=item_list(name), message=name)
        self.assert_forwarding_fails("InvalidArgument", Headers=item_list("*", "Origin"))
        for number, names in enumerate((("*",), ("Host", "Authorization", "Via"))):
            values = forwarded_values(Headers=item_list(*names))
            self.create_distribution(
                str(number),
                Origins=item_list(custom_origin()),
                DefaultCacheBehavior=cache_behavior("web", ForwardedValues=values),
            )

    def test_forwarded_headers_of_a_bucket(self):
        values = forwarded_values(Headers=item_list("host"))
        self.assert_behavior_fails("InvalidHeadersForS3Origin", ForwardedValues=values)
        cors = item_list("Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method")
        self.create_distribution(DefaultCacheBehavior=cache_behavior(ForwardedValues=forwarded_values(Headers=cors)))

    def test_forwarded_names(self):
        """Lengths of the names of cookies and query strings, and keys without forwarded query strings."""
        cookies = {"Forward": "whitelist", "WhitelistedNames": item_list(*(f"{n}" + 51 * "x" for n in range(10)))}
        self.assert_forwarding_fails("InvalidArgument", Cookies=cookies)
        for keys in (("x" * 129,), ("",), [f"{n}" + 127 * "x" for n in range(5)]):
            self.assert_forwarding_fails(
                "InvalidQueryStringParameters", QueryString=True, QueryStringCacheKeys=item_list(*keys)
            )
        self.assert_forwarding_fails("InvalidQueryStringParameters", QueryStringCacheKeys=item_list("page"))

    def test_all_headers_need_a_minimum_ttl_of_zero(self):
        values = forwarded_values(Headers=item_list("*"))
        self.assert_behavior_fails(
            "InvalidArgument", "web", message="MinTTL", ForwardedValues=values, MinTTL=1, DefaultTTL=1, MaxTTL=1
        )

    def test_the_minimum_ttl_is_required_by_switch(self):
        """FACTS.md, models: aws/aws-sdk-js#3388 reports it, and the model does not require it."""
        behavior = cache_behavior(ForwardedValues=forwarded_values())
        self.create_distribution("without", DefaultCacheBehavior=behavior)
        self.simulator.set_switch("require-min-ttl")
        message = "The parameter MinTTL is required."
        self.assert_create_fails("InvalidArgument", message=message, DefaultCacheBehavior=behavior)
        self.create_distribution("with", DefaultCacheBehavior={**behavior, "MinTTL": 0})
        policy = {**behavior, "CachePolicyId": CACHING_OPTIMIZED_POLICY}
        del policy["ForwardedValues"]
        self.create_distribution("policy", DefaultCacheBehavior=policy)
