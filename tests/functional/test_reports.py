# SPDX-License-Identifier: Apache-2.0
"""Reports of every protocol, over HTTP, to the real server."""
import json
import os
import shutil
import subprocess
import time
import urllib.parse
import zlib

import pytest
from kit import (CLIENT, GLPI_AGENT, PACKAGES, ROOT, RPM_PACKAGES, clean_env, form_4, gzipped, many_packages, multipart, report_5, report_6,
                 report_glpi, wait_for, zstd)

HOST = "www.example.org"


@pytest.fixture
def feeds(pakiti, apt):
    """A platform whose release has newer versions of bash (ordinary) and curl (security)."""
    release = apt("release", suite="bookworm").publish([("bash", "5.2.15-2+b9", "amd64"), ("curl", "7.88.1-10", "amd64"), ("tzdata", "2023c-5", "all")])
    security = apt("security", suite="bookworm-security").publish([("curl", "7.88.1-10+deb12u5", "amd64")])
    keyring = release.key.export(pakiti.folder / "keys.gpg")
    for repository, kind in ((release, "release"), (security, "security")):
        pakiti.add_feed(repository.folder.name, repository.url, "--suite", repository.suite, "--components", "main", "--arch", "amd64", "--class", kind,
                        "--keyring", keyring)
    pakiti.run("sync")


# The answer that the packages of kit.PACKAGES get, in the report's order.
UPDATES = [("bash", "5.2.15-2+b2", "5.2.15-2+b9", False), ("curl", "7.88.1-10", "7.88.1-10+deb12u5", True)]
LINES = "".join(f"{name} {new} {'SEC' if security else 'ORD'} {old}\n" for name, old, new, security in UPDATES)


def urlencoded(server, query="", **fields):
    return server.post_form(form_4(**fields), query)


def in_parts(server, query="", **fields):
    body, content_type = multipart(form_4(**fields))
    return server.post(body, query, Content_Type=content_type)


def short_names(server, query="", **fields):
    form = form_4(**fields)
    names = {"host": "h", "os": "o", "arch": "m", "kernel": "k", "type": "t", "version": "v", "pkgs": "p", "report": "r"}
    return server.post_form({names.get(name, name): value for name, value in form.items()}, query)


def protocol_4(server, query="", **fields):
    return server.post_form(form_4(**fields), "&".join(filter(None, [query, "protocol=4"])))


def text(server, query="", **fields):
    return server.post(report_5(**fields), query, Content_Type="application/x-www-form-urlencoded")


def native(server, query="", **fields):
    return server.post_json(report_6(**fields), query)


def glpi(server, query="", **fields):
    return server.post(json.dumps(report_glpi(**fields)), query, User_Agent=GLPI_AGENT, Content_Type="application/json")


SENDERS = [urlencoded, in_parts, short_names, protocol_4, text, native, glpi]
TEXT_TYPE, JSON_TYPE = "text/plain; charset=utf-8", "application/json"


def accepted(sender, reply, unchanged=False, packages=len(PACKAGES), updates=None):
    """Is this what the sender's protocol calls success?"""
    assert reply.status == 200, reply.text
    if sender in (urlencoded, in_parts, short_names):
        assert (reply.text, reply.headers["content-type"]) == ((LINES if updates else "") + "OK", TEXT_TYPE)
    elif sender in (protocol_4, text):
        assert (reply.text, reply.headers["content-type"]) == ("OK\n", TEXT_TYPE)
    elif sender is glpi:
        assert (reply.json, reply.headers["content-type"]) == ({"status": "ok"}, JSON_TYPE)
    else:
        wanted = {"status": "ok", "host": HOST, "packages": packages, "unchanged": unchanged}
        if updates is not None:
            repositories = {True: "security", False: "release"}
            wanted["updates"] = [{"name": n, "arch": "amd64", "installed": old, "available": new, "security": s, "repository": repositories[s]}
                                 for n, old, new, s in updates]
        assert (reply.json, reply.headers["content-type"]) == (wanted, JSON_TYPE)


# ---- stored and answered ----


