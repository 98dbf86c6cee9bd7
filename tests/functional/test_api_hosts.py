# SPDX-License-Identifier: Apache-2.0
"""A host over time, numbers over time, and the command line, which says the same as the API."""
import json
import sqlite3
import time
from datetime import datetime, timezone

import pytest

import demo
import kit
import openapi

DAY = 86400
MOVED = "moved.example.net"
CVE, PACKAGE = "CVE-2024-10002", "openssl"
COUNTS = ("hosts_updates", "hosts_security", "hosts_cves", "updates", "security", "cves")


def day(back=0):
    return datetime.fromtimestamp(time.time() - back * DAY, timezone.utc).strftime("%Y-%m-%d")


def moved(kernel="6.1.0-18-amd64", system="Debian GNU/Linux 12", **versions):
    return json.dumps({"protocol": 6, "packager": "dpkg", "host": {"name": MOVED, "os": system, "arch": "x86_64", "kernel": kernel},
                       "packages": [{"name": name, "version": version, "arch": "amd64", "source": name, "source_version": version}
                                    for name, version in versions.items()]})


def submit_later(pakiti, report):
    """A history has a second's grain: what happened so far happened an hour before."""
    with sqlite3.connect(pakiti.db) as db:
        db.execute("UPDATE host_history SET from_at = from_at - 3600, until_at = CASE until_at WHEN 0 THEN 0 ELSE until_at - 3600 END")
    pakiti.run("submit", "-", stdin=report)


@pytest.fixture(scope="module")
def pakiti(new_demo):
    pakiti = new_demo()
    pakiti.run("submit", "-", stdin=moved(openssl="3.0.15-1", bash="5.2-1", curl="7.88.1-10"))
    submit_later(pakiti, moved(openssl="3.0.11-1", bash="5.2-2", sudo="1.9.13p3-1"))
    submit_later(pakiti, moved(openssl="3.0.11-1", bash="5.2-2", sudo="1.9.13p3-1", kernel="6.1.0-26-amd64"))
    submit_later(pakiti, moved(openssl="3.0.11-1", bash="5.2-2", sudo="1.9.13p3-1", kernel="6.1.0-26-amd64", system="Debian GNU/Linux 11"))
    return pakiti


@pytest.fixture(scope="module")
def api(pakiti):
    with openapi.serving(pakiti) as api:
        kit.wait_for(lambda: pakiti.rows("SELECT 1 FROM trend WHERE kind = 'platform'"), "the numbers of the day, noted when the server starts")
        yield api


@pytest.fixture
def pakiti_of_its_own(tmp_path):
    return kit.Pakiti(tmp_path / "pakiti").init()


def test_host_when_asked_for_in_capitals_then_it_is_the_same(api):
    assert api.get("hosts/NODE01.Brno.example.cz") == api.get("hosts/node01.brno.example.cz")


# ---- history ----


def history(api, host, **query):
    return [(row["change"], row["package"], row["before"], row["after"]) for row in api.rows(f"hosts/{host}/history", **query)]


def test_history_when_packages_kernel_and_system_change_then_each_change_is_told_the_newest_first(api):
    assert history(api, MOVED)[:2] == [("platform", "", "debian:12", "debian:11"), ("kernel", "", "6.1.0-18-amd64", "6.1.0-26-amd64")]
    assert sorted(history(api, MOVED)[2:-1]) == [("downgraded", "openssl", "3.0.15-1", "3.0.11-1"), ("installed", "sudo", "", "1.9.13p3-1"),
                                                 ("removed", "curl", "7.88.1-10", ""), ("upgraded", "bash", "5.2-1", "5.2-2")]
    assert history(api, MOVED)[-1] == ("first", "", "", "3")


def test_history_when_listed_then_its_moments_are_those_of_the_reports(api):
    rows = api.rows(f"hosts/{MOVED}/history")
    moments = sorted({row["at"] for row in rows})
    assert len(moments) == 4 and [row["at"] for row in rows] == sorted((row["at"] for row in rows), reverse=True)
    assert moments[-1] == api.host(MOVED)["last_report"]


@pytest.mark.parametrize("i", [7, 20, 21])
def test_history_when_compared_with_the_reports_then_it_is_their_difference(api, i):
    before, after = ({p["name"]: p["version"] for p in json.loads(demo.report(i, step))["packages"]} for step in (0, 1))
    wanted = [("upgraded", name, before[name], after[name]) for name in before if name in after and after[name] != before[name]]
    wanted += [("removed", name, before[name], "") for name in before if name not in after] + [("first", "", "", str(len(before)))]
    assert sorted(history(api, json.loads(demo.report(i))["host"]["name"])) == sorted(wanted) != []


def test_history_when_the_host_reported_once_then_it_has_its_first_report_only(api):
    assert history(api, "node01.brno.example.cz") == [("first", "", "", str(len(json.loads(demo.report(1))["packages"])))]


