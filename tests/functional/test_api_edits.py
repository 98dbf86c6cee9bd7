# SPDX-License-Identifier: Apache-2.0
"""How edits are taken: by the one writer, while others write too; bodies as they are written only; and from whom. What edits mean is the
matter of test_api_decisions.py."""
import concurrent.futures
import contextlib
import http.client
import json
import socket
import sqlite3
import threading
import xml.etree.ElementTree as ElementTree

import pytest

import kit
import openapi

A, B = "CVE-2024-0001", "CVE-2024-0002"
GOOD = {"reason": "not reachable", "approver": "Ann"}
TAGS_MAX = 64
# Characters that XML 1.0 cannot tell, however they are written.
UNTELLABLE = ["\u0000", "\u0001", "\u0008", "\u000b", "\u000c", "\u001b", "\u001f", "\ufffe", "\uffff"]


@pytest.fixture
def api(pakiti):
    with openapi.serving(pakiti) as api:
        yield api


# ---- while others write ----


@contextlib.contextmanager
def locked(pakiti):
    """Another process is in the middle of writing."""
    with contextlib.closing(sqlite3.connect(pakiti.db, timeout=kit.PATIENCE_S, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        yield
        db.execute("ROLLBACK")


class Waiting:
    """A request that is sent; its reply is read later. It is not answered before."""

    def __init__(self, api, method, path, body, kind="application/json"):
        self.connection = http.client.HTTPConnection("127.0.0.1", api.server.port, timeout=kit.PATIENCE_S)
        body = body if isinstance(body, str) else json.dumps(body)
        self.connection.request(method, openapi.PREFIX + path if path[0] != "/" else path, body.encode(), {"Content-Type": kind})

    def is_asleep(self):
        self.connection.sock.setblocking(False)
        try:
            return self.connection.sock.recv(1, socket.MSG_PEEK) is None
        except BlockingIOError:
            return True
        finally:
            self.connection.sock.settimeout(kit.PATIENCE_S)

    def reply(self):
        with contextlib.closing(self.connection):
            reply = self.connection.getresponse()
            return kit.Reply(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())


def edits(api, n=6):
    """More edits of every kind than the server has threads."""
    sent = [Waiting(api, "PUT", "cve-tags", {"cve": A, "tag": f"tag{i}"}) for i in range(n)]
    sent += [Waiting(api, "POST", "exceptions", {"cve": B, **GOOD, "reason": f"reason {i}"}) for i in range(n)]
    sent.append(Waiting(api, "PATCH", "settings", {"title": "Brno"}))
    sent.append(Waiting(api, "POST", "cve-tags/import", f"<cveTags><cveTag><cveName>{B}</cveName><tagName>imported</tagName></cveTag></cveTags>", "application/xml"))
    return sent


def everything(pakiti):
    return (sorted(pakiti.rows("SELECT cve, tag FROM cve_tag")), pakiti.rows("SELECT reason FROM cve_exception ORDER BY reason"),
            pakiti.rows("SELECT value FROM setting WHERE name = 'web.title'"))


def test_edits_when_another_process_writes_then_all_else_is_served_and_they_follow(pakiti, api):
    with locked(pakiti):
        sent = edits(api)
        for _ in range(5):
            assert api.server.is_healthy() and api.rows("cve-tags") == api.rows("exceptions") == [] and api.get("settings")["title"] == "Pakiti"
            assert api.server.get("/metrics").status == 200 and openapi.is_problem(api.server.get(openapi.PREFIX + "hosts/nobody"), 404)
        assert all(edit.is_asleep() for edit in sent)
    replies = [edit.reply() for edit in sent]
    assert [reply.status for reply in replies] == [200] * 6 + [201] * 6 + [200, 200]
    assert len({reply.json["id"] for reply in replies if reply.status == 201}) == 6
    assert sorted((row["cve"], row["tag"]) for row in api.rows("cve-tags")) == [*((A, f"tag{i}") for i in range(6)), (B, "imported")]
    assert sorted(row["reason"] for row in api.rows("exceptions")) == [f"reason {i}" for i in range(6)] and api.get("about")["title"] == "Brno"


def test_edits_when_they_are_answered_then_they_are_kept_though_the_server_dies(pakiti):
    api = openapi.Api(kit.Server(pakiti).start())
    try:
        with locked(pakiti):
            sent = edits(api)
        assert all(edit.reply().status in (200, 201) for edit in sent)
    finally:
        api.server.kill()
    tags, exceptions, title = everything(pakiti)
    assert (len(tags), exceptions, title) == (7, [(f"reason {i}",) for i in range(6)], [("Brno",)])
    pakiti.run("db", "check")


def test_edits_when_the_server_is_stopped_while_they_wait_then_none_is_half_done(pakiti):
    with openapi.serving(pakiti) as api:
        with locked(pakiti):
            sent = edits(api)
            assert api.server.is_healthy()
            stopping = threading.Thread(target=api.server.stop)
            stopping.start()
        replies = [edit.reply() for edit in sent]
        stopping.join(kit.PATIENCE_S)
    kept = sum(reply.status in (200, 201) for reply in replies)
    assert {reply.status for reply in replies} <= {200, 201, 503} and len(everything(pakiti)[0]) + len(everything(pakiti)[1]) + len(everything(pakiti)[2]) == kept


def test_edits_when_one_of_them_fails_then_the_others_are_kept(pakiti, api):
    """They wait together and are done in one transaction; what was undone with the one that failed is done again, once."""
    for i in range(TAGS_MAX - 1):
        api.put_tag(A, f"tag{i}")
    with locked(pakiti):
        good = [Waiting(api, "POST", "exceptions", {"cve": A, **GOOD, "reason": f"reason {i}"}) for i in range(3)]
        tags = [Waiting(api, "PUT", "cve-tags", {"cve": B, "tag": f"new{i}"}) for i in range(4)]
        missing = [Waiting(api, "DELETE", "exceptions/77", {}), Waiting(api, "PUT", "exceptions/77", {"cve": A, **GOOD})]
        wrong = Waiting(api, "PATCH", "settings", {"title": "taken?", "keep_trend_days": 0})
        good += [Waiting(api, "POST", "exceptions", {"cve": A, **GOOD, "reason": f"reason {i}"}) for i in range(3, 6)]
        report = Waiting(api, "POST", "/feed/", kit.report_5(), "text/plain")
        assert api.server.is_healthy()
    assert [edit.reply().status for edit in good] == [201] * 6 and report.reply().status == 200
    replies = [edit.reply() for edit in tags]
    assert sorted(reply.status for reply in replies) == [200, 400, 400, 400]
    assert all(openapi.is_problem(reply, 400) and "64 different enabled tags" in reply.json["detail"] for reply in replies if reply.status != 200)
    assert all(openapi.is_problem(edit.reply(), 404) for edit in missing) and openapi.is_problem(wrong.reply(), 400)
    assert sorted(row["reason"] for row in api.rows("exceptions")) == [f"reason {i}" for i in range(6)]
    kept, = api.rows("cve-tags", cve=B)
    assert replies[int(kept["tag"][3:])].status == 200 and api.get("settings")["title"] == "Pakiti"
    kit.wait_for(lambda: [row["name"] for row in api.rows("hosts")] == ["www.example.org"], "the host that reported")


def test_edits_when_many_come_at_once_then_each_is_seen_by_the_next_question(api):
    def work(i):
        for k in range(10):
            number = api.add_exception(cve=A, reason=f"{i} {k}")
            assert api.get(f"exceptions/{number}")["reason"] == f"{i} {k}"
            api.ask("PUT", f"exceptions/{number}", {"cve": B, **GOOD, "reason": f"changed {i} {k}"})
            assert api.get(f"exceptions/{number}")["reason"] == f"changed {i} {k}"
            api.ask("DELETE", f"exceptions/{number}", status=204)
            assert api.refuses(f"exceptions/{number}", status=404)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert api.rows("exceptions") == []


# ---- bodies ----


@pytest.mark.parametrize("change", [
    {"cve": False}, {"cve": 20240001}, {"cve": []}, {"cve": {}}, {"package": False}, {"package": None}, {"package": 7}, {"version": 3.0}, {"version": None},
    {"arch": False}, {"arch": None}, {"platform": False}, {"platform": None}, {"platform": 12}, {"group": True}, {"group": None}, {"group": 0},
    {"group": "site", "value": False}, {"group": "site", "value": None}, {"group": "site", "value": 1}, {"group": "site"}, {"group": "site", "value": ""},
    {"group": "host", "value": " "}, {"value": "Brno"}, {"group": "", "value": "Brno"}, {"reason": 7}, {"reason": True}, {"approver": 7}, {"approver": None},
    {"expires": False}, {"expires": 0}, {"expires": 4102444800}, {"expires": []}, {"expires": "1970-01-01T00:00:00Z"}, {"expires": "1969-12-31T23:59:59Z"},
    {"expires": "0001-01-01T00:00:00Z"}, {"expires": "10000-01-01T00:00:00Z"}, {"expires": "+10000-01-01T00:00:00Z"}, {"expires": "9999-12-31T23:59:59-01:00"}])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_exception_when_a_field_is_of_another_kind_then_it_is_refused_and_nothing_is_changed(api, method, change):
    """What is misunderstood might take away more than was meant."""
    number = api.add_exception(cve=A, package="bash")
    before = api.rows("exceptions")
    path = "exceptions" if method == "POST" else f"exceptions/{number}"
    assert openapi.is_problem(api.ask(method, path, {"cve": B, "package": "openssl", **GOOD, **change}, status=400), 400)
    assert api.rows("exceptions") == before


@pytest.mark.parametrize("change", [{"cve": None}, {"cve": ""}, {"package": "", "cve": A}, {"group": ""}, {"group": "", "value": ""}, {"expires": None}, {"expires": ""},
                                    {"expires": "9999-12-31T23:59:59Z"}])
def test_exception_when_a_field_says_nothing_then_it_is_as_if_it_were_not_there(api, change):
    number = api.add_exception(**{"package": "openssl", **change})
    row = api.get(f"exceptions/{number}")
    assert (row["cve"], row["group"], row["value"], row["expires"]) == (change.get("cve") or None, "", "", change.get("expires") or None)


@pytest.mark.parametrize("change", [{"cve": None}, {"cve": 1}, {"cve": False}, {"tag": 7}, {"tag": None}, {"reason": False}, {"reason": None}, {"url": 1}, {"url": None},
                                    {"modified_by": 1}, {"modified_by": None}, {"enabled": None}, {"enabled": 0}, {"enabled": "false"}, {"enabled": {}}])
def test_tag_when_a_field_is_of_another_kind_then_it_is_refused_and_nothing_is_changed(api, change):
    api.put_tag(A, "Critical", reason="first")
    before = api.rows("cve-tags")
    api.put_tag(**{"cve": A, "tag": "Critical", "enabled": False, **change}, status=400)
    assert api.rows("cve-tags") == before


@pytest.mark.parametrize("change", [{"title": 7}, {"title": True}, {"tag_names": False}, {"tag_names": None}, {"silent_after_hours": "24"}, {"silent_after_hours": True},
                                    {"keep_trend_days": False}, {"keep_trend_days": "30"}, {"keep_trend_days": 3e1}])
def test_settings_when_a_field_is_of_another_kind_then_none_is_changed(api, change):
    before = api.get("settings")
    api.ask("PATCH", "settings", {"title": "taken?", **change}, status=400)
    assert api.get("settings") == before


@pytest.mark.parametrize("body", [{"feed": 7}, {"feed": None}, {"feed": "f", "accept": "yes"}, {"feed": "f", "accept": 1}, {"feed": "f", "accept": None}])
def test_sync_when_a_field_is_of_another_kind_then_it_is_refused(api, body):
    api.ask("POST", "feeds/sync", body, status=400)


@pytest.mark.parametrize("method, path, body", [
    ("POST", "exceptions", '{"cve": "CVE-2024-0001", "reason": "r", "approver": "a", "cve": ""}'),
    ("POST", "exceptions", '{"package": "openssl", "version": "3", "reason": "r", "approver": "a", "version": ""}'),
    ("PUT", "cve-tags", '{"cve": "CVE-2024-0001", "tag": "Critical", "tag": "High"}'),
    ("PUT", "cve-tags", '{"cve": "CVE-2024-0001", "tag": "Critical", "enabled": true, "enabled": true}'),
    ("PATCH", "settings", '{"title": "a", "title": "b"}'), ("PATCH", "settings", '{"title": "a", "t\\u0069tle": "b"}'),
    ("POST", "feeds/sync", '{"feed": "a", "feed": "b"}')])
def test_edit_when_a_field_is_given_twice_then_it_is_refused_and_nothing_is_changed(api, method, path, body):
    before = api.get("settings")
    assert "given twice" in api.ask(method, path, body, status=400).json["detail"]
    assert api.rows("exceptions") == api.rows("cve-tags") == [] and api.get("settings") == before


# ---- names of tags ----


def tags_xml(*tags):
    return "<cveTags>" + "".join(f"<cveTag><cveName>{cve}</cveName><tagName>{tag}</tagName><enabled>{enabled}</enabled></cveTag>"
                                 for cve, tag, enabled in tags) + "</cveTags>"


def names(api):
    return {row["tag"] for row in api.rows("cve-tags") if row["enabled"]}


@pytest.fixture
def full(api):
    """There are as many names of enabled tags as may be."""
    api.ask("POST", "cve-tags/import", tags_xml(*((A, f"tag{i}", 1) for i in range(TAGS_MAX))), media="application/xml")
    assert len(names(api)) == TAGS_MAX
    return api


def test_tag_when_there_are_as_many_names_as_may_be_then_a_new_one_is_refused(full):
    before = full.rows("cve-tags")
    assert "64 different enabled tags" in full.put_tag(B, "one more", status=400)["detail"]
    full.ask("POST", "cve-tags/import", tags_xml((B, "tag1", 1), (B, "one more", 1)), media="application/xml", status=400)
    assert full.rows("cve-tags") == before


def test_tag_when_its_name_is_known_or_it_is_disabled_then_it_is_taken_though_there_are_many_names(full):
    full.put_tag(B, "tag7")
    full.put_tag(B, "one more", enabled=False)
    full.ask("POST", "cve-tags/import", tags_xml((B, "tag9", 1), (B, "another", 0)), media="application/xml")
    assert len(names(full)) == TAGS_MAX and {row["tag"] for row in full.rows("cve-tags", cve=B)} == {"tag7", "tag9", "one more", "another"}


@pytest.mark.parametrize("how", ["disabled", "removed", "imported as disabled", "removed by an import"])
def test_tag_when_another_name_is_no_more_then_there_is_room(full, how):
    if how == "disabled":
        full.put_tag(A, "tag3", enabled=False)
    elif how == "removed":
        full.ask("DELETE", "cve-tags", cve=A, tag="tag3", status=204)
    elif how == "imported as disabled":
        full.ask("POST", "cve-tags/import", tags_xml((A, "tag3", 0)), media="application/xml")
    if how == "removed by an import":
        full.ask("POST", "cve-tags/import", tags_xml((A, "one more", 1), *((A, f"tag{i}", 1) for i in range(TAGS_MAX) if i != 3)), media="application/xml", remove="yes")
    else:
        full.put_tag(B, "one more")
    assert names(full) == {f"tag{i}" for i in range(TAGS_MAX) if i != 3} | {"one more"}
    full.put_tag(B, "and one more", status=400)


# ---- texts ----


@pytest.mark.parametrize("c", UNTELLABLE)
def test_text_when_it_has_characters_that_xml_cannot_tell_then_it_is_refused(api, c):
    before = api.get("settings")
    for field in ("tag", "reason", "url", "modified_by"):
        api.put_tag(**{"cve": A, "tag": "Critical", field: f"https://a{c}b"}, status=400)
    for field in ("package", "version", "arch", "reason", "approver", "value"):
        api.add_exception(**{"cve": A, "package": "bash", **({"group": "site"} if field == "value" else {}), field: f"a{c}b"}, status=400)
    for field in ("title", "tag_names"):
        api.ask("PATCH", "settings", {field: f"a{c}b"}, status=400)
    assert api.rows("cve-tags") == api.rows("exceptions") == [] and api.get("settings") == before


def test_exports_when_texts_are_odd_then_they_are_well_formed(api):
    odd = "<&>\"' ]]> \t\ud7ff\ue000\ufffd\U00010000\U0010ffff ěž&#0; &amp;"
    api.ask("PATCH", "settings", {"title": "<&> \ufffd \U0001f427"})
    api.put_tag(A, "<&>\"' ]]> ž", reason=odd, url="https://example.org/?a=1&b=<2>", modified_by=odd)
    api.add_exception(cve=A, package="<&>", version="1<2-3>2", arch="&", reason=odd + "\nnext line")
    tag, = ElementTree.fromstring(api.server.get("/api/exportCvesTags.php").body)
    exception, = ElementTree.fromstring(api.server.get("/api/exportCvesExceptions.php").body)
    assert {e.tag: e.text for e in tag}["reason"] == odd and {e.tag: e.text for e in tag}["modifier"] == "<&> \ufffd \U0001f427"
    assert exception.find("reason").text == odd + "\nnext line" and [e.text for e in exception.find("pkg")] == ["<&>", "1<2", "3>2", "&"]


def test_exports_when_the_store_holds_what_xml_cannot_tell_then_they_are_well_formed(pakiti):
    """As an older server took it."""
    with contextlib.closing(sqlite3.connect(pakiti.db)) as db, db:
        db.execute("INSERT INTO cve_tag VALUES (2024000000000001, 'Critical', ?, '', 1, '', 1)", ("a\x01b\ufffec\x1b\uffff",))
    with openapi.serving(pakiti) as api:
        tag, = ElementTree.fromstring(api.server.get("/api/exportCvesTags.php").body)
        assert {e.tag: e.text for e in tag}["reason"] == "a?b?c??"


# ---- numbers of exceptions ----


def test_exception_when_others_were_removed_then_its_number_is_new(pakiti):
    given = []
    for _ in range(2):
        with openapi.serving(pakiti) as api:
            for _ in range(3):
                given.append(api.add_exception(cve=A))
                api.ask("DELETE", f"exceptions/{given[-1]}", status=204)
            api.ask("POST", "exceptions/import", f"<cveExceptions><cveException><cveName>{A}</cveName><pkg><name>bash</name></pkg></cveException></cveExceptions>",
                    media="application/xml")
            given += [row["id"] for row in api.rows("exceptions")]
            api.ask("POST", "exceptions/import", "<cveExceptions/>", media="application/xml", remove="yes")
            assert api.rows("exceptions") == []
    assert len(given) == 8 and given == sorted(set(given))


# ---- who asks ----

FOREIGN = [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"},
           {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, {"Host": "evil.example", "Sec-Fetch-Site": "same-origin"},
           {"Host": "evil.example", "Origin": "http://evil.example"}, {"Host": "evil.example", "Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}]


def send(server, method, path, body, headers):
    """A request with these headers as they are, also the name that the server is called by."""
    headers = {"Host": f"127.0.0.1:{server.port}", "Content-Type": "text/plain", "Content-Length": str(len(body)), "Connection": "close", **headers}
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value is not None) + "\r\n"
    return server.raw(head.encode() + body)


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["/feed/", "/feed", "/feed/index.php"])
def test_report_when_a_foreign_page_sends_it_then_it_is_refused_and_nothing_is_stored(pakiti, server, path, headers):
    received = send(server, "POST", path, kit.report_5().encode(), headers)
    assert kit.status_of(received) == 403 and server.results() == {"refused": 1}
    assert (pakiti.count("host"), pakiti.count("profile"), pakiti.count("package")) == (0, 0, 0)
    assert pakiti.rows("SELECT name FROM host") == [] and server.is_healthy()


@pytest.mark.parametrize("headers", FOREIGN)
def test_metrics_when_a_foreign_page_asks_then_they_are_refused(server, headers):
    received = send(server, "GET", "/metrics", b"", headers)
    assert kit.status_of(received) == 403 and b"pakiti_hosts" not in received


@pytest.mark.parametrize("headers", [{}, {"Host": "evil.example"}, {"Host": "pakiti.example.org:443"}, {"Host": "x"}, {"Sec-Fetch-Site": "none"},
                                     {"Sec-Fetch-Site": "same-origin"}, {"Host": "localhost:7", "Origin": "http://localhost:7", "Sec-Fetch-Site": "same-origin"}])
def test_report_when_a_client_or_a_page_of_the_server_sends_it_then_it_is_stored(pakiti, server, headers):
    assert kit.status_of(send(server, "POST", "/feed/", kit.report_5().encode(), headers)) == 200
    assert pakiti.count("host") == 1
    assert kit.status_of(send(server, "GET", "/metrics", b"", headers)) == 200


# ---- addresses, fields ----


@pytest.mark.parametrize("path", ["hosts/", "cves/", "cve-tags/", "exceptions/", "settings/", "about/", "overview/", "feeds/sync/", "exceptions/1/", "hosts//", "openapi.yaml/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_address_when_it_ends_with_a_slash_then_nothing_is_there(api, method, path):
    api.add_exception(cve=A)
    assert openapi.is_problem(api.server.request(method, openapi.PREFIX + path, b"{}" if method == "POST" else None, Content_Type="application/json"), 404)


@pytest.mark.parametrize("fields", ["key,key", "key,name,key", "name,site,site"])
def test_list_when_a_field_is_asked_for_twice_then_it_is_refused(api, fields):
    assert "asked for twice" in api.refuses("hosts", fields=fields)
    assert "asked for twice" in api.refuses("hosts", fields=fields, download="csv")
