"""What the tests share: the simulator as a process, boto3 clients on it, and its control port."""

import contextlib
import json
import os
import subprocess
import unittest
import urllib.error
import urllib.request
from unittest import mock

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT, OTHER_ACCOUNT = "111122223333", "444455556666"
KEYS = {ACCOUNT: ("AKIATEST1", "secret1"), OTHER_ACCOUNT: ("AKIATEST2", "secret2")}
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


class Simulator:
    """A simulator of its own, ended by close()."""

    def __init__(self, *arguments):
        credentials = [
            part for account, (key, secret) in KEYS.items() for part in ("--credential", f"{key}:{secret}:{account}")
        ]
        command = [os.environ["CLOUDFRONT_SIMULATOR"], "--deploy-delay", "10m", *credentials, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.api = self.process.stdout.readline().split()[1]
        self.control = self.process.stdout.readline().split()[1]
        self.announced = [self.process.stdout.readline().split() for _ in KEYS]

    def close(self):
        """Ends it as an orchestrator would, and answers its exit status."""
        self.process.terminate()
        self.process.stdout.close()
        return self.process.wait(timeout=20)

    def client(self, service="cloudfront", account=ACCOUNT, region="us-east-1", attempts=1, **more):
        key, secret = KEYS[account]
        settings = Config(
            retries={"total_max_attempts": attempts, "mode": "standard"}, read_timeout=more.pop("timeout", 20)
        )
        more = {"aws_access_key_id": key, "aws_secret_access_key": secret, **more}
        return boto3.client(service, endpoint_url=self.api, region_name=region, config=settings, **more)

    def call(self, method, path, body=None):
        """Calls the control port."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.control + "/_sim" + path, data=data, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def advance(self, by):
        self.call("POST", f"/advance?by={by}")

    def fault(self, operation, mode, **more):
        return self.call("POST", "/faults", {"operation": operation, "mode": mode, **more})["number"]

    def switch(self, name, on=True):
        self.call("PATCH", "/switches", {name: on})

    def quota(self, name, limit):
        self.call("PATCH", "/quotas", {"limits": {name: limit}})

    def seed(self, family, id):
        self.call("POST", "/seeds", {"family": family, "id": id})

    def edit(self, id, edit, **more):
        self.call("POST", "/edits", {"id": id, "edit": edit, **more})

    def journal(self):
        return self.call("GET", "/journal")["entries"]


class SimulatorTest(unittest.TestCase):
    """A test with a fresh simulator and a client on it."""

    ARGUMENTS = ()

    def setUp(self):
        self.simulator = Simulator(*self.ARGUMENTS)
        self.addCleanup(self.simulator.close)
        self.client = self.simulator.client()

    @contextlib.contextmanager
    def refused(self, code, status=None, message=""):
        """What happens inside must be refused with this code."""
        with self.assertRaises(ClientError) as caught:
            yield caught
        answer = caught.exception.response
        given = answer["Error"].get("Message") or ""
        self.assertEqual(answer["Error"]["Code"], code, given)
        self.assertIn(message, given)
        if status:
            self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], status)

    @contextlib.contextmanager
    def simulated_sleep(self):
        """Waiters sleep on the simulator's clock: their real delays, without the wait."""
        with mock.patch("botocore.waiter.time.sleep", lambda seconds: self.simulator.advance(f"{seconds}s")):
            yield

    def create(self, reference="r", **members):
        return self.client.create_distribution(DistributionConfig=config(reference, **members))

    def read(self, id):
        answer = self.client.get_distribution_config(Id=id)
        return answer["DistributionConfig"], answer["ETag"]

    def update(self, id, **members):
        """Reads, changes and writes back."""
        current, etag = self.read(id)
        return self.client.update_distribution(Id=id, IfMatch=etag, DistributionConfig={**current, **members})


def listed(*items, **more):
    """A list as the service has it."""
    return {"Quantity": len(items), **({"Items": list(items)} if items else {}), **more}


def s3_origin(id="s3", identity="", **more):
    return {
        "Id": id,
        "DomainName": f"{id}.s3.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": identity},
        **more,
    }


def custom_origin(id="web", domain=None, **more):
    custom = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only", **more}
    return {"Id": id, "DomainName": domain or f"{id}.example.com", "CustomOriginConfig": custom}


def behavior(target="s3", **more):
    policy = {} if "ForwardedValues" in more else {"CachePolicyId": CACHING_OPTIMIZED}
    return {"TargetOriginId": target, "ViewerProtocolPolicy": "redirect-to-https", **policy, **more}


def forwarded(**more):
    """The deprecated way to say what is forwarded."""
    return {"QueryString": False, "Cookies": {"Forward": "none"}, **more}


def config(reference="r", **members):
    """The smallest configuration that can be created, with changes."""
    smallest = {
        "CallerReference": reference,
        "Comment": "",
        "Enabled": True,
        "Origins": listed(s3_origin()),
        "DefaultCacheBehavior": behavior(),
    }
    return {**smallest, **members}


def streaming_config(reference="r", **members):
    smallest = {
        "CallerReference": reference,
        "Comment": "",
        "Enabled": True,
        "S3Origin": {"DomainName": "b.s3.amazonaws.com", "OriginAccessIdentity": ""},
        "TrustedSigners": {"Enabled": False, "Quantity": 0},
    }
    return {**smallest, **members}
