# SPDX-License-Identifier: Apache-2.0
"""docs/openapi.yaml and the server are held against each other: every operation is called, every reply is one that the document
describes, and nothing is served or taken that it does not know. What lists do is the matter of test_api_lists.py."""
import re
import urllib.parse

import pytest

import kit
import openapi

HOST, CVE = "node00.cern.example", "CVE-2024-10001"
XML = {"media": "application/xml"}
# What is asked of every operation: what {…} in its path stands for, and the rest of the request.
PATH_VALUES = {"host": HOST, "cve": CVE, "name": "openssl", "kind": "site"}
EXAMPLES = {("PUT", "/cve-tags"): {"body": {"cve": CVE, "tag": "High", "reason": "r", "url": "https://example.org/", "modified_by": "Ann", "enabled": True}},
            ("DELETE", "/cve-tags"): {"cve": CVE, "tag": "Critical", "status": 204},
            ("POST", "/cve-tags/import"): {"body": "<cveTags/>", **XML},
            ("POST", "/exceptions"): {"body": {"cve": CVE, "package": "nothing", "reason": "r", "approver": "Ann"}, "status": 201},
            ("PUT", "/exceptions/{id}"): {"body": {"package": "nothing", "reason": "another", "approver": "Ann", "expires": "2100-01-01T00:00:00Z"}},
            ("DELETE", "/exceptions/{id}"): {"status": 204},
            ("POST", "/exceptions/import"): {"body": "<cveExceptions/>", **XML},
            ("POST", "/feeds/sync"): {"body": {"feed": "demo-kev", "accept": False}, "status": 202},
            ("PATCH", "/settings"): {"body": {"title": "Pakiti", "keep_trend_days": 700}}}
READS = [path for method, path in openapi.operations() if method == "GET"]
DESCRIBED = [path for path in READS if path != "/openapi.yaml"]  # its replies are no JSON


@pytest.fixture(scope="module")
def api(new_demo):
    pakiti = new_demo()
    with openapi.serving(pakiti) as api:
        api.put_tag(CVE)
        yield api


def path_of(api, template):
    """A path of something that there is."""
    number = api.add_exception(package="nothing") if "{id}" in template else None
    return re.sub(r"\{(\w+)\}", lambda m: str({**PATH_VALUES, "id": number}[m[1]]), template)[1:]


def routes_of_the_source():
    """(method, path) of the tables of src/server/api, without those of Pakiti 3."""
    text = "".join((kit.ROOT / "src" / "server" / "api" / name).read_text() for name in ("reads.c", "edits.c"))
    found = re.findall(r'^ +\{"([A-Z]+)", "([^"]+)", \w+, (?:true|false), [\w| ]+\},$', text, re.M)
    return {(method, "/" + path) for method, path in found if not path.startswith("pakiti3/")}


def test_document_when_compared_with_the_server_then_both_have_the_same_operations():
    assert routes_of_the_source() == set(openapi.operations())


def test_examples_when_compared_with_the_document_then_each_is_of_an_operation():
    assert set(EXAMPLES) == {(method, path) for method, path in openapi.operations() if method != "GET"}


@pytest.mark.parametrize("method, template", openapi.operations())
def test_operation_when_called_then_it_replies_as_described(api, method, template):
    if (method, template) == ("DELETE", "/cve-tags"):
        api.put_tag(CVE)
    reply = api.ask(method, path_of(api, template), **EXAMPLES.get((method, template), {}))
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == ("private, no-cache" if method == "GET" else "no-store")


def test_document_when_asked_for_then_it_is_the_one_of_the_source(api):
    reply = api.ask("GET", "openapi.yaml")
    assert reply.body == (kit.ROOT / "docs" / "openapi.yaml").read_bytes()


@pytest.mark.parametrize("template", openapi.LISTS)
def test_list_when_asked_for_without_fields_then_rows_have_every_field_of_the_document_in_its_order(api, template):
    rows = api.rows(path_of(api, template))
    assert rows and all(set(row) == set(openapi.fields_of(template)) for row in rows)


@pytest.mark.parametrize("template", DESCRIBED)
def test_reply_when_the_asker_has_it_then_it_is_not_sent_again(api, template):
    path = path_of(api, template)

    def again():  # a moment that it tells may go by between two replies
        tag = api.ask("GET", path).headers["etag"]
        reply = kit.request(api.server.port, "GET", openapi.PREFIX + path, None, {"If-None-Match": f'"other", W/{tag}'})
        return reply.status == 304 and openapi.check("GET", openapi.PREFIX + path, reply).headers["etag"] == tag

    kit.wait_for(again, "the same reply twice")
    reply = kit.request(api.server.port, "GET", openapi.PREFIX + path, None, {"If-None-Match": '"other"'})
    assert reply.status == 200 and reply.body


def test_reply_when_something_changed_then_its_etag_is_another(api):
    before = api.ask("GET", "exceptions").headers["etag"]
    api.add_exception(package="nothing")
    assert api.ask("GET", "exceptions").headers["etag"] != before


@pytest.mark.parametrize("template", READS)
def test_head_when_asked_for_then_the_reply_is_that_of_get_without_its_body(api, template):
    path = path_of(api, template)
    got, head = api.ask("GET", path), api.ask("HEAD", path)
    assert head.body == b"" and got.body
    assert [head.headers[name] for name in ("content-type", "content-length")] == [got.headers[name] for name in ("content-type", "content-length")]


