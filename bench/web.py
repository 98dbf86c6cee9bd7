# SPDX-License-Identifier: Apache-2.0
"""Pages and API with 100,000 hosts: each answer alone and while reports come in, how soon a change is seen, memory, database."""
import http.client
import json
import sqlite3
import statistics
import subprocess
import threading
import time
from urllib.parse import quote

import web_data

FLEETS = [(1000, False), (5000, False), (5000, True)]  # distinct sets; exceptions of large groups
CALLS = 20
CALLS_S = 3  # what takes long is asked less often
BUDGET_MS = 50
REPORTS_PER_S = 50
STEADY_S = 20
HEAD = {"Host": "localhost"}


class Asker:
    """One connection that is kept alive."""

    def __init__(self, port):
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, path, method="GET", body=None, headers=None):
        """out  milliseconds until the last byte was here, status, body"""
        began = time.perf_counter()
        self.connection.request(method, path, body, {**HEAD, **({"Content-Type": "application/json"} if body else {}), **(headers or {})})
        reply = self.connection.getresponse()
        text = reply.read()
        return (time.perf_counter() - began) * 1000, reply.status, text

    def get(self, path):
        _, status, text = self.ask("/api/v1/" + path)
        if status != 200:
            raise SystemExit(f"bench: {path}: {status} {text[:300]}")
        return json.loads(text)


def questions(asker):
    """Every list and page of docs/openapi.yaml as the pages ask for it."""
    host = asker.get("hosts?platform=debian:12&sort=-cves&limit=300")["items"][-1]["key"]
    cves = [row["cve"] for row in asker.get("cves?sort=-hosts&limit=300")["items"]]
    most, some = cves[0], cves[-1]
    its = asker.get(f"hosts/{host}/cves?limit=1")["items"][0]["cve"]
    after = asker.get("hosts?sort=-security")["next"]
    older = quote("openssl < 99")
    site, domain = "site=site-003", "domain=" + host.split(".", 1)[1]
    own = [("page /", "/"), ("/assets/app.js", "/assets/app.js")]
    api = ["overview", f"overview?{site}", "hosts", "hosts?sort=-security", "hosts?sort=-cves", "hosts?sort=domain,-last_report", "hosts?limit=1000",
           f"hosts?sort=-security&cursor={after}", f"hosts?{site}", f"hosts?{domain}&sort=-cves", "hosts?q=node0421", "hosts?state=security,cves", "hosts?state=silent",
           "hosts?state=reboot&platform=debian:12", "hosts?activity=-2d", f"hosts?package={older}", f"hosts?cve={most}", f"hosts?cve={some}", "hosts?cve_tag=Critical",
           *(f"groups/{kind}" for kind in ("domain", "tld", "site", "tag", "platform")), "groups/domain?state=security&sort=-cves",
           "commands", f"commands?{site}", "commands?limit=1000", "packages", "packages?sort=-hosts", "packages?sort=-hosts_outdated", "packages?search=ssl", f"packages?expression={older}", f"packages?{site}",
           "packages/openssl/hosts", f"packages/openssl/hosts?version={quote('< 99')}", "outdated", f"outdated?{site}", "outdated?search=ssl",
           "cves", "cves?sort=-hosts", "cves?sort=-epss", f"cves?{site}", "cves?platform=sles:15.5", "cves?severity=critical,high&fixed=yes", "cves?exploited=yes",
           "cves?search=2015", f"cves/{most}", f"cves/{some}", "cves/CVE-2012-19000", f"cves/{most}/hosts", f"cves/{most}/hosts?sort=-last_report",
           f"cves/{some}/hosts", f"cves/{most}/statements", "advisories", f"advisories?{site}", "advisories?sort=-hosts",
           f"hosts/{host}", f"hosts/{host}/updates", f"hosts/{host}/packages", f"hosts/{host}/packages?search=ssl", f"hosts/{host}/cves", f"hosts/{host}/cves?limit=1000",
           f"hosts/{host}/cves/{its}", f"hosts/{host}/history", f"hosts/{host}/trend",
           "trend", f"trend?kind=site&value={site[5:]}", "cve-tags", "exceptions", "exceptions/1", "feeds", "settings", "about", "openapi.yaml"]
    pakiti3 = [f"/api/{name}" for name in ("hosts.php", "hosts.php?tag=Critical&activity=2d", f"cve.php?cve={some}&os=Debian%2012", "exportCvesTags.php", "exportCvesExceptions.php")]
    hidden = [(host, "HOST"), (after or "", "…"), (domain, "domain=…"), (most, "CVE"), (some, "CVE2"), (its, "CVE"), (older, "openssl<99"), (quote("< 99"), "<99")]

    def shown(path):
        for text, instead in hidden:
            path = path.replace(text, instead) if text else path
        return path

    return own + [(shown(path), "/api/v1/" + path) for path in api] + [(shown(path), path) for path in pakiti3]


