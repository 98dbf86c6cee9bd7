# SPDX-License-Identifier: Apache-2.0
"""Version order against what dpkg and rpm themselves say of the same pairs."""
import subprocess

import pytest

import kit

FILES = {
    "deb": ["deb-dpkg-c-suite", "deb-dpkg-perl-suite", "deb-fuzz-shared", "deb-real-shared"],
    "rpm": ["rpm-fuzz-shared", "rpm-real-shared", "rpm-rpmvercmp-suite"],
}


@pytest.mark.parametrize("kind, name", [(kind, name) for kind, names in FILES.items() for name in names])
def test_vercmp_when_given_the_vectors_then_every_sign_is_the_vendors(data, kind, name):
    rows = [line.split("\t") for line in (data / "vectors" / f"{name}.tsv").read_text().splitlines()]
    pairs = "".join(f"{a}\t{b}\n" for a, b, _ in rows)
    out = subprocess.run([kit.PROGRAM, "vercmp", kind], input=pairs, capture_output=True, text=True, check=True).stdout.split()
    wrong = [(row, said) for row, said in zip(rows, out) if row[2] != said]
    assert len(out) == len(rows) > 0
    assert wrong == []


def test_every_file_of_version_pairs_is_compared(data):
    """deb-validity.tsv has single versions: there is nothing to compare."""
    files = {path.stem for path in (data / "vectors").glob("*.tsv")}
    assert files == {name for names in FILES.values() for name in names} | {"deb-validity"}
