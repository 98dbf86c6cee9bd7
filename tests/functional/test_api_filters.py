# SPDX-License-Identifier: Apache-2.0
"""Filters of hosts: what every list of the fleet says of some hosts, against what is computed here from all of them."""
import json
import re
import time
from collections import Counter, defaultdict
from datetime import datetime, timezone

import pytest

import demo
import openapi
import vendors

RPM = {"protocol": 6, "packager": "rpm", "client": "pakiti-client 0.1.0",
       "host": {"name": "rocky.brno.example.cz", "os": "Rocky Linux 9", "arch": "x86_64", "kernel": "5.14.0-1.el9.x86_64", "site": "Brno", "tag": "batch"},
       "packages": [{"name": "bash", "version": "0:5.1.8-6.el9", "arch": "x86_64"}, {"name": "openssl", "version": "1:3.0.7-1.el9", "arch": "x86_64"}]}
ODD = {"protocol": 6, "packager": "dpkg", "host": {"name": "odd.example.net", "os": "Debian GNU/Linux 12", "arch": "arm64", "site": "a&b=ž + 1"},
       "packages": [{"name": "openssl", "version": "3.0.14-1", "arch": "arm64", "source": "openssl", "source_version": "3.0.14-1"}]}
# Its kernel runs, and lacks a fix; nothing else is to be said of it.
KERNEL = {"protocol": 6, "packager": "dpkg", "host": {"name": "kernel.example.net", "os": "Debian GNU/Linux 12", "arch": "x86_64", "kernel": demo.KERNELS[0]},
          "packages": [{"name": f"linux-image-{demo.KERNELS[0]}", "version": "6.1.70-1", "arch": "amd64", "source": "linux", "source_version": "6.1.70-1"},
                       {"name": "bash", "version": "5.2-2", "arch": "amd64", "source": "bash", "source_version": "5.2-2"}]}
TAGGED, EXCEPTED = "CVE-2023-10004", "CVE-2024-10002"


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc).timestamp()


class Fleet:
    """All that the server says of each host, asked one by one."""

    def __init__(self, api):
        self.api = api
        self.hosts = api.rows("hosts")
        self.packages, self.updates, self.cves = defaultdict(list), defaultdict(list), defaultdict(list)
        for host in self.hosts:
            for kind in ("packages", "updates", "cves"):
                getattr(self, kind)[host["key"]] = api.rows(f"hosts/{host['key']}/{kind}")

    def some(self, passes):
        return [host for host in self.hosts if passes(self, host)]

    def counted(self, host):
        return {row["cve"] for row in self.cves[host["key"]] if row["counts"]}

    def would_help(self, host, advisory):
        """Be it that an exception takes away what it is for: it would be installed all the same."""
        return any(row["advisory"] == advisory and row["state"] == "fixed" for row in self.cves[host["key"]])

    def lacks(self, host, name):
        return any(row["package"] == name for row in self.updates[host["key"]])

    def has_package(self, host, name, versions=None):
        return any(p["package"] == name and (versions is None or p["installed"] in versions) for p in self.packages[host["key"]])


@pytest.fixture(scope="module")
def fleet(new_demo):
    pakiti = new_demo()
    vendors.folder(pakiti.folder / "kernel", {"a.json": vendors.osv("KERNEL-1", vendors.osv_package("Debian:12", "linux", "6.1.76-1"), cves=["CVE-2024-20001"])})
    (pakiti.folder / "eol.json").write_text(vendors.eol(("9", "2024-01-01"), product="rocky-linux"))
    pakiti.add_feed("kernel", pakiti.folder / "kernel", type="osv")
    pakiti.add_feed("ends", pakiti.folder / "eol.json", type="eol", platform="")
    pakiti.run("sync", "kernel", "ends")
    for report in (RPM, ODD, KERNEL):
        pakiti.run("submit", "-", stdin=json.dumps(report))
    with openapi.serving(pakiti) as api:
        api.put_tag(TAGGED)
        api.put_tag("CVE-2024-10003", "High", enabled=False)
        api.add_exception(cve=EXCEPTED, group="site", value="CERN")
        yield Fleet(api)


def equal(field, value):
    return {field: value}, lambda f, h: h[field] == value


def state(word, passes):
    return {"state": word}, lambda f, h: passes(h)


def is_judged(host):
    return host["updates_judged"] and host["cves_judged"]


