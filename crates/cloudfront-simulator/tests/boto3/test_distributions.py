"""The lifecycle of distributions."""

import re

from harness import (
    ACCOUNT,
    OTHER_ACCOUNT,
    SimulatorTest,
    cache_behavior,
    custom_origin,
    distribution_config,
    forwarded_values,
    item_list,
    s3_origin,
)

ENTITY = re.compile(r"^E[0-9A-Z]{13}$")


class Creation(SimulatorTest):
    def test_the_response_has_the_format_of_aws(self):
        """FACTS.md, responses: status 201, ETag without quotes, full Location, request ID, text/xml."""
        response = self.create_distribution()
        distribution, headers = response["Distribution"], response["ResponseMetadata"]["HTTPHeaders"]
        self.assertEqual(response["ResponseMetadata"]["HTTPStatusCode"], 201)
        self.assertRegex(distribution["Id"], ENTITY)
        self.assertRegex(response["ETag"], ENTITY)
        self.assertEqual(distribution["ARN"], f"arn:aws:cloudfront::{ACCOUNT}:distribution/{distribution['Id']}")
        self.assertRegex(distribution["DomainName"], r"^d[0-9a-z]{13}\.cloudfront\.net$")
        self.assertEqual(
            response["Location"], f"https://cloudfront.amazonaws.com/2020-05-31/distribution/{distribution['Id']}"
        )
        self.assertEqual(headers["content-type"], "text/xml")
        self.assertRegex(headers["x-amzn-requestid"], r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        self.assertEqual((distribution["Status"], distribution["InProgressInvalidationBatches"]), ("InProgress", 0))

    def test_absent_members_have_the_documented_defaults(self):
        """FACTS.md, defaults."""
        config = self.create_distribution(Origins=item_list(s3_origin(), custom_origin()), Comment="c")["Distribution"][
            "DistributionConfig"
        ]
        for name in ("Aliases", "CacheBehaviors", "CustomErrorResponses", "OriginGroups"):
            self.assertEqual(config[name], {"Quantity": 0}, name)
        for name, value in {
            "DefaultRootObject": "",
            "WebACLId": "",
            "PriceClass": "PriceClass_All",
            "HttpVersion": "http2",
            "IsIPV6Enabled": False,
            "Staging": False,
            "Logging": {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""},
            "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
            "ViewerCertificate": {
                "CloudFrontDefaultCertificate": True,
                "SSLSupportMethod": "vip",
                "MinimumProtocolVersion": "TLSv1",
                "CertificateSource": "cloudfront",
            },
        }.items():
            self.assertEqual(config[name], value, name)
        s3, web = config["Origins"]["Items"]
        for origin in (s3, web):
            self.assertEqual(
                (origin["OriginPath"], origin["ConnectionAttempts"], origin["ConnectionTimeout"]), ("", 3, 10)
            )
            self.assertEqual((origin["CustomHeaders"], origin["OriginShield"]), ({"Quantity": 0}, {"Enabled": False}))
        self.assertEqual(s3["S3OriginConfig"]["OriginReadTimeout"], 30)
        custom = web["CustomOriginConfig"]
        self.assertEqual(custom["OriginSslProtocols"], item_list("SSLv3", "TLSv1"))
        self.assertEqual((custom["OriginReadTimeout"], custom["OriginKeepaliveTimeout"]), (30, 5))

    def test_absent_members_of_a_behavior_have_defaults(self):
        """FACTS.md, defaults: methods HEAD, GET in this order; TTLs only with ForwardedValues."""
        config = self.create_distribution(DefaultCacheBehavior=cache_behavior(ForwardedValues=forwarded_values()))[
            "Distribution"
        ]["DistributionConfig"]
        default = config["DefaultCacheBehavior"]
        self.assertEqual(default["AllowedMethods"], item_list("HEAD", "GET", CachedMethods=item_list("HEAD", "GET")))
        self.assertEqual((default["SmoothStreaming"], default["Compress"]), (False, False))
        self.assertEqual(default["TrustedSigners"], {"Enabled": False, "Quantity": 0})
        self.assertEqual(default["TrustedKeyGroups"], {"Enabled": False, "Quantity": 0})
        self.assertEqual((default["MinTTL"], default["DefaultTTL"], default["MaxTTL"]), (0, 86400, 31536000))
        self.assertNotIn(
            "MaxTTL", self.create_distribution("policy")["Distribution"]["DistributionConfig"]["DefaultCacheBehavior"]
        )

    def test_a_used_caller_reference_is_rejected_with_the_id_of_the_distribution(self):
        """FACTS.md, references: aws-sdk-go#2213, aws-sdk-js-v3#2618."""
        id = self.create_distribution("same")["Distribution"]["Id"]
        with self.assert_client_error("DistributionAlreadyExists", 409, f"Already exists: {id}"):
            self.create_distribution("same")
        with self.assert_client_error("DistributionAlreadyExists", 409, id):
            self.create_distribution("same", Comment="other")

    def test_ipv6_by_default_is_a_switch(self):
        """FACTS.md, defaults: the default of the API is unknown."""
        self.simulator.set_switch("ipv6-by-default")
        self.assertTrue(self.create_distribution()["Distribution"]["DistributionConfig"]["IsIPV6Enabled"])

    def test_the_access_key_selects_the_account(self):
        id = self.create_distribution("same")["Distribution"]["Id"]
        other = self.simulator.client(account=OTHER_ACCOUNT)
        with self.assert_client_error("NoSuchDistribution", 404, "The specified distribution does not exist."):
            other.get_distribution(Id=id)
        created = other.create_distribution(DistributionConfig=distribution_config("same"))
        self.assertIn(OTHER_ACCOUNT, created["Distribution"]["ARN"])


class Order(SimulatorTest):
    def test_set_valued_lists_are_sorted(self):
        """FACTS.md, order."""
        config = self.create_distribution(
            Origins=item_list(custom_origin("a", "z.example.com"), custom_origin("z", "a.example.com")),
            **self.aliases("b.example.com", "a.example.com"),
            CustomErrorResponses=item_list({"ErrorCode": 404}, {"ErrorCode": 403}),
            Restrictions={"GeoRestriction": item_list("DE", "AT", RestrictionType="whitelist")},
            DefaultCacheBehavior=cache_behavior("a", AllowedMethods=item_list("GET", "OPTIONS", "HEAD")),
        )["Distribution"]["DistributionConfig"]
        self.assertEqual([origin["Id"] for origin in config["Origins"]["Items"]], ["z", "a"])
        self.assertEqual(config["Aliases"]["Items"], ["a.example.com", "b.example.com"])
        self.assertEqual([response["ErrorCode"] for response in config["CustomErrorResponses"]["Items"]], [403, 404])
        self.assertEqual(config["Restrictions"]["GeoRestriction"]["Items"], ["AT", "DE"])
        self.assertEqual(config["DefaultCacheBehavior"]["AllowedMethods"]["Items"], ["HEAD", "GET", "OPTIONS"])

    def test_origins_by_id_is_a_switch(self):
        """FACTS.md, order: another source reports the order by ID."""
        self.simulator.set_switch("origins-by-id")
        origins = item_list(custom_origin("z", "a.example.com"), custom_origin("a", "z.example.com"))
        config = self.create_distribution(Origins=origins, DefaultCacheBehavior=cache_behavior("a"))["Distribution"][
            "DistributionConfig"
        ]
        self.assertEqual([origin["Id"] for origin in config["Origins"]["Items"]], ["a", "z"])

    def test_the_order_of_cache_behaviors_and_group_members_is_kept(self):
        """FACTS.md, order: precedence and failover."""
        patterns = ["/z/*", "/a/*", "/m/*"]
        group = {
            "Id": "g",
            "FailoverCriteria": {"StatusCodes": item_list(504, 500)},
            "Members": item_list({"OriginId": "web"}, {"OriginId": "s3"}),
        }
        config = self.create_distribution(
            Origins=item_list(s3_origin(), custom_origin()),
            OriginGroups=item_list(group),
            DefaultCacheBehavior=cache_behavior("g"),
            CacheBehaviors=item_list(*(cache_behavior("s3", PathPattern=pattern) for pattern in patterns)),
        )["Distribution"]["DistributionConfig"]
        self.assertEqual([behavior["PathPattern"] for behavior in config["CacheBehaviors"]["Items"]], patterns)
        created_group = config["OriginGroups"]["Items"][0]
        self.assertEqual([member["OriginId"] for member in created_group["Members"]["Items"]], ["web", "s3"])
        self.assertEqual(created_group["FailoverCriteria"]["StatusCodes"]["Items"], [500, 504])

    def test_every_write_changes_the_order_of_function_associations(self):
        """FACTS.md, order: the comment in ACK's hooks.go."""
        arns = [f"arn:aws:cloudfront::{ACCOUNT}:function/f{number}" for number in range(2)]
        for arn in arns:
            self.simulator.seed("function", arn)
        events = [
            {"FunctionARN": arn, "EventType": f"viewer-{when}"} for arn, when in zip(arns, ("request", "response"))
        ]
        id = self.create_distribution(DefaultCacheBehavior=cache_behavior(FunctionAssociations=item_list(*events)))[
            "Distribution"
        ]["Id"]
        seen = set()
        for _ in range(30):
            behavior = self.update_distribution(id)["Distribution"]["DistributionConfig"]["DefaultCacheBehavior"]
            seen.add(tuple(association["EventType"] for association in behavior["FunctionAssociations"]["Items"]))
        self.assertEqual(len(seen), 2)


class Deletion(SimulatorTest):
    def test_a_distribution_must_be_disabled_and_deployed(self):
        """FACTS.md, deployment."""
        id = self.create_distribution()["Distribution"]["Id"]
        self.simulator.advance("10m")
        self.assertEqual(self.client.get_distribution(Id=id)["Distribution"]["Status"], "Deployed")
        with self.assert_client_error("DistributionNotDisabled", 409, "has not been disabled"):
            self.client.delete_distribution(Id=id, IfMatch=self.get_config(id)[1])
        response = self.update_distribution(id, Enabled=False)
        self.assertEqual(response["Distribution"]["Status"], "InProgress")
        with self.assert_client_error("DistributionNotDisabled", 409):
            self.client.delete_distribution(Id=id, IfMatch=response["ETag"])
        self.simulator.advance("10m")
        deleted = self.client.delete_distribution(Id=id, IfMatch=response["ETag"])
        self.assertEqual(deleted["ResponseMetadata"]["HTTPStatusCode"], 204)
        with self.assert_client_error("NoSuchDistribution", 404):
            self.client.get_distribution_config(Id=id)
        with self.assert_client_error("NoSuchDistribution", 404):
            self.client.delete_distribution(Id=id, IfMatch=response["ETag"])

    def test_deletion_requires_the_current_version(self):
        """FACTS.md, versions: crossplane#1595, terraform#27147."""
        response = self.create_distribution(Enabled=False)
        self.simulator.advance("10m")
        id = response["Distribution"]["Id"]
        with self.assert_client_error(
            "InvalidIfMatchVersion", 400, "The If-Match version is missing or not valid for the resource."
        ):
            self.client.delete_distribution(Id=id)
        self.update_distribution(id)
        self.simulator.advance("10m")
        with self.assert_client_error("PreconditionFailed", 412, "didn't meet the preconditions"):
            self.client.delete_distribution(Id=id, IfMatch=response["ETag"])

    def test_a_disabled_distribution_owns_its_aliases_until_its_deletion(self):
        """FACTS.md, deployment: aliases are unique across all accounts."""
        response = self.create_distribution(Enabled=False, **self.aliases("www.example.com"))
        other = self.simulator.client(account=OTHER_ACCOUNT)
        other_config = distribution_config("theirs", **self.aliases("www.example.com"))
        with self.assert_client_error("CNAMEAlreadyExists", 409):
            other.create_distribution(DistributionConfig=other_config)
        self.simulator.advance("10m")
        self.client.delete_distribution(Id=response["Distribution"]["Id"], IfMatch=response["ETag"])
        other.create_distribution(DistributionConfig=other_config)
