#!/usr/bin/env python3
"""Distils facts.json from CloudFront's service model, as botocore 1.44.5 ships it (Apache-2.0).

    pip install botocore==1.44.5
    python3 distill.py > facts.json

Keeps the structures that the kinds of this operator are made of, without their documentation.
"""

import gzip
import json
import pathlib

import botocore

VERSION = "1.44.5"
ROOTS = ["CloudFrontOriginAccessIdentity", "Distribution", "Invalidation", "StreamingDistribution"]
DROPPED = {"box", "deprecatedDate", "deprecatedMessage", "documentation", "sensitive", "locationName"}


def reach(name, shapes, seen):
    """All shapes that this one is made of."""
    if name in seen:
        return
    shape = seen[name] = shapes[name]
    for part in [*shape.get("members", {}).values(), shape.get("member")]:
        if part:
            reach(part["shape"], shapes, seen)


def bare(shape):
    """The shape without documentation. Of wire names only those of list items are not the member's own name."""
    kept = {key: value for key, value in shape.items() if key not in DROPPED}
    if "members" in kept:
        kept["members"] = {name: bare(member) for name, member in kept["members"].items()}
        for name, member in shape["members"].items():
            assert member.get("locationName", name) == name, f"{name} has another name on the wire"
    if "member" in kept:
        kept["item"] = kept["member"].get("locationName", "member")
        kept["member"] = bare(kept["member"])
    return kept


def main():
    assert botocore.__version__ == VERSION, f"botocore {botocore.__version__} is installed, not {VERSION}"
    path = pathlib.Path(botocore.__file__).parent / "data/cloudfront/2020-05-31/service-2.json.gz"
    shapes = json.loads(gzip.decompress(path.read_bytes()))["shapes"]
    seen = {}
    for root in ROOTS:
        reach(root, shapes, seen)
    facts = {
        "source": f"botocore {VERSION}, data/cloudfront/2020-05-31/service-2.json.gz, Apache-2.0",
        "shapes": {name: bare(seen[name]) for name in sorted(seen)},
    }
    print(json.dumps(facts, indent=1))


if __name__ == "__main__":
    main()
