#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The measuring behind bench/run. What is measured, and why so, is in bench/README.md."""
import argparse
import gzip
import hashlib
import json
import lzma
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

N_PACKAGES = 1500
CONNECTIONS = 32
UNCHANGED_HOSTS = 512
GROUPS = (1, 32, 256)
TICKS = os.sysconf("SC_CLK_TCK")
sys.path.insert(0, str(Path(__file__).parent))
import vulnerabilities  # noqa: E402 (beside this file)
import web  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "repodata"


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def clean_env():
    return {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}


# ---- what is reported, and a repository to judge it by ----


def package_names():
    return [f"lib-bench-{i:04d}-part" for i in range(N_PACKAGES)]


def version(i):
    return f"{1 + i % 9}.{i % 31}.{i % 7}-{1 + i % 5}+deb12u{i % 4}"


def versions_with_markers():
    """Version of each package as the report's template says it: of three packages it depends on the set's number."""
    told = [version(i) for i in range(N_PACKAGES)]
    told[100] = "1.0.@UUUUUU@-1"
    told[700] = "2.0.@SSSSSS@-1"
    told[1300] = "3.0.@SSSSSS@-2"
    return told


def write_templates(folder):
    rows = list(zip(package_names(), versions_with_markers()))
    text = ["#", "host: host-@HHHHHH@.bench.invalid", "system: Debian GNU/Linux 12", "arch: x86_64", "kernel: 6.1.0-18-amd64", "packager: dpkg",
            "site: bench", "#"] + [f"{name}\t{v}\tamd64" for name, v in rows] + ["#", ""]
    (folder / "report.txt").write_text("\n".join(text))
    report = {"protocol": 6, "client": "bench", "packager": "dpkg",
              "host": {"name": "host-@HHHHHH@.bench.invalid", "os": "Debian GNU/Linux 12", "arch": "x86_64", "kernel": "6.1.0-18-amd64",
                       "site": "bench", "machine_id": "000000000000000000000000@HHHHHH@", "boot_time": 1700000000,
                       "os_release": {"ID": "debian", "VERSION_ID": "12", "PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)"}},
              "packages": [{"name": name, "version": v, "arch": "amd64", "source": name[:-5], "vendor": "Bench", "origin": "main",
                            "installed_at": 1690000000 + 60 * i} for i, (name, v) in enumerate(rows)]}
    (folder / "report.json").write_text(json.dumps(report, separators=(",", ":")))


def write_release(folder, files):
    sums = "".join(f" {hashlib.sha256(data).hexdigest()} {len(data)} {name}\n" for name, data in files.items())
    (folder / "Release").write_text(f"Suite: bench\nCodename: bench\nDate: Thu, 01 Jan 2026 00:00:00 UTC\nSHA256:\n{sums}")


def write_repository(folder):
    """A flat APT repository with a version of every package; of each tenth a newer one."""
    folder.mkdir()
    lines = []
    for i, name in enumerate(package_names()):
        newer = "9:1.0-1" if i % 10 == 0 else version(i)
        lines.append(f"Package: {name}\nVersion: {newer}\nArchitecture: amd64\n\n")
    data = "".join(lines).encode()
    (folder / "Packages").write_bytes(data)
    write_release(folder, {"Packages": data})


# ---- servers ----


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for_port(port, process):
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"bench: a server has ended at once: {process.args}")
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("bench: a server does not listen")


class Server:
    """A process with its children, and what they use."""

    def __init__(self, args, port, log):
        self.port = port
        self.log = open(log, "wb")
        self.process = subprocess.Popen(args, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL, env=clean_env())
        wait_for_port(port, self.process)

    def pids(self):
        found = [self.process.pid]
        for pid in found:
            try:
                found += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
            except OSError:
                pass
        return found

    def cpu_s(self):
        total = 0
        for pid in self.pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def peak_mb(self):
        return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())[1]) / 1024

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def nginx(folder):
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not program:
        return None
    folder.mkdir(exist_ok=True)
    port = free_port()
    conf = folder / "nginx.conf"
    conf.write_text(f"""
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
worker_processes auto;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_max_body_size 16m;
  client_body_buffer_size 1m;
  client_body_in_file_only off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000000;
  upstream answer {{ server unix:{folder}/answer.sock; keepalive 64; }}
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location = /feed/ {{
      # the whole body is read into memory; the next server hears of the request without it
      proxy_pass http://answer;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Content-Length "";
      proxy_pass_request_body off;
      proxy_method GET;
    }}
  }}
  server {{ listen unix:{folder}/answer.sock; location / {{ return 200 "OK\\n"; }} }}
}}
""")
    return Server([program, "-p", str(folder), "-c", str(conf)], port, folder / "log")


