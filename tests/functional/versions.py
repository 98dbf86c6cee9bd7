# SPDX-License-Identifier: Apache-2.0
"""The orders of versions that package managers have, written anew from their documents: what the program does is held against them."""
import re


def parts(version):
    """Epoch, version, release (None: not told)."""
    epoch, colon, rest = version.partition(":")
    epoch, rest = (epoch, rest) if colon else ("", version)
    upstream, dash, release = rest.rpartition("-")
    return (epoch, upstream, release) if dash else (epoch, rest, None)


def deb_part(text):
    """Debian Policy 5.6.12: letters and signs, then a number, and so on; a tilde comes before the end, letters before signs."""
    def weight(c):
        return -1 if c == "~" else ord(c) if c.isalpha() else ord(c) + 256
    return [(tuple(map(weight, letters)) + (0,), int(digits or 0)) for letters, digits in re.findall(r"(\D*)(\d*)", text)]


def rpm_part(text):
    """rpm-version(7): runs of letters or digits; a tilde comes before the end, a caret behind it, letters before numbers."""
    kinds = {"~": (-1,), "^": (1,)}
    return [kinds.get(run) or ((3, int(run)) if run.isdigit() else (2, run)) for run in re.findall(r"\d+|[a-zA-Z]+|[~^]", text)] + [(0,)]


def key(manager, version):
    """By what versions are compared; those of rpm come before those of deb."""
    epoch, upstream, release = parts(version)
    if manager == "deb":
        return 2, int(epoch or 0), deb_part(upstream), deb_part(release or "")
    return 1, int(epoch or 0), rpm_part(upstream), release is not None, rpm_part(release or "")
