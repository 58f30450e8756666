"""Shared support of the tests of key-value pairs: a store, a client of its pairs, and signed requests that no SDK sends."""

import http.client
import json
import pathlib
import socket
from urllib.parse import quote, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.crt.auth import CrtSigV4AsymAuth
from harness import ACCOUNT, KEYS, SimulatorTest

SERVICE = "cloudfront-keyvaluestore"
MODEL = json.loads((pathlib.Path(__file__).parents[2] / "model/cloudfront-keyvaluestore.json").read_text())["operations"]
FIRST, SECOND, THIRD = "KV23ZP02F085DFQ", "KVTVPDKIKX0DER", "KV3UN6WX5RRO2AG"
STALE = "Pre-Condition failed"

resolve = socket.getaddrinfo


def resolve_localhost(host, *arguments, **options):
    """Resolve names below localhost, which not every system does: SDKs put the account in front of the host."""
    is_local = isinstance(host, str) and host.endswith(".localhost")
    return resolve("127.0.0.1" if is_local else host, *arguments, **options)


class PairsTest(SimulatorTest):
    """A test case with a store that is ready, and a client of its pairs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        socket.getaddrinfo = resolve_localhost
        cls.addClassCleanup(setattr, socket, "getaddrinfo", resolve)

    def setUp(self):
        super().setUp()
        self.arn = self.create_store("s0")
        self.simulator.advance("10m")
        self.pairs = self.pairs_client()

    def create_store(self, name):
        return self.client.create_key_value_store(Name=name)["KeyValueStore"]["ARN"]

    def pairs_client(self, simulator=None, account=ACCOUNT, **parameters):
        """Return a client of pairs. It puts the account of the ARN in front of the host."""
        simulator = simulator or self.simulator
        return simulator.client(SERVICE, account, host="localhost", **parameters)

    def describe(self):
        return self.pairs.describe_key_value_store(KvsARN=self.arn)

    def etag(self):
        return self.describe()["ETag"]

    def put(self, key, value, etag=None):
        return self.pairs.put_key(KvsARN=self.arn, Key=key, Value=value, IfMatch=etag or self.etag())

    def delete(self, key, etag=None):
        return self.pairs.delete_key(KvsARN=self.arn, Key=key, IfMatch=etag or self.etag())

    def update(self, puts=None, deletes=(), etag=None):
        """Send a batch, with the pairs that are set and the keys that are removed."""
        lists = {
            "Puts": [{"Key": key, "Value": value} for key, value in (puts or {}).items()],
            "Deletes": [{"Key": key} for key in deletes],
        }
        lists = {name: items for name, items in lists.items() if items}
        return self.pairs.update_keys(KvsARN=self.arn, IfMatch=etag or self.etag(), **lists)

    def get(self, key):
        return self.pairs.get_key(KvsARN=self.arn, Key=key)["Value"]

    def items(self):
        """Return all pairs, read in pages."""
        pages = self.pairs.get_paginator("list_keys").paginate(KvsARN=self.arn)
        return {item["Key"]: item["Value"] for page in pages for item in page["Items"]}

    def send(self, method, path="", body=b"", headers=None, host=None, key=KEYS[ACCOUNT], region="*", asymmetric=True):
        """Sign a request below the path of the store and send it. Return the status, the error code and the body."""
        path = f"/key-value-stores/{quote(self.arn, safe='')}{path}"
        api = urlsplit(self.simulator.api)
        url = f"http://{host or api.netloc}{path}"
        request = AWSRequest(method=method, url=url, data=body, headers=headers or {})
        signer = CrtSigV4AsymAuth if asymmetric else SigV4Auth
        signer(Credentials(*key), SERVICE, region).add_auth(request)
        request = request.prepare()
        connection = http.client.HTTPConnection(api.netloc, timeout=20)
        try:
            fields = {name.lower(): value for name, value in request.headers.items()}
            fields["host"] = urlsplit(url).netloc
            connection.request(method, path, body=body, headers=fields)
            response = connection.getresponse()
            content = json.loads(response.read() or b"null")
            return response.status, response.getheader("x-amzn-errortype"), content
        finally:
            connection.close()
