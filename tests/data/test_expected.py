# SPDX-License-Identifier: Apache-2.0
"""What is not current on real hosts, against what their own package managers said."""
import json
import re

import pytest

import kit

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# Defaults of ignore_packages, store_devel_packages and store_doc_packages, written again on purpose.
IGNORED_NAMES = {"kernel-headers", "kernel-debug", "kernel-source", "kernel-firmware", "kernel-debug-devel", "kernel-kdump", "kernel-syms",
                 "kernel-macros"}
IGNORED_ENDS = re.compile(r"-(devel|doc)$")
RPM_HOSTS = ["vuls-alma_10", "vuls-alma_8", "vuls-centos_7", "vuls-fedora_38", "vuls-opensuse_leap_16", "vuls-opensuse_tumbleweed",
             "vuls-oracle_7", "vuls-oracle_9", "vuls-rocky_10", "vuls-rocky_8", "vuls-sles12"]


def report(data, host, folder):
    """The host's list as Pakiti 3's client would have sent it."""
    about = json.loads((data / "hosts" / host / "host.json").read_text())
    lines = ["#", f"host: {host.replace('_', '-')}.example.org", f"arch: {about['arch']}", f"kernel: {about['kernel']}",
             f"packager: {about['packager']}", f"system: {about['os']} {about['release']}", "#"]
    path = folder / f"{host}.report"
    path.write_text("\n".join(lines) + "\n" + (data / "hosts" / host / "packages.tsv").read_text() + "#\n")
    return path


def check(pakiti, path, *options):
    out = pakiti.run("check", str(path), "--format", "tsv", *options).stdout
    return [line.split("\t") for line in out.splitlines()]


def expected(path):
    return [line.split("\t") for line in path.read_text().splitlines() if not line.startswith("#")]


def test_check_when_debian_12_against_its_repositories_then_what_apt_says(data, pakiti, tmp_path):
    repository = tmp_path / "debian"
    repository.mkdir()
    (repository / "dists").symlink_to(data / "repodata" / "debian")
    for suite, kind in (("bookworm", "release"), ("bookworm-updates", "updates"), ("bookworm-security", "security")):
        pakiti.run("feed", "add", suite, "--type", "apt", "--url", f"file://{repository}", "--suite", suite, "--components", "main", "--arch",
                   "amd64", "--platform", "debian:12", "--class", kind, "--keyring", KEYRING, "--ignore-valid-until")
    pakiti.run("sync")
    rows = check(pakiti, report(data, "vuls-debian_12", tmp_path))
    said = sorted((name, installed, available, kind) for _, name, _, installed, available, kind, _ in rows)
    apt = sorted((name, installed, candidate, "security" if security == "yes" else "ordinary")
                 for name, installed, candidate, _, security in expected(data / "expected" / "outdated-deb" / "vuls-debian_12.tsv"))
    assert said == apt
    assert rows == sorted(rows, key=lambda r: (r[1], r[2]))


@pytest.fixture
def derived(data, pakiti, tmp_path):
    def make(host):
        about = json.loads((data / "hosts" / host / "host.json").read_text())
        pakiti.run("feed", "add", "derived", "--type", "rpmmd", "--url", f"file://{data}/derived-repos/{host}", "--platform",
                   f"{about['os']}:{about['release']}", "--unsigned")
        pakiti.run("sync")
        recorded = {(name, installed, candidate) for name, installed, candidate in
                    expected(data / "expected" / "outdated-by-os" / f"{host}.tsv")}
        return report(data, host, tmp_path), recorded
    return make


def judged(pakiti, path):
    return {(name, installed, available) for _, name, _, installed, available, _, _ in check(pakiti, path)}


@pytest.mark.parametrize("host", RPM_HOSTS)
def test_check_when_nothing_is_ignored_then_what_the_hosts_package_manager_said(derived, pakiti, host):
    path, recorded = derived(host)
    pakiti.configure(store_devel_packages="yes", store_doc_packages="yes", ignore_packages="")
    assert judged(pakiti, path) == recorded


@pytest.mark.parametrize("host", RPM_HOSTS)
def test_check_when_defaults_then_exactly_the_ignored_packages_are_missing(derived, pakiti, host):
    path, recorded = derived(host)
    said = judged(pakiti, path)
    explained = {row for row in recorded if row[0] in IGNORED_NAMES or IGNORED_ENDS.search(row[0])}
    assert said == recorded - explained
