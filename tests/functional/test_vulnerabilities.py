# SPDX-License-Identifier: Apache-2.0
"""Vulnerabilities of hosts, from the vendors' documents: which hosts are hit, why, and how verdicts follow the feeds.

How feeds are fetched, compared, refused and held back is the matter of test_vulnerability_feeds.py.
"""
import contextlib
import json
import re
import sqlite3

import pytest
from kit import report_5, report_6
from repositories import Advisory
from vendors import (RHEL, Oval, cve5, csaf, dsa, element, entity, epss, eus, kev, openvex, osv, osv_package, oval, tracker, tracker_release,
                     vex_statement)

A, B, C = "CVE-2024-0001", "CVE-2024-0002", "CVE-2024-12345"
HOST = "www.example.org"


def rpm_host(*packages, system="Red Hat Enterprise Linux 9.4 (Plow)", kernel="5.14.0-427.el9.x86_64", arch="x86_64", **headers):
    """Protocol 5. A package: (name, version[, arch])."""
    return report_5(packages=[(*p, arch)[:3] for p in packages], packager="rpm", system=system, kernel=kernel, arch=arch, **headers)


def deb_host(*packages, system="Debian GNU/Linux 12", **headers):
    return report_5(packages=[(*p, "amd64")[:3] for p in packages], system=system, **headers)


def told_host(*packages, system="Red Hat Enterprise Linux 9.4 (Plow)", packager="rpm", **members):
    """Protocol 6. A package: (name, version, {more members})."""
    listed = [{"name": name, "version": version, "arch": "x86_64" if packager == "rpm" else "amd64", **(more[0] if more else {})}
              for name, version, *more in packages]
    report = report_6(packager=packager, host_members={"os": system, **members})
    return {**report, "packages": listed}


def put_feed(pakiti, name, type_, text, platform=None, *options):
    """A feed of one document, fetched."""
    (pakiti.folder / name).write_text(text)
    if not pakiti.rows("SELECT 1 FROM feed WHERE name = ?", name):
        pakiti.add_feed(name, str(pakiti.folder / name), *options, type=type_, platform=platform)
    return pakiti.run("sync", name).stdout


def submit(pakiti, report):
    pakiti.run("submit", "-", stdin=json.dumps(report) if isinstance(report, dict) else report)


def hit(pakiti, cve, **kw):
    """Hosts that `cve` lists: {host: (package, installed, state, fixed, advisory)}."""
    rows = pakiti.json("cve", cve, **kw)
    assert len({row["host"] for row in rows}) == len(rows), "a host is listed twice"
    return {row["host"]: tuple(row[name] for name in ("package", "installed", "state", "fixed", "advisory")) for row in rows}


def counted(pakiti, host=HOST):
    """Distinct CVEs of a stored host that count, as `hosts` lists them."""
    return pakiti.host(host)["cves"]


def kept_count(pakiti, host=HOST):
    """The same number as it is stored; lists count anew from the verdicts."""
    return pakiti.rows("SELECT p.n_cves FROM host h JOIN profile p ON p.id = h.profile_id WHERE h.name = ?", host)[0][0]


def explained(pakiti, cve, host=HOST):
    """{(package, feed): (verdict, because)}"""
    return {(row["package"], row["feed"]): (row["verdict"], row["because"]) for row in pakiti.explain(host, cve)}


# ---- stored hosts follow the feeds ----


def test_stored_host_when_a_feed_comes_then_its_cves_are_told_everywhere(pakiti):
    submit(pakiti, rpm_host(("bash", "0:5.1.8-6.el9")))
    submit(pakiti, rpm_host(("bash", "0:5.1.8-9.el9"), host="patched.example.org"))
    text = put_feed(pakiti, "vex", "csaf", csaf(A, fixed=[(RHEL[9], "bash", "0:5.1.8-9.el9", "x86_64", "RHSA-2024:1")]), "rhel")
    assert text.startswith("vex: 1 entries, 1 added, 0 changed, 0 removed; 1 verdicts changed")
    assert hit(pakiti, A) == {HOST: ("bash", "0:5.1.8-6.el9", "fixed", "0:5.1.8-9.el9", "RHSA-2024:1")}
    assert (counted(pakiti), counted(pakiti, "patched.example.org")) == (1, 0)
    assert explained(pakiti, A)["bash", "vex"][0] == "vulnerable"
    assert explained(pakiti, A, "patched.example.org") == {("bash", "vex"): ("not-vulnerable", "the installed version has the fix")}


def test_stored_host_when_the_vendor_changes_its_mind_then_the_verdict_changes_without_a_report(pakiti):
    submit(pakiti, deb_host(("bash", "5.2-1")))
    put_feed(pakiti, "t", "debian-tracker", tracker({"bash": {A: {"bookworm": tracker_release()}}}), "debian")
    assert hit(pakiti, A) == {HOST: ("bash", "5.2-1", "affected", "", "")}
    put_feed(pakiti, "t", "debian-tracker", tracker({"bash": {A: {"bookworm": tracker_release("resolved", "5.2-2")}}}), "debian")
    assert hit(pakiti, A) == {HOST: ("bash", "5.2-1", "fixed", "5.2-2", "")}
    put_feed(pakiti, "t", "debian-tracker", tracker({"bash": {A: {"bookworm": tracker_release("resolved", "5.2-1")}}}), "debian")
    assert hit(pakiti, A) == {} and counted(pakiti) == 0


def test_stored_host_when_a_definition_vanishes_then_its_verdict_goes_at_once(pakiti):
    submit(pakiti, rpm_host(("bash", "0:5.1-1.el9"), ("curl", "0:7-1.el9")))
    put_feed(pakiti, "o", "oval", oval({A: ("bash", "0:5.1-2.el9"), B: ("curl", "0:7-2.el9")}, "rhel:9"), "rhel:9")
    assert counted(pakiti) == 2
    assert "1 removed; 1 verdicts changed" in put_feed(pakiti, "o", "oval", oval({A: ("bash", "0:5.1-2.el9")}, "rhel:9"), "rhel:9")
    assert counted(pakiti) == 1 and HOST in hit(pakiti, A)
    assert "no feed speaks of" in pakiti.run("cve", B, code=1).stderr
    assert "no feed speaks of" in pakiti.run("explain", HOST, B, code=1).stderr


def test_stored_host_when_criteria_about_the_whole_host_change_then_the_verdict_follows(pakiti):
    def document(wanted):
        o = Oval()
        kernel = o.test("uname", o.object("uname"), o.state("uname", entity("os_release", wanted, operation="pattern match")))
        o.define(o.release("rhel:9"), kernel, cves=[A])
        return o.file()

    submit(pakiti, rpm_host(("kernel-core", "0:5.14.0-427.el9"), ("bash", "0:5.1-1.el9")))
    put_feed(pakiti, "o", "oval", document(r"^5\.14\.0-427\."), "rhel:9")
    assert hit(pakiti, A)[HOST][:2] == ("kernel-core", "0:5.14.0-427.el9") and counted(pakiti) == 1
    put_feed(pakiti, "o", "oval", document(r"^5\.14\.0-500\."), "rhel:9")
    assert hit(pakiti, A) == {} and counted(pakiti) == 0


