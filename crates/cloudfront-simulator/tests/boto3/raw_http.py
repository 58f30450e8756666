"""Requests that no SDK would send: any bytes, signed by botocore."""

import http.client
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from harness import ACCOUNT, KEYS

VERSION = "/2020-05-31"
NAMESPACE = "http://cloudfront.amazonaws.com/doc/2020-05-31/"


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def code(self):
        """The error code in the body."""
        found = re.search(rb"<Code>(.*?)</Code>", self.body)
        return found and found.group(1).decode()

    @property
    def message(self):
        found = re.search(rb"<Message>(.*?)</Message>", self.body, re.DOTALL)
        return found and found.group(1).decode()


@dataclass
class Signer:
    """How a request is signed; the defaults are right."""

    key: str = KEYS[ACCOUNT][0]
    secret: str = KEYS[ACCOUNT][1]
    token: str | None = None
    service: str = "cloudfront"
    region: str = "us-east-1"
    headers: dict = field(default_factory=dict)

    def sign(self, method, url, body):
        request = AWSRequest(method=method, url=url, data=body, headers=self.headers)
        SigV4Auth(Credentials(self.key, self.secret, self.token), self.service, self.region).add_auth(request)
        return dict(request.headers.items())


RIGHT = Signer()


def send(simulator, method, path, body=b"", signer=RIGHT, alter=lambda headers: headers, timeout=20):
    """Signs, alters, sends, and reads the whole answer."""
    url = simulator.api + path
    headers = alter(signer.sign(method, url, body))
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def document(root, inside, namespace=NAMESPACE):
    return f'<{root} xmlns="{namespace}">{inside}</{root}>'.encode()


IDENTITY = "CloudFrontOriginAccessIdentityConfig"


def identity(inside="<CallerReference>r</CallerReference><Comment>c</Comment>", **more):
    """The body of the simplest creation there is."""
    return document(IDENTITY, inside, **more)


def create_identity(simulator, body, **more):
    return send(simulator, "POST", VERSION + "/origin-access-identity/cloudfront", body, **more)


# The content of the smallest DistributionConfig that can be created.
MINIMAL = (
    "<CallerReference>r</CallerReference><Comment></Comment><Enabled>true</Enabled>"
    "<Origins><Quantity>1</Quantity><Items><Origin><Id>o</Id><DomainName>b.s3.amazonaws.com</DomainName>"
    "<S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig></Origin></Items></Origins>"
    "<DefaultCacheBehavior><TargetOriginId>o</TargetOriginId><ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy>"
    "<CachePolicyId>658327ea-f89d-4fab-a63d-7e88639e58f6</CachePolicyId></DefaultCacheBehavior>"
)