def is_current(host):
    return host["updates_judged"] and not host["updates"] and host["kernel_state"] in ("unknown", "current") and not host["silent"]


# Versions of openssl; an epoch or a release that the question does not tell is not compared.
OLD, MIDDLE, NEW = ("1:3.0.7-1.el9", "3.0.11-1"), ("3.0.14-1",), ("3.0.15-1",)
# Queries with what they mean; each must let some hosts through and keep some back.
FILTERS = [
    equal("domain", "brno.example.cz"), equal("tld", "cz"), equal("tld", "net"), equal("site", "Brno"), equal("site", ""), equal("site", demo.SCRIPT),
    equal("site", "a&b=ž + 1"), equal("tag", "web"), equal("tag", ""), equal("platform", "rocky:9"), equal("platform", "debian:12"), equal("os", "Rocky Linux 9"),
    equal("arch", "arm64"), equal("kernel", demo.KERNELS[0]), equal("kernel", ""), equal("client", "pakiti-client 0.1.0"), equal("client", ""),
    ({"host": "node07.brno.example.cz"}, lambda f, h: h["name"] == "node07.brno.example.cz"),
    ({"q": "node1"}, lambda f, h: "node1" in h["name"]), ({"q": " BRNO "}, lambda f, h: "brno" in h["name"]),
    state("updates", lambda h: h["updates"] > 0), state("security", lambda h: h["security"] > 0), state("cves", lambda h: h["cves"] > 0),
    state("tagged", lambda h: h["tagged"] > 0), state("exploited", lambda h: h["exploited"] > 0), state("excepted", lambda h: h["excepted"] > 0),
    state("reboot", lambda h: h["reboot_pending"]), state("silent", lambda h: h["silent"]),
    state("kernel", lambda h: h["kernel_state"] == "update"), state("unjudged", lambda h: not is_judged(h)), state("unsupported", lambda h: h["unsupported"]),
    state("current", is_current),
    state("silent,tagged", lambda h: h["silent"] and h["tagged"] > 0), state("tagged,reboot", lambda h: h["reboot_pending"] and h["tagged"] > 0),
    ({"package": "nginx"}, lambda f, h: f.has_package(h, "nginx")),
    ({"package": "openssl = 3.0.14-1"}, lambda f, h: f.has_package(h, "openssl", MIDDLE)),
    ({"package": "openssl<3.0.14-1"}, lambda f, h: f.has_package(h, "openssl", OLD)),
    ({"package": "openssl <= 3.0.14-1"}, lambda f, h: f.has_package(h, "openssl", OLD + MIDDLE)),
    ({"package": "openssl > 3.0.14-1"}, lambda f, h: f.has_package(h, "openssl", NEW)),
    ({"package": "openssl>=3.0.14-1", "platform": "debian:12"}, lambda f, h: f.has_package(h, "openssl", MIDDLE + NEW)),
    ({"package": "openssl <= 3.0.14"}, lambda f, h: f.has_package(h, "openssl", OLD + MIDDLE)),
    ({"package": "openssl = 3.0.14"}, lambda f, h: f.has_package(h, "openssl", MIDDLE)),
    ({"package": "openssl > 3.0.14"}, lambda f, h: f.has_package(h, "openssl", NEW)),
    ({"package": "openssl > 1:0"}, lambda f, h: f.has_package(h, "openssl", OLD[:1])),
    ({"package": "openssl < 0:9"}, lambda f, h: f.has_package(h, "openssl", OLD[1:] + MIDDLE + NEW)),
    ({"outdated": "openssl"}, lambda f, h: f.lacks(h, "openssl")), ({"outdated": "bash", "site": "Brno"}, lambda f, h: h["site"] == "Brno" and f.lacks(h, "bash")),
    ({"advisory": "DEMO-2"}, lambda f, h: f.would_help(h, "DEMO-2")),
    ({"advisory": "DEMO-4", "site": "Lyon"}, lambda f, h: h["site"] == "Lyon" and f.would_help(h, "DEMO-4")),
    ({"cve": "CVE-2024-10001"}, lambda f, h: "CVE-2024-10001" in f.counted(h)), ({"cve": EXCEPTED}, lambda f, h: EXCEPTED in f.counted(h)),
    ({"cve_tag": "Critical"}, lambda f, h: "Critical" in h["cve_tags"]), ({"cve_tag": ""}, lambda f, h: h["cve_tags"] != []),
    ({"activity": "2d"}, lambda f, h: time.time() - moment(h["last_report"]) < 2 * 86400),
    ({"activity": "+2"}, lambda f, h: time.time() - moment(h["last_report"]) < 2 * 86400),
    ({"activity": "-48h"}, lambda f, h: time.time() - moment(h["last_report"]) > 2 * 86400),
    ({"domain": "cern.example", "site": "CERN", "state": "reboot"}, lambda f, h: h["domain"] == "cern.example" and h["site"] == "CERN" and h["reboot_pending"])]
