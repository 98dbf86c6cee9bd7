# SPDX-License-Identifier: Apache-2.0
"""Real repositories for tests, made with the vendors' own tools, and a server of files that misbehaves on request."""
import contextlib
import gzip
import hashlib
import http.server
import lzma
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from kit import clean_env


def tool(*command, stdin=None, cwd=None, env=None):
    done = subprocess.run(list(map(str, command)), input=stdin, capture_output=True, cwd=cwd, env=env)
    assert done.returncode == 0, f"{command[0]}: {done.stderr.decode(errors='replace')}"
    return done.stdout


def missing(*tools):
    """The first of these tools that this machine does not have, or None."""
    return next((t for t in tools if not shutil.which(t)), None)


# ---- signing ----


class Keys:
    """A GnuPG home with keys of its own. The folder has a short path: gpg-agent's socket lies in it."""

    def __init__(self):
        self.home = Path(tempfile.mkdtemp(prefix="gpg-"))
        self.env = {**clean_env(), "GNUPGHOME": str(self.home)}

    def make(self, name):
        """A new key; its id is its mail address."""
        mail = f"{name}@example.org"
        self._gpg("--passphrase", "", "--quick-generate-key", f"Test {name} <{mail}>", "ed25519", "sign", "never")
        return Key(self, mail)

    def _gpg(self, *args, stdin=None):
        return tool("gpg", "--batch", "--no-tty", "--yes", *args, stdin=stdin, env=self.env)

    def close(self):
        subprocess.run(["gpgconf", "--kill", "all"], env=self.env, capture_output=True)  # the agent of this home only
        shutil.rmtree(self.home, ignore_errors=True)


@dataclass
class Key:
    keys: Keys
    mail: str

    def export(self, path, armour=False):
        path.write_bytes(self.keys._gpg(*(["--armor"] if armour else []), "--export", self.mail))
        return path

    def sign_inline(self, text):
        return self.keys._gpg("--local-user", self.mail, "--clearsign", stdin=text)

    def sign_detached(self, text):
        return self.keys._gpg("--local-user", self.mail, "--armor", "--detach-sign", stdin=text)


# ---- APT ----

COMPRESSORS = {"": lambda b: b, ".gz": lambda b: gzip.compress(b, mtime=0), ".xz": lzma.compress,
               ".zst": lambda b: tool("zstd", "-q", "-c", stdin=b)}