class Bench:
    def __init__(self, options):
        self.program, self.load_program = str(options.program.resolve()), str(options.load.resolve())
        self.work, self.seconds = options.work.resolve(), options.seconds
        self.rows = []

    def pakiti(self, db, *args, **kw):
        return subprocess.run([self.program, "--config", "/dev/null", "--db", str(db), *map(str, args)], env=clean_env(), check=True,
                              stdout=subprocess.DEVNULL, **kw)

    def load_args(self, server, protocol, *, count=0, first=0, hosts=0, sets=0, seconds=None, template=None, connections=CONNECTIONS):
        usual, coding, content_type = {5: ("report.txt", "plain", "application/x-www-form-urlencoded"),
                                          6: ("report.json", "gzip", "application/json")}[protocol]
        return list(map(str, [self.load_program, server.port, seconds or self.seconds, count, connections, first, hosts, sets, coding,
                              template or self.work / usual, content_type]))

    def load(self, server, protocol, **numbers):
        before = server.cpu_s()
        done = subprocess.run(self.load_args(server, protocol, **numbers), stdout=subprocess.PIPE, env=clean_env(), check=False)
        result = json.loads(done.stdout)
        if result["bad"]:
            say(f"{result['bad']} of the requests failed: {result['why_bad']}")
        result["rate"] = result["good"] / result["seconds"]
        result["cpu_us"] = (server.cpu_s() - before) * 1e6 / max(result["good"], 1)
        return result

    # ---- reports ----

    def measure_nginx(self, protocol):
        server = nginx(self.work / "nginx")
        if not server:
            say("there is no nginx: no ratios")
            return None
        try:
            self.load(server, protocol, count=500)
            return self.load(server, protocol)
        finally:
            server.end()

    def measure_server(self, protocol, beside):
        folder = self.work / f"pakiti-{protocol}"
        folder.mkdir()
        db, port = folder / "pakiti.db", free_port()
        self.pakiti(db, "db", "init")
        self.pakiti(db, "feed", "add", "bench", "--type", "apt", "--url", f"file://{self.work}/repository", "--suite", "./", "--platform",
                    "debian:12", "--unsigned")
        self.pakiti(db, "sync")
        server = Server([self.program, "--config", "/dev/null", "--db", str(db), "server", "--listen", f"127.0.0.1:{port}"], port, folder / "log")
        try:
            self.load(server, protocol, count=200, first=90000000)
            kinds = [("new set", {"first": 0}), ("known set", {"first": 10000000, "sets": 1}),
                     ("unchanged", {"first": 20000000, "hosts": UNCHANGED_HOSTS, "sets": 1})]
            for kind, numbers in kinds:
                say(f"protocol {protocol}, {kind}")
                if kind == "unchanged":
                    self.load(server, protocol, count=UNCHANGED_HOSTS, **numbers)
                result = self.load(server, protocol, **numbers)
                self.add_report_row(f"pakiti, {kind}", protocol, result, beside)
            size_mb = sum(f.stat().st_size for f in folder.glob("pakiti.db*")) / 1e6
            peak_mb = server.peak_mb()
        finally:
            server.end()
        hosts = sqlite3.connect(db).execute("SELECT COUNT(*) FROM host").fetchone()[0]
        self.rows.append(("", f"{hosts} hosts afterwards: database {size_mb:.0f} MB, memory at most {peak_mb:.0f} MiB"))

    def add_report_row(self, what, protocol, result, beside):
        ratio = f"{result['rate'] / beside['rate']:.2f}" if beside else "-"
        form = {5: "5, text", 6: "6, JSON gzip"}[protocol]
        self.rows.append((what, form, f"{result['body_bytes'] / 1000:.0f}", f"{result['rate']:.0f}", ratio, f"{result['cpu_us']:.0f}",
                          f"{result['p50_us'] / 1000:.1f}", f"{result['p99_us'] / 1000:.1f}"))

    def reports(self):
        write_templates(self.work)
        write_repository(self.work / "repository")
        self.rows = [("reports, each of 1500 packages", "protocol", "KB", "per s", "of nginx", "CPU µs each", "p50 ms", "p99 ms")]
        for protocol in (5, 6):
            say(f"protocol {protocol}, nginx")
            beside = self.measure_nginx(protocol)
            if beside:
                self.add_report_row("nginx, body read, 200", protocol, beside, beside)
            self.measure_server(protocol, beside)
        return self.rows

    # ---- imports ----

    def timed(self, args):
        """Seconds, and peak memory in MiB. A small process between us and the program: a child begins with its parent's peak."""
        watch = ("import resource, subprocess, sys, time; began = time.monotonic(); "
                 "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE); took = time.monotonic() - began; "
                 "sys.stderr.buffer.write(done.stderr) if done.returncode else None; "
                 "print(took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(done.returncode)")
        done = subprocess.run([sys.executable, "-c", watch, *map(str, args)], stdout=subprocess.PIPE, env=clean_env(), check=True)
        took, peak_kib = done.stdout.split()
        return float(took), int(peak_kib) / 1024

    def one_import(self, what, index, opened_bytes, feed_args, unpack):
        say(f"import of {what}")
        db = self.work / "import.db"
        for old in self.work.glob("import.db*"):
            old.unlink()
        self.pakiti(db, "db", "init")
        self.pakiti(db, "feed", "add", "bench", *feed_args, "--unsigned", "--ignore-valid-until")
        sync = [self.program, "--config", "/dev/null", "--db", str(db), "sync"]
        plain_s = min(self.timed([*unpack, str(index)])[0] for _ in range(3))
        first_s, peak = self.timed(sync)
        again_s, _ = self.timed(sync)
        forced_s, _ = self.timed([*sync, "--force"])
        offers = sqlite3.connect(db).execute("SELECT COUNT(*) FROM offer").fetchone()[0]
        mb = opened_bytes / 1e6
        self.rows.append((what, f"{mb:.1f}", str(offers), f"{first_s:.2f}", f"{mb / first_s:.0f}", f"{plain_s / first_s:.2f}", f"{forced_s:.2f}",
                          f"{again_s * 1000:.0f}", f"{peak:.0f}"))

    def apt_import(self, what, index):
        folder = self.work / "apt"
        place = folder / "dists/bookworm/main/binary-amd64"
        place.mkdir(parents=True)
        data = index.read_bytes()
        (place / "Packages.xz").write_bytes(data)
        sum_ = hashlib.sha256(data).hexdigest()
        (folder / "dists/bookworm/Release").write_text(
            f"Suite: bookworm\nCodename: bookworm\nArchitectures: amd64\nComponents: main\nSHA256:\n {sum_} {len(data)} main/binary-amd64/Packages.xz\n")
        self.one_import(what, index, len(lzma.decompress(data)),
                        ["--type", "apt", "--url", f"file://{folder}", "--suite", "bookworm", "--arch", "amd64", "--platform", "debian:12"], ["xz", "-dc"])

    def rpmmd_import(self, what, index):
        folder = self.work / what.split()[0]
        (folder / "repodata").mkdir(parents=True)
        data = index.read_bytes()
        opened = len(gzip.decompress(data))
        (folder / "repodata/primary.xml.gz").write_bytes(data)
        (folder / "repodata/repomd.xml").write_text(
            '<repomd xmlns="http://linux.duke.edu/metadata/repo"><data type="primary">'
            f'<checksum type="sha256">{hashlib.sha256(data).hexdigest()}</checksum><location href="repodata/primary.xml.gz"/>'
            f"<size>{len(data)}</size><open-size>{opened}</open-size></data></repomd>")
        self.one_import(what, index, opened, ["--type", "rpmmd", "--url", f"file://{folder}", "--platform", "rhel:6"], ["gzip", "-dc"])

    def imports(self):
        self.rows = [("import of an index", "MB open", "versions", "s", "MB/s", "of unpacking alone", "again, forced s", "again ms", "peak MiB")]
        apt = DATA / "debian/bookworm/main/binary-amd64/Packages.xz"
        found = [(self.apt_import, "bookworm main, apt", apt)] if apt.is_file() else []
        for name, folder in (("pulp-el6 primary, rpmmd", "pulp-el6"), ("opensuse-11.0 primary, rpmmd", "opensuse-11.0-update")):
            found += [(self.rpmmd_import, name, index) for index in sorted((DATA / folder / "repodata").glob("*primary.xml.gz"))]
        for measure, what, index in found:
            measure(what, index)
        if not found:
            self.rows.append(("", "no indexes in ../shared/data: left out"))
        return self.rows

    # ---- vulnerabilities ----

    def definitions(self):
        say("vulnerability definitions")
        return vulnerabilities.definitions(self)

    def start_server(self, db):
        port = free_port()
        return Server([self.program, "--config", "/dev/null", "--db", str(db), "server", "--listen", f"127.0.0.1:{port}"], port, self.work / "fleet.log")

    def recalculation(self):
        say("judging again")
        write_templates(self.work)
        return vulnerabilities.recalculation(self, self.start_server)

    # ---- pages and API ----

    def web(self):
        say("pages and API")
        write_templates(self.work)
        return web.web(self, self.start_server, say)

    # ---- the database alone ----

    def database(self):
        """What the rows of a report with a new set cost in a bare SQLite, by reports in one transaction."""
        self.rows = [("SQLite alone, rows of a new set", "group", "", "per s")]
        members = os.urandom(N_PACKAGES + 200)
        for group in GROUPS:
            say(f"SQLite alone, groups of {group}")
            path = self.work / f"alone-{group}.db"
            db = sqlite3.connect(path, isolation_level=None)
            db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8000;"
                             "CREATE TABLE s (id INTEGER PRIMARY KEY, digest BLOB UNIQUE, members BLOB);"
                             "CREATE TABLE p (id INTEGER PRIMARY KEY, s INTEGER, updates BLOB);"
                             "CREATE TABLE h (id INTEGER PRIMARY KEY, k TEXT UNIQUE, p INTEGER, f BLOB UNIQUE);"
                             "CREATE TABLE y (h INTEGER, at INTEGER, p INTEGER, PRIMARY KEY (h, at)) WITHOUT ROWID;")
            n, began = 0, time.monotonic()
            while time.monotonic() - began < min(self.seconds, 3):
                db.execute("BEGIN IMMEDIATE")
                for _ in range(group):
                    n += 1
                    db.execute("INSERT INTO s VALUES (?, ?, ?)", (n, os.urandom(32), members))
                    db.execute("INSERT INTO p VALUES (?, ?, ?)", (n, n, members[:200]))
                    db.execute("INSERT INTO h VALUES (?, ?, ?, ?)", (n, f"host-{n:08d}.bench.invalid", n, os.urandom(16)))
                    db.execute("INSERT INTO y VALUES (?, ?, ?)", (n, 1, n))
                db.execute("COMMIT")
            self.rows.append(("", str(group), "", f"{n / (time.monotonic() - began):.0f}"))
            db.close()
        return self.rows


