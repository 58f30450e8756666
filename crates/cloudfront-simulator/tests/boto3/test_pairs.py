"""Key-value pairs (FACTS.md, key-value pairs)."""

import datetime
import json

from harness import OTHER_ACCOUNT, Simulator
from pairs import FIRST, MODEL, SECOND, SERVICE, STALE, THIRD, PairsTest

QUOTAS = "ServiceQuotaExceededException."


class Operations(PairsTest):
    """Every operation, and every error code."""

    # Codes of the model that no request raises, with the reason.
    NEVER_RAISED = {"InternalServerException": "only a fault does"}

    def test_every_operation(self):
        first = self.describe()
        self.assertEqual((first["ETag"], first["ItemCount"], first["TotalSizeInBytes"]), (FIRST, 0, 0))
        self.assertEqual((first["KvsARN"], first["Status"]), (self.arn, "READY"))
        self.assertEqual(first["LastModified"], first["Created"])
        self.assertNotIn("FailureReason", first)
        written = self.put("/old path", "/nëw", FIRST)
        self.assertEqual((written["ETag"], written["ItemCount"], written["TotalSizeInBytes"]), (SECOND, 1, 14))
        read = self.pairs.get_key(KvsARN=self.arn, Key="/old path")
        counts = {"ItemCount": 1, "TotalSizeInBytes": 14}
        self.assertLessEqual({"Key": "/old path", "Value": "/nëw", **counts}.items(), read.items())
        updated = self.update({"a": "1", "b": "2", "/old path": "3"}, etag=SECOND)
        self.assertEqual((updated["ETag"], updated["ItemCount"]), (THIRD, 3))
        self.assertEqual(self.items(), {"/old path": "3", "a": "1", "b": "2"})
        replaced = self.update({"a": "9"}, ["b", "/old path"])
        self.assertEqual((replaced["ItemCount"], replaced["TotalSizeInBytes"]), (1, 2))
        self.assertEqual(self.delete("a")["ItemCount"], 0)
        self.assertEqual(self.items(), {})
        last = self.describe()
        self.assertGreater(last["LastModified"], last["Created"])
        self.check_codes()
        self.check_coverage()

    def calls(self, **parameters):
        """Return a call of each operation, with other parameters."""
        arn, etag = {"KvsARN": self.arn, **parameters}, {"IfMatch": self.simulator_etag}
        return {
            "DescribeKeyValueStore": lambda: self.pairs.describe_key_value_store(**arn),
            "ListKeys": lambda: self.pairs.list_keys(**arn),
            "GetKey": lambda: self.pairs.get_key(**{"Key": "k", **arn}),
            "PutKey": lambda: self.pairs.put_key(**{"Key": "k", "Value": "v", **etag, **arn}),
            "DeleteKey": lambda: self.pairs.delete_key(**{"Key": "k", **etag, **arn}),
            "UpdateKeys": lambda: self.pairs.update_keys(**{"Puts": [{"Key": "k", "Value": "v"}], **etag, **arn}),
        }

    def check_codes(self):
        self.simulator_etag = self.put("k", "v")["ETag"]
        self.check_all("ResourceNotFoundException", 404, KvsARN=self.arn[:-12] + "000000000000")
        self.check_all("AccessDeniedException", 403, KvsARN=self.arn.replace("111122223333", OTHER_ACCOUNT))
        for call in ("PutKey", "DeleteKey", "UpdateKeys"):
            with self.assert_client_error("ValidationException", 400, STALE):
                self.calls(IfMatch=FIRST)[call]()
        with self.assert_client_error("ValidationException", 400):
            self.pairs.list_keys(KvsARN=self.arn, NextToken="?")
        self.simulator.set_quota(QUOTAS + "storeBytes", 1)
        for call in ("PutKey", "UpdateKeys"):
            with self.assert_client_error("ServiceQuotaExceededException", 402, "Limit exceeded: Maximum size of a key"):
                self.calls()[call]()
        self.simulator.set_quota(QUOTAS + "keyBytes", 0)
        with self.assert_client_error("ServiceQuotaExceededException", 402):
            self.calls()["DeleteKey"]()
        self.simulator.set_switch("unready-store-is-conflict")
        self.simulator.edit("s0", "set", path="Status", value="FAILED")
        self.check_all("ConflictException", 409, "Key-Value-Store was not in expected state")

    def check_all(self, code, status, message="", **parameters):
        for call in self.calls(**parameters).values():
            with self.assert_client_error(code, status, message):
                call()

    def check_coverage(self):
        """Assert that every operation succeeded and returned every code of the model that it can raise."""
        seen = {(entry["operation"], entry["code"]) for entry in self.simulator.journal()}
        expected = {
            (f"{SERVICE}:{name}", code)
            for name, operation in MODEL.items()
            for code in [None, *operation["errors"]]
            if code not in self.NEVER_RAISED
        }
        self.assertEqual(sorted(expected - seen, key=str), [])
        in_model = sum(len(operation["errors"]) for operation in MODEL.values())
        print(f"{SERVICE}: {len(MODEL)} operations, {len(expected) - len(MODEL)} of {in_model} codes")


