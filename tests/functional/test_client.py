# SPDX-License-Identifier: Apache-2.0
"""The client script that hosts run: the real script on this machine, against a scripted server on 127.0.0.1.

Host files (os-release, repositories, /proc) come from a folder of the test where their content matters.
"""
import gzip
import http.server
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse
from email.utils import formatdate
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "client" / "pakiti-client"
US, RS = "\x1f", "\x1e"

OK_6 = {"status": "ok", "host": "h", "packages": 3, "unchanged": False}


def run(*args, stdin=None, env=None, config="/dev/null"):
    """Run the client; its output is bytes, its messages text."""
    command = [str(CLIENT), *map(str, args)]
    if config:
        command += ["--config", str(config)]
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=60,
                          env={**os.environ, "no_proxy": "*", **(env or {})})
    done.stderr = done.stderr.decode(errors="replace")
    return done


def report(*args, **kw):
    done = run(*args, **kw)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout.decode("utf-8"))


class Server:
    """Keeps requests; answers with the scripted replies in turn, the last one for ever: (status, headers, body)."""

    def __init__(self):
        self.requests = []
        self.replies = [(200, {}, json.dumps(OK_6))]
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((self.path, dict(self.headers.items()), body))
                status, headers, text = outer.replies[0] if len(outer.replies) == 1 else outer.replies.pop(0)
                text = text if isinstance(text, bytes) else text.encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def answers(self, *replies):
        self.replies = [r if isinstance(r, tuple) else (200, {}, r) for r in replies]

    def close(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def server():
    s = Server()
    yield s
    s.close()


@pytest.fixture
def other_server():
    s = Server()
    yield s
    s.close()


@pytest.fixture
def host(tmp_path):
    """A folder that stands for / of a host; env() makes the client read it."""
    root = tmp_path / "root"
    root.mkdir()

    def write(path, text):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    write.env = {"PAKITI_CLIENT_ROOT": str(root)}
    return write


needs_dpkg = pytest.mark.skipif(not Path("/var/lib/dpkg/status").exists(), reason="not a dpkg host")


# ---- the report ----


@needs_dpkg
def test_report_lists_what_dpkg_lists():
    lines = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version} ${Architecture} ${Status}\n"],
                           capture_output=True, text=True, check=True).stdout.splitlines()
    expected = sorted(line.split()[:3] for line in lines if line.endswith(" ok installed"))
    r = report()
    assert (r["protocol"], r["packager"]) == (6, "dpkg")
    assert sorted([p["name"], p["version"], p["arch"]] for p in r["packages"]) == expected
    for p in r["packages"]:
        assert isinstance(p["installed_at"], int) and p["installed_at"] > 0
        assert set(p) <= {"name", "version", "arch", "source", "source_version", "vendor", "installed_at"}
        assert "" not in p.values()
        assert p.get("source") != p["name"] and p.get("source_version") != p["version"]


def test_report_describes_this_host():
    r = report()
    h = r["host"]
    assert re.fullmatch(r"pakiti-client \d+\.\d+\.\d+", r["client"])
    assert h["kernel"] == os.uname().release
    assert h["name"]
    with open("/proc/stat", encoding="ascii") as stat:
        assert h["boot_time"] == int(re.search(r"^btime (\d+)", stat.read(), re.M).group(1))
    assert "" not in h.values()


def test_version_is_the_projects():
    version = re.search(r"version: '([^']+)'", (ROOT / "meson.build").read_text()).group(1)
    done = run("--version")
    assert done.stdout.decode() == f"pakiti-client {version}\n"


@pytest.mark.parametrize("protocol", ["6", "5", "4"])
def test_report_is_the_same_bytes_twice(protocol):
    first = run("--protocol", protocol)
    time.sleep(1.1)  # a time of day in it would show
    second = run("--protocol", protocol, env={"LANG": "de_DE.UTF-8", "LC_ALL": "C.UTF-8"})
    assert first.returncode == second.returncode == 0
    assert first.stdout and first.stdout == second.stdout


@pytest.mark.parametrize("text", [
    'a"b', "back\\slash\\", "tab\there", "line\nbreak", "\x01\x1e\x1f\x7f", "Žluťoučký kůň 🐎", "$(id) `id` ${HOME} %s",
    "-n", "a & b = c", "'", "\\u0041", "*",
])
def test_any_text_survives_as_json(text):
    h = report("--site=" + text, "--tag", "t" + text, "--host", "h" + text)["host"]
    assert (h["site"], h["tag"], h["name"]) == (text, "t" + text, "h" + text)


