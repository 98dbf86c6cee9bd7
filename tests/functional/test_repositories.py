# SPDX-License-Identifier: Apache-2.0
"""Repositories, signed and made by the vendors' own tools: what is taken over, and what is refused and why.

A feed that fails must say which feed and why, exit with 5 or 3, keep what it had, and be seen as failing.
"""
import gzip
import hashlib
import json
import re
import shutil
import signal
import subprocess

import pytest
from kit import PACKAGES, clean_env, report_5, report_6, wait_for
from repositories import (COMPRESSORS, HTML, Advisory, endless, fail, html, redirect, replace, serve, stall, truncate)
from vendors import folder

OLD = PACKAGES
NEW = [("bash", "5.2.15-2+b9", "amd64"), *PACKAGES[1:]]

RPM_OLD = [("bash", "0:5.1.8-6.el9", "x86_64"), ("tzdata", "0:2022g-1.el9", "noarch")]
RPM_NEW = [("bash", "0:5.1.8-9.el9", "x86_64"), ("tzdata", "0:2022g-1.el9", "noarch")]
RPM_HOST = {"packager": "rpm", "system": "Rocky Linux release 9.4 (Blue Onyx)", "arch": "x86_64", "kernel": "5.14.0-427.el9.x86_64"}


def short(value):
    return value.__name__ if callable(value) else re.sub(r"\W+", "-", str(value))[:24]


def add_apt(pakiti, repository, keyring=None, *more, name="f", url=None, **options):
    suite = "./" if repository.flat else repository.suite
    components = [] if repository.flat else ["--components", repository.component]
    trust = ["--keyring", keyring] if keyring else ["--unsigned"]
    return pakiti.add_feed(name, url or repository.url, "--suite", suite, *components, "--arch", repository.arch, *trust, *more, **options)


def add_rpm(pakiti, repository, keyring=None, *more, name="f", url=None, platform="rocky:9", **options):
    trust = ["--keyring", keyring] if keyring else ["--unsigned"]
    return pakiti.add_feed(name, url or repository.url, *trust, *more, type="rpmmd", platform=platform, **options)


def fails(pakiti, says, code=5, name="f", good_before=False, **kw):
    """A sync that fails: told once with feed and cause, seen in the list."""
    done = pakiti.run("sync", code=None if isinstance(code, tuple) else code, **kw)
    assert done.returncode in (code if isinstance(code, tuple) else (code,))
    told = [line for line in done.stderr.splitlines() if line.startswith(f"pakiti: feed '{name}': ")]
    assert len(told) == 1, done.stderr
    assert says in told[0]
    assert ("stays in force" in told[0]) == good_before
    feed = pakiti.feed(name)
    assert feed["health"] == ("failing, last good in force" if good_before else "failing")
    assert feed["error"] and feed["error"] in told[0]
    assert (feed["packages"] > 0) == good_before and (feed["last_good"] is not None) == good_before
    return told[0]


def offers(pakiti):
    return set(pakiti.rows("SELECT name, evr, arch FROM offer WHERE advisory = ''"))


# ---- APT: what is taken over ----


@pytest.mark.parametrize("options", [
    {}, {"detached": True}, {"variants": (".gz",)}, {"variants": (".zst",)}, {"variants": ("",)}, {"variants": (".xz", ".gz", "")}, {"by_hash": True},
    {"by_hash": True, "variants": (".zst", ".gz")}, {"flat": True}, {"flat": True, "variants": (".gz",), "detached": True}, {"suite": "bookworm/updates"},
    {"fields": {"Origin": "Test", "Label": "Test", "Description": "for tests: with a colon"}},
], ids=short)
def test_signed_apt_repository_is_taken_over(pakiti, apt, keyring, options):
    repository = apt(**options).publish(NEW)
    add_apt(pakiti, repository, keyring)
    assert pakiti.run("sync").stdout.startswith("f: 3 versions, 3 added, 0 removed; 0 verdicts changed")
    assert offers(pakiti) == set(NEW)
    feed = pakiti.feed("f")
    assert (feed["health"], feed["packages"], feed["error"]) == ("good", 3, "")
    assert pakiti.outdated(report_5()) == {("bash", "amd64"): ("5.2.15-2+b2", "5.2.15-2+b9", "ordinary", "f")}


def test_apt_index_is_fetched_by_its_hash_where_the_repository_offers_that(pakiti, apt, keyring, web):
    repository = apt(by_hash=True).publish(NEW)
    add_apt(pakiti, repository, keyring, url=f"{web.url}/apt")
    repository.index.unlink()  # only the hash still leads to it
    pakiti.run("sync")
    assert offers(pakiti) == set(NEW)
    assert [p for p in web.paths() if "by-hash/SHA256/" in p] and not [p for p in web.paths() if p.endswith(repository.index.name)]


def test_apt_index_that_is_not_there_by_hash_is_fetched_by_its_name(pakiti, apt, keyring):
    repository = apt(by_hash=True).publish(NEW)
    shutil.rmtree(repository.index_folder / "by-hash")
    add_apt(pakiti, repository, keyring)
    pakiti.run("sync")
    assert offers(pakiti) == set(NEW)


def test_apt_variant_that_is_gone_is_replaced_by_the_next(pakiti, apt, keyring):
    repository = apt(variants=(".xz", ".gz")).publish(NEW)
    repository.index.unlink()
    add_apt(pakiti, repository, keyring)
    pakiti.run("sync")
    assert offers(pakiti) == set(NEW)


def test_apt_repository_is_fetched_over_http(pakiti, apt, keyring, web):
    repository = apt().publish(NEW)
    add_apt(pakiti, repository, keyring, url=f"{web.url}/apt/")
    pakiti.run("sync")
    assert offers(pakiti) == set(NEW)
    assert web.paths() == ["/apt/dists/stable/InRelease", "/apt/dists/stable/main/binary-amd64/Packages.xz"]


def test_unsigned_apt_repository_is_taken_only_when_that_is_wanted(pakiti, apt, keyring):
    repository = apt(key=None).publish(NEW)
    add_apt(pakiti, repository, keyring)
    fails(pakiti, "not signed")
    pakiti.run("feed", "remove", "f")
    add_apt(pakiti, repository)
    pakiti.run("sync")
    assert offers(pakiti) == set(NEW)


def test_signed_apt_repository_is_read_without_a_look_at_its_signature_when_that_is_wanted(pakiti, apt, other_key):
    add_apt(pakiti, apt(key=other_key).publish(NEW))
    pakiti.run("sync")
    assert offers(pakiti) == set(NEW)


