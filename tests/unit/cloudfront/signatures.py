"""Prints, as JSON, the Authorization header that botocore gives to each request described on standard input."""

import datetime
import json
import sys
from unittest import mock

from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def authorization(case):
    request = AWSRequest(
        method=case["method"],
        url=case["url"],
        headers=case["headers"],
        data=case["body"].encode(),
    )
    now = datetime.datetime.strptime(case["date"], "%Y%m%dT%H%M%SZ")
    signer = auth.SigV4Auth(Credentials(*case["keys"]), "cloudfront", "us-east-1")
    with mock.patch.object(auth, "get_current_datetime", return_value=now):
        signer.add_auth(request)
    return request.headers["Authorization"]


json.dump([authorization(case) for case in json.load(sys.stdin)], sys.stdout)