def measure(asker, asked, say):
    """By question: kilobytes, all milliseconds."""
    found = {}
    for what, path in asked:
        times = []
        headers = {"Accept": "text/html", "Accept-Encoding": "gzip"} if not path.startswith("/api") else None
        while len(times) < 4 or (len(times) <= CALLS and sum(times) < CALLS_S * 1000):  # the first one does not count
            ms, status, text = asker.ask(path, headers=headers)
            times.append(ms)
        if status != 200:
            say(f"{path}: {status} {text[:200]}")
        found[what] = (len(text) / 1000, times[1:])
    return found


class Reports:
    """Unchanged reports that keep coming in."""

    def __init__(self, bench, server, again):
        bench.load(server, 5, count=again["hosts"], seconds=60, **again)  # as the hosts reported last
        args = bench.load_args(server, 5, seconds=3600, connections=1, **again)
        self.process = subprocess.Popen([*args, str(REPORTS_PER_S)], stdout=subprocess.PIPE)

    def end(self):
        self.process.terminate()
        result = json.loads(self.process.communicate()[0])
        return f"{result['good'] / result['seconds']:.0f} reports a second came in, {result['bad']} failed, p50 {result['p50_us'] / 1000:.1f} ms, p99 {result['p99_us'] / 1000:.0f} ms"


def ms_of(times):
    return f"{statistics.median(times):.1f}", f"{max(times):.1f}", f"{max(times) / BUDGET_MS:.2f}"


def first_answer(bench, db, start_server):
    began = time.perf_counter()
    server = start_server(db)
    asker = Asker(server.port)
    asker.get("hosts?limit=1")
    return server, asker, time.perf_counter() - began


