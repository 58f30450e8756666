"""The STS operations that CloudFront clients need."""

import datetime

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from harness import ACCOUNT, KEYS, OTHER_ACCOUNT, SimulatorTest
from raw_http import Signer, send

ROLE = f"arn:aws:iam::{OTHER_ACCOUNT}:role/path/operator"


class Tokens(SimulatorTest):
    def setUp(self):
        super().setUp()
        # STS is regional and accepts signatures for any region (FACTS.md, credentials).
        self.sts = self.simulator.client("sts", region="eu-central-1")

    def client_with(self, credentials, service="cloudfront"):
        return self.simulator.client(
            service,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )

    def assume_role(self, **parameters):
        return self.sts.assume_role(RoleArn=ROLE, RoleSessionName="session", **parameters)

    def test_get_caller_identity(self):
        caller = self.sts.get_caller_identity()
        key = KEYS[ACCOUNT][0]
        self.assertEqual((caller["Account"], caller["Arn"]), (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/{key}"))
        self.assertEqual(self.simulator.journal()[-1]["operation"], "GetCallerIdentity")

    def test_a_role_acts_in_its_account(self):
        response = self.assume_role()
        arn = f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/operator/session"
        self.assertEqual(response["AssumedRoleUser"]["Arn"], arn)
        self.assertEqual(self.client_with(response["Credentials"], "sts").get_caller_identity()["Arn"], arn)
        self.client_with(response["Credentials"]).list_distributions()
        self.assertEqual(self.simulator.journal()[-1]["account"], OTHER_ACCOUNT)

    def test_a_session_expires_in_simulated_time(self):
        """FACTS.md, signatures: ExpiredToken."""
        credentials = self.assume_role(DurationSeconds=900)["Credentials"]
        lifetime = credentials["Expiration"] - datetime.datetime.now(datetime.UTC)
        self.assertAlmostEqual(lifetime.total_seconds(), 900, delta=60)
        client = self.client_with(credentials)
        client.list_distributions()
        self.simulator.advance("15m")
        with self.assert_client_error("ExpiredToken", 403, "The security token included in the request is expired"):
            client.list_distributions()

    def test_an_external_id_can_be_required(self):
        """FACTS.md, credentials: AssumeRole sends an external ID."""
        self.simulator.control_request("POST", "/roles", {"arn": ROLE, "external_id": "ext-1"})
        for parameters in ({}, {"ExternalId": "ext-2"}):
            with self.assert_client_error("AccessDenied", 403, "is not authorized to perform: sts:AssumeRole"):
                self.assume_role(**parameters)
        self.assume_role(ExternalId="ext-1")
        self.simulator.control_request("POST", "/roles", {"arn": ROLE, "denied": True})
        with self.assert_client_error("AccessDenied", 403):
            self.assume_role(ExternalId="ext-1")

    def test_a_web_identity_needs_no_signature(self):
        """FACTS.md, credentials: an unsigned form, in which the trailing newline of the token is sent as %0A."""
        unsigned_client = boto3.client(
            "sts",
            endpoint_url=self.simulator.api,
            region_name="eu-central-1",
            config=Config(signature_version=UNSIGNED),
        )
        response = unsigned_client.assume_role_with_web_identity(
            RoleArn=ROLE, RoleSessionName="pod", WebIdentityToken="token\n"
        )
        self.client_with(response["Credentials"]).list_distributions()
        with self.assert_client_error("InvalidIdentityToken", 400):
            unsigned_client.assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="pod", WebIdentityToken="    ")

    def test_invalid_requests(self):
        with self.assert_client_error("ValidationError", 400):
            self.sts.assume_role(RoleArn="arn:aws:iam::1:role/too-short", RoleSessionName="session")
        with self.assert_client_error("ValidationError", 400):
            self.assume_role(DurationSeconds=10**6)
        with self.assert_client_error("InvalidAction", 400):
            self.sts.get_session_token()

    def test_a_signature_for_cloudfront_is_not_valid_for_sts(self):
        body = b"Action=GetCallerIdentity&Version=2011-06-15"
        response = send(self.simulator, "POST", "/", body, signer=Signer(service="cloudfront"))
        self.assertEqual((response.status, response.code), (403, "SignatureDoesNotMatch"))

    def test_faults_apply_to_sts(self):
        self.simulator.inject_fault("AssumeRole", "error", status=400, code="Throttling", message="Rate exceeded")
        with self.assert_client_error("Throttling", 400):
            self.assume_role()
        self.assume_role()