def test_removed_feed_takes_its_verdicts_with_it(pakiti):
    submit(pakiti, rpm_host(("bash", "0:5.1-1.el9")))
    put_feed(pakiti, "one", "oval", oval({A: ("bash", "0:5.1-2.el9"), B: ("bash", "0:5.1-3.el9")}, "rhel:9"), "rhel:9")
    put_feed(pakiti, "two", "csaf", csaf(A, fixed=[(RHEL[9], "bash", "0:5.1-2.el9", "x86_64", "RHSA-2024:1")]), "rhel")
    assert counted(pakiti) == 2
    assert pakiti.run("feed", "remove", "one").stdout == "feed 'one' removed; 1 verdicts changed\n"
    assert counted(pakiti) == 1 and hit(pakiti, A)[HOST][4] == "RHSA-2024:1"
    pakiti.run("cve", B, code=1)
    pakiti.run("feed", "remove", "two")
    assert counted(pakiti) == 0
    assert [pakiti.count(t) for t in ("definition", "definition_package", "definition_cve", "package_vulnerability")] == [0, 0, 0, 0]
    assert pakiti.run("db", "check").stdout.endswith("sound\n")


def test_stored_and_unstored_judgement_agree(pakiti):
    o = Oval()
    o.define(o.release("rhel:9"), o.package("bash", "0:5.1-2.el9"), cves=[A])
    o.define(o.release("rhel:9"), o.package("curl", "0:7-2.el9"), o.package("bash", "0:9-1.el9"), cves=[B])  # of two packages together: criteria
    put_feed(pakiti, "o", "oval", o.file(), "rhel:9")
    report = rpm_host(("bash", "0:5.1-1.el9"), ("curl", "0:7-1.el9"))
    submit(pakiti, report)
    said = pakiti.vulnerable(report)
    assert set(said) == {("bash", A), ("bash", B), ("curl", B)}
    assert [row[1:-1] for row in pakiti.tsv("host", HOST, "--cves")] == pakiti.check("vulnerability", report)
    assert {cve for _, cve in said} == {cve for cve in (A, B) if HOST in hit(pakiti, cve)} and counted(pakiti) == 2


def test_reports_to_a_server_are_judged_by_what_is_in_force_when_they_come(pakiti, server):
    """The server keeps verdicts and definitions in memory; another process changes the feeds."""
    report = rpm_host(("bash", "0:5.1-1.el9"))
    assert server.post(report).status == 200 and counted(pakiti) == 0
    for fixed, host, is_hit in (("0:5.1-2.el9", "a.example.org", True), ("0:5.1-1.el9", "b.example.org", False), ("0:5.1-3.el9", "c.example.org", True)):
        put_feed(pakiti, "o", "oval", oval({A: ("bash", fixed)}, "rhel:9"), "rhel:9")
        assert server.post(rpm_host(("bash", "0:5.1-1.el9"), host=host)).status == 200
        assert server.post(rpm_host(("bash", "0:5.1-1.el9"), ("zsh", fixed), host=f"new-{host}")).status == 200  # a set that was never seen
        assert {counted(pakiti, name) for name in (HOST, host, f"new-{host}")} == {int(is_hit)}
        assert {HOST, host, f"new-{host}"} <= set(hit(pakiti, A)) or not is_hit


def test_recalculate_restores_what_follows_from_facts(pakiti):
    submit(pakiti, rpm_host(("bash", "0:5.1-1.el9")))
    submit(pakiti, deb_host(("bash", "5.2-1"), host="deb.example.org"))
    put_feed(pakiti, "o", "oval", oval({A: ("bash", "0:5.1-2.el9")}, "rhel:9"), "rhel:9")
    put_feed(pakiti, "t", "debian-tracker", tracker({"bash": {B: {"bookworm": tracker_release()}}}), "debian")
    with sqlite3.connect(pakiti.db) as db:
        db.execute("DELETE FROM package_vulnerability")
        db.execute("UPDATE profile SET n_cves = 7")
    assert re.match(r"1 packages judged, 1 verdicts changed, 1 profiles counted \(", pakiti.run("recalculate", "rhel:9").stdout)
    assert (kept_count(pakiti), kept_count(pakiti, "deb.example.org")) == (1, 7)
    assert HOST in hit(pakiti, A) and hit(pakiti, B) == {}
    assert re.match(r"2 packages judged, 1 verdicts changed, ", pakiti.run("recalculate").stdout)
    assert kept_count(pakiti, "deb.example.org") == 1 and "deb.example.org" in hit(pakiti, B)


# ---- source packages ----


@pytest.mark.parametrize("fixed, is_hit", [("3.0.11-1", False), ("3.0.11-2", True)])
def test_rule_on_a_source_package_when_the_report_tells_the_source_then_that_version_is_compared(pakiti, fixed, is_hit):
    put_feed(pakiti, "t", "debian-tracker", tracker({"openssl": {A: {"bookworm": tracker_release("resolved", fixed)}}}), "debian")
    report = told_host(("libssl3", "9.9-1", {"source": "openssl", "source_version": "3.0.11-1"}), system="Debian GNU/Linux 12", packager="dpkg")
    assert (("libssl3", A) in pakiti.vulnerable(report)) == is_hit
    submit(pakiti, report)
    row = pakiti.explain(HOST, A)[0]
    assert (row["source"], row["source_evr"], row["rule"]) == ("openssl", "3.0.11-1", f"openssl < {fixed}")


@pytest.mark.parametrize("fixed, is_hit", [("1:3.0.11-1", False), ("1:3.0.11-2", True)])
def test_rule_on_a_source_package_when_only_an_index_tells_the_source_then_the_index_counts(pakiti, apt, keyring, fixed, is_hit):
    repository = apt().publish([("libssl3", "3.0.11-1+x", "amd64", "openssl (1:3.0.11-1)")])
    pakiti.add_feed("apt", repository.url, "--suite", "stable", "--components", "main", "--arch", "amd64", "--keyring", keyring)
    pakiti.run("sync")
    put_feed(pakiti, "t", "debian-tracker", tracker({"openssl": {A: {"bookworm": tracker_release("resolved", fixed)}}}), "debian")
    submit(pakiti, deb_host(("libssl3", "3.0.11-1+x")))
    assert (HOST in hit(pakiti, A)) == is_hit
    assert pakiti.explain(HOST, A)[0]["source_evr"] == "1:3.0.11-1"


def test_rule_on_a_source_package_when_the_index_comes_later_then_stored_hosts_are_judged_again(pakiti, apt, keyring):
    put_feed(pakiti, "t", "debian-tracker", tracker({"openssl": {A: {"bookworm": tracker_release()}}}), "debian")
    submit(pakiti, deb_host(("libssl3", "3.0.11-1")))
    assert hit(pakiti, A) == {}
    repository = apt().publish([("libssl3", "3.0.11-1", "amd64", "openssl")])
    pakiti.add_feed("apt", repository.url, "--suite", "stable", "--components", "main", "--arch", "amd64", "--keyring", keyring)
    pakiti.run("sync")
    assert HOST in hit(pakiti, A)


def test_rule_on_a_source_package_when_nothing_tells_the_source_then_the_package_is_its_own(pakiti):
    put_feed(pakiti, "t", "debian-tracker", tracker({"bash": {A: {"bookworm": tracker_release()}}, "openssl": {A: {"bookworm": tracker_release()}}}), "debian")
    assert set(pakiti.vulnerable(deb_host(("bash", "5.2-1"), ("libssl3", "3.0.11-1")))) == {("bash", A)}


