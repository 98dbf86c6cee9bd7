# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the functional tests; kit.py and repositories.py hold what they are made of."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import demo  # noqa: E402
import kit  # noqa: E402
import repositories  # noqa: E402


def pytest_configure(config):
    if not Path(kit.PROGRAM).exists():
        raise pytest.UsageError(f"there is no program {kit.PROGRAM}: build it, or name it in PAKITI")


@pytest.fixture
def bare(tmp_path):
    """The program without a database."""
    return kit.Pakiti(tmp_path / "pakiti")


@pytest.fixture
def pakiti(bare):
    """The program with an empty database."""
    return bare.init()


@pytest.fixture(scope="session")
def new_demo(tmp_path_factory):
    """Makes the fleet of demo.py: it is filled once, and each asker has a copy."""
    filled = kit.Pakiti(tmp_path_factory.mktemp("demo") / "pakiti").init()
    demo.fill(filled, shared=False)
    return lambda: filled.copy(tmp_path_factory.mktemp("copy") / "pakiti")


@pytest.fixture
def make_server(pakiti):
    """Starts a server with these options of the configuration; it is stopped, and must end well, after the test."""
    servers = []

    def make(**options):
        pakiti.configure(threads=2, **options)
        servers.append(kit.Server(pakiti).start())
        return servers[-1]

    yield make
    for server in servers:
        server.stop()


@pytest.fixture
def server(make_server):
    return make_server()


# ---- repositories ----


def need(*tools):
    name = repositories.missing(*tools)
    if name:
        pytest.skip(f"'{name}' is not installed")


@pytest.fixture(scope="session")
def keys():
    need("gpg", "gpgconf")
    home = repositories.Keys()
    yield home
    home.close()


@pytest.fixture(scope="session")
def key(keys):
    return keys.make("archive")


@pytest.fixture(scope="session")
def other_key(keys):
    return keys.make("stranger")


@pytest.fixture(scope="session")
def keyring(key, tmp_path_factory):
    return key.export(tmp_path_factory.mktemp("keyring") / "archive.gpg")


@pytest.fixture(scope="session")
def debs(tmp_path_factory):
    need("dpkg-deb", "apt-ftparchive", "zstd")
    return repositories.Debs(tmp_path_factory.mktemp("debs"))


@pytest.fixture(scope="session")
def rpms(tmp_path_factory):
    need("rpmbuild", "createrepo_c", "modifyrepo_c")
    return repositories.Rpms(tmp_path_factory.mktemp("rpms"))


@pytest.fixture
def apt(tmp_path, debs, key):
    """A factory of signed APT repositories; key=None makes them unsigned."""

    def make(name="apt", **options):
        options.setdefault("key", key)
        return repositories.AptRepository(tmp_path / "www" / name, debs, **options)

    return make


@pytest.fixture
def rpmmd(tmp_path, rpms):
    """A factory of RPM repositories, unsigned unless a key is given."""

    def make(name="rpm", **options):
        return repositories.RpmRepository(tmp_path / "www" / name, rpms, **options)

    return make


@pytest.fixture
def web(tmp_path):
    """Serves the folder of the test's repositories over HTTP."""
    (tmp_path / "www").mkdir(exist_ok=True)
    server = repositories.FileServer(tmp_path / "www")
    yield server
    server.close()
