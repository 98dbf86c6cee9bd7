# SPDX-License-Identifier: Apache-2.0
"""What people change through the API: tags of CVEs, exceptions, settings, feeds. Every change is seen by the very next question, in every list."""
import json
import sqlite3
import threading
import time
from datetime import datetime, timezone

import pytest

import demo
import kit
import openapi
import repositories
import vendors

OPENSSL, OLD_OPENSSL, SUDO, LIBXML2 = "CVE-2024-10002", "CVE-2024-10001", "CVE-2023-10004", "CVE-2025-10005"
LIKE_ALL = {"reason": "not reachable", "approver": "Ann"}


@pytest.fixture
def pakiti(new_demo):
    return new_demo()


@pytest.fixture
def api(pakiti):
    with openapi.serving(pakiti) as api:
        yield api


def seconds_of(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def hit(api, cve):
    """{host: does it count?} of a CVE; the same is said by the CVE itself, and by the CVEs of each host."""
    rows, reasons = api.by("key", f"cves/{cve}/hosts"), {row["id"]: row["reason"] for row in api.rows("exceptions")}
    assert api.cve(cve)["hosts"] == sum(row["counts"] for row in rows.values())
    assert api.cve(cve)["excepted"] == sum(not row["counts"] for row in rows.values())
    for key in list(rows)[::5]:
        own = [row for row in api.rows(f"hosts/{key}/cves") if row["cve"] == cve]
        assert any(row["counts"] for row in own) == rows[key]["counts"]
        assert all(row["reason"] == reasons[row["exception"]] for row in own if not row["counts"])
        assert api.host(key)["cves"] == len({row["cve"] for row in api.rows(f"hosts/{key}/cves") if row["counts"]})
    return {key: row["counts"] for key, row in rows.items()}


def excepted_hosts(api, cve):
    return {key for key, counts in hit(api, cve).items() if not counts}


# ---- tags ----


def test_tag_when_put_then_hosts_cves_and_lists_have_it_at_once(api):
    wanted = set(hit(api, SUDO))
    assert wanted and api.rows("hosts", state="tagged") == []
    assert api.put_tag(SUDO, "Critical", reason="everywhere", url="https://example.org/1", modified_by="Ann") == {}
    hosts = api.by("key", "hosts")
    assert {key for key, row in hosts.items() if row["tagged"] == 1 and row["cve_tags"] == ["Critical"]} == wanted
    assert all(row["tagged"] == 0 and row["cve_tags"] == [] for key, row in hosts.items() if key not in wanted)
    assert set(api.by("key", "hosts", state="tagged")) == set(api.by("key", "hosts", cve_tag="Critical")) == wanted
    assert [row["cve"] for row in api.rows("cves", tagged="yes")] == [SUDO] and api.cve(SUDO)["tags"] == ["Critical"]
    assert api.get("overview")["hosts_tagged"] == len(wanted)
    key = sorted(wanted)[0]
    assert [row["tags"] for row in api.rows(f"hosts/{key}/cves") if row["cve"] == SUDO] == [["Critical"]] and api.host(key)["tagged"] == 1
    row, = api.rows("cve-tags")
    assert {k: row[k] for k in ("cve", "tag", "reason", "url", "modified_by", "enabled", "hosts")} == {
        "cve": SUDO, "tag": "Critical", "reason": "everywhere", "url": "https://example.org/1", "modified_by": "Ann", "enabled": True, "hosts": len(wanted)}


def test_tags_when_enabled_then_the_overview_counts_their_hosts_those_of_most_first(api):
    assert api.get("overview")["tagged"] == []
    for tag, cve in (("Weekend", OPENSSL), ("Critical", SUDO), ("Again", SUDO)):
        api.put_tag(cve, tag)
    api.put_tag(SUDO, "Off", enabled=False)
    numbers = {"Again": len(hit(api, SUDO)), "Critical": len(hit(api, SUDO)), "Weekend": len(hit(api, OPENSSL))}
    assert len(set(numbers.values())) == 2
    assert api.get("overview")["tagged"] == [{"tag": tag, "hosts": n} for tag, n in sorted(numbers.items(), key=lambda one: (-one[1], one[0]))]


def test_tag_when_put_again_then_it_is_replaced(api):
    api.put_tag(SUDO, reason="first", url="https://example.org/")
    api.put_tag(SUDO, reason="second")
    row, = api.rows("cve-tags")
    assert (row["reason"], row["url"]) == ("second", "")


def test_tags_when_several_are_put_then_a_cve_has_them_all_and_counts_once(api):
    for tag in ("Critical", "High", "Žádná chvála"):
        api.put_tag(SUDO, tag)
    assert sorted(api.cve(SUDO)["tags"]) == ["Critical", "High", "Žádná chvála"]
    assert {row["tagged"] for row in api.rows("hosts", cve=SUDO)} == {1}
    assert len(api.rows("hosts", cve_tag="Žádná chvála")) == api.cve(SUDO)["hosts"]


@pytest.mark.parametrize("how", ["disabled", "removed"])
def test_tag_when_it_is_no_more_then_nothing_counts_as_tagged(api, how):
    api.put_tag(SUDO)
    assert api.rows("hosts", state="tagged")
    if how == "disabled":
        api.put_tag(SUDO, enabled=False)
    else:
        api.ask("DELETE", "cve-tags", cve=SUDO, tag="Critical", status=204)
    assert [row["enabled"] for row in api.rows("cve-tags")] == ([False] if how == "disabled" else [])
    assert api.rows("hosts", state="tagged") == api.rows("cves", tagged="yes") == api.rows("hosts", cve_tag="Critical") == []
    assert api.cve(SUDO)["tags"] == [] and {row["tagged"] for row in api.rows("hosts")} == {0}


def test_tag_when_it_is_on_a_cve_that_hits_nobody_then_it_is_kept(api):
    api.put_tag("CVE-1999-0001")
    assert [(row["cve"], row["hosts"]) for row in api.rows("cve-tags")] == [("CVE-1999-0001", 0)] and api.rows("hosts", state="tagged") == []


def test_tag_when_its_cve_is_excepted_for_a_host_then_the_host_is_not_tagged(api):
    api.put_tag(SUDO)
    api.add_exception(cve=SUDO, group="site", value="Brno")
    assert api.rows("hosts", state="tagged", site="Brno") == [] and api.rows("hosts", state="tagged")


def test_tag_when_there_is_none_then_removing_it_is_not_found(api):
    assert "no such tag" in api.ask("DELETE", "cve-tags", cve=SUDO, tag="Critical", status=404).json["detail"]
    for query in ({}, {"cve": SUDO}, {"tag": "Critical"}, {"cve": "nonsense", "tag": "Critical"}):
        api.ask("DELETE", "cve-tags", status=400, **query)


@pytest.mark.parametrize("change", [{"cve": ""}, {"cve": "CVE-1"}, {"tag": ""}, {"tag": "  "}, {"tag": "a,b"}, {"tag": "a\nb"}, {"tag": "x" * 64}, {"tag": "a\u0001"},
                                    {"url": "javascript:alert(1)"}, {"url": "data:text/html,x"}, {"url": "//example.org"}, {"url": "https://x/" + "y" * 2000},
                                    {"reason": "x" * 2001}, {"reason": "\u0000"}, {"modified_by": "x" * 201}, {"nonsense": 1}, {"tag": ["a"]}, {"tag": {"a": 1}}])
def test_tag_when_a_field_is_wrong_then_it_is_refused_and_nothing_is_changed(api, change):
    api.put_tag(status=400, **{"cve": SUDO, "tag": "Critical", **change})
    assert api.rows("cve-tags") == []


@pytest.mark.parametrize("enabled", ["yes", 1, None])
def test_tag_when_enabled_is_no_boolean_then_it_is_refused(api, enabled):
    api.put_tag(SUDO, enabled=enabled, status=400)


# ---- bodies ----


@pytest.mark.parametrize("method, path", [("PUT", "cve-tags"), ("POST", "exceptions"), ("PUT", "exceptions/1"), ("PATCH", "settings"), ("POST", "feeds/sync")])
@pytest.mark.parametrize("body", [None, b"", b"[]", b"1", b'"text"', b"null", b"{", b"{} {}", b'{"reason":"\xff"}', b"nonsense", b"{" * 5000, b'{"cve":"a"}\x00'])
def test_edit_when_its_body_is_no_json_object_then_it_is_refused(api, method, path, body):
    api.ask(method, path, b"" if body is None and method == "POST" else body, status=400)
    assert api.rows("exceptions") == api.rows("cve-tags") == []


def test_edit_when_its_type_is_in_capitals_then_it_is_taken(api):
    api.ask("PUT", "cve-tags", {"cve": SUDO, "tag": "Critical"}, media="Application/JSON; charset=utf-8")


# ---- exceptions ----


@pytest.mark.parametrize("what, cve, passes", [
    ({"cve": OPENSSL}, OPENSSL, lambda h: True), ({"cve": OPENSSL, "package": "openssl"}, OPENSSL, lambda h: True),
    ({"package": "openssl"}, OPENSSL, lambda h: True), ({"package": "openssl", "version": "3.0.11-1"}, OPENSSL, lambda h: h["installed"] == "3.0.11-1"),
    ({"cve": OPENSSL, "package": "openssl", "version": "3.0.14-1"}, OPENSSL, lambda h: h["installed"] == "3.0.14-1"),
    ({"package": "openssl", "arch": "amd64"}, OPENSSL, lambda h: True), ({"package": "openssl", "arch": "i386"}, OPENSSL, lambda h: False),
    ({"cve": OPENSSL, "platform": "debian:12"}, OPENSSL, lambda h: True), ({"cve": OPENSSL, "platform": "debian"}, OPENSSL, lambda h: True),
    ({"cve": OPENSSL, "platform": "debian:11"}, OPENSSL, lambda h: False), ({"cve": OPENSSL, "package": "sudo"}, OPENSSL, lambda h: False),
    ({"cve": OPENSSL}, SUDO, lambda h: False),
    ({"cve": OPENSSL, "group": "host", "value": "node01.brno.example.cz"}, OPENSSL, lambda h: h["key"] == "node01.brno.example.cz"),
    ({"cve": OPENSSL, "group": "site", "value": "Brno"}, OPENSSL, lambda h: h["site"] == "Brno"),
    ({"cve": OPENSSL, "group": "site", "value": demo.SCRIPT}, OPENSSL, lambda h: h["site"] == demo.SCRIPT),
    ({"cve": OPENSSL, "group": "domain", "value": "cern.example"}, OPENSSL, lambda h: h["domain"] == "cern.example"),
    ({"cve": OPENSSL, "group": "tld", "value": "cz"}, OPENSSL, lambda h: h["tld"] == "cz"),
    ({"package": "openssl", "group": "tag", "value": "web"}, OPENSSL, lambda h: h["tag"] == "web"),
    ({"cve": OPENSSL, "group": "tag", "value": "nobody"}, OPENSSL, lambda h: False), ({"cve": OPENSSL, "expires": "2100-01-01T00:00:00Z"}, OPENSSL, lambda h: True),
    ({"cve": OPENSSL, "package": "openssl", "version": "3.0.11-1", "arch": "amd64", "platform": "debian:12", "group": "tld", "value": "cz"}, OPENSSL,
     lambda h: h["installed"] == "3.0.11-1" and h["tld"] == "cz")])
def test_exception_when_added_then_it_takes_away_what_it_names_and_nothing_else(api, what, cve, passes):
    before = api.by("key", f"cves/{cve}/hosts")
    wanted = {key for key, row in before.items() if passes(row)}
    counts = {key: row["cves"] for key, row in api.by("key", "hosts").items()}
    number = api.add_exception(**what, reason="not reachable\nreally")
    assert excepted_hosts(api, cve) == wanted
    assert {(row["exception"], row["reason"]) for row in api.rows(f"cves/{cve}/hosts") if not row["counts"]} == ({(number, "not reachable\nreally")} if wanted else set())
    shown = api.get(f"exceptions/{number}")
    assert shown == api.by("id", "exceptions")[number]
    assert {k: shown[k] for k in what} == what and shown["expired"] is False and shown["approver"] == "Ann"
    if cve == what.get("cve"):
        assert shown["hosts"] == len(wanted)
        for key, row in api.by("key", "hosts").items():
            assert (row["cves"], row["excepted"]) == (counts[key] - (key in wanted), int(key in wanted))
        assert set(api.by("key", "hosts", state="excepted")) == wanted
        assert set(api.by("key", "hosts", cve=cve)) == set(before) - wanted


def test_exception_when_its_package_has_several_cves_then_all_of_them_are_taken_away(api):
    number = api.add_exception(package="openssl")
    assert all(excepted_hosts(api, cve) == set(api.by("key", f"cves/{cve}/hosts")) != set() for cve in (OPENSSL, OLD_OPENSSL))
    assert excepted_hosts(api, SUDO) == set()
    assert api.get(f"exceptions/{number}")["hosts"] == len(api.by("key", f"cves/{OPENSSL}/hosts"))
    rows = [row for row in api.rows("hosts/node00.cern.example/packages") if row["package"] == "openssl"]
    assert [row["cves"] for row in rows] == [0]


def test_exception_when_it_makes_a_cve_hit_nobody_then_the_cve_is_listed_only_among_all(api):
    before, n = api.by("cve", "cves"), api.cve(LIBXML2)["hosts"]
    api.add_exception(cve=LIBXML2)
    assert set(api.by("cve", "cves")) == set(api.by("cve", "cves", all="no")) == set(before) - {LIBXML2}
    every = api.by("cve", "cves", all="yes")
    assert set(every) == set(before) and (every[LIBXML2]["hosts"], every[LIBXML2]["excepted"]) == (0, n)
    assert (api.cve(LIBXML2)["hosts"], api.cve(LIBXML2)["excepted"]) == (0, n)


def test_exception_when_changed_then_what_it_says_now_holds(api):
    number = api.add_exception(cve=OPENSSL, group="site", value="Brno")
    reply = api.ask("PUT", f"exceptions/{number}", {"cve": SUDO, "group": "tld", "value": "fr", "reason": "other", "approver": "Bob"})
    assert reply.json == {"id": number} and excepted_hosts(api, OPENSSL) == set()
    assert excepted_hosts(api, SUDO) == {key for key, row in api.by("key", f"cves/{SUDO}/hosts").items() if row["tld"] == "fr"} != set()
    assert [(row["reason"], row["approver"], row["cve"]) for row in api.rows("exceptions")] == [("other", "Bob", SUDO)]


def test_exception_when_removed_then_all_counts_again(api):
    hosts, cves = api.rows("hosts"), api.rows("cves")
    number = api.add_exception(cve=OPENSSL)
    assert api.rows("hosts") != hosts and api.rows("cves") != cves
    assert api.ask("DELETE", f"exceptions/{number}", status=204).body == b""
    assert api.rows("hosts") == hosts and api.rows("cves") == cves and api.rows("exceptions") == []


def test_exceptions_when_two_hold_then_removing_one_changes_nothing(api):
    first, second = api.add_exception(cve=OPENSSL), api.add_exception(package="openssl", group="tld", value="cz")
    everybody = set(api.by("key", f"cves/{OPENSSL}/hosts"))
    assert excepted_hosts(api, OPENSSL) == everybody
    api.ask("DELETE", f"exceptions/{first}", status=204)
    assert excepted_hosts(api, OPENSSL) == {key for key in everybody if key.endswith(".cz")}
    api.ask("DELETE", f"exceptions/{second}", status=204)
    assert excepted_hosts(api, OPENSSL) == set()


def test_exception_when_a_host_moves_to_another_site_then_it_goes_by_the_new_one(api):
    api.add_exception(cve=LIBXML2, group="site", value="Prague")
    assert excepted_hosts(api, LIBXML2) == set()
    report = json.loads(demo.report(1))
    report["host"]["site"] = "Prague"
    assert api.server.post_json(report).status == 200
    kit.wait_for(lambda: excepted_hosts(api, LIBXML2) == {"node01.brno.example.cz"}, "the host's new site")


def test_exception_when_it_expires_then_all_counts_again(api):
    expires = datetime.fromtimestamp(int(time.time()) + 3, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    number = api.add_exception(cve=OPENSSL, expires=expires)
    shown = api.get(f"exceptions/{number}")
    assert shown["expires"] == expires
    if not shown["expired"]:
        assert shown["hosts"] > 0
    kit.wait_for(lambda: api.cve(OPENSSL)["excepted"] == 0, "the end of the exception")
    # what the lists show is made anew every minute in any case: it was not for that
    assert seconds_of(api.get("about")["as_of"]) - seconds_of(shown["created"]) < 55
    assert api.get(f"exceptions/{number}")["expired"] is True and api.get(f"exceptions/{number}")["hosts"] == 0
    assert excepted_hosts(api, OPENSSL) == set() and api.rows("hosts", state="excepted") == []


@pytest.mark.parametrize("change", [{"reason": ""}, {"reason": " \n"}, {"reason": None}, {"approver": ""}, {"cve": ""}, {"cve": "nonsense"}, {"reason": "x" * 2001},
                                    {"approver": "x" * 201}, {"package": "x" * 256}, {"reason": "a\u0007"}, {"package": "a\u0000b"}, {"cve": "", "version": "1"},
                                    {"version": "1"}, {"arch": "amd64"}, {"group": "planet"}, {"group": "platform", "value": "debian:12"}, {"group": "host", "value": ""},
                                    {"group": "site", "value": ""}, {"group": "site"}, {"value": "Brno"}, {"group": "", "value": "Brno"},
                                    {"expires": "2001-01-01T00:00:00Z"}, {"expires": "soon"}, {"expires": "2100-13-01T00:00:00Z"}, {"expires": "2100-02-30"}, {"value": "x" * 321, "group": "site"},
                                    {"platform": "x" * 300}, {"url": "https://example.org/"}, {"id": 7}, {"reason": ["a"]}])
def test_exception_when_a_field_is_wrong_then_it_is_refused_and_nothing_is_changed(api, change):
    number = api.add_exception(cve=SUDO)
    before = api.rows("exceptions")
    assert api.add_exception(**{"cve": OPENSSL, **change}, status=400)
    api.ask("PUT", f"exceptions/{number}", {"cve": OPENSSL, **LIKE_ALL, **change}, status=400)
    assert api.rows("exceptions") == before and excepted_hosts(api, OPENSSL) == set()


@pytest.mark.parametrize("missing", ["reason", "approver"])
def test_exception_when_a_field_is_missing_then_it_says_which(api, missing):
    body = {"cve": OPENSSL, **{k: v for k, v in LIKE_ALL.items() if k != missing}}
    assert api.ask("POST", "exceptions", body, status=400).json["detail"] == f"{missing} is missing"


@pytest.mark.parametrize("expires", ["2100-01-01T00:00:00+02:00", "2099-12-31T22:00:00.999Z", "2099-12-31T22:00:00Z"])
def test_exception_when_its_expiry_is_any_rfc3339_then_it_is_that_moment(api, expires):
    api.add_exception(cve=OPENSSL, expires=expires)
    assert api.rows("exceptions")[0]["expires"] == "2099-12-31T22:00:00Z"


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("number", ["1", "0", "x", "-1", "99999999999999999999"])
def test_exception_when_there_is_none_then_it_is_not_found(api, method, number):
    api.ask(method, f"exceptions/{number}", {"cve": OPENSSL, **LIKE_ALL}, status=404)


# ---- settings ----


def test_settings_when_changed_then_they_have_effect_at_once(pakiti):
    with sqlite3.connect(pakiti.db) as db:
        db.execute("UPDATE host SET last_report_at = ? WHERE name LIKE 'node3%'", (int(time.time()) - 3 * 3600,))
    with openapi.serving(pakiti) as api:
        def silent():
            hosts = {row["key"] for row in api.rows("hosts", state="silent")}
            assert hosts == {row["key"] for row in api.rows("hosts") if row["silent"]} and api.get("overview")["hosts_silent"] == len(hosts)
            return {key[:5] for key in hosts}

        assert silent() == {"node4"}
        for hours, wanted in ((1, {"node3", "node4"}), (24 * 365, set()), (48, {"node4"})):
            assert api.ask("PATCH", "settings", {"silent_after_hours": hours}).json == {}
            assert silent() == wanted and api.get("settings")["silent_after_hours"] == hours


def test_settings_when_some_are_changed_then_the_others_stay(api):
    before = api.get("settings")
    api.ask("PATCH", "settings", {"title": "Brno's Pakiti", "tag_names": "Urgent"})
    assert api.get("settings") == {**before, "title": "Brno's Pakiti", "tag_names": "Urgent"} and api.get("about")["title"] == "Brno's Pakiti"


@pytest.mark.parametrize("change", [{"silent_after_hours": 0}, {"silent_after_hours": -1}, {"silent_after_hours": 1e9}, {"silent_after_hours": "soon"},
                                    {"silent_after_hours": None}, {"silent_after_hours": [1]}, {"keep_trend_days": 0},
                                    {"keep_trend_days": 1.5}, {"title": ""}, {"title": "x" * 201}, {"title": None},
                                    {"tag_names": {}}, {"nonsense": 1}, {"database": "/tmp/x"}, {"web.title": "x"}])
def test_settings_when_one_is_wrong_then_none_is_changed(api, change):
    before = api.get("settings")
    api.ask("PATCH", "settings", {"tag_names": "Urgent", **change, "keep_trend_days": change.get("keep_trend_days", 30)}, status=400)
    assert api.get("settings") == before


@pytest.mark.parametrize("title", ["a\u0001b", "a\u001b[2J"])
def test_settings_when_a_text_has_control_characters_then_it_is_refused(api, title):
    api.ask("PATCH", "settings", {"title": title}, status=400)


# ---- feeds ----


def test_feed_when_asked_to_be_fetched_then_it_is(api):
    before = api.by("name", "feeds")
    kit.wait_for(lambda: time.time() > seconds_of(before["demo-kev"]["last_try"]) + 1, "the next second")
    assert api.ask("POST", "feeds/sync", {"feed": "demo-kev"}, status=202).json == {}
    kit.wait_for(lambda: api.by("name", "feeds")["demo-kev"]["last_try"] > before["demo-kev"]["last_try"], "the fetch")
    assert api.by("name", "feeds")["demo-osv"] == before["demo-osv"] and api.by("name", "feeds")["demo-kev"]["health"] == "good"


@pytest.mark.parametrize("body, status", [({"feed": "nothing"}, 404), ({"feed": ""}, 404), ({}, 404), ({"feed": "--force"}, 404), ({"feed": "demo-kev", "x": 1}, 400),
                                          ({"feed": ["demo-kev"]}, 400)])
def test_feed_when_there_is_none_then_it_is_not_fetched(api, body, status):
    before = api.rows("feeds")
    api.ask("POST", "feeds/sync", body, status=status)
    assert api.rows("feeds") == before


def test_feed_when_it_is_held_back_then_it_can_be_accepted(pakiti, tmp_path):
    place = tmp_path / "epss.csv"
    for n in (200, 100):
        lines = [f"CVE-2023-{i:04},0.5,0.5" for i in range(n)]
        place.write_text("\n".join(["#model_version:v2025.03.14,score_date:2026-01-01T00:00:00+0000", "cve,epss,percentile", *lines]) + "\n")
        if n == 200:
            pakiti.add_feed("large", place, type="epss", platform="")
        pakiti.run("sync", "large", code=0 if n == 200 else 5)
    with openapi.serving(pakiti) as api:
        feed = api.by("name", "feeds")["large"]
        assert (feed["held"], feed["failing"], feed["definitions"]) == (True, False, 200)
        n_held = api.get("overview")["feeds"]["held"]
        assert f"pakiti_feeds_held {n_held}\n" in api.server.get("/metrics").text
        api.ask("POST", "feeds/sync", {"feed": "large"}, status=202)
        kit.wait_for(lambda: "sync_ended feed=large" in api.server.log(), "the fetch")
        assert api.by("name", "feeds")["large"]["held"]
        api.ask("POST", "feeds/sync", {"feed": "large", "accept": True}, status=202)
        kit.wait_for(lambda: not api.by("name", "feeds")["large"]["held"], "the feed's acceptance")
        feed = api.by("name", "feeds")["large"]
        assert (feed["health"], feed["error"], feed["definitions"]) == ("good", "", 100) and api.get("overview")["feeds"]["held"] == n_held - 1


def test_feed_when_it_is_being_fetched_then_it_cannot_be_accepted_meanwhile(pakiti, web):
    content = vendors.epss({f"CVE-2023-{i:04}": ("0.5", "0.5") for i in range(9)}).encode()
    (web.folder / "epss.csv").write_bytes(content)
    pakiti.add_feed("slow", f"{web.url}/epss.csv", type="epss", platform="")
    go = threading.Event()
    web.misbehave("epss.csv", lambda handler, content: go.wait(kit.PATIENCE_S) and repositories.serve(handler, content))
    with openapi.serving(pakiti) as api:
        api.ask("POST", "feeds/sync", {"feed": "slow"}, status=202)
        kit.wait_for(lambda: web.requests, "the request for the feed")
        assert openapi.is_problem(api.ask("POST", "feeds/sync", {"feed": "slow", "accept": True}, status=409), 409)
        api.ask("POST", "feeds/sync", {"feed": "slow"}, status=202)  # that is what is being done
        go.set()
        kit.wait_for(lambda: "sync_ended feed=slow" in api.server.log(), "the fetch")
        assert (api.by("name", "feeds")["slow"]["health"], len(web.requests)) == ("good", 1)
        api.ask("POST", "feeds/sync", {"feed": "slow", "accept": True}, status=202)
        kit.wait_for(lambda: api.server.log().count("sync_ended feed=slow") == 2, "the acceptance")