@pytest.mark.parametrize("installed, fixed, is_hit", [
    ("5.2.15-2+b2", "5.2.15-2", False), ("5.2.15-2+b2", "5.2.15-2+deb12u1", True), ("5.2.15-2+b10", "5.2.15-3", True),
    ("5.2.15-2+deb12u1+b1", "5.2.15-2+deb12u1", False),
    ("5.2.15-2~deb12u1", "5.2.15-2", True), ("5.2.15-2+b2", "5.2.15-2+1", True),
])
def test_rule_on_a_source_package_when_the_binary_was_rebuilt_then_the_rebuild_counts_for_nothing(pakiti, installed, fixed, is_hit):
    put_feed(pakiti, "t", "debian-tracker", tracker({"bash": {A: {"bookworm": tracker_release("resolved", fixed)}}}), "debian")
    assert (("bash", A) in pakiti.vulnerable(deb_host(("bash", installed)))) == is_hit


# ---- module streams ----

NODE_18 = {"module": "nodejs:18:9030020230627084142:rhel9"}


def modular(stream, version):
    """A definition for one stream, as Red Hat writes it."""
    o = Oval()
    pattern = rf"\nstream\s*=\s*{stream}\b[\w\W]*\nstate\s*=\s*(enabled|1|true)|\nstate\s*=\s*(enabled|1|true)[\w\W]*\nstream\s*=\s*{stream}\b"
    thing = o.object("textfilecontent54", entity("filepath", "/etc/dnf/modules.d/nodejs.module"),
                     entity("pattern", r"\[nodejs\][\w\W]*", operation="pattern match"), entity("instance", "1", datatype="int"))
    stream_is_on = o.test("textfilecontent54", thing, o.state("textfilecontent54", entity("text", pattern, operation="pattern match")))
    o.define(o.release("rhel:9"), stream_is_on, o.package("nodejs", version), cves=[A])
    return o.file()


@pytest.mark.parametrize("report, is_hit", [
    (told_host(("nodejs", "1:18.14.2-2.module+el9", NODE_18)), True),
    (told_host(("nodejs", "1:18.14.2-2.module+el9", {"module": "nodejs:20:1:x"})), False),
    (told_host(("nodejs", "1:18.14.2-2.module+el9")), False), (told_host(("nodejs", "1:18.19.0-2.module+el9", NODE_18)), False),
], ids=["own", "other", "not-told", "fixed"])
def test_definition_of_a_module_stream_counts_for_packages_of_that_stream_only(pakiti, report, is_hit):
    put_feed(pakiti, "o", "oval", modular("18", "1:18.16.0-1.module+el9"), "rhel:9")
    assert (pakiti.vulnerable(report) != {}) == is_hit


@pytest.mark.parametrize("options, is_hit", [((), False), (("--any-module",), True)])
def test_definition_of_a_module_stream_when_any_module_then_names_and_versions_decide(pakiti, options, is_hit):
    put_feed(pakiti, "o", "oval", modular("18", "1:18.16.0-1.module+el9"), "rhel:9", *options)
    assert (pakiti.vulnerable(told_host(("nodejs", "1:16.1-1.el9"))) != {}) == is_hit
    assert dict(pakiti.tsv("feed", "show", "o"))["modules"] == ("any stream" if options else "own stream only")


@pytest.mark.parametrize("installed, fixed, strict, any_", [
    ("0:1-1.module_el8+1", "0:1-2.module_el8+2", True, True), ("0:1-1.el8", "0:1-2.el8", True, True), ("0:1-1.el8", "0:1-2.module_el8+2", False, True),
    ("0:1-1.module_el8+1", "0:1-2.el8", False, True), ("0:1-3.module_el8+1", "0:1-2.module_el8+2", False, False),
])
def test_builds_of_modules_are_compared_with_builds_of_modules(pakiti, installed, fixed, strict, any_):
    document = osv("ALSA-2024:1", osv_package("AlmaLinux:8", "perl", fixed.removeprefix("0:")), cves=[A])
    put_feed(pakiti, "strict", "osv", document, "almalinux")
    put_feed(pakiti, "any", "osv", document, "almalinux", "--any-module")
    feeds = {row[8] for row in pakiti.check("vulnerability", rpm_host(("perl", installed), system="AlmaLinux release 8.9"))}
    assert feeds == {name for name, is_hit in (("strict", strict), ("any", any_)) if is_hit}


# ---- kernels ----


def test_kernel_that_does_not_run_is_not_vulnerable_on_deb(pakiti):
    put_feed(pakiti, "t", "debian-tracker", tracker({"linux": {A: {"bookworm": tracker_release("resolved", "6.1.80-1")}}}), "debian")
    linux = {"source": "linux"}
    packages = [("linux-image-6.1.0-13-amd64", "6.1.55-1", linux), ("linux-image-6.1.0-18-amd64", "6.1.76-1", linux)]
    report = told_host(*packages, system="Debian GNU/Linux 12", packager="dpkg", kernel="6.1.0-18-amd64")
    assert set(pakiti.vulnerable(report)) == {("linux-image-6.1.0-18-amd64", A)}
    submit(pakiti, report)
    assert hit(pakiti, A)[HOST][0] == "linux-image-6.1.0-18-amd64" and counted(pakiti) == 1
    assert explained(pakiti, A)["linux-image-6.1.0-13-amd64", "t"] == ("not-vulnerable", "the package belongs to a kernel that does not run")


@pytest.mark.parametrize("running, is_hit", [("5.14.0-362.el9.x86_64", True), ("5.14.0-427.el9.x86_64", False)])
def test_kernel_that_does_not_run_is_not_vulnerable_on_rpm(pakiti, running, is_hit):
    put_feed(pakiti, "o", "oval", oval({A: ("kernel-core", "0:5.14.0-400.el9")}, "rhel:9"), "rhel:9")
    report = rpm_host(("kernel-core", "0:5.14.0-362.el9"), ("kernel-core", "0:5.14.0-427.el9"), kernel=running)
    submit(pakiti, report)
    assert (("kernel-core", A) in pakiti.vulnerable(report)) == (HOST in hit(pakiti, A)) == (counted(pakiti) == 1) == is_hit


# ---- platforms ----


def test_rebuild_without_data_of_its_own_is_judged_by_what_it_is_built_from_and_says_so(pakiti):
    put_feed(pakiti, "o", "oval", oval({A: ("bash", "0:4.2-35.el7")}, "rhel:7"), "rhel:7")
    report = rpm_host(("bash", "0:4.2-34.el7"), ("centos-release", "0:7-9.2009.1.el7.centos"), system="CentOS Linux release 7.9.2009 (Core)")
    assert pakiti.vulnerable(report) == {("bash", A): ("fixed", "0:4.2-35.el7", "o")}
    submit(pakiti, report)
    row = pakiti.explain(HOST, A)[0]
    assert (row["verdict"], row["approximate"]) == ("vulnerable", "rhel:7") and HOST in hit(pakiti, A)
    assert "approximate     the host is judged by the data of rhel:7" in pakiti.run("explain", HOST, A).stdout


