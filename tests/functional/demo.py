# SPDX-License-Identifier: Apache-2.0
"""A fleet to look at: hosts of several sites with repositories and vulnerability data of our own, so that every page has
something to show; and, where ../shared/data is, real hosts and feeds beside them.

    demo.py FOLDER      makes FOLDER/pakiti.db with the program that PAKITI names
"""
import hashlib
import json
import sqlite3
import sys
import time

import kit

HOSTS = 48
OLD_HOST = "relic.example.org"
SITES = ["CERN", "Brno", "Lyon", ""]
TAGS = ["web", "batch", "storage"]
DOMAINS = ["cern.example", "brno.example.cz", "lyon.example.fr"]
# name, versions that hosts have (oldest first), what the repository has, is it a security update
PACKAGES = [("openssl", ["3.0.11-1", "3.0.14-1", "3.0.15-1"], "3.0.15-1", True), ("bash", ["5.2-1", "5.2-2"], "5.2-2", False),
            ("curl", ["7.88.1-10", "7.88.1-10+deb12u5"], "7.88.1-10+deb12u5", True), ("nginx", ["1.22.1-9"], "1.22.1-9", False),
            ("sudo", ["1.9.13p3-1", "1.9.13p3-1+deb12u1"], "1.9.13p3-1+deb12u1", True), ("zlib1g", ["1:1.2.13.dfsg-1"], "1:1.2.13.dfsg-1", False),
            ("python3.11", ["3.11.2-6"], "3.11.2-6", False), ("libxml2", ["2.9.14+dfsg-1.3~deb12u1"], "2.9.14+dfsg-1.3~deb12u1", False)]