@pytest.mark.parametrize("sender", SENDERS)
def test_report_is_stored_and_answered_in_the_senders_own_form(server, pakiti, sender):
    accepted(sender, sender(server))
    host = pakiti.host(HOST)
    assert (host["platform"], host["arch"], host["kernel"], host["packages"]) == ("debian:12", "amd64", "6.1.0-18-amd64", len(PACKAGES))
    listed = {(row["package"], row["installed"], row["arch"]) for row in pakiti.json("host", HOST, "--packages")}
    assert listed == set(PACKAGES)
    assert server.results() == {"new_set": 1}
    assert server.complaints() == []


def test_all_protocols_make_the_same_package_set_and_profile(server, pakiti):
    for sender in SENDERS:
        accepted(sender, sender(server))
    assert [pakiti.count(t) for t in ("host", "package", "package_set", "profile", "platform")] == [1, len(PACKAGES), 1, 1, 1]


@pytest.mark.parametrize("path", ["/feed/", "/feed", "/feed/index.php"])
def test_report_is_taken_at_every_customary_address(server, pakiti, path):
    assert server.post(report_5(), path=path).status == 200
    assert pakiti.count("host") == 1


def test_rpm_report_in_every_protocol_keeps_epoch_version_and_release(server, pakiti):
    system = "Rocky Linux release 9.4 (Blue Onyx)"
    text(server, packages=RPM_PACKAGES, packager="rpm", system=system, arch="x86_64", kernel="5.14.0-427.el9.x86_64")
    urlencoded(server, packages=RPM_PACKAGES, packager="rpm", os=system, arch="x86_64", kernel="5.14.0-427.el9.x86_64")
    native(server, packages=RPM_PACKAGES, packager="rpm", host_members={"os": system, "arch": "x86_64", "kernel": "5.14.0-427.el9.x86_64"})
    assert [pakiti.count(t) for t in ("package", "package_set", "profile")] == [len(RPM_PACKAGES), 1, 1]
    assert pakiti.host(HOST)["platform"] == "rocky:9.4"
    assert {(r["package"], r["installed"], r["arch"]) for r in pakiti.json("host", HOST, "--packages")} == set(RPM_PACKAGES)


@pytest.mark.parametrize("version, packages", [
    ("1", "<N='bash' V='0:4.2' R='1.el7'/>\n<N='curl' V='7' R='2.el7'/>"),
    ("2", '<N="bash" V="0:4.2" R="1.el7"/><N="curl" V="7" R="2.el7"/>'),
    ("2.1.4", "NEWPAKITIRPM=bash 0:4.2-1.el7 NEWPAKITIRPM=curl 7-2.el7 "),
    ("3", "'bash' '0:4.2' '1.el7'\n'curl' '7' '2.el7'\n"),
    ("4", "'bash' '0:4.2' '1.el7' 'x86_64'\n'curl' '7' '2.el7' 'x86_64'\n"),
])
def test_every_package_list_of_pakiti_2_is_read(server, pakiti, version, packages):
    reply = server.post_form({"host": HOST, "os": "CentOS release 7", "arch": "x86_64", "kernel": "3.10.0", "version": version, "pkgs": packages})
    assert (reply.status, reply.text) == (200, "OK")
    assert {(r["package"], r["installed"]) for r in pakiti.json("host", HOST, "--packages")} == {("bash", "0:4.2-1.el7"), ("curl", "7-2.el7")}


def test_site_and_tag_are_kept(server, pakiti):
    text(server, host="a.example.org", site="BRNO", tag="web")
    urlencoded(server, host="b.example.org", site="BRNO", tag="web")
    native(server, host="c.example.org", host_members={"site": "BRNO", "tag": "web"})
    glpi(server, host="d.example.org")
    assert [(h["site"], h["tag"]) for h in pakiti.json("hosts")] == [("BRNO", "web")] * 3 + [("BRNO", "")]


@pytest.mark.parametrize("name", ["WWW.Example.ORG", "www.example.org.", " www.example.org "])
def test_other_spellings_of_a_name_are_the_same_host(server, pakiti, name):
    text(server)
    assert text(server, host=name).status == 200
    assert [h["host"] for h in pakiti.json("hosts")] == [HOST]


