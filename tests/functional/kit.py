# SPDX-License-Identifier: Apache-2.0
"""What the functional tests share: running the program, a server of it, HTTP with and without manners, report bodies.

The program is the one that the environment variable PAKITI names, else build/pakiti. Only loopback is used, and only
processes that were started here are ended, by their own id.
"""
import gzip
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("PAKITI", str(ROOT / "build" / "pakiti"))
CLIENT = ROOT / "client" / "pakiti-client"
DATA = ROOT.parent / "shared" / "data"

# Every wait ends; none is ever slept out when all is well. Builds with sanitizers are some ten times slower.
PATIENCE_S = 120

SANITIZER = re.compile(r"Sanitizer|runtime error:|pakiti: fatal:|LeakSanitizer|==\d+==ERROR")


def clean_env(**more):
    """The environment without what would lead loopback through a proxy or the program to somebody's configuration."""
    env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    return {**env, "no_proxy": "*", "LC_ALL": "C.UTF-8", **more}


def wait_for(condition, what):
    """The first true value of condition()."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")


# ---- the program ----


class Pakiti:
    """The program with a database and a configuration of its own in `folder`."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.db = self.folder / "pakiti.db"
        self.config = self.folder / "pakiti.conf"
        self.configure()

    def configure(self, **options):
        """Write the configuration anew. A list is joined with blanks."""
        lines = [f"{name} = {' '.join(value) if isinstance(value, list) else value}\n" for name, value in options.items()]
        self.config.write_text("".join(lines))

    def copy(self, folder):
        shutil.copytree(self.folder, folder)
        return Pakiti(folder)

    def command(self, *args):
        return [PROGRAM, "--config", str(self.config), "--db", str(self.db), *map(str, args)]

    def run(self, *args, stdin=None, code=0, env=None):
        """Run a command to its end; it must exit with `code` (None: any of the documented ones)."""
        return run_program(self.command(*args), stdin=stdin, code=code, env=env, cwd=self.folder)

    def tsv(self, *args, **kw):
        return [line.split("\t") for line in self.run("--format", "tsv", *args, **kw).stdout.splitlines()]

    def json(self, *args, **kw):
        return json.loads(self.run("--format", "json", *args, **kw).stdout)

    def init(self):
        self.run("db", "init")
        return self

    def add_feed(self, name, url, *more, type="apt", platform="debian:12", code=0):
        whose = ["--platform", platform] if platform else []
        return self.run("feed", "add", name, "--type", type, "--url", url, *whose, *more, code=code)

    def feed(self, name):
        """The row of a feed in `feed list`."""
        return next(row for row in self.json("feed", "list") if row["feed"] == name)

    def host(self, name):
        """The row of a host in `hosts`."""
        return next(row for row in self.json("hosts") if row["host"] == name)

    def check(self, verdict, report, *options, **kw):
        """Rows of `check` of one verdict ("update", "vulnerability"), without that word."""
        report = json.dumps(report) if isinstance(report, dict) else report
        rows = self.tsv("check", "-", *options, stdin=report, **kw)
        assert all(len(row) == {"update": 7, "vulnerability": 10}[row[0]] for row in rows)
        return [row[1:] for row in rows if row[0] == verdict]

    def outdated(self, report, **kw):
        """What `check` says is not current: {(package, arch): (installed, available, kind, repository)}."""
        rows = self.check("update", report, **kw)
        found = {(row[0], row[1]): tuple(row[2:]) for row in rows}
        assert len(found) == len(rows), "a package is listed twice"
        return found

    def vulnerable(self, report, **kw):
        """What `check` says is vulnerable: {(package, CVE): (state, fixed, feed)}."""
        rows = self.check("vulnerability", report, **kw)
        found = {(row[0], row[3]): (row[6], row[7], row[8]) for row in rows}
        assert len(found) == len(rows), "a CVE is listed twice for a package"
        return found

    def explain(self, host, cve, **kw):
        """What `explain` says, a row for each rule."""
        return self.json("explain", host, cve, **kw)

    def rows(self, sql, *values):
        """Rows of the database, read aside."""
        connection = sqlite3.connect(f"file:{urllib.parse.quote(str(self.db))}?mode=ro", uri=True, timeout=PATIENCE_S)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def count(self, table):
        return self.rows(f"SELECT COUNT(*) FROM {table}")[0][0]


