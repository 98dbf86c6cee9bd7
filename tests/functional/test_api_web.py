# SPDX-License-Identifier: Apache-2.0
"""The pages that the server carries, and what keeps foreign pages, foreign names and hostile text from doing harm."""
import concurrent.futures
import contextlib
import csv
import gzip
import io
import json
import re
import socket
import sqlite3
import urllib.parse

import pytest

import demo
import kit
import openapi

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
CVE = "CVE-2023-10004"
ASSETS = ["/assets/app.js", "/assets/app.css", "/assets/favicon.svg", "/assets/licenses.txt", "/favicon.ico"]
TAG = {"cve": CVE, "tag": "Critical"}


@pytest.fixture(scope="module")
def filled(new_demo):
    return new_demo()


@pytest.fixture(scope="module")
def api(filled):
    with openapi.serving(filled) as api:
        yield api


@pytest.fixture
def server(api):
    return api.server


def get(server, path, **headers):
    return server.request("GET", path, **headers)


def by_name(server, target, host):
    """Status and text of what is said to somebody who calls the server by this name."""
    received = server.raw(f"GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nConnection: close\r\n\r\n".encode())
    return kit.status_of(received), received.partition(b"\r\n\r\n")[2].decode()


# ---- the page ----


@pytest.mark.parametrize("path, base", [("/", "./"), ("/hosts", "./"), ("/hosts/", "../"), ("/hosts/node00.cern.example", "../"), ("/hosts/a/cves", "../../"),
                                        ("/hosts/a/cves/" + CVE, "../../../"), ("/cves?severity=high", "./"), ("/hosts/local%40host", "../"), ("/nothing", "./")])
def test_page_when_a_browser_asks_for_any_address_then_it_is_the_page_with_the_way_back(server, path, base):
    reply = get(server, path, **HTML)
    assert reply.status == 200 and reply.headers["content-type"] == "text/html; charset=utf-8"
    assert re.findall(r'<base href="([^"]*)">', reply.text) == [base]
    assert urllib.parse.urljoin("http://h" + path, base) == "http://h/"
    assert "%BASE%" not in reply.text and "%NONCE%" not in reply.text


def policy_of(reply):
    return {name: values for name, *values in (one.split() for one in reply.headers["content-security-policy"].split(";"))}


def test_page_when_sent_then_its_policy_lets_nothing_in_that_is_not_ours(server):
    reply = get(server, "/", **HTML)
    policy = policy_of(reply)
    nonce = re.search(r'name="csp-nonce" content="([0-9a-f]{32})"', reply.text)[1]
    assert policy["default-src"] == ["'none'"] and policy["script-src"] == ["'self'"] and policy["style-src"] == ["'self'", f"'nonce-{nonce}'"]
    assert policy["frame-ancestors"] == ["'none'"] and policy["base-uri"] == policy["form-action"] == policy["connect-src"] == ["'self'"]
    assert not {value for values in policy.values() for value in values} & {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "http:"}
    assert reply.headers["cache-control"] == "no-store" and reply.headers["referrer-policy"] == "no-referrer" and reply.headers["x-content-type-options"] == "nosniff"


def test_page_when_sent_then_it_has_no_script_or_style_of_its_own(server):
    text = get(server, "/", **HTML).text
    assert re.findall(r"<script[^>]*>(.*?)</script>", text, re.S) == [""] and "<style" not in text
    assert not re.search(r"\son\w+=|style=|javascript:|https?://", text)


def test_page_when_sent_several_times_then_each_has_a_nonce_of_its_own(server):
    nonces = {re.search(r"'nonce-(\w+)'", get(server, "/", **HTML).headers["content-security-policy"])[1] for _ in range(20)}
    assert len(nonces) == 20


def test_page_when_its_links_are_followed_then_they_are_there(server):
    text = get(server, "/hosts/x", **HTML).text
    links = re.findall(r'(?:src|href)="(assets/[^"]+)"', text)
    assert len(links) == 3 and all(get(server, "/" + link).status == 200 for link in links)


def test_page_when_only_its_head_is_asked_for_then_nothing_follows(server):
    reply = server.request("HEAD", "/hosts", **HTML)
    assert (reply.status, reply.body) == (200, b"") and "nonce-" in reply.headers["content-security-policy"]


def test_page_when_the_address_has_marks_of_html_then_they_are_not_in_it(server):
    path = "/hosts/" + urllib.parse.quote("\"><script>alert(1)</script>", safe="")
    assert "alert" not in get(server, path, **HTML).text


def test_page_when_it_is_posted_to_then_it_is_not_sent(server):
    assert server.request("POST", "/hosts", b"x", **HTML).status == 405


@pytest.mark.parametrize("path", ["/nothing", "/hosts", "/hosts/x", "/index.html", "/assets/", "/assets/nothing.js",
                                  "/assets/../src/pakiti", "/assets/%2e%2e/x", "/Feed/"])