class Debs:
    """Small packages, each built once."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def get(self, name, version, arch, source=None):
        path = self.folder / f"{name}_{version.replace(':', '%3a')}_{arch}.deb"
        if not path.exists():
            tree = self.folder / "tree"
            (tree / "DEBIAN").mkdir(parents=True, exist_ok=True)
            (tree / "DEBIAN" / "control").write_text(
                f"Package: {name}\nVersion: {version}\nArchitecture: {arch}\nMaintainer: Nobody <nobody@example.org>\n"
                + (f"Source: {source}\n" if source else "") + "Description: a test\n")
            tool("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, path)
        return path


class AptRepository:
    """URL/dists/SUITE/COMPONENT/binary-ARCH, or flat. publish() makes it anew with exactly these packages."""

    def __init__(self, folder, debs, key=None, suite="stable", component="main", arch="amd64", variants=(".xz",), flat=False,
                 by_hash=False, detached=False, fields=None):
        self.folder, self.debs, self.key = Path(folder), debs, key
        self.suite, self.component, self.arch, self.variants = suite, component, arch, variants
        self.flat, self.by_hash, self.detached, self.fields = flat, by_hash, detached, fields or {}
        self.head = self.folder if flat else self.folder / "dists" / suite
        self.index_folder = self.head if flat else self.head / component / f"binary-{arch}"

    @property
    def url(self):
        return self.folder.as_uri()

    def publish(self, packages):
        shutil.rmtree(self.folder, ignore_errors=True)
        pool = self.folder / "pool"
        pool.mkdir(parents=True)
        self.index_folder.mkdir(parents=True, exist_ok=True)
        for package in packages:
            deb = self.debs.get(*package)
            os.link(deb, pool / deb.name)
        index = tool("apt-ftparchive", "packages", "pool", cwd=self.folder)
        for variant in self.variants:
            self._write_index(variant, COMPRESSORS[variant](index))
        if "" not in self.variants:  # archives list the plain index too, whether they have it or not
            (self.index_folder / "Packages").write_bytes(index)
        self.sign(self.release())
        if "" not in self.variants:
            (self.index_folder / "Packages").unlink()
        return self

    def _write_index(self, variant, packed):
        path = self.index_folder / f"Packages{variant}"
        path.write_bytes(packed)
        if self.by_hash:
            place = self.index_folder / "by-hash" / "SHA256" / hashlib.sha256(packed).hexdigest()
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(packed)

    def release(self):
        fields = {"Suite": self.suite, "Codename": self.suite, "Architectures": self.arch, "Components": self.component, **self.fields}
        valid_until = fields.pop("Valid-Until", None)  # the tool only knows dates to come
        if self.by_hash:
            fields["Acquire-By-Hash"] = "yes"
        options = [o for name, value in fields.items() if value for o in ("-o", f"APT::FTPArchive::Release::{name}={value}")]
        for old in ("Release", "Release.gpg", "InRelease"):
            (self.head / old).unlink(missing_ok=True)
        hidden = self.folder.parent / f"{self.folder.name}.hidden"
        with moved(self.index_folder / "by-hash", hidden), moved(self.folder / "pool", Path(f"{hidden}.pool")):
            text = tool("apt-ftparchive", *options, "release", self.head)
        return text.replace(b"\nDate:", f"\nValid-Until: {valid_until}\nDate:".encode(), 1) if valid_until else text

    def sign(self, release):
        """Put this text in the place of the head files, signed by the key, if there is one."""
        if not self.key or self.detached:
            (self.head / "Release").write_bytes(release)
        if self.key and self.detached:
            (self.head / "Release.gpg").write_bytes(self.key.sign_detached(release))
        if self.key and not self.detached:
            (self.head / "InRelease").write_bytes(self.key.sign_inline(release))

    @property
    def index(self):
        """The best variant of the index."""
        return self.index_folder / f"Packages{self.variants[0]}"


@contextlib.contextmanager
def moved(path, aside):
    exists = path.exists()
    if exists:
        path.rename(aside)
    yield
    if exists:
        aside.rename(path)


# ---- RPM ----

SPEC = """Name: {name}
Epoch: {epoch}
Version: {version}
Release: {release}
Summary: a test
License: none
{noarch}
%description
A test.
%files
"""


class Rpms:
    """Small packages, each built once."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def get(self, name, evr, arch):
        epoch, version, release = re.fullmatch(r"(?:(\d+):)?([^-]+)-([^-]+)", evr).groups()
        home = self.folder / (epoch or "0")  # file names say nothing of the epoch
        home.mkdir(exist_ok=True)
        path = home / f"{name}-{version}-{release}.{arch}.rpm"
        if not path.exists():
            spec = self.folder / "one.spec"
            spec.write_text(SPEC.format(name=name, epoch=epoch or 0, version=version, release=release,
                                        noarch="BuildArch: noarch" if arch == "noarch" else ""))
            top = self.folder / "top"
            target = () if arch == "noarch" else ("--target", arch)
            tool("rpmbuild", "-bb", "--quiet", *target, "--define", f"_topdir {top}", "--define", f"_rpmdir {home}",
                 "--define", "_rpmfilename %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm", "--define", "debug_package %{nil}",
                 "--define", "_build_id_links none", spec)
        return path


@dataclass
class Advisory:
    id: str
    packages: list
    type: str = "security"
    severity: str = "Important"

    def xml(self):
        lines = []
        for name, evr, arch in self.packages:
            epoch, version, release = re.fullmatch(r"(?:(\d+):)?([^-]+)-([^-]+)", evr).groups()
            lines.append(f'<package name="{name}" epoch="{epoch or 0}" version="{version}" release="{release}" arch="{arch}">'
                         f"<filename>{name}-{version}-{release}.{arch}.rpm</filename></package>")
        return (f'<update from="security@example.org" status="final" type="{self.type}" version="1"><id>{self.id}</id>'
                f'<title>{self.id}: fixes</title><issued date="2024-01-02 03:04:05"/><severity>{self.severity}</severity>'
                f'<pkglist><collection short="c"><name>c</name>{"".join(lines)}</collection></pkglist></update>')