def run_program(command, stdin=None, code=0, env=None, cwd=None):
    if isinstance(stdin, str):
        stdin = stdin.encode()
    done = subprocess.run(command, input=b"" if stdin is None else stdin, capture_output=True, timeout=PATIENCE_S, cwd=cwd,
                          env=clean_env(**(env or {})))
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    assert not SANITIZER.search(done.stderr), done.stderr
    allowed = (0, 1, 2, 3, 4, 5) if code is None else (code,)
    assert done.returncode in allowed, f"exit code {done.returncode}, not {code}: {done.stderr}{done.stdout[-2000:]}"
    return done


# ---- a server ----


@dataclass
class Reply:
    status: int
    headers: dict
    body: bytes

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    """`pakiti server` over a database; its standard error is its log. Options of Popen may be added."""

    def __init__(self, pakiti, **options):
        self.pakiti, self.options = pakiti, options
        self.process = None
        self.starts = 0
        self.told_before, self.results_before = 0, {}

    def start(self):
        self.starts += 1
        self.told_before, self.results_before = 0, {}
        self.log_path = self.pakiti.folder / f"server{self.starts}.log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(self.pakiti.command("server", "--listen", "127.0.0.1:0"), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, cwd=self.pakiti.folder, env=clean_env(), **self.options)
        address = wait_for(self._address, "the server's address")
        self.port = int(address)
        return self

    def _address(self):
        assert self.process.poll() is None, f"the server ended at once: {self.log()}"
        found = re.search(r"^started address=http://127\.0\.0\.1:(\d+)/ ", self.log(), re.M)
        return found and found.group(1)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def mark(self):
        """complaints() and results() count from now on."""
        self.told_before, self.results_before = 0, {}
        self.told_before, self.results_before = len(self.complaints()), self.results()

    def complaints(self):
        """Lines of the log other than those that a good day has."""
        lines = [line for line in self.log().splitlines() if not re.match(r"(started|stopping|stopped|report) ", line + " ")]
        return lines[self.told_before:]

    def stop(self):
        """End it with SIGTERM. It must end well, and no sanitizer may have found anything."""
        if not self.process:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self.process = None
        lines = self.log().splitlines()
        found = [i for i, line in enumerate(lines) if SANITIZER.search(line)]
        assert not found, "\n".join(lines[max(found[0] - 5, 0):found[0] + 80])
        assert code == 0, f"exit code {code}, the last it said: " + "\n".join(lines[-20:])
        assert lines[-1] == "stopped"

    def kill(self):
        """End it with SIGKILL, as a crash would."""
        if self.process:
            self.process.kill()
            self.process.wait(timeout=PATIENCE_S)
            self.process = None

    # requests

    def request(self, method, target, body=None, **headers):
        return request(self.port, method, target, body, headers)

    def get(self, target):
        return self.request("GET", target)

    def post(self, body, query="", path="/feed/", **headers):
        if isinstance(body, str):
            body = body.encode()
        return self.request("POST", path + ("?" + query if query else ""), body, **headers)

    def post_form(self, fields, query="", **headers):
        return self.post(urllib.parse.urlencode(fields), query, Content_Type="application/x-www-form-urlencoded", **headers)

    def post_json(self, document, query="", **headers):
        return self.post(json.dumps(document), query, Content_Type="application/vnd.pakiti.report+json", **headers)

    def metrics(self):
        reply = self.get("/metrics")
        assert reply.status == 200
        return {name: int(value) for name, value in (line.rsplit(" ", 1) for line in reply.text.splitlines() if line[0] != "#")}

    def results(self):
        """What became of reports so far, without the zeros."""
        found = {re.search(r'"(.*)"', name).group(1): n for name, n in self.metrics().items() if name.startswith("pakiti_reports_total")}
        counted = {result: n - self.results_before.get(result, 0) for result, n in found.items()}
        return {result: n for result, n in counted.items() if n}

    def is_healthy(self):
        reply = self.get("/healthz")
        return (reply.status, reply.body) == (200, b"ok\n")

    def raw(self, data, half_close=False):
        """Send bytes as they are and return all that comes back until the other side closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as s:
            try:
                s.sendall(data)
                if half_close:
                    s.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it closed before it had read all: what it said is still to be read
            return read_to_end(s)


def read_to_end(s):
    received = b""
    try:
        while block := s.recv(65536):
            received += block
    except ConnectionResetError:
        pass
    return received


def status_of(received):
    """Status of the first reply in raw bytes; None when there is none: the connection was closed."""
    found = re.match(rb"HTTP/1\.1 (\d+) ", received)
    return int(found.group(1)) if found else None


def request(port, method, target, body=None, headers=None):
    """One request. The body may be an iterable of pieces: it is sent chunked then. A server that answers before it has
    read all, and closes, is listened to."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    headers = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        chunked = body is not None and not isinstance(body, (bytes, bytearray))
        if chunked:
            connection.putheader("Transfer-Encoding", "chunked")
        elif body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        try:
            if chunked:
                for piece in body:
                    connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))
                connection.send(b"0\r\n\r\n")
            elif body:
                connection.send(body)
        except (BrokenPipeError, ConnectionResetError):
            pass
        reply = connection.getresponse()
        return Reply(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
    finally:
        connection.close()


# ---- report bodies ----

# name, version, architecture
PACKAGES = [("bash", "5.2.15-2+b2", "amd64"), ("curl", "7.88.1-10", "amd64"), ("tzdata", "2023c-5", "all")]
RPM_PACKAGES = [("bash", "0:5.1.8-6.el9", "x86_64"), ("curl", "0:7.76.1-19.el9", "x86_64"), ("tzdata", "0:2022g-1.el9", "noarch")]


def report_5(host="www.example.org", packages=PACKAGES, **headers):
    """Text of Pakiti 3."""
    headers = {"host": host, "system": "Debian GNU/Linux 12", "kernel": "6.1.0-18-amd64", "arch": "amd64", "packager": "dpkg", **headers}
    head = "".join(f"{name}: {value}\n" for name, value in headers.items() if value is not None)
    return f"#\n{head}#\n" + "".join("\t".join(p) + "\n" for p in packages) + "#\n"


def list_4(packages=PACKAGES, packager="dpkg"):
    """Package list of Pakiti 2's format 4."""
    lines = []
    for name, version, arch in packages:
        version, _, release = version.rpartition("-") if packager == "rpm" else (version, "", "")
        lines.append(f"'{name}' '{version}' '{release}' '{arch}'\n")
    return "".join(lines)


def form_4(host="www.example.org", packages=PACKAGES, packager="dpkg", **fields):
    """Form of Pakiti 2."""
    return {"host": host, "os": "Debian GNU/Linux 12", "arch": "amd64", "kernel": "6.1.0-18-amd64", "type": packager, "version": "4",
            "pkgs": list_4(packages, packager), **fields}


def multipart(fields, boundary="X-boundary-7"):
    """A form as curl -F sends it: body and Content-Type."""
    parts = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items())
    return (parts + f"--{boundary}--\r\n").encode(), f"multipart/form-data; boundary={boundary}"