def test_address_when_a_program_asks_for_what_is_not_there_then_it_is_not_found(server, path):
    reply = get(server, path)
    assert reply.status == 404 and reply.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("path", ["/assets/nothing.js", "/assets/index.html", "/feed/nothing", "/api/v1/nothing", "/api/nothing.php"])
def test_address_when_a_browser_asks_for_a_file_that_is_not_there_then_it_is_not_found(server, path):
    assert get(server, path, **HTML).status == 404


# ---- assets ----


@pytest.mark.parametrize("path", ASSETS)
def test_asset_when_asked_for_with_gzip_and_without_then_it_is_the_same(server, path):
    plain, packed = get(server, path), get(server, path, Accept_Encoding="br, gzip")
    assert plain.status == packed.status == 200 and "content-encoding" not in plain.headers and packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body != b"" and len(packed.body) < len(plain.body) + 100
    assert plain.headers["content-type"] == packed.headers["content-type"] and packed.headers["vary"] == "Accept-Encoding"
    assert plain.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ASSETS)
def test_asset_when_the_asker_has_it_then_it_is_not_sent_again(server, path):
    tag = get(server, path).headers["etag"]
    again = get(server, path, If_None_Match=tag)
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert get(server, path, If_None_Match='"other"').status == 200
    packed = get(server, path, Accept_Encoding="gzip")  # another representation has another tag (RFC 9110, 8.8.3.3)
    assert packed.headers["etag"] != tag and get(server, path, Accept_Encoding="gzip", If_None_Match=packed.headers["etag"]).status == 304
    assert get(server, path, Accept_Encoding="gzip", If_None_Match=tag).status == 200


def test_assets_when_compared_then_their_types_are_those_of_their_content(server):
    types = {path: get(server, path).headers["content-type"].split(";")[0] for path in ASSETS}
    assert types == dict(zip(ASSETS, ["text/javascript", "text/css", "image/svg+xml", "text/plain", "image/svg+xml"]))


def test_asset_when_gzip_is_forbidden_then_it_comes_without(server):
    assert "content-encoding" not in get(server, "/assets/app.css", Accept_Encoding="gzip;q=0, identity").headers


# ---- reports ----


@pytest.mark.parametrize("path", ["/feed/", "/feed", "/feed/index.php"])
def test_report_when_sent_beside_the_pages_then_it_is_taken(api, path):
    name = "late-" + path.strip("/").replace("/", "-").replace(".", "-") + str(len(path)) + ".example.net"
    assert api.server.post(kit.report_5(name), path=path).status == 200
    assert api.host(name)["protocol"] == 5


# ---- hostile text ----


def test_hostile_text_when_listed_then_it_is_text_in_json_and_csv_only(api):
    host, = api.rows("hosts", site=demo.SCRIPT)
    assert host["site"] == demo.SCRIPT
    statement, = api.rows("cves/CVE-2025-10005/statements")
    assert demo.SCRIPT in statement["title"]
    for path in ("hosts", "groups/site", "cves/CVE-2025-10005/statements", "cves/CVE-2025-10005/hosts"):
        for query, kind in (({}, "application/json"), ({"download": "json"}, "application/json"), ({"download": "csv"}, "text/csv")):
            reply = api.ask("GET", path, **query)
            assert "<script>" in reply.text and reply.headers["content-type"].split(";")[0] == kind
            assert reply.headers["x-content-type-options"] == "nosniff" and "default-src 'none'" in reply.headers["content-security-policy"]


def test_hostile_text_when_it_is_in_a_request_then_the_error_is_no_page(api):
    for target in ("hosts/" + urllib.parse.quote(demo.SCRIPT, safe=""), "hosts?sort=" + urllib.parse.quote(demo.SCRIPT), "<script>"):
        reply = get(api.server, openapi.PREFIX + target, **HTML)
        assert reply.headers["content-type"] == "application/problem+json" and reply.headers["x-content-type-options"] == "nosniff" and reply.json["detail"]


def test_formula_when_a_host_tells_one_then_csv_has_an_apostrophe_in_front(api):
    formula = '=cmd|"/C calc"!A0'
    assert api.server.post_json(kit.report_6("formula.example.net", host_members={"site": formula})).status == 200
    rows = csv.DictReader(io.StringIO(api.ask("GET", "hosts", download="csv").text, newline=""))
    assert [row["site"] for row in rows if row["name"] == "formula.example.net"] == ["'" + formula]


# ---- who asks ----