def test_protocol_6_facts_are_stored_and_may_be_more_than_the_packages(server, pakiti):
    document = report_6(host_members={"machine_id": "0" * 32, "boot_time": 1700000000, "os_release": {"ID": "debian", "VERSION_ID": "12"},
                                      "repositories": [{"id": "main", "url": "https://deb.debian.org/debian"}]})
    document["packages"][0].update(source="bash", source_version="5.2.15-2", origin="main", installed_at=1690000000)
    accepted(native, server.post_json(document))
    (facts, package_facts), = pakiti.rows("SELECT facts, package_facts FROM host_facts")
    assert '"main"' in facts and "1700000000" in facts and len(package_facts) > 0


def varints(data):
    """Numbers of a text of LEB128 ones."""
    numbers, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers, value, shift = [*numbers, value], 0, 0
    return numbers


def test_protocol_6_origins_and_times_of_packages_take_little_room(server, pakiti):
    times = {"main": 1690000000, "security": 1695000000}
    document = report_6(packages=[(f"p{i:04d}", "1-1", "all") for i in range(1000)])
    told = {}
    for i, package in enumerate(document["packages"]):
        origin = "security" if i % 3 == 0 else "main"
        told[package["name"]] = (origin, times[origin] + i % 2)
        package.update(origin=origin, installed_at=told[package["name"]][1])
    assert server.post_json(document).status == 200
    (facts, package_facts, members), = pakiti.rows("SELECT f.facts, f.package_facts, s.members FROM host_facts f JOIN host h ON h.id = f.host_id "
                                                   "JOIN profile p ON p.id = h.profile_id JOIN package_set s ON s.id = p.set_id")
    n, *numbers = varints(package_facts)
    steps, places, pairs = numbers[:2 * n], numbers[2 * n:], []
    for origin, at in zip(steps[::2], steps[1::2]):
        last = pairs[-1] if pairs else (0, 0)
        pairs.append((last[0] + origin, at + (0 if origin else last[1])))
    origins = json.loads(facts)["origins"]
    names = dict(pakiti.rows("SELECT id, name FROM package"))
    ids = [sum(varints(members)[:i + 1]) for i in range(1000)]
    assert {names[package]: (origins[pairs[place][0] - 1], pairs[place][1]) for package, place in zip(ids, places)} == told
    assert n == 4 and len(package_facts) < 1100


# ---- updates ----


@pytest.mark.parametrize("sender", SENDERS)
def test_report_with_updates_gets_them_in_the_reports_order(feeds, server, pakiti, sender):
    mode = {} if sender in (text, native, glpi, protocol_4) else {"report": "1"}
    reply = sender(server, "" if mode else "mode=store-and-report", **mode)
    accepted(sender, reply, updates=UPDATES)
    host = pakiti.host(HOST)
    assert (host["updates"], host["security"]) == (2, 1)


def test_lines_of_report_1_follow_the_order_of_the_list(feeds, server):
    for order in (PACKAGES, PACKAGES[::-1]):
        lines = server.post_form(form_4(packages=order, report="1")).text.splitlines()
        assert [line.split()[0] for line in lines] == [name for name, *_ in order if name != "tzdata"] + ["OK"]


def test_updates_of_an_unchanged_report_are_answered_too(feeds, server):
    for _ in range(2):
        assert server.post_form(form_4(report="1")).text == LINES + "OK"
    accepted(native, native(server, "mode=1"), updates=UPDATES)
    accepted(native, native(server, "mode=1"), updates=UPDATES, unchanged=True)
    assert server.results() == {"new_set": 1, "known_set": 1, "unchanged": 2}


def test_without_being_asked_no_update_is_told(feeds, server):
    assert server.post_form(form_4()).text == "OK"
    assert server.post_form(form_4(report="0")).text == "OK"
    accepted(native, native(server, "mode=0"))


@pytest.mark.parametrize("sender", SENDERS)
def test_report_only_stores_nothing_and_is_answered(feeds, server, pakiti, sender):
    reply = sender(server, "mode=report-only")
    accepted(sender, reply, updates=UPDATES)
    assert [pakiti.count(t) for t in ("host", "package", "package_set", "profile", "host_history")] == [0] * 5
    assert server.results() == {"checked_only": 1}


def test_report_only_of_a_known_host_leaves_it_as_it_was(feeds, server, pakiti):
    text(server)
    before = pakiti.rows("SELECT * FROM host")
    native(server, "mode=2", packages=PACKAGES[:1])
    assert pakiti.rows("SELECT * FROM host") == before