def kernels(*versions, name="kernel", **members):
    """A host on which several versions of a package are installed side by side."""
    return json.dumps({"protocol": 6, "packager": "rpm", "host": {"name": MOVED, "os": "Rocky Linux 9", "arch": "x86_64", "kernel": "5.14.0-1.el9.x86_64"},
                       "packages": [{"name": name, "version": v, "arch": "x86_64", **members} for v in versions] + [{"name": "bash", "version": "0:5-1", "arch": "x86_64"}]})


@pytest.mark.parametrize("before, after, wanted", [
    ((1, 2), (2, 3), [("upgraded", 1, 3)]), ((1, 2), (2,), [("removed", 1, None)]), ((2,), (2, 3), [("installed", None, 3)]),
    ((1, 2), (3, 4), [("upgraded", 1, 3), ("upgraded", 2, 4)]), ((2, 3), (1, 2), [("downgraded", 3, 1)]), ((1, 2, 3), (4,), [("removed", 2, None), ("removed", 3, None), ("upgraded", 1, 4)]),
    ((9,), (10, 11), [("installed", None, 11), ("upgraded", 9, 10)]), ((9, 10), (10, 11), [("upgraded", 9, 11)]), ((1, 2), (1, 2), [])])
def test_history_when_a_host_has_several_versions_of_a_package_then_each_that_went_is_paired_with_one_that_came(pakiti_of_its_own, before, after, wanted):
    def evr(n):
        return f"0:5.14.0-{n}.el9" if n else ""

    pakiti_of_its_own.run("submit", "-", stdin=kernels(*map(evr, before)))
    submit_later(pakiti_of_its_own, kernels(*map(evr, after)))
    with openapi.serving(pakiti_of_its_own) as api:
        rows = history(api, MOVED)
    assert sorted(rows[:-1]) == sorted((change, "kernel", evr(old), evr(new)) for change, old, new in wanted) and rows[-1] == ("first", "", "", str(len(before) + 1))


@pytest.mark.parametrize("told", [{"vendor": "Rocky Enterprise"}, {"source": "kernel", "source_version": "5.14.0-1.el9"}])
def test_history_when_only_the_words_about_a_package_change_then_nothing_changed(pakiti_of_its_own, told):
    pakiti_of_its_own.run("submit", "-", stdin=kernels("0:5.14.0-1.el9", "0:5.14.0-2.el9"))
    submit_later(pakiti_of_its_own, kernels("0:5.14.0-1.el9", "0:5.14.0-2.el9", **told))
    assert pakiti_of_its_own.count("host_history") == 2
    with openapi.serving(pakiti_of_its_own) as api:
        assert history(api, MOVED) == [("first", "", "", "3")]


def test_history_when_words_and_one_of_two_versions_change_then_that_version_alone_changed(pakiti_of_its_own):
    pakiti_of_its_own.run("submit", "-", stdin=kernels("0:5.14.0-1.el9", "0:5.14.0-2.el9"))
    submit_later(pakiti_of_its_own, kernels("0:5.14.0-2.el9", "0:5.14.0-3.el9", vendor="Rocky Enterprise"))
    with openapi.serving(pakiti_of_its_own) as api:
        assert history(api, MOVED)[:-1] == [("upgraded", "kernel", "0:5.14.0-1.el9", "0:5.14.0-3.el9")]


# ---- numbers over time ----


def test_trend_of_a_host_when_asked_for_then_its_last_point_has_the_numbers_of_now(api):
    point = api.rows(f"hosts/{MOVED}/trend")[-1]
    host = api.host(MOVED)
    assert point == {"day": day(), **{name: host[name] for name in COUNTS[3:]}}


def test_trend_of_a_host_when_its_numbers_changed_then_it_has_a_point_for_each_day_of_change(tmp_path):
    pakiti = kit.Pakiti(tmp_path / "pakiti").init()
    pakiti.run("submit", "-", stdin=moved(bash="5.2-1"))
    today = int(time.time()) // DAY
    with sqlite3.connect(pakiti.db) as db:
        (profile,), = db.execute("SELECT profile_id FROM host_history")
        db.execute("UPDATE host_history SET from_at = ?", ((today - 20) * DAY,))
        db.execute("DELETE FROM profile_trend")
        db.executemany("INSERT INTO profile_trend VALUES (?, ?, ?, ?, ?)",
                       [(profile, today - 30, 1, 0, 0), (profile, today - 10, 4, 2, 7), (profile, today - 5, 0, 0, 0)])
    with openapi.serving(pakiti) as api:
        def points(**query):
            return [(row["day"], row["updates"], row["security"], row["cves"]) for row in api.rows(f"hosts/{MOVED}/trend", **query)]

        assert points() == [(day(20), 1, 0, 0), (day(10), 4, 2, 7), (day(5), 0, 0, 0)]
        assert points(**{"from": day(7)}) == [(day(7), 4, 2, 7), (day(5), 0, 0, 0)]
        assert points(to=day(8)) == [(day(20), 1, 0, 0), (day(10), 4, 2, 7)]
        assert points(**{"from": day(15), "to": day(12)}) == [(day(15), 1, 0, 0)]
        assert points(to=day(21)) == []


