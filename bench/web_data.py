# SPDX-License-Identifier: Apache-2.0
"""A database with a large fleet for bench/web.py: feeds, reports of distinct sets, and then hosts, history, trends and decisions by SQL."""
import functools
import gzip
import hashlib
import json
import random
import sqlite3
import time
from pathlib import Path

import vulnerabilities

N_HOSTS = 100000
N_NAMES, N_BASE, N_PACKAGES = 3000, 900, 1500  # names of a platform, those that all its hosts have, packages of a host
LEVELS, ROLES = 6, 5  # how well hosts are patched, what they are for
DOMAINS, TLDS, SITES, TAGS = 500, 20, 200, 50
PERIODS, TREND_DAYS = 8, 730  # of history of a host; of numbers of groups
N_EPSS, N_KEV = 300000, 1300
OVAL_MB = 10
BIG_ADVISORY = 80  # CVEs of one advisory of the browser
COMMON = ["openssl", "firefox", "bash", "curl", "sudo", "glibc", "systemd", "openssh-server"]
CVE_TAGS = ["Critical", "High", "EGI-SVG-2026", "watch", "internal"]
PLATFORMS = [("debian:12", "Debian GNU/Linux 12", "dpkg", "amd64", "Debian:12"), ("ubuntu:24.04", "Ubuntu 24.04", "dpkg", "amd64", "Ubuntu:24.04:LTS"),
             ("sles:15.5", "SLES 15.5", "rpm", "x86_64", None)]


def names(platform):
    prefix = "package-{}" if platform == "sles:15.5" else "lib-web-{:04d}"
    return COMMON + [prefix.format(i) for i in range(len(COMMON), N_NAMES)]


@functools.cache
def updates(i):
    """Levels at which a package was updated; the browser at all of them."""
    rand = random.Random(i)
    return [level for level in range(1, LEVELS) if i == COMMON.index("firefox") or rand.random() < 1 / 15]


def version(platform, i, level):
    n = sum(at <= level for at in updates(i))
    return f"0:{6 + n}.5-150010.1" if platform == "sles:15.5" else f"{1 + i % 9}.{i % 31}.{i % 7}-1+u{n}"


def cve(k):
    return f"CVE-20{10 + k % 15}-{5000 + k // 15}"


def cve_number(name):
    return int(name[4:8]) * 10**12 + int(name[9:])


# ---- what vendors publish ----


def write_apt(folder, platform, security):
    """The newest versions; those that were updated for security's sake are in a repository of their own."""
    folder.mkdir()
    rows = [(name, version(platform, i, LEVELS if security else 0 if i % 3 else LEVELS)) for i, name in enumerate(names(platform)) if not security or updates(i)]
    data = "".join(f"Package: {name}\nVersion: {v}\nArchitecture: amd64\n\n" for name, v in rows).encode()
    (folder / "Packages").write_bytes(data)
    (folder / "Release").write_text(f"Suite: web\nCodename: web\nDate: Thu, 01 Jan 2026 00:00:00 UTC\nSHA256:\n {hashlib.sha256(data).hexdigest()} {len(data)} Packages\n")


def write_rpmmd(folder, platform):
    (folder / "repodata").mkdir(parents=True)
    rows = []
    for i, name in enumerate(names(platform)):
        epoch, rest = version(platform, i, LEVELS).split(":")
        ver, rel = rest.split("-")
        rows.append(f'<package type="rpm"><name>{name}</name><arch>x86_64</arch><version epoch="{epoch}" ver="{ver}" rel="{rel}"/></package>')
    opened = (f'<metadata xmlns="http://linux.duke.edu/metadata/common" packages="{len(rows)}">' + "".join(rows) + "</metadata>").encode()
    data = gzip.compress(opened)
    (folder / "repodata/primary.xml.gz").write_bytes(data)
    (folder / "repodata/repomd.xml").write_text(
        f'<repomd xmlns="http://linux.duke.edu/metadata/repo"><data type="primary"><checksum type="sha256">{hashlib.sha256(data).hexdigest()}</checksum>'
        f'<location href="repodata/primary.xml.gz"/><size>{len(data)}</size><open-size>{len(opened)}</open-size></data></repomd>')