# ---- unchanged, known and changed ----


@pytest.mark.parametrize("sender", SENDERS)
def test_unchanged_report_is_recognised(server, pakiti, sender):
    accepted(sender, sender(server))
    before = pakiti.rows("SELECT id, profile_id, fingerprint, first_report_at FROM host")
    accepted(sender, sender(server), unchanged=True)
    assert server.results() == {"new_set": 1, "unchanged": 1}
    assert pakiti.rows("SELECT id, profile_id, fingerprint, first_report_at FROM host") == before
    assert pakiti.count("host_history") == 1


def test_unchanged_report_moves_the_time_of_the_last_one(server, pakiti):
    text(server)
    first, = pakiti.rows("SELECT first_report_at, last_report_at FROM host")
    assert first[0] == first[1]
    wait_for(lambda: int(time.time()) > first[1], "the next second")
    text(server)
    second, = pakiti.rows("SELECT first_report_at, last_report_at FROM host")
    assert second[0] == first[0] and second[1] > first[1]


def test_unchanged_report_is_recognised_after_a_restart_but_not_after_a_new_configuration(make_server, pakiti):
    make_server().post(report_5())
    again = make_server()
    again.post(report_5())
    assert again.results() == {"unchanged": 1}
    other = make_server(ignore_packages=["curl"])
    other.post(report_5())
    assert other.results() == {"new_set": 1}
    assert pakiti.host(HOST)["packages"] == len(PACKAGES) - 1


def test_second_host_with_the_same_packages_is_a_known_set(server, pakiti):
    text(server)
    text(server, host="other.example.org")
    text(server, host="third.example.org", packages=PACKAGES[::-1])
    assert server.results() == {"new_set": 1, "known_set": 2}
    assert [pakiti.count(t) for t in ("host", "package_set", "profile")] == [3, 1, 1]


def test_other_kernel_makes_another_profile_of_the_same_set(server, pakiti):
    text(server)
    text(server, kernel="6.1.0-19-amd64")
    assert [pakiti.count(t) for t in ("host", "package_set", "profile")] == [1, 1, 2]


def test_changed_report_writes_a_row_of_history_and_closes_the_old_one(server, pakiti):
    text(server)
    (first,), = pakiti.rows("SELECT from_at FROM host_history")
    wait_for(lambda: int(time.time()) > first, "the next second")
    text(server, packages=[*PACKAGES[:-1], ("tzdata", "2024a-0+deb12u1", "all")])
    (profile,), = pakiti.rows("SELECT profile_id FROM host")
    old, new = pakiti.rows("SELECT profile_id, from_at, until_at FROM host_history ORDER BY from_at")
    assert new[0] == profile != old[0] and new[2] == 0
    assert old[1] == first < old[2] == new[1]
    assert server.results() == {"new_set": 2}


def test_two_changes_within_a_second_leave_a_sound_history(server, pakiti):
    for version in range(5):
        text(server, packages=[("bash", f"5.{version}", "amd64")])
    rows = pakiti.rows("SELECT profile_id, from_at, until_at FROM host_history ORDER BY from_at")
    assert [row[0] for row in rows if row[2] == 0] == [pakiti.rows("SELECT profile_id FROM host")[0][0]]
    assert all(a[2] == b[1] for a, b in zip(rows, rows[1:]))
    assert pakiti.run("db", "check").stdout.endswith("sound\n")


def test_report_that_returns_to_an_older_state_is_stored_as_such(server, pakiti):
    first, second = report_5(), report_5(packages=PACKAGES[:2])
    for body in (first, second, first):
        server.post(body)
    assert server.results() == {"new_set": 2, "known_set": 1}
    assert pakiti.host(HOST)["packages"] == len(PACKAGES)


def test_report_is_durable_when_it_is_answered(make_server, pakiti):
    server = make_server()
    server.post(report_5())
    server.kill()
    assert pakiti.host(HOST)["packages"] == len(PACKAGES)


