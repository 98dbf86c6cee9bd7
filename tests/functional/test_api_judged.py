# SPDX-License-Identifier: Apache-2.0
"""What the lists say of hosts that nobody judges, of support and of kernels; how bad a CVE is; versions in the order of their package managers."""
import json
import random

import pytest

import demo
import kit
import openapi
import vendors
import versions
from vendors import RHEL

A, B = "CVE-2024-0001", "CVE-2024-0002"
KERNEL, NEXT_KERNEL = demo.KERNELS
HOST, ROCKY, REDHAT = "www.example.org", "rocky.example.org", "redhat.example.org"


def report(name=HOST, system="Debian GNU/Linux 12", packager="dpkg", kernel="", site="", **packages):
    arch = "amd64" if packager == "dpkg" else "x86_64"
    return json.dumps({"protocol": 6, "packager": packager, "host": {"name": name, "os": system, "arch": "x86_64", "kernel": kernel, **({"site": site} if site else {})},
                       "packages": [{"name": n, "version": v, "arch": arch, "source": "linux" if n.startswith("linux-image") else n, "source_version": v}
                                    for n, v in packages.items()]})


def submit(pakiti, *reports):
    for text in reports:
        pakiti.run("submit", "-", stdin=text)


def add(pakiti, name, type_, text, platform=""):
    """A feed of one document, fetched."""
    (pakiti.folder / name).write_text(text)
    pakiti.add_feed(name, pakiti.folder / name, type=type_, platform=platform)
    pakiti.run("sync", name)


def add_repository(pakiti, **content):
    demo.write_repository(pakiti.folder / "apt", content)
    pakiti.add_feed("main", f"file://{pakiti.folder}/apt", "--suite", "./", "--unsigned")
    pakiti.run("sync", "main")


def ask_host(pakiti, name=HOST):
    with openapi.serving(pakiti) as api:
        return api.host(name)


# ---- who is judged ----


def fix(package="bash", version="9-1", cve=A):
    return vendors.osv("X-1", vendors.osv_package("Debian:12", package, version), cves=[cve])


def test_host_when_no_feed_speaks_of_its_platform_then_nobody_judges_it_and_it_is_not_current(pakiti):
    submit(pakiti, report(bash="5-1"), report(REDHAT, "Red Hat Enterprise Linux 9.4 (Plow)", "rpm", bash="5-1"))
    add(pakiti, "kev", "kev", vendors.kev(A))
    add(pakiti, "epss", "epss", vendors.epss({A: ("0.5", "0.9")}))
    add(pakiti, "cve5", "cve5", vendors.cve5(A))
    add(pakiti, "eol", "eol", vendors.eol(("12", "2100-01-01")))
    add(pakiti, "oval", "oval", vendors.oval({A: ("bash", "0:9-1")}, "rhel:9"), "rhel:9")
    with openapi.serving(pakiti) as api:
        hosts = api.by("name", "hosts")
        assert {name: (row["updates_judged"], row["cves_judged"]) for name, row in hosts.items()} == {HOST: (False, False), REDHAT: (False, True)}
        assert set(api.by("name", "hosts", state="unjudged")) == {HOST, REDHAT} and api.rows("hosts", state="current") == []
        assert api.get("overview")["hosts_unjudged"] == 2
        assert {row["value"]: row["hosts_unjudged"] for row in api.rows("groups/platform")} == {"debian:12": 1, "rhel:9.4": 1}


def test_host_when_a_feed_for_all_speaks_of_other_platforms_only_then_it_is_not_judged_by_it(pakiti):
    submit(pakiti, report(bash="5-1"), report(ROCKY, "Rocky Linux 9.4 (Blue Onyx)", "rpm", bash="5-1"))
    add(pakiti, "osv", "osv", fix("zsh"))
    with openapi.serving(pakiti) as api:
        assert {name: row["cves_judged"] for name, row in api.by("name", "hosts").items()} == {HOST: True, ROCKY: False}


