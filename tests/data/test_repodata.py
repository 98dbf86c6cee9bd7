# SPDX-License-Identifier: Apache-2.0
"""Every repository of the data is taken over, as another reader reads it, or refused for the right reason."""
import bz2
import gzip
import hashlib
import lzma
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import kit

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

# Folders with a repodata/repomd.xml that are taken over.
GOOD = ["createrepo_c-additional", "opensuse-10.2-updates-subset", "opensuse-11.0-update", "oreon-security"]
# And those that are not: exit code, what the message says.
REFUSED = {
    "alma/almalinux-epel_10_x86_64_v2": (3, "a sha256 checksum of 65 digits"),
    "alma/almalinux_9_AppStream_x86_64_os": (3, "a sha256 checksum of 65 digits"),
    "alma/almalinux_9_BaseOS_x86_64_os": (5, "primary.xml.gz': the server does not have it"),
    "fedora/archive_epel_6.2017-11-07_SRPMS": (3, "'updateinfo' is compressed as zchunk"),
    "fedora/archive_fedora_linux_updates_38_Modular_x86_64": (5, "primary.xml.gz': the server does not have it"),
    "fedora/fedora_linux_releases_test_43_Beta_Everything_source_tree": (5, "primary.xml.zst': the server does not have it"),
    "fedora/fedora_linux_updates_43_Everything_x86_64": (5, "primary.xml.zst': the server does not have it"),
    "pulp-el6": (5, "updateinfo.xml.xz': the server does not have it"),  # trimmed; its primary is read below
    "vmaas": (5, "primary.xml.gz': the server does not have it"),  # likewise
}
# Indexes that stand alone, or whose repository is refused for another file.
LOOSE_PRIMARY = ["createrepo_c-modified/long_primary.xml", "vmaas/repodata/primary.xml",
                 "pulp-el6/repodata/6b575c847d7974516d28d6185f315e0e85696d86-primary.xml.gz"]
LOOSE_UPDATEINFO = ["amazon/amazon_linux_1_updateinfo.xml", "amazon/updateinfo_2.xml.gz", "amazon/updateinfo_2023.xml.gz",
                    "amazon/updateinfo_2023_nvidia.xml.gz", "centos-cefs/updateinfo.xml.zst", "vmaas/repodata/updateinfo.xml",
                    "alma/almalinux_9_BaseOS_x86_64_os/repodata/106ba7d2cc8d0ba45aebfe29e32dbbc6ac0bb0378413184d62e6198d13fedb76-updateinfo.xml.gz",
                    "alma/almalinux_9_AppStream_x86_64_os/repodata/cccc125de8ddb7f66ac6a9850f48af285670c3ace1e29f2b0ce002ab69b88ee5-updateinfo.xml.gz",
                    "fedora/archive_epel_6.2017-11-07_SRPMS/repodata/804c7236e6d341cbb68a257bf8b984a140c1f1d2006e35ba9f6d2383b1a50ab0-updateinfo.xml.bz2",
                    "fedora/archive_fedora_linux_updates_38_Modular_x86_64/repodata/"
                    "5018295245e031a2d51db78a23935461d067cdbc1b6e43d8575983c5f6893252-updateinfo.xml.xz",
                    "fedora/fedora_linux_updates_43_Everything_x86_64/repodata/"
                    "74f58a91baa4a290e7ab058c6298b46ef49fc5ee990ede14d181340e5d22fca9-updateinfo.xml.zst"]
LOOSE_REFUSED = {"zck/primary.xml.zck": "zchunk"}
# suite, component, architecture
APT = [(suite, "main", "amd64") for suite in ("bookworm", "bookworm-updates", "bookworm-security", "bookworm-backports")]
APT += [("bookworm-security", "main", "arm64")] + [("bookworm", component, "amd64") for component in ("contrib", "non-free", "non-free-firmware")]


def unpack(path):
    """The vendors' compressions, with other tools than the program's."""
    openers = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}
    if path.suffix == ".zst":
        return subprocess.run(["zstd", "-dcq", str(path)], capture_output=True, check=True).stdout
    with openers.get(path.suffix, open)(path, "rb") as f:
        return f.read()


def tree(path):
    """An XML document without its namespaces."""
    root = ElementTree.fromstring(unpack(path))
    for element in root.iter():
        element.tag = element.tag.split("}")[-1]
    return root