class Writes(PairsTest):
    def test_a_batch_is_applied_completely_or_not_at_all(self):
        self.put("a", "1")
        etag = self.etag()
        with self.assert_client_error("ServiceQuotaExceededException", 402, "Maximum size of the value"):
            self.update({"a": "2", "b": "x" * 1025})
        with self.assert_client_error("ResourceNotFoundException", 404):
            self.update({"a": "2"}, ["absent"])
        self.assertEqual((self.items(), self.etag()), ({"a": "1"}, etag))

    def test_limits(self):
        """Sizes are in bytes, and the model allows longer keys than the quota."""
        self.put("é" * 256, "v" * 1024)
        self.put("k", "")
        for key, value, limited in (("é" * 256 + "x", "v", "the key"), ("k", "é" * 512 + "x", "the value")):
            with self.assert_client_error("ServiceQuotaExceededException", 402, f"Limit exceeded: Maximum size of {limited}"):
                self.put(key, value)
        with self.assert_client_error("ValidationException", 400, "less than or equal to 1024"):
            self.put("k" * 1025, "v")
        self.update({f"k{number}": "v" for number in range(50)})
        with self.assert_client_error("ServiceQuotaExceededException", 402, "Maximum number of key value pairs"):
            self.update({f"k{number}": "v" for number in range(51)})
        with self.assert_client_error("ServiceQuotaExceededException", 402, "Maximum number of key value pairs"):
            self.update({f"k{number}": "v" for number in range(26)}, [f"k{number}" for number in range(26, 52)])

    def test_a_batch_and_a_store_have_a_maximum_size(self):
        self.simulator.set_quota(QUOTAS + "valueBytes", 4_000_000)
        size = 3 * 1024 * 1024
        self.update({"a": "x" * (size - 1)})
        with self.assert_client_error("ServiceQuotaExceededException", 402, "Maximum size of the key value pairs"):
            self.update({"a": "x" * size})
        with self.assert_client_error("ServiceQuotaExceededException", 402, "Maximum size of a key value store"):
            self.update({"b": "x" * (size - 1)})
        self.update({"b": "x" * (2 * 1024 * 1024 - 1)})
        self.assertEqual(self.describe()["TotalSizeInBytes"], 5 * 1024 * 1024)

    def test_a_body_has_the_form_of_the_model(self):
        def check(method, path, body, *messages):
            headers = {"Content-Type": "application/json", "If-Match": FIRST}
            status, code, content = self.send(method, path, body, headers)
            self.assertEqual((status, code), (400, "ValidationException"))
            for message in messages:
                self.assertIn(message, content["Message"])

        check("POST", "/keys", b"{", "not valid JSON")
        check("POST", "/keys", b"[]", "body")
        check("POST", "/keys", b'{"Puts":null}', "neither Puts nor Deletes")
        check("POST", "/keys", b'{"Puts":[{"Key":"k"}]}', "1 validation error", "body.Puts.1.member.Value", "not be null")
        check("POST", "/keys", b'{"Puts":{}, "Deletes":[1]}', "2 validation errors", "body.Deletes.1.member")
        check("POST", "/keys", b'{"Puts":[{"Key":"","Value":"v"}]}', "greater than or equal to 1")
        check("PUT", "/keys/k", b'{"Value":1}', "body.Value")
        check("PUT", "/keys/k", b'{"Value":"secret","Other":"secret"}', "body.Other")
        self.simulator.set_switch("tolerate-unknown-elements")
        headers = {"Content-Type": "application/json", "If-Match": FIRST}
        self.assertEqual(self.send("PUT", "/keys/k", b'{"Value":"v","Other":1}', headers)[0], 200)

    def test_a_write_needs_an_entity_tag_of_the_pairs(self):
        status, code, _ = self.send("DELETE", "/keys/k")
        self.assertEqual((status, code), (400, "ValidationException"))
        other = self.client.describe_key_value_store(Name="s0")["ETag"]
        with self.assert_client_error("ValidationException", 400, STALE):
            self.put("k", "v", other)
        self.put("k", "v", f'"{FIRST}"')
        with self.assert_client_error("PreconditionFailed", 412):
            self.client.delete_key_value_store(Name="s0", IfMatch="E1F83G8C2ARO7P")

    def test_an_unknown_operation(self):
        status, code, _ = self.send("POST", "/other")
        self.assertEqual((status, code), (404, "UnknownOperationException"))
        self.assertEqual(self.simulator.journal()[-1]["operation"], f"{SERVICE}:Unknown")


