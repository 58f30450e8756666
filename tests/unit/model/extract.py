#!/usr/bin/env python3
"""Extracts service_model.json from the service model of CloudFront in botocore 1.44.5 (Apache-2.0).

    pip install botocore==1.44.5
    python3 extract.py > service_model.json

Keeps the structures and the operations of the families whose create request is one document with the configuration, and of those in
FLAT, without their documentation. The operator's kinds are among them.
"""

import gzip
import json
import pathlib
import re

import botocore

VERSION = "1.44.5"
# The families whose requests and responses have the configuration as members beside others, with the structure of a response.
FLAT = {
    "Function": "FunctionSummary",
    "KeyValueStore": "KeyValueStore",
    "MonitoringSubscription": "MonitoringSubscription",
    "RealtimeLogConfig": "RealtimeLogConfig",
}
DROPPED = {"box", "deprecatedDate", "deprecatedMessage", "documentation", "sensitive", "locationName"}


def collect(name, shapes, seen):
    """Adds all shapes that this shape refers to."""
    if name in seen:
        return
    shape = seen[name] = shapes[name]
    for part in [*shape.get("members", {}).values(), shape.get("member")]:
        if part:
            collect(part["shape"], shapes, seen)


def strip(shape):
    """Returns the shape without documentation. Only list items have an XML name that differs from the member's."""
    kept = {key: value for key, value in shape.items() if key not in DROPPED}
    if "members" in shape:
        in_body = {name: member for name, member in shape["members"].items() if "location" not in member}
        shape = shape | {"members": in_body}
        kept["members"] = in_body
    kept |= {bound: int(kept[bound]) for bound in ("min", "max") if bound in kept}
    if "members" in kept:
        kept["members"] = {name: strip(member) for name, member in kept["members"].items()}
        for name, member in shape["members"].items():
            assert member.get("locationName", name) == name, f"{name} has another name in XML"
    if "member" in kept:
        kept["item"] = kept["member"].get("locationName", "member")
        kept["member"] = strip(kept["member"])
    return kept


def families(operations, shapes):
    """Returns the structures that a create request makes of one document, a get request returns and a list has."""
    found = set()
    for name, operation in operations.items():
        if name.startswith("Create") and "payload" in shapes[operation["input"]["shape"]]:
            response = shapes[operation["output"]["shape"]]
            payload = response.get("payload")
            root = payload and response["members"][payload]["shape"]
            if root and f"Get{root}" in operations and list_of(root, operations, shapes):
                found.add(root)
    return sorted(found)


def list_of(root, operations, shapes):
    """Returns the shape of a list of this structure: its items are summaries. None: nothing lists it."""
    for operation in operations.values():
        output = operation.get("output")
        payload = output and shapes[output["shape"]].get("payload")
        if payload:
            name = shapes[output["shape"]]["members"][payload]["shape"]
            items = shapes[name].get("members", {}).get("Items")
            if items and shapes[items["shape"]]["member"]["shape"] == f"{root}Summary":
                return name
    return None


def names(structure, location):
    """Returns the names of the members in a header or in the query."""
    members = structure.get("members", {}).values()
    return sorted(member["locationName"] for member in members if member.get("location") == location)


def operation_row(operation, shapes):
    """Returns what a request and a response consist of."""
    request = shapes[operation["input"]["shape"]]
    response = shapes[operation["output"]["shape"]] if "output" in operation else {}
    body, document = request.get("payload"), response.get("payload")
    root = request["members"][body]["locationName"] if body else operation["input"].get("locationName")
    members = [] if body or not root else strip(request)["members"]
    return {
        "method": operation["http"]["method"],
        "path": re.sub(r"{\w+}", "*", operation["http"]["requestUri"]),
        "parameters": re.findall(r"{(\w+)}", operation["http"]["requestUri"]),
        "query": names(request, "querystring"),
        "headers": names(request, "header"),
        "body": root,
        "members": sorted(members),
        "response": response_shape(response, document),
        "is_payload": bool(document),
        "response_headers": names(response, "header"),
    }


def response_shape(response, document):
    """Returns the shape of the document of a response, or of its only member if it has no payload."""
    members = response.get("members", {})
    if document:
        return members[document]["shape"]
    in_body = [member["shape"] for member in members.values() if "location" not in member]
    return in_body[0] if len(in_body) == 1 else None


def in_family(operation, name):
    """Returns whether an operation reads, writes or deletes resources of a family that has no path for each of them."""
    return operation.removesuffix("s") in {f"{verb}{name}" for verb in ("Create", "Get", "Update", "Delete", "List")}


def kept_operations(roots, operations, shapes):
    """Returns the operations on the collections and the resources of the families, and those for tags."""
    items = [operations[f"Get{root}"]["http"]["requestUri"] for root in roots]
    flat = tuple(operations[f"Create{root}"]["http"]["requestUri"] for root in FLAT)
    paths = {"/2020-05-31/tagging"}
    for item in items:
        paths |= {item, f"{item}/config", f"{item}/promote-staging-config", item.rsplit("/", 1)[0]}
    return {
        name: operation_row(operation, shapes)
        for name, operation in sorted(operations.items())
        if operation["http"]["requestUri"].split("?")[0] in paths
        or operation["http"]["requestUri"].startswith(flat)
        or any(in_family(name, root) for root in FLAT)
        or lists_users(name, roots)
    }


def lists_users(name, roots):
    """Returns whether an operation lists the distributions that use a resource of a family."""
    used = name.removeprefix("ListDistributionsBy")
    return used != name and used.removesuffix("Id") in {*roots, *FLAT}


def final_status(shape):
    """Returns the status of a resource whose last change is complete. Only the documentation contains it."""
    text = shape.get("members", {}).get("Status", {}).get("documentation", "")
    found = re.search(r"status is <code>(\w+)</code>", text)
    return found and found[1]


def main():
    assert botocore.__version__ == VERSION, f"botocore {botocore.__version__} is installed, not {VERSION}"
    path = pathlib.Path(botocore.__file__).parent / "data/cloudfront/2020-05-31/service-2.json.gz"
    service = json.loads(gzip.decompress(path.read_bytes()))
    shapes, operations = service["shapes"], service["operations"]
    seen, roots = {}, families(operations, shapes)
    for root in roots:
        collect(root, shapes, seen)
        collect(list_of(root, operations, shapes), shapes, seen)
    kept = kept_operations(roots, operations, shapes)
    for root in FLAT:
        if listed := operations.get(f"List{root}s"):
            collect(listed["output"]["shape"], shapes, seen)
    for row in kept.values():
        for structure in filter(None, [row["body"], row["response"]]):
            collect(structure, shapes, seen)
    model = {
        "source": f"botocore {VERSION}, data/cloudfront/2020-05-31/service-2.json.gz, Apache-2.0",
        "operations": kept,
        "final_status": {root: final_status(shapes[root]) for root in roots},
        "shapes": {name: strip(seen[name]) for name in sorted(seen)},
    }
    print(json.dumps(model, indent=1))


if __name__ == "__main__":
    main()