@pytest.mark.parametrize("raw, clean", [
    (b"a\xffb", "ab"), (b"\xc3", ""), (b"caf\xe9", "caf"), (b"\xed\xa0\x80x", "x"), (b"\xc0\xafx", "x"),
    (b"\xf4\x90\x80\x80x", "x"), (b"\xe2\x82\xac", "€"), (b"\xf0\x9f\x90", ""), ("é".encode() * 200, "é" * 127),
])
def test_bytes_that_are_not_utf8_are_left_out(raw, clean):
    h = report("--site", os.fsdecode(raw))["host"]
    assert h.get("site", "") == clean


def test_older_protocols_get_text_on_one_line():
    out = run("--protocol", "5", "--site", "  two\n#\nlines\t\x01x ", "--tag", "a:b").stdout.decode()
    assert "\nsite: two # lines x\n" in out and "\ntag: a:b\n" in out


def test_protocol_5_is_the_text_of_pakiti_3():
    lines = run("--protocol", "5", "--host", "h.example.org").stdout.decode().splitlines()
    assert lines[0] == "#" and lines[-1] == "#" and lines.count("#") == 3
    headers = lines[1:lines.index("#", 1)]
    names = [h.split(": ")[0] for h in headers]
    assert names == sorted(names) and {"arch", "host", "kernel", "packager", "system", "version"} <= set(names)
    packages = [tuple(line.split("\t")) for line in lines[lines.index("#", 1) + 1:-1]]
    assert packages == [(p["name"], p["version"], p["arch"]) for p in report()["packages"]]


def test_protocol_4_is_the_form_of_pakiti_2():
    out = run("--protocol", "4", "--site", "A&B=C+ č").stdout.decode("ascii")
    form = dict(urllib.parse.parse_qsl(out, strict_parsing=True))
    assert form["version"] == "4" and form["report"] == "0" and form["site"] == "A&B=C+ č"
    lines = form["pkgs"].splitlines()
    assert len(lines) == len(report()["packages"])
    assert all(re.fullmatch(r"'[^']+' '[^']+' '[^']*' '[^']*'", line) for line in lines)


# ---- facts of the host ----


def test_os_release_is_read_and_not_run(host, tmp_path):
    host("etc/os-release", 'NAME="A \\"quoted\\" OS"\nID=aos\nVERSION_ID=\'7\'\nPRETTY_NAME="$(touch %s)"\n'
         "# comment\nVARIANT_ID=\nEVIL; rm\n" % (tmp_path / "ran"))
    h = report(env=host.env)["host"]
    assert h["os"] == 'A "quoted" OS 7'
    assert h["os_release"] == {"ID": "aos", "VERSION_ID": "7", "PRETTY_NAME": f"$(touch {tmp_path}/ran)"}
    assert not (tmp_path / "ran").exists()


def test_redhat_release_names_the_system(host):
    host("etc/redhat-release", "Rocky Linux release 9.4 (Blue Onyx)\n")
    host("etc/os-release", 'NAME="Rocky Linux"\nVERSION_ID="9.4"\n')
    assert report(env=host.env)["host"]["os"] == "Rocky Linux release 9.4 (Blue Onyx)"


def test_cpu_boot_and_machine_id(host):
    host("proc/cpuinfo", "model name\t: Z  Chip\nmodel name\t: A Chip\ncpu MHz : 1\nmodel name\t: Z  Chip\n")
    host("proc/stat", "cpu 1 2\nbtime 1700000000\n")
    host("etc/machine-id", "0123456789abcdef0123456789abcdef\n")
    h = report(env=host.env)["host"]
    assert (h["cpu"], h["boot_time"]) == ("A Chip, Z Chip", 1700000000)
    assert h["machine_id"] == "0123456789abcdef0123456789abcdef"


def test_only_enabled_livepatches_count(host):
    host("sys/kernel/livepatch/lp_two/enabled", "1\n")
    host("sys/kernel/livepatch/lp_one/enabled", "1\n")
    host("sys/module/lp_one/version", "1.5\n")
    host("sys/kernel/livepatch/lp_off/enabled", "0\n")
    assert report(env=host.env)["host"]["livepatches"] == [{"name": "lp_one", "version": "1.5"}, {"name": "lp_two"}]