def test_counts_of_a_host_follow_a_sync_beside_the_running_server(server, pakiti, apt, keyring):
    repository = apt(suite="bookworm").publish([("bash", "5.2.15-2+b2", "amd64")])
    pakiti.add_feed("f", repository.url, "--suite", "bookworm", "--arch", "amd64", "--keyring", keyring)
    pakiti.run("sync")
    text(server)
    assert pakiti.host(HOST)["updates"] == 0
    repository.publish([("bash", "5.2.15-2+b9", "amd64")])
    pakiti.run("sync")
    assert pakiti.host(HOST)["updates"] == 1
    # the server judges what it learns from now on by the new content, and packages that it knew before too
    text(server, host="new.example.org", packages=[*PACKAGES, ("zsh", "5.9-4", "amd64")])
    assert pakiti.host("new.example.org")["updates"] == 1
    assert server.post_form(form_4(host="newer.example.org", report="1")).text.splitlines()[0] == "bash 5.2.15-2+b9 ORD 5.2.15-2+b2"


# ---- large and many ----


def test_report_of_a_large_host_is_stored_whole(server, pakiti):
    packages = many_packages(12000)
    assert native(server, packages=packages).json["packages"] == 12000
    assert {(r["package"], r["installed"], r["arch"]) for r in pakiti.json("host", HOST, "--packages")} == set(packages)


def test_repeated_packages_count_once(server, pakiti):
    text(server, packages=PACKAGES * 3)
    assert pakiti.host(HOST)["packages"] == len(PACKAGES)


def test_chunked_report_is_taken(server, pakiti):
    body = report_5().encode()
    assert server.request("POST", "/feed/", body=[body[i:i + 7] for i in range(0, len(body), 7)]).text == "OK\n"
    assert pakiti.host(HOST)["packages"] == len(PACKAGES)


# ---- compressed ----


@pytest.mark.parametrize("encoding, compress", [("gzip", gzipped), ("x-gzip", gzipped), ("zstd", zstd), ("deflate", lambda b: zlib.compress(b.encode())),
                                                ("GZIP", gzipped), ("identity", str.encode), (None, gzipped), (None, zstd)])
def test_compressed_report_is_stored(server, pakiti, encoding, compress):
    headers = {"Content_Encoding": encoding} if encoding else {}
    reply = server.post(compress(json.dumps(report_6(packages=many_packages(300)))), Content_Type="application/vnd.pakiti.report+json", **headers)
    accepted(native, reply, packages=300)
    assert pakiti.host(HOST)["packages"] == 300


@pytest.mark.parametrize("compress", [lambda b: zlib.compress(b.encode()), gzipped, lambda b: zlib.compress(b.encode(), wbits=-15), str.encode],
                         ids=["zlib", "gzip", "raw", "plain"])
@pytest.mark.parametrize("spelling", ["Application/x-compress-zlib", "application/x-compress-zlib"])
def test_glpi_inventory_is_taken_however_it_is_compressed(server, pakiti, compress, spelling):
    reply = server.post(compress(json.dumps(report_glpi())), User_Agent=GLPI_AGENT, Content_Type=spelling)
    accepted(glpi, reply)
    assert pakiti.host(HOST)["packages"] == len(PACKAGES)


# ---- encrypted ----


@pytest.fixture(scope="module")
def smime(tmp_path_factory):
    """A folder with key.pem (key and certificate), cert.pem and a stranger's key; encrypt(body, certificate)."""
    if not shutil.which("openssl"):
        pytest.skip("'openssl' is not installed")
    folder = tmp_path_factory.mktemp("smime")
    for name in ("own", "stranger"):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-days", "30", "-keyout", f"{name}.key",
                        "-out", f"{name}.pem"], cwd=folder, check=True, capture_output=True)
        (folder / f"{name}.both").write_text((folder / f"{name}.key").read_text() + (folder / f"{name}.pem").read_text())
    return folder


def encrypt(folder, body, name="own", command=("smime", "-encrypt", "-binary", "-aes-256-cbc", "-outform", "DER")):
    return subprocess.run(["openssl", *command, folder / f"{name}.pem"], input=body.encode(), capture_output=True, check=True).stdout


@pytest.mark.parametrize("key_file", ["own.key", "own.both"])
def test_encrypted_report_is_decrypted_and_stored(make_server, pakiti, smime, key_file):
    server = make_server(report_decryption_key=smime / key_file)
    reply = server.post(encrypt(smime, report_5()), "protocol=5", Content_Type="application/octet-stream")
    accepted(text, reply)
    assert pakiti.host(HOST)["packages"] == len(PACKAGES)