def read_primary(path):
    """What a primary index offers: {(name, evr, arch)}; sources are nothing to install."""
    found = set()
    for package in tree(path).iter("package"):
        version, arch = package.find("version"), package.findtext("arch")
        if arch not in ("src", "nosrc"):
            found.add((package.findtext("name"), f"{version.get('epoch') or 0}:{version.get('ver')}-{version.get('rel')}", arch))
    return found


def read_updateinfo(path):
    """Ids of all advisories, and what those of security announce: {(id, name, evr, arch)}."""
    ids, announced = set(), set()
    for update in tree(path).iter("update"):
        identity = update.findtext("id").strip()
        ids.add(identity)
        if (update.get("type") or "").lower() != "security":
            continue
        for p in update.findall("pkglist/collection/package"):
            if p.get("arch") not in ("src", "nosrc"):
                announced.add((identity, p.get("name"), f"{p.get('epoch') or 0}:{p.get('version')}-{p.get('release')}", p.get("arch")))
    return ids, announced


def offers(pakiti):
    return set(pakiti.rows("SELECT name, evr, arch FROM offer WHERE advisory = ''"))


def advisories(pakiti):
    announced = set(pakiti.rows("SELECT advisory, name, evr, arch FROM offer WHERE advisory <> ''"))
    return {row[0] for row in pakiti.rows("SELECT id FROM advisory")}, announced


def add(pakiti, url):
    pakiti.add_feed("f", url, "--unsigned", type="rpmmd", platform="rhel:9")


def listed(folder, kind):
    """The file of this kind that a repomd.xml lists."""
    for block in tree(folder / "repodata" / "repomd.xml").iter("data"):
        if block.get("type") == kind:
            return folder / block.find("location").get("href")
    return None


def put_repository(folder, **files):
    """A repository of these index files, as they are."""
    (folder / "repodata").mkdir(parents=True)
    blocks = ""
    for kind, path in files.items():
        content = path.read_bytes() if isinstance(path, Path) else path
        name = path.name if isinstance(path, Path) else f"{kind}.xml"
        (folder / "repodata" / name).write_bytes(content)
        blocks += (f'<data type="{kind}"><checksum type="sha256">{hashlib.sha256(content).hexdigest()}</checksum><location href="repodata/{name}"/>'
                   f"<size>{len(content)}</size></data>")
    (folder / "repodata" / "repomd.xml").write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n<repomd>{blocks}</repomd>\n')
    return folder.as_uri()


EMPTY_PRIMARY = b'<?xml version="1.0" encoding="UTF-8"?>\n<metadata packages="0"></metadata>\n'


def test_every_file_of_a_repository_is_the_matter_of_a_test(data):
    heads = {str(p.parent.parent.relative_to(data / "repodata")) for p in (data / "repodata").rglob("repodata/repomd.xml")}
    assert heads == set(GOOD) | set(REFUSED)
    indexes = {str(p.relative_to(data / "repodata")) for pattern in ("*primary*.xml*", "*updateinfo*") for p in (data / "repodata").rglob(pattern)}
    in_good = {str(listed(data / "repodata" / name, kind).relative_to(data / "repodata")) for name in GOOD for kind in ("primary", "updateinfo")
               if listed(data / "repodata" / name, kind)}
    rest = indexes - in_good - set(LOOSE_PRIMARY) - set(LOOSE_UPDATEINFO) - set(LOOSE_REFUSED)
    assert {name for name in rest if not name.endswith((".zck", ".sqlite.bz2"))} == set()


@pytest.mark.parametrize("name", GOOD)
def test_rpm_repository_is_taken_over_as_another_reader_reads_it(data, pakiti, name):
    folder = data / "repodata" / name
    add(pakiti, folder.as_uri())
    pakiti.run("sync")
    assert offers(pakiti) == read_primary(listed(folder, "primary"))
    updateinfo = listed(folder, "updateinfo")
    assert advisories(pakiti) == (read_updateinfo(updateinfo) if updateinfo else (set(), set()))
    feed = pakiti.feed("f")
    assert (feed["packages"], feed["advisories"]) == (pakiti.rows("SELECT COUNT(*) FROM offer WHERE advisory = ''")[0][0], pakiti.count("advisory"))
    assert feed["packages"] > 0


@pytest.mark.parametrize("name", REFUSED)
def test_rpm_repository_that_is_broken_is_refused_for_the_right_reason(data, pakiti, name):
    code, says = REFUSED[name]
    add(pakiti, (data / "repodata" / name).as_uri())
    assert says in pakiti.run("sync", code=code).stderr.splitlines()[0]
    assert pakiti.count("offer") == 0 and pakiti.feed("f")["health"] == "failing"