def edits(asker):
    """Milliseconds of edits, and of the questions that follow them."""
    rows = []
    tag = {"cve": web_data.cve(17), "tag": "Critical", "reason": "measured"}
    away = {"cve": web_data.cve(18), "group": "site", "value": "site-020", "reason": "measured", "approver": "bench"}
    for what, method, path, body in (("PUT cve-tags", "PUT", "cve-tags", tag), ("POST exceptions", "POST", "exceptions", away)):
        put, after = [], []
        for i in range(CALLS // 2):
            ms, status, text = asker.ask("/api/v1/" + path, method, json.dumps({**body, "reason": f"measured {i}"}))
            if status >= 300:
                raise SystemExit(f"bench: {path}: {status} {text[:300]}")
            put.append(ms)
            after.append(asker.ask("/api/v1/hosts?limit=1")[0])
        rows += [(what, put), (f"GET hosts?limit=1 after {what}", after)]
    return rows


def steady(asker, seconds):
    """Small questions while reports come in: all milliseconds, and how old what they show is at the end."""
    times, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        times.append(asker.ask("/api/v1/hosts?limit=1")[0])
        time.sleep(0.02)
    about = asker.get("about")
    shown = time.mktime(time.strptime(about["as_of"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    return times, time.time() - shown


def feed_changes(bench, db, asker):
    """Seconds of the sync, seconds until its change is seen, and the longest answer meanwhile."""
    web_data.touch(bench)
    name = "CVE-2026-10001"
    done = {}

    def sync():
        began = time.perf_counter()
        bench.pakiti(db, "sync", "debian-osv")
        done["s"], done["at"] = time.perf_counter() - began, time.perf_counter()

    thread = threading.Thread(target=sync)
    worst, quiet, seen = 0.0, [], None
    thread.start()
    while thread.is_alive():
        worst = max(worst, asker.ask("/api/v1/hosts?limit=1")[0])
        time.sleep(0.05)
    while seen is None and time.perf_counter() - done["at"] < 120:  # as a person who looks now and then: what is made ahead is made when nobody asks
        ms, _, text = asker.ask(f"/api/v1/cves?search={name.lower()}")
        worst = max(worst, ms)
        quiet.append(ms)
        if json.loads(text)["total"]:
            seen = time.perf_counter() - done["at"]
        else:
            time.sleep(3)
    return done["s"], seen, worst


def download(asker, path):
    ms, status, text = asker.ask("/api/v1/" + path)
    return ms / 1000, len(text) / 1e6 if status == 200 else 0


def told_by_protocol_6(bench, db, server):
    """Bytes that a host takes beside what all have, as pakiti-client tells it."""
    bench.load(server, 6, count=100, first=70000000, sets=1, seconds=60)
    return sqlite3.connect(db).execute("SELECT AVG(length(facts) + length(package_facts)) FROM host_facts").fetchone()[0]


def one_fleet(bench, n_sets, many, start_server, say, rows):
    say(f"pages and API: a fleet of {web_data.N_HOSTS} hosts, {n_sets} sets" + (", exceptions of large groups" if many else ""))
    db, again = web_data.make(bench, n_sets, many, start_server)
    server, asker, first_s = first_answer(bench, db, start_server)
    try:
        about = asker.get("about")
        n = {what: asker.get(what + "?limit=1")["total"] for what in ("cves", "packages", "outdated", "advisories", "exceptions", "cve-tags")}
        all_cves = asker.get("overview")["cves"]
        rows.append(("", f"{about['hosts']} hosts, {about['profiles']} profiles, {about['packages']} builds, {about['definitions']} definitions; of hosts: {n['packages']} builds, "
                         f"{n['outdated']} outdated, {n['cves']} CVEs ({all_cves / about['hosts']:.0f} of a host), {n['advisories']} advisories; {n['exceptions']} exceptions" + (", twenty of large groups" if many else "")))
        asked = questions(asker)
        say("alone")
        alone = measure(asker, asked, say)
        alone_mb = server.peak_mb()
        say("while reports come in")
        reports = Reports(bench, server, again)
        busy = measure(asker, asked, say)
        times, age = steady(asker, STEADY_S)
        came = reports.end()
        for what, _ in asked:
            rows.append((what, f"{alone[what][0]:.1f}", *ms_of(alone[what][1]), *ms_of(busy[what][1])))
        rows.append((f"hosts?limit=1 for {STEADY_S} s", "", "", "", "", *ms_of(times)))
        rows.append(("", f"{came}; at the end what is shown was {age:.0f} s old"))
        say("edits, a feed changes, downloads")
        for what, found in edits(asker):
            rows.append((what, "", *ms_of(found)))
        sync_s, seen_s, worst = feed_changes(bench, db, asker)
        seen = f"{seen_s:.1f} s later" if seen_s is not None else "not within two minutes"
        rows.append(("", f"a feed changes 100 packages: sync {sync_s:.1f} s, seen {seen}; longest answer meanwhile {worst:.0f} ms"))
        for path in ("hosts?download=csv", "commands?download=csv", "cves?download=csv", "packages?download=csv"):
            s, mb = download(asker, path)
            rows.append(("", f"{path}: {mb:.1f} MB in {s:.2f} s"))
        size = sum(f.stat().st_size for f in bench.work.glob("web.db*")) / 1e6
        told = told_by_protocol_6(bench, db, server)
        rows.append(("", f"server start to first answer {first_s:.2f} s; memory at most {alone_mb:.0f} MiB with the lists alone, {server.peak_mb():.0f} MiB after all; "
                         f"database {size:.0f} MB, and {told * web_data.N_HOSTS / 1e6:.0f} MB more if all hosts reported by protocol 6"))
    finally:
        server.end()


def web(bench, start_server, say):
    rows = [(f"pages and API, budget {BUDGET_MS} ms", "KB", "median ms", "worst ms", "of budget", f"with {REPORTS_PER_S} reports/s", "worst ms", "of budget")]
    for n_sets, many in FLEETS:
        one_fleet(bench, n_sets, many, start_server, say, rows)
    return rows