def report_6(host="www.example.org", packages=PACKAGES, packager="dpkg", **members):
    """JSON of pakiti-client."""
    head = {"name": host, "os": "Debian GNU/Linux 12", "arch": "amd64", "kernel": "6.1.0-18-amd64", **members.pop("host_members", {})}
    return {"protocol": 6, "client": "pakiti-client 0.1.0", "packager": packager, "host": head,
            "packages": [dict(zip(("name", "version", "arch"), p)) for p in packages], **members}


def report_glpi(host="www.example.org", packages=PACKAGES):
    """Inventory of GLPI's agent."""
    return {"action": "inventory", "tag": "BRNO", "content": {
        "operatingsystem": {"fqdn": host, "full_name": "Debian GNU/Linux 12", "arch": "amd64", "kernel_version": "6.1.0-18-amd64"},
        "cpus": [{"name": "Some Processor"}],
        "softwares": [{"name": n, "version": v, "arch": a, "from": "deb"} for n, v, a in packages]}}


GLPI_AGENT = "GLPI-Agent_v1.7"


def many_packages(n, seed=0):
    """Packages with names of a real report's length, different ones for each seed."""
    draw = random.Random(seed)
    return [(f"lib{draw.getrandbits(40):010x}-{i}", f"{i % 9}.{draw.getrandbits(12)}-1+deb12u{i % 5}", "amd64") for i in range(n)]


def gzipped(body):
    return gzip.compress(body.encode() if isinstance(body, str) else body, mtime=0)


def zstd(body):
    return subprocess.run(["zstd", "-q", "-c"], input=body.encode() if isinstance(body, str) else body, capture_output=True, check=True).stdout
