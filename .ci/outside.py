"""A preprocessor of mdBook: links out of the book lead to the repository instead."""

import json
import posixpath
import re
import sys

REPOSITORY = "https://github.com/cloudfront-operator/cloudfront-operator/blob/main/"
LINK = re.compile(r"\]\((?!#|[a-z]+:)([^)]*)\)")


def outward(folder, target):
    path = posixpath.normpath(posixpath.join("docs", folder, target))
    return target if path.startswith("docs/") else REPOSITORY + path


def visit(items):
    for item in items:
        chapter = item.get("Chapter") if isinstance(item, dict) else None
        if chapter is None:
            continue
        folder = posixpath.dirname(chapter["source_path"] or "")
        replace = lambda link: f"]({outward(folder, link[1])})"
        chapter["content"] = LINK.sub(replace, chapter["content"])
        visit(chapter["sub_items"])


if sys.argv[1:2] == ["supports"]:
    sys.exit(0)
_context, book = json.load(sys.stdin)
visit(book["items"])
json.dump(book, sys.stdout)