EVERY = pytest.mark.parametrize("query, passes", FILTERS, ids=["&".join(f"{k}={v}" for k, v in query.items())[:40] for query, _ in FILTERS])


def worst(rows, field, words):
    return max((row[field] for row in rows), key=words.index)


@EVERY
def test_hosts_when_filtered_then_they_are_those_that_it_means(fleet, query, passes):
    wanted = fleet.some(passes)
    assert 0 < len(wanted) < len(fleet.hosts)
    assert fleet.api.rows("hosts", **query) == wanted


def test_filters_when_compared_with_the_document_then_each_of_it_is_tested():
    others = {"sort", "fields", "limit", "cursor", "download"}
    assert {name for query, _ in FILTERS for name in query} == openapi.parameters_of("GET", "/hosts") - others
    described = re.sub(r" \(.*?\)", "", openapi.resolve({"$ref": "#/components/parameters/state"})["description"]).split(": ")[1].split(", ")
    assert {query["state"] for query, _ in FILTERS if "state" in query} >= set(described)


@EVERY
def test_overview_when_filtered_then_it_has_the_numbers_of_these_hosts(fleet, query, passes):
    hosts, said = fleet.some(passes), fleet.api.get("overview", **query)
    numbers = {"hosts": len(hosts), "hosts_updates": sum(h["updates"] > 0 for h in hosts), "hosts_security": sum(h["security"] > 0 for h in hosts),
               "hosts_cves": sum(h["cves"] > 0 for h in hosts), "hosts_tagged": sum(h["tagged"] > 0 for h in hosts),
               "hosts_exploited": sum(h["exploited"] > 0 for h in hosts), "hosts_reboot": sum(h["reboot_pending"] for h in hosts),
               "hosts_updates_judged": sum(h["updates_judged"] for h in hosts), "hosts_cves_judged": sum(h["cves_judged"] for h in hosts),
               "hosts_unjudged": sum(not is_judged(h) for h in hosts), "hosts_unsupported": sum(h["unsupported"] for h in hosts),
               "hosts_silent": sum(h["silent"] for h in hosts), **{name: sum(h[name] for h in hosts) for name in ("updates", "security", "cves")}}
    assert {name: said[name] for name in numbers} == numbers
    assert said["tagged"] == [{"tag": "Critical", "hosts": sum("Critical" in h["cve_tags"] for h in hosts)}]
    cves = fleet.api.rows("cves", **query)
    assert said["distinct_cves"] == len(cves) and said["worst_cves"] == cves[:8]


@EVERY
def test_commands_when_filtered_then_they_are_those_of_these_hosts_that_have_something_to_do(fleet, query, passes):
    wanted = {h["key"]: {name: h[name] for name in ("key", "name", "domain", "site", "tag", "platform", "security", "updates", "reboot_pending")}
              for h in fleet.some(passes) if h["updates"] or h["reboot_pending"]}
    said = fleet.api.by("key", "commands", **query)
    assert {key: {name: row[name] for name in wanted[key]} for key, row in said.items()} == wanted
    for key, row in list(said.items())[:3]:
        host = fleet.api.host(key)
        assert (row["command_security"], row["command_all"]) == (host["command_security"], host["command_all"])
        assert set(row["command_security"].split()[3:]) == {u["package"] for u in fleet.updates[key] if u["state"] == "security"}
        assert set(row["command_all"].split()[3:]) == {u["package"] for u in fleet.updates[key]}


