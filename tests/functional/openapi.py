# SPDX-License-Identifier: Apache-2.0
"""Asking the API; every reply is held against docs/openapi.yaml."""
import contextlib
import json
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
        assert reply.body == b"", f"{method} {template}: a body is not described"
        return reply
    assert kind in content, f"{method} {template}: {kind} is not described, {list(content)} are"
    if kind.endswith("json") and reply.body:  # there is none after HEAD
        jsonschema.Draft202012Validator(schema_of(content[kind]["schema"]), format_checker=jsonschema.FormatChecker()).validate(reply.json)
    asked = set(urllib.parse.parse_qs(urllib.parse.urlsplit(target).query, keep_blank_values=True))
    if reply.status == 200:
        known = {resolve(p)["name"] for p in operation.get("parameters", []) if resolve(p)["in"] == "query"}
        assert asked <= known, f"{method} {template}: parameters {asked - known} are not described"
    return reply


# ---- asking ----


def operations():
    """(method, path) of every operation of the document."""
    return [(method.upper(), path) for path, node in DOCUMENT["paths"].items() for method in node if method != "parameters"]


def parameters_of(method, path):
    """Names of the parameters of the query."""
    return {resolve(p)["name"] for p in DOCUMENT["paths"][path][method.lower()].get("parameters", []) if resolve(p)["in"] == "query"}


def fields_of(path):
    """{name: schema} of the rows of a list."""
    reply = resolve(DOCUMENT["paths"][path]["get"]["responses"]["200"])
    return resolve(resolve(reply["content"]["application/json"]["schema"])["properties"]["items"]["items"])["properties"]


LISTS = [path for method, path in operations() if method == "GET" and "cursor" in parameters_of(method, path)]


def is_problem(reply, status):
    """Is it an error as the document says errors are?"""
    if reply.headers.get("content-type") != "application/problem+json":
        return False
    jsonschema.Draft202012Validator(schema_of({"$ref": "#/components/schemas/Problem"})).validate(reply.json)
    return (reply.status, reply.json["status"]) == (status, status) and reply.json["detail"] != ""


class Api:
    """Asks a server as a program would; every reply is held against the document."""

    def __init__(self, server):
        self.server = server

    def ask(self, method, path, body=None, status=200, media="application/json", headers=None, **query):
        target = PREFIX + path + ("?" + urllib.parse.urlencode(query) if query else "")
        headers = dict(headers or {})
        if method not in ("GET", "HEAD"):
            headers.setdefault("Content-Type", media)
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        body = body.encode() if isinstance(body, str) else body
        reply = check(method.replace("HEAD", "GET"), target, kit.request(self.server.port, method, target, body, headers))
        assert reply.status == status, f"{method} {target}: status {reply.status}, not {status}: {reply.text[:500]}"
        return reply

    def get(self, path, **query):
        return self.ask("GET", path, **query).json

    def refuses(self, path, status=400, **query):
        """What it says when it does not answer this."""
        return self.ask("GET", path, status=status, **query).json["detail"]

    def rows(self, path, **query):
        """A list on one page."""
        page = self.get(path, limit=1000, **query)
        assert page["next"] is None and page["total"] == len(page["items"])
        return page["items"]

    def by(self, field, path, **query):
        """A list by one of its fields that tells rows apart."""
        rows = self.rows(path, **query)
        found = {row[field]: row for row in rows}
        assert len(found) == len(rows), f"{path} has a {field} twice"
        return found

    def host(self, name):
        return self.get("hosts/" + urllib.parse.quote(name))

    def cve(self, name):
        return self.get("cves/" + name)

    def put_tag(self, cve, tag="Critical", status=200, **more):
        return self.ask("PUT", "cve-tags", {"cve": cve, "tag": tag, **more}, status=status).json

    def add_exception(self, status=201, **more):
        """Its number, or what is wrong with it."""
        reply = self.ask("POST", "exceptions", {"reason": "not reachable", "approver": "Ann", **more}, status=status).json
        return reply["id"] if status == 201 else reply["detail"]


@contextlib.contextmanager
def serving(pakiti, **options):
    """The API of a server of its own."""
    pakiti.configure(threads=2, **options)
    server = kit.Server(pakiti).start()
    try:
        yield Api(server)
    finally:
        server.stop()