@needs_dpkg
def test_apt_sources_in_both_forms_without_credentials(host):
    host("etc/apt/sources.list",
         "# deb http://no.example/ commented main\n"
         "deb [arch=amd64 signed-by=/k.gpg] https://user:p@ss@a.example/debian bookworm main # why\n"
         "deb-src http://src.example/debian bookworm main\n"
         "deb cdrom:[Debian 12]/ bookworm main\n"
         "deb http://flat.example/ ./\n")
    host("etc/apt/sources.list.d/x.sources",
         "# a comment\nTypes: deb deb-src\nURIs: http://b.example/debian\n http://c.example/debian\n"
         "Suites: bookworm bookworm-updates\n# inside\nComponents: main\n\n"
         "Types: deb\nURIs: http://off.example/\nSuites: s\nEnabled: no\n\n"
         "Types: deb-src\nURIs: http://src2.example/\nSuites: s\n")
    host("etc/apt/sources.list.d/off.sources.disabled", "Types: deb\nURIs: http://d.example/\nSuites: s\n")
    assert [(r["id"], r["url"]) for r in report(env=host.env)["host"]["repositories"]] == [
        ("./", "http://flat.example/"),
        ("bookworm", "http://b.example/debian"),
        ("bookworm", "http://c.example/debian"),
        ("bookworm", "https://a.example/debian"),
        ("bookworm-updates", "http://b.example/debian"),
        ("bookworm-updates", "http://c.example/debian"),
    ]


@needs_dpkg
def test_held_packages_are_installed_and_removed_ones_are_not(tmp_path):
    status = ""
    for name, state in [("held", "hold ok installed"), ("plain", "install ok installed"),
                        ("gone", "deinstall ok config-files"), ("waits", "install ok triggers-awaited")]:
        status += (f"Package: {name}\nStatus: {state}\nArchitecture: amd64\nMulti-Arch: same\nVersion: 1:2-3+b1\n"
                   f"Source: src-{name} (1:2-3)\nMaintainer: m <m@example.org>\nDescription: d\n"
                   + ("Origin: Vendor \"X\"\n" if name == "plain" else "")
                   + ("Triggers-Awaited: plain\n" if name == "waits" else "") + "\n")
    (tmp_path / "info").mkdir()
    (tmp_path / "updates").mkdir()
    (tmp_path / "info" / "format").write_text("1\n")
    (tmp_path / "status").write_text(status)
    times = tmp_path / "info" / "plain:amd64.list"
    times.write_text("/.\n")
    os.utime(times, (1600000000, 1600000000))
    packages = report(env={"DPKG_ADMINDIR": str(tmp_path)})["packages"]
    assert [p["name"] for p in packages] == ["held", "plain", "waits"]
    assert packages[1] == {"name": "plain", "version": "1:2-3+b1", "arch": "amd64", "source": "src-plain",
                           "source_version": "1:2-3", "vendor": 'Vendor "X"', "installed_at": 1600000000}


# ---- rpm ----


def stub(folder, name, script):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("#!/bin/sh\n" + script)
    (folder / name).chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


RPM_ROWS = [
    # name epoch version release arch sourcerpm vendor installtime modularitylabel
    ["bash", "(none)", "5.1.8", "9.el9", "x86_64", "bash-5.1.8-9.el9.src.rpm", "Rocky\n\"E\"", "1700000001", "(none)"],
    ["gpg-pubkey", "(none)", "350d275d", "6279464b", "(none)", "(none)", "(none)", "1700000002", "(none)"],
    ["nginx", "1", "1.22.1", "3.el9", "x86_64", "nginx-1.22.1-3.el9.src.rpm", "Rocky", "1700000003",
     "nginx:1.22:9040020:rhel9"],
    ["perl-libs", "4", "5.32.1", "481.el9", "i686", "perl-5.32.1-481.el9.src.rpm", "(none)", "0", "(none)"],
    ["sub-pkg", "0", "9.9", "1", "noarch", "main-pkg-1.0-7.nosrc.rpm", "(none)", "1700000004", "(none)"],
]
RPM_EXPECTED = [
    {"name": "bash", "version": "0:5.1.8-9.el9", "arch": "x86_64", "vendor": "Rocky \"E\"", "installed_at": 1700000001},
    {"name": "nginx", "version": "1:1.22.1-3.el9", "arch": "x86_64", "module": "nginx:1.22:9040020:rhel9",
     "vendor": "Rocky", "installed_at": 1700000003},
    {"name": "perl-libs", "version": "4:5.32.1-481.el9", "arch": "i686", "source": "perl"},
    {"name": "sub-pkg", "version": "0:9.9-1", "arch": "noarch", "source": "main-pkg", "source_version": "1.0-7",
     "installed_at": 1700000004},
]