@pytest.mark.parametrize("target", ["/", "/hosts", "/assets/app.js", "/api/v1/hosts", "/api/hosts.php"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example", "EVIL"])
def test_name_when_it_is_a_foreign_one_on_loopback_then_nothing_is_shown(server, target, host):
    status, text = by_name(server, target, host)
    assert status == 403 and "server_names" in text and "node00" not in text


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8080", "localhost", "LocalHost:1234", "[::1]", "[::1]:8080"])
def test_name_when_it_is_an_address_or_localhost_then_it_is_served(server, host):
    assert by_name(server, "/api/v1/about", host)[0] == 200


def test_name_when_it_is_configured_then_it_is_served_and_others_are_not(filled, server):
    with openapi.serving(filled, server_names=["pakiti.example.org", "Other.example.org"]) as named:
        for host, status in (("pakiti.example.org", 200), ("PAKITI.example.org:443", 200), ("other.example.org", 200), ("evil.example", 403), ("localhost", 200)):
            assert by_name(named.server, "/api/v1/about", host)[0] == status


FOREIGN = [({"Origin": "https://evil.example"}, 403), ({"Origin": "null"}, 403), ({"Origin": "http://127.0.0.1:1"}, 403),
           ({"Origin": "http://127.0.0.1.evil.example"}, 403),
           ({"Sec-Fetch-Site": "cross-site"}, 403), ({"Sec-Fetch-Site": "same-site"}, 403), ({"Content-Type": "text/plain"}, 415),
           ({"Content-Type": "application/x-www-form-urlencoded"}, 415), ({"Content-Type": "multipart/form-data; boundary=x"}, 415), ({"Content-Type": ""}, 415)]
EDITS = [("PUT", "cve-tags", TAG), ("POST", "exceptions", {"cve": CVE, "reason": "r", "approver": "a"}), ("PATCH", "settings", {"title": "taken"}),
         ("DELETE", f"cve-tags?cve={CVE}&tag=Own", None), ("POST", "feeds/sync", {"feed": "demo-kev"}), ("POST", "cve-tags/import?remove=yes", "<cveTags/>")]


@pytest.mark.parametrize("headers, status", FOREIGN)
@pytest.mark.parametrize("method, target, body", EDITS)
def test_edit_when_a_foreign_page_sends_it_then_it_is_refused_and_nothing_is_changed(api, method, target, body, headers, status):
    api.put_tag(CVE, "Own")
    before = [api.rows("cve-tags"), api.rows("exceptions"), api.get("settings"), api.rows("feeds")]
    kind = "application/xml" if isinstance(body, str) else "application/json"
    body = body if body is None or isinstance(body, str) else json.dumps(body)
    reply = kit.request(api.server.port, method, openapi.PREFIX + target, body and body.encode(), {"Content-Type": kind, **headers})
    assert openapi.is_problem(reply, status)
    assert [api.rows("cve-tags"), api.rows("exceptions"), api.get("settings"), api.rows("feeds")] == before


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"},
                                     {"Content-Type": "application/json; charset=utf-8"}, {"own": "origin"}])
def test_edit_when_a_page_of_the_server_sends_it_then_it_is_taken(api, headers):
    headers = {"Origin": api.server.url} if "own" in headers else headers
    assert api.ask("PUT", "cve-tags", TAG, headers=headers).json == {}
    api.ask("DELETE", "cve-tags", cve=CVE, tag="Critical", status=204)


def test_read_when_a_foreign_page_asks_then_it_may_not_see_the_reply(server):
    reply = get(server, openapi.PREFIX + "hosts", Origin="https://evil.example")
    assert not [name for name in reply.headers if name.startswith("access-control-")] and reply.headers["cross-origin-resource-policy"] == "same-origin"
    assert server.request("OPTIONS", openapi.PREFIX + "cve-tags", Origin="https://evil.example").status == 405


# ---- odd requests ----


def test_body_when_it_is_over_the_limit_then_it_is_refused_and_nothing_is_changed(filled):
    with openapi.serving(filled, report_bytes_max="2K") as api:
        before = api.rows("cve-tags")
        body = json.dumps({**TAG, "tag": "Large", "reason": "x" * 1900, "url": "https://example.org/" + "y" * 1900}).encode()
        for sent in (body, [body[:1000], body[1000:]]):
            reply = api.server.request("PUT", openapi.PREFIX + "cve-tags", sent, Content_Type="application/json")
            assert reply.status == 413
        assert api.rows("cve-tags") == before and api.server.is_healthy()


@pytest.mark.parametrize("target, body, status", [("cve-tags", b"x" * (17 << 20), 413), ("hosts?q=" + "x" * 5000, None, 414)])
def test_error_when_it_is_of_http_itself_then_it_is_a_problem_too(server, target, body, status):
    reply = kit.request(server.port, "PUT" if body else "GET", openapi.PREFIX + target, body, {"Content-Type": "application/json"})
    assert openapi.is_problem(reply, status)


