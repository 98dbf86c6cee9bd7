# SPDX-License-Identifier: Apache-2.0
"""Vulnerability feeds: reading definitions, all feeds of some distributions together, judging again after a change."""
import json
import random
import shutil
import sqlite3
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
N_NAMES = 6000
OVAL_MB = 300
TOUCHED = 100
FLEETS = [(1000, 1000), (10000, 1000), (100000, 1000), (100000, 5000)]  # hosts, distinct sets

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5">\n<definitions>\n'
DESCRIPTION = "A flaw was found in the way a thing handled another. An attacker could use this to do a third, and so on. " * 9


def definition(number, tests, rand):
    """One of a shape that SUSE's have: eight packages, each earlier than a version and signed."""
    cve = f"CVE-20{10 + number % 15}-{1000 + number}"
    text = [f'<definition id="oval:bench:def:{number}" version="1" class="vulnerability"><metadata><title>{cve}</title>'
            f'<reference ref_id="SUSE {cve}" ref_url="https://bench.invalid/{cve}" source="SUSE CVE"/><description>{DESCRIPTION}</description>'
            f'<advisory from="bench"><issued date="2026-05-25"/><severity>Moderate</severity><cve href="https://bench.invalid/">{cve}</cve></advisory>'
            '</metadata><criteria operator="AND"><criterion test_ref="oval:bench:tst:1" comment="SLES 15.5 is installed"/><criteria operator="OR">\n']
    first = rand.randrange(N_NAMES)
    for k in range(8):
        key = ((first + k) % N_NAMES, f"0:{rand.randrange(1, 9)}.{rand.randrange(20)}-{150000 + rand.randrange(50)}.1")
        test = tests.setdefault(key, len(tests) + 2)
        text.append(f'<criteria operator="AND"><criterion test_ref="oval:bench:tst:{test}" comment="package-{key[0]} is earlier than that"/>'
                    f'<criterion test_ref="oval:bench:tst:9{key[0]:06d}" comment="package-{key[0]} is signed with the vendor key"/></criteria>\n')
    return "".join(text) + "</criteria></criteria></definition>\n"


def write_oval(path, mb=OVAL_MB):
    rand, tests = random.Random(1), {}
    with open(path, "w") as out:
        out.write(HEAD)
        number = 0
        while out.tell() < mb * 700000:
            out.write(definition(number, tests, rand))
            number += 1
        out.write('</definitions><tests>\n<rpminfo_test id="oval:bench:tst:1" version="1" check="at least one"><object object_ref="o"/><state state_ref="s"/></rpminfo_test>\n')
        for (name, evr), test in tests.items():
            out.write(f'<rpminfo_test id="oval:bench:tst:{test}" version="1" comment="earlier" check="at least one"><object object_ref="o{name}"/><state state_ref="{evr}"/></rpminfo_test>\n')
        for i in range(N_NAMES):
            out.write(f'<rpminfo_test id="oval:bench:tst:9{i:06d}" version="1" comment="signed" check="all"><object object_ref="o{i}"/><state state_ref="k"/></rpminfo_test>\n')
        out.write('</tests><objects><rpminfo_object id="o" version="1"><name>sles-release</name></rpminfo_object>\n')
        out.writelines(f'<rpminfo_object id="o{i}" version="1"><name>package-{i}</name></rpminfo_object>\n' for i in range(N_NAMES))
        out.write('</objects><states><rpminfo_state id="s" version="1"><version operation="equals">15.5</version></rpminfo_state>'
                  '<rpminfo_state id="k" version="1"><signature_keyid operation="equals">70af9e8139db7c82</signature_keyid></rpminfo_state>\n')
        out.writelines(f'<rpminfo_state id="{evr}" version="1"><evr datatype="evr_string" operation="less than">{evr}</evr></rpminfo_state>\n'
                       for evr in sorted({evr for _, evr in tests}))
        out.write("</states></oval_definitions>\n")
    return number


def new_database(bench, name):
    db = bench.work / name
    for old in bench.work.glob(name + "*"):
        old.unlink()
    bench.pakiti(db, "db", "init")
    return db


def command(bench, db, *args):
    return [bench.program, "--config", "/dev/null", "--db", str(db), *map(str, args)]


def one_large_file(bench, rows):
    path = bench.work / "large.xml"
    n = write_oval(path)
    mb = path.stat().st_size / 1e6
    report = bench.work / "small.txt"
    report.write_text("#\nhost: h.bench.invalid\nsystem: SLES 15.5\npackager: rpm\narch: x86_64\n#\npackage-1\t0:1.0-1\tx86_64\n#\n")
    db = new_database(bench, "oval.db")
    bench.pakiti(db, "feed", "add", "large", "--type", "oval", "--url", path, "--platform", "sles:15.5")
    seconds, peak = bench.timed([bench.program, "--config", "/dev/null", "oval", "eval", str(path), str(report)])
    rows.append(("oval eval, one file", f"{mb:.0f}", str(n), f"{seconds:.2f}", f"{mb / seconds:.0f}", f"{peak:.0f}", "-"))
    for what, options in (("sync, one file", []), ("again, forced", ["--force"])):
        seconds, peak = bench.timed(command(bench, db, "sync", *options))
        rows.append((what, f"{mb:.0f}", str(n), f"{seconds:.2f}", f"{mb / seconds:.0f}", f"{peak:.0f}", f"{db.stat().st_size / 1e6:.0f}"))
    path.unlink()


