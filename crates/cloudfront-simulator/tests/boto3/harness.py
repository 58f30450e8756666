"""Shared test support: the simulator as a process, its control port, boto3 clients and configurations."""

import contextlib
import json
import os
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from unittest import mock

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT, OTHER_ACCOUNT = "111122223333", "444455556666"
KEYS = {ACCOUNT: ("AKIATEST1", "secret1"), OTHER_ACCOUNT: ("AKIATEST2", "secret2")}
CERTIFICATE = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1"
CACHING_OPTIMIZED_POLICY = "658327ea-f89d-4fab-a63d-7e88639e58f6"


class Simulator:
    """A simulator process. close() ends it."""

    def __init__(self, *arguments):
        credentials = [
            part for account, (key, secret) in KEYS.items() for part in ("--credential", f"{key}:{secret}:{account}")
        ]
        command = [os.environ["CLOUDFRONT_SIMULATOR"], "--deploy-delay", "10m", *credentials, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.api = self.process.stdout.readline().split()[1]
        self.control = self.process.stdout.readline().split()[1]
        self.printed_credentials = [self.process.stdout.readline().split() for _ in KEYS]

    def close(self):
        """Send SIGTERM and return the exit status."""
        self.process.terminate()
        self.process.stdout.close()
        return self.process.wait(timeout=20)

    def client(
        self,
        service="cloudfront",
        account=ACCOUNT,
        region="us-east-1",
        attempts=1,
        timeout=20,
        host="127.0.0.1",
        **parameters,
    ):
        key, secret = KEYS[account]
        settings = Config(retries={"total_max_attempts": attempts, "mode": "standard"}, read_timeout=timeout)
        parameters = {"aws_access_key_id": key, "aws_secret_access_key": secret, **parameters}
        endpoint = self.api.replace("127.0.0.1", host)
        return boto3.client(service, endpoint_url=endpoint, region_name=region, config=settings, **parameters)

    def control_request(self, method, path, body=None):
        """Send a request to the control port and return the decoded response."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.control + "/_sim" + path, data=data, method=method)
        with urllib.request.urlopen(request, timeout=20) as response:
            return json.load(response)

    def advance(self, by):
        self.control_request("POST", f"/advance?by={by}")

    def inject_fault(self, operation, mode, **parameters):
        return self.control_request("POST", "/faults", {"operation": operation, "mode": mode, **parameters})["number"]

    def set_switch(self, name, on=True):
        self.control_request("PATCH", "/switches", {name: on})

    def set_quota(self, name, limit):
        self.control_request("PATCH", "/quotas", {"limits": {name: limit}})

    def seed(self, family, id):
        self.control_request("POST", "/seeds", {"family": family, "id": id})

    def aliases(self, *names):
        """Seed a certificate, and return the members of a distribution with aliases."""
        self.seed("certificate", CERTIFICATE)
        return {"Aliases": item_list(*names), "ViewerCertificate": viewer_certificate()}

    def set_function_test(self, **members):
        self.control_request("POST", "/function-tests", members)

    def edit(self, id, edit, **parameters):
        self.control_request("POST", "/edits", {"id": id, "edit": edit, **parameters})

    def journal(self):
        return self.control_request("GET", "/journal")["entries"]


class SimulatorTest(unittest.TestCase):
    """A test case with its own simulator and a client."""

    ARGUMENTS = ()

    def setUp(self):
        self.simulator = Simulator(*self.ARGUMENTS)
        self.addCleanup(self.simulator.close)
        self.client = self.simulator.client()

    @contextlib.contextmanager
    def assert_client_error(self, code, status=None, message=""):
        """Assert that the block raises a ClientError with this code, status and part of the message."""
        with self.assertRaises(ClientError) as caught:
            yield caught
        response = caught.exception.response
        actual_message = response["Error"].get("Message") or ""
        self.assertEqual(response["Error"]["Code"], code, actual_message)
        self.assertIn(message, actual_message)
        if status:
            self.assertEqual(response["ResponseMetadata"]["HTTPStatusCode"], status)

    @contextlib.contextmanager
    def assert_control_error(self, reason):
        """Assert that the control port rejects the request in the block with this part of the reason."""
        with self.assertRaises(urllib.error.HTTPError) as caught:
            yield
        self.assertIn(reason, json.load(caught.exception)["error"])

    @contextlib.contextmanager
    def state_file(self):
        """Return the path of a state file that does not exist."""
        with tempfile.TemporaryDirectory() as folder:
            yield str(Path(folder) / "state.json")

    def start(self, *arguments):
        """Start another simulator."""
        simulator = Simulator(*arguments)
        self.addCleanup(simulator.close)
        return simulator

    @contextlib.contextmanager
    def simulated_sleep(self):
        """Replace the sleep of waiters by advances of the simulated clock."""
        with mock.patch("botocore.waiter.time.sleep", lambda seconds: self.simulator.advance(f"{seconds}s")):
            yield

    def assert_create_fails(self, code, status=400, message="", **members):
        """Assert that a creation with these members fails with this code and a part of the message."""
        with self.assert_client_error(code, status, message):
            self.create_distribution(**members)

    def assert_behavior_fails(self, code, target="s3", message="", **members):
        """Assert that a creation with these members of the default behavior fails. Origins are added."""
        origins = item_list(s3_origin(), custom_origin(), custom_origin("plain", OriginProtocolPolicy="http-only"))
        self.assert_create_fails(
            code, message=message, Origins=origins, DefaultCacheBehavior=cache_behavior(target, **members)
        )

    def create_distribution(self, reference="r", **members):
        return self.client.create_distribution(DistributionConfig=distribution_config(reference, **members))

    def aliases(self, *names):
        return self.simulator.aliases(*names)

    def get_config(self, id):
        """Return the configuration of a distribution and its ETag."""
        response = self.client.get_distribution_config(Id=id)
        return response["DistributionConfig"], response["ETag"]

    def update_distribution(self, id, **members):
        """Read the configuration, replace members, and write it back."""
        current, etag = self.get_config(id)
        return self.client.update_distribution(Id=id, IfMatch=etag, DistributionConfig={**current, **members})


def item_list(*items, **members):
    """Return a list in the format of the service: Quantity, and Items if there are any."""
    return {"Quantity": len(items), **({"Items": list(items)} if items else {}), **members}


def s3_origin(id="s3", identity="", **members):
    return {
        "Id": id,
        "DomainName": f"{id}.s3.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": identity},
        **members,
    }


def custom_origin(id="web", domain=None, **members):
    custom = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only", **members}
    return {"Id": id, "DomainName": domain or f"{id}.example.com", "CustomOriginConfig": custom}


def cache_behavior(target="s3", **members):
    policy = {} if "ForwardedValues" in members else {"CachePolicyId": CACHING_OPTIMIZED_POLICY}
    return {"TargetOriginId": target, "ViewerProtocolPolicy": "redirect-to-https", **policy, **members}


def viewer_certificate(**members):
    """Return a viewer certificate in ACM, with these members replaced."""
    certificate = {"ACMCertificateArn": CERTIFICATE, "SSLSupportMethod": "sni-only"}
    return {**certificate, "MinimumProtocolVersion": "TLSv1.2_2021", **members}


def forwarded_values(**members):
    """Return ForwardedValues, the deprecated alternative to a cache policy."""
    return {"QueryString": False, "Cookies": {"Forward": "none"}, **members}


def distribution_config(reference="r", **members):
    """Return the smallest valid configuration, with these members replaced."""
    minimal = {
        "CallerReference": reference,
        "Comment": "",
        "Enabled": True,
        "Origins": item_list(s3_origin()),
        "DefaultCacheBehavior": cache_behavior(),
    }
    return {**minimal, **members}


def streaming_config(reference="r", **members):
    minimal = {
        "CallerReference": reference,
        "Comment": "",
        "Enabled": True,
        "S3Origin": {"DomainName": "b.s3.amazonaws.com", "OriginAccessIdentity": ""},
        "TrustedSigners": {"Enabled": False, "Quantity": 0},
    }
    return {**minimal, **members}
