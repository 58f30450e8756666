"""Each fault does what it says, to the client and to the state."""

import http.client
import socket
import threading
import time

from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.parsers import ResponseParserError
from harness import OTHER_ACCOUNT, SimulatorTest, config
from raw_http import VERSION, Signer, create_identity, identity, send


class Faults(SimulatorTest):
    def count(self):
        return self.client.list_distributions()["DistributionList"]["Quantity"]

    def last(self):
        """The newest journal entry: fault, committed, status."""
        entry = self.simulator.journal()[-1]
        return entry["fault"], entry["committed"], entry["status"]

    def test_a_reset_before_the_commit(self):
        self.simulator.fault("CreateDistribution", "reset-before-commit")
        with self.assertRaises(ConnectionClosedError):
            self.create()
        self.assertEqual(self.last(), ("reset-before-commit", False, None))
        self.assertEqual(self.count(), 0)

    def test_a_reset_after_the_commit(self):
        self.simulator.fault("CreateDistribution", "reset-after-commit")
        with self.assertRaises(ConnectionClosedError):
            self.create()
        self.assertEqual(self.last(), ("reset-after-commit", True, 201))
        with self.refused("DistributionAlreadyExists", 409):
            self.create()

    def test_a_reset_is_a_tcp_reset(self):
        self.simulator.fault("*", "reset-before-commit")
        with self.assertRaises(ConnectionResetError):
            create_identity(self.simulator, identity())

    def test_a_time_out_without_effect_and_with(self):
        impatient = self.simulator.client(timeout=0.5)
        for committed, count in ((False, 0), (True, 1)):
            self.simulator.fault("CreateDistribution", "timeout", committed=committed)
            with self.assertRaises(ReadTimeoutError):
                impatient.create_distribution(DistributionConfig=config())
            self.assertEqual(self.last()[:2], ("timeout", committed))
            self.assertEqual(self.count(), count)

    def test_a_held_answer_comes_when_it_is_released(self):
        self.simulator.fault("CreateDistribution", "hold")
        answers = []
        waiting = threading.Thread(target=lambda: answers.append(self.create()))
        waiting.start()
        deadline = time.monotonic() + 20
        while self.simulator.call("GET", "/faults")["held"] == 0:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        self.assertEqual((self.last(), self.count(), answers), (("hold", True, 201), 1, []))
        self.assertEqual(self.simulator.call("POST", "/faults/release"), {"released": 1})
        waiting.join(20)
        self.assertEqual(answers[0]["ResponseMetadata"]["HTTPStatusCode"], 201)

    def test_a_body_is_cut(self):
        self.simulator.fault("CreateDistribution", "truncated-body")
        with self.assertRaises(ResponseParserError):
            self.create()
        self.assertEqual((self.last(), self.count()), (("truncated-body", True, 201), 1))

    def test_a_body_is_cut_at_any_byte(self):
        """The length announced is the whole one."""
        for at in (0, 1, 100):
            self.simulator.fault("ListDistributions", "truncated-body", at=at)
            with self.assertRaises(http.client.IncompleteRead) as caught:
                send(self.simulator, "GET", VERSION + "/distribution")
            self.assertEqual(len(caught.exception.partial), at)

    def test_errors_without_effect_and_with(self):
        for status, code, committed in ((500, "InternalError", False), (503, "ServiceUnavailable", True)):
            before = self.count()
            self.simulator.fault("CreateDistribution", "error", status=status, code=code, committed=committed)
            with self.refused(code, status):
                self.create(code)
            self.assertEqual(self.count(), before + committed)

    def test_throttling_is_a_400(self):
        """FACTS.md, errors: ansible community.aws#296; botocore's standard mode retries it."""
        self.simulator.fault(
            "ListDistributions", "error", status=400, code="Throttling", message="Rate exceeded", count=2
        )
        for _ in range(2):
            with self.refused("Throttling", 400, "Rate exceeded"):
                self.client.list_distributions()
        self.client.list_distributions()
        self.simulator.fault("ListDistributions", "error", status=400, code="Throttling")
        self.simulator.client(attempts=2).list_distributions()

    def test_reads_lag_behind_writes(self):
        first = self.create()
        id = first["Distribution"]["Id"]
        self.simulator.fault("GetDistribution", "stale-read", lag=1)
        with self.refused("NoSuchDistribution", 404):
            self.client.get_distribution(Id=id)
        second = self.update(id, Enabled=False)
        self.simulator.fault("GetDistribution", "stale-read", lag=1)
        self.assertEqual(self.client.get_distribution(Id=id)["ETag"], first["ETag"])
        self.assertEqual(self.client.get_distribution(Id=id)["ETag"], second["ETag"])
        self.simulator.advance("10m")
        self.client.delete_distribution(Id=id, IfMatch=second["ETag"])
        self.simulator.fault("*", "stale-read", lag=1, count=2)
        self.assertEqual((self.client.get_distribution(Id=id)["ETag"], self.count()), (second["ETag"], 1))
        self.assertEqual(self.count(), 0)

    def test_a_redirect_leads_elsewhere(self):
        self.simulator.fault("ListDistributions", "redirect", status=301, location="http://169.254.169.254/")
        answer = send(self.simulator, "GET", VERSION + "/distribution")
        self.assertEqual(
            (answer.status, answer.headers["location"], answer.body), (301, "http://169.254.169.254/", b"")
        )

    def test_a_delay_comes_before_the_commit(self):
        self.simulator.fault("CreateDistribution", "delay", milliseconds=60000)
        with self.assertRaises(ReadTimeoutError):
            self.simulator.client(timeout=0.3).create_distribution(DistributionConfig=config())
        self.assertEqual(self.count(), 0)

    def test_a_fault_is_addressed_by_call_count_and_account(self):
        self.simulator.fault("ListDistributions", "error", status=500, code="A", nth=2, count=2)
        outcomes = []
        for _ in range(5):
            try:
                self.client.list_distributions()
                outcomes.append("ok")
            except ClientError as error:
                outcomes.append(error.response["Error"]["Code"])
        self.assertEqual(outcomes, ["ok", "A", "A", "ok", "ok"])
        self.simulator.fault("*", "error", status=500, code="B", account=OTHER_ACCOUNT, count=9)
        self.client.list_distributions()
        with self.refused("B", 500):
            self.simulator.client(account=OTHER_ACCOUNT).list_distributions()

    def test_faults_can_be_removed(self):
        number = self.simulator.fault("*", "hold")
        self.assertEqual(list(self.simulator.call("GET", "/faults")["waiting"]), [str(number)])
        self.assertEqual(self.simulator.call("DELETE", f"/faults/{number}"), {"removed": True})
        self.simulator.fault("*", "hold")
        self.simulator.call("DELETE", "/faults")
        self.client.list_distributions()