@pytest.mark.parametrize("has, judged", [((), (False, False)), (("repository",), (True, False)), (("statements",), (False, True)), (("repository", "statements"), (True, True))])
def test_host_when_its_packages_are_in_a_repository_or_a_vendor_speaks_then_it_is_judged_by_that(pakiti, has, judged):
    submit(pakiti, report(bash="5-1", own="1-1"))
    if "repository" in has:
        add_repository(pakiti, bash="5-1")
    if "statements" in has:
        add(pakiti, "osv", "osv", fix("zsh"), "debian:12")
    with openapi.serving(pakiti) as api:
        host = api.host(HOST)
        assert (host["updates_judged"], host["cves_judged"], host["cves"], host["updates"]) == (*judged, 0, 0)
        assert len(api.rows("hosts", state="unjudged")) == api.get("overview")["hosts_unjudged"] == (not all(judged))
        assert len(api.rows("hosts", state="current")) == judged[0]


def test_host_when_a_repository_has_none_of_its_packages_then_nobody_knows_what_is_current(pakiti):
    submit(pakiti, report(own="1-1"))
    add_repository(pakiti, bash="5-1")
    assert ask_host(pakiti)["updates_judged"] is False


def test_host_when_the_feed_that_judged_it_is_removed_then_nobody_judges_it(pakiti):
    submit(pakiti, report(bash="5-1"))
    add(pakiti, "osv", "osv", fix(), "debian:12")
    assert (ask_host(pakiti)["cves_judged"], ask_host(pakiti)["cves"]) == (True, 1)
    pakiti.run("feed", "remove", "osv")
    assert (ask_host(pakiti)["cves_judged"], ask_host(pakiti)["cves"]) == (False, 0)


# ---- support ----


@pytest.mark.parametrize("ends, wanted", [([("12", "2024-01-01")], ("2024-01-01T00:00:00Z", True)), ([("12", "2100-01-01")], ("2100-01-01T00:00:00Z", False)),
                                          ([("11", "2024-01-01")], (None, False)), ([], (None, False))])
def test_support_when_a_feed_tells_its_end_then_hosts_groups_and_overview_tell_it(pakiti, ends, wanted):
    submit(pakiti, report(bash="5-1"), report(ROCKY, "Rocky Linux 9", "rpm", bash="5-1"))
    add(pakiti, "eol", "eol", vendors.eol(*ends, ("7", "2001-01-01")))
    with openapi.serving(pakiti) as api:
        hosts = api.by("name", "hosts")
        assert (hosts[HOST]["support_ends"], hosts[HOST]["unsupported"]) == wanted == (api.host(HOST)["support_ends"], api.host(HOST)["unsupported"])
        assert (hosts[ROCKY]["support_ends"], hosts[ROCKY]["unsupported"]) == (None, False)
        assert [row["name"] for row in api.rows("hosts", state="unsupported")] == [HOST] * wanted[1] and api.get("overview")["hosts_unsupported"] == wanted[1]
        assert {row["value"]: row["hosts_unsupported"] for row in api.rows("groups/platform")} == {"debian:12": int(wanted[1]), "rocky:9": 0}


def test_support_when_it_has_ended_without_a_date_then_the_host_is_unsupported_all_the_same(pakiti):
    submit(pakiti, report(bash="5-1"))
    add(pakiti, "eol", "eol", vendors.eol(("12", None)).replace('"isEol": false', '"isEol": true'))
    host = ask_host(pakiti)
    assert (host["support_ends"], host["unsupported"]) == (None, True)


# ---- the kernel that runs ----


@pytest.mark.parametrize("kernel, installed, state", [
    ("", {KERNEL: "6.1.76-1"}, "unknown"), (KERNEL, {KERNEL: "6.1.76-1"}, "current"), (KERNEL, {}, "current"), (KERNEL, {KERNEL: "6.1.70-1"}, "update"),
    (KERNEL, {KERNEL: "6.1.76-1", NEXT_KERNEL: "6.1.112-1"}, "restart"), (NEXT_KERNEL, {KERNEL: "6.1.70-1", NEXT_KERNEL: "6.1.112-1"}, "current"),
    (NEXT_KERNEL, {NEXT_KERNEL: "6.1.100-1"}, "update"), (KERNEL, {KERNEL: "6.1.70-1", NEXT_KERNEL: "6.1.112-1"}, "restart")])
