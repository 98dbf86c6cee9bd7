# SPDX-License-Identifier: Apache-2.0
"""The command line: help, usage, exit codes, configuration, output formats, and the commands on a database."""
import csv
import io
import json
import os
import re
import socket
import sqlite3
import stat
import subprocess

import pytest
from kit import PROGRAM, ROOT, Pakiti, report_5, report_6, run_program

COMMANDS = ["server", "sync", "feed add", "feed add-defaults", "feed import-host", "feed list", "feed show", "feed accept", "feed remove", "check",
            "submit", "hosts", "host", "packages", "package", "cve", "explain", "recalculate", "oval eval", "vercmp", "db init", "db migrate",
            "db check", "config show", "config check"]
LISTS = [["feed", "list"], ["feed", "show", "f"], ["hosts"], ["host", "www.example.org"], ["host", "www.example.org", "--packages"],
         ["packages"], ["packages", "bash"], ["config", "show"]]


def usage_error(pakiti, *args):
    """What a wrong command line is told: exit code 2, one line, nothing on standard output."""
    done = pakiti.run(*args, code=2)
    assert done.stdout == ""
    assert re.fullmatch(r"pakiti: [^\n]+\n", done.stderr)
    return done.stderr


# ---- help ----


def test_help_lists_every_command(bare):
    overview = bare.run("--help").stdout
    listed = [c for c in COMMANDS if re.search(rf"^  {c}( |$)", overview, re.M)]
    assert listed == COMMANDS
    assert len(re.findall(r"^  (?!-)\S", overview.split("Options of every command")[0], re.M)) == len(COMMANDS) + 1  # and "help"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_in_either_way_explains_it(bare, command):
    text = bare.run("help", *command.split()).stdout
    assert text.startswith(f"Usage: pakiti {command} ")
    assert "--config FILE" in text
    assert bare.run(*command.split(), "--help").stdout == text
    assert bare.run(*command.split(), "-h").stdout == text


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_every_command_of_the_manual(command):
    manual = (ROOT / "docs" / "man" / "pakiti.1.scd").read_text()
    word = command.split()[-1]
    assert re.search(rf"^\*({command}\*|{command.split()[0]} [a-z*|]*\b{word}\*)", manual, re.M)


def test_help_of_a_family_lists_its_commands(bare):
    lines = bare.run("help", "feed").stdout.splitlines()
    assert [line.split()[1] for line in lines] == [c.split()[1] for c in COMMANDS if c.startswith("feed ")]


def test_version_is_the_projects(bare):
    version = re.search(r"version: '([^']+)'", (ROOT / "meson.build").read_text()).group(1)
    assert bare.run("--version").stdout == f"pakiti {version}\n"


# ---- usage ----


@pytest.mark.parametrize("args, says", [
    ([], "which command"),
    (["frobnicate"], "'frobnicate'"),
    (["help", "frobnicate"], "'frobnicate'"),
    (["--frobnicate", "hosts"], "'--frobnicate'"),
    (["hosts", "--frobnicate"], "'--frobnicate'"),
    (["hosts", "-x"], "'-x'"),
    (["hosts", "www"], "usage: pakiti hosts"),
    (["check"], "usage: pakiti check"),
    (["check", "a", "b"], "usage: pakiti check"),
    (["hosts", "--format"], "--format needs a value"),
    (["hosts", "--format", "xml"], "--format is 'xml'"),
    (["sync", "--force=yes"], "--force takes no value"),
    (["vercmp", "apk"], "not 'apk'"),
])
def test_wrong_command_line_is_told_in_one_line_and_exits_2(pakiti, args, says):
    assert says in usage_error(pakiti, *args)


@pytest.mark.parametrize("args", [["feed"], ["feed", "frobnicate"]])
def test_family_without_its_second_word_says_which_there_are(bare, args):
    done = bare.run(*args, code=2)
    assert "feed add" in done.stdout and "'feed' needs" in done.stderr


def test_words_behind_two_dashes_are_no_options(pakiti):
    assert "--packages" in pakiti.run("host", "--", "--packages", code=1).stderr


