"""The effect of each fault on the client and on the state."""

import http.client
import socket
import threading
import time

from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.parsers import ResponseParserError
from harness import OTHER_ACCOUNT, SimulatorTest, distribution_config
from raw_http import VERSION, Signer, create_identity, identity_body, send


class Faults(SimulatorTest):
    def count_distributions(self):
        return self.client.list_distributions()["DistributionList"]["Quantity"]

    def last_entry(self):
        """Return fault, committed and status of the newest journal entry."""
        entry = self.simulator.journal()[-1]
        return entry["fault"], entry["committed"], entry["status"]

    def test_a_reset_before_the_commit(self):
        self.simulator.inject_fault("CreateDistribution", "reset-before-commit")
        with self.assertRaises(ConnectionClosedError):
            self.create_distribution()
        self.assertEqual(self.last_entry(), ("reset-before-commit", False, None))
        self.assertEqual(self.count_distributions(), 0)

    def test_a_reset_after_the_commit(self):
        self.simulator.inject_fault("CreateDistribution", "reset-after-commit")
        with self.assertRaises(ConnectionClosedError):
            self.create_distribution()
        self.assertEqual(self.last_entry(), ("reset-after-commit", True, 201))
        with self.assert_client_error("DistributionAlreadyExists", 409):
            self.create_distribution()

    def test_a_reset_is_a_tcp_reset(self):
        self.simulator.inject_fault("*", "reset-before-commit")
        with self.assertRaises(ConnectionResetError):
            create_identity(self.simulator, identity_body())

    def test_a_timeout_with_and_without_commit(self):
        client = self.simulator.client(timeout=0.5)
        for committed, count in ((False, 0), (True, 1)):
            self.simulator.inject_fault("CreateDistribution", "timeout", committed=committed)
            with self.assertRaises(ReadTimeoutError):
                client.create_distribution(DistributionConfig=distribution_config())
            self.assertEqual(self.last_entry()[:2], ("timeout", committed))
            self.assertEqual(self.count_distributions(), count)

    def test_a_held_response_is_sent_after_its_release(self):
        self.simulator.inject_fault("CreateDistribution", "hold")
        responses = []
        thread = threading.Thread(target=lambda: responses.append(self.create_distribution()))
        thread.start()
        deadline = time.monotonic() + 20
        while self.simulator.control_request("GET", "/faults")["held"] == 0:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        self.assertEqual((self.last_entry(), self.count_distributions(), responses), (("hold", True, 201), 1, []))
        self.assertEqual(self.simulator.control_request("POST", "/faults/release"), {"released": 1})
        thread.join(20)
        self.assertEqual(responses[0]["ResponseMetadata"]["HTTPStatusCode"], 201)

    def test_a_body_is_truncated(self):
        self.simulator.inject_fault("CreateDistribution", "truncated-body")
        with self.assertRaises(ResponseParserError):
            self.create_distribution()
        self.assertEqual((self.last_entry(), self.count_distributions()), (("truncated-body", True, 201), 1))

    def test_a_body_can_be_truncated_at_any_byte(self):
        """Content-Length is the length of the complete body."""
        for at in (0, 1, 100):
            self.simulator.inject_fault("ListDistributions", "truncated-body", at=at)
            with self.assertRaises(http.client.IncompleteRead) as caught:
                send(self.simulator, "GET", VERSION + "/distribution")
            self.assertEqual(len(caught.exception.partial), at)

    def test_errors_with_and_without_commit(self):
        for status, code, committed in ((500, "InternalError", False), (503, "ServiceUnavailable", True)):
            before = self.count_distributions()
            self.simulator.inject_fault("CreateDistribution", "error", status=status, code=code, committed=committed)
            with self.assert_client_error(code, status):
                self.create_distribution(code)
            self.assertEqual(self.count_distributions(), before + committed)

    def test_throttling_has_status_400(self):
        """FACTS.md, errors: ansible community.aws#296. The standard retry mode of botocore retries it."""
        self.simulator.inject_fault(
            "ListDistributions", "error", status=400, code="Throttling", message="Rate exceeded", count=2
        )
        for _ in range(2):
            with self.assert_client_error("Throttling", 400, "Rate exceeded"):
                self.client.list_distributions()
        self.client.list_distributions()
        self.simulator.inject_fault("ListDistributions", "error", status=400, code="Throttling")
        self.simulator.client(attempts=2).list_distributions()

    def test_stale_reads_return_earlier_versions(self):
        first = self.create_distribution()
        id = first["Distribution"]["Id"]
        self.simulator.inject_fault("GetDistribution", "stale-read", lag=1)
        with self.assert_client_error("NoSuchDistribution", 404):
            self.client.get_distribution(Id=id)
        second = self.update_distribution(id, Enabled=False)
        self.simulator.inject_fault("GetDistribution", "stale-read", lag=1)
        self.assertEqual(self.client.get_distribution(Id=id)["ETag"], first["ETag"])
        self.assertEqual(self.client.get_distribution(Id=id)["ETag"], second["ETag"])
        self.simulator.advance("10m")
        self.client.delete_distribution(Id=id, IfMatch=second["ETag"])
        self.simulator.inject_fault("*", "stale-read", lag=1, count=2)
        self.assertEqual((self.client.get_distribution(Id=id)["ETag"], self.count_distributions()), (second["ETag"], 1))
        self.assertEqual(self.count_distributions(), 0)

    def test_a_redirect(self):
        self.simulator.inject_fault("ListDistributions", "redirect", status=301, location="http://169.254.169.254/")
        response = send(self.simulator, "GET", VERSION + "/distribution")
        self.assertEqual(
            (response.status, response.headers["location"], response.body), (301, "http://169.254.169.254/", b"")
        )

    def test_a_delay_comes_before_the_commit(self):
        self.simulator.inject_fault("CreateDistribution", "delay", milliseconds=60000)
        with self.assertRaises(ReadTimeoutError):
            self.simulator.client(timeout=0.3).create_distribution(DistributionConfig=distribution_config())
        self.assertEqual(self.count_distributions(), 0)

    def test_a_fault_applies_to_the_nth_request_a_count_and_an_account(self):
        self.simulator.inject_fault("ListDistributions", "error", status=500, code="A", nth=2, count=2)
        outcomes = []
        for _ in range(5):
            try:
                self.client.list_distributions()
                outcomes.append("ok")
            except ClientError as error:
                outcomes.append(error.response["Error"]["Code"])
        self.assertEqual(outcomes, ["ok", "A", "A", "ok", "ok"])
        self.simulator.inject_fault("*", "error", status=500, code="B", account=OTHER_ACCOUNT, count=9)
        self.client.list_distributions()
        with self.assert_client_error("B", 500):
            self.simulator.client(account=OTHER_ACCOUNT).list_distributions()

    def test_faults_can_be_removed(self):
        number = self.simulator.inject_fault("*", "hold")
        self.assertEqual(list(self.simulator.control_request("GET", "/faults")["waiting"]), [str(number)])
        self.assertEqual(self.simulator.control_request("DELETE", f"/faults/{number}"), {"removed": True})
        self.simulator.inject_fault("*", "hold")
        self.simulator.control_request("DELETE", "/faults")
        self.client.list_distributions()


