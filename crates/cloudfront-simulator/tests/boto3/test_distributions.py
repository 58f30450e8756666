"""Distributions from creation to deletion."""

import re

from harness import ACCOUNT, OTHER_ACCOUNT, SimulatorTest, behavior, config, custom_origin, forwarded, listed, s3_origin

ENTITY = re.compile(r"^E[0-9A-Z]{13}$")


class Creation(SimulatorTest):
    def test_the_answer_has_aws_shapes(self):
        """FACTS.md, answers: status 201, bare ETag, full Location, request id, text/xml."""
        answer = self.create()
        made, headers = answer["Distribution"], answer["ResponseMetadata"]["HTTPHeaders"]
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 201)
        self.assertRegex(made["Id"], ENTITY)
        self.assertRegex(answer["ETag"], ENTITY)
        self.assertEqual(made["ARN"], f"arn:aws:cloudfront::{ACCOUNT}:distribution/{made['Id']}")
        self.assertRegex(made["DomainName"], r"^d[0-9a-z]{13}\.cloudfront\.net$")
        self.assertEqual(answer["Location"], f"https://cloudfront.amazonaws.com/2020-05-31/distribution/{made['Id']}")
        self.assertEqual(headers["content-type"], "text/xml")
        self.assertRegex(headers["x-amzn-requestid"], r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        self.assertEqual((made["Status"], made["InProgressInvalidationBatches"]), ("InProgress", 0))

    def test_what_was_left_out_reads_back_as_documented(self):
        """FACTS.md, defaults."""
        made = self.create(Origins=listed(s3_origin(), custom_origin()), Comment="c")["Distribution"][
            "DistributionConfig"
        ]
        for name in ("Aliases", "CacheBehaviors", "CustomErrorResponses", "OriginGroups"):
            self.assertEqual(made[name], {"Quantity": 0}, name)
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
            self.assertEqual(made[name], value, name)
        s3, web = made["Origins"]["Items"]
        for origin in (s3, web):
            self.assertEqual(
                (origin["OriginPath"], origin["ConnectionAttempts"], origin["ConnectionTimeout"]), ("", 3, 10)
            )
            self.assertEqual((origin["CustomHeaders"], origin["OriginShield"]), ({"Quantity": 0}, {"Enabled": False}))
        self.assertEqual(s3["S3OriginConfig"]["OriginReadTimeout"], 30)
        custom = web["CustomOriginConfig"]
        self.assertEqual(custom["OriginSslProtocols"], listed("SSLv3", "TLSv1"))
        self.assertEqual((custom["OriginReadTimeout"], custom["OriginKeepaliveTimeout"]), (30, 5))

    def test_a_behavior_reads_back_with_its_defaults(self):
        """FACTS.md, defaults: methods HEAD, GET in that order; TTLs only with ForwardedValues."""
        made = self.create(DefaultCacheBehavior=behavior(ForwardedValues=forwarded()))["Distribution"][
            "DistributionConfig"
        ]
        default = made["DefaultCacheBehavior"]
        self.assertEqual(default["AllowedMethods"], listed("HEAD", "GET", CachedMethods=listed("HEAD", "GET")))
        self.assertEqual((default["SmoothStreaming"], default["Compress"]), (False, False))
        self.assertEqual(default["TrustedSigners"], {"Enabled": False, "Quantity": 0})
        self.assertEqual(default["TrustedKeyGroups"], {"Enabled": False, "Quantity": 0})
        self.assertEqual((default["MinTTL"], default["DefaultTTL"], default["MaxTTL"]), (0, 86400, 31536000))
        self.assertNotIn("MaxTTL", self.create("policy")["Distribution"]["DistributionConfig"]["DefaultCacheBehavior"])

    def test_a_used_caller_reference_is_always_refused_and_the_message_names_the_id(self):
        """FACTS.md, references: aws-sdk-go#2213, aws-sdk-js-v3#2618."""
        id = self.create("same")["Distribution"]["Id"]
        with self.refused("DistributionAlreadyExists", 409, f"Already exists: {id}"):
            self.create("same")
        with self.refused("DistributionAlreadyExists", 409, id):
            self.create("same", Comment="other")

    def test_ipv6_by_default_is_a_switch(self):
        """FACTS.md, defaults marks the plain API's default as not established."""
        self.simulator.switch("ipv6-by-default")
        self.assertTrue(self.create()["Distribution"]["DistributionConfig"]["IsIPV6Enabled"])

    def test_accounts_are_told_apart_by_access_key(self):
        id = self.create("same")["Distribution"]["Id"]
        other = self.simulator.client(account=OTHER_ACCOUNT)
        with self.refused("NoSuchDistribution", 404, "The specified distribution does not exist."):
            other.get_distribution(Id=id)
        made = other.create_distribution(DistributionConfig=config("same"))
        self.assertIn(OTHER_ACCOUNT, made["Distribution"]["ARN"])


class Order(SimulatorTest):
    def test_sets_come_back_in_the_servers_order(self):
        """FACTS.md, order."""
        made = self.create(
            Origins=listed(custom_origin("a", "z.example.com"), custom_origin("z", "a.example.com")),
            Aliases=listed("b.example.com", "a.example.com"),
            CustomErrorResponses=listed({"ErrorCode": 404}, {"ErrorCode": 403}),
            Restrictions={"GeoRestriction": listed("DE", "AT", RestrictionType="whitelist")},
            DefaultCacheBehavior=behavior("a", AllowedMethods=listed("GET", "OPTIONS", "HEAD")),
        )["Distribution"]["DistributionConfig"]
        self.assertEqual([origin["Id"] for origin in made["Origins"]["Items"]], ["z", "a"])
        self.assertEqual(made["Aliases"]["Items"], ["a.example.com", "b.example.com"])
        self.assertEqual([response["ErrorCode"] for response in made["CustomErrorResponses"]["Items"]], [403, 404])
        self.assertEqual(made["Restrictions"]["GeoRestriction"]["Items"], ["AT", "DE"])
        self.assertEqual(made["DefaultCacheBehavior"]["AllowedMethods"]["Items"], ["HEAD", "GET", "OPTIONS"])

    def test_origins_by_id_is_a_switch(self):
        """FACTS.md, order: another source says by id."""
        self.simulator.switch("origins-by-id")
        origins = listed(custom_origin("z", "a.example.com"), custom_origin("a", "z.example.com"))
        made = self.create(Origins=origins, DefaultCacheBehavior=behavior("a"))["Distribution"]["DistributionConfig"]
        self.assertEqual([origin["Id"] for origin in made["Origins"]["Items"]], ["a", "z"])

    def test_the_order_of_cache_behaviors_and_group_members_is_kept(self):
        """FACTS.md, order: precedence and failover."""
        patterns = ["/z/*", "/a/*", "/m/*"]
        group = {
            "Id": "g",
            "FailoverCriteria": {"StatusCodes": listed(504, 500)},
            "Members": listed({"OriginId": "web"}, {"OriginId": "s3"}),
        }
        made = self.create(
            Origins=listed(s3_origin(), custom_origin()),
            OriginGroups=listed(group),
            DefaultCacheBehavior=behavior("g"),
            CacheBehaviors=listed(*(behavior("s3", PathPattern=pattern) for pattern in patterns)),
        )["Distribution"]["DistributionConfig"]
        self.assertEqual([one["PathPattern"] for one in made["CacheBehaviors"]["Items"]], patterns)
        kept = made["OriginGroups"]["Items"][0]
        self.assertEqual([member["OriginId"] for member in kept["Members"]["Items"]], ["web", "s3"])
        self.assertEqual(kept["FailoverCriteria"]["StatusCodes"]["Items"], [500, 504])

    def test_function_associations_are_shuffled_on_every_write(self):
        """FACTS.md, order: the comment in ACK's hooks.go."""
        arns = [f"arn:aws:cloudfront::{ACCOUNT}:function/f{number}" for number in range(2)]
        for arn in arns:
            self.simulator.seed("function", arn)
        events = [
            {"FunctionARN": arn, "EventType": f"viewer-{when}"} for arn, when in zip(arns, ("request", "response"))
        ]
        id = self.create(DefaultCacheBehavior=behavior(FunctionAssociations=listed(*events)))["Distribution"]["Id"]
        seen = set()
        for _ in range(30):
            made = self.update(id)["Distribution"]["DistributionConfig"]["DefaultCacheBehavior"]
            seen.add(tuple(one["EventType"] for one in made["FunctionAssociations"]["Items"]))
        self.assertEqual(len(seen), 2)


class Deletion(SimulatorTest):
    def test_it_must_be_disabled_and_deployed(self):
        """FACTS.md, deployment."""
        id = self.create()["Distribution"]["Id"]
        self.simulator.advance("10m")
        self.assertEqual(self.client.get_distribution(Id=id)["Distribution"]["Status"], "Deployed")
        with self.refused("DistributionNotDisabled", 409, "has not been disabled"):
            self.client.delete_distribution(Id=id, IfMatch=self.read(id)[1])
        answer = self.update(id, Enabled=False)
        self.assertEqual(answer["Distribution"]["Status"], "InProgress")
        with self.refused("DistributionNotDisabled", 409):
            self.client.delete_distribution(Id=id, IfMatch=answer["ETag"])
        self.simulator.advance("10m")
        deleted = self.client.delete_distribution(Id=id, IfMatch=answer["ETag"])
        self.assertEqual(deleted["ResponseMetadata"]["HTTPStatusCode"], 204)
        with self.refused("NoSuchDistribution", 404):
            self.client.get_distribution_config(Id=id)
        with self.refused("NoSuchDistribution", 404):
            self.client.delete_distribution(Id=id, IfMatch=answer["ETag"])

    def test_it_needs_the_current_version(self):
        """FACTS.md, versions: crossplane#1595, terraform#27147."""
        answer = self.create(Enabled=False)
        self.simulator.advance("10m")
        id = answer["Distribution"]["Id"]
        with self.refused(
            "InvalidIfMatchVersion", 400, "The If-Match version is missing or not valid for the resource."
        ):
            self.client.delete_distribution(Id=id)
        self.update(id)
        self.simulator.advance("10m")
        with self.refused("PreconditionFailed", 412, "didn't meet the preconditions"):
            self.client.delete_distribution(Id=id, IfMatch=answer["ETag"])

    def test_a_disabled_distribution_owns_its_aliases_until_it_is_deleted(self):
        """FACTS.md, deployment: CNAMEAlreadyExists is global over all accounts."""
        answer = self.create(Enabled=False, Aliases=listed("www.example.com"))
        other = self.simulator.client(account=OTHER_ACCOUNT)
        theirs = config("theirs", Aliases=listed("WWW.example.com"))
        with self.refused("CNAMEAlreadyExists", 409):
            other.create_distribution(DistributionConfig=theirs)
        self.simulator.advance("10m")
        self.client.delete_distribution(Id=answer["Distribution"]["Id"], IfMatch=answer["ETag"])
        other.create_distribution(DistributionConfig=theirs)
