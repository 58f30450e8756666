#!/usr/bin/env python3
"""Distil the CloudFront service model into cloudfront.json, the facts the simulator checks requests against.

Source: botocore 1.44.5 (Apache-2.0), cloudfront/2020-05-31/service-2.json.gz, by way of an inventory made from it
that resolves wire names, request roots and error status codes. Documentation is left out.

Usage: extract.py INVENTORY.json > cloudfront.json
"""

import json
import sys

SIMULATED_SINCE_2016 = [
    "CreateDistributionWithTags",
    "CreateStreamingDistributionWithTags",
    "ListTagsForResource",
    "TagResource",
    "UntagResource",
]
SHAPE_FACTS = ("type", "required", "enum", "min", "max", "pattern")
INPUT_FACTS = {"pattern": "pattern", "required": "required", "enum": "enum"}


def operation(facts):
    """What the simulator needs of one operation; absent facts are left out."""
    kept = {
        "method": facts["method"],
        "path": facts["path"],
        "status": facts["success_status"],
        "errors": sorted(error["code"] for error in facts["errors"]),
    }
    if facts.get("body_root"):
        kept["body_root"] = facts["body_root"]
        kept["body_shape"] = facts["body_shape"]
    if facts.get("output_body_shape"):
        kept["answer_root"] = facts["output_body_shape"]
    kept["query"] = {
        member["wire_name"]: {ours: member[theirs] for theirs, ours in INPUT_FACTS.items() if theirs in member}
        for member in facts["input"]
        if member["location"] == "querystring"
    }
    return kept


def shape(facts):
    """One shape without documentation; list members carry their element name."""
    kept = {key: facts[key] for key in SHAPE_FACTS if key in facts}
    if "members" in facts:
        kept["members"] = {name: member["shape"] for name, member in facts["members"].items()}
    if facts["type"] == "list":
        kept["item"] = {"name": facts["member"].get("locationName", "member"), "shape": facts["member"]["shape"]}
    return kept


def reachable(shapes, roots):
    """The shapes that the roots refer to, themselves included."""
    found, waiting = set(), list(roots)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        waiting += [member["shape"] for member in shapes[name].get("members", {}).values()]
        if shapes[name]["type"] == "list":
            waiting.append(shapes[name]["member"]["shape"])
    return found


def distil(inventory):
    """The whole document."""
    simulated = sorted(inventory["seed_2016_methods"] + SIMULATED_SINCE_2016)
    operations = {name: operation(inventory["operations"][name]) for name in simulated}
    roots = {op[key] for op in operations.values() for key in ("body_shape", "answer_root") if key in op}
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


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as inventory_file:
        json.dump(distil(json.load(inventory_file)), sys.stdout, indent=1, sort_keys=False)
    print()
