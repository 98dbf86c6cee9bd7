# SPDX-License-Identifier: Apache-2.0
"""Many exceptions at once, against what is computed here from all findings; which one is shown, and why."""
import random
import sqlite3
from collections import defaultdict

import pytest

import demo
import kit
import openapi
import vendors

OPENSSL, OLD_OPENSSL, SUDO, LIBXML2 = "CVE-2024-10002", "CVE-2024-10001", "CVE-2023-10004", "CVE-2025-10005"
BOTH = "CVE-2025-20001"  # of two packages
LONG_PAST, FAR_AWAY = 1, 4102444800


@pytest.fixture(scope="module")
def filled(new_demo):
    pakiti = new_demo()
    both = vendors.osv("BOTH-1", *(vendors.osv_package("Debian:12", name) for name in ("bash", "nginx")), cves=[BOTH])
    pakiti.add_feed("both", vendors.folder(pakiti.folder / "both", {"a.json": both}), type="osv")
    pakiti.run("sync", "both")
    return pakiti


@pytest.fixture
def pakiti(filled, tmp_path):
    return filled.copy(tmp_path / "pakiti")


@pytest.fixture
def api(pakiti):
    with openapi.serving(pakiti) as api:
        yield api


class Findings:
    """Every finding of every host; and what exceptions, (number, fields), make of them."""

    def __init__(self, api):
        self.api = api
        self.hosts = api.by("key", "hosts")
        self.of = {key: api.rows(f"hosts/{key}/cves") for key in self.hosts}

    @staticmethod
    def fits(e, host, row):
        platform = e["platform"] in ("", host["platform"], host["platform"].split(":")[0])
        group = not e["group"] or host["key" if e["group"] == "host" else e["group"]] == e["value"]
        return platform and group and e["cve"] in (None, row["cve"]) and e["package"] in ("", row["package"]) and e["version"] in (
            "", row["installed"]) and e["arch"] in ("", row["arch"])

    def check(self, exceptions):
        """Hosts, their CVEs, CVEs, and exceptions say what these exceptions mean. Returns how many findings count, and do not."""
        now = {e["id"]: e for e in exceptions if not e["expired"]}
        takes, counts, excepted, n = defaultdict(set), defaultdict(set), defaultdict(set), [0, 0]
        hosts = self.api.by("key", "hosts")
        for key, host in self.hosts.items():
            wanted = []
            for row in self.of[key]:
                by = sorted(number for number, e in now.items() if self.fits(e, host, row))
                for number in by:
                    takes[number].add(key)
                (excepted if by else counts)[row["cve"]].add(key)
                n[bool(by)] += 1
                wanted.append((row["cve"], row["package"], not by, by[0] if by else None, now[by[0]]["reason"] if by else ""))
            said = [(row["cve"], row["package"], row["counts"], row["exception"], row["reason"]) for row in self.api.rows(f"hosts/{key}/cves")]
            assert sorted(said) == sorted(wanted)
            own = {cve for cve, keys in counts.items() if key in keys}, {cve for cve, keys in excepted.items() if key in keys}
            assert (hosts[key]["cves"], hosts[key]["excepted"]) == (len(own[0]), len(own[1] - own[0]))
        cves = self.api.by("cve", "cves", all="yes")
        assert {cve: (row["hosts"], row["excepted"]) for cve, row in cves.items()} == {
            cve: (len(counts[cve]), len(excepted[cve] - counts[cve])) for cve in set(counts) | set(excepted)}
        assert {e["id"]: e["hosts"] for e in exceptions} == {e["id"]: len(takes[e["id"]]) for e in exceptions}
        return n


def listed(api):
    return api.ask("GET", "exceptions", download="json").json["items"]


def number_of(cve):
    """As the store keeps it."""
    year, number = map(int, cve.split("-")[1:])
    return year * 10**12 + number


def draw_exceptions(hosts, n, seed):
    """Rows of cve_exception: mostly for somebody or something that is not there, as they pile up over years."""
    draw = random.Random(seed)
    rows = []
    for i in range(n):
        kind = draw.choice(["host", "host", "host", "site", "site", "tag", "domain", "tld", ""])
        real = draw.choice(hosts)["key" if kind == "host" else kind] if kind else ""
        value = real if kind and draw.random() < min(0.3, 120 / n) else f"nobody{draw.randrange(n)}" if kind else ""
        cve = number_of(draw.choice([*(cve for cve, *_ in demo.CVES), BOTH, f"CVE-2019-{i:04}"]))
        package = draw.choice(["", "openssl", "curl", "sudo", "libxml2", "bash", "nginx", f"other{i}"])
        cve = cve if not package or draw.random() < 0.7 else 0
        version = draw.choice(["3.0.11-1", "3.0.14-1", "7.88.1-10", "5.2-1", "1-1"]) if package and draw.random() < (0.5 if kind else 0.8) else ""
        arch = draw.choice(["amd64", "i386"]) if package and draw.random() < 0.5 else ""
        platform = draw.choice(["", "", "debian", "debian:12", "debian:11", "rhel:9"]) if kind else "debian:11" if draw.random() < 1 - 3 / n else ""
        expires = draw.choice([0, 0, 0, LONG_PAST, FAR_AWAY])
        rows.append((cve, package, version, arch, platform, kind, value, f"reason {i}", "Ann", 0, expires))
    return rows


