# SPDX-License-Identifier: Apache-2.0
"""The house plan, held against the source: who includes whom, where SQL is, what every file has and none may have."""
import re
import subprocess

import pytest
from kit import ROOT

# From the top down. A room includes itself and rooms on lower floors.
FLOORS = [{"cli", "server"}, {"app"}, {"report", "feed", "match", "access", "store"}, {"model"}, {"base"}]

# What a room includes of its own floor: (room, header), with the reason.
EXCEPTIONS = {
    ("store", "access/sender.h"): "queries carry the asker's scope, rows the host's identity: the words, not the decisions",
    ("store", "feed/feed.h"): "a feed is kept as it is described",
    ("store", "match/update.h"): "the candidates that a verdict is made of are rows of the store",
    ("cli", "server/server.h"): "the command that starts the server",
}

SOURCES = sorted((ROOT / "src").rglob("*.[ch]"))
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def room_of(path):
    return path.relative_to(ROOT / "src").parts[0]


def floor_of(room):
    return next(i for i, rooms in enumerate(FLOORS) if room in rooms)


def kept_files():
    """What belongs to the project: all files that git has, or would take."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True)
    if listed.returncode:
        pytest.skip("not a git working tree")
    return sorted(p for p in (ROOT / name for name in listed.stdout.decode().split("\0") if name) if p.is_file())


def text_of(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""  # binary samples


def test_every_folder_of_the_source_is_a_room_of_the_plan():
    rooms = {room_of(path) for path in SOURCES}
    assert rooms == set().union(*FLOORS)


def test_includes_name_a_room_and_a_header_that_is_there():
    bad = [f"{path.relative_to(ROOT)}: {name}" for path in SOURCES for name in INCLUDE.findall(path.read_text())
           if not name.endswith(".h") or not (ROOT / "src" / name).is_file()]
    assert bad == []


def test_includes_go_downwards():
    bad = []
    for path in SOURCES:
        room = room_of(path)
        for name in INCLUDE.findall(path.read_text()):
            other = name.split("/")[0]
            if other != room and floor_of(other) <= floor_of(room) and (room, name) not in EXCEPTIONS:
                bad.append(f"{path.relative_to(ROOT)} includes {name}")
    assert bad == []


def test_exceptions_of_the_plan_are_still_needed():
    used = {(room_of(path), name) for path in SOURCES for name in INCLUDE.findall(path.read_text())}
    assert set(EXCEPTIONS) - used == set()


def strip_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)


def test_sql_is_only_in_the_store():
    sql = re.compile(r'"\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX)|PRAGMA\s|BEGIN\b|COMMIT\b)')
    found = {room_of(path) for path in SOURCES if sql.search(strip_comments(path.read_text()))}
    assert found == {"store"}


def test_database_headers_are_only_in_the_store():
    headers = re.compile(r"#\s*include\s+<(sqlite3|libpq-fe)\.h>")
    assert {room_of(path) for path in SOURCES if headers.search(path.read_text())} == {"store"}


# No comments in these, none of ours, or mere settings.
WITHOUT_SPDX = re.compile(r"\.(md|json|xml|gz|xz|zst|bz2|gpg|asc|pem|der|tsv|txt|list|svg|png|ico)$|(^|/)(LICENSE|COPYING|NOTICE|NEWS|\.gitignore)$"
                          r"|/(corpus|samples|goldens?|testdata|expected)/|\.scd$|\.conf$|^\.clang-format$|\.desktop$|^debian/|/debian/|\.spec$")


def test_every_source_file_has_its_licence_line():
    bad = []
    for path in kept_files():
        name = str(path.relative_to(ROOT))
        if not WITHOUT_SPDX.search(name) and "SPDX-License-Identifier: Apache-2.0" not in text_of(path)[:400]:
            bad.append(name)
    assert bad == []


def test_every_c_file_has_its_licence_line_first():
    assert [str(p) for p in SOURCES if not p.read_text().startswith("/* SPDX-License-Identifier: Apache-2.0")] == []


def test_no_path_of_a_developers_machine_is_in_any_file():
    # assembled, so that this file does not hold what it looks for
    roots = ["/" + "home/", "/" + "Users/", "/" + "work/", "C:" + "\\", str(ROOT) + "/", "/" + "root/", "/" + "mnt/"]
    pattern = re.compile("|".join(rf"(?<![\w.$}}]){re.escape(r)}[\w.-]+" for r in roots))
    bad = []
    for path in kept_files():
        for number, line in enumerate(text_of(path).splitlines(), 1):
            hit = pattern.search(line)
            if hit:
                bad.append(f"{path.relative_to(ROOT)}:{number}: {hit.group()}")
    assert bad == []


def test_every_header_compiles_alone(tmp_path):
    one = tmp_path / "all.sh"
    headers = [str(p.relative_to(ROOT / "src")) for p in SOURCES if p.suffix == ".h"]
    one.write_text("status=0\nfor h in " + " ".join(headers) + "; do\n"
                   '  printf \'#include "%s"\\n\' "$h" | cc -std=gnu17 -D_GNU_SOURCE -DPK_VERSION=\'"0"\' -fsyntax-only -I. -I/usr/include/libxml2 -x c - || {\n'
                   '    echo "$h" >&2; status=1; }\ndone\nexit $status\n')
    done = subprocess.run(["sh", str(one)], cwd=ROOT / "src", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_house_rules_that_a_machine_can_see():
    """No file grows past 800 lines, no fixed buffer is written without its size, nothing ends the process but main and panic."""
    bad = []
    for path in SOURCES:
        text = strip_comments(path.read_text())
        name = str(path.relative_to(ROOT))
        if path.read_text().count("\n") > 800:
            bad.append(f"{name}: longer than 800 lines")
        for word in (r"strcpy\(", r"strcat\(", r"sprintf\(", r"gets\(", r"alloca\(", r"setjmp\(", r"system\(", r"popen\("):
            if re.search(rf"(?<![\w]){word}", text):
                bad.append(f"{name}: {word[:-2]}")
        if re.search(r"(?<![\w])exit\(", text):
            bad.append(f"{name}: exit")
    assert bad == []
