"""Prints what `aws cloudfront` prints for the configuration of a resource: an id after the name of the operation."""

import json
import sys

import boto3

operation, id = sys.argv[1:]
response = getattr(boto3.client("cloudfront"), operation)(Id=id)
response.pop("ResponseMetadata")
print(json.dumps(response))