@pytest.fixture
def fake_rpm(tmp_path):
    (tmp_path / "rows").write_text("".join(US.join(row) + RS for row in reversed(RPM_ROWS)))
    return stub(tmp_path / "bin", "rpm", f"cat '{tmp_path}/rows'\n")


def test_rpm_versions_are_full_and_keys_are_no_packages(fake_rpm):
    r = report("--packager", "rpm", env=fake_rpm)
    assert r["packager"] == "rpm" and r["host"]["arch"] == os.uname().machine
    assert r["packages"] == RPM_EXPECTED


def test_odd_package_fields_do_not_cost_the_report(tmp_path):
    row = ["p", "0", "1", "2", "(none)", "(none)", " \x07V\t\xc2\x85 \xff\\" + "é" * 300, "1", "(none)"]
    (tmp_path / "rows").write_bytes((US.join(row) + RS).encode("latin-1").replace(b"\xe9", "é".encode()))
    env = stub(tmp_path / "bin", "rpm", f"cat '{tmp_path}/rows'\n")
    package, = report("--packager", "rpm", env=env)["packages"]
    vendor = package.pop("vendor")
    assert package == {"name": "p", "version": "0:1-2", "arch": "noarch", "installed_at": 1}
    assert re.fullmatch(r"V \\é+", vendor) and 200 < len(vendor.encode()) <= 255


def test_rpm_in_the_older_protocols(fake_rpm):
    five = run("--packager", "rpm", "--protocol", "5", env=fake_rpm).stdout.decode()
    assert "\nnginx\t1:1.22.1-3.el9\tx86_64\n" in five and "gpg-pubkey" not in five
    four = run("--packager", "rpm", "--protocol", "4", env=fake_rpm).stdout.decode()
    pkgs = urllib.parse.parse_qs(four)["pkgs"][0].splitlines()
    assert "'nginx' '1:1.22.1' '3.el9' 'x86_64'" in pkgs and "'bash' '0:5.1.8' '9.el9' 'x86_64'" in pkgs


def test_old_rpm_does_not_know_modules(tmp_path):
    row = US.join(RPM_ROWS[0][:8] + [""]) + RS
    (tmp_path / "rows").write_text(row)
    env = stub(tmp_path / "bin", "rpm",
               f'case "$*" in *MODULARITYLABEL*) echo "error: unknown tag" >&2; exit 1;; esac; cat "{tmp_path}/rows"\n')
    assert report("--packager", "rpm", env=env)["packages"] == RPM_EXPECTED[:1]


@pytest.mark.parametrize("script", ["exit 1\n", "exit 0\n", "printf 'x'; exit 3\n"])
def test_a_package_list_that_failed_or_is_empty_is_not_sent(server, tmp_path, script):
    env = stub(tmp_path / "bin", "rpm", script)
    done = run("--packager", "rpm", "--url", server.url, env=env)
    assert done.returncode == 2 and done.stderr and not server.requests


def test_yum_repositories(fake_rpm, host):
    host("etc/yum.conf", "[main]\nbaseurl=http://main.example/\n")
    host("etc/yum.repos.d/a.repo",
         "[base]\nname=Base\nbaseurl = http://u:p@b.example/$releasever/os/ http://mirror.example/\n"
         "#mirrorlist=http://x.example/\nenabled=1\n"
         "[off]\nbaseurl=http://off.example/\nenabled = 0\n"
         "[meta]\nmetalink=https://m.example/?repo=a&arch=$basearch\n"
         "[lines]\nbaseurl=\n    http://l.example/\n    http://l2.example/\nenabled=true\n")
    host("etc/yum.repos.d/b.repo", "[list]\r\nmirrorlist=http://ml.example/?r=1\r\nenabled=1\r\n")
    repositories = report("--packager", "rpm", env={**fake_rpm, **host.env})["host"]["repositories"]
    assert {r["id"]: r["url"] for r in repositories} == {
        "base": "http://b.example/$releasever/os/", "meta": "https://m.example/?repo=a&arch=$basearch",
        "lines": "http://l.example/", "list": "http://ml.example/?r=1"}