class Reads(PairsTest):
    def test_pages(self):
        for start in range(0, 120, 40):
            self.update({f"k{number:03}": str(number) for number in range(start, start + 40)})
        pages = list(self.pairs.get_paginator("list_keys").paginate(KvsARN=self.arn))
        self.assertEqual([len(page["Items"]) for page in pages], [10] * 12)
        self.assertNotIn("NextToken", pages[-1])
        keys = [item["Key"] for page in pages for item in page["Items"]]
        self.assertEqual(keys, [f"k{number:03}" for number in range(120)])
        page = self.pairs.list_keys(KvsARN=self.arn, MaxResults=50)
        self.assertEqual(len(page["Items"]), 50)
        last = self.pairs.list_keys(KvsARN=self.arn, MaxResults=50, NextToken=page["NextToken"])
        self.assertEqual(last["Items"][0]["Key"], "k050")
        for count in ("0", "51", "x"):
            self.assertEqual(self.send("GET", f"/keys?MaxResults={count}")[1], "ValidationException")

    def test_a_store_that_is_not_ready(self):
        self.arn = self.create_store("s1")
        self.assertEqual(self.describe()["Status"], "PROVISIONING")
        with self.assert_client_error("ConflictException", 409, "not in expected state"):
            self.items()
        with self.assert_client_error("ConflictException", 409):
            self.put("k", "v")
        self.simulator.edit("s1", "set", path="Status", value="IMPORT_FAILED")
        self.simulator.edit("s1", "set", path="FailureReason", value="The file is not valid.")
        described = self.describe()
        self.assertEqual((described["Status"], described["FailureReason"]), ("IMPORT_FAILED", "The file is not valid."))
        self.simulator.set_switch("unready-store-is-conflict")
        with self.assert_client_error("ConflictException", 409):
            self.describe()

    def test_a_deleted_store(self):
        """terraform-provider-aws: the description of a deleted store returns ConflictException."""
        self.put("k", "v")
        self.client.delete_key_value_store(Name="s0", IfMatch="E23ZP02F085DFQ")
        with self.assert_client_error("ConflictException", 409, "not in expected state"):
            self.describe()
        self.simulator.set_switch("deleted-store-is-not-found")
        with self.assert_client_error("ResourceNotFoundException", 404):
            self.describe()
        self.arn = self.create_store("s0")
        self.assertEqual((self.describe()["ItemCount"], self.etag()), (0, FIRST))

    def test_other_arns(self):
        own = self.arn
        for self.arn in ("nonsense", own.replace("key-value-store", "function"), own.replace("cloudfront", "s3")):
            self.assertEqual(self.send("GET")[:2], (404, "ResourceNotFoundException"))


