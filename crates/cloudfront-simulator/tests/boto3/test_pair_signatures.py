"""Signature Version 4A of requests for key-value pairs (FACTS.md, key-value pairs)."""

import unittest.mock

from harness import ACCOUNT, KEYS, OTHER_ACCOUNT
from pairs import SERVICE, CrtSigV4AsymAuth, PairsTest

ROLE = f"arn:aws:iam::{ACCOUNT}:role/operator"


class Signatures(PairsTest):
    def assert_refused(self, code, message, status=403, **options):
        actual_status, actual_code, body = self.send("GET", **options)
        self.assertEqual((actual_status, actual_code), (status, code), body)
        self.assertIn(message, body["Message"])
        self.assertEqual(self.simulator.journal()[-1]["code"], code)

    def test_a_signature_is_verified(self):
        key, secret = KEYS[ACCOUNT]
        self.assertEqual(self.send("GET")[0], 200)
        self.assert_refused("InvalidSignatureException", "does not match", key=(key, "other"))
        self.assert_refused("UnrecognizedClientException", "security token", key=("AKIAUNKNOWN", secret))
        self.assert_refused("UnrecognizedClientException", "security token", key=(key, secret, "token"))

    def test_plain_signature_version_4(self):
        """aws-sdk-js-v3#5576."""
        for region in ("us-east-1", "*"):
            self.assert_refused(
                "InvalidSignatureException",
                "Credential should be scoped to a valid region",
                region=region,
                asymmetric=False,
            )

    def test_the_region_set(self):
        for region in ("us-east-1", "us-east-1,*"):
            self.assert_refused("InvalidSignatureException", "valid region", region=region)

    def test_the_clock(self):
        self.simulator.control_request("PATCH", "/settings", {"signing_skew_seconds": 400})
        self.assert_refused("InvalidSignatureException", "Signature expired")
        self.simulator.set_switch("skew-is-request-time-too-skewed")
        self.assert_refused("InvalidSignatureException", "Signature expired")

    def test_signature_version_4a_for_cloudfront(self):
        """CloudFront accepts Signature Version 4 only."""
        with unittest.mock.patch.dict("botocore.auth.AUTH_TYPE_MAPS", {"v4": CrtSigV4AsymAuth}):
            client = self.simulator.client()
            with self.assert_client_error("IncompleteSignature", 400):
                client.list_distributions()


class Tokens(PairsTest):
    def session(self):
        credentials = self.simulator.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="session")["Credentials"]
        return self.pairs_client(
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )

    def test_a_token_of_the_global_endpoint(self):
        """anomalyco/sst#5741."""
        self.session().describe_key_value_store(KvsARN=self.arn)
        self.simulator.control_request("PATCH", "/settings", {"version_1_tokens": True})
        session = self.session()
        with self.assert_client_error("AccessDeniedException", 403, "Authentication failed"):
            session.describe_key_value_store(KvsARN=self.arn)
        self.pairs.describe_key_value_store(KvsARN=self.arn)
        self.simulator.control_request("PATCH", "/settings", {"version_1_tokens": False})
        self.session().describe_key_value_store(KvsARN=self.arn)

    def test_an_expired_token(self):
        session = self.session()
        self.simulator.advance("1h")
        with self.assert_client_error("ExpiredTokenException", 403):
            session.describe_key_value_store(KvsARN=self.arn)


class Hosts(PairsTest):
    def host(self, account):
        return f"{account}.localhost:1"

    def test_the_account_in_front_of_the_host(self):
        self.assertEqual(self.send("GET", host=self.host(ACCOUNT))[0], 200)
        self.assertEqual(self.send("GET", host=self.host(OTHER_ACCOUNT))[:2], (403, "AccessDeniedException"))
        self.assertEqual(self.send("GET")[0], 200)
        self.simulator.control_request("PATCH", "/settings", {"require_account_host": True})
        self.assertEqual(self.send("GET")[:2], (403, "AccessDeniedException"))
        self.assertEqual(self.send("GET", host=self.host(ACCOUNT))[0], 200)
        self.describe()

    def test_a_store_of_another_account(self):
        client = self.pairs_client(account=OTHER_ACCOUNT)
        with self.assert_client_error("AccessDeniedException", 403, "not authorized"):
            client.describe_key_value_store(KvsARN=self.arn)
        self.assertEqual(self.simulator.journal()[-1]["operation"], f"{SERVICE}:DescribeKeyValueStore")