def test_rebuild_when_the_feed_is_for_every_platform_then_it_still_says_so(pakiti):
    put_feed(pakiti, "v", "csaf", csaf(A, fixed=[(RHEL[8], "bash", "0:5.1-9.el8", "x86_64", "RHSA-2024:1")]))
    submit(pakiti, rpm_host(("bash", "0:5.1-1.el8"), system="CentOS Linux release 8.5.2111"))
    assert [(row["verdict"], row["approximate"]) for row in pakiti.explain(HOST, A)] == [("vulnerable", "rhel:8")]


def test_rebuild_when_criteria_are_about_the_whole_host_then_it_answers_as_what_it_is_built_from(pakiti):
    o = Oval()
    o.define(o.release("rhel:7"), o.package("bash", "0:4.2-35.el7"), o.package("curl", "0:7-2.el7"), cves=[A])
    put_feed(pakiti, "o", "oval", o.file(), "rhel:7")
    packages = [("bash", "0:4.2-34.el7"), ("curl", "0:7-1.el7"), ("centos-release", "0:7-9.2009.1.el7.centos")]
    submit(pakiti, rpm_host(*packages, system="CentOS Linux release 7.9.2009 (Core)"))
    assert HOST in hit(pakiti, A) and {row["approximate"] for row in pakiti.explain(HOST, A)} == {"rhel:7"}


@pytest.mark.parametrize("system", ["AlmaLinux release 7.9", "Rocky Linux release 7.9", "Oracle Linux Server 7.9", "Fedora release 7"])
def test_distribution_with_data_of_its_own_is_not_judged_by_others(pakiti, system):
    put_feed(pakiti, "o", "oval", oval({A: ("bash", "0:4.2-35.el7")}, "rhel:7"), "rhel:7")
    put_feed(pakiti, "v", "csaf", csaf(A, fixed=[(RHEL[8].replace(":8", ":7"), "bash", "0:4.2-35.el7", "x86_64", "RHSA-2024:1")]))
    submit(pakiti, rpm_host(("bash", "0:4.2-34.el7"), system=system))
    assert hit(pakiti, A) == {} and counted(pakiti) == 0
    assert explained(pakiti, A)["", "o"] == ("not-vulnerable", "the feed speaks for another platform")


@pytest.mark.parametrize("system, installed, is_hit", [
    ("9.2", "0:5.1-2.el9_2.1", False), ("9.2", "0:5.1-2.el9_2", True), ("9.4", "0:5.1-2.el9_2.1", True), ("9.4", "0:5.1-8.el9", False),
])
def test_rule_for_exactly_this_release_takes_the_place_of_the_general_one(pakiti, system, installed, is_hit):
    """A stream of long support has fixes of its own, which the main stream's versions do not know."""
    put_feed(pakiti, "v", "csaf", csaf(A, fixed=[(RHEL[9], "bash", "0:5.1-8.el9", "x86_64", "RHSA-2024:1"),
                                                 (eus("9.2"), "bash", "0:5.1-2.el9_2.1", "x86_64", "RHSA-2024:2")]), "rhel")
    submit(pakiti, rpm_host(("bash", installed), system=f"Red Hat Enterprise Linux {system}"))
    assert (HOST in hit(pakiti, A)) == is_hit
    reasons = {(row["advisory"], row["because"]) for row in pakiti.explain(HOST, A)}
    assert (("RHSA-2024:1", "a rule for exactly this release takes its place") in reasons) == (system == "9.2")


def test_file_for_a_family_of_releases_counts_for_the_releases_that_it_names(pakiti):
    o = Oval()
    release = o.test("rpminfo", o.object("rpminfo", entity("name", "sles-release")), o.state("rpminfo", entity("version", "15.5", operation="equals")))
    o.define(release, o.package("bash", "0:4.4-2.1"), cves=[A])
    put_feed(pakiti, "o", "oval", o.file(), "sles:15")
    for release, is_hit in (("SP5", True), ("SP4", False)):
        report = rpm_host(("bash", "0:4.4-1.1"), system=f"SUSE Linux Enterprise Server 15 {release}")
        assert (("bash", A) in pakiti.vulnerable(report)) == is_hit


@pytest.mark.parametrize("platform, hits", [("almalinux:9", {"9.4", "9.0"}), ("almalinux:9.4", {"9.4"})])
def test_file_for_all_minor_releases_counts_for_each(pakiti, platform, hits):
    """Its test of the release wants something behind the major number."""
    o = Oval()
    state = o.state("rpminfo", entity("name", "^almalinux-release", operation="pattern match"), entity("version", r"^9[^\d]", operation="pattern match"))
    o.define(o.test("rpminfo", o.object("rpminfo", entity("name", "almalinux-release")), state), o.package("bash", "0:5.1-2.el9"), cves=[A])
    put_feed(pakiti, "o", "oval", o.file(), platform)
    releases = ("9.0", "9.4", "8.9", "10.1")
    assert {r for r in releases if pakiti.vulnerable(rpm_host(("bash", "0:5.1-1.el9"), system=f"AlmaLinux release {r}"))} == hits


def test_codenames_lead_to_releases(pakiti):
    put_feed(pakiti, "t", "debian-tracker", tracker({"bash": {A: {"bookworm": tracker_release(), "bullseye": tracker_release("resolved", "0")}}}))
    assert set(pakiti.vulnerable(deb_host(("bash", "5-1")))) == {("bash", A)}
    assert pakiti.vulnerable(deb_host(("bash", "5-1"), system="Debian GNU/Linux 11")) == {}
    assert pakiti.vulnerable(deb_host(("bash", "5-1"), system="Ubuntu 22.04")) == {}


# ---- what is compared with what ----


@pytest.mark.parametrize("installed, fixed, is_hit", [
    ("0:2.28-1.el8", "2:2.28-2.ksplice1.el8", False), ("2:2.28-1.ksplice1.el8", "0:2.28-9.el8", False),
    ("2:2.28-1.ksplice1.el8", "2:2.28-2.ksplice1.el8", True),
    ("2:2.28-1.ksplice2.el8", "2:2.28-2.ksplice1.el8", False), ("0:1.1.1k-1.el8", "10:1.1.1k-2.el8_fips", False),
    ("10:1.1.1k-1.el8_fips", "10:1.1.1k-2.el8_fips", True),
    ("10:1.1.1k-1.el8_fips", "11:1.1.1k-2.el8", False),
])
def test_special_builds_are_compared_with_their_own_kind(pakiti, installed, fixed, is_hit):
    put_feed(pakiti, "o", "oval", oval({A: ("openssl", fixed)}, "ol:8"), "ol:8")
    report = rpm_host(("openssl", installed), system="Oracle Linux Server 8.9")
    assert (pakiti.vulnerable(report) != {}) == is_hit


@pytest.mark.parametrize("arch, is_hit", [("x86_64", True), ("aarch64", True), ("i686", False)])
def test_rule_that_is_bound_to_architectures_counts_for_them_only(pakiti, arch, is_hit):
    o = Oval()
    o.define(o.package("bash", "0:5.1-2.el9", arch="aarch64|x86_64"), cves=[A])
    put_feed(pakiti, "o", "oval", o.file(), "rhel:9")
    submit(pakiti, rpm_host(("bash", "0:5.1-1.el9", arch)))
    assert (HOST in hit(pakiti, A)) == is_hit
    because = "the installed version is within what the rule says is vulnerable" if is_hit else "the rule is for other architectures"
    assert explained(pakiti, A)["bash", "o"][1] == because