# what six distributions publish, as far as it is beside the checkout
SIX = [("debian", "debian-list", "debian-tracker/security-tracker-2023/DSA.list.zst", "debian"),
       ("debian-7", "oval", "oval/debian/oval-definitions-wheezy-A.xml.zst", "debian:7"),
       ("ubuntu-18", "oval", "oval/ubuntu/com.ubuntu.bionic.cve.oval.xml.bz2", "ubuntu:18.04"),
       ("ubuntu-14", "oval", "oval/ubuntu/com.ubuntu.trusty.cve.oval.xml.bz2", "ubuntu:14.04"),
       ("rhel-7", "oval", "oval/redhat/rhel-7-including-unpatched.oval.xml.bz2", "rhel:7"),
       ("rhel-5", "oval", "oval/redhat/com.redhat.rhsa-RHEL5.xml.bz2", "rhel:5"),
       ("rhel-vex", "csaf", "csaf/redhat-vex", ""),
       ("almalinux", "osv", "osv/almalinux/almalinux-osv.tar.zst", ""),
       ("opensuse", "oval", "oval/suse/opensuse.leap.15.3-A.xml.zst", "opensuse-leap:15.3"),
       ("openeuler", "csaf", "csaf/openeuler-csaf", ""),
       ("kev", "kev", "kev/cisa-older/known_exploited_vulnerabilities.json.zst", ""),
       ("epss", "epss", "epss/emba", "")]


def six_distributions(bench, rows):
    if not SHARED.is_dir():
        rows.append(("", "no feeds in ../shared/data: left out"))
        return
    db = new_database(bench, "six.db")
    for name, kind, path, platform in SIX:
        bench.pakiti(db, "feed", "add", name, "--type", kind, "--url", SHARED / path, *(["--platform", platform] if platform else []))
    seconds, peak = bench.timed(command(bench, db, "sync"))
    entries = sqlite3.connect(db).execute("SELECT SUM(n_definitions) FROM feed").fetchone()[0]
    rows.append(("sync, six distributions", "-", str(entries), f"{seconds:.2f}", "-", f"{peak:.0f}", f"{db.stat().st_size / 1e6:.0f}"))


def definitions(bench):
    rows = [("vulnerability definitions", "MB open", "entries", "s", "MB/s", "peak MiB", "database MB")]
    one_large_file(bench, rows)
    six_distributions(bench, rows)
    return rows


# ---- judging again ----


def write_advisories(folder, version):
    """An OSV document for each of the packages that are touched."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for i in range(TOUCHED):
        document = {"id": f"BENCH-{i}", "modified": "2026-01-01T00:00:00Z", "aliases": [f"CVE-2026-{10000 + i}"],
                    "affected": [{"package": {"ecosystem": "Debian:12", "name": f"lib-bench-{i:04d}-part"},
                                  "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": version}]}]}]}
        (folder / f"{i}.json").write_text(json.dumps(document))


def multiply_hosts(db, n):
    """Hosts are small rows that point to profiles: what is there is copied until there are enough."""
    with sqlite3.connect(db) as c:
        have = c.execute("SELECT COUNT(*) FROM host").fetchone()[0]
        columns = [row[1] for row in c.execute("PRAGMA table_info(host)") if row[1] not in ("id", "host_key", "name", "fingerprint")]
        others = ", ".join(columns)
        ids = [row[0] for row in c.execute("SELECT id FROM host ORDER BY id")]
        c.executemany(f"INSERT INTO host (host_key, name, fingerprint, {others}) SELECT ?, ?, ?, {others} FROM host WHERE id = ?",
                      ((f"copy-{k}", f"copy-{k}", k.to_bytes(16, "big"), ids[k % have]) for k in range(n - have)))
        c.execute("INSERT INTO host_history (host_id, from_at, profile_id, until_at) SELECT id, 1, profile_id, 0 FROM host WHERE host_key LIKE 'copy-%'")


def fleet(bench, n_sets, start_server):
    """A database with a host of each set."""
    db = new_database(bench, "fleet.db")
    advisories = bench.work / "advisories"
    write_advisories(advisories, "0")
    bench.pakiti(db, "feed", "add", "bench", "--type", "osv", "--url", advisories, "--platform", "debian:12")
    bench.pakiti(db, "sync")
    server = start_server(db)
    try:
        bench.load(server, 5, count=n_sets, seconds=600)
    finally:
        server.end()
    return db, advisories


def recalculation(bench, start_server):
    rows = [("judging again: 100 packages change", "hosts", "sets", "sync s", "profiles counted", "cve query ms", "database MB")]
    for n_hosts, n_sets in FLEETS:
        db, advisories = fleet(bench, n_sets, start_server)
        multiply_hosts(db, n_hosts)
        write_advisories(advisories, "99:1")
        seconds, _ = bench.timed(command(bench, db, "sync"))
        counted = sqlite3.connect(db).execute("SELECT COUNT(*) FROM profile WHERE n_cves > 0").fetchone()[0]
        query, _ = bench.timed(command(bench, db, "cve", "CVE-2026-10001", "--format", "tsv"))
        size = sum(f.stat().st_size for f in bench.work.glob("fleet.db*")) / 1e6
        rows.append(("", str(n_hosts), str(n_sets), f"{seconds:.2f}", str(counted), f"{query * 1000:.0f}", f"{size:.0f}"))
    return rows