@pytest.mark.skipif(not (shutil.which("rpm") and shutil.which("rpmbuild")), reason="rpm tools are not here")
def test_real_rpm_answers_the_query(tmp_path):
    (tmp_path / ".rpmmacros").write_text(f"%_dbpath {tmp_path}/db\n%_topdir {tmp_path}/build\n")
    env = {"HOME": str(tmp_path)}
    (tmp_path / "p.spec").write_text(
        "Name: alpha\nEpoch: 3\nVersion: 1.0~rc1\nRelease: 2\nSummary: s\nLicense: l\nVendor: V \"x\"\nBuildArch: noarch\n"
        "%description\nd\n%package -n beta\nSummary: s\nVersion: 7\n%description -n beta\nd\n%files\n%files -n beta\n")
    everything = {**os.environ, **env}
    subprocess.run(["rpmbuild", "-ba", "--quiet", str(tmp_path / "p.spec")], env=everything, check=True,
                   capture_output=True)
    subprocess.run(["rpm", "--initdb"], env=everything, check=True, capture_output=True)
    built = [str(p) for p in (tmp_path / "build" / "RPMS").rglob("*.rpm")]
    subprocess.run(["rpm", "-i", "--nodeps", "--justdb", "--force-debian", *built], env=everything, check=True,
                   capture_output=True)
    packages = report("--packager", "rpm", env=env)["packages"]
    assert [{k: v for k, v in p.items() if k != "installed_at"} for p in packages] == [
        {"name": "alpha", "version": "3:1.0~rc1-2", "arch": "noarch", "vendor": 'V "x"'},
        {"name": "beta", "version": "3:7-2", "arch": "noarch", "source": "alpha", "source_version": "1.0~rc1-2",
         "vendor": 'V "x"'},
    ]
    assert all(abs(p["installed_at"] - time.time()) < 3600 for p in packages)


def test_freebsd_packages(tmp_path):
    (tmp_path / "rows").write_text(US.join(["curl", "8.5.0,1", "FreeBSD:14:amd64", "ftp/curl", "1700000000"]) + RS + "\n")
    env = stub(tmp_path / "bin", "pkg", f"cat '{tmp_path}/rows'\n")
    assert report("--packager", "pkg", env=env)["packages"] == [
        {"name": "curl", "version": "8.5.0,1", "arch": "FreeBSD:14:amd64", "origin": "ftp/curl",
         "installed_at": 1700000000}]


# ---- sending ----


def test_sends_compressed_json(server):
    done = run("--url", server.url)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b"" and "accepted, 3 packages" in done.stderr
    (path, headers, body), = server.requests
    assert path == "/feed/?mode=store-only"
    assert headers["Content-Type"] == "application/vnd.pakiti.report+json"
    assert headers["Content-Encoding"] == "gzip"
    assert headers["User-Agent"].startswith("pakiti-client/")
    assert gzip.decompress(body) == run().stdout


def test_unchanged_report_is_sent_as_the_same_bytes(server):
    for _ in range(2):
        assert run("--url", server.url, "--quiet").stderr == ""
        time.sleep(1.1)
    assert server.requests[0] == server.requests[1]


@pytest.mark.parametrize("suffix, path", [
    ("", "/feed/?mode=store-only"), ("/", "/feed/?mode=store-only"), ("/p/feed/", "/p/feed/?mode=store-only"),
    ("/f?a=b", "/f?a=b&mode=store-only"), ("?a=b", "/feed/?a=b&mode=store-only"), ("/x#frag", "/x?mode=store-only"),
])
def test_address(server, suffix, path):
    assert run("--url", server.url + suffix).returncode == 0
    assert server.requests[0][0] == path