def osv(folder, ident, ecosystem, name, fixed, cves, severity):
    events = [{"introduced": "0"}, *([{"fixed": fixed}] if fixed else [])]
    (folder / f"{ident}.json").write_text(json.dumps(
        {"id": ident, "modified": "2026-01-01T00:00:00Z", "published": "2025-06-01T00:00:00Z", "aliases": cves, "summary": f"{name} security update",
         "database_specific": {"severity": severity},
         "affected": [{"package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]}))


def write_osv(folder, platform, ecosystem, touched=0):
    """An advisory for each update, with up to three CVEs, and CVEs of some packages that nobody has mended. `touched` names get one more."""
    folder.mkdir(exist_ok=True)
    k, severities = 0, ["Low", "Moderate", "Moderate", "Important", "Critical"]
    for i, name in enumerate(names(platform)):
        for level in updates(i):
            n = BIG_ADVISORY if name == "firefox" else 1 + i % 3
            osv(folder, f"WEB-{i}-{level}", ecosystem, name, version(platform, i, level), [cve(k + j) for j in range(n)], severities[(i + level) % 5])
            k += n
        if i % 10 == 3:
            k += 1
            osv(folder, cve(k), ecosystem, name, None, [], severities[i % 3])
        if i < touched:
            osv(folder, f"WEB-{i}-new", ecosystem, name, "99:1", [f"CVE-2026-{10000 + i}"], "Important")
    return k


def write_facts(folder):
    rand = random.Random(3)
    every = [f"CVE-20{10 + k % 16}-{1000 + k // 16}" for k in range(N_EPSS)]
    (folder / "epss.csv").write_text("#model_version:v2025.03.14,score_date:2026-01-01T12:55:00Z\ncve,epss,percentile\n" +
                                     "".join(f"{name},{rand.random() ** 8:.5f},{rand.random():.5f}\n" for name in every))
    kev = [{"cveID": name, "vulnerabilityName": f"Weakness {name}", "dateAdded": "2025-05-01", "knownRansomwareCampaignUse": rand.choice(["Known", "Unknown"])}
           for name in every[:: N_EPSS // N_KEV]]
    (folder / "kev.json").write_text(json.dumps({"title": "KEV", "catalogVersion": "1", "count": len(kev), "vulnerabilities": kev}))


def add_feeds(bench, db):
    folder = bench.work / "web-feeds"
    folder.mkdir(exist_ok=True)

    def add(name, kind, url, platform=None, *more):
        bench.pakiti(db, "feed", "add", name, "--type", kind, "--url", url, *(["--platform", platform] if platform else []), *more)

    n_cves = 0
    for platform, _, packager, _, ecosystem in PLATFORMS:
        short = platform.split(":")[0]
        if packager == "rpm":
            if not (folder / short).exists():
                write_rpmmd(folder / short, platform)
                vulnerabilities.write_oval(folder / "oval.xml", OVAL_MB)
            add(short, "rpmmd", f"file://{folder}/{short}", platform, "--unsigned", "--class", "updates")
            add(f"{short}-oval", "oval", folder / "oval.xml", platform)
            continue
        for what in ("release", "security"):
            if not (folder / f"{short}-{what}").exists():
                write_apt(folder / f"{short}-{what}", platform, what == "security")
            add(f"{short}-{what}", "apt", f"file://{folder}/{short}-{what}", platform, "--unsigned", "--suite", "./", "--class", what)
        for extra in (folder / f"{short}-osv").glob("*-new.json"):
            extra.unlink()
        n_cves = write_osv(folder / f"{short}-osv", platform, ecosystem)
        add(f"{short}-osv", "osv", folder / f"{short}-osv", platform)
    if not (folder / "epss.csv").exists():
        write_facts(folder)
    add("epss", "epss", folder / "epss.csv")
    add("kev", "kev", folder / "kev.json")
    bench.pakiti(db, "sync")
    return n_cves


# ---- what hosts report ----


def write_template(path, platform, system, packager, arch, role, level):
    rand = random.Random(role)
    members = list(range(N_BASE)) + sorted(rand.sample(range(N_BASE, N_NAMES), N_PACKAGES - N_BASE - 5))
    all_names = names(platform)
    rows = [(all_names[i], version(platform, i, level)) for i in members]
    rows += [("web-own", "1.0.@UUUUUU@-1"), ("web-site", "2.0.@SSSSSS@-1"), ("web-group", "3.0.@SSSSSS@-2")]
    if packager == "dpkg":  # at higher levels a newer kernel waits for a reboot
        rows += [("linux-image-6.1.0-18-amd64", "6.1.76-1"), ("linux-image-6.1.0-25-amd64", "6.1.106-3")][: 2 if level > 2 else 1]
    kernel = "6.1.0-18-amd64" if packager == "dpkg" else "5.14.21-150500.53-default"
    path.write_text("\n".join(["#", "host: host-@HHHHHH@.bench.invalid", f"system: {system}", f"arch: {arch}", f"kernel: {kernel}", f"packager: {packager}",
                               "site: bench", "#", *(f"{name}\t{v}\t{arch}" for name, v in rows), "#", ""]))


def report(bench, server, n_sets):
    """Hosts with distinct sets, as many of each platform, role and level. What is reported of unchanged hosts is returned."""
    per = max(n_sets // (len(PLATFORMS) * ROLES * LEVELS), 1)
    first = 1000
    for platform, system, packager, arch, _ in PLATFORMS:
        for role in range(ROLES):
            for level in range(LEVELS):
                template = bench.work / "web-template.txt"
                write_template(template, platform, system, packager, arch, role, level)
                bench.load(server, 5, count=per, first=first, seconds=600, template=template)
                first += per
    again = {"first": first - per, "hosts": per, "sets": per, "template": bench.work / "web-template.txt"}
    return per, again


# ---- the rest by SQL ----


def add_hosts(c, per, now):
    """Hosts that share the reported profiles, each with a history among those of its role; large domains and small ones."""
    rand = random.Random(4)
    columns = [row[1] for row in c.execute("PRAGMA table_info(host)") if row[1] != "id"]
    known = c.execute(f"SELECT {', '.join(columns)} FROM host ORDER BY id").fetchall()
    place = {name: at for at, name in enumerate(columns)}
    profiles = [row[place["profile_id"]] for row in known]
    hosts, history = [], []
    first = c.execute("SELECT MAX(id) FROM host").fetchone()[0]
    for k in range(N_HOSTS - len(known)):
        at = rand.randrange(len(known))
        domain = int(DOMAINS * rand.random() ** 2)
        name = f"node{k:06d}.d{domain:03d}.example.t{domain % TLDS:02d}"
        row = list(known[at])
        seen = now - (rand.randrange(86400) if rand.random() < 0.97 else rand.randrange(86400 * 3, 86400 * 60))
        own = {"host_key": name, "name": name, "domain": name.split(".", 1)[1], "site": f"site-{int(SITES * rand.random() ** 2):03d}",
               "tag": f"tag-{int(TAGS * rand.random() ** 2):02d}", "cpu": "Xeon", "client": "pakiti-client 6.0", "reporter": f"10.{k >> 16}.{k >> 8 & 255}.{k & 255}",
               "fingerprint": k.to_bytes(16, "big"), "first_report_at": now - 86400 * 400, "last_report_at": seen}
        for column, value in own.items():
            row[place[column]] = value
        hosts.append((first + 1 + k, *row))
        level, group = at // per % LEVELS, at // (per * LEVELS)
        for p in range(PERIODS):
            then = max(0, level - (PERIODS - 1 - p))
            other = profiles[at] if p == PERIODS - 1 else profiles[(group * LEVELS + then) * per + (at + p) % per]
            begin = now - 86400 * (400 - 50 * p)
            history.append((first + 1 + k, begin, other, begin + 86400 * 50 if p < PERIODS - 1 else 0))
    c.executemany(f"INSERT INTO host (id, {', '.join(columns)}) VALUES (?, {', '.join('?' * len(columns))})", hosts)
    c.executemany("INSERT INTO host_history (host_id, from_at, profile_id, until_at) VALUES (?, ?, ?, ?)", history)


def add_trends(c, now):
    today = now // 86400
    c.execute(f"CREATE TEMP TABLE day AS WITH RECURSIVE d(n) AS (SELECT {today - TREND_DAYS} UNION ALL SELECT n + 1 FROM d WHERE n < {today - 1}) SELECT n FROM d")
    for kind, column in (("", "''"), ("domain", "domain"), ("site", "site"), ("tag", "tag"), ("tld", "substr(domain, -3)")):
        c.execute(f"INSERT INTO trend SELECT ?, v, n, h, h, h / 2, h, h / 9, h / 5, h / 30, h * 90, h * 30, h * 600 "
                  f"FROM (SELECT {column} AS v, COUNT(*) AS h FROM host GROUP BY v), day", (kind,))
    c.execute(f"INSERT INTO profile_trend SELECT id, {today} - 400 + 40 * k, n_updates, n_security, n_cves FROM profile, "
              "(WITH RECURSIVE d(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM d WHERE k < 9) SELECT k FROM d)")


def add_decisions(c, n_cves, many, now):
    """Tags; exceptions for everybody, of small groups, and (many) of the largest groups, to which every second host belongs."""
    rand = random.Random(5)

    def some():
        return cve_number(cve(rand.randrange(n_cves)))

    c.executemany("INSERT OR IGNORE INTO cve_tag VALUES (?, ?, 'measured', '', ?, 'bench', ?)", [(some(), rand.choice(CVE_TAGS), i % 6 > 0, now) for i in range(60)])
    rows = [(0, "sudo", "", "", ""), (some(), "", "debian:12", "", ""), (some(), "curl", "", "", "")] + [(some(), "", "", "site", f"site-{i}") for i in range(150, 155)]
    if many:
        groups = [("site", f"site-{i:03d}") for i in range(8)] + [("domain", f"d{i:03d}.example.t{i % TLDS:02d}") for i in range(8)] + [("tag", f"tag-{i:02d}") for i in range(4)]
        rows += [(some(), "", "", group, value) for group, value in groups]
    c.executemany("INSERT INTO cve_exception (cve, package, version, arch, platform, group_kind, group_value, reason, approver, created_at, expires_at) "
                  "VALUES (?, ?, '', '', ?, ?, ?, 'measured', 'bench', ?, 0)", [(*row, now) for row in rows])


def make(bench, n_sets, many, start_server):
    """out  the database, what unchanged reports are made of"""
    db = vulnerabilities.new_database(bench, "web.db")
    n_cves = add_feeds(bench, db)
    server = start_server(db)
    try:
        per, again = report(bench, server, n_sets)
    finally:
        server.end()
    now = int(time.time())
    with sqlite3.connect(db) as c:
        add_hosts(c, per, now)
        add_trends(c, now)
        add_decisions(c, n_cves, many, now)
    c.close()
    return db, again


def touch(bench):
    """A feed changes: a hundred packages have one more CVE."""
    write_osv(Path(bench.work) / "web-feeds/debian-osv", PLATFORMS[0][0], PLATFORMS[0][4], vulnerabilities.TOUCHED)
