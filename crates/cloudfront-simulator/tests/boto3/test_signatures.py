"""Verification of signatures by botocore's signer."""

import datetime
import threading
from unittest import mock

from harness import KEYS, OTHER_ACCOUNT, SimulatorTest
from raw_http import VERSION, Signer, create_identity, identity_body, send

LIST = VERSION + "/distribution"


class Signatures(SimulatorTest):
    def get(self, path=LIST, **options):
        return send(self.simulator, "GET", path, **options)

    def assert_error(self, response, code, status=403, message=""):
        self.assertEqual((response.status, response.code), (status, code), response.body)
        self.assertIn(message, response.message)

    def test_requests_that_botocore_signs_are_accepted(self):
        query = "?Resource=arn%3Aaws%3Acloudfront%3A%3A111122223333%3Adistribution%2FE1&z=%20a%2Bb&a=%C3%BC&flag"
        for path in (LIST, LIST + "?MaxItems=2&Marker=E%2F1", VERSION + "/tagging" + query):
            self.assertNotEqual(self.get(path).status, 403, path)
        encoded = VERSION + "/distributionsByWebACLId/arn%3Aaws%3Awafv2%3Aus-east-1%3A1%3Aglobal%2Fx%20y"
        self.assertEqual(self.get(encoded).status, 200)

    def test_headers_with_repeated_spaces_are_accepted(self):
        signer = Signer(headers={"X-Amz-Meta": "  a   b  ", "If-Match": "x"})
        self.assertEqual(self.get(signer=signer).status, 200)

    def test_a_changed_request_is_rejected(self):
        signed = Signer().sign("GET", self.simulator.api + LIST, b"")
        for path in (LIST + "?MaxItems=1", VERSION + "/streaming-distribution"):
            response = self.get(path, change_headers=lambda _: dict(signed))
            self.assert_error(response, "SignatureDoesNotMatch", message="does not match the signature you provided")
        body = Signer().sign(
            "POST", f"{self.simulator.api}{VERSION}/origin-access-identity/cloudfront", identity_body()
        )
        response = create_identity(
            self.simulator, identity_body().replace(b">c<", b">d<"), change_headers=lambda _: body
        )
        self.assert_error(response, "SignatureDoesNotMatch")

    def test_a_wrong_secret_is_rejected(self):
        self.assert_error(self.get(signer=Signer(secret="wrong")), "SignatureDoesNotMatch")

    def test_an_unknown_key_is_rejected(self):
        self.assert_error(self.get(signer=Signer(key="AKIAUNKNOWN")), "InvalidClientTokenId")

    def test_an_unexpected_session_token_is_rejected(self):
        self.assert_error(self.get(signer=Signer(token="token")), "InvalidClientTokenId")

    def test_the_scope_must_be_that_of_cloudfront(self):
        """FACTS.md, requests: service cloudfront and region us-east-1, for all regions of the caller."""
        self.assert_error(self.get(signer=Signer(service="s3")), "SignatureDoesNotMatch", message="'cloudfront'")
        self.assert_error(self.get(signer=Signer(region="eu-west-1")), "SignatureDoesNotMatch", message="'eu-west-1'")

    def test_a_missing_or_incomplete_signature_is_rejected(self):
        def without_signature(headers):
            return {name: value for name, value in headers.items() if name != "Authorization"}

        def with_incomplete_signature(headers):
            return {**headers, "Authorization": "AWS4-HMAC-SHA256 Credential=x"}

        self.assert_error(self.get(change_headers=without_signature), "MissingAuthenticationToken")
        self.assert_error(self.get(change_headers=with_incomplete_signature), "IncompleteSignature", 400)

    def get_signed_at(self, offset):
        time = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=offset)
        with mock.patch("botocore.auth.get_current_datetime", lambda remove_tzinfo=True: time.replace(tzinfo=None)):
            signed = Signer().sign("GET", self.simulator.api + LIST, b"")
        return self.get(change_headers=lambda _: signed)

    def test_the_tolerated_clock_skew_is_five_minutes(self):
        """FACTS.md, signatures: the code for a skewed clock is unknown, so it is a switch."""
        for seconds in (-280, 280):
            self.assertEqual(self.get_signed_at(seconds).status, 200)
        for seconds in (-330, 330):
            self.assert_error(self.get_signed_at(seconds), "SignatureDoesNotMatch", message="5 min")
        self.simulator.set_switch("skew-is-request-time-too-skewed")
        self.assert_error(self.get_signed_at(330), "RequestTimeTooSkewed")

    def test_advancing_the_clock_does_not_affect_signatures(self):
        self.simulator.advance("2h")
        self.assertEqual(self.get().status, 200)

    def test_the_clock_of_the_server_can_be_skewed(self):
        self.simulator.control_request("PATCH", "/settings", {"signing_skew_seconds": -360})
        self.assert_error(self.get(), "SignatureDoesNotMatch")

    def test_keys_can_be_added_and_revoked(self):
        signer = Signer(key="AKIANEW", secret="new")
        self.simulator.control_request(
            "POST", "/credentials", {"access_key": "AKIANEW", "secret_key": "new", "account": OTHER_ACCOUNT}
        )
        self.assertEqual(self.get(signer=signer).status, 200)
        self.assertEqual(self.simulator.journal()[-1]["account"], OTHER_ACCOUNT)
        self.simulator.control_request("DELETE", "/credentials/AKIANEW")
        self.assert_error(self.get(signer=signer), "InvalidClientTokenId")

    def test_rejected_requests_are_in_the_journal(self):
        self.get(signer=Signer(secret="wrong"))
        entry = self.simulator.journal()[-1]
        self.assertEqual(
            (entry["operation"], entry["status"], entry["code"]), ("ListDistributions", 403, "SignatureDoesNotMatch")
        )
        self.assertEqual((entry["access_key"], entry["account"]), (Signer().key, None))


class RateLimits(SimulatorTest):
    def test_an_account_that_exceeds_its_rate_is_throttled_and_others_are_not(self):
        """FACTS.md, errors: Throttling has status 400 and the message "Rate exceeded"."""
        self.simulator.control_request("PATCH", "/settings", {"rate_limit": 0.001})
        self.client.list_distributions()
        with self.assert_client_error("Throttling", 400, "Rate exceeded"):
            self.client.list_distributions()
        self.simulator.client(account=OTHER_ACCOUNT).list_distributions()
        self.simulator.control_request("PATCH", "/settings", {"rate_limit": 0})
        self.client.list_distributions()

    def test_the_journal_has_an_order_of_concurrent_requests(self):
        def send_requests():
            for _ in range(10):
                self.client.list_distributions()

        threads = [threading.Thread(target=send_requests) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([entry["sequence"] for entry in self.simulator.journal()], list(range(1, 81)))
        self.assertEqual({entry["access_key"] for entry in self.simulator.journal()}, {KEYS["111122223333"][0]})