def test_path_when_it_is_percent_encoded_then_it_means_the_same(api):
    assert api.server.post_json(kit.report_6("localhost")).status == 200
    key, = (row["key"] for row in api.rows("hosts", q="localhost"))
    assert "@" in key
    for path in (key, urllib.parse.quote(key, safe=""), urllib.parse.quote(key, safe="").lower(), "".join(f"%{ord(c):02x}" for c in key)):
        assert api.get("hosts/" + path)["key"] == key and api.rows(f"hosts/{path}/packages")


@pytest.mark.parametrize("name", ["g++-12", "libstdc++6", "100%", "ž"])
def test_path_when_a_package_has_odd_letters_then_its_hosts_are_found(api, name):
    assert api.server.post_json(kit.report_6("odd-names.example.net", packages=[(name, "1-1", "amd64")])).status == 200
    kit.wait_for(lambda: [row["name"] for row in api.rows("packages/" + urllib.parse.quote(name, safe="") + "/hosts")] == ["odd-names.example.net"], name)


@pytest.mark.parametrize("query", ["q=%ff", "site=%c3%28", "%ff=1", "sort=%ed%a0%80", "fields=%c0%ae"])
def test_query_when_it_is_not_utf8_then_it_is_refused(server, query):
    reply = get(server, openapi.PREFIX + "hosts?" + query)
    assert openapi.is_problem(reply, 400) and reply.json["detail"] == "the query is not UTF-8"


@pytest.mark.parametrize("path", ["hosts/%ff", "cves/%ff", "packages/%ff/hosts", "groups/%c3%28", "exceptions/%ff"])
def test_path_when_it_is_not_utf8_then_the_error_is_utf8(server, path):
    reply = get(server, openapi.PREFIX + path)
    assert reply.status in (200, 400, 404) and reply.json


@pytest.mark.parametrize("path", ["hosts/%00", "hosts/node00.cern.example%00x", "about%00"])
def test_path_when_it_has_a_nul_then_nothing_is_there(server, path):
    assert get(server, openapi.PREFIX + path).status in (400, 404)


@pytest.mark.parametrize("query", ["&".join(f"a{i}=1" for i in range(200)), "q=" + "x" * 3000, "&&&", "=", "q", "q=%", "q=%zz", "q=%4"])
def test_query_when_it_is_odd_then_there_is_an_answer(server, query):
    reply = get(server, openapi.PREFIX + "hosts?" + query)
    assert reply.status in (200, 400) and reply.json


# ---- many at once ----


def test_server_when_many_ask_change_and_report_at_once_then_all_are_served_and_all_is_kept(filled, tmp_path):
    own = kit.Pakiti(tmp_path / "pakiti")
    with contextlib.closing(sqlite3.connect(filled.db)) as source, contextlib.closing(sqlite3.connect(own.db)) as copy:
        source.backup(copy)
    with openapi.serving(own) as api:
        n = len(api.rows("hosts"))

        def work(i):
            for k in range(8):
                api.put_tag(CVE, f"tag{i}")
                number = api.add_exception(cve="CVE-2025-10005", group="tag", value="web", reason=f"{i} {k}")
                assert api.server.post_json(kit.report_6(f"busy{i}.example.net", packages=[("bash", f"5.2-{k}", "amd64")])).status == 200
                assert api.ask("GET", "hosts", download="csv").text.count("\r\n") >= n
                assert f"tag{i}" in api.cve(CVE)["tags"] and api.get("overview")["hosts"] >= n
                assert [row["id"] for row in api.rows("exceptions") if row["reason"] == f"{i} {k}"] == [number]
                if k % 2:
                    api.ask("DELETE", f"exceptions/{number}", status=204)

        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            list(pool.map(work, range(6)))
        assert len(api.rows("exceptions")) == 6 * 4 and len(api.rows("cve-tags", cve=CVE)) >= 6
        kit.wait_for(lambda: len(api.rows("hosts", q="busy")) == 6, "the hosts that reported")


def test_download_when_the_asker_goes_away_then_the_server_goes_on(api):
    target = openapi.PREFIX + "hosts?download=json"
    for n in (0, 1, 200):
        with socket.create_connection(("127.0.0.1", api.server.port), timeout=kit.PATIENCE_S) as s:
            s.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            if n:
                s.recv(n)
    assert api.server.is_healthy() and len(api.ask("GET", "hosts", download="json").json["items"]) == len(api.rows("hosts"))


def test_server_when_it_is_stopped_while_many_ask_then_it_ends_well(filled):
    with openapi.serving(filled) as api:
        sockets = [socket.create_connection(("127.0.0.1", api.server.port), timeout=kit.PATIENCE_S) for _ in range(20)]
        for s in sockets:
            s.sendall(f"GET {openapi.PREFIX}packages?download=csv HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    for s in sockets:
        assert kit.status_of(kit.read_to_end(s)) in (200, 503, None)
        s.close()