class Switches(PairsTest):
    def test_a_key_twice_in_a_batch(self):
        with self.assert_client_error("ValidationException", 400, "more than once"):
            self.update({"a": "1"}, ["a"])
        self.simulator.set_switch("accept-repeated-keys")
        self.put("a", "0")
        self.update({"a": "1"}, ["a"])
        self.assertEqual(self.items(), {"a": "1"})

    def test_the_deletion_of_an_absent_key(self):
        for delete in (lambda: self.delete("a"), lambda: self.update(deletes=["a"])):
            with self.assert_client_error("ResourceNotFoundException", 404):
                delete()
        self.simulator.set_switch("accept-absent-keys")
        self.assertEqual((self.delete("a")["ETag"], self.update(deletes=["a"])["ETag"]), (SECOND, THIRD))

    def test_a_write_without_changes(self):
        self.put("a", "1")
        self.assertEqual(self.put("a", "1")["ETag"], THIRD)
        self.simulator.set_switch("ignore-identical-updates")
        self.assertEqual(self.put("a", "1")["ETag"], THIRD)
        self.assertFalse(self.simulator.journal()[-1]["committed"])

    def test_the_time_of_modification_of_the_store(self):
        def modified():
            response = self.client.describe_key_value_store(Name="s0")
            self.assertEqual(response["ETag"], "E23ZP02F085DFQ")
            return response["KeyValueStore"]["LastModifiedTime"]

        first = modified()
        self.put("a", "1")
        self.assertEqual(modified(), first)
        self.simulator.set_switch("pairs-change-stores")
        self.put("a", "2")
        self.assertGreater(modified() - first, datetime.timedelta(minutes=9))


