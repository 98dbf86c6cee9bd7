# SPDX-License-Identifier: Apache-2.0
"""This machine itself: what is not current on it, according to apt and according to Pakiti, is the same."""
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from kit import CLIENT, Pakiti, clean_env

LISTS = Path("/var/lib/apt/lists")
# Versioned kernels that do not run are no matter of patching for Pakiti, while apt counts them.
KERNEL = re.compile(r"^linux-(image|headers|modules|modules-extra)-(unsigned-)?\d+\.\d+\.\d+")
PROXIES = {k: v for k, v in os.environ.items() if k.lower() in ("http_proxy", "https_proxy", "no_proxy")}


def apt(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env={**os.environ, "LC_ALL": "C"})


def heads():
    """What apt has of each repository now."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in LISTS.glob("*Release")}


def proxies():
    """apt's own proxy, where it has one, for the program too."""
    found = re.search(r'^Acquire::http::Proxy "(http[^"]+)"', apt("apt-config", "dump").stdout, re.M | re.I)
    return {**PROXIES, **({"http_proxy": found.group(1), "no_proxy": ""} if found else {})}


def renew_lists():
    """apt-get update, as far as we may."""
    if os.geteuid() == 0:
        done = apt("apt-get", "update", "-o", "APT::Update::Error-Mode=any")
        if done.returncode:
            pytest.skip(f"the repositories of this machine cannot be reached: {done.stderr.strip().splitlines()[:1]}")
    if not heads():
        pytest.skip("apt has no package lists, and only root can fetch them")


@pytest.fixture(scope="module")
def synced(tmp_path_factory):
    """A database with this machine's own repositories in the very state in which apt has them."""
    if not (shutil.which("apt") and shutil.which("apt-get")):
        pytest.skip("not a machine with apt")
    pakiti = Pakiti(tmp_path_factory.mktemp("apt-list")).init()
    pakiti.configure(store_doc_packages="yes", store_devel_packages="yes", ignore_packages="", ignore_valid_until="yes")
    renew_lists()
    if pakiti.run("feed", "import-host", code=None).returncode:
        pytest.skip("this machine has no enabled repository")
    for _ in range(3):
        before = heads()
        done = pakiti.run("sync", code=None, env=proxies())
        if done.returncode == 5 and "cannot reach" in done.stderr:
            pytest.skip(f"the network is not there: {done.stderr.splitlines()[0]}")
        assert done.returncode == 0, done.stderr
        renew_lists()
        if heads() == before:
            return pakiti
    pytest.skip("the mirrors change all the time")


@pytest.fixture(scope="module")
def upgradable(synced):
    """apt's list: {(name, arch): (installed, candidate, suites)}."""
    lines = apt("apt", "list", "--upgradable").stdout.splitlines()
    pattern = re.compile(r"^([^/]+)/(\S+) (\S+) (\S+) \[upgradable from: (\S+)\]$")
    parsed = [pattern.match(line) for line in lines if "/" in line]
    assert all(parsed), lines
    return {(m[1], m[4]): (m[5], m[3], m[2].split(",")) for m in parsed if not KERNEL.match(m[1])}


@pytest.fixture(scope="module")
def report():
    done = subprocess.run([str(CLIENT), "--config", "/dev/null", "--output", "-"], capture_output=True, timeout=120, env=clean_env())
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_check_of_this_machine_equals_what_apt_would_upgrade(synced, upgradable, report):
    found = {key: row[:2] for key, row in synced.outdated(report).items() if not KERNEL.match(key[0])}
    assert found == {key: row[:2] for key, row in upgradable.items()}


def test_updates_from_a_security_suite_are_security_updates(synced, upgradable, report):
    found = synced.outdated(report)
    suites = {key: row[2] for key, row in upgradable.items()}
    wrong = [key for key, names in suites.items() if any(s.endswith("-security") for s in names) and found[key][2] != "security"]
    assert wrong == []


def test_stored_report_of_this_machine_has_the_same_counts(synced, report):
    found = synced.outdated(report)
    synced.run("submit", "-", stdin=report)
    host, = synced.json("hosts")
    assert (host["updates"], host["security"]) == (len(found), sum(row[2] == "security" for row in found.values()))


def test_second_sync_finds_everything_current(synced):
    lines = synced.run("sync", env=proxies(), code=None).stdout.splitlines()
    assert lines and all(line.endswith(": current") for line in lines)


def test_import_of_this_machine_again_adds_nothing(synced):
    before = synced.json("feed", "list")
    again = synced.run("feed", "import-host").stdout
    assert again and all(line.startswith("known ") for line in again.splitlines())
    assert synced.json("feed", "list") == before
