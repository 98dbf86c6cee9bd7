# SPDX-License-Identifier: Apache-2.0
"""Replies of the API, held against docs/openapi.yaml."""
import re
import urllib.parse

import jsonschema
import yaml

import kit

DOCUMENT = yaml.safe_load((kit.ROOT / "docs" / "openapi.yaml").read_text())
PREFIX = "/api/v1/"


def resolve(node):
    """What a reference means."""
    while isinstance(node, dict) and "$ref" in node:
        target = DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def schema_of(node):
    return {"$ref": node["$ref"], "components": DOCUMENT["components"]} if "$ref" in node else {**node, "components": DOCUMENT["components"]}


def operation_of(method, target):
    path = urllib.parse.urlsplit(target).path.removeprefix(PREFIX.rstrip("/"))
    templates = sorted(DOCUMENT["paths"], key=lambda t: t.count("{"))
    for template in templates:
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in DOCUMENT["paths"][template]:
            return template, DOCUMENT["paths"][template][method.lower()]
    raise AssertionError(f"{method} {path} is not in the document")


def check(method, target, reply):
    """Every status, type and body is one that the document describes; the reply is handed on."""
    template, operation = operation_of(method, target)
    if not target.startswith(PREFIX):
        raise AssertionError(target)
    described = operation["responses"]
    answer = resolve(described.get(str(reply.status)) or described["default"])
    if str(reply.status) not in described:
        assert reply.status >= 400, f"{method} {template}: status {reply.status} is not described"
    kind = reply.headers.get("content-type", "").split(";")[0]
    content = answer.get("content", {})
    if not content:
        return reply
    assert kind in content, f"{method} {template}: {kind} is not described, {list(content)} are"
    if kind.endswith("json"):
        jsonschema.Draft202012Validator(schema_of(content[kind]["schema"]), format_checker=jsonschema.FormatChecker()).validate(reply.json)
    asked = set(urllib.parse.parse_qs(urllib.parse.urlsplit(target).query, keep_blank_values=True))
    if reply.status == 200:
        known = {resolve(p)["name"] for p in operation.get("parameters", []) if resolve(p)["in"] == "query"}
        assert asked <= known, f"{method} {template}: parameters {asked - known} are not described"
    return reply