KERNELS = ["6.1.0-18-amd64", "6.1.0-26-amd64"]
# CVE, package, fixed version, CVSS vector and score, exploited since, EPSS
CVES = [("CVE-2024-10001", "openssl", "3.0.14-1", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, "2024-06-01", 0.91),
        ("CVE-2024-10002", "openssl", "3.0.15-1", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5, None, 0.12),
        ("CVE-2024-10003", "curl", "7.88.1-10+deb12u5", "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:N", 4.8, None, 0.004),
        ("CVE-2023-10004", "sudo", "1.9.13p3-1+deb12u1", "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8, "2023-02-03", 0.45),
        ("CVE-2025-10005", "libxml2", None, "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:N/I:N/A:H", 6.5, None, 0.002)]
# What a hostile host or vendor would like a browser to run.
SCRIPT = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"

SHARED_FEEDS = [("debian-dsa", "debian-list", "debian-tracker/security-tracker-2023/DSA.list.zst", "debian"),
                ("ubuntu-18", "oval", "oval/ubuntu/com.ubuntu.bionic.cve.oval.xml.bz2", "ubuntu:18.04"),
                ("rhel-7", "oval", "oval/redhat/rhel-7-including-unpatched.oval.xml.bz2", "rhel:7"),
                ("almalinux", "osv", "osv/almalinux/almalinux-osv.tar.zst", ""),
                ("kev", "kev", "kev/cisa-older/known_exploited_vulnerabilities.json.zst", ""),
                ("epss", "epss", "epss/emba", "")]


def write_repository(folder, content=None):
    """A flat APT repository without a signature. content: {name: version}"""
    folder.mkdir(parents=True)
    content = content or {name: version for name, _, version, _ in PACKAGES}
    entries = [f"Package: {name}\nArchitecture: amd64\nVersion: {version}\nFilename: ./{name}.deb\nSize: 1\nSHA256: {'0' * 64}\n"
               for name, version in content.items()]
    packages = "\n".join(entries).encode()
    (folder / "Packages").write_bytes(packages)
    (folder / "Release").write_text(f"Origin: Demo\nSuite: demo\nDate: Thu, 01 Jan 2026 00:00:00 UTC\nSHA256:\n "
                                    f"{hashlib.sha256(packages).hexdigest()} {len(packages)} Packages\n")


def write_advisories(folder):
    folder.mkdir(parents=True)
    for i, (cve, package, fixed, vector, _, _, _) in enumerate(CVES):
        events = [{"introduced": "0"}] + ([{"fixed": fixed}] if fixed else [])
        document = {"schema_version": "1.6.0", "id": f"DEMO-{i + 1}", "modified": "2026-01-01T00:00:00Z", "published": "2025-12-01T00:00:00Z",
                    "aliases": [cve], "summary": f"{package}: something bad {SCRIPT if i == 4 else ''}",
                    "severity": [{"type": "CVSS_V3", "score": vector}],
                    "affected": [{"package": {"ecosystem": "Debian:12", "name": package}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]}
        (folder / f"DEMO-{i + 1}.json").write_text(json.dumps(document))


def write_facts(folder):
    folder.mkdir(parents=True)
    (folder / "kev.json").write_text(json.dumps({"title": "demo", "catalogVersion": "1", "dateReleased": "2026-01-01T00:00:00Z", "count": 2,
                                                 "vulnerabilities": [{"cveID": cve, "vendorProject": "demo", "product": package, "vulnerabilityName": cve,
                                                                      "dateAdded": since, "shortDescription": "", "requiredAction": "", "dueDate": since,
                                                                      "knownRansomwareCampaignUse": "Known"}
                                                                     for cve, package, _, _, _, since, _ in CVES if since]}))
    lines = ["#model_version:v2025.03.14,score_date:2026-01-01T00:00:00+0000", "cve,epss,percentile"]
    (folder / "epss.csv").write_text("\n".join(lines + [f"{cve},{epss:.5f},{min(epss + 0.05, 1):.5f}" for cve, _, _, _, _, _, epss in CVES]) + "\n")
    for cve, package, _, vector, score, _, _ in CVES:
        (folder / "cve5" / f"{cve}.json").parent.mkdir(exist_ok=True)
        (folder / "cve5" / f"{cve}.json").write_text(json.dumps(
            {"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": {"cveId": cve, "state": "PUBLISHED"},
             "containers": {"cna": {"title": f"Flaw in {package}", "metrics": [{"cvssV3_1": {"version": "3.1", "vectorString": vector, "baseScore": score,
                                                                                              "baseSeverity": "HIGH"}}]}}}))


def write_releases(folder):
    """Which release is supported until when."""
    folder.mkdir(parents=True, exist_ok=True)
    releases = [{"name": name, "releaseDate": "2017-06-17", "isEol": name == "9", "eolFrom": end} for name, end in (("12", "2099-06-10"), ("9", "2020-07-18"))]
    (folder / "eol.json").write_text(json.dumps({"schema_version": "1.2.0", "result": [{"name": "debian", "releases": releases}]}))


def write_shrinking(folder, n):
    """A vendor of n advisories about what nobody has."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for i in range(n):
        (folder / f"GONE-{i}.json").write_text(json.dumps(
            {"schema_version": "1.6.0", "id": f"GONE-{i}", "modified": "2026-01-01T00:00:00Z", "aliases": [f"CVE-1999-{90000 + i}"], "summary": "nothing",
             "affected": [{"package": {"ecosystem": "Debian:12", "name": f"nothing-{i}"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}))


def old_report():
    """A host whose release is out of support, and of which nobody knows what is current."""
    return json.dumps({"protocol": 6, "packager": "dpkg", "packages": [{"name": "bash", "version": "4.4-5", "arch": "amd64"}],
                       "host": {"name": OLD_HOST, "os": "Debian GNU/Linux 9", "arch": "x86_64", "kernel": "4.9.0-8-amd64", "site": "Attic"}})


def report(i, step=0):
    """Host number i; a later step has newer packages."""
    packages = []
    for k, (name, versions, _, _) in enumerate(PACKAGES):
        if name == "nginx" and i % 3:
            continue
        at = min((i + k) % len(versions) + step, len(versions) - 1)
        packages.append({"name": name, "version": versions[at], "arch": "amd64", "source": name, "source_version": versions[at]})
    packages += [{"name": f"linux-image-{k}", "version": "6.1.76-1", "arch": "amd64", "source": "linux", "source_version": "6.1.76-1"}
                 for k in (KERNELS if i % 4 == 0 else KERNELS[:1])]
    if i == 7 and not step:
        packages.append({"name": "telnet", "version": "0.17-1", "arch": "all"})
    host = {"name": f"node{i:02d}.{DOMAINS[i % 3]}", "os": "Debian GNU/Linux 12", "arch": "x86_64", "kernel": KERNELS[0], "cpu": "Demo CPU",
            "site": SCRIPT if i == 13 else SITES[i % 4], "tag": TAGS[i % 3]}
    return json.dumps({"protocol": 6, "packager": "dpkg", "packages": packages, "host": {k: v for k, v in host.items() if v}})


def shared_report(host):
    about = json.loads((kit.DATA / "hosts" / host / "host.json").read_text())
    head = {"host": f"{host.replace('_', '-')}.real.example.org", "system": f"{about['os']} {about['release']}", "kernel": about["kernel"],
            "arch": about["arch"], "packager": about["packager"], "site": "Real"}
    return "#\n" + "".join(f"{k}: {v}\n" for k, v in head.items()) + "#\n" + (kit.DATA / "hosts" / host / "packages.tsv").read_text() + "#\n"


def age(pakiti):
    """Some hosts have fallen silent, and there is a past: reports of four days ago, numbers of two months."""
    now = int(time.time())
    today = now // 86400
    with sqlite3.connect(pakiti.db) as db:
        db.execute("UPDATE host SET last_report_at = ? WHERE name LIKE 'node4%'", (now - 5 * 86400,))
        db.execute("UPDATE host SET first_report_at = first_report_at - ?", (4 * 86400,))
        for day in range(today - 60, today):
            back = today - day
            row = (day, HOSTS - back // 10, 30 + back // 4, 20 + back // 5, 25 + back // 6, back // 10, 12, back // 20, 70 + back, 40 + back, 120 + 2 * back)
            db.execute("INSERT OR REPLACE INTO trend VALUES ('', '', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            db.execute("INSERT OR REPLACE INTO trend VALUES ('site', 'Brno', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", tuple([day] + [n // 4 for n in row[1:]]))


def fill(pakiti, shared=True):
    """Fill the database; returns the number of hosts."""
    folder = pakiti.folder / "demo"
    write_repository(folder / "apt")
    write_advisories(folder / "osv")
    write_facts(folder / "facts")
    write_releases(folder / "facts")
    write_shrinking(folder / "shrinking", 120)
    pakiti.run("feed", "add", "demo-security", "--type", "apt", "--url", f"file://{folder}/apt", "--suite", "./", "--platform", "debian:12", "--class",
               "security", "--unsigned")
    pakiti.run("feed", "add", "demo-osv", "--type", "osv", "--url", folder / "osv")
    pakiti.run("feed", "add", "demo-kev", "--type", "kev", "--url", folder / "facts" / "kev.json")
    pakiti.run("feed", "add", "demo-epss", "--type", "epss", "--url", folder / "facts" / "epss.csv")
    pakiti.run("feed", "add", "demo-cve5", "--type", "cve5", "--url", folder / "facts" / "cve5")
    pakiti.run("feed", "add", "demo-eol", "--type", "eol", "--url", folder / "facts" / "eol.json")
    pakiti.run("feed", "add", "demo-shrinking", "--type", "osv", "--url", folder / "shrinking")
    pakiti.run("feed", "add", "demo-broken", "--type", "osv", "--url", folder / "nowhere")
    real = []
    if shared and kit.DATA.is_dir():
        for name, kind, path, platform in SHARED_FEEDS:
            pakiti.run("feed", "add", name, "--type", kind, "--url", kit.DATA / path, *(["--platform", platform] if platform else []))
        real = [p.name for p in sorted((kit.DATA / "hosts").iterdir()) if p.is_dir()]
    kit.run_program(pakiti.command("sync"), code=None)  # one feed is meant to fail
    write_shrinking(folder / "shrinking", 10)
    pakiti.run("sync", "demo-shrinking", code=5)  # held back
    pakiti.run("submit", "-", stdin=old_report())
    for step in (0, 1):
        for i in range(HOSTS):
            if step == 0 or i in (7, 20, 21):
                pakiti.run("submit", "-", stdin=report(i, step))
        if step == 0:
            time.sleep(1.1)  # a history has a second's grain
    for host in real:
        kit.run_program(pakiti.command("submit", "-"), stdin=shared_report(host), code=None)
    age(pakiti)
    return HOSTS + 1 + len(real)


if __name__ == "__main__":
    print(fill(kit.Pakiti(sys.argv[1]).init(), "--own" not in sys.argv))
