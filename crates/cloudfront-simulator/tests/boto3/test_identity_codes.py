"""The error codes of origin access identities."""

from families import FamilyTest
from harness import item_list, s3_origin


class IdentityCodes(FamilyTest):
    """FACTS.md, references and deployment."""

    NAME, LIST = "CloudFrontOriginAccessIdentity", "CloudFrontOriginAccessIdentities"
    QUOTA = "TooManyCloudFrontOriginAccessIdentities"
    ETAGS = []  # They are random.
    NOT_RAISED = {
        "*": {
            "InconsistentQuantities": "a configuration has no list",
            "MissingBody": "botocore sends a body; test_schema.py sends none",
        }
    }

    def config(self, number=0, **members):
        return {"CallerReference": f"r{number}", "Comment": "c", **members}

    def test_every_operation_and_code(self):
        self.check_lifecycle({"Comment": "changed"})
        self.check_missing("NoSuchCloudFrontOriginAccessIdentity")
        self.check_quota(0)
        self.check_rejected("InvalidArgument", {"Comment": "c" * 129})
        created = self.create(1)
        with self.assert_client_error("CloudFrontOriginAccessIdentityAlreadyExists", 409):
            self.create(1, Comment="other")
        id, etag = self.id_of(created), created["ETag"]
        with self.assert_client_error("IllegalUpdate", 400):
            self.update(id, etag, self.config(2))
        reference = f"origin-access-identity/cloudfront/{id}"
        self.create_distribution(Origins=item_list(s3_origin(identity=reference)))
        with self.assert_client_error("CloudFrontOriginAccessIdentityInUse", 409):
            self.call("Delete", Id=id, IfMatch=etag)
        self.check_pages(present=1)
        self.check_coverage()