@pytest.mark.parametrize("by", ["repository", "statements"])
def test_kernel_when_a_better_one_is_or_can_be_installed_then_hosts_tell_it(pakiti, kernel, installed, state, by):
    submit(pakiti, report(kernel=kernel, bash="5-1", **{f"linux-image-{k}": v for k, v in installed.items()}))
    if by == "repository":
        add_repository(pakiti, bash="5-1", **{f"linux-image-{KERNEL}": "6.1.76-1", f"linux-image-{NEXT_KERNEL}": "6.1.112-1"})
    else:
        fixed = {KERNEL: "6.1.76-1", NEXT_KERNEL: "6.1.112-1"}[kernel or KERNEL]
        add(pakiti, "osv", "osv", fix("linux", fixed), "debian:12")
    with openapi.serving(pakiti) as api:
        host = api.host(HOST)
        assert host["kernel_state"] == api.rows("hosts")[0]["kernel_state"] == state and host["reboot_pending"] == (state == "restart")
        assert len(api.rows("hosts", state="kernel")) == (state == "update") and len(api.rows("hosts", state="reboot")) == (state == "restart")
        if by == "repository":
            assert len(api.rows("hosts", state="current")) == (state in ("unknown", "current") and host["updates"] == 0)


def test_kernel_when_its_flaw_has_no_fix_then_there_is_no_better_one(pakiti):
    submit(pakiti, report(kernel=KERNEL, bash="5-1", **{f"linux-image-{KERNEL}": "6.1.76-1"}))
    add(pakiti, "osv", "osv", fix("linux", None), "debian:12")
    host = ask_host(pakiti)
    assert (host["cves"], host["kernel_state"]) == (1, "current")


def test_hosts_when_sorted_by_the_state_of_their_kernel_then_the_worst_comes_first(pakiti):
    submit(pakiti, report("a.example.org", kernel="", bash="5-1"), report("b.example.org", kernel=KERNEL, bash="5-1"),
           report("c.example.org", kernel=KERNEL, **{f"linux-image-{KERNEL}": "6.1.76-1", f"linux-image-{NEXT_KERNEL}": "6.1.112-1"}),
           report("d.example.org", kernel=KERNEL, **{f"linux-image-{KERNEL}": "6.1.70-1"}))
    add(pakiti, "osv", "osv", fix("linux", "6.1.76-1"), "debian:12")
    with openapi.serving(pakiti) as api:
        assert [(row["name"][0], row["kernel_state"]) for row in api.rows("hosts", sort="-kernel_state")] == [
            ("d", "update"), ("c", "restart"), ("b", "current"), ("a", "unknown")]


# ---- how bad a CVE is ----


def put_severities(pakiti, low="Low", high="Critical", score=None):
    """One vendor speaks of a release that a host has, another one of a release that none has."""
    add(pakiti, "oval", "oval", vendors.oval({A: ("bash", "0:9-1")}, "rhel:9", severity=low), "rhel:9")
    add(pakiti, "csaf", "csaf", vendors.csaf(A, fixed=[(RHEL[8], "bash", "0:9-1", "x86_64", "RHSA-2024:1")], severity=high), "rhel")
    if score:
        add(pakiti, "cve5", "cve5", vendors.cve5(A, score=score))


@pytest.mark.parametrize("low, high, score, worst", [("Low", "Critical", None, "critical"), ("Important", "Low", None, "high"), ("Low", "Moderate", 9.8, "medium"),
                                                     ("strange", "odd", 7.5, "high"), ("strange", "odd", None, "unknown")])
@pytest.mark.parametrize("hit", [True, False])
def test_severity_when_vendors_differ_then_it_is_the_worst_however_the_fleet_looks(pakiti, low, high, score, worst, hit):
    submit(pakiti, report(REDHAT, "Red Hat Enterprise Linux 9.4 (Plow)", "rpm", bash="0:5-1" if hit else "0:9-1"))
    put_severities(pakiti, low, high, score)
    with openapi.serving(pakiti) as api:
        assert (api.cve(A)["hosts"], api.cve(A)["severity"]) == (int(hit), worst)
        assert [row["severity"] for row in api.rows("cves")] == [worst] * hit == [row["severity"] for row in api.rows(f"hosts/{REDHAT}/cves")]
        assert len(api.rows("cves", severity=worst)) == hit


def test_severity_when_a_definition_is_of_several_cves_then_it_counts_where_there_is_no_score(pakiti):
    o = vendors.Oval()
    o.define(o.release("rhel:9"), o.package("bash", "0:9-1"), cves=[A, B], severity="Critical")
    submit(pakiti, report(REDHAT, "Red Hat Enterprise Linux 9.4 (Plow)", "rpm", bash="0:5-1"))
    add(pakiti, "oval", "oval", o.file(), "rhel:9")
    add(pakiti, "cve5", "cve5", vendors.cve5(A, score=5.0))
    with openapi.serving(pakiti) as api:
        assert {cve: row["severity"] for cve, row in api.by("cve", "cves").items()} == {A: "medium", B: "critical"}