@pytest.mark.parametrize("name", LOOSE_PRIMARY, ids=lambda n: n.split("/")[0])
def test_primary_index_is_read_as_another_reader_reads_it(data, pakiti, tmp_path, name):
    path = data / "repodata" / name
    add(pakiti, put_repository(tmp_path / "r", primary=path))
    pakiti.run("sync")
    assert offers(pakiti) == read_primary(path) != set()


@pytest.mark.parametrize("name", LOOSE_UPDATEINFO, ids=lambda n: re.sub(r"/.*/[0-9a-f]*|_updateinfo.*", "-", n)[:40])
def test_updateinfo_is_read_as_another_reader_reads_it(data, pakiti, tmp_path, name):
    path = data / "repodata" / name
    add(pakiti, put_repository(tmp_path / "r", primary=EMPTY_PRIMARY, updateinfo=path))
    pakiti.run("sync")
    assert advisories(pakiti) == read_updateinfo(path) != (set(), set())
    assert offers(pakiti) == set()


@pytest.mark.parametrize("name", LOOSE_REFUSED)
def test_index_in_a_compression_that_is_not_read_is_refused(data, pakiti, tmp_path, name):
    add(pakiti, put_repository(tmp_path / "r", primary=data / "repodata" / name))
    assert LOOSE_REFUSED[name] in pakiti.run("sync", code=3).stderr


@pytest.fixture
def debian(data, tmp_path):
    if not Path(KEYRING).exists():
        pytest.skip(f"there is no {KEYRING}")
    folder = tmp_path / "debian"
    folder.mkdir()
    (folder / "dists").symlink_to(data / "repodata" / "debian")
    return folder


def read_packages(path):
    fields = re.compile(r"^(Package|Version|Architecture): (.*)$", re.M)
    stanzas = (dict(fields.findall(text)) for text in unpack(path).decode().split("\n\n") if text.strip())
    return {(s["Package"], s["Version"], s["Architecture"]) for s in stanzas}


@pytest.mark.parametrize("suite, component, arch", APT)
def test_debian_suite_is_verified_and_taken_over_as_another_reader_reads_it(data, pakiti, debian, suite, component, arch):
    pakiti.add_feed("f", debian.as_uri(), "--suite", suite, "--components", component, "--arch", arch, "--keyring", KEYRING, "--ignore-valid-until")
    pakiti.run("sync")
    assert offers(pakiti) == read_packages(data / "repodata" / "debian" / suite / component / f"binary-{arch}" / "Packages.xz")
    automatic = {"bookworm-backports": 1}.get(suite, 0)
    assert pakiti.rows("SELECT automatic FROM feed") == [(automatic,)]


def test_debian_suite_without_the_wanted_architecture_says_so(pakiti, debian):
    pakiti.add_feed("f", debian.as_uri(), "--suite", "bookworm", "--components", "main", "--arch", "riscv64", "--keyring", KEYRING)
    assert "no architecture 'riscv64'" in pakiti.run("sync", code=2).stderr


def test_packages_of_backports_count_only_for_hosts_that_took_them_from_there(pakiti, debian):
    pakiti.configure(store_devel_packages="yes", store_doc_packages="yes", ignore_packages="")
    for suite in ("bookworm", "bookworm-backports"):
        pakiti.add_feed(suite, debian.as_uri(), "--suite", suite, "--components", "main", "--arch", "amd64", "--keyring", KEYRING, "--ignore-valid-until")
    pakiti.run("sync")
    in_release, in_backports = (dict(pakiti.rows("SELECT o.name, o.evr FROM offer o JOIN feed f ON f.id = o.feed_id WHERE f.name = ?", suite))
                                for suite in ("bookworm", "bookworm-backports"))
    both = sorted(set(in_release) & set(in_backports))
    assert len(both) > 100
    signs = pakiti.run("vercmp", "deb", stdin="".join(f"{in_backports[name]}\t{in_release[name]}\n" for name in both)).stdout.split()
    ahead = [name for name, sign in zip(both, signs) if sign == "1" and "~bpo" in in_backports[name]]
    plain = kit.report_5(packages=[(name, in_release[name], "amd64") for name in both])
    assert [row for row in pakiti.outdated(plain).values() if row[3] == "bookworm-backports"] == []
    older = kit.report_5(packages=[(name, in_backports[name].replace("~bpo", "~bpn"), "amd64") for name in ahead])
    found = pakiti.outdated(older)
    assert {name: row[1] for (name, _), row in found.items()} == {name: in_backports[name] for name in ahead} != {}
    assert {row[3] for row in found.values()} == {"bookworm-backports"}
