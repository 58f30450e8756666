"""Origin access identities."""

from harness import SimulatorTest, item_list, s3_origin, streaming_config


class Identities(SimulatorTest):
    def create_identity(self, reference="r", comment="c"):
        config = {"CallerReference": reference, "Comment": comment}
        return self.client.create_cloud_front_origin_access_identity(CloudFrontOriginAccessIdentityConfig=config)

    def test_lifecycle(self):
        response = self.create_identity()
        identity = response["CloudFrontOriginAccessIdentity"]
        id = identity["Id"]
        self.assertEqual(response["ResponseMetadata"]["HTTPStatusCode"], 201)
        self.assertTrue(response["Location"].endswith(f"/origin-access-identity/cloudfront/{id}"))
        self.assertRegex(identity["S3CanonicalUserId"], r"^[0-9a-f]{96}$")
        current = self.client.get_cloud_front_origin_access_identity(Id=id)
        self.assertEqual((current["CloudFrontOriginAccessIdentity"], current["ETag"]), (identity, response["ETag"]))
        config = self.client.get_cloud_front_origin_access_identity_config(Id=id)[
            "CloudFrontOriginAccessIdentityConfig"
        ]
        updated = self.client.update_cloud_front_origin_access_identity(
            Id=id, IfMatch=response["ETag"], CloudFrontOriginAccessIdentityConfig={**config, "Comment": "new"}
        )
        self.assertNotEqual(updated["ETag"], response["ETag"])
        with self.assert_client_error("PreconditionFailed", 412):
            self.client.delete_cloud_front_origin_access_identity(Id=id, IfMatch=response["ETag"])
        with self.assert_client_error("InvalidIfMatchVersion", 400):
            self.client.delete_cloud_front_origin_access_identity(Id=id)
        self.client.delete_cloud_front_origin_access_identity(Id=id, IfMatch=updated["ETag"])
        with self.assert_client_error("NoSuchCloudFrontOriginAccessIdentity", 404):
            self.client.get_cloud_front_origin_access_identity_config(Id=id)

    def test_an_equal_create_request_returns_the_first_identity(self):
        """FACTS.md, references: documented; the live behaviour is unknown, so an error is a switch."""
        first, second = self.create_identity(), self.create_identity()
        self.assertEqual(first["CloudFrontOriginAccessIdentity"], second["CloudFrontOriginAccessIdentity"])
        self.assertEqual([entry["committed"] for entry in self.simulator.journal()], [True, False])
        with self.assert_client_error(
            "CloudFrontOriginAccessIdentityAlreadyExists", 409, "is associated with another identity"
        ):
            self.create_identity(comment="other")
        self.simulator.set_switch("refuse-identity-replay")
        with self.assert_client_error("CloudFrontOriginAccessIdentityAlreadyExists", 409):
            self.create_identity()

    def test_the_caller_reference_is_immutable(self):
        """FACTS.md, references: aws-sdk-js#1263."""
        response = self.create_identity()
        with self.assert_client_error("IllegalUpdate", 400, "You cannot update the value of CallerReference"):
            self.client.update_cloud_front_origin_access_identity(
                Id=response["CloudFrontOriginAccessIdentity"]["Id"],
                IfMatch=response["ETag"],
                CloudFrontOriginAccessIdentityConfig={"CallerReference": "other", "Comment": "c"},
            )

    def test_an_identity_in_use_cannot_be_deleted(self):
        """FACTS.md, deployment: CloudFrontOriginAccessIdentityInUse while a configuration refers to it."""
        for number, use in enumerate((self.use_in_distribution, self.use_in_streaming)):
            response = self.create_identity(f"r{number}")
            id = response["CloudFrontOriginAccessIdentity"]["Id"]
            use(f"origin-access-identity/cloudfront/{id}")
            with self.assert_client_error("CloudFrontOriginAccessIdentityInUse", 409):
                self.client.delete_cloud_front_origin_access_identity(Id=id, IfMatch=response["ETag"])

    def use_in_distribution(self, identity):
        self.create_distribution(Origins=item_list(s3_origin(identity=identity)))

    def use_in_streaming(self, identity):
        origin = {"DomainName": "b.s3.amazonaws.com", "OriginAccessIdentity": identity}
        self.client.create_streaming_distribution(StreamingDistributionConfig=streaming_config(S3Origin=origin))

    def test_length_limits_and_quota(self):
        """FACTS.md, limits and references."""
        with self.assert_client_error("InvalidArgument", 400, "Comment"):
            self.create_identity(comment="x" * 129)
        with self.assert_client_error("InvalidArgument", 400, "CallerReference"):
            self.create_identity("x" * 129)
        self.create_identity(comment="ä" * 128)
        self.simulator.set_quota("TooManyCloudFrontOriginAccessIdentities", 1)
        with self.assert_client_error("TooManyCloudFrontOriginAccessIdentities", 400):
            self.create_identity("second")