def test_fix_when_a_definition_is_about_packages_together_then_each_is_told_its_own(pakiti):
    o = vendors.Oval()
    o.define(o.release("rhel:9"), o.package("curl", "0:7-2"), o.package("bash", "0:9-1"), cves=[A], advisory="RHSA-2024:1")
    o.define(o.release("rhel:9"), o.package("curl"), o.package("bash"), cves=[B], class_="vulnerability",
             unfixed={"Will not fix": ["curl"], "Fix deferred": ["bash"]})
    submit(pakiti, report(REDHAT, "Red Hat Enterprise Linux 9.4 (Plow)", "rpm", bash="0:5-1", curl="0:7-1"))
    add(pakiti, "oval", "oval", o.file(), "rhel:9")
    with openapi.serving(pakiti) as api:
        said = {(row["cve"], row["package"]): (row["state"], row["fixed"]) for row in api.rows(f"hosts/{REDHAT}/cves")}
        assert said == {(A, "curl"): ("fixed", "0:7-2"), (A, "bash"): ("fixed", "0:9-1"), (B, "curl"): ("will-not-fix", ""), (B, "bash"): ("deferred", "")}
        for cve in (A, B):
            reasons = {row["package"]: (row["state"], row["fixed"]) for row in api.rows(f"hosts/{REDHAT}/cves/{cve}") if row["vulnerable"]}
            assert reasons == {package: told for (of, package), told in said.items() if of == cve}
        row, = api.rows(f"cves/{A}/hosts")
        assert (row["more"], row["fixed"]) == (1, {"bash": "0:9-1", "curl": "0:7-2"}[row["package"]])


@pytest.mark.parametrize("worst", [A, B])
def test_advisory_when_several_cves_name_it_then_it_is_as_bad_as_the_worst_of_them(pakiti, worst):
    submit(pakiti, report(REDHAT, "Red Hat Enterprise Linux 8.9 (Ootpa)", "rpm", bash="0:5-1"))
    for name, cve in (("a", A), ("b", B)):
        words = "Critical" if cve == worst else "Low"
        add(pakiti, name, "csaf", vendors.csaf(cve, fixed=[(RHEL[8], "bash", "0:9-1", "x86_64", "RHSA-2024:1")], severity=words), "rhel")
    with openapi.serving(pakiti) as api:
        row, = api.rows("advisories", severity="critical")
        assert (row["advisory"], row["severity"], row["vendor_severity"].lower(), row["cves"], row["hosts"], row["packages"]) == (
            "RHSA-2024:1", "critical", "critical", 2, 1, 1)


def test_overview_when_exceptions_take_a_cve_away_everywhere_then_it_is_no_more_among_the_worst(pakiti):
    submit(pakiti, report(bash="5-1", zsh="5-1", site="Brno"), report("other.example.org", bash="5-1", site="Lyon"))
    add(pakiti, "a", "osv", fix("bash", cve=A), "debian:12")
    add(pakiti, "b", "osv", fix("zsh", cve=B), "debian:12")
    with openapi.serving(pakiti) as api:
        def told(**query):
            said = api.get("overview", **query)
            return said["distinct_cves"], {row["cve"] for row in said["worst_cves"]}

        assert told() == (2, {A, B})
        api.add_exception(cve=A, group="site", value="Brno")
        assert told() == (2, {A, B}) and told(site="Brno") == (1, {B})
        api.add_exception(cve=A, group="site", value="Lyon")
        assert told() == (1, {B}) and told(site="Lyon") == (0, set())
        api.add_exception(package="zsh")
        assert told() == (0, set()) and api.rows("cves") == [] and set(api.by("cve", "cves", all="yes")) == {A, B}


# ---- versions in their order ----

DEB = ["1:0.1-1", "0.9~rc1-1", "0.9-1", "0.9-1+deb12u1", "0.9-1+deb12u10", "0.9-1+deb12u2", "0.10-1", "0.10a-1", "0.10+dfsg-1", "1.0~~-1", "1.0~-1", "10.0-1", "9.0-1",
       "2.0-10", "2.0-9", "2.0-9~bpo1"]