@EVERY
@pytest.mark.parametrize("kind", ["domain", "tld", "site", "tag", "platform"])
def test_groups_when_filtered_then_they_have_the_numbers_of_these_hosts(fleet, query, passes, kind):
    groups = defaultdict(list)
    for host in fleet.some(passes):
        groups[host[kind]].append(host)
    wanted = {value: {"value": value, "hosts": len(hosts),
                      **{f"hosts_{what}": sum(h[what] > 0 for h in hosts) for what in ("updates", "security", "cves", "tagged", "exploited")},
                      "hosts_updates_judged": sum(h["updates_judged"] for h in hosts), "hosts_cves_judged": sum(h["cves_judged"] for h in hosts),
                      "hosts_unjudged": sum(not is_judged(h) for h in hosts), "hosts_unsupported": sum(h["unsupported"] for h in hosts),
                      "hosts_reboot": sum(h["reboot_pending"] for h in hosts), "hosts_silent": sum(h["silent"] for h in hosts),
                      **{what: sum(h[what] for h in hosts) for what in ("updates", "security", "cves")}, "last_report": max(h["last_report"] for h in hosts)}
              for value, hosts in groups.items()}
    assert fleet.api.by("value", f"groups/{kind}", **query) == wanted


@EVERY
def test_cves_when_filtered_then_they_count_these_hosts(fleet, query, passes):
    counted, excepted, packages = Counter(), Counter(), defaultdict(set)
    for host in fleet.some(passes):
        own = fleet.counted(host)
        counted.update(own)
        excepted.update({row["cve"] for row in fleet.cves[host["key"]]} - own)
        for row in fleet.cves[host["key"]]:
            packages[row["cve"]].add(row["package"])
    for all_, cves in (("no", counted), ("yes", counted | excepted)):
        said = fleet.api.by("cve", "cves", all=all_, **query)
        assert {cve: (row["hosts"], row["excepted"], set(row["packages"])) for cve, row in said.items()} == {
            cve: (counted[cve], excepted[cve], packages[cve]) for cve in cves}


@EVERY
def test_hosts_of_a_cve_when_filtered_then_they_are_of_these_hosts(fleet, query, passes):
    wanted = {h["key"]: EXCEPTED in fleet.counted(h) for h in fleet.some(passes) if any(row["cve"] == EXCEPTED for row in fleet.cves[h["key"]])}
    assert {key: row["counts"] for key, row in fleet.api.by("key", f"cves/{EXCEPTED}/hosts", **query).items()} == wanted


@EVERY
def test_packages_when_filtered_then_they_count_these_hosts(fleet, query, passes):
    hosts, outdated = Counter(), Counter()
    for host in fleet.some(passes):
        for counter, rows in ((hosts, fleet.packages), (outdated, fleet.updates)):
            counter.update((row["package"], row["installed"], row["arch"]) for row in rows[host["key"]])
    said = {(row["package"], row["version"], row["arch"]): (row["hosts"], row["hosts_outdated"]) for row in fleet.api.rows("packages", **query)}
    assert said == {build: (n, outdated[build]) for build, n in hosts.items()}


@EVERY
def test_hosts_of_a_package_when_filtered_then_they_are_of_these_hosts(fleet, query, passes):
    wanted = {h["key"]: row["installed"] for h in fleet.some(passes) for row in fleet.packages[h["key"]] if row["package"] == "openssl"}
    assert {key: row["installed"] for key, row in fleet.api.by("key", "packages/openssl/hosts", **query).items()} == wanted


@EVERY
def test_outdated_packages_when_filtered_then_they_count_these_hosts(fleet, query, passes):
    hosts, versions, states = Counter(), defaultdict(set), defaultdict(list)
    for host in fleet.some(passes):
        for row in fleet.updates[host["key"]]:
            key = row["package"], host["platform"]
            hosts[key] += 1
            versions[key].add(row["installed"])
            states[key].append(row)
    said = {(row["package"], row["platform"]): (row["hosts"], row["versions"], row["state"]) for row in fleet.api.rows("outdated", **query)}
    assert said == {key: (n, len(versions[key]), worst(states[key], "state", ["ordinary", "security"])) for key, n in hosts.items()}


@EVERY
def test_advisories_when_filtered_then_they_count_these_hosts(fleet, query, passes):
    hosts = Counter()
    for host in fleet.some(passes):
        hosts.update({row["advisory"] for row in fleet.cves[host["key"]] if row["state"] == "fixed"})
    assert {name: row["hosts"] for name, row in fleet.api.by("advisory", "advisories", **query).items()} == hosts