@pytest.mark.parametrize("installed, is_hit", [("5.1-2.el9", False), ("5.1-1.el9", True), ("0:5.1-2.el9", True), ("2:5.1-2.el9", False)])
def test_host_that_tells_no_epochs_is_not_said_to_have_epoch_0(pakiti, installed, is_hit):
    put_feed(pakiti, "o", "oval", oval({A: ("bash", "2:5.1-2.el9")}, "rhel:9"), "rhel:9")
    assert (pakiti.vulnerable(rpm_host(("bash", installed))) != {}) == is_hit


@pytest.mark.parametrize("events, hits", [
    ([{"introduced": "0"}, {"fixed": "2-1"}], {"1-1"}), ([{"introduced": "2-1"}], {"2-1", "3-1"}), ([{"introduced": "1-2"}, {"fixed": "3-1"}], {"2-1"}),
    ([{"introduced": "0"}, {"last_affected": "2-1"}], {"1-1", "2-1"}), ([{"introduced": "0"}, {"fixed": "1-1"}, {"introduced": "3-1"}], {"3-1"}),
])
def test_interval_of_vulnerable_versions_is_obeyed(pakiti, events, hits):
    package = {"package": {"ecosystem": "Debian:12", "name": "bash"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    put_feed(pakiti, "o", "osv", osv("DSA-1-1", package, cves=[A]), "debian")
    assert {v for v in ("1-1", "2-1", "3-1") if pakiti.vulnerable(deb_host(("bash", v)))} == hits


def test_several_versions_of_one_package_are_judged_each(pakiti):
    put_feed(pakiti, "o", "oval", oval({A: ("gpg-pubkey-tool", "0:2-1")}, "rhel:9"), "rhel:9")
    rows = pakiti.check("vulnerability", rpm_host(("gpg-pubkey-tool", "0:1-1"), ("gpg-pubkey-tool", "0:1-5"), ("gpg-pubkey-tool", "0:2-1")))
    assert [row[2] for row in rows] == ["0:1-1", "0:1-5"]


# ---- what vendors say of a package ----


DEBIAN_STATES = [(tracker_release(), "affected"), (tracker_release("resolved", "9-1"), "fixed"),
                 (tracker_release(nodsa="Minor issue", nodsa_reason=""), "no-advisory"),
                 (tracker_release(nodsa="Minor issue", nodsa_reason="postponed"), "deferred"),
                 (tracker_release(nodsa="Minor issue", nodsa_reason="ignored"), "will-not-fix"),
                 (tracker_release(urgency="end-of-life"), "out-of-support"), (tracker_release("undetermined"), "under-investigation"),
                 (tracker_release(urgency="unimportant"), "unimportant")]
COUNTS = {"affected", "fixed", "no-advisory", "deferred", "will-not-fix", "out-of-support"}


@pytest.mark.parametrize("release, state", DEBIAN_STATES, ids=[state for _, state in DEBIAN_STATES])
def test_state_is_told_in_documented_words_and_counts_as_documented(pakiti, release, state):
    put_feed(pakiti, "t", "debian-tracker", tracker({"bash": {A: {"bookworm": release}}}), "debian")
    submit(pakiti, deb_host(("bash", "5.2-1")))
    assert pakiti.vulnerable(deb_host(("bash", "5.2-1")))["bash", A][0] == state
    assert counted(pakiti) == len(hit(pakiti, A)) == (state in COUNTS)
    row = pakiti.explain(HOST, A)[0]
    assert (row["verdict"], row["state"], row["note"]) == ("vulnerable", state, release.get("nodsa", ""))
    assert state in pakiti.run("help", "check").stdout


@pytest.mark.parametrize("details, state", [("Affected", "affected"), ("Will not fix", "will-not-fix"), ("Fix deferred", "deferred"),
                                            ("Out of support scope", "out-of-support"),
                                            ("Under investigation", "under-investigation")])
def test_red_hats_words_for_a_missing_fix_become_states(pakiti, details, state):
    put_feed(pakiti, "v", "csaf", csaf(A, affected=[(RHEL[9], "bash", details)]), "rhel")
    o = Oval()
    o.define(o.release("rhel:9"), o.package("bash"), cves=[B], class_="vulnerability", unfixed={details: ["bash"], "Affected": ["other"]})
    put_feed(pakiti, "o", "oval", o.file(), "rhel:9")
    report = told_host(("bash", "0:5.1-1.el9", {"source": "bash"}))
    assert pakiti.vulnerable(report) == {("bash", A): (state, "", "v"), ("bash", B): (state, "", "o")}


def test_not_affected_is_explained_and_never_listed(pakiti):
    put_feed(pakiti, "v", "csaf", csaf(A, not_affected=[(RHEL[9], "bash")]), "rhel")
    put_feed(pakiti, "t", "debian-tracker", tracker({"bash": {A: {"bookworm": tracker_release("resolved", "0")}}}), "debian")
    purl = "pkg:deb/ubuntu/bash@5?arch=source&distro=jammy"
    put_feed(pakiti, "x", "openvex", openvex(vex_statement(A, "not_affected", purl, justification="component_not_present")), "ubuntu")
    for report, note in ((told_host(("bash", "0:5-1", {"source": "bash"})), ""), (deb_host(("bash", "5-1")), ""),
                         (deb_host(("bash", "5-1"), system="Ubuntu 22.04"), "component_not_present")):
        assert pakiti.vulnerable(report) == {}
        submit(pakiti, report)
        told = [row for row in pakiti.explain(HOST, A) if row["package"]]
        assert [(row["verdict"], row["because"], row["state"], row["note"]) for row in told] == [
            ("not-vulnerable", "the vendor says that it is not affected", "not-affected", note)]


@pytest.mark.parametrize("status, members, expected", [
    ("affected", {}, ("affected", "", "x")), ("fixed", {}, ("fixed", "5.2-2", "x")), ("under_investigation", {}, ("under-investigation", "", "x")),
    ("affected", {"action_statement": "Fix is deferred."}, ("deferred", "", "x")),
    ("affected", {"action_statement": "We decided to not fix this."}, ("will-not-fix", "", "x")),
])
def test_statements_of_openvex_become_verdicts(pakiti, status, members, expected):
    purl = "pkg:deb/ubuntu/bash@5.2-2?arch=source&distro=jammy"
    put_feed(pakiti, "x", "openvex", openvex(vex_statement(A, status, purl, **members)), "ubuntu")
    assert pakiti.vulnerable(deb_host(("bash", "5.2-1"), system="Ubuntu 22.04")) == {("bash", A): expected}
    assert pakiti.vulnerable(deb_host(("bash", "5.2-1"), system="Ubuntu 24.04")) == {}


def test_advisory_of_a_debian_list_is_a_verdict_for_each_of_its_cves(pakiti):
    put_feed(pakiti, "d", "debian-list", dsa("DSA-5600-1", "bash", {"bookworm": "5.2-2", "bullseye": "5.1-9"}, [A, B]), "debian")
    rows = pakiti.check("vulnerability", deb_host(("bash", "5.2-1")))
    assert [(row[0], row[3], row[4], row[7]) for row in rows] == [("bash", A, "DSA-5600-1", "5.2-2"), ("bash", B, "DSA-5600-1", "5.2-2")]


def test_advisory_without_cves_is_a_verdict_too(pakiti):
    put_feed(pakiti, "d", "debian-list", dsa("DSA-5600-1", "bash", {"bookworm": "5.2-2"}), "debian")
    assert [row[3:5] for row in pakiti.check("vulnerability", deb_host(("bash", "5.2-1")))] == [["", "DSA-5600-1"]]


def test_advisories_of_an_rpm_repository_are_vulnerabilities(pakiti, rpmmd):
    class WithReferences(Advisory):
        def xml(self):
            refs = element("references", *(element("reference", type="cve", id=cve, href="x") for cve in (A, B)))
            return super().xml().replace("<severity>", refs + "<severity>")

    packages = [("bash", "0:5.1.8-9.el9", "x86_64")]
    pakiti.add_feed("repo", rpmmd().publish(packages, [WithReferences("RLSA-2024:1", packages)]).url, "--unsigned", type="rpmmd", platform="rocky:9")
    submit(pakiti, rpm_host(("bash", "0:5.1.8-6.el9"), system="Rocky Linux release 9.4"))
    pakiti.run("sync")
    assert hit(pakiti, A) == {HOST: ("bash", "0:5.1.8-6.el9", "fixed", "0:5.1.8-9.el9", "RLSA-2024:1")} and counted(pakiti) == 2
    row = next(r for r in pakiti.check("vulnerability", rpm_host(("bash", "0:5.1.8-6.el9"), system="Rocky Linux release 9.4")) if r[3] == B)
    assert row == ["bash", "x86_64", "0:5.1.8-6.el9", B, "RLSA-2024:1", "important", "fixed", "0:5.1.8-9.el9", "repo"]


@pytest.mark.parametrize("told, is_hit", [({"module": "nodejs:18:1:x"}, True), ({"module": "nodejs:20:1:x"}, False), ({}, False)],
                         ids=["own", "other", "not-told"])
def test_advisories_of_modules_count_for_their_stream(pakiti, rpmmd, told, is_hit):
    class OfModule(Advisory):
        def xml(self):
            return super().xml().replace("<name>c</name>", '<name>c</name><module name="nodejs" stream="18" version="1" context="x" arch="x86_64"/>').replace(
                "<severity>", f'<references><reference type="cve" id="{A}" href="x"/></references><severity>')

    packages = [("nodejs", "1:18.16.0-1.module+el9", "x86_64")]
    pakiti.add_feed("repo", rpmmd().publish(packages, [OfModule("RLSA-2024:1", packages)]).url, "--unsigned", type="rpmmd", platform="rocky:9")
    pakiti.run("sync")
    report = told_host(("nodejs", "1:18.14.2-2.module+el9", told), system="Rocky Linux release 9.4")
    assert (pakiti.vulnerable(report) != {}) == is_hit


def test_unknown_counts_only_where_the_feed_says_so(pakiti):
    o = Oval()
    file = o.test("file", o.object("file", entity("path", "/etc/example.conf")))
    o.define(o.release("rhel:9"), o.package("bash", "0:5.1-2.el9"), file, cves=[A])
    several = o.test("rpminfo", o.put("objects", "obj", "rpminfo_object", element("set", element("object_reference", "x"))))
    o.define(o.release("rhel:9"), o.package("bash", "0:5.1-2.el9"), several, cves=[B])
    put_feed(pakiti, "strict", "oval", o.file(), "rhel:9")
    put_feed(pakiti, "careful", "oval", o.file(), "rhel:9", "--unknown-counts")
    report = rpm_host(("bash", "0:5.1-1.el9"))
    assert pakiti.vulnerable(report) == {("bash", cve): ("fixed", "0:5.1-2.el9", "careful") for cve in (A, B)}
    assert [dict(pakiti.tsv("feed", "show", name))["unknown"] for name in ("strict", "careful")] == ["does not count", "counts as true"]
    assert pakiti.vulnerable(rpm_host(("bash", "0:5.1-2.el9"))) == {}


# ---- what is known of a CVE ----


def test_explanation_begins_with_what_is_known_of_the_cve(pakiti):
    put_feed(pakiti, "cve", "cve5", cve5(A, "Example overflows"))  # of several titles the first feed's stands
    put_feed(pakiti, "kev", "kev", kev(A, ransomware="Known", added="2024-02-03"))
    put_feed(pakiti, "epss", "epss", epss({A: (0.1234, 0.98765)}))
    put_feed(pakiti, "t", "debian-tracker", tracker({"bash": {A: {"bookworm": tracker_release()}}}), "debian")
    submit(pakiti, deb_host(("bash", "5.2-1")))
    head = pakiti.run("explain", HOST, A).stdout.split("\n\n")[0].splitlines()
    assert head == [f"{A}: Example overflows", "  known exploited since 2024-02-03, also by ransomware",
                    "  CVSS 9.8 CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                    "  EPSS 12.34 % (more likely than 98 % of all)", "  SSVC exploitation=active automatable=yes impact=total"]


def test_rejected_cve_is_told_as_such(pakiti):
    put_feed(pakiti, "cve", "cve5", cve5(A, state="REJECTED"))
    put_feed(pakiti, "t", "debian-tracker", tracker({"bash": {A: {"bookworm": tracker_release()}}}), "debian")
    submit(pakiti, deb_host(("bash", "5.2-1")))
    assert "  the CVE was rejected by its issuer\n" in pakiti.run("explain", HOST, A).stdout


# ---- answers ----


def test_explain_when_the_vendor_names_other_packages_then_every_feed_says_why_not(pakiti):
    put_feed(pakiti, "o", "oval", oval({A: ("curl", "0:7-2.el9")}, "rhel:9"), "rhel:9")
    put_feed(pakiti, "t", "debian-tracker", tracker({"curl": {A: {"bookworm": tracker_release()}}}), "debian")
    submit(pakiti, rpm_host(("bash", "0:5.1-1.el9")))
    assert explained(pakiti, A) == {("", "o"): ("not-vulnerable", "no rule for this platform speaks of a package that is installed"),
                                    ("", "t"): ("not-vulnerable", "the feed speaks for another platform")}


def test_explain_tells_rule_order_feed_and_reason(pakiti):
    put_feed(pakiti, "o", "oval", oval({A: ("bash", "0:5.1-2.el9")}, "rhel:9", advisory="RHSA-2024:1", title="RHSA-2024:1: bash security update"), "rhel:9")
    submit(pakiti, rpm_host(("bash", "0:5.1-1.el9")))
    text = pakiti.run("explain", HOST, A).stdout
    for line in ("VULNERABLE: bash 0:5.1-1.el9 x86_64", "  rule            bash < 0:5.1-2.el9 (order: rpm)", "  state           fixed",
                 "  advisory        RHSA-2024:1",
                 "  title           RHSA-2024:1: bash security update", "  the installed version is within what the rule says is vulnerable"):
        assert f"{line}\n" in text
    assert re.search(r"^  definition      oval:org\.example:def:\d+, severity important$", text, re.M)
    assert re.search(r"^  feed            o of \d{4}-\d\d-\d\dT", text, re.M)
    assert pakiti.run("check", "-", "--explain", A, stdin=rpm_host(("bash", "0:5.1-1.el9"))).stdout == text


def test_cve_name_is_taken_in_any_case(pakiti):
    put_feed(pakiti, "t", "debian-tracker", tracker({"bash": {C: {"bookworm": tracker_release()}}}), "debian")
    submit(pakiti, deb_host(("bash", "5.2-1")))
    assert hit(pakiti, C.lower()) == hit(pakiti, C) != {}


def test_cve_lists_the_first_package_and_how_many_more(pakiti):
    put_feed(pakiti, "t", "debian-tracker", tracker({"openssl": {A: {"bookworm": tracker_release()}}}), "debian")
    packages = [(name, "3.0-1", {"source": "openssl"}) for name in ("libssl3", "openssl", "libssl-dev")]
    submit(pakiti, told_host(*packages, system="Debian GNU/Linux 12", packager="dpkg"))
    rows = pakiti.json("cve", A)
    assert [(row["host"], row["more"]) for row in rows] == [(HOST, 2)] and rows[0]["package"] in {p[0] for p in packages}


RPM_VERSIONS = ["0:1.0-1", "0:1.0~rc1-1", "0:1.0^git1-1", "1:0.1-1"]
DEB_VERSIONS = ["1.0-1", "1.0~rc1-1", "1.0-1+deb12u1", "1:0.1-1"]


@pytest.mark.parametrize("versions, make, op, version, expected", [
    (RPM_VERSIONS, rpm_host, "<", "0:1.0-1", [1]), (RPM_VERSIONS, rpm_host, "<=", "0:1.0-1", [0, 1]), (RPM_VERSIONS, rpm_host, ">", "0:1.0-1", [2, 3]),
    (RPM_VERSIONS, rpm_host, ">=", "0:1.0-1", [0, 2, 3]), (RPM_VERSIONS, rpm_host, "=", "0:1.0-1", [0]), (RPM_VERSIONS, rpm_host, "<", "0:1.0~rc2-1", [1]),
    (DEB_VERSIONS, deb_host, "<", "0:1.0-1", [1]), (DEB_VERSIONS, deb_host, "<=", "0:1.0-1", [0, 1]), (DEB_VERSIONS, deb_host, ">", "0:1.0-1", [2, 3]),
    (DEB_VERSIONS, deb_host, ">=", "0:1.0-1~", [0, 2, 3]), (DEB_VERSIONS, deb_host, "=", "0:1.0-1", [0]), (DEB_VERSIONS, deb_host, "<", "0:1.0~~", []),
    # an epoch that is not asked about does not count, nor does a revision
    (DEB_VERSIONS, deb_host, "<", "1.0-1", [1, 3]), (DEB_VERSIONS, deb_host, ">", "1.0-1", [2]), (DEB_VERSIONS, deb_host, "<=", "1.0", [0, 1, 2, 3]),
    (RPM_VERSIONS, rpm_host, "=", "1.0", [0]), (RPM_VERSIONS, rpm_host, ">", "1.0", [2]),
])
def test_package_with_an_operator_lists_hosts_in_the_order_of_their_package_manager(pakiti, versions, make, op, version, expected):
    for i, installed in enumerate(versions):
        submit(pakiti, make(("openssl", installed), host=f"h{i}.example.org"))
    assert [row["host"] for row in pakiti.json("package", "openssl", op, version)] == [f"h{i}.example.org" for i in expected]


def test_package_without_an_operator_lists_every_host_that_has_it(pakiti):
    submit(pakiti, rpm_host(("bash", "0:5-1"), ("zsh", "0:5-1"), host="b.example.org"))
    submit(pakiti, deb_host(("bash", "5.2-1"), host="a.example.org"))
    assert pakiti.tsv("package", "bash") == [["a.example.org", "debian:12", "bash", "5.2-1", "amd64", "0"],
                                             ["b.example.org", "rhel:9.4", "bash", "0:5-1", "x86_64", "0"]]
    assert pakiti.tsv("package", "no-such-package") == []


# ---- forms of the answers ----


@pytest.fixture
def stocked(pakiti):
    """A stored host with an update and a vulnerability."""
    put_feed(pakiti, "o", "oval", oval({A: ("bash", "0:5.1-2.el9")}, "rhel:9", advisory="RHSA-2024:1"), "rhel:9")
    submit(pakiti, rpm_host(("bash", "0:5.1-1.el9")))
    (pakiti.folder / "report").write_text(rpm_host(("bash", "0:5.1-1.el9")))
    return pakiti


def test_cves_of_a_host_that_an_exception_takes_away_are_shown_with_its_reason(stocked):
    with contextlib.closing(sqlite3.connect(stocked.db)) as db, db:
        db.execute("INSERT INTO cve_exception (cve, package, version, arch, platform, group_kind, group_value, reason, approver, created_at, expires_at) "
                   "VALUES (2024000000000001, 'bash', '', '', '', 'host', ?, 'not reachable', 'Ann', 1, 0)", (HOST,))
    assert [row[-1] for row in stocked.tsv("host", HOST, "--cves")] == ["not reachable"]


def test_columns_of_tsv_are_as_documented(stocked):
    date = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    vulnerability = ["vulnerability", "bash", "x86_64", "0:5.1-1.el9", A, "RHSA-2024:1", "important", "fixed", "0:5.1-2.el9", "o"]
    assert stocked.tsv("check", "report") == [vulnerability]
    assert stocked.tsv("host", HOST, "--cves") == [[*vulnerability, ""]]  # no exception
    assert stocked.tsv("cve", A) == [[HOST, "rhel:9.4", "bash", "0:5.1-1.el9", "x86_64", "0", "fixed", "0:5.1-2.el9", "RHSA-2024:1", "o"]]
    assert stocked.tsv("package", "bash") == [[HOST, "rhel:9.4", "bash", "0:5.1-1.el9", "x86_64", "0"]]
    row = stocked.tsv("explain", HOST, A)[0]
    definition = stocked.rows("SELECT name FROM definition")[0][0]
    assert row[:15] == ["explanation", "vulnerable", "bash", "x86_64", "0:5.1-1.el9", "", "", "bash < 0:5.1-2.el9", "rpm", "fixed", "0:5.1-2.el9", definition,
                        "RHSA-2024:1",
                        "important", "o"]
    assert re.fullmatch(date, row[15]) and row[16:] == ["", "the installed version is within what the rule says is vulnerable", ""]
    assert stocked.tsv("oval", "eval", "o", "report") == [["definition", definition, "patch", A]]
    assert stocked.tsv("oval", "eval", "o", "report", "--all") == [["definition", definition, "patch", A, "true", ""]]
    listed = stocked.tsv("feed", "list")[0]
    assert listed[:8] == ["o", "oval", "rhel:9", "release", "good", "0", "0", "1"] and all(re.fullmatch(date, t) for t in listed[8:11]) and listed[11:] == [""]


@pytest.mark.parametrize("command", [("check", "report"), ("check", "report", "--explain", A), ("cve", A), ("package", "bash"), ("explain", HOST, A),
                                     ("host", HOST, "--cves"),
                                     ("oval", "eval", "o", "report"),
                                     ("oval", "eval", "o", "report", "--all"), ("feed", "list"), ("feed", "show", "o"), ("package", "none")], ids="-".join)
def test_every_answer_comes_as_json(stocked, command):
    rows = stocked.json(*command)
    assert isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    assert (rows == []) == (command == ("package", "none"))
    assert len({tuple(row) for row in rows}) <= 1, "rows have different members"


def test_updates_come_before_vulnerabilities_in_order(pakiti, apt, keyring):
    repository = apt().publish([("bash", "5.2-9", "amd64"), ("curl", "8-1", "amd64")])
    pakiti.add_feed("apt", repository.url, "--suite", "stable", "--components", "main", "--arch", "amd64", "--keyring", keyring)
    pakiti.run("sync")
    put_feed(pakiti, "t", "debian-tracker", tracker({"zsh": {B: {"bookworm": tracker_release()}, A: {"bookworm": tracker_release()}},
                                                     "bash": {B: {"bookworm": tracker_release()}}}), "debian")
    rows = pakiti.tsv("check", "-", stdin=deb_host(("zsh", "5-1"), ("curl", "7-1"), ("bash", "5.2-1")))
    assert [(row[0], row[1], row[4]) for row in rows] == [("update", "bash", "5.2-9"), ("update", "curl", "8-1"), ("vulnerability", "bash", B),
                                                          ("vulnerability", "zsh", A),
                                                         ("vulnerability", "zsh", B)]


def test_table_of_check_has_a_part_for_each_kind(stocked):
    lines = stocked.run("check", "report").stdout.splitlines()
    assert any(line.split()[:5] == ["VERDICT", "PACKAGE", "ARCH", "INSTALLED", "CVE"] for line in lines)
    assert any(line.split()[:2] == ["vulnerability", "bash"] for line in lines)


@pytest.mark.parametrize("command, says", [
    (("cve", "CVE-24-1"), "'CVE-24-1' is no CVE"), (("cve",), "usage: pakiti cve CVE"), (("cve", A, B), "usage: pakiti cve CVE"),
    (("explain", HOST), "usage: pakiti explain HOST CVE"),
    (("explain", HOST, "bash"), "'bash' is no CVE"), (("check", "report", "--explain", "x"), "'x' is no CVE"), (("package",), "usage: pakiti package NAME"),
    (("package", "bash", "<"), "one of < <= = >= >"), (("package", "bash", "==", "1"), "one of < <= = >= >"),
    (("package", "bash", "<", "1", "2"), "usage: pakiti package"),
    (("recalculate", "a", "b"), "usage: pakiti recalculate"), (("oval", "eval", "o"), "usage: pakiti oval eval"),
    (("feed", "accept"), "usage: pakiti feed accept NAME"),
    (("feed", "add-defaults"), "usage: pakiti feed add-defaults PLATFORM"), (("feed", "add-defaults", "beos:5"), "the catalogue has no addresses"),
    (("feed", "add", "x", "--type", "sarif", "--url", "/x"), "say --type, one of apt, rpmmd, oval"), (("oval", "nothing"), "'oval' needs one of these words"),
    (("feed", "add", "x", "--type", "oval", "--url", "/x"), "say whose definitions these are"),
    (("feed", "add", "x", "--type", "osv", "--url", "x"), "--url must begin with"),
    (("feed", "add", "x", "--type", "osv"), "--url must begin with"),
    (("feed", "add", "x", "--type", "oval", "--url", "/x", "--platform", "rhel"), "OVAL definitions are for a release"),
], ids=lambda v: "-".join(v)[:40] if isinstance(v, tuple) else "")
def test_wrong_use_is_told_with_what_is_wanted(stocked, command, says):
    done = stocked.run(*command, code=2)
    assert says in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("command, says", [
    (("cve", B), f"no feed speaks of {B}"), (("explain", "other.example.org", A), "no host 'other.example.org' has reported"),
    (("explain", HOST, B), f"no feed speaks of {B}"),
    (("check", "report", "--explain", B), f"no feed speaks of {B}"), (("check", "nothing"), "there is no file 'nothing'"),
    (("feed", "accept", "none"), "there is no feed 'none'"),
    (("oval", "eval", "nothing", "report"), "there is no file 'nothing'"), (("oval", "eval", "o", "nothing"), "there is no file 'nothing'"),
], ids=lambda v: "-".join(v)[:40] if isinstance(v, tuple) else "")
def test_what_does_not_exist_is_told(stocked, command, says):
    assert says in stocked.run(*command, code=1).stderr


@pytest.mark.parametrize("command", [("cve", A), ("explain", HOST, A), ("package", "bash"), ("recalculate",), ("check", "report")], ids="-".join)
def test_questions_without_a_database_say_how_to_make_one(bare, command):
    (bare.folder / "report").write_text(rpm_host(("bash", "0:5.1-1.el9")))
    assert "db init" in bare.run(*command, code=4).stderr


# ---- the catalogue ----


@pytest.mark.parametrize("platform, expected", [
    ("debian:12", {"debian-12": "apt", "debian-12-updates": "apt", "debian-12-security": "apt", "debian-tracker": "debian-tracker", "debian-dsa": "debian-list",
                   "debian-dla": "debian-list"}),
    ("rhel:9.4", {"redhat-vex": "csaf", "rhel-9-oval": "oval"}), ("centos:7.9", {"redhat-vex": "csaf", "rhel-7-oval": "oval"}),
    ("rhel:10", {"redhat-vex": "csaf"}),
    ("opensuse-leap:15.5", {"opensuse-leap-15.5-oval": "oval"}),
])
def test_defaults_of_a_platform_are_its_vendors_addresses_and_what_is_for_everybody(pakiti, platform, expected):
    done = pakiti.run("feed", "add-defaults", platform)
    everybody = {"cisa-kev": "kev", "epss": "epss", "eol": "eol"}
    assert {row["feed"]: row["type"] for row in pakiti.json("feed", "list")} == {**expected, **everybody}
    assert {line.split()[0] for line in done.stdout.splitlines()} == {"added"}
    again = pakiti.run("feed", "add-defaults", platform)
    assert {line.split()[0] for line in again.stdout.splitlines()} == {"known"}


def test_defaults_fill_in_release_and_codename(pakiti):
    pakiti.run("feed", "add-defaults", "debian:12", "rhel:8.9")
    assert dict(pakiti.tsv("feed", "show", "debian-12-security"))["suite"] == "bookworm-security"
    rhel = dict(pakiti.tsv("feed", "show", "rhel-8-oval"))
    assert (rhel["platform"], rhel["url"].rsplit("/", 1)[1]) == ("rhel:8", "rhel-8-including-unpatched.oval.xml.bz2")


def test_definitions_about_manifests_of_images_are_verdicts_of_a_feed(pakiti):
    o = Oval()
    version = o.state("textfilecontent54", entity("subexpression", "0:5.2-2", datatype="debian_evr_string", operation="less than"))
    thing = o.object("textfilecontent54", entity("path", "."), entity("filename", "manifest"), entity("pattern", r"^bash(?::\w+|)\s+(.*)$", operation="pattern match"),
                     entity("instance", "1", datatype="int", operation="greater than or equal"))
    o.define(o.test("textfilecontent54", thing, version), cves=[A], class_="vulnerability")
    put_feed(pakiti, "o", "oval", o.file(), "ubuntu:22.04")
    assert {cve for _, cve in pakiti.vulnerable(deb_host(("bash", "5.2-1"), system="Ubuntu 22.04"))} == {A}