RPM = ["1:0.1-1.el9", "0:0.9~rc1-1.el9", "0:0.9-1.el9", "0:0.9^git1-1.el9", "0:0.10-1.el9", "0:0.10a-1.el9", "0:0.10.1-1.el9", "0:10.0-1.el9", "0:9.0-1.el9",
       "0:2.0-10.el9", "0:2.0-9.el9", "0:2.0-9.el9_4.2", "0:2.0-9.el9_4.10"]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Hosts of both families, each with another version of one package; those of deb may be upgraded."""
    pakiti = kit.Pakiti(tmp_path_factory.mktemp("api") / "pakiti").init()
    draw = random.Random(7)
    builds = [("deb", v) for v in DEB] + [("rpm", v) for v in RPM]
    draw.shuffle(builds)
    add_repository(pakiti, tool="1:0.1-1")
    add(pakiti, "osv", "osv", fix("tool", "2:0-1"), "debian:12")
    for i, (family, version) in enumerate(builds):
        system, packager = ("Debian GNU/Linux 12", "dpkg") if family == "deb" else ("Rocky Linux 9", "rpm")
        submit(pakiti, report(f"{family}{i}.example.org", system, packager, tool=version))
    with openapi.serving(pakiti) as api:
        yield api


WANTED = [v for manager, of_it in (("rpm", RPM), ("deb", DEB)) for v in sorted(of_it, key=lambda v: versions.key(manager, v))]


def pages(api, path, limit, **query):
    found, cursor = [], None
    while cursor or not found:
        page = api.get(path, limit=limit, **query, **({"cursor": cursor} if cursor else {}))
        found, cursor = found + page["items"], page["next"]
    return found


@pytest.mark.parametrize("path, field", [("packages", "version"), ("packages/tool/hosts", "installed")])
@pytest.mark.parametrize("limit", [1, 4, 1000])
def test_versions_when_sorted_by_then_they_come_in_the_order_of_their_package_manager(mixed, path, field, limit):
    assert [row[field] for row in pages(mixed, path, limit, sort=field)] == WANTED != sorted(WANTED)
    assert [row[field] for row in pages(mixed, path, limit, sort="-" + field)] == WANTED[::-1]


def test_versions_when_a_cve_hits_them_then_its_hosts_are_sorted_in_their_order(mixed):
    assert [row["installed"] for row in pages(mixed, f"cves/{A}/hosts", 3, sort="installed")] == WANTED[len(RPM):]


@pytest.mark.parametrize("expression, manager, holds", [
    ("tool <= 0.10", "deb", lambda e, v, r: versions.deb_part(v) <= versions.deb_part("0.10")), ("tool <= 0.10", "rpm", lambda e, v, r: versions.rpm_part(v) <= versions.rpm_part("0.10")),
    ("tool = 2.0", "deb", lambda e, v, r: v == "2.0"), ("tool = 2.0", "rpm", lambda e, v, r: v == "2.0"), ("tool > 2.0", "deb", lambda e, v, r: v in ("9.0", "10.0")),
    ("tool > 2.0", "rpm", lambda e, v, r: v in ("9.0", "10.0")), ("tool >= 1:0", "deb", lambda e, v, r: e == "1"), ("tool >= 1:0", "rpm", lambda e, v, r: e == "1"),
    ("tool < 1:0.1", "deb", lambda e, v, r: e != "1"), ("tool = 0:2.0-9.el9", "rpm", lambda e, v, r: (v, r) == ("2.0", "9.el9")),
    ("tool = 0.9-1+deb12u2", "deb", lambda e, v, r: (v, r) == ("0.9", "1+deb12u2")), ("tool > 2.0-9", "deb", lambda e, v, r: (v, r) == ("2.0", "10") or v in ("9.0", "10.0"))])
def test_packages_when_a_version_is_asked_for_then_what_it_leaves_out_is_not_compared(mixed, expression, manager, holds):
    wanted = {v for v in (DEB if manager == "deb" else RPM) if holds(*versions.parts(v))}
    assert wanted and {row["version"] for row in mixed.rows("packages", expression=expression) if row["type"] == manager} == wanted
    assert {row["name"] for row in mixed.rows("hosts", package=expression) if row["name"].startswith(manager)} == {
        row["name"] for row in mixed.rows("packages/tool/hosts") if row["installed"] in wanted and row["name"].startswith(manager)}