@pytest.mark.parametrize("how", ["armoured", "folder", "two"])
def test_keyring_may_be_armoured_or_a_folder_or_several(pakiti, apt, key, other_key, tmp_path, how):
    folder = tmp_path / "keys"
    folder.mkdir()
    own = key.export(folder / "own.asc", armour=True)
    stranger = other_key.export(tmp_path / "stranger.gpg")
    add_apt(pakiti, apt().publish(NEW), {"armoured": own, "folder": folder, "two": f"{stranger} {own}"}[how])
    pakiti.run("sync")
    assert offers(pakiti) == set(NEW)


def test_empty_apt_repository_is_taken_over_as_such(pakiti, apt, keyring):
    repository = apt().publish(NEW)
    add_apt(pakiti, repository, keyring)
    pakiti.run("sync")
    repository.publish([])
    assert "0 versions, 0 added, 3 removed" in pakiti.run("sync").stdout
    assert offers(pakiti) == set()


# ---- unchanged ----


def test_unchanged_apt_repository_costs_its_head_file_only(pakiti, apt, keyring, web):
    repository = apt().publish(NEW)
    add_apt(pakiti, repository, keyring, url=f"{web.url}/apt")
    pakiti.run("sync")
    changed_at = pakiti.feed("f")["last_change"]
    web.requests.clear()
    assert pakiti.run("sync").stdout == "f: current\n"
    assert web.paths() == ["/apt/dists/stable/InRelease"]
    assert pakiti.feed("f")["last_change"] == changed_at
    assert pakiti.run("sync", "f", "--force").stdout.startswith("f: 3 versions, 0 added, 0 removed; 0 verdicts changed")
    assert len(web.paths()) == 3


def test_unchanged_rpm_repository_costs_its_head_file_only(pakiti, rpmmd, web):
    repository = rpmmd().publish(RPM_NEW)
    add_rpm(pakiti, repository, url=f"{web.url}/rpm")
    pakiti.run("sync")
    web.requests.clear()
    assert pakiti.run("sync").stdout == "f: current\n"
    assert web.paths() == ["/rpm/repodata/repomd.xml"]


def test_feed_that_is_current_again_after_a_failure_is_good(pakiti, apt, keyring, web):
    add_apt(pakiti, apt().publish(NEW), keyring, url=f"{web.url}/apt")
    pakiti.run("sync")
    web.misbehave("InRelease", fail(403))
    fails(pakiti, "403", good_before=True)
    web.behave()
    assert pakiti.run("sync").stdout == "f: current\n"
    assert (pakiti.feed("f")["health"], pakiti.feed("f")["error"]) == ("good", "")


# ---- APT: what is refused ----


def tamper_head(repository):
    for name in ("InRelease", "Release"):
        path = repository.head / name
        if path.exists():
            path.write_bytes(path.read_bytes().replace(b"Suite: stable", b"Suite: Stable", 1))