def test_password_in_the_url_is_sent_and_not_printed(server):
    done = run("--url", server.url.replace("://", "://me:se\"cr\\et@"))
    assert done.returncode == 0 and "cr" not in done.stderr and "127.0.0.1" in done.stderr
    assert server.requests[0][1]["Authorization"] == "Basic bWU6c2UiY3JcZXQ="


def test_report_prints_what_is_not_current(server):
    server.answers(json.dumps({**OK_6, "unchanged": True, "note": {"updates": [1, {"name": "no"}], "e": []}, "updates": [
        {"name": "openssl", "arch": "amd64", "installed": "3.0.11-1", "available": "3.0.15-1", "security": True,
         "repository": "s"},
        {"name": "odd\u001b[31m\"\\/é€", "installed": "1", "available": "2", "security": False, "extra": [[{}], None]},
        {"security": False, "available": "1:2", "installed": "1:1", "name": "last"},
    ]}, indent=1))
    done = run("--url", server.url, "--report")
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode() == ("openssl 3.0.11-1 -> 3.0.15-1 security\n"
                                    "odd?[31m\"\\/é€ 1 -> 2 ordinary\n"
                                    "last 1:1 -> 1:2 ordinary\n")
    assert "unchanged" in done.stderr
    assert server.requests[0][0] == "/feed/?mode=store-and-report"


def test_many_updates(server):
    updates = [{"name": f"p{n}", "arch": "amd64", "installed": "1", "available": "2", "security": n % 2 == 0,
                "repository": "r" * 100} for n in range(2000)]
    server.answers(json.dumps({**OK_6, "updates": updates}))
    done = run("--url", server.url, "--report", "--quiet")
    assert done.stdout.decode().splitlines() == [
        f"p{n} 1 -> 2 {'ordinary' if n % 2 else 'security'}" for n in range(2000)]


@pytest.mark.parametrize("reply", ["", "OK\n", '{"status":"error"}', '{"status":"ok"', "<html>ok</html>", '["status"]',
                                   '{"x":{"status":"ok"}}', "[" * 5000])
def test_reply_without_acknowledgement_is_a_failure(server, reply):
    server.answers(reply)
    done = run("--url", server.url)
    assert done.returncode == 2 and "no acknowledgement" in done.stderr


@pytest.mark.parametrize("status", [400, 404, 413, 500, 302])
def test_refusal_is_a_failure_with_the_servers_words(server, status):
    server.answers((status, {"Location": "/elsewhere"}, "line 3: \x1b[2Jbad"))
    done = run("--url", server.url)
    assert done.returncode == 2 and len(server.requests) == 1
    assert f"HTTP {status}: line 3: [2Jbad" in done.stderr


def test_some_of_several_servers(server, other_server):
    other_server.answers((500, {}, "ERROR"))
    done = run("--url", server.url, "--url", other_server.url, "--url", "http://127.0.0.1:1/")
    assert done.returncode == 1
    assert len(server.requests) == len(other_server.requests) == 1
    assert run("--url", other_server.url, "--url", "http://127.0.0.1:1").returncode == 2
    assert run("--url", server.url, "--url", server.url).returncode == 0


def test_waits_as_long_as_a_busy_server_says(server):
    server.answers((503, {"Retry-After": "1"}, "busy"), (429, {"Retry-After": formatdate(time.time() - 60, usegmt=True)},
                                                         "busy"), json.dumps(OK_6))
    begin = time.monotonic()
    done = run("--url", server.url)
    assert done.returncode == 0, done.stderr
    assert len(server.requests) == 3 and time.monotonic() - begin >= 1
    assert server.requests[0] == server.requests[2]


def test_gives_up_after_some_attempts(server):
    server.answers((503, {"Retry-After": "0"}, "busy"))
    done = run("--url", server.url)
    assert done.returncode == 2 and len(server.requests) == 4


def test_does_not_wait_for_hours(server):
    server.answers((503, {"Retry-After": "86400"}, "busy"))
    assert run("--url", server.url).returncode == 2
    assert len(server.requests) == 1


def test_timeout_bounds_a_silent_server():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        done = run("--url", f"http://127.0.0.1:{silent.getsockname()[1]}", "--timeout", "1")
    assert done.returncode == 2


