#!/usr/bin/env python3
"""Prints a manifest that adopts an existing CloudFront resource, from the output of an AWS command:

  aws cloudfront get-distribution-config --id E1EXAMPLE | python3 manifest.py --id E1EXAMPLE --name www > www.yaml

It also reads the output of get-streaming-distribution-config and get-cloud-front-origin-access-identity-config. It needs Python 3
without further packages, and sends no requests. The manifest has `managementPolicy: Observe`: the operator only compares.
docs/adopt.md has the next steps.
"""

import argparse
import json
import re
import sys

KINDS = {
    "DistributionConfig": "Distribution",
    "StreamingDistributionConfig": "StreamingDistribution",
    "CloudFrontOriginAccessIdentityConfig": "OriginAccessIdentity",
}
# The operator computes these members.
COMPUTED = ("CallerReference", "Quantity")
# These lists have other fields beside their items, so the manifest has `items` too.
WITH_OTHER_FIELDS = ("AllowedMethods", "GeoRestriction", "TrustedKeyGroups", "TrustedSigners")
# In a manifest, an empty value of these fields detaches what another tool attaches later.
UNMANAGED_IF_ABSENT = ("ContinuousDeploymentPolicyId", "WebACLId")
# Words that YAML reads as a boolean or as null.
YAML_WORDS = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")


def field_name(member):
    """Return the field of a member: its first letter, or a leading initialism, in lower case."""
    return re.sub(r"^[A-Z]+(?=[A-Z][a-z])|^[A-Z]", lambda found: found[0].lower(), member)


def convert(value, member=""):
    """Return the value of a field for the value of a member."""
    if isinstance(value, list):
        return [convert(item) for item in value]
    if not isinstance(value, dict):
        return value.lower() if member == "HttpVersion" else value
    if "Quantity" in value and member not in WITH_OTHER_FIELDS:
        return convert(value.get("Items") or [])
    return {
        field_name(name): convert(inner, name)
        for name, inner in value.items()
        if name not in COMPUTED and not (name in UNMANAGED_IF_ABSENT and inner == "")
    }


def scalar(value):
    """Return a scalar or an empty collection in YAML, with quotes where they could be necessary."""
    is_plain = isinstance(value, str) and re.fullmatch(r"[A-Za-z]|[A-Za-z][\w./:-]*[\w/]", value, re.ASCII)
    if is_plain and value.lower() not in YAML_WORDS:
        return value
    return json.dumps(value, ensure_ascii=False)


def lines(value, indent=""):
    """Return the lines of a mapping in YAML."""
    for name, inner in value.items():
        if isinstance(inner, dict) and inner:
            yield f"{indent}{name}:"
            yield from lines(inner, indent + "  ")
        elif isinstance(inner, list) and inner and isinstance(inner[0], dict):
            yield f"{indent}{name}:"
            for item in inner:
                first, *others = lines(item, indent + "  ")
                yield f"{indent}- {first.lstrip()}"
                yield from others
        elif isinstance(inner, list):
            yield f"{indent}{name}: [{', '.join(scalar(item) for item in inner)}]"
        else:
            yield f"{indent}{name}: {scalar(inner)}"


def warn_of_secrets(spec):
    for origin in spec.get("origins", []):
        for header in origin.get("customHeaders", []):
            name = header["headerName"]
            print(f"the manifest has the value of header {name}: use headerValueFrom if it is secret", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--id", required=True, help="ID of the resource in CloudFront")
    parser.add_argument("--name", required=True, help="name of the object in Kubernetes")
    arguments = parser.parse_args()
    output = json.load(sys.stdin)
    # get-distribution prints the configuration in a further structure.
    output = output.get("Distribution") or output.get("StreamingDistribution") or output
    config = next((name for name in KINDS if name in output), None)
    if config is None:
        sys.exit(f"the input has none of {', '.join(KINDS)}: pass the output of aws cloudfront get-distribution-config")
    spec = convert(output[config])
    warn_of_secrets(spec)
    manifest = {
        "apiVersion": "cloudfront-operator.dev/v1alpha1",
        "kind": KINDS[config],
        "metadata": {"name": arguments.name},
        "spec": {"adoptId": arguments.id, "managementPolicy": "Observe", **spec},
    }
    print("\n".join(lines(manifest)))


if __name__ == "__main__":
    main()
