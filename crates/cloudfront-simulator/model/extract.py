#!/usr/bin/env python3
"""Extract the service models of CloudFront and of its key-value pairs, which the simulator validates requests against.

Source: an inventory of botocore 1.44.5 (Apache-2.0), cloudfront/2020-05-31/service-2.json.gz, with resolved wire names,
request roots and error status codes, and cloudfront-keyvaluestore/2022-07-26/service-2.json.gz as it is. The output contains
no documentation.

Usage: extract.py INVENTORY.json > cloudfront.json
       extract.py INVENTORY.json pairs > cloudfront-keyvaluestore.json
"""

import json
import sys

OPERATIONS_ADDED_SINCE_2016 = [
    "CopyDistribution",
    "CreateDistributionWithTags",
    "CreateStreamingDistributionWithTags",
    "ListTagsForResource",
    "TagResource",
    "UntagResource",
    "UpdateDistributionWithStagingConfig",
]
COMPLETE_FAMILIES = [
    "OriginAccessControl",
    "CachePolicy",
    "OriginRequestPolicy",
    "ResponseHeadersPolicy",
    "PublicKey",
    "KeyGroup",
    "FieldLevelEncryptionConfig",
    "FieldLevelEncryptionProfile",
    "Function",
    "RealtimeLogConfig",
    "MonitoringSubscription",
    "KeyValueStore",
    "ContinuousDeploymentPolicy",
]
LISTS_OF_USERS = ["CachePolicyId", "OriginRequestPolicyId", "ResponseHeadersPolicyId", "KeyGroup", "RealtimeLogConfig"]
SHAPE_FACTS = ("type", "required", "enum", "min", "max", "pattern")
INPUT_FACTS = {"pattern": "pattern", "required": "required", "enum": "enum"}


def operation(facts):
    """Return the facts of an operation that the simulator uses, without absent ones."""
    extracted = {
        "method": facts["method"],
        "path": facts["path"],
        "status": facts["success_status"],
        "errors": sorted(error["code"] for error in facts["errors"]),
    }
    if facts.get("body_root"):
        extracted["body_root"] = facts["body_root"]
        extracted["body_shape"] = facts.get("body_shape", facts["input_shape"])
    response_root = facts.get("output_body_shape", result_with_members(facts))
    if response_root:
        extracted["response_root"] = response_root
    headers = {member["name"]: member["wire_name"] for member in facts.get("output", []) if member["location"] == "header"}
    if "ETag" in headers:
        extracted["etag"] = headers["ETag"].lower()
    if "Location" in headers:
        extracted["has_location"] = True
    extracted["query"] = {
        member["wire_name"]: {name: member[source] for source, name in INPUT_FACTS.items() if source in member}
        for member in facts["input"]
        if member["location"] == "querystring"
    }
    return extracted


def result_with_members(facts):
    """Return the shape of a response whose members are the children of its root element."""
    has_members = any(member["location"] == "body" for member in facts.get("output", []))
    return facts["output_shape"] if has_members else None


def shape(facts):
    """Return a shape without documentation. The item of a list includes its element name, and members are those of a body."""
    extracted = {key: facts[key] for key in SHAPE_FACTS if key in facts}
    elsewhere = [name for name, member in facts.get("members", {}).items() if "location" in member]
    if "required" in extracted:
        extracted["required"] = [name for name in extracted["required"] if name not in elsewhere]
    for key in ("min", "max"):
        if key in extracted:
            extracted[key] = int(extracted[key])
    if "members" in facts:
        extracted["members"] = {
            name: member["shape"] for name, member in facts["members"].items() if name not in elsewhere
        }
    if facts["type"] == "list":
        extracted["item"] = {"name": facts["member"].get("locationName", "member"), "shape": facts["member"]["shape"]}
    return extracted


def reachable(shapes, roots):
    """Return the names of the roots and of all shapes that they refer to."""
    found, pending = set(), list(roots)
    while pending:
        name = pending.pop()
        if name in found:
            continue
        found.add(name)
        pending += [member["shape"] for member in shapes[name].get("members", {}).values()]
        if shapes[name]["type"] == "list":
            pending.append(shapes[name]["member"]["shape"])
    return found


def extract(inventory):
    """Return the complete document."""
    complete = [name for name, op in inventory["operations"].items() if op["family"] in COMPLETE_FAMILIES]
    lists = [f"ListDistributionsBy{name}" for name in LISTS_OF_USERS]
    simulated = sorted(inventory["seed_2016_methods"] + OPERATIONS_ADDED_SINCE_2016 + complete + lists)
    operations = {name: operation(inventory["operations"][name]) for name in simulated}
    roots = {op[key] for op in operations.values() for key in ("body_shape", "response_root") if key in op}
    return {
        "source": inventory["source"] + ", Apache-2.0",
        "operations": operations,
        "not_simulated": {
            name: {"method": facts["method"], "path": facts["path"]}
            for name, facts in sorted(inventory["operations"].items())
            if name not in simulated
        },
        "shapes": {name: shape(inventory["shapes"][name]) for name in sorted(reachable(inventory["shapes"], roots))},
        "errors": {code: error["http"] for code, error in sorted(inventory["errors"].items())},
    }


def pair_operation(facts, shapes):
    """Return the facts of an operation on key-value pairs that the simulator uses. A request with members in its body has a body."""
    extracted = {
        "method": facts["http"]["method"],
        "path": facts["http"]["requestUri"],
        "status": facts["http"]["responseCode"],
        "errors": sorted(error["shape"] for error in facts["errors"]),
    }
    request, response = (shapes[facts[name]["shape"]]["members"] for name in ("input", "output"))
    if any("location" not in member for member in request.values()):
        extracted["body_shape"] = facts["input"]["shape"]
    if "ETag" in response:
        extracted["etag"] = response["ETag"]["locationName"].lower()
    return extracted


def extract_pairs(model):
    """Return the complete document for the service of key-value pairs."""
    errors = {name: facts["error"]["httpStatusCode"] for name, facts in model["shapes"].items() if "error" in facts}
    shapes = {name: shape(facts) for name, facts in sorted(model["shapes"].items()) if name not in errors}
    return {
        "source": "botocore 1.44.5 cloudfront-keyvaluestore/2022-07-26/service-2.json.gz, Apache-2.0",
        "operations": {name: pair_operation(facts, model["shapes"]) for name, facts in sorted(model["operations"].items())},
        "not_simulated": {},
        "shapes": shapes,
        "errors": dict(sorted(errors.items())),
    }


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as inventory_file:
        inventory_document = json.load(inventory_file)
    is_pairs = sys.argv[2:] == ["pairs"]
    document = extract_pairs(inventory_document["keyvaluestore_data_plane"]) if is_pairs else extract(inventory_document)
    json.dump(document, sys.stdout, indent=1, sort_keys=False)
    print()