def test_protocol_5_wants_ok(server):
    server.answers("OK\nopenssl\t3.0\tamd64\tCVE-2024-1\tEGI\n")
    done = run("--url", server.url, "--protocol", "5", "--report")
    assert done.returncode == 0 and done.stdout == b"openssl\t3.0\tamd64\tCVE-2024-1\tEGI\n"
    path, headers, body = server.requests[0]
    assert path == "/feed/?mode=store-and-report&protocol=5" and "Content-Encoding" not in headers
    assert body == run("--protocol", "5").stdout
    server.answers("")  # Pakiti 3 without its database
    assert run("--url", server.url, "--protocol", "5").returncode == 2


def test_protocol_4(server):
    server.answers("openssl 3.0 SEC 2.9\nOK")
    done = run("--url", server.url, "--protocol", "4", "--report")
    assert done.returncode == 0 and done.stdout == b"openssl 3.0 SEC 2.9\n"
    path, headers, body = server.requests[0]
    assert path == "/feed/" and headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert dict(urllib.parse.parse_qsl(body.decode()))["report"] == "1"
    server.answers("<html><head></head><body>Error</body></html>")
    assert run("--url", server.url, "--protocol", "4").returncode == 2


@pytest.mark.parametrize("protocol", ["4", "5", "6"])
def test_written_report_is_sent_later_in_its_protocol(server, tmp_path, protocol):
    file = tmp_path / "report"
    assert run("--protocol", protocol, "--output", file).returncode == 0
    server.answers("OK" if protocol != "6" else json.dumps(OK_6))
    assert run("--input", file, "--url", server.url).returncode == 0
    body = server.requests[0][2]
    assert (gzip.decompress(body) if protocol == "6" else body) == file.read_bytes()
    assert run("--input", "-", "--url", server.url, stdin=file.read_bytes()).returncode == 0
    assert server.requests[1] == server.requests[0]


def test_empty_or_missing_input_is_not_sent(server, tmp_path):
    assert run("--input", "/dev/null", "--url", server.url).returncode == 2
    assert run("--input", tmp_path / "none", "--url", server.url).returncode == 2
    assert not server.requests


@pytest.fixture(scope="module")
def key_pair(tmp_path_factory):
    folder = tmp_path_factory.mktemp("smime")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=pakiti", "-days", "2",
                    "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
    return folder


def decrypt(body, key_pair):
    return subprocess.run(["openssl", "smime", "-decrypt", "-binary", "-inform", "DER", "-inkey", key_pair / "key.pem"],
                          input=body, check=True, capture_output=True).stdout


def test_encrypted_report_is_opened_by_the_key(server, key_pair, tmp_path):
    server.answers("OK\n")
    assert run("--encrypt", key_pair / "cert.pem", "--url", server.url).returncode == 0
    clear = run("--protocol", "5").stdout
    path, headers, body = server.requests[0]
    assert path.endswith("protocol=5") and headers["Content-Type"] == "application/octet-stream"
    assert clear not in body and decrypt(body, key_pair) == clear
    file = tmp_path / "report.der"
    assert run("--encrypt", key_pair / "cert.pem", "--output", file).returncode == 0
    assert run("--input", file, "--url", server.url).returncode == 0
    assert server.requests[1][2] == file.read_bytes() and decrypt(file.read_bytes(), key_pair) == clear
    assert server.requests[1][:1] == (path,) and server.requests[1][1]["Content-Type"] == "application/octet-stream"


def test_certificate_that_is_none(server):
    done = run("--encrypt", "/etc/hostname", "--url", server.url)
    assert done.returncode == 2 and not server.requests


def test_insecure_warns_even_when_quiet(server):
    done = run("--insecure", "--quiet", "--url", server.url)
    assert done.returncode == 0 and "warning" in done.stderr


def test_tls_server_is_verified(server, key_pair):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    folder = key_pair
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "tls.key", "-out", folder / "tls.pem"],
                   check=True, capture_output=True)
    context.load_cert_chain(folder / "tls.pem", folder / "tls.key")
    server.http.socket = context.wrap_socket(server.http.socket, server_side=True)
    url = server.url.replace("http:", "https:")
    assert run("--url", url).returncode == 2 and not server.requests
    assert run("--url", url, "--cacert", folder / "tls.pem").returncode == 0
    assert run("--url", url, "--insecure").returncode == 0
    assert len(server.requests) == 2


# ---- options and configuration ----