def test_options_may_stand_anywhere_and_have_their_value_behind_an_equals_sign(pakiti):
    pakiti.run("submit", "-", stdin=report_5())
    wanted = pakiti.tsv("hosts")
    assert wanted
    done = run_program([PROGRAM, "hosts", "--format=tsv", f"--db={pakiti.db}", f"--config={pakiti.config}"])
    assert [line.split("\t") for line in done.stdout.splitlines()] == wanted


def test_output_that_cannot_be_written_is_a_failure(pakiti):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(pakiti.command("config", "show"), stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 1 and "standard output" in done.stderr


# ---- exit codes ----


@pytest.mark.parametrize("args, stdin, code, says", [
    (["host", "nobody.example.org"], None, 1, "nobody.example.org"),
    (["feed", "show", "none"], None, 1, "'none'"),
    (["feed", "remove", "none"], None, 1, "'none'"),
    (["sync", "none"], None, 1, "'none'"),
    (["check", "no-such-file"], None, 1, "no-such-file"),
    (["submit", "no-such-file"], None, 1, "no-such-file"),
    (["check", "-"], "this is no report", 3, "-: "),
    (["check", "-"], "", 3, "empty"),
    (["submit", "-"], "#\nhost: a.example.org\n#\none two\n", 3, "line 4"),
    (["check", "-", "--platform", "a\tb"], report_5(), 3, "platform"),
    (["vercmp", "deb"], "1.0 2.0\n", 3, "line 1"),
    (["feed", "import-host", "--root", "nowhere"], None, 2, "nowhere/etc/os-release"),
])
def test_failure_is_told_in_one_line_and_has_its_exit_code(pakiti, args, stdin, code, says):
    done = pakiti.run(*args, stdin=stdin, code=code)
    assert done.stdout == ""
    assert re.fullmatch(r"pakiti: [^\n]+\n", done.stderr) and says in done.stderr


@pytest.mark.parametrize("args", [["hosts"], ["host", "a"], ["packages"], ["feed", "list"], ["feed", "show", "a"], ["feed", "remove", "a"], ["sync"],
                                  ["submit", "-"], ["check", "-"], ["server"], ["db", "check"], ["db", "migrate"]])
def test_command_without_a_database_says_how_to_make_one_and_exits_4(bare, args):
    done = bare.run(*args, code=4, stdin=report_5())
    assert str(bare.db) in done.stderr and "pakiti db init" in done.stderr
    assert not bare.db.exists()


def test_reports_of_a_file_and_of_standard_input_are_judged_alike(pakiti):
    (pakiti.folder / "report").write_text(report_5())
    assert pakiti.tsv("check", "report") == pakiti.tsv("check", "-", stdin=report_5())


@pytest.mark.parametrize("address", ["", "nonsense", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:99999", ":8080", "999.0.0.1:0", "[::1:0"])
def test_server_with_a_wrong_address_says_so_and_exits_2(pakiti, address):
    done = pakiti.run("server", "--listen", address, code=2)
    assert f"listen is '{address}'" in done.stderr


def test_server_whose_address_is_taken_says_so_and_exits_1(pakiti):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = pakiti.run("server", "--listen", address, code=1)
    assert f"cannot listen on '{address}'" in done.stderr


# ---- formats ----


@pytest.fixture
def filled(pakiti):
    """A database with a feed and a host with odd texts."""
    pakiti.add_feed("f", "file:///nowhere", "--suite", "s", "--arch", "amd64", "--unsigned")
    pakiti.run("submit", "-", stdin=json.dumps(report_6(host_members={"site": 'a "b" \\ <c> ž', "tag": "x"})))
    return pakiti


@pytest.mark.parametrize("args", LISTS, ids=" ".join)
def test_json_is_an_array_of_objects_with_the_same_keys(filled, args):
    rows = filled.json(*args)
    assert isinstance(rows, list)
    assert len({tuple(row) for row in rows}) <= 1
    assert args[0] == "host" and args[-1] != "--packages" or rows


@pytest.mark.parametrize("args", LISTS, ids=" ".join)
def test_tsv_has_the_cells_of_json(filled, args):
    def text(value):
        return {True: "yes", False: "no", None: "-"}.get(value, value) if not isinstance(value, int) or isinstance(value, bool) else str(value)

    cells = [[text(v) for v in row.values()] for row in filled.json(*args)]
    unescaped = [[re.sub(r"\\([tnr\\])", lambda m: {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}[m.group(1)], cell) for cell in row]
                 for row in filled.tsv(*args)]
    assert unescaped == cells


@pytest.mark.parametrize("args", [a for a in LISTS if a[0] != "host"], ids=" ".join)
def test_table_has_a_heading_and_a_line_for_each_row(filled, args):
    rows = filled.json(*args)
    lines = filled.run(*args).stdout.splitlines()
    assert len(lines) == len(rows) + 1
    assert re.split(r"  +", lines[0].strip())[0] == next(iter(rows[0])).upper().replace("_", " ")
    for line, row in zip(lines[1:], rows):
        assert line.startswith(str(next(iter(row.values()))))


def test_table_of_a_host_that_cannot_be_judged_does_not_say_that_it_is_current(filled):
    text = filled.run("host", "www.example.org").stdout
    assert "3 packages, 0 not current" in text
    assert text.endswith("nothing can be judged.\n")


def test_odd_text_survives_in_json(filled):
    assert filled.host("www.example.org")["site"] == 'a "b" \\ <c> ž'


def test_control_characters_never_reach_a_terminal(pakiti):
    done = pakiti.run("check", "-", stdin="#\nhost: a\x1b[31m\n#\n", code=3)
    assert "\x1b" not in done.stderr


# ---- configuration ----


@pytest.mark.parametrize("text, line, says", [
    ("nonsense = 1\n", 1, "'nonsense'"),
    ("# comment\n\nthreads = many\n", 3, "threads is 'many'"),
    ("threads = 257\n", 1, "0 to 256"),
    ("threads = -1\n", 1, "threads is '-1'"),
    ("access_log = perhaps\n", 1, "say yes or no"),
    ("report_bytes_max = 16X\n", 1, "size such as 16M"),
    ("report_bytes_max = 1023\n", 1, "1024 to"),
    ("report_bytes_max = 99999999999999999999G\n", 1, "report_bytes_max"),
    ("threads = 1\nthreads = 2\n", 2, "second time"),
    ("threads\n", 1, "name = value"),
    ("= 3\n", 1, "''"),
    ("[server]\n", 1, "name = value"),
])
def test_wrong_configuration_is_named_with_file_and_line(bare, text, line, says):
    bare.config.write_text(text)
    for command in (["config", "check"], ["hosts"], ["server"]):
        done = bare.run(*command, code=2)
        assert done.stderr.startswith(f"pakiti: {bare.config}:{line}: ") and says in done.stderr


@pytest.mark.parametrize("text, says", [
    ("ignore_package_patterns = fine ([bad\n", "([bad"),
    ("platforms_file = no-such-file\n", "no-such-file"),
    ("report_decryption_key = no-such-file\n", "no-such-file"),
    ("database =\n", "database is empty"),
])
def test_configuration_that_cannot_be_used_is_found_by_config_check(bare, text, says):
    bare.config.write_text(text)
    command = [PROGRAM, "--config", str(bare.config), "config", "check"]
    assert says in run_program(command, code=2, cwd=bare.folder).stderr


def test_platforms_file_with_a_broken_line_is_named_with_its_line(bare):
    (bare.folder / "platforms").write_text("# comment\n^my os ([0-9]+)\tmine:\\1\trpm\n^broken\n")
    bare.configure(platforms_file=bare.folder / "platforms")
    assert f"{bare.folder / 'platforms'}:3: " in bare.run("config", "check", code=2).stderr


def test_platforms_file_is_looked_at_first(pakiti):
    (pakiti.folder / "platforms").write_text("^debian gnu/linux 12\tmine:12\tdeb\n")
    pakiti.configure(platforms_file=pakiti.folder / "platforms")
    pakiti.run("submit", "-", stdin=report_5())
    assert pakiti.host("www.example.org")["platform"] == "mine:12"


def test_configuration_file_that_is_missing_is_an_error_when_it_was_named(bare):
    bare.config.unlink()
    assert str(bare.config) in bare.run("config", "show", code=2).stderr


def test_config_show_has_every_option_with_value_default_and_meaning(bare):
    bare.configure(threads=7, report_bytes_max="2M", request_timeout="2m", access_log="YES")
    rows = {row["option"]: row for row in bare.json("config", "show")}
    assert rows["threads"]["value"] == "7" and rows["threads"]["default"] == "0"
    assert rows["report_bytes_max"]["value"] == str(2 << 20)
    assert rows["request_timeout"]["value"] == "120"
    assert rows["access_log"]["value"] == "yes"
    assert rows["database"]["value"] == str(bare.db)
    assert all(row["meaning"] and row["type"] for row in rows.values())


def test_what_config_show_prints_is_a_configuration(bare):
    rows = bare.json("config", "show")
    bare.config.write_text("".join(f"{row['option']} = {row['value']}\n" for row in rows))
    assert bare.json("config", "show") == rows
    assert bare.run("config", "check").stdout == f"{bare.config}: good\n"


def test_defaults_of_config_show_are_the_values_without_a_file(bare):
    rows = {row["option"]: row for row in bare.json("config", "show")}
    bare.config.write_text("".join(f"{name} = {row['default']}\n" for name, row in rows.items() if name not in ("database", "cache_dir")))
    assert {row["option"]: row["value"] for row in bare.json("config", "show")} == {name: row["value"] for name, row in rows.items()}


@pytest.mark.parametrize("packages, option, kept", [
    (["a-devel"], {}, 1), (["a-devel"], {"store_devel_packages": "yes"}, 2),
    (["a-doc"], {}, 1), (["a-doc"], {"store_doc_packages": "yes"}, 2),
    (["kernel-headers", "kernel-source"], {}, 1), (["kernel-headers"], {"ignore_packages": ""}, 2),
    (["one", "two"], {"ignore_packages": ["one", "two"]}, 1),
    (["lib1", "lib2", "xlib3"], {"ignore_package_patterns": ["^lib[0-9]", "^none$"]}, 2),
])
def test_packages_that_the_configuration_ignores_are_not_stored(pakiti, packages, option, kept):
    pakiti.configure(**option)
    report = report_5(packages=[("bash", "1", "amd64"), *((name, "1", "amd64") for name in packages)])
    done = pakiti.run("submit", "-", stdin=report)
    assert f"{kept} packages" in done.stdout
    ignored = len(packages) + 1 - kept
    assert (f"note: {ignored} packages are ignored" in done.stderr) == (ignored > 0)
    assert pakiti.host("www.example.org")["packages"] == kept


# ---- feeds ----


APT = ["--suite", "stable", "--arch", "amd64", "--unsigned"]


@pytest.mark.parametrize("args, says", [
    (["--type", "yum", "--url", "http://x/", "--platform", "debian:12", *APT], "say --type, one of apt, rpmmd, oval, csaf,"),
    (["--url", "http://x/", "--platform", "debian:12", *APT], "say --type, one of apt, rpmmd, oval, csaf,"),
    (["--type", "apt", "--url", "http://x/", *APT], "--platform"),
    (["--type", "apt", "--platform", "debian:12", *APT], "--url"),
    (["--type", "apt", "--url", "ftp://x/", "--platform", "debian:12", *APT], "--url must begin with"),
    (["--type", "apt", "--url", "srv/x", "--platform", "debian:12", *APT], "--url must begin with"),
    (["--type", "apt", "--url", "http://x/", "--platform", "debian:12", "--arch", "amd64", "--unsigned"], "--suite"),
    (["--type", "apt", "--url", "http://x/", "--platform", "debian:12", "--suite", "stable", "--unsigned"], "--arch"),
    (["--type", "apt", "--url", "http://x/", "--platform", "debian:12", "--suite", "stable", "--arch", "amd64"], "--keyring FILE, or --unsigned"),
    (["--type", "apt", "--url", "http://x/", "--platform", "debian:12", "--class", "urgent", *APT], "--class is 'urgent'"),
    (["--type", "apt", "--url", "http://x/", "--platform", "debian\n12", *APT], "platform"),
    (["--type", "rpmmd", "--url", "http://x/", "--platform", "rhel:9"], "--keyring FILE, or --unsigned"),
    (["--type", "oval", "--url", "http://x/"], "--platform rhel:8"),
])
def test_feed_add_with_something_missing_or_wrong_says_what(pakiti, args, says):
    assert says in usage_error(pakiti, "feed", "add", "name", *args)
    assert pakiti.json("feed", "list") == []


@pytest.mark.parametrize("name", ["", " ", "with blank", "tab\t", "a;b", "ž", "-x", "x" * 201])
def test_feed_add_with_a_bad_name_is_refused(pakiti, name):
    done = pakiti.run("feed", "add", "--type", "apt", "--url", "http://x/", "--platform", "debian:12", *APT, "--", name, code=2)
    assert "feed name" in done.stderr
    assert pakiti.json("feed", "list") == []


def test_feed_add_twice_is_refused_and_the_first_stays(pakiti):
    pakiti.add_feed("f", "http://one.example.org/", *APT)
    assert "'f'" in pakiti.add_feed("f", "http://two.example.org/", *APT, code=1).stderr
    assert [row["value"] for row in pakiti.json("feed", "show", "f") if row["field"] == "url"] == ["http://one.example.org/"]


@pytest.mark.parametrize("written, kept", [("debian:12", "debian:12"), ("Debian 12", "debian:12"), ("RHEL:9.4", "rhel:9.4"), ("alma:8", "almalinux:8"),
                                           ("My-OS:7", "my-os:7")])
def test_feed_add_puts_the_platform_into_its_own_words(pakiti, written, kept):
    pakiti.add_feed("f", "http://x.example.org/", *APT, platform=written)
    assert pakiti.feed("f")["platform"] == kept


def test_feed_shows_what_was_configured_and_that_it_was_never_fetched(pakiti):
    pakiti.add_feed("a/b.c", "https://x.example.org/d", "--suite", "s", "--components", "main contrib", "--arch", "amd64,i386", "--class", "security",
                    "--keyring", "/no/such/file", "--ignore-valid-until")
    shown = {row["field"]: row["value"] for row in pakiti.json("feed", "show", "a/b.c")}
    assert shown == {**shown, "name": "a/b.c", "type": "apt", "class": "security", "platform": "debian:12", "url": "https://x.example.org/d", "suite": "s",
                     "components": "main contrib", "arch": "amd64,i386", "keyring": "/no/such/file", "signature": "checked",
                     "valid_until": "ignored", "health": "never fetched", "last_good": "-", "error": ""}
    listed = pakiti.feed("a/b.c")
    assert (listed["health"], listed["packages"], listed["last_good"]) == ("never fetched", 0, None)


def test_sync_without_feeds_says_how_to_add_one(pakiti):
    assert "feed add" in pakiti.run("sync").stdout


# ---- import-host ----


def make_root(folder, os_release, **files):
    (folder / "etc").mkdir(parents=True)
    (folder / "etc" / "os-release").write_text(os_release)
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def test_import_of_a_debian_host_adds_its_enabled_repositories_once(pakiti, tmp_path):
    root = make_root(tmp_path / "root", 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n', **{
        "etc/apt/sources.list": "# old\ndeb http://deb.debian.org/debian bookworm main\ndeb-src http://deb.debian.org/debian bookworm main\n",
        "etc/apt/sources.list.d/more.sources": "Types: deb\nURIs: http://deb.debian.org/debian-security\nSuites: bookworm-security\nComponents: main\n\n"
                                               "Types: deb\nURIs: http://deb.debian.org/debian\nSuites: bookworm-backports\nComponents: main\nEnabled: no\n"})
    assert pakiti.run("feed", "import-host", "--root", root).stdout.count("added ") == 2
    rows = {(row["feed"], row["class"], row["platform"]) for row in pakiti.json("feed", "list")}
    assert rows == {("deb.debian.org/debian/bookworm", "release", "debian:12"),
                    ("deb.debian.org/debian-security/bookworm-security", "security", "debian:12")}
    again = pakiti.run("feed", "import-host", "--root", root).stdout
    assert again.count("known ") == 2 and "added" not in again


def test_import_of_an_rpm_host_adds_its_enabled_repositories(pakiti, tmp_path):
    root = make_root(tmp_path / "root", 'PRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"\nID="rocky"\nVERSION_ID="9.4"\n', **{
        "etc/yum.repos.d/rocky.repo": "[baseos]\nname=b\nbaseurl=http://dl.example.org/$releasever/BaseOS/$basearch/os/\nenabled=1\n\n"
                                      "[crb]\nbaseurl=http://dl.example.org/crb\nenabled=0\n\n[epel]\nbaseurl=http://dl.example.org/epel\n"})
    pakiti.run("feed", "import-host", "--root", root)
    rows = {(row["feed"], row["class"], row["platform"]) for row in pakiti.json("feed", "list")}
    assert rows == {("baseos", "release", "rocky:9.4"), ("epel", "release", "rocky:9.4")}
    shown = {row["field"]: row["value"] for row in pakiti.json("feed", "show", "baseos")}
    assert shown["url"] == f"http://dl.example.org/9/BaseOS/{os.uname().machine}/os/"


def test_import_of_a_host_without_repositories_exits_1(pakiti, tmp_path):
    root = make_root(tmp_path / "root", 'PRETTY_NAME="Debian GNU/Linux 12"\n')
    assert "no enabled repository" in pakiti.run("feed", "import-host", "--root", root, code=1).stderr


def test_import_of_a_broken_source_names_file_and_line_and_adds_nothing(pakiti, tmp_path):
    root = make_root(tmp_path / "root", 'PRETTY_NAME="Debian GNU/Linux 12"\n', **{
        "etc/apt/sources.list": "deb http://a.example.org/ stable main\n\ndeb http://b.example.org/ stable\n"})
    done = pakiti.run("feed", "import-host", "--root", root, code=3)
    assert f"'{root}/etc/apt/sources.list' line 3: " in done.stderr
    assert pakiti.json("feed", "list") == []


# ---- database ----


def test_db_init_makes_a_sound_database_with_its_folder(tmp_path):
    pakiti = Pakiti(tmp_path / "p")
    pakiti.db = tmp_path / "new" / "folder" / "pakiti.db"
    assert pakiti.run("db", "init").stdout == f"{pakiti.db}: made\n"
    assert pakiti.run("db", "check").stdout == f"{pakiti.db}: sound\n"


def test_db_init_of_an_existing_database_changes_nothing(pakiti):
    pakiti.run("submit", "-", stdin=report_5())
    secret = pakiti.rows("SELECT value FROM setting WHERE name = 'secret'")
    assert "nothing was changed" in pakiti.run("db", "init").stdout
    assert pakiti.count("host") == 1
    assert pakiti.rows("SELECT value FROM setting WHERE name = 'secret'") == secret


def test_db_init_over_a_foreign_file_leaves_it_alone(bare):
    bare.db.write_text("something precious, and longer than the head of a database: " + "x" * 4096)
    before = bare.db.read_bytes()
    bare.run("db", "init", code=4)
    assert bare.db.read_bytes() == before


def test_db_init_where_nothing_can_be_written_exits_with_a_message(tmp_path):
    pakiti = Pakiti(tmp_path / "p")
    pakiti.db = tmp_path / "p" / "pakiti.conf" / "pakiti.db"  # below a file
    done = pakiti.run("db", "init", code=None)
    assert done.returncode in (1, 4) and re.fullmatch(r"pakiti: [^\n]+\n", done.stderr)


def test_two_databases_have_different_secrets(tmp_path):
    secrets = [Pakiti(tmp_path / name).init().rows("SELECT value FROM setting WHERE name = 'secret'")[0][0] for name in "ab"]
    assert secrets[0] != secrets[1] and all(re.fullmatch(r"[0-9a-f]{64}", s) for s in secrets)


def test_database_is_not_readable_for_everybody(pakiti):
    assert not stat.S_IMODE(pakiti.db.stat().st_mode) & stat.S_IRWXO


def change(pakiti, sql, *values):
    connection = sqlite3.connect(pakiti.db)
    with connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(sql, values)
    connection.close()


def test_db_migrate_of_the_newest_form_says_so(pakiti):
    assert "has the newest form" in pakiti.run("db", "migrate").stdout


def test_database_of_a_newer_form_is_refused_by_every_command(pakiti):
    change(pakiti, "UPDATE setting SET value = '99' WHERE name = 'schema_version'")
    for args in (["hosts"], ["db", "migrate"], ["db", "check"], ["db", "init"], ["server"]):
        assert "newer pakiti" in pakiti.run(*args, code=4).stderr


def test_foreign_database_is_refused(bare):
    connection = sqlite3.connect(bare.db)
    with connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    for args in (["hosts"], ["db", "migrate"], ["db", "check"], ["server"]):
        assert "not a pakiti database" in bare.run(*args, code=4).stderr


@pytest.mark.parametrize("damage, says", [
    ("UPDATE host SET profile_id = 99", "without a profile"),
    ("UPDATE package_set SET members = x'ff'", "package set 1 is damaged"),
    ("UPDATE package_set SET n_packages = 7", "package set 1 is damaged"),
    ("UPDATE profile SET platform_id = 99", "without a platform"),
    ("DELETE FROM host_history", "history"),
])
def test_db_check_finds_damage(pakiti, damage, says):
    pakiti.run("submit", "-", stdin=report_5())
    change(pakiti, damage)
    assert says in pakiti.run("db", "check", code=4).stderr


def test_db_check_finds_a_file_that_was_overwritten(pakiti):
    pakiti.run("submit", "-", stdin=report_5())
    size = pakiti.db.stat().st_size
    with open(pakiti.db, "r+b") as f:
        f.seek(8192)
        f.write(b"\xa5" * (size - 8192))
    assert pakiti.run("db", "check", code=4).stderr.startswith("pakiti: ")


# ---- vercmp ----


@pytest.mark.parametrize("type_, pairs", [
    ("deb", [("1.0", "1.0", 0), ("1.0~rc1", "1.0", -1), ("1:0.1", "2.0", 1), ("1.0-1", "1.0-1+b1", -1), ("1.0", "1.0-0", 0), ("0.9+ds-4", "0.9+ds0-3", 1)]),
    ("rpm", [("1.0-1", "1.0-1", 0), ("1.0~rc1-1", "1.0-1", -1), ("1.0^git1-1", "1.0-1", 1), ("1:0.1-1", "2.0-1", 1), ("0:1-1", "1-1", 0),
             ("1.10-1", "1.9-1", 1), ("1.0a-1", "1.0-1", 1)]),
])
def test_vercmp_follows_the_vendors_order(bare, type_, pairs):
    done = bare.run("vercmp", type_, stdin="".join(f"{a}\t{b}\n" for a, b, _ in pairs))
    assert [int(line) for line in done.stdout.splitlines()] == [sign for *_, sign in pairs]


def test_vercmp_takes_more_columns_and_a_last_line_without_an_end(bare):
    assert bare.run("vercmp", "deb", stdin="1\t2\t-1\n2\t1").stdout == "-1\n1\n"


def test_vercmp_of_a_broken_line_names_it_and_exits_3(bare):
    done = bare.run("vercmp", "deb", stdin="1\t2\n12\n", code=3)
    assert done.stdout == "-1\n" and "line 2" in done.stderr


def test_vercmp_needs_no_configuration(tmp_path):
    done = run_program([PROGRAM, "--config", str(tmp_path / "none"), "vercmp", "rpm"], stdin="1\t2\n")
    assert done.stdout == "-1\n"


# ---- submit and the questions ----


def test_submitted_report_is_seen_in_hosts_host_and_packages(pakiti):
    pakiti.run("submit", "-", stdin=report_5())
    host = pakiti.host("www.example.org")
    assert (host["platform"], host["arch"], host["kernel"], host["packages"]) == ("debian:12", "amd64", "6.1.0-18-amd64", 3)
    assert [row["package"] for row in pakiti.json("host", "www.example.org", "--packages")] == ["bash", "curl", "tzdata"]
    assert [(row["installed"], row["hosts"]) for row in pakiti.json("packages", "bash")] == [("5.2.15-2+b2", 1)]


def test_check_stores_nothing(pakiti):
    pakiti.run("check", "-", stdin=report_5())
    assert [pakiti.count(t) for t in ("host", "package", "profile", "package_set", "platform")] == [0] * 5


def test_report_of_an_unknown_system_is_judged_by_the_platform_that_is_said(pakiti):
    report = report_5(system="Plan 9")
    assert "no known system" in pakiti.run("check", "-", stdin=report).stderr
    assert "no known system" not in pakiti.run("check", "-", "--platform", "debian:12", stdin=report).stderr
    pakiti.run("submit", "-", "--platform", "Debian 12", stdin=report)
    assert pakiti.host("www.example.org")["platform"] == "debian:12"


def test_tsv_of_hosts_is_readable_for_a_csv_reader(pakiti):
    pakiti.run("submit", "-", stdin=report_5())
    rows = list(csv.reader(io.StringIO(pakiti.run("--format", "tsv", "hosts").stdout), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert rows[0][0] == "www.example.org" and len(rows) == 1
