"""Signatures, judged against botocore's signer."""

import datetime
import threading
from unittest import mock

from harness import KEYS, OTHER_ACCOUNT, SimulatorTest
from raw_http import VERSION, Signer, create_identity, identity, send

LIST = VERSION + "/distribution"


class Signatures(SimulatorTest):
    def get(self, path=LIST, **more):
        return send(self.simulator, "GET", path, **more)

    def assert_refused(self, answer, code, status=403, message=""):
        self.assertEqual((answer.status, answer.code), (status, code), answer.body)
        self.assertIn(message, answer.message)

    def test_what_botocore_signs_is_accepted(self):
        odd = "?Resource=arn%3Aaws%3Acloudfront%3A%3A111122223333%3Adistribution%2FE1&z=%20a%2Bb&a=%C3%BC&flag"
        for path in (LIST, LIST + "?MaxItems=2&Marker=E%2F1", VERSION + "/tagging" + odd):
            self.assertNotEqual(self.get(path).status, 403, path)
        encoded = VERSION + "/distributionsByWebACLId/arn%3Aaws%3Awafv2%3Aus-east-1%3A1%3Aglobal%2Fx%20y"
        self.assertEqual(self.get(encoded).status, 200)

    def test_headers_with_odd_spaces_are_accepted(self):
        signer = Signer(headers={"X-Amz-Meta": "  a   b  ", "If-Match": "x"})
        self.assertEqual(self.get(signer=signer).status, 200)

    def test_an_altered_request_is_refused(self):
        signed = Signer().sign("GET", self.simulator.api + LIST, b"")
        for path in (LIST + "?MaxItems=1", VERSION + "/streaming-distribution"):
            answer = self.get(path, alter=lambda _: dict(signed))
            self.assert_refused(answer, "SignatureDoesNotMatch", message="does not match the signature you provided")
        body = Signer().sign("POST", f"{self.simulator.api}{VERSION}/origin-access-identity/cloudfront", identity())
        answer = create_identity(self.simulator, identity().replace(b">c<", b">d<"), alter=lambda _: body)
        self.assert_refused(answer, "SignatureDoesNotMatch")

    def test_a_wrong_secret_is_refused(self):
        self.assert_refused(self.get(signer=Signer(secret="wrong")), "SignatureDoesNotMatch")

    def test_an_unknown_key_is_refused(self):
        self.assert_refused(self.get(signer=Signer(key="AKIAUNKNOWN")), "InvalidClientTokenId")

    def test_a_foreign_session_token_is_refused(self):
        self.assert_refused(self.get(signer=Signer(token="token")), "InvalidClientTokenId")

    def test_the_scope_must_be_cloudfronts(self):
        """FACTS.md, requests: service cloudfront, region us-east-1 whatever the caller's region."""
        self.assert_refused(self.get(signer=Signer(service="s3")), "SignatureDoesNotMatch", message="'cloudfront'")
        self.assert_refused(self.get(signer=Signer(region="eu-west-1")), "SignatureDoesNotMatch", message="'eu-west-1'")

    def test_requests_without_a_signature(self):
        def without(headers):
            return {name: value for name, value in headers.items() if name != "Authorization"}

        def broken(headers):
            return {**headers, "Authorization": "AWS4-HMAC-SHA256 Credential=x"}

        self.assert_refused(self.get(alter=without), "MissingAuthenticationToken")
        self.assert_refused(self.get(alter=broken), "IncompleteSignature", 400)

    def signed_at(self, offset):
        moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=offset)
        with mock.patch("botocore.auth.get_current_datetime", lambda remove_tzinfo=True: moment.replace(tzinfo=None)):
            signed = Signer().sign("GET", self.simulator.api + LIST, b"")
        return self.get(alter=lambda _: signed)

    def test_a_signature_is_good_for_five_minutes_either_way(self):
        """FACTS.md, signatures; the code of a skewed clock is not established: a switch."""
        for seconds in (-280, 280):
            self.assertEqual(self.signed_at(seconds).status, 200)
        for seconds in (-330, 330):
            self.assert_refused(self.signed_at(seconds), "SignatureDoesNotMatch", message="5 min")
        self.simulator.switch("skew-is-request-time-too-skewed")
        self.assert_refused(self.signed_at(330), "RequestTimeTooSkewed")

    def test_advancing_the_simulation_does_not_age_signatures(self):
        self.simulator.advance("2h")
        self.assertEqual(self.get().status, 200)

    def test_the_servers_clock_can_be_wrong(self):
        self.simulator.call("PATCH", "/settings", {"signing_skew_seconds": -360})
        self.assert_refused(self.get(), "SignatureDoesNotMatch")

    def test_keys_can_be_added_and_revoked(self):
        signer = Signer(key="AKIANEW", secret="new")
        self.simulator.call(
            "POST", "/credentials", {"access_key": "AKIANEW", "secret_key": "new", "account": OTHER_ACCOUNT}
        )
        self.assertEqual(self.get(signer=signer).status, 200)
        self.assertEqual(self.simulator.journal()[-1]["account"], OTHER_ACCOUNT)
        self.simulator.call("DELETE", "/credentials/AKIANEW")
        self.assert_refused(self.get(signer=signer), "InvalidClientTokenId")

    def test_refused_requests_are_in_the_journal_too(self):
        self.get(signer=Signer(secret="wrong"))
        entry = self.simulator.journal()[-1]
        self.assertEqual(
            (entry["operation"], entry["status"], entry["code"]), ("ListDistributions", 403, "SignatureDoesNotMatch")
        )
        self.assertEqual((entry["access_key"], entry["account"]), (Signer().key, None))


class Rates(SimulatorTest):
    def test_an_account_beyond_its_rate_is_throttled_and_others_are_not(self):
        """FACTS.md, errors: Throttling is a 400 with "Rate exceeded"."""
        self.simulator.call("PATCH", "/settings", {"rate_limit": 0.001})
        self.client.list_distributions()
        with self.refused("Throttling", 400, "Rate exceeded"):
            self.client.list_distributions()
        self.simulator.client(account=OTHER_ACCOUNT).list_distributions()
        self.simulator.call("PATCH", "/settings", {"rate_limit": 0})
        self.client.list_distributions()

    def test_the_journal_orders_concurrent_requests(self):
        def work():
            for _ in range(10):
                self.client.list_distributions()

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([entry["sequence"] for entry in self.simulator.journal()], list(range(1, 81)))
        self.assertEqual({entry["access_key"] for entry in self.simulator.journal()}, {KEYS["111122223333"][0]})
