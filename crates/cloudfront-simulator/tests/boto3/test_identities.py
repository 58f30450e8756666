"""Origin access identities."""

from harness import SimulatorTest, listed, s3_origin, streaming_config


class Identities(SimulatorTest):
    def make(self, reference="r", comment="c"):
        config = {"CallerReference": reference, "Comment": comment}
        return self.client.create_cloud_front_origin_access_identity(CloudFrontOriginAccessIdentityConfig=config)

    def test_from_creation_to_deletion(self):
        answer = self.make()
        identity = answer["CloudFrontOriginAccessIdentity"]
        id = identity["Id"]
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 201)
        self.assertTrue(answer["Location"].endswith(f"/origin-access-identity/cloudfront/{id}"))
        self.assertRegex(identity["S3CanonicalUserId"], r"^[0-9a-f]{96}$")
        read = self.client.get_cloud_front_origin_access_identity(Id=id)
        self.assertEqual((read["CloudFrontOriginAccessIdentity"], read["ETag"]), (identity, answer["ETag"]))
        config = self.client.get_cloud_front_origin_access_identity_config(Id=id)[
            "CloudFrontOriginAccessIdentityConfig"
        ]
        updated = self.client.update_cloud_front_origin_access_identity(
            Id=id, IfMatch=answer["ETag"], CloudFrontOriginAccessIdentityConfig={**config, "Comment": "new"}
        )
        self.assertNotEqual(updated["ETag"], answer["ETag"])
        with self.refused("PreconditionFailed", 412):
            self.client.delete_cloud_front_origin_access_identity(Id=id, IfMatch=answer["ETag"])
        with self.refused("InvalidIfMatchVersion", 400):
            self.client.delete_cloud_front_origin_access_identity(Id=id)
        self.client.delete_cloud_front_origin_access_identity(Id=id, IfMatch=updated["ETag"])
        with self.refused("NoSuchCloudFrontOriginAccessIdentity", 404):
            self.client.get_cloud_front_origin_access_identity_config(Id=id)

    def test_an_equal_creation_answers_the_first_again(self):
        """FACTS.md, references: documented; the refusal by switch, as live behaviour is not established."""
        first, again = self.make(), self.make()
        self.assertEqual(first["CloudFrontOriginAccessIdentity"], again["CloudFrontOriginAccessIdentity"])
        self.assertEqual([entry["committed"] for entry in self.simulator.journal()], [True, False])
        with self.refused("CloudFrontOriginAccessIdentityAlreadyExists", 409, "is associated with another identity"):
            self.make(comment="other")
        self.simulator.switch("refuse-identity-replay")
        with self.refused("CloudFrontOriginAccessIdentityAlreadyExists", 409):
            self.make()

    def test_the_caller_reference_cannot_change(self):
        """FACTS.md, references: aws-sdk-js#1263."""
        answer = self.make()
        with self.refused("IllegalUpdate", 400, "You cannot update the value of CallerReference"):
            self.client.update_cloud_front_origin_access_identity(
                Id=answer["CloudFrontOriginAccessIdentity"]["Id"],
                IfMatch=answer["ETag"],
                CloudFrontOriginAccessIdentityConfig={"CallerReference": "other", "Comment": "c"},
            )

    def test_one_in_use_cannot_be_deleted(self):
        """FACTS.md, deployment: CloudFrontOriginAccessIdentityInUse while any configuration refers to it."""
        for number, use in enumerate((self.use_in_distribution, self.use_in_streaming)):
            answer = self.make(f"r{number}")
            id = answer["CloudFrontOriginAccessIdentity"]["Id"]
            use(f"origin-access-identity/cloudfront/{id}")
            with self.refused("CloudFrontOriginAccessIdentityInUse", 409):
                self.client.delete_cloud_front_origin_access_identity(Id=id, IfMatch=answer["ETag"])

    def use_in_distribution(self, identity):
        self.create(Origins=listed(s3_origin(identity=identity)))

    def use_in_streaming(self, identity):
        origin = {"DomainName": "b.s3.amazonaws.com", "OriginAccessIdentity": identity}
        self.client.create_streaming_distribution(StreamingDistributionConfig=streaming_config(S3Origin=origin))

    def test_limits(self):
        """FACTS.md, limits and references."""
        with self.refused("InvalidArgument", 400, "Comment"):
            self.make(comment="x" * 129)
        with self.refused("InvalidArgument", 400, "CallerReference"):
            self.make("x" * 129)
        self.make(comment="ä" * 128)
        self.simulator.quota("TooManyCloudFrontOriginAccessIdentities", 1)
        with self.refused("TooManyCloudFrontOriginAccessIdentities", 400):
            self.make("second")