@pytest.mark.parametrize("path", ["cve-tags", "exceptions"])
def test_decisions_when_filtered_by_cve_then_they_are_about_it(fleet, path):
    cve = {"cve-tags": TAGGED, "exceptions": EXCEPTED}[path]
    assert [row["cve"] for row in fleet.api.rows(path, cve=cve)] == [cve] and fleet.api.rows(path, cve="CVE-2025-10005") == []


@pytest.mark.parametrize("path", ["cve-tags", "exceptions"])
def test_decisions_when_filtered_by_hosts_then_it_is_refused(fleet, path):
    assert "no parameter 'host'" in fleet.api.refuses(path, host="odd.example.net")


# ---- filters of CVEs and packages ----


@pytest.mark.parametrize("path", ["cves", "hosts/node00.cern.example/cves"])
@pytest.mark.parametrize("query, passes", [
    ({"severity": "critical"}, lambda r: r["severity"] == "critical"), ({"severity": "high,medium"}, lambda r: r["severity"] in ("high", "medium")),
    ({"severity": "unknown"}, lambda r: r["severity"] == "unknown"), ({"exploited": "yes"}, lambda r: r["exploited"]),
    ({"exploited": "no"}, lambda r: not r["exploited"]),
    ({"fixed": "yes"}, lambda r: r.get("fix") in ("all", "some") or r.get("state") == "fixed"),
    ({"fixed": "no"}, lambda r: r.get("fix") == "none" or r.get("state") == "affected"),
    ({"tagged": "yes"}, lambda r: r["tags"]), ({"tagged": "no"}, lambda r: not r["tags"]),
    ({"tagged": "no", "fixed": "yes", "severity": "high"}, lambda r: not r["tags"] and r.get("fixed", r.get("fix")) != "none" and r["severity"] == "high")])
def test_cves_when_filtered_by_what_is_known_of_them_then_they_are_those(fleet, path, query, passes):
    def without_number(rows):
        return [{k: v for k, v in row.items() if k != "number"} for row in rows]

    assert without_number(fleet.api.rows(path, **query)) == without_number(row for row in fleet.api.rows(path) if passes(row))


@pytest.mark.parametrize("expression, versions", [("openssl", OLD + MIDDLE + NEW), ("openssl<3.0.14-1", OLD), ("openssl = 3.0.14-1", MIDDLE),
                                                  ("openssl >= 3.0.15-1", NEW), ("openss", ()), ("openssl <= 3.0.14", OLD + MIDDLE), ("openssl < 3.0.14", OLD),
                                                  ("openssl > 3.0.14", NEW), ("openssl = 3.0.7", OLD[:1]), ("openssl = 1:3.0.7", OLD[:1]), ("openssl = 2:3.0.7", ()),
                                                  ("openssl = 3.0.7-1", ()), ("openssl < 1:0", OLD[1:] + MIDDLE + NEW), ("openssl > 0:3.0.15", OLD[:1]),
                                                  ("openssl >= 0:3.0.15-1", OLD[:1] + NEW)])
def test_packages_when_an_expression_is_given_then_they_are_those_builds(fleet, expression, versions):
    found = fleet.api.rows("packages", expression=expression)
    assert {row["version"] for row in found} == set(versions) and {row["package"] for row in found} <= {"openssl"}


@pytest.mark.parametrize("version, versions", [("3.0.14-1", MIDDLE), ("=3.0.14-1", MIDDLE), ("3.0.14", MIDDLE), ("<= 3.0.14", OLD + MIDDLE), ("< 3.0.14-1", OLD), (">3.0.14-1", NEW), ("9", ())])
def test_hosts_of_a_package_when_a_version_is_given_then_they_have_it(fleet, version, versions):
    wanted = {h["key"] for h in fleet.hosts if fleet.has_package(h, "openssl", versions)}
    assert set(fleet.api.by("key", "packages/openssl/hosts", version=version)) == wanted


@pytest.mark.parametrize("activity, passes", [("10w", True), ("-10w", False), ("1y", True), ("3m", False)])
def test_hosts_when_all_or_none_reported_within_a_time_then_all_or_none_are_listed(fleet, activity, passes):
    silent = [h for h in fleet.hosts if h["silent"]]
    assert fleet.api.rows("hosts", activity=activity, state="silent") == (silent if passes else [])