def test_report_encrypted_with_authentication_is_decrypted(make_server, pakiti, smime):
    server = make_server(report_decryption_key=smime / "own.both")
    body = encrypt(smime, report_5(), command=("cms", "-encrypt", "-binary", "-aes-256-gcm", "-outform", "DER"))
    accepted(text, server.post(body))


def test_every_encrypted_report_that_cannot_be_used_gets_the_same_answer(make_server, pakiti, smime):
    server = make_server(report_decryption_key=smime / "own.both")
    good = encrypt(smime, report_5())
    damaged = bytearray(good)
    damaged[len(good) // 2] ^= 0x55
    bodies = [encrypt(smime, report_5(), "stranger"), bytes(damaged), good[:len(good) // 2], encrypt(smime, "no report"),
              encrypt(smime, "#\nhost: a.example.org\n#\nbroken line of a package\n")]
    answers = {(r.status, r.body) for r in (server.post(body) for body in bodies)}
    assert len(answers) == 1 and next(iter(answers))[0] == 400
    assert pakiti.count("host") == 0
    assert len(server.complaints()) == len(bodies) == server.results()["refused"]


def test_encrypted_report_to_a_server_without_a_key_is_refused_and_told_so(server, pakiti, smime):
    reply = server.post(encrypt(smime, report_5()))
    assert reply.status == 400 and "report_decryption_key" in reply.text
    assert pakiti.count("host") == 0


# ---- who reports ----


def test_proxy_may_report_for_others_only_when_it_is_trusted(make_server, pakiti):
    reply = make_server().post_form(form_4(proxy="1"))
    assert reply.status == 403 and "trusted_proxies" in reply.text
    assert pakiti.count("host") == 0
    assert make_server(trusted_proxies=["192.0.2.1", "127.0.0.1"]).post_form(form_4(proxy="1")).status == 200
    assert pakiti.host(HOST)["packages"] == len(PACKAGES)


def test_names_that_many_machines_share_do_not_become_a_host_of_that_name_alone(server, pakiti):
    text(server, host="localhost")
    assert pakiti.rows("SELECT host_key FROM host") == [("localhost@127.0.0.1",)]


# ---- requests about the server ----


def test_other_addresses_and_methods_are_told(server):
    assert server.get("/").status == 200
    assert server.get("/nothing/here").status == 404
    assert server.get("/feed/").status == 405
    assert server.request("PUT", "/feed/", b"x").status == 405
    assert server.post(b"x", path="/metrics").status == 405
    head = server.request("HEAD", "/healthz")
    assert (head.status, head.body) == (200, b"")


def test_replies_tell_browsers_to_be_careful(server):
    for reply in (server.get("/"), server.get("/nothing"), server.post(report_5()), server.post("rubbish")):
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in reply.headers["content-security-policy"]
        assert reply.headers["cache-control"] == "no-store"


def test_metrics_count_hosts_and_what_they_lack(feeds, server):
    text(server)
    text(server, host="b.example.org", packages=PACKAGES[2:])
    metrics = server.metrics()
    assert (metrics["pakiti_hosts"], metrics["pakiti_hosts_outdated"], metrics["pakiti_hosts_security"]) == (2, 1, 1)
    assert (metrics["pakiti_package_sets"], metrics["pakiti_packages"], metrics["pakiti_feeds"], metrics["pakiti_feeds_failing"]) == (2, 3, 2, 0)


def test_accepted_reports_are_logged_when_the_configuration_wants_it(make_server):
    server = make_server(access_log="yes")
    text(server)
    text(server)
    lines = [line for line in server.log().splitlines() if line.startswith("report ")]
    assert [line.split("result=")[1] for line in lines] == ["stored", "unchanged"]
    assert all(f"host={HOST} peer=127.0.0.1 packages=3" in line for line in lines)


# ---- the schema and the real client ----


def schema_check(document):
    jsonschema = pytest.importorskip("jsonschema", reason="python3-jsonschema is not installed")
    schema = json.loads((ROOT / "docs" / "report-6.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)


def test_requests_of_these_tests_are_what_the_schema_says():
    schema_check(report_6())
    schema_check(report_6(packages=RPM_PACKAGES, packager="rpm", proxy=False))


# What the schema forbids, the server refuses.
@pytest.mark.parametrize("change", [
    {"protocol": 5}, {"protocol": "6"}, {"packages": []}, {"packages": None}, {"packages": [{"name": "a", "version": "1"}]},
    {"packages": [{"name": "a b", "version": "1", "arch": "x"}]}, {"packages": [{"name": "", "version": "1", "arch": "x"}]}, {"host": {}},
    {"host": {"name": ""}}, {"host": {"name": "x" * 256}}, {"host": {"name": "a.example.org", "boot_time": -1}}, {"packager": "apk"}, {"proxy": "no"},
    {"packages": [{"name": "a", "version": "1", "arch": "x", "installed_at": 1.5}]}, {"host": {"name": "a.example.org", "kernel": "a\u0001b"}},
])
def test_document_that_the_schema_forbids_is_refused(server, pakiti, change):
    document = {**report_6(), **change}
    jsonschema = pytest.importorskip("jsonschema", reason="python3-jsonschema is not installed")
    with pytest.raises(jsonschema.ValidationError):
        schema_check(document)
    reply = server.post_json(document)
    assert reply.status in (400, 413) and reply.json["status"] == "error" and reply.json["message"]
    assert pakiti.count("host") == 0


needs_dpkg = pytest.mark.skipif(not os.path.exists("/var/lib/dpkg/status"), reason="not a dpkg host")


def run_client(*args):
    done = subprocess.run([str(CLIENT), "--config", "/dev/null", *map(str, args)], capture_output=True, text=True, timeout=120, env=clean_env())
    assert done.returncode == 0, done.stderr
    return done


@needs_dpkg
@pytest.mark.parametrize("protocol", ["6", "5", "4"])
def test_real_client_reports_this_machine(server, pakiti, protocol):
    expected = {tuple(p.values())[:3] for p in json.loads(run_client("--output", "-").stdout)["packages"]}
    pakiti.configure(threads=2)
    done = run_client("--url", server.url, "--host", HOST, "--protocol", protocol, "--site", "BRNO", "--tag", "here")
    assert "accepted" in done.stderr
    host = pakiti.host(HOST)
    assert (host["kernel"], host["site"], host["tag"]) == (os.uname().release, "BRNO", "here")
    kept = {(r["package"], r["installed"], r["arch"]) for r in pakiti.json("host", HOST, "--packages")}
    assert kept == {p for p in expected if not p[0].endswith(("-devel", "-doc"))}
    run_client("--url", server.url, "--host", HOST, "--protocol", protocol, "--site", "BRNO", "--tag", "here")
    assert server.results() == {"new_set": 1, "unchanged": 1}


@needs_dpkg
def test_report_of_the_real_client_is_what_the_schema_says():
    schema_check(json.loads(run_client("--output", "-", "--site", "BRNO").stdout))


@needs_dpkg
@pytest.mark.parametrize("protocol", ["6", "4"])
def test_real_client_prints_what_is_not_current(feeds, server, pakiti, tmp_path, protocol):
    report = tmp_path / "report"
    if protocol == "6":
        report.write_text(json.dumps(report_6()))
        wanted = [f"{name} {old} -> {new} {'security' if s else 'ordinary'}" for name, old, new, s in UPDATES]
    else:
        report.write_text(urllib.parse.urlencode(form_4(report="1")))
        wanted = LINES.splitlines()
    done = run_client("--url", server.url, "--input", report, "--report")
    assert done.stdout.splitlines() == wanted


@needs_dpkg
def test_real_client_encrypts_for_the_server(make_server, pakiti, smime):
    server = make_server(report_decryption_key=smime / "own.both")
    run_client("--url", server.url, "--host", HOST, "--encrypt", smime / "own.pem")
    assert pakiti.host(HOST)["packages"] > 50


@needs_dpkg
def test_real_client_fails_when_its_report_is_refused(server, tmp_path):
    report = tmp_path / "report"
    report.write_text(report_5(host="not a name"))
    done = subprocess.run([str(CLIENT), "--config", "/dev/null", "--url", server.url, "--input", str(report)], capture_output=True, text=True, timeout=120,
                          env=clean_env())
    assert done.returncode == 2 and "400" in done.stderr and "not a name" in done.stderr
