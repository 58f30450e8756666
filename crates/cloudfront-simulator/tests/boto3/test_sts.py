"""The calls of STS that clients of CloudFront make."""

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
        # STS is regional: any region signs (FACTS.md, credentials).
        self.sts = self.simulator.client("sts", region="eu-central-1")

    def session(self, credentials, service="cloudfront"):
        return self.simulator.client(
            service,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )

    def assume(self, **more):
        return self.sts.assume_role(RoleArn=ROLE, RoleSessionName="session", **more)

    def test_get_caller_identity(self):
        who = self.sts.get_caller_identity()
        key = KEYS[ACCOUNT][0]
        self.assertEqual((who["Account"], who["Arn"]), (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/{key}"))
        self.assertEqual(self.simulator.journal()[-1]["operation"], "GetCallerIdentity")

    def test_a_role_acts_in_its_account(self):
        answer = self.assume()
        arn = f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/operator/session"
        self.assertEqual(answer["AssumedRoleUser"]["Arn"], arn)
        self.assertEqual(self.session(answer["Credentials"], "sts").get_caller_identity()["Arn"], arn)
        self.session(answer["Credentials"]).list_distributions()
        self.assertEqual(self.simulator.journal()[-1]["account"], OTHER_ACCOUNT)

    def test_a_session_expires_by_the_simulations_clock(self):
        """FACTS.md, signatures: ExpiredToken."""
        credentials = self.assume(DurationSeconds=900)["Credentials"]
        left = credentials["Expiration"] - datetime.datetime.now(datetime.UTC)
        self.assertAlmostEqual(left.total_seconds(), 900, delta=60)
        client = self.session(credentials)
        client.list_distributions()
        self.simulator.advance("15m")
        with self.refused("ExpiredToken", 403, "The security token included in the request is expired"):
            client.list_distributions()

    def test_an_external_id_can_be_demanded(self):
        """FACTS.md, credentials: ExternalId travels."""
        self.simulator.call("POST", "/roles", {"arn": ROLE, "external_id": "ext-1"})
        for more in ({}, {"ExternalId": "ext-2"}):
            with self.refused("AccessDenied", 403, "is not authorized to perform: sts:AssumeRole"):
                self.assume(**more)
        self.assume(ExternalId="ext-1")
        self.simulator.call("POST", "/roles", {"arn": ROLE, "denied": True})
        with self.refused("AccessDenied", 403):
            self.assume(ExternalId="ext-1")

    def test_a_web_identity_needs_no_signature(self):
        """FACTS.md, credentials: an unsigned POST form; a trailing newline of the token file travels as %0A."""
        anonymous = boto3.client(
            "sts",
            endpoint_url=self.simulator.api,
            region_name="eu-central-1",
            config=Config(signature_version=UNSIGNED),
        )
        answer = anonymous.assume_role_with_web_identity(
            RoleArn=ROLE, RoleSessionName="pod", WebIdentityToken="token\n"
        )
        self.session(answer["Credentials"]).list_distributions()
        with self.refused("InvalidIdentityToken", 400):
            anonymous.assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="pod", WebIdentityToken="    ")

    def test_refusals(self):
        with self.refused("ValidationError", 400):
            self.sts.assume_role(RoleArn="arn:aws:iam::1:role/too-short", RoleSessionName="session")
        with self.refused("ValidationError", 400):
            self.assume(DurationSeconds=10**6)
        with self.refused("InvalidAction", 400):
            self.sts.get_session_token()

    def test_a_signature_for_cloudfront_is_none_for_sts(self):
        body = b"Action=GetCallerIdentity&Version=2011-06-15"
        answer = send(self.simulator, "POST", "/", body, signer=Signer(service="cloudfront"))
        self.assertEqual((answer.status, answer.code), (403, "SignatureDoesNotMatch"))

    def test_faults_reach_sts(self):
        self.simulator.fault("AssumeRole", "error", status=400, code="Throttling", message="Rate exceeded")
        with self.refused("Throttling", 400):
            self.assume()
        self.assume()