class RpmRepository:
    """URL/repodata. publish() makes it anew with exactly these packages and advisories."""

    def __init__(self, folder, rpms, key=None, options=()):
        self.folder, self.rpms, self.key, self.options = Path(folder), rpms, key, options

    @property
    def url(self):
        return self.folder.as_uri()

    @property
    def repodata(self):
        return self.folder / "repodata"

    def publish(self, packages, advisories=()):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for package in packages:
            rpm = self.rpms.get(*package)
            os.link(rpm, self.folder / rpm.name)
        tool("createrepo_c", "--quiet", "--no-database", "--revision", "1", *self.options, self.folder)
        if advisories:
            path = self.folder / "updateinfo.xml"
            path.write_text('<?xml version="1.0" encoding="UTF-8"?>\n<updates>' + "".join(a.xml() for a in advisories) + "</updates>\n")
            tool("modifyrepo_c", "--mdtype=updateinfo", path, self.repodata)
            path.unlink()
        if self.key:
            self.sign()
        return self

    def sign(self):
        head = (self.repodata / "repomd.xml").read_bytes()
        (self.repodata / "repomd.xml.asc").write_bytes(self.key.sign_detached(head))

    @property
    def index(self):
        return next(self.repodata.glob("*-primary.xml.*"))


# ---- a server of files ----

HTML = b"<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body><p>Please log in to the network.</p></body></html>\n"


class FileServer:
    """Serves a folder on 127.0.0.1, with Range; `misbehave` scripts what happens to paths that end in a text.

    A behaviour is called with the handler and the file's bytes (None: there is no such file) and writes the reply itself;
    it holds for so many requests (None: for ever)."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.requests = []  # (path, value of Range or None)
        self.scripts = []
        self.lock = threading.Lock()
        self.closing = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer._answer(self)

            def log_message(self, *args):
                pass

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # peers that go away in the middle are what is tested

        self.http = Listener(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http.server_port}"

    def misbehave(self, path_end, behaviour, times=None):
        self.scripts.append([path_end, behaviour, times])

    def behave(self):
        self.scripts.clear()

    def paths(self):
        return [path for path, _ in self.requests]

    def _answer(self, handler):
        with self.lock:
            self.requests.append((handler.path, handler.headers.get("Range")))
            script = next((s for s in self.scripts if handler.path.endswith(s[0]) and s[2] != 0), None)
            if script and script[2]:
                script[2] -= 1
        path = self.folder / handler.path.lstrip("/")
        content = path.read_bytes() if path.is_file() else None
        (script[1] if script else serve)(handler, content)

    def close(self):
        self.closing.set()
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


def send(handler, status, body, **headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def serve(handler, content):
    """As a server should."""
    wanted = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
    if content is None:
        send(handler, 404, b"there is no such file\n")
    elif wanted and int(wanted.group(1)) >= len(content):
        send(handler, 416, b"", Content_Range=f"bytes */{len(content)}")
    elif wanted:
        start = int(wanted.group(1))
        send(handler, 206, content[start:], Content_Range=f"bytes {start}-{len(content) - 1}/{len(content)}")
    else:
        send(handler, 200, content)


def drop(handler):
    """Close at once, unsent bytes and all."""
    handler.close_connection = True
    handler.wfile.flush()
    with contextlib.suppress(OSError):
        handler.connection.shutdown(socket.SHUT_RDWR)


def truncate(handler, content):
    """Announce all, send the first half."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content[:len(content) // 2])
    drop(handler)


def endless(handler, content):
    """Never stop, never say how much it is."""
    handler.send_response(200)
    handler.end_headers()
    block = (content or b"x") + b"# more\n" * 8192
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(block)
    handler.close_connection = True


def html(handler, content):
    """What networks with a login page say to everything."""
    send(handler, 200, HTML, Content_Type="text/html")


def fail(status):
    return lambda handler, content: send(handler, status, b"<h1>no</h1>\n", Content_Type="text/html")


def redirect(target):
    return lambda handler, content: send(handler, 302, b"", Location=target)


def replace(body):
    return lambda handler, content: send(handler, 200, body)


def stall(server):
    """Send a few bytes, then nothing more as long as somebody waits."""

    def behave(handler, content):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[:10])
        handler.wfile.flush()
        handler.connection.settimeout(0.1)
        while not server.closing.is_set():
            with contextlib.suppress(TimeoutError):
                if not handler.connection.recv(1):
                    break
            time.sleep(0.02)
        drop(handler)

    return behave
