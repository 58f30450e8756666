#!/usr/bin/env python3
"""Extracts service_model.json from the service model of CloudFront in botocore 1.44.5 (Apache-2.0).

    pip install botocore==1.44.5
    python3 extract.py > service_model.json

Keeps the structures of the operator's kinds, without their documentation.
"""

import gzip
import json
import pathlib

import botocore

VERSION = "1.44.5"
ROOTS = ["CloudFrontOriginAccessIdentity", "Distribution", "Invalidation", "StreamingDistribution"]
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
    if "members" in kept:
        kept["members"] = {name: strip(member) for name, member in kept["members"].items()}
        for name, member in shape["members"].items():
            assert member.get("locationName", name) == name, f"{name} has another name in XML"
    if "member" in kept:
        kept["item"] = kept["member"].get("locationName", "member")
        kept["member"] = strip(kept["member"])
    return kept


def main():
    assert botocore.__version__ == VERSION, f"botocore {botocore.__version__} is installed, not {VERSION}"
    path = pathlib.Path(botocore.__file__).parent / "data/cloudfront/2020-05-31/service-2.json.gz"
    shapes = json.loads(gzip.decompress(path.read_bytes()))["shapes"]
    seen = {}
    for root in ROOTS:
        collect(root, shapes, seen)
    model = {
        "source": f"botocore {VERSION}, data/cloudfront/2020-05-31/service-2.json.gz, Apache-2.0",
        "shapes": {name: strip(seen[name]) for name in sorted(seen)},
    }
    print(json.dumps(model, indent=1))


if __name__ == "__main__":
    main()
