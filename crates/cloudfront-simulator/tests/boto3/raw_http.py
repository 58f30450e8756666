"""Signed requests with arbitrary content, which no SDK sends."""

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
class Response:
    status: int
    headers: dict
    body: bytes

    @property
    def code(self):
        """The error code in the body, if there is one."""
        found = re.search(rb"<Code>(.*?)</Code>", self.body)
        return found and found.group(1).decode()

    @property
    def message(self):
        found = re.search(rb"<Message>(.*?)</Message>", self.body, re.DOTALL)
        return found and found.group(1).decode()


@dataclass
class Signer:
    """The credentials and the scope of a signature. The defaults are valid."""

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


DEFAULT_SIGNER = Signer()


def send(simulator, method, path, body=b"", signer=DEFAULT_SIGNER, change_headers=lambda headers: headers, timeout=20):
    """Sign a request, change its headers, send it, and return the response."""
    url = simulator.api + path
    headers = change_headers(signer.sign(method, url, body))
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        return Response(
            response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        )
    finally:
        connection.close()


def document(root, members, namespace=NAMESPACE):
    return f'<{root} xmlns="{namespace}">{members}</{root}>'.encode()


IDENTITY_ROOT = "CloudFrontOriginAccessIdentityConfig"


def identity_body(members="<CallerReference>r</CallerReference><Comment>c</Comment>", **options):
    """Return the body of CreateCloudFrontOriginAccessIdentity."""
    return document(IDENTITY_ROOT, members, **options)


def create_identity(simulator, body, **options):
    return send(simulator, "POST", VERSION + "/origin-access-identity/cloudfront", body, **options)


# The members of the smallest valid DistributionConfig.
MINIMAL_CONFIG = (
    "<CallerReference>r</CallerReference><Comment></Comment><Enabled>true</Enabled>"
    "<Origins><Quantity>1</Quantity><Items><Origin><Id>o</Id><DomainName>b.s3.amazonaws.com</DomainName>"
    "<S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig></Origin></Items></Origins>"
    "<DefaultCacheBehavior><TargetOriginId>o</TargetOriginId><ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy>"
    "<CachePolicyId>658327ea-f89d-4fab-a63d-7e88639e58f6</CachePolicyId></DefaultCacheBehavior>"
)