def test_configuration_and_command_line(server, other_server, tmp_path):
    config = tmp_path / "c.conf"
    config.write_text(f"# comment\n\n  url = {other_server.url}/a   {other_server.url}/b\nurl={other_server.url}/c\r\n"
                      "site = My = site # x\ntag=\nrandom_delay = 0\nreport = yes\nquiet=yes")
    other_server.answers(json.dumps(OK_6))
    done = run(config=config)
    assert done.returncode == 0 and done.stderr == ""
    assert [r[0] for r in other_server.requests] == [f"/{x}?mode=store-and-report" for x in "abc"]
    sent = json.loads(gzip.decompress(other_server.requests[0][2]))["host"]
    assert sent["site"] == "My = site # x" and "tag" not in sent
    assert run("--url", server.url, "--site", "cli", "--mode", "store-only", config=config).returncode == 0
    assert len(other_server.requests) == 3 and server.requests[0][0] == "/feed/?mode=store-only"
    assert json.loads(gzip.decompress(server.requests[0][2]))["host"]["site"] == "cli"


def test_shipped_configuration_is_valid_commented_or_not(tmp_path):
    example = (ROOT / "client" / "pakiti-client.conf").read_text()
    assert run("--output", "/dev/null", config=ROOT / "client" / "pakiti-client.conf").returncode == 0
    active = re.sub(r"^#(?=[a-z-]+ = )", "", example, flags=re.M)
    names = re.findall(r"^([a-z-]+) = ", active, re.M)
    assert "url" in names and len(names) > 8
    for name in names:
        line = re.search(rf"^{name} = .*$", active, re.M).group(0)
        if "/etc/pakiti" not in line:
            (tmp_path / "c").write_text(line + "\n")
            assert run("--output", "/dev/null", config=tmp_path / "c").returncode == 0, line


@pytest.mark.parametrize("args", [
    ["--nonsense"], ["--site"], ["extra"], ["--protocol", "7"], ["--timeout", "x"], ["--timeout", "0"],
    ["--random-delay", "-1"], ["--url", "ftp://x"], ["--url", "pakiti.example.org"], ["--encrypt", "/nonexistent"],
    ["--protocol", "6", "--encrypt", "/etc/hostname"], ["--cacert", "/nonexistent"], ["--key", "/etc/hostname"],
    ["--input", "/dev/null"], ["--config", "/nonexistent"], ["--packager", "brew"], ["--mode", "x"], ["--quiet=maybe"],
    ["-z"], ["--"], ["-"],
])
def test_wrong_usage(args):
    done = run(*args, config=None if "--config" in args else "/dev/null")
    assert done.returncode == 3 and done.stdout == b"" and done.stderr.startswith("pakiti-client: ")


@pytest.mark.parametrize("line", ["nonsense = 1", "just words", "config = /x", "report = perhaps"])
def test_wrong_configuration_names_the_line(tmp_path, line):
    (tmp_path / "c").write_text(f"# one\n{line}\n")
    done = run(config=tmp_path / "c")
    assert done.returncode == 3 and f"{tmp_path}/c:2:" in done.stderr


def test_options_of_the_pakiti_3_client(server, tmp_path):
    (tmp_path / "c").write_text("site = s\n")
    done = run("--conf", tmp_path / "c", "-r", "0", "--disable-tls-checks", "--url", server.url, config=None)
    assert done.returncode == 0
    assert json.loads(gzip.decompress(server.requests[0][2]))["host"]["site"] == "s"


def test_output_that_cannot_be_written():
    assert run("--output", "/nonexistent/x").returncode == 2


def test_leaves_no_temporary_files(server, tmp_path):
    env = {"TMPDIR": str(tmp_path)}
    run(env=env)
    run("--url", server.url, env=env)
    run("--url", "http://127.0.0.1:1", env=env)
    assert list(tmp_path.iterdir()) == []


def test_help():
    done = run("--help")
    assert done.returncode == 0
    documented = set(re.findall(r"--[a-z-]+", done.stdout.decode()))
    man = set(re.findall(r"\*(--[a-z-]+)\*", (ROOT / "docs" / "man" / "pakiti-client.1.scd").read_text()))
    assert documented <= man and len(documented) > 15


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not here")
def test_shellcheck():
    done = subprocess.run(["shellcheck", str(CLIENT)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