# ---- what is not served ----


@pytest.mark.parametrize("template", [*DESCRIBED, "/openapi.yaml"])
def test_read_when_a_parameter_is_unknown_then_it_is_refused(api, template):
    path = path_of(api, template)
    assert "'nonsense'" in api.refuses(path, nonsense=1)
    assert "'LIMIT'" in api.refuses(path, LIMIT=1)


@pytest.mark.parametrize("method, template", EXAMPLES)
def test_edit_when_a_parameter_is_unknown_then_it_is_refused(api, method, template):
    api.put_tag(CVE)
    example = {**EXAMPLES[method, template], "status": 400, "nonsense": 1}
    assert "no parameter" in api.ask(method, path_of(api, template), **example).json["detail"]


def test_list_when_a_parameter_is_of_other_lists_then_it_is_refused(api):
    """A filter that is silently without effect answers another question than was asked."""
    values = {"severity": "high", "exploited": "yes", "fixed": "yes", "tagged": "yes", "all": "yes", "cve": CVE, "activity": "2d", "state": "cves"}
    every = set().union(*(openapi.parameters_of("GET", path) for path in openapi.LISTS)) - {"kind", "value", "from", "to"}
    taken = {}
    for template in openapi.LISTS:
        path = path_of(api, template)
        for name in every - openapi.parameters_of("GET", template):
            reply = api.server.get(f"{openapi.PREFIX}{path}?{name}={values.get(name, 'x')}")
            if reply.status != 400:
                taken.setdefault(template, []).append(name)
    assert taken == {}


@pytest.mark.parametrize("query", ["site=CERN&site=Brno", "q=a&q=b", "package=openssl&package=curl", "state=cves&state=silent"])
def test_list_when_a_filter_is_given_twice_then_it_is_refused(api, query):
    assert openapi.is_problem(api.server.get(openapi.PREFIX + "hosts?" + query), 400)


@pytest.mark.parametrize("template", openapi.LISTS)
@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=-1", "limit=x", "limit=", "limit=1&limit=2", "cursor=nonsense!", "cursor=AAAA", "sort=nothing",
                                   "sort=-", "sort=,", "fields=nothing", "fields=,", "download=xml", "download="])
def test_list_when_a_parameter_is_wrong_then_it_is_refused(api, template, query):
    reply = api.server.get(f"{openapi.PREFIX}{path_of(api, template)}?{query}")
    assert openapi.is_problem(reply, 400), reply.text[:300]


@pytest.mark.parametrize("path, query", [("hosts", "state=wrong"), ("hosts", "state=cves,wrong"), ("hosts", "activity=soon"), ("hosts", "activity=2q"),
                                         ("hosts", "cve=10001"), ("hosts", "cve="), ("hosts", "package=<1"), ("hosts", "package=a<"), ("hosts", "package=a<1 2"),
                                         ("cves", "severity=bad"), ("cves", "exploited=maybe"), ("cves", "fixed=2"), ("cves", "tagged=x"),
                                         (f"hosts/{HOST}/cves", "all=perhaps"), ("packages", "expression=<1"), ("packages/openssl/hosts", "version=<"),
                                         ("trend", "kind=planet"), ("trend", "kind=host"), ("trend", "from=yesterday"), ("trend", "to=2026-13-01"),
                                         (f"hosts/{HOST}/trend", "from=2026")])
def test_parameter_when_its_value_is_none_that_it_has_then_it_is_refused(api, path, query):
    assert openapi.is_problem(api.server.get(openapi.PREFIX + path + "?" + urllib.parse.quote(query, safe="=")), 400)


@pytest.mark.parametrize("path", ["hosts/nobody.example.org", "hosts/nobody.example.org/cves", "hosts/nobody.example.org/history", "hosts/nobody.example.org/trend",
                                  f"hosts/nobody.example.org/cves/{CVE}", "cves/CVE-1999-0001", "groups/planet", "groups/host", "exceptions/999999",
                                  "exceptions/0", "exceptions/-1", "exceptions/x", "exceptions/99999999999999999999", f"hosts/{HOST}/cves/CVE-1999-0001"])
def test_thing_when_there_is_none_then_it_is_not_found(api, path):
    assert api.refuses(path, status=404)


@pytest.mark.parametrize("path", ["cves/nonsense", "cves/CVE-2024", "cves/nonsense/hosts", "cves/nonsense/statements", f"hosts/{HOST}/cves/nonsense"])
def test_cve_when_it_is_no_name_of_one_then_it_is_refused(api, path):
    assert "is no CVE" in api.refuses(path)


@pytest.mark.parametrize("path", ["", "nothing", "host", "hosts//cves", "hosts/x/y/z", "pakiti3/hosts", "pakiti3/cve-tags", "../v1/nothing"])
def test_address_when_nothing_is_there_then_it_is_not_found(api, path):
    assert openapi.is_problem(api.server.get(openapi.PREFIX + path), 404)


@pytest.mark.parametrize("template", sorted(openapi.DOCUMENT["paths"]))
def test_address_when_asked_by_another_method_then_it_is_not_allowed(api, template):
    path = openapi.PREFIX + path_of(api, template)
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        described = any(method == m and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", t), path.removeprefix("/api/v1")) for m, t in openapi.operations())
        if not described:
            reply = kit.request(api.server.port, method, path, b"{}", {"Content-Type": "application/json"})
            assert openapi.is_problem(reply, 405), method