def tamper_index(repository):
    """Same size, other bytes."""
    data = bytearray(repository.index.read_bytes())
    data[len(data) // 2] ^= 1
    repository.index.write_bytes(data)


def tamper_text(repository):
    path = repository.index
    path.write_bytes(path.read_bytes().replace(b"5.2.15-2+b9", b"9.9.99-2+b9"))


def shorten_index(repository):
    repository.index.write_bytes(repository.index.read_bytes()[:-10])


def lengthen_index(repository):
    repository.index.write_bytes(repository.index.read_bytes() + b"\n")


def append_behind_signature(repository):
    path = repository.head / "InRelease"
    path.write_bytes(path.read_bytes() + b"\nSuite: other\n")


def put_before_signature(repository):
    path = repository.head / "InRelease"
    path.write_bytes(b"Suite: other\nSHA256:\n" + path.read_bytes())


@pytest.mark.parametrize("spoil, options, says", [
    (tamper_head, {}, "signature"), (tamper_head, {"detached": True}, "signature"), (tamper_index, {}, "sha256"),
    (tamper_text, {"variants": ("",)}, "sha256"), (shorten_index, {}, "Packages.xz"), (lengthen_index, {}, "larger than"),
    (lambda r: r.index.unlink(), {}, "has none of the files"), (lambda r: (r.head / "InRelease").unlink(), {}, "neither"),
    (lambda r: (r.head / "Release.gpg").unlink(), {"detached": True}, "not signed"), (lambda r: (r.head / "InRelease").write_bytes(b""), {}, "InRelease"),
    (lambda r: (r.head / "InRelease").write_bytes(HTML), {}, "InRelease"), (lambda r: r.index.write_bytes(HTML), {}, "Packages"),
    (lambda r: (r.head / "Release.gpg").write_bytes(HTML), {"detached": True}, "Release"),
    (lambda r: shutil.rmtree(r.folder), {}, "neither"),
], ids=["head", "detached-head", "index", "plain-index", "short", "long", "no-index", "no-head", "no-signature", "empty", "html-head", "html-index",
        "html-signature", "nothing"])
def test_spoilt_apt_repository_is_refused_and_the_last_good_one_stays(pakiti, apt, keyring, spoil, options, says):
    repository = apt(**options).publish(OLD)
    add_apt(pakiti, repository, keyring)
    pakiti.run("sync")
    pakiti.run("submit", "-", stdin=report_5())
    repository.publish(NEW)
    spoil(repository)
    fails(pakiti, says, code=(3, 5), good_before=True)
    assert offers(pakiti) == set(OLD)
    assert pakiti.host("www.example.org")["updates"] == 0
    repository.publish(NEW)  # and when it is whole again, it is taken
    pakiti.run("sync")
    assert offers(pakiti) == set(NEW) and pakiti.feed("f")["health"] == "good"
    assert pakiti.host("www.example.org")["updates"] == 1


@pytest.mark.parametrize("detached", [False, True])
def test_apt_repository_signed_by_another_key_is_refused(pakiti, apt, other_key, keyring, detached):
    add_apt(pakiti, apt(key=other_key, detached=detached).publish(NEW), keyring)
    fails(pakiti, "key")
    assert offers(pakiti) == set()


def test_keyring_that_is_missing_is_named(pakiti, apt, tmp_path):
    add_apt(pakiti, apt().publish(NEW), tmp_path / "no-such-keyring.gpg")
    fails(pakiti, "no-such-keyring.gpg", code=2)


@pytest.mark.parametrize("add", [put_before_signature, append_behind_signature])
def test_text_around_the_signature_counts_for_nothing(pakiti, apt, keyring, add):
    repository = apt().publish(NEW)
    add(repository)
    add_apt(pakiti, repository, keyring)
    done = pakiti.run("sync", code=None)
    assert done.returncode in (0, 5)
    assert offers(pakiti) in (set(NEW), set())  # refused, or read without the addition
    assert pakiti.rows("SELECT COUNT(*) FROM offer WHERE name NOT IN ('bash', 'curl', 'tzdata')") == [(0,)]


def resign(repository, change):
    """A head file changed and signed again by its owner: a repository that is broken, not forged."""
    release = repository.release()
    repository.sign(change(release))


@pytest.mark.parametrize("change, code, says", [
    (lambda r: re.sub(rb"(?m)^ [0-9a-f]{64} ", b" " + b"0" * 64 + b" ", r), 5, "sha256"),
    (lambda r: re.sub(rb"(?m)^( [0-9a-f]{64} +)\d+", rb"\g<1>7", r), 3, "larger than"),
    (lambda r: re.sub(rb"(?m)^( [0-9a-f]{64} +)\d+", rb"\g<1>99999999999", r), 3, "announced"),
    (lambda r: re.sub(rb"(?ms)^SHA(256|512):.*?(?=^\S|\Z)", b"", r), 3, "SHA256"),
    (lambda r: r.replace(b"Suite: stable", b"Suite: other").replace(b"Codename: stable", b"Codename: other"), 5, "suite 'other'"),
    (lambda r: r.replace(b"main/binary-amd64/", b"../../../../etc/"), 3, "no Packages index"),
    (lambda r: re.sub(rb"(?m)^Date:.*", b"Date: yesterday", r), 3, "yesterday"),
    (lambda r: b"hello\n" + r, 3, "line 1"),
    (lambda r: r.replace(b"Components: main", b"Components: contrib").replace(b"main/", b"contrib/"), 2, "no component 'main'"),
    (lambda r: r.replace(b"Architectures: amd64", b"Architectures: arm64").replace(b"binary-amd64", b"binary-arm64"), 2, "no architecture 'amd64'"),
    (lambda r: re.sub(rb"(?m)^ [0-9a-f]{64} ", b" nothex ", r), 3, "checksum"),
], ids=["sums", "too-small", "too-large", "no-sums", "suite", "outside", "date", "no-field", "component", "architecture", "no-hex"])
def test_apt_repository_that_its_owner_broke_is_refused_with_the_cause(pakiti, apt, keyring, change, code, says):
    repository = apt().publish(NEW)
    resign(repository, change)
    add_apt(pakiti, repository, keyring)
    fails(pakiti, says, code=code)


@pytest.mark.parametrize("text, says", [
    (b"Package: a\nVersion: 1\nArchitecture: amd64\n\nhello\n", "line 5"), (b"Package: a\nVersion: 1\n\n", "architecture"), (b"Version: 1\nArchitecture: x\n", "name"),
    (b"Package: a\nVersion: " + b"1" * 300 + b"\nArchitecture: amd64\n", "longer"), (b"Package: a\nVersion: 1\x00\nArchitecture: amd64\n", "version"),
    (b" more\n", "line 1"), (b"\x00" * 1000, "line 1"),
], ids=short)
def test_apt_index_that_is_none_is_refused_with_its_line(pakiti, apt, keyring, text, says):
    repository = apt(variants=("",)).publish(NEW)
    repository.index.write_bytes(text)
    repository.sign(repository.release())
    add_apt(pakiti, repository, keyring)
    fails(pakiti, says, code=3)


def test_index_that_expands_without_end_is_refused(pakiti, apt, keyring):
    repository = apt(variants=(".gz",)).publish(NEW)
    text = b"Package: a\nVersion: 1\nArchitecture: amd64\nX: " + b"a" * (64 << 20) + b"\n"
    repository.index.write_bytes(gzip.compress(text))
    repository.sign(repository.release())
    add_apt(pakiti, repository, keyring)
    fails(pakiti, "Packages.gz", code=3)


# ---- dates ----


PAST = {"Valid-Until": "Thu, 01 Jan 2015 00:00:00 UTC"}


def test_apt_repository_past_its_date_is_refused(pakiti, apt, keyring):
    add_apt(pakiti, apt(fields=PAST).publish(NEW), keyring)
    assert "2015-01-01" in fails(pakiti, "valid until")


def test_apt_repository_past_its_date_is_taken_when_the_feed_says_so(pakiti, apt, keyring):
    add_apt(pakiti, apt(fields=PAST).publish(NEW), keyring, "--ignore-valid-until")
    pakiti.run("sync")
    assert offers(pakiti) == set(NEW)


def test_apt_repository_past_its_date_is_taken_when_the_configuration_says_so(pakiti, apt, keyring):
    add_apt(pakiti, apt(fields=PAST).publish(NEW), keyring)
    pakiti.configure(ignore_valid_until="yes")
    pakiti.run("sync")
    assert offers(pakiti) == set(NEW)


def test_apt_repository_before_its_date_is_taken(pakiti, apt, keyring):
    add_apt(pakiti, apt(fields={"Valid-Until": "Thu, 01 Jan 2099 00:00:00 UTC"}).publish(NEW), keyring)
    pakiti.run("sync")
    assert offers(pakiti) == set(NEW)


def test_repository_that_expires_while_nothing_changes_becomes_a_failure(pakiti, apt, keyring):
    repository = apt(fields=PAST).publish(NEW)
    add_apt(pakiti, repository, keyring)
    pakiti.configure(ignore_valid_until="yes")
    pakiti.run("sync")
    pakiti.configure()
    fails(pakiti, "valid until", good_before=True)
    assert offers(pakiti) == set(NEW)


# ---- servers that misbehave ----


HEADS = {"apt": "dists/stable/InRelease", "rpm": "repodata/repomd.xml"}
INDEXES = {"apt": "Packages.xz", "rpm": "-primary.xml.gz"}


@pytest.fixture(params=["apt", "rpm"])
def served(request, pakiti, web, tmp_path):
    """A good feed 'f' over HTTP; its repository then changes. What it had and has, and the names of its files."""

    class Served:
        kind = request.param
        head, index = HEADS[request.param], INDEXES[request.param]

    if request.param == "apt":
        served = Served()
        served.repository = request.getfixturevalue("apt")().publish(OLD)
        add_apt(pakiti, served.repository, request.getfixturevalue("keyring"), url=f"{web.url}/apt")
        served.old, served.new = OLD, NEW
    else:
        served = Served()
        served.repository = request.getfixturevalue("rpmmd")(options=("--compress-type", "gz", "--general-compress-type", "gz")).publish(RPM_OLD)
        add_rpm(pakiti, served.repository, url=f"{web.url}/rpm")
        served.old, served.new = RPM_OLD, RPM_NEW
    pakiti.run("sync")
    assert offers(pakiti) == set(served.old)
    served.repository.publish(served.new)
    web.requests.clear()
    return served


@pytest.mark.parametrize("which, behaviour, codes, says", [
    ("head", truncate, (5,), "ended early"), ("index", truncate, (5,), "ended early"), ("head", endless, (3,), "larger than"), ("index", endless, (3,), "larger than"),
    ("head", html, (3, 5), ""), ("index", html, (3, 5), ""), ("head", fail(500), (5,), "500"), ("index", fail(503), (5,), "503"), ("head", fail(403), (5,), "403"),
    ("head", fail(404), (5,), ""), ("index", fail(404), (5,), ""), ("index", fail(410), (5,), ""), ("head", redirect("/elsewhere"), (5,), ""),
    ("head", redirect("file:///etc/passwd"), (5,), ""), ("head", replace(b""), (3, 5), ""), ("index", replace(b"x"), (3, 5), ""), ("head", fail(204), (3, 5), ""),
], ids=["head-truncated", "index-truncated", "head-endless", "index-endless", "head-html", "index-html", "head-500", "index-503", "head-403", "head-404", "index-404",
        "index-410", "head-redirect-404", "head-redirect-file", "head-empty", "index-short", "head-204"])
def test_server_that_misbehaves_costs_nothing_but_the_new_content(pakiti, served, web, which, behaviour, codes, says):
    web.misbehave(getattr(served, which), behaviour)
    done = pakiti.run("sync", code=None)
    assert done.returncode in codes, done.stderr
    told = done.stderr.splitlines()
    assert told[0].startswith("pakiti: feed 'f': ") and says in told[0] and "stays in force" in told[0]
    assert told[0].count("feed 'f'") == 1
    assert "1 of 1 feeds could not be brought up to date" in told[1]
    assert offers(pakiti) == set(served.old)
    assert pakiti.feed("f")["health"] == "failing, last good in force"
    web.behave()
    pakiti.run("sync")
    assert offers(pakiti) == set(served.new) and pakiti.feed("f")["health"] == "good"


@pytest.mark.parametrize("which", ["head", "index"])
def test_passing_failure_is_tried_again(pakiti, served, web, which):
    web.misbehave(getattr(served, which), fail(503), times=1)
    pakiti.run("sync")
    assert offers(pakiti) == set(served.new)
    assert len([p for p in web.paths() if p.endswith(getattr(served, which))]) == 2


def test_download_that_broke_off_is_gone_on_with(pakiti, served, web):
    web.misbehave(served.index, truncate, times=1)
    pakiti.run("sync")
    assert offers(pakiti) == set(served.new)
    ranges = [wanted for path, wanted in web.requests if path.endswith(served.index)]
    assert ranges[0] is None and re.fullmatch(r"bytes=[1-9]\d*-", ranges[1])


def test_download_that_broke_off_is_gone_on_with_by_the_next_sync(pakiti, served, web):
    web.misbehave(served.index, truncate)
    pakiti.run("sync", code=5)
    web.behave()
    web.requests.clear()
    pakiti.run("sync")
    assert offers(pakiti) == set(served.new)
    assert [wanted for path, wanted in web.requests if path.endswith(served.index)][0] is not None


def test_file_that_changed_since_it_broke_off_is_fetched_whole(pakiti, served, web):
    web.misbehave(served.index, truncate)
    pakiti.run("sync", code=5)
    web.behave()
    for part in (pakiti.folder / "cache").rglob("*.part"):
        part.write_bytes(b"x" * part.stat().st_size)
    pakiti.run("sync")
    assert offers(pakiti) == set(served.new)


def test_server_that_ignores_range_is_no_trouble(pakiti, served, web):
    def whole(handler, content):
        handler.headers.replace_header("Range", "") if "Range" in handler.headers else None
        serve(handler, content)

    web.misbehave(served.index, truncate, times=1)
    web.misbehave(served.index, whole)
    pakiti.run("sync")
    assert offers(pakiti) == set(served.new)


def test_redirect_is_followed(pakiti, served, web, tmp_path):
    folder = served.repository.folder
    shutil.copytree(folder, tmp_path / "www" / "elsewhere")
    web.misbehave(f"{folder.name}/{served.head}", redirect(f"/elsewhere/{served.head}"))
    pakiti.run("sync")
    assert offers(pakiti) == set(served.new)
    assert f"/elsewhere/{served.head}" in web.paths()


@pytest.mark.parametrize("which", ["head", "index"])
def test_server_that_stalls_is_given_up(pakiti, served, web, which):
    pakiti.configure(download_timeout=1)
    web.misbehave(getattr(served, which), stall(web))
    fails(pakiti, "took too long", good_before=True)


def test_server_that_is_not_there_is_told(pakiti, served, web):
    web.close()
    web.close = lambda: None
    fails(pakiti, "cannot reach", good_before=True)


def test_one_feed_that_fails_does_not_hold_up_the_others(pakiti, apt, keyring, web):
    for name in ("a", "b", "c"):
        add_apt(pakiti, apt(name).publish(NEW), keyring, name=name, url=f"{web.url}/{name}")
    web.misbehave("/b/dists/stable/InRelease", fail(403))
    done = pakiti.run("sync", code=5)
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["a", "c"]
    assert "pakiti: feed 'b': " in done.stderr and "1 of 3 feeds" in done.stderr
    assert [row["health"] for row in pakiti.json("feed", "list")] == ["good", "failing", "good"]


def test_only_the_named_feeds_are_fetched(pakiti, apt, keyring, web):
    for name in ("a", "b", "c"):
        add_apt(pakiti, apt(name).publish(NEW), keyring, name=name, url=f"{web.url}/{name}")
    assert [line.split(":")[0] for line in pakiti.run("sync", "c", "a").stdout.splitlines()] == ["c", "a"]
    assert [row["health"] for row in pakiti.json("feed", "list")] == ["good", "never fetched", "good"]


def test_downloads_leave_nothing_behind(pakiti, served):
    pakiti.run("sync")
    left = [p for p in (pakiti.folder / "cache").rglob("*") if p.is_file() and p.suffix != ".lock"]
    assert left == []


def test_password_in_an_address_is_never_shown(pakiti, apt, keyring, web):
    url = web.url.replace("://", "://user:s3cret@")
    add_apt(pakiti, apt().publish(NEW), keyring, url=f"{url}/apt")
    web.misbehave("InRelease", fail(401))
    told = fails(pakiti, "401")
    assert "s3cret" not in told and "s3cret" not in json.dumps(pakiti.json("feed", "list"))


# ---- RPM ----


@pytest.mark.parametrize("options", [(), ("--compress-type", "gz", "--general-compress-type", "gz"), ("--general-compress-type", "xz"),
                                     ("--general-compress-type", "bz2"), ("--checksum", "sha512"), ("--simple-md-filenames",), ("--unique-md-filenames",)],
                         ids=["default", "gz", "xz", "bz2", "sha512", "simple", "unique"])
def test_rpm_repository_is_taken_over(pakiti, rpmmd, options):
    add_rpm(pakiti, rpmmd(options=options).publish(RPM_NEW))
    assert pakiti.run("sync").stdout.startswith("f: 2 versions, 2 added, 0 removed; 0 verdicts changed")
    assert offers(pakiti) == set(RPM_NEW)
    outdated = pakiti.outdated(report_5(packages=RPM_OLD, **RPM_HOST))
    assert outdated == {("bash", "x86_64"): ("0:5.1.8-6.el9", "0:5.1.8-9.el9", "ordinary", "f")}


def test_signed_rpm_repository_is_taken_over(pakiti, rpmmd, key, keyring):
    add_rpm(pakiti, rpmmd(key=key).publish(RPM_NEW), keyring)
    pakiti.run("sync")
    assert offers(pakiti) == set(RPM_NEW)


def spoil_repomd(repository):
    path = repository.repodata / "repomd.xml"
    path.write_bytes(path.read_bytes().replace(b"<revision>1<", b"<revision>2<"))


@pytest.mark.parametrize("spoil, says", [
    (spoil_repomd, "signature"), (lambda r: (r.repodata / "repomd.xml.asc").unlink(), "not signed"),
    (lambda r: (r.repodata / "repomd.xml.asc").write_bytes(HTML), "repomd.xml"), (tamper_index, "sha256"), (shorten_index, "primary"),
    (lengthen_index, "larger than"), (lambda r: r.index.unlink(), "primary"), (lambda r: (r.repodata / "repomd.xml").write_bytes(HTML), "repomd.xml"),
    (lambda r: shutil.rmtree(r.folder), "repomd.xml"),
], ids=["head", "no-signature", "html-signature", "index", "short", "long", "no-index", "html-head", "nothing"])
def test_spoilt_rpm_repository_is_refused_and_the_last_good_one_stays(pakiti, rpmmd, key, keyring, spoil, says):
    repository = rpmmd(key=key).publish(RPM_OLD)
    add_rpm(pakiti, repository, keyring)
    pakiti.run("sync")
    repository.publish(RPM_NEW)
    spoil(repository)
    fails(pakiti, says, code=(3, 5), good_before=True)
    assert offers(pakiti) == set(RPM_OLD)
    repository.publish(RPM_NEW)
    pakiti.run("sync")
    assert offers(pakiti) == set(RPM_NEW)


def test_rpm_repository_signed_by_another_key_is_refused(pakiti, rpmmd, other_key, keyring):
    add_rpm(pakiti, rpmmd(key=other_key).publish(RPM_NEW), keyring)
    fails(pakiti, "key")
    assert offers(pakiti) == set()


@pytest.mark.parametrize("change, code, says", [
    (lambda t: HTML.decode(), 3, "repomd.xml"), (lambda t: t.replace("repodata/", "../../"), 3, "inside the repository"),
    (lambda t: t.replace("repodata/", "http://127.0.0.1:1/"), 3, "inside the repository"), (lambda t: t.replace('type="sha256"', 'type="md5"'), 3, "md5"),
    (lambda t: t.replace('type="primary"', 'type="secondary"'), 3, "no primary"), (lambda t: t[:len(t) // 2], 3, ""), (lambda t: t.replace("</repomd>", ""), 3, ""),
    (lambda t: re.sub(r"(<checksum[^>]*>)[0-9a-f]*", r"\g<1>" + "0" * 64, t), 5, "sha256"), (lambda t: re.sub(r"<location[^>]*>", "", t), 3, "no location"),
    (lambda t: re.sub(r"<size>\d+", "<size>many", t), 3, "many"), (lambda t: "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>" + t.split("?>")[1], 3, ""),
    (lambda t: "", 3, ""), (lambda t: t.replace("repomd", "other"), 3, "other"),
], ids=["html", "outside", "other-server", "weak-sum", "no-primary", "half", "no-end", "wrong-sum", "no-location", "no-size", "entity", "empty", "other"])
def test_rpm_repository_that_its_owner_broke_is_refused_with_the_cause(pakiti, rpmmd, key, keyring, change, code, says):
    repository = rpmmd(key=key).publish(RPM_NEW)
    path = repository.repodata / "repomd.xml"
    path.write_text(change(path.read_text()))
    repository.sign()
    add_rpm(pakiti, repository, keyring)
    fails(pakiti, says, code=code)


def put_index(repository, text, suffix=".gz"):
    """Another primary index, with its right checksum and sizes."""
    packed = COMPRESSORS[suffix](text.encode())
    old = repository.index
    new = old.with_name(f"{hashlib.sha256(packed).hexdigest()}-primary.xml{suffix}")
    old.unlink()
    new.write_bytes(packed)
    head = repository.repodata / "repomd.xml"
    block = re.search(r'<data type="primary">.*?</data>', head.read_text(), re.S).group()
    changed = block.replace(old.name, new.name)
    for pattern, value in ((r"(<checksum[^>]*>)[^<]*", hashlib.sha256(packed).hexdigest()), (r"(<open-checksum[^>]*>)[^<]*", hashlib.sha256(text.encode()).hexdigest()),
                           (r"(<size>)\d+", str(len(packed))), (r"(<open-size>)\d+", str(len(text.encode())))):
        changed = re.sub(pattern, rf"\g<1>{value}", changed)
    head.write_text(head.read_text().replace(block, changed))


@pytest.mark.parametrize("text, says", [
    (HTML.decode(), "primary"), ("", "primary"), ('<?xml version="1.0"?><metadata><package type="rpm"><name>a</name></package></metadata>', "version"),
    ('<?xml version="1.0"?><metadata><package type="rpm"><name>a', ""), ('<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aaaa">]><metadata>&a;</metadata>', ""),
    ("<metadata>" + "<a>" * 5000 + "</a>" * 5000 + "</metadata>", ""),
    ('<?xml version="1.0"?><metadata><package type="rpm"><name>a</name><arch>x86_64</arch><version epoch="x" ver="1" rel="1"/></package></metadata>', "epoch"),
], ids=["html", "empty", "no-version", "half", "entity", "nesting", "epoch"])
def test_rpm_index_that_is_none_is_refused(pakiti, rpmmd, text, says):
    repository = rpmmd(options=("--general-compress-type", "gz")).publish(RPM_OLD)
    add_rpm(pakiti, repository)
    pakiti.run("sync")
    repository.publish(RPM_NEW)
    put_index(repository, text)
    fails(pakiti, says, code=3, good_before=True)
    assert offers(pakiti) == set(RPM_OLD)


@pytest.mark.parametrize("suffix", [".zst", ".xz", ""])
def test_rpm_index_of_any_compression_is_read(pakiti, rpmmd, suffix):
    repository = rpmmd(options=("--general-compress-type", "gz")).publish(RPM_NEW)
    put_index(repository, gzip.decompress(repository.index.read_bytes()).decode(), suffix)
    add_rpm(pakiti, repository)
    pakiti.run("sync")
    assert offers(pakiti) == set(RPM_NEW)


def test_rpm_feed_for_one_architecture_leaves_the_others_out(pakiti, rpmmd):
    add_rpm(pakiti, rpmmd().publish([*RPM_NEW, ("bash", "0:5.1.8-9.el9", "i686")]), None, "--arch", "x86_64")
    pakiti.run("sync")
    assert offers(pakiti) == set(RPM_NEW)


def test_source_packages_are_no_offers(pakiti, rpmmd):
    repository = rpmmd(options=("--general-compress-type", "gz")).publish(RPM_NEW)
    text = gzip.decompress(repository.index.read_bytes()).decode()
    put_index(repository, text.replace("<arch>x86_64</arch>", "<arch>src</arch>"))
    add_rpm(pakiti, repository)
    pakiti.run("sync")
    assert offers(pakiti) == {p for p in RPM_NEW if p[2] != "x86_64"}


# ---- what makes a security update ----


def test_class_security_makes_its_updates_security_updates(pakiti, apt, keyring):
    add_apt(pakiti, apt("release").publish([*NEW, ("zsh", "5.9-5", "amd64")]), keyring, name="release")
    add_apt(pakiti, apt("security").publish([("curl", "7.88.1-10+deb12u5", "amd64")]), keyring, "--class", "security", name="security")
    pakiti.run("sync")
    assert pakiti.outdated(report_5()) == {("bash", "amd64"): ("5.2.15-2+b2", "5.2.15-2+b9", "ordinary", "release"),
                                           ("curl", "amd64"): ("7.88.1-10", "7.88.1-10+deb12u5", "security", "security")}


def test_update_is_of_security_when_a_security_version_lies_between(pakiti, apt, keyring):
    """The newest version comes from the updates, but it brings what security fixed before."""
    add_apt(pakiti, apt("updates").publish([("curl", "7.88.1-10+deb12u9", "amd64")]), keyring, "--class", "updates", name="updates")
    add_apt(pakiti, apt("security").publish([("curl", "7.88.1-10+deb12u5", "amd64")]), keyring, "--class", "security", name="security")
    pakiti.run("sync")
    assert pakiti.outdated(report_5()) == {("curl", "amd64"): ("7.88.1-10", "7.88.1-10+deb12u9", "security", "updates")}
    fixed = report_5(packages=[("curl", "7.88.1-10+deb12u5", "amd64")])
    assert pakiti.outdated(fixed) == {("curl", "amd64"): ("7.88.1-10+deb12u5", "7.88.1-10+deb12u9", "ordinary", "updates")}


def test_version_in_release_and_security_is_named_after_security(pakiti, apt, keyring):
    package = ("curl", "7.88.1-10+deb12u5", "amd64")
    add_apt(pakiti, apt("a").publish([package]), keyring, name="a")
    add_apt(pakiti, apt("b").publish([package]), keyring, "--class", "security", name="b")
    pakiti.run("sync")
    assert pakiti.outdated(report_5())[("curl", "amd64")][2:] == ("security", "b")


@pytest.mark.parametrize("type_, kind", [("security", "security"), ("bugfix", "ordinary"), ("enhancement", "ordinary")])
def test_advisory_of_type_security_makes_a_security_update(pakiti, rpmmd, type_, kind):
    add_rpm(pakiti, rpmmd().publish(RPM_NEW, [Advisory("RHSA-2024:0001", [RPM_NEW[0]], type=type_)]))
    pakiti.run("sync")
    assert pakiti.outdated(report_5(packages=RPM_OLD, **RPM_HOST))[("bash", "x86_64")][2] == kind
    assert pakiti.feed("f")["advisories"] == 1 and pakiti.feed("f")["packages"] == 2


def test_advisory_for_an_older_version_counts_only_for_hosts_before_it(pakiti, rpmmd):
    repository = rpmmd().publish(RPM_NEW, [Advisory("RHSA-2024:0001", [("bash", "0:5.1.8-7.el9", "x86_64")])])
    add_rpm(pakiti, repository)
    pakiti.run("sync")
    for installed, kind in (("0:5.1.8-6.el9", "security"), ("0:5.1.8-7.el9", "ordinary"), ("0:5.1.8-8.el9", "ordinary")):
        report = report_5(packages=[("bash", installed, "x86_64")], **RPM_HOST)
        assert pakiti.outdated(report) == {("bash", "x86_64"): (installed, "0:5.1.8-9.el9", kind, "f")}


def test_advisory_that_comes_later_makes_the_update_a_security_update(pakiti, rpmmd):
    repository = rpmmd().publish(RPM_NEW)
    add_rpm(pakiti, repository)
    pakiti.run("sync")
    pakiti.run("submit", "-", stdin=report_5(packages=RPM_OLD, **RPM_HOST))
    counts = lambda: (pakiti.host("www.example.org")["updates"], pakiti.host("www.example.org")["security"])  # noqa: E731
    assert counts() == (1, 0)
    repository.publish(RPM_NEW, [Advisory("RHSA-2024:0001", [RPM_NEW[0]])])
    pakiti.run("sync")
    assert counts() == (1, 1)
    repository.publish(RPM_NEW)
    pakiti.run("sync")
    assert counts() == (1, 0)


# ---- extra software, backports ----


def test_backports_count_only_for_packages_from_there(pakiti, apt, keyring):
    add_apt(pakiti, apt("release").publish(OLD), keyring, name="release")
    add_apt(pakiti, apt("backports").publish([("curl", "8.5.0-2~bpo12+1", "amd64"), ("bash", "5.3-1~bpo12+1", "amd64")]), keyring, "--class", "extra", name="bpo")
    pakiti.run("sync")
    assert pakiti.outdated(report_5()) == {}
    mixed = report_5(packages=[("curl", "8.4.0-2~bpo12+1", "amd64"), ("bash", "5.2.15-2+b2", "amd64")])
    assert pakiti.outdated(mixed) == {("curl", "amd64"): ("8.4.0-2~bpo12+1", "8.5.0-2~bpo12+1", "ordinary", "bpo")}


@pytest.mark.parametrize("fields, counts", [({}, True), ({"NotAutomatic": "yes"}, False), ({"NotAutomatic": "yes", "ButAutomaticUpgrades": "yes"}, False)], ids=short)
def test_repository_that_says_not_automatic_is_obeyed(pakiti, apt, keyring, fields, counts):
    add_apt(pakiti, apt("release").publish(OLD), keyring, name="release")
    add_apt(pakiti, apt("backports", fields=fields).publish([("curl", "8.5.0-2~bpo12+1", "amd64")]), keyring, name="bpo")
    pakiti.run("sync")
    assert (("curl", "amd64") in pakiti.outdated(report_5())) == counts
    newer = pakiti.outdated(report_5(packages=[("curl", "8.4.0-2~bpo12+1", "amd64")]))
    assert (("curl", "amd64") in newer) == (counts or "ButAutomaticUpgrades" in fields)


def test_repository_that_becomes_not_automatic_changes_the_verdicts_of_its_packages(pakiti, apt, keyring):
    repository = apt().publish(NEW)
    add_apt(pakiti, apt("release").publish(OLD), keyring, name="release")
    add_apt(pakiti, repository, keyring)
    pakiti.run("sync")
    pakiti.run("submit", "-", stdin=report_5())
    assert pakiti.host("www.example.org")["updates"] == 1
    repository.fields = {"NotAutomatic": "yes"}
    repository.publish(NEW)
    pakiti.run("sync")
    assert pakiti.host("www.example.org")["updates"] == 0


# ---- which hosts, which architecture ----


@pytest.mark.parametrize("feed, host, counts", [
    ("rocky:9", "Rocky Linux release 9.4 (Blue Onyx)", True), ("rocky:9.4", "Rocky Linux release 9.4 (Blue Onyx)", True),
    ("rocky:9.4", "Rocky Linux release 9.3 (Blue Onyx)", False), ("rocky:8", "Rocky Linux release 9.4 (Blue Onyx)", False),
    ("rocky:9", "Rocky Linux release 90.1", False), ("almalinux:9", "Rocky Linux release 9.4 (Blue Onyx)", False),
], ids=short)
def test_feed_speaks_for_hosts_of_its_platform_only(pakiti, rpmmd, feed, host, counts):
    add_rpm(pakiti, rpmmd().publish(RPM_NEW), platform=feed)
    pakiti.run("sync")
    report = report_5(packages=RPM_OLD, **{**RPM_HOST, "system": host})
    assert (pakiti.outdated(report) != {}) == counts


def test_package_of_another_architecture_is_no_update(pakiti, apt, keyring):
    add_apt(pakiti, apt(arch="arm64").publish([("bash", "5.2.15-2+b9", "arm64")]), keyring)
    pakiti.run("sync")
    assert pakiti.outdated(report_5()) == {}
    arm = report_5(packages=[("bash", "5.2.15-2+b2", "arm64")], arch="aarch64")
    assert set(pakiti.outdated(arm)) == {("bash", "arm64")}


def test_package_that_becomes_independent_of_the_architecture_is_an_update(pakiti, apt, keyring):
    add_apt(pakiti, apt().publish([("curl", "7.88.1-11", "all")]), keyring)
    pakiti.run("sync")
    assert pakiti.outdated(report_5()) == {("curl", "amd64"): ("7.88.1-10", "7.88.1-11", "ordinary", "f")}


def test_older_version_in_the_repository_is_no_update(pakiti, apt, keyring):
    add_apt(pakiti, apt().publish([("bash", "5.2.15-2+b1", "amd64"), ("curl", "7.88.1-10~deb11u1", "amd64")]), keyring)
    pakiti.run("sync")
    assert pakiti.outdated(report_5()) == {}


def test_newest_of_several_versions_is_the_one(pakiti, apt, keyring):
    versions = ["5.2.15-2+b3", "5.2.15-10", "5.2.15-9", "5.2.9-99"]
    add_apt(pakiti, apt().publish([("bash", v, "amd64") for v in versions]), keyring)
    pakiti.run("sync")
    assert pakiti.outdated(report_5())[("bash", "amd64")][1] == "5.2.15-10"


def test_epoch_beats_the_version(pakiti, apt, keyring):
    add_apt(pakiti, apt().publish([("bash", "1:1.0-1", "amd64")]), keyring)
    pakiti.run("sync")
    assert pakiti.outdated(report_5())[("bash", "amd64")][1] == "1:1.0-1"


def test_host_without_epochs_is_not_outdated_by_one(pakiti, rpmmd):
    add_rpm(pakiti, rpmmd().publish([("bash", "2:5.1.8-6.el9", "x86_64"), ("curl", "2:7.76.1-20.el9", "x86_64")]))
    pakiti.run("sync")
    report = report_5(packages=[("bash", "5.1.8-6.el9", "x86_64"), ("curl", "7.76.1-19.el9", "x86_64")], **RPM_HOST)
    assert set(pakiti.outdated(report)) == {("curl", "x86_64")}


# ---- kernels ----


def test_only_the_running_kernel_is_judged(pakiti, apt, keyring):
    kernels = [("linux-image-6.1.0-18-amd64", "6.1.76-1", "amd64"), ("linux-image-6.1.0-13-amd64", "6.1.55-1", "amd64")]
    add_apt(pakiti, apt().publish([(name, "6.1.90-1", arch) for name, _, arch in kernels]), keyring)
    pakiti.run("sync")
    report = report_5(packages=kernels, kernel="6.1.0-18-amd64")
    assert set(pakiti.outdated(report)) == {("linux-image-6.1.0-18-amd64", "amd64")}
    pakiti.run("submit", "-", stdin=report)
    assert (pakiti.host("www.example.org")["updates"], pakiti.host("www.example.org")["reboot_pending"]) == (1, False)


def test_newer_kernel_on_disk_is_a_pending_restart(pakiti):
    kernels = [("linux-image-6.1.0-18-amd64", "6.1.76-1", "amd64"), ("linux-image-6.1.0-21-amd64", "6.1.90-1", "amd64")]
    for kernel, pending in (("6.1.0-18-amd64", True), ("6.1.0-21-amd64", False)):
        pakiti.run("submit", "-", stdin=report_5(packages=kernels, kernel=kernel))
        assert pakiti.host("www.example.org")["reboot_pending"] is pending


# ---- repositories that change under stored hosts ----


def state(pakiti):
    return {(row["package"], row["state"], row["available"]) for row in pakiti.json("host", "www.example.org", "--packages")}


def test_verdicts_and_counts_of_stored_hosts_follow_the_repository(pakiti, apt, keyring):
    repository = apt("security").publish(OLD)
    add_apt(pakiti, repository, keyring, "--class", "security")
    pakiti.run("submit", "-", stdin=report_5())
    pakiti.run("submit", "-", stdin=report_5(host="patched.example.org", packages=NEW))
    assert state(pakiti) == {(name, "not in a repository", "") for name, *_ in OLD}
    assert "2 verdicts" not in pakiti.run("sync").stdout
    assert state(pakiti) == {(name, "current", "") for name, *_ in OLD}

    repository.publish(NEW)
    assert "1 verdicts changed" in pakiti.run("sync").stdout
    assert state(pakiti) == {("bash", "security", "5.2.15-2+b9"), ("curl", "current", ""), ("tzdata", "current", "")}
    assert [(h["host"], h["updates"], h["security"]) for h in pakiti.json("hosts")] == [("patched.example.org", 0, 0), ("www.example.org", 1, 1)]
    assert [(r["installed"], r["state"], r["hosts"]) for r in pakiti.json("packages", "bash")] == [("5.2.15-2+b2", "security", 1), ("5.2.15-2+b9", "current", 1)]

    repository.publish([*NEW[:1], ("curl", "7.88.1-11", "amd64")])  # tzdata is gone
    pakiti.run("sync")
    assert state(pakiti) == {("bash", "security", "5.2.15-2+b9"), ("curl", "security", "7.88.1-11"), ("tzdata", "not in a repository", "")}
    assert [(h["updates"], h["security"]) for h in pakiti.json("hosts")] == [(1, 1), (2, 2)]

    repository.publish(OLD)  # and back
    pakiti.run("sync")
    assert [(h["updates"], h["security"]) for h in pakiti.json("hosts")] == [(0, 0), (0, 0)]


def test_table_of_a_host_says_that_it_is_current_when_its_repositories_say_so(pakiti, apt, keyring):
    add_apt(pakiti, apt().publish(OLD), keyring)
    pakiti.run("sync")
    pakiti.run("submit", "-", stdin=report_5())
    assert pakiti.run("host", "www.example.org").stdout.endswith("is current.\n")


def test_what_is_available_follows_even_where_the_verdict_stays(pakiti, apt, keyring):
    repository = apt().publish(NEW)
    add_apt(pakiti, repository, keyring)
    pakiti.run("sync")
    pakiti.run("submit", "-", stdin=report_5())
    repository.publish([("bash", "5.2.15-2+b20", "amd64")])
    pakiti.run("sync")
    assert ("bash", "ordinary", "5.2.15-2+b20") in state(pakiti)


def test_stored_and_unstored_judgement_agree(pakiti, apt, keyring):
    add_apt(pakiti, apt("release").publish(NEW), keyring, name="release")
    add_apt(pakiti, apt("security").publish([("curl", "7.88.1-10+deb12u5", "amd64")]), keyring, "--class", "security", name="security")
    pakiti.run("submit", "-", stdin=report_5())  # before there is anything to judge by
    pakiti.run("sync")
    stored = {(r["package"], r["arch"]): (r["installed"], r["available"], r["state"], r["repository"]) for r in pakiti.json("host", "www.example.org")}
    assert stored == pakiti.outdated(report_5()) == pakiti.outdated(json.dumps(report_6())) and len(stored) == 2


def test_removed_feed_takes_its_verdicts_with_it(pakiti, apt, keyring):
    add_apt(pakiti, apt("release").publish(OLD), keyring, name="release")
    add_apt(pakiti, apt("security").publish([("curl", "7.88.1-10+deb12u5", "amd64")]), keyring, "--class", "security", name="security")
    pakiti.run("sync")
    pakiti.run("submit", "-", stdin=report_5())
    assert (pakiti.host("www.example.org")["updates"], pakiti.host("www.example.org")["security"]) == (1, 1)
    assert "1 verdicts changed" in pakiti.run("feed", "remove", "security").stdout
    assert (pakiti.host("www.example.org")["updates"], pakiti.host("www.example.org")["security"]) == (0, 0)
    assert [row["feed"] for row in pakiti.json("feed", "list")] == ["release"]
    assert offers(pakiti) == set(OLD)
    assert pakiti.run("db", "check").stdout.endswith("sound\n")


def test_only_hosts_of_the_feeds_platform_are_judged_again(pakiti, apt, keyring):
    repository = apt().publish(OLD)
    add_apt(pakiti, repository, keyring)
    pakiti.run("sync")
    for system in ("Debian GNU/Linux 12", "Debian GNU/Linux 11", "Ubuntu 22.04"):
        pakiti.run("submit", "-", stdin=report_5(host=system.replace(" ", "-").replace("/", "-").lower() + ".example.org", system=system))
    repository.publish(NEW)
    assert "1 verdicts changed" in pakiti.run("sync").stdout
    assert sorted((h["platform"], h["updates"]) for h in pakiti.json("hosts")) == [("debian:11", 0), ("debian:12", 1), ("ubuntu:22.04", 0)]


# ---- ending in the middle ----


def test_sync_that_is_stopped_by_a_signal_keeps_what_was_there(pakiti, served, web):
    web.misbehave(served.index, stall(web))
    process = subprocess.Popen(pakiti.command("sync"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_env())
    wait_for(lambda: [p for p in web.paths() if p.endswith(served.index)], "the request for the index")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert offers(pakiti) == set(served.old)
    web.behave()
    pakiti.run("sync")
    assert offers(pakiti) == set(served.new)


def test_sync_that_is_killed_leaves_a_sound_database(pakiti, served, web):
    web.misbehave(served.index, stall(web))
    process = subprocess.Popen(pakiti.command("sync"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=clean_env())
    wait_for(lambda: [p for p in web.paths() if p.endswith(served.index)], "the request for the index")
    process.kill()
    process.wait()
    assert pakiti.run("db", "check").stdout.endswith("sound\n")
    web.behave()
    pakiti.run("sync")
    assert offers(pakiti) == set(served.new)


def test_two_syncs_at_the_same_time_agree(pakiti, apt, keyring):
    for name in ("a", "b", "c"):
        add_apt(pakiti, apt(name).publish(NEW), keyring, name=name)
    processes = [subprocess.Popen(pakiti.command("sync"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_env()) for _ in range(3)]
    for process in processes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    assert pakiti.rows("SELECT COUNT(*) FROM offer") == [(9,)]
    assert pakiti.run("db", "check").stdout.endswith("sound\n")


def put_rpm_repository(path, n_packages, n_advisories):
    """Each advisory announces five builds."""
    packages = "".join(f'<package type="rpm"><name>p{i}</name><arch>x86_64</arch><version epoch="0" ver="1" rel="1"/></package>' for i in range(n_packages))
    builds = "".join(f'<package name="p{i}" epoch="0" version="0.{{0}}" release="1" arch="x86_64"/>' for i in range(5))
    updates = "".join(f'<update type="security"><id>A-{i}</id><title>t</title><pkglist><collection>{builds.format(i)}</collection></pkglist></update>' for i in range(n_advisories))
    files = {"primary": f'<metadata packages="{n_packages}">{packages}</metadata>', "updateinfo": f"<updates>{updates}</updates>"}
    blocks = "".join(f'<data type="{kind}"><checksum type="sha256">{hashlib.sha256(text.encode()).hexdigest()}</checksum><location href="repodata/{kind}.xml"/></data>'
                     for kind, text in files.items())
    folder(path, {f"repodata/{kind}.xml": text for kind, text in files.items()} | {"repodata/repomd.xml": f"<repomd>{blocks}</repomd>"})
    return path.as_uri()


def test_repository_that_announces_four_in_a_hundred_more_advisories_is_not_held_back(pakiti, tmp_path):
    """The share is one of what it offers and announces together: a repository announces many times more builds than it has packages."""
    pakiti.add_feed("f", put_rpm_repository(tmp_path / "r", 100, 200), "--unsigned", type="rpmmd", platform="rocky:9")
    pakiti.run("sync")
    put_rpm_repository(tmp_path / "r", 100, 208)
    pakiti.run("sync")
    assert pakiti.feed("f")["health"] == "good"