class Control(PairsTest):
    """Edits, faults, the journal, the state and its file."""

    def test_another_writer(self):
        self.put("a", "1")
        self.simulator.edit("s0", "pairs", puts={"b": "2", "c": "3"}, deletes=["a"])
        self.assertEqual((self.items(), self.etag()), ({"b": "2", "c": "3"}, THIRD))
        with self.assert_client_error("ValidationException", 400, STALE):
            self.put("a", "1", SECOND)
        self.simulator.edit(self.arn, "pairs", deletes=["b"])
        self.assertEqual(self.items(), {"c": "3"})
        self.client.create_origin_access_control(
            OriginAccessControlConfig={
                "Name": "n",
                "SigningProtocol": "sigv4",
                "SigningBehavior": "always",
                "OriginAccessControlOriginType": "s3",
            }
        )
        control = self.client.list_origin_access_controls()["OriginAccessControlList"]["Items"][0]
        with self.assert_control_error("has no pairs"):
            self.simulator.edit(control["Id"], "pairs", puts={"a": "1"})

    def test_the_state_has_the_pairs(self):
        self.put("a", "1")
        (account,) = (a for a in self.simulator.control_request("GET", "/state")["accounts"].values() if a["key_value_stores"])
        (store,) = account["key_value_stores"]
        self.assertEqual((store["pairs"], store["pairs_etag"]), ({"a": "1"}, SECOND))

    def test_values_are_not_in_the_journal(self):
        value = "<CallerReference>confidential</CallerReference>"
        self.update({"a": value, "b": "confidential"})
        self.put("a", value)
        with self.assert_client_error("ServiceQuotaExceededException"):
            self.put("a", "confidential" * 100)
        self.send("PUT", "/keys/a", json.dumps({"Value": value, "confidential?": 1}).encode(), {"If-Match": self.etag()})
        self.get("a")
        self.assertNotIn("confidential", json.dumps(self.simulator.journal()))
        entry = self.simulator.journal()[-1]
        self.assertEqual((entry["operation"], entry["id"]), (f"{SERVICE}:GetKey", self.arn.split("/")[-1]))

    def test_operations_of_both_services_are_distinguished(self):
        self.simulator.inject_fault("DescribeKeyValueStore", "error", status=503, code="ServiceUnavailable")
        self.describe()
        with self.assert_client_error("ServiceUnavailable", 503):
            self.client.describe_key_value_store(Name="s0")
        self.simulator.inject_fault(f"{SERVICE}:DescribeKeyValueStore", "error", status=500, code="InternalServerException")
        self.client.describe_key_value_store(Name="s0")
        with self.assert_client_error("InternalServerException", 500):
            self.describe()
        self.simulator.inject_fault(f"{SERVICE}:*", "error", status=400, code="ThrottlingException", count=2)
        self.client.describe_key_value_store(Name="s0")
        for call in (self.describe, self.items):
            with self.assert_client_error("ThrottlingException", 400):
                call()

    def test_a_write_takes_effect_although_the_response_is_lost(self):
        self.simulator.inject_fault(f"{SERVICE}:PutKey", "reset-after-commit")
        with self.assertRaisesRegex(Exception, "Connection was closed|Connection reset|reset"):
            self.put("a", "1")
        self.assertEqual((self.get("a"), self.etag()), ("1", SECOND))

    def test_stale_reads(self):
        self.put("a", "1")
        self.update({"a": "2", "b": "2"})
        for call in (self.etag, lambda: self.get("a"), self.items):
            self.simulator.inject_fault(f"{SERVICE}:*", "stale-read", lag=1)
            self.assertIn(call(), (SECOND, "1", {"a": "1"}))
        self.assertEqual(self.items(), {"a": "2", "b": "2"})

    def test_malformed_responses(self):
        self.put("a", "1")
        self.simulator.inject_fault(f"{SERVICE}:GetKey", "without", element="Value")
        self.assertNotIn("Value", self.pairs.get_key(KvsARN=self.arn, Key="a"))
        self.simulator.inject_fault(f"{SERVICE}:DescribeKeyValueStore", "hostile", body="missing-etag")
        self.assertNotIn("ETag", self.describe())
        self.simulator.inject_fault(f"{SERVICE}:DescribeKeyValueStore", "hostile", body="wrong-quantity")
        self.assertEqual(self.describe()["ItemCount"], 7)

    def test_each_service_has_its_own_rate_limit(self):
        self.simulator.control_request("PATCH", "/settings", {"rate_limit": 0.001})
        self.describe()
        self.client.list_key_value_stores()
        with self.assert_client_error("ThrottlingException", 400):
            self.describe()

    def test_the_state_file_has_the_pairs(self):
        with self.state_file() as path:
            simulator = Simulator("--state", path)
            client = simulator.client()
            arn = client.create_key_value_store(Name="s")["KeyValueStore"]["ARN"]
            simulator.advance("10m")
            pairs = self.pairs_client(simulator)
            pairs.put_key(KvsARN=arn, Key="k", Value="v", IfMatch=FIRST)
            self.assertEqual(simulator.close(), 0)
            pairs = self.pairs_client(self.start("--state", path))
            self.assertEqual(pairs.get_key(KvsARN=arn, Key="k")["Value"], "v")
            self.assertEqual(pairs.describe_key_value_store(KvsARN=arn)["ETag"], SECOND)