def put(pakiti, rows):
    with sqlite3.connect(pakiti.db) as db:
        db.executemany("INSERT INTO cve_exception (cve, package, version, arch, platform, group_kind, group_value, reason, approver, created_at, expires_at) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def test_number_of_a_cve_when_compared_with_the_store_then_it_is_as_these_tests_think(pakiti, api):
    api.add_exception(cve=OPENSSL)
    assert pakiti.rows("SELECT cve FROM cve_exception") == [(number_of(OPENSSL),)]


@pytest.mark.parametrize("seed, n", [(1, 3000), (2, 300), (3, 60)])
def test_exceptions_when_there_are_many_then_each_takes_away_what_it_names(pakiti, api, seed, n):
    findings = Findings(api)
    assert findings.check([])[1] == 0
    put(pakiti, draw_exceptions(list(findings.hosts.values()), n, seed))
    kit.wait_for(lambda: len(listed(api)) == n, "the exceptions")
    counted, excepted = findings.check(listed(api))
    assert counted > 10 and excepted > 10
    for number in random.Random(seed).sample([e["id"] for e in listed(api) if e["hosts"]], 3):
        api.ask("DELETE", f"exceptions/{number}", status=204)
    findings.check(listed(api))


def test_exceptions_when_several_fit_then_the_lowest_number_is_shown_and_each_counts_its_hosts(api):
    everybody, czech = set(api.by("key", f"cves/{LIBXML2}/hosts")), {k for k in api.by("key", f"cves/{LIBXML2}/hosts") if k.endswith(".cz")}
    whats = [{"package": "libxml2", "group": "tld", "value": "cz"}, {"cve": LIBXML2}, {"cve": LIBXML2, "package": "libxml2", "platform": "debian"},
             {"cve": LIBXML2, "group": "host", "value": sorted(czech)[0]}, {"package": "libxml2", "arch": "i386"}]
    numbers = [api.add_exception(**what, reason=f"reason {i}") for i, what in enumerate(whats)]
    assert [api.by("id", "exceptions")[number]["hosts"] for number in numbers] == [len(czech), len(everybody), len(everybody), 1, 0] != [0] * 5

    def shown():
        return {key: (row["exception"], row["reason"]) for key, row in api.by("key", f"cves/{LIBXML2}/hosts").items()}

    first, second, third = ((numbers[i], f"reason {i}") for i in range(3))
    assert shown() == {key: first if key in czech else second for key in everybody}
    api.ask("DELETE", f"exceptions/{numbers[1]}", status=204)
    assert shown() == {key: first if key in czech else third for key in everybody}
    api.ask("DELETE", f"exceptions/{numbers[0]}", status=204)
    assert set(shown().values()) == {third}


def test_exceptions_when_they_take_a_cve_away_only_together_then_each_counts_its_hosts(api):
    """The CVE is of two packages; some hosts have one of them only."""
    before = {key: {row["package"] for row in api.rows(f"hosts/{key}/cves") if row["cve"] == BOTH} for key in api.by("key", f"cves/{BOTH}/hosts")}
    two = {key for key, packages in before.items() if len(packages) == 2}
    assert 0 < len(two) < len(before)
    bash = api.add_exception(cve=BOTH, package="bash")
    assert api.cve(BOTH)["hosts"] == len(two) and api.get(f"exceptions/{bash}")["hosts"] == len(before)
    nginx = api.add_exception(package="nginx")
    assert api.cve(BOTH)["hosts"] == 0 and api.cve(BOTH)["excepted"] == len(before)
    assert [api.get(f"exceptions/{number}")["hosts"] for number in (bash, nginx)] == [len(before), len(two)]
    api.ask("DELETE", f"exceptions/{bash}", status=204)
    assert api.cve(BOTH)["hosts"] == len(before) and api.get(f"exceptions/{nginx}")["hosts"] == len(two)


@pytest.mark.parametrize("told, platform", [("Debian 12", "debian:12"), ("Debian GNU/Linux 12", "debian:12"), ("debian:12", "debian:12"), (" debian:12 ", "debian:12"),
                                            ("DEBIAN:12", "debian:12"), ("Rocky Linux 9", "rocky:9"), ("Red Hat Enterprise Linux 9", "rhel:9"), ("debian", "debian")])
def test_exception_when_its_platform_is_told_in_other_words_then_it_is_that_of_the_hosts(api, told, platform):
    number = api.add_exception(cve=OPENSSL, platform=told)
    assert api.get(f"exceptions/{number}")["platform"] == platform
    assert api.get(f"exceptions/{number}")["hosts"] == (len(api.rows(f"cves/{OPENSSL}/hosts")) if platform.startswith("debian") else 0)


def test_explanation_when_an_exception_takes_a_finding_away_then_it_is_told(api):
    host = sorted(api.by("key", f"cves/{BOTH}/hosts"))[0]
    assert {(row["vulnerable"], row["exception"], row["reason"]) for row in api.rows(f"hosts/{host}/cves/{BOTH}")} == {(True, None, "")}
    number = api.add_exception(cve=BOTH, package="bash", reason="not\nreachable")
    api.add_exception(cve=BOTH, group="host", value="somebody.else")
    told = {row["package"]: (row["vulnerable"], row["exception"], row["reason"]) for row in api.rows(f"hosts/{host}/cves/{BOTH}")}
    assert told["bash"] == (True, number, "not\nreachable") and all(row[1:] == (None, "") for package, row in told.items() if package != "bash")


def test_explanation_when_a_package_is_not_vulnerable_then_no_exception_is_told(api):
    keys = set(api.by("key", "packages/openssl/hosts")) - set(api.by("key", f"cves/{OLD_OPENSSL}/hosts"))
    api.add_exception(package="openssl")
    rows = api.rows(f"hosts/{sorted(keys)[0]}/cves/{OLD_OPENSSL}")
    assert rows and {(row["vulnerable"], row["exception"], row["reason"]) for row in rows} == {(False, None, "")}