class HostileBodies(SimulatorTest):
    def spoiled(self, body, method="GET", path=VERSION + "/distribution"):
        self.simulator.fault("*", "hostile", body=body)
        return send(self.simulator, method, path)

    def test_each_is_what_it_says(self):
        plain = send(self.simulator, "GET", VERSION + "/distribution")
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
            answer = self.spoiled(body)
            self.assertEqual(answer.status, 200, body)
            self.assertIn(expected, answer.body, body)
            self.assertNotEqual(answer.body, plain.body, body)
        self.assertNotIn(b"<Marker>", self.spoiled("missing-element").body)

    def test_headers_can_lie_or_lack(self):
        self.assertEqual(self.spoiled("false-gzip").headers["content-encoding"], "gzip")
        id = self.create()["Distribution"]["Id"]
        self.assertNotIn("etag", self.spoiled("missing-etag", path=f"{VERSION}/distribution/{id}").headers)

    def test_a_body_can_be_huge(self):
        self.assertGreater(len(self.spoiled("huge").body), 64 * 1024 * 1024)

    def test_a_body_can_drip(self):
        """The first bytes are there before the last have been sent."""
        for number in range(20):
            self.create(str(number))
        self.simulator.fault("ListDistributions", "hostile", body="drip")
        host, port = self.simulator.api.removeprefix("http://").split(":")
        headers = Signer().sign("GET", self.simulator.api + VERSION + "/distribution", b"")
        lines = [f"GET {VERSION}/distribution HTTP/1.1", f"Host: {host}:{port}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode())
            pieces = list(iter(lambda: connection.recv(1 << 20), b""))
        self.assertGreater(len(pieces), 10)
