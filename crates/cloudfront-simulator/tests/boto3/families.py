"""Tests of a family: every operation, and every error code of the service model that its table can raise."""

import json
import pathlib

from botocore import xform_name
from harness import SimulatorTest

MODEL = json.loads((pathlib.Path(__file__).parents[2] / "model/cloudfront.json").read_text())["operations"]

UNKNOWN_ETAG = "E000000000000X"

# Codes of the model that no table raises, with the reason.
NEVER_RAISED = {"AccessDenied": "the simulator has no IAM policies"}


class FamilyTest(SimulatorTest):
    """Steps that the tests of all families share. A subclass has the names and configurations of its family."""

    NAME = LIST = ""  # of a resource and of the list, as in GetOriginAccessControl and ListOriginAccessControls
    QUOTA = ""
    NOT_RAISED = {}
    LIST_PARAMETERS = {}
    ETAGS = ["E23ZP02F085DFQ", "ETVPDKIKX0DER", "E3UN6WX5RRO2AG"]
    UPDATED = ()  # the members of a flat update request

    def config(self, number=0, **members):
        raise NotImplementedError

    def call(self, verb, noun=None, **parameters):
        return getattr(self.client, xform_name(f"{verb}{self.NAME if noun is None else noun}"))(**parameters)

    def create(self, number=0, **members):
        return self.call("Create", **{self.config_name: self.config(number, **members)})

    def update(self, id, etag=None, config=None, **members):
        if_match = {"IfMatch": etag} if etag else {}
        return self.call("Update", Id=id, **if_match, **{self.config_name: config or {**self.config(), **members}})

    @property
    def config_name(self):
        return f"{self.NAME}Config"

    def id_of(self, response):
        return response[self.NAME]["Id"]

    def items(self, **parameters):
        return self.call("List", self.LIST, **parameters)[f"{self.NAME}List"].get("Items", [])

    def item_id(self, item):
        """Return the ID in a summary, which can be nested."""
        return item.get(self.NAME, item)["Id"]

    def check_lifecycle(self, change):
        """Create, read, list, update and delete a resource. Return the ID."""
        created = self.create()
        id, etag = self.id_of(created), created["ETag"]
        self.assertTrue(created["Location"].endswith(f"/{id}"))
        current = self.call("Get", Id=id)
        self.assertEqual((current[self.NAME], current["ETag"]), (created[self.NAME], etag))
        config = self.call("Get", f"{self.NAME}Config", Id=id)
        self.assertEqual((config[self.config_name], config["ETag"]), (created[self.NAME][self.config_name], etag))
        self.assertLessEqual(self.config().items(), config[self.config_name].items())
        self.assertIn(id, [self.item_id(item) for item in self.items()])
        self.check_preconditions(id)
        updated = self.update(id, etag, {**config[self.config_name], **change})
        self.assertLessEqual(change.items(), updated[self.NAME][self.config_name].items())
        self.assertNotEqual(etag, updated["ETag"])
        with self.assert_client_error("PreconditionFailed", 412):
            self.update(id, etag)
        with self.assert_client_error("PreconditionFailed", 412):
            self.call("Delete", Id=id, IfMatch=etag)
        self.simulator.edit(id, "set", path="Comment", value="from the console")
        last = self.call("Get", Id=id)["ETag"]
        if self.ETAGS:
            self.assertEqual([etag, updated["ETag"], last], self.ETAGS)
        self.call("Delete", Id=id, IfMatch=last)

    def check_preconditions(self, id):
        for parameters in ({}, {"IfMatch": "nonsense"}):
            with self.assert_client_error("InvalidIfMatchVersion", 400):
                self.call("Delete", Id=id, **parameters)
        with self.assert_client_error("InvalidIfMatchVersion", 400):
            self.update(id)

    def check_rejected(self, code, *changes, status=400, message=""):
        """Assert that a creation and an update with each change of members fail with this code."""
        created = self.create(900)
        id, etag = self.id_of(created), created["ETag"]
        for members in changes:
            with self.assert_client_error(code, status, message):
                self.create(901, **members)
            with self.assert_client_error(code, status, message):
                self.update(id, etag, self.config(900, **members))
        self.call("Delete", Id=id, IfMatch=etag)

    def check_missing(self, code):
        missing = {"Id": "ENOSUCH", "IfMatch": UNKNOWN_ETAG}
        for call in (
            lambda: self.call("Get", Id="ENOSUCH"),
            lambda: self.call("Get", f"{self.NAME}Config", Id="ENOSUCH"),
            lambda: self.update("ENOSUCH", UNKNOWN_ETAG),
            lambda: self.call("Delete", **missing),
        ):
            with self.assert_client_error(code, 404):
                call()

    def check_names(self, code, message=""):
        first, second = self.create(1), self.create(2)
        self.assertNotEqual(self.id_of(first), self.id_of(second))
        self.assertEqual(first["ETag"], second["ETag"])
        with self.assert_client_error(code, 409, message):
            self.create(1)
        with self.assert_client_error(code, 409):
            self.update(self.id_of(second), second["ETag"], self.config(1))
        self.update(self.id_of(second), second["ETag"], self.config(2))

    def check_pages(self, present=0):
        """Create resources up to 101, and read them in pages. `present` resources exist already."""
        self.simulator.set_quota(self.QUOTA, 1_000)
        for number in range(101 - present):
            self.create(1_000 + number)
        pages = list(self.pages())
        ids = [self.item_id(item) for page in pages for item in page[f"{self.NAME}List"]["Items"]]
        self.assertEqual(([len(page[f"{self.NAME}List"]["Items"]) for page in pages], len(set(ids))), ([100, 1], 101))
        with self.assert_client_error("InvalidArgument", 400):
            self.call("List", self.LIST, MaxItems="x")

    def pages(self):
        """Read the pages, with botocore's paginator if it has one."""
        method = xform_name(f"List{self.LIST}")
        if self.client.can_paginate(method):
            yield from self.client.get_paginator(method).paginate(**self.LIST_PARAMETERS)
            return
        marker = ""
        while True:
            page = self.call("List", self.LIST, Marker=marker, **self.LIST_PARAMETERS)
            yield page
            marker = page[f"{self.NAME}List"].get("NextMarker")
            if not marker:
                return

    def check_quota(self, number, limit=0):
        self.simulator.set_quota(self.QUOTA, limit)
        with self.assert_client_error(self.QUOTA, 400):
            self.create(number)
        self.simulator.set_quota(self.QUOTA, 1_000)

    def operations(self):
        """Return the operations of the family, with the error codes of the model."""
        nouns = (self.NAME, f"{self.NAME}Config", self.LIST)
        verbs = ("Create", "Get", "Describe", "Update", "Delete", "List", "Publish", "Test")
        return {verb + noun: MODEL[verb + noun]["errors"] for verb in verbs for noun in nouns if verb + noun in MODEL}

    def check_coverage(self, *other_operations):
        """Assert that every operation succeeded and returned every code that it can raise, and print the counts."""
        seen = {(entry["operation"], entry["code"]) for entry in self.simulator.journal()}
        expected = set()
        operations = {**self.operations(), **{name: MODEL[name]["errors"] for name in other_operations}}
        for operation, codes in operations.items():
            reasons = {**NEVER_RAISED, **self.NOT_RAISED.get("*", {}), **self.NOT_RAISED.get(operation, {})}
            expected |= {(operation, None)} | {(operation, code) for code in codes if code not in reasons}
        self.assertEqual(sorted(expected - seen, key=str), [])
        in_model = sum(len(codes) for codes in operations.values())
        print(f"{self.NAME}: {len(operations)} operations, {len(expected) - len(operations)} of {in_model} codes")


class NamedFamilyTest(FamilyTest):
    """A family with flat requests, in which the name is the ID."""

    def call(self, verb, noun=None, Id=None, **parameters):
        name = {} if Id is None else {"Name": Id}
        return super().call(verb, noun, **name, **parameters)

    def create(self, number=0, **members):
        return self.call("Create", **self.config(number, **members))

    def update(self, id, etag, config=None, **members):
        config = {**(config or self.config()), **members}
        return self.call("Update", Id=id, IfMatch=etag, **{name: config[name] for name in self.UPDATED})

    def check_preconditions(self, id, *verbs, **parameters):
        """Assert that operations require the current entity tag."""
        for verb in verbs:
            with self.assert_client_error("InvalidIfMatchVersion", 400):
                self.call(verb, Id=id, IfMatch="nonsense", **parameters.get(verb, {}))
            with self.assert_client_error("PreconditionFailed", 412):
                self.call(verb, Id=id, IfMatch=UNKNOWN_ETAG, **parameters.get(verb, {}))