def fsync_ms(folder):
    times = []
    with open(folder / "fsync", "wb") as f:
        for _ in range(50):
            f.write(b"x" * 4096)
            f.flush()
            began = time.monotonic()
            os.fsync(f.fileno())
            times.append(time.monotonic() - began)
    return sorted(times)[len(times) // 2] * 1000


def print_rows(rows):
    n = max(map(len, rows))
    widths = [max((len(r[i]) for r in rows if i < len(r) and len(r) > 2), default=0) for i in range(n)]
    for r in rows:
        if len(r) == 2 and not r[0]:
            print(f"  {r[1]}")
            continue
        cells = [r[i].ljust(widths[i]) if i == 0 or (i == 1 and "protocol" in rows[0]) else r[i].rjust(widths[i]) for i in range(len(r))]
        print("  ".join(cells).rstrip())
    print()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--program", type=Path, required=True)
    options.add_argument("--load", type=Path, required=True)
    options.add_argument("--work", type=Path, required=True, help="folder for databases; on a disk, if durability shall cost something")
    options.add_argument("--seconds", type=float, default=5, help="of each measurement of reports")
    options.add_argument("--only", choices=["reports", "imports", "definitions", "recalculation", "web", "database"])
    options = options.parse_args()
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    bench = Bench(options)
    try:
        sync_ms = fsync_ms(options.work)
        parts = {"reports": bench.reports, "imports": bench.imports, "definitions": bench.definitions, "recalculation": bench.recalculation, "web": bench.web,
                 "database": bench.database}
        tables = [measure() for name, measure in parts.items() if options.only in (None, name)]
    finally:
        shutil.rmtree(options.work, ignore_errors=True)
    print(f"\n{os.cpu_count()} processors, which servers and load share; {CONNECTIONS} connections; an fsync takes {sync_ms:.2f} ms here\n")
    for rows in tables:
        print_rows(rows)


main()