class HostileBodies(SimulatorTest):
    def send_with_fault(self, body, method="GET", path=VERSION + "/distribution"):
        self.simulator.inject_fault("*", "hostile", body=body)
        return send(self.simulator, method, path)

    def test_bodies(self):
        original = send(self.simulator, "GET", VERSION + "/distribution")
        for body, expected in {
            "html": b"<!DOCTYPE html>",
            "entities": b"<!ENTITY l9",
            "wrong-root": b"<Surprise>",
            "empty": b"",
            "wrong-namespace": b"example.com/other",
            "wrong-quantity": b"<Quantity>7</Quantity>",
            "not-utf8": b"\xff\xfe",
            "duplicate-element": b"<Id>E0000000000000</Id>",
            "unknown-element": b"<Future>",
            "error-with-status200": b"<ErrorResponse",
            "deep": 10 * b"<Distribution>",
            "missing-element": b"<MaxItems>",
        }.items():
            response = self.send_with_fault(body)
            self.assertEqual(response.status, 200, body)
            self.assertIn(expected, response.body, body)
            self.assertNotEqual(response.body, original.body, body)
        self.assertNotIn(b"<Marker>", self.send_with_fault("missing-element").body)

    def test_headers(self):
        self.assertEqual(self.send_with_fault("false-gzip").headers["content-encoding"], "gzip")
        id = self.create_distribution()["Distribution"]["Id"]
        self.assertNotIn("etag", self.send_with_fault("missing-etag", path=f"{VERSION}/distribution/{id}").headers)

    def test_a_huge_body(self):
        self.assertGreater(len(self.send_with_fault("huge").body), 64 * 1024 * 1024)

    def test_a_slow_body(self):
        """The client receives the body in many chunks."""
        for number in range(20):
            self.create_distribution(str(number))
        self.simulator.inject_fault("ListDistributions", "hostile", body="drip")
        host, port = self.simulator.api.removeprefix("http://").split(":")
        headers = Signer().sign("GET", self.simulator.api + VERSION + "/distribution", b"")
        lines = [f"GET {VERSION}/distribution HTTP/1.1", f"Host: {host}:{port}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode())
            chunks = list(iter(lambda: connection.recv(1 << 20), b""))
        self.assertGreater(len(chunks), 10)