def test_trend_when_asked_for_then_it_has_every_noted_day_and_today(api):
    rows = api.rows("trend")
    assert [row["day"] for row in rows] == [day(back) for back in range(60, -1, -1)]
    assert [row["hosts"] for row in rows[:-1]] == [demo.HOSTS - back // 10 for back in range(60, 0, -1)]
    said = api.get("overview")
    assert {name: rows[-1][name] for name in COUNTS + ("hosts", "hosts_silent", "hosts_reboot")} == {
        name: said[name] for name in COUNTS + ("hosts", "hosts_silent", "hosts_reboot")}


def test_trend_when_days_are_given_then_it_is_of_these(api):
    assert [row["day"] for row in api.rows("trend", **{"from": day(5), "to": day(3)})] == [day(5), day(4), day(3)]
    assert api.rows("trend", **{"from": day(3), "to": day(5)}) == [] and len(api.rows("trend", to=day(50))) == 11


@pytest.mark.parametrize("kind, value, days", [("site", "Brno", 61), ("site", "CERN", 1), ("platform", "debian:12", 1), ("tag", "web", 1), ("tld", "cz", 1),
                                               ("domain", "cern.example", 1), ("site", "nowhere", 0), ("site", "", 1)])
def test_trend_when_asked_for_a_group_then_it_is_of_this_group(api, kind, value, days):
    rows = api.rows("trend", kind=kind, value=value)
    assert len(rows) == days
    if days:
        group = api.by("value", f"groups/{kind}")[value]
        assert rows[-1]["day"] == day() and {name: rows[-1][name] for name in COUNTS + ("hosts",)} == {name: group[name] for name in COUNTS + ("hosts",)}


# ---- the command line ----


@pytest.fixture(params=["no exception", "an exception for some", "an exception for all"])
def excepted(request, api):
    """Something is excepted while the test runs."""
    what = {"an exception for some": {"cve": CVE, "group": "site", "value": "Brno"}, "an exception for all": {"package": PACKAGE}}.get(request.param)
    number = what and api.add_exception(**what)
    yield request.param
    if number:
        api.ask("DELETE", f"exceptions/{number}", status=204)


def test_command_cve_when_run_then_it_lists_the_hosts_that_count(api, pakiti, excepted):
    fields = {"host": "name", "platform": "platform", "package": "package", "installed": "installed", "arch": "arch", "more": "more", "state": "state", "fixed": "fixed",
              "advisory": "advisory", "feed": "feed"}
    wanted = [{word: row[field] for word, field in fields.items()} for row in api.rows(f"cves/{CVE}/hosts", sort="name") if row["counts"]]
    assert pakiti.json("cve", CVE) == wanted
    assert (len(wanted) == 0) == (excepted == "an exception for all")


def test_command_hosts_when_run_then_it_says_what_the_api_says(api, pakiti, excepted):
    fields = {"host": "name", "platform": "platform", "arch": "arch", "kernel": "kernel", "packages": "packages", "security": "security", "updates": "updates",
              "cves": "cves", "reboot_pending": "reboot_pending", "site": "site", "tag": "tag", "last_report": "last_report"}
    hosts = api.rows("hosts")
    assert pakiti.json("hosts") == [{word: row[field] for word, field in fields.items()} for row in hosts]
    assert any(row["excepted"] for row in hosts) == (excepted != "no exception")


@pytest.mark.parametrize("version", [(), ("=", "3.0.14-1"), ("<", "3.0.14-1"), (">=", "3.0.14-1")])
def test_command_package_when_run_then_it_lists_the_hosts_that_have_it(api, pakiti, version):
    fields = {"host": "name", "platform": "platform", "package": "package", "installed": "installed", "arch": "arch", "more": "more"}
    rows = api.rows(f"packages/{PACKAGE}/hosts", **({"version": "".join(version)} if version else {}))
    assert pakiti.json("package", PACKAGE, *version) == [{word: row[field] for word, field in fields.items()} for row in rows] != []


def test_command_packages_when_run_then_it_counts_the_same_hosts(api, pakiti):
    assert {(row["package"], row["installed"], row["arch"]): row["hosts"] for row in pakiti.json("packages")} == {
        (row["package"], row["version"], row["arch"]): row["hosts"] for row in api.rows("packages")}


def test_command_host_when_run_then_it_lists_what_is_not_current(api, pakiti):
    name = "node00.cern.example"
    fields = ("state", "package", "arch", "installed", "available", "repository")
    wanted = [{f: row[f] for f in fields} for row in api.rows(f"hosts/{name}/updates")]
    assert pakiti.json("host", name) == wanted != []


def test_command_explain_when_run_then_it_gives_the_reasons_of_the_api(api, pakiti):
    rows, said = api.rows(f"hosts/{MOVED}/cves/{CVE}"), pakiti.explain(MOVED, CVE)
    assert [row["because"] for row in said] == [row["because"] for row in rows] != []


def test_command_cve_when_its_feeds_do_not_speak_of_it_then_both_find_nothing(api, pakiti):
    assert "no feed speaks of" in pakiti.run("cve", "CVE-1999-0001", code=1).stderr
    assert "no feed speaks of" in api.refuses("cves/CVE-1999-0001", status=404)
