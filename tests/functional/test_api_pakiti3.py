# SPDX-License-Identifier: Apache-2.0
"""The outputs of Pakiti 3's /api (.php), and its files of tags and exceptions, which are read too."""
import csv
import io
import urllib.parse
import xml.etree.ElementTree as ElementTree

import pytest

import kit
import openapi

SUDO, OPENSSL, OLD_OPENSSL = "CVE-2023-10004", "CVE-2024-10002", "CVE-2024-10001"
OS = "Debian GNU/Linux 12"
XML = "application/xml"
HOSTS_HEAD = ["tag", "cve", "site", "host", "os", "arch", "last_report"]


@pytest.fixture(scope="module")
def api(new_demo):
    pakiti = new_demo()
    with openapi.serving(pakiti) as api:
        api.put_tag(SUDO, "Critical", reason="<&\"> & 'quoted'\nsecond line", url="https://example.org/?a=1&b=2", modified_by="Ann")
        api.put_tag(SUDO, "High")
        api.put_tag(OPENSSL, "Critical", enabled=False)
        api.put_tag(OLD_OPENSSL, 'Žádná "chvála"')
        yield api


@pytest.fixture
def empty(pakiti):
    """An installation that knows nothing."""
    with openapi.serving(pakiti) as api:
        yield api


def php(api, name, **query):
    reply = api.server.get(f"/api/{name}.php" + ("?" + urllib.parse.urlencode(query) if query else ""))
    assert reply.status == 200, reply.text
    return reply


def table(reply):
    return list(csv.reader(io.StringIO(reply.text, newline=""), strict=True))


# ---- hosts.php ----


def tagged_hosts(api, **query):
    """What hosts.php should say, from the lists."""
    rows = []
    for host in api.rows("hosts", **query):
        for cve in {row["cve"] for row in api.rows(f"hosts/{host['key']}/cves", tagged="yes") if row["counts"]}:
            rows += [[tag, cve, host["site"] or "N/A", host["name"], host["os"], host["arch"], host["last_report"].replace("T", " ").rstrip("Z")]
                     for tag in api.cve(cve)["tags"]]
    return sorted(rows)


def test_hosts_when_asked_for_then_there_is_a_row_for_each_host_and_tagged_cve_and_tag(api):
    reply = php(api, "hosts")
    head, *rows = table(reply)
    assert reply.headers["content-type"] == "text/csv; charset=utf-8" and head == HOSTS_HEAD
    assert sorted(rows) == tagged_hosts(api) and {row[1] for row in rows} == {SUDO, OLD_OPENSSL}
    assert f'"{OS}"' in reply.text and reply.text.count("\r") == 0 and 'Critical,CVE-2023-10004,' in reply.text


@pytest.mark.parametrize("query, passes", [
    ({"cveName": SUDO}, lambda r: r[1] == SUDO), ({"tag": "High"}, lambda r: r[0] == "High"), ({"hostGroup": "Brno"}, lambda r: r[2] == "Brno"),
    ({"hostGroup": "N/A"}, lambda r: r[2] == "N/A"), ({"cveName": SUDO, "tag": "Critical", "hostGroup": "CERN"}, lambda r: r[:3] == ["Critical", SUDO, "CERN"]),
    ({"cveName": OPENSSL}, lambda r: False), ({"tag": "nothing"}, lambda r: False)])
def test_hosts_when_filtered_then_they_are_those(api, query, passes):
    assert sorted(table(php(api, "hosts", **query))[1:]) == [row for row in tagged_hosts(api) if passes(row)]


@pytest.mark.parametrize("activity", ["2d", "+2d", "2", "-2d", "-48h", "10w"])
def test_hosts_when_asked_by_activity_then_they_are_those_of_the_lists(api, activity):
    rows = sorted(table(php(api, "hosts", activity=activity))[1:])
    assert rows == tagged_hosts(api, activity=activity) != []


@pytest.mark.parametrize("query", ["cveName=nonsense", "activity=soon"])
def test_hosts_when_a_parameter_is_wrong_then_it_is_refused(api, query):
    assert openapi.is_problem(api.server.get("/api/hosts.php?" + query), 400)


def test_hosts_when_a_cve_is_excepted_then_they_are_left_out(api):
    number = api.add_exception(cve=SUDO, group="site", value="Lyon")
    assert {row[2] for row in table(php(api, "hosts", cveName=SUDO))[1:]}.isdisjoint({"Lyon"})
    api.ask("DELETE", f"exceptions/{number}", status=204)
    assert "Lyon" in {row[2] for row in table(php(api, "hosts", cveName=SUDO))[1:]}


# ---- cve.php ----


def test_cve_when_asked_for_then_it_has_the_fixed_versions(api):
    reply = php(api, "cve", cve=SUDO, os=OS)
    assert reply.headers["content-type"].startswith("text/plain")
    assert reply.text == f'CVE,Os,"Package name",Operator,"Package version"\n{SUDO},"{OS}",sudo,<,1.9.13p3-1+deb12u1\n'
    assert php(api, "cve", cve=SUDO, os=OS, type="csv").body == reply.body


def test_cve_when_asked_for_as_xml_then_it_has_the_fixed_versions(api):
    reply = php(api, "cve", cve=SUDO, os=OS, type="xml")
    cve, = ElementTree.fromstring(reply.text)
    system, = cve
    package, = system
    assert reply.headers["content-type"].startswith("text/xml")
    assert (cve.tag, cve.attrib) == ("cve", {"name": SUDO, "advisory_url": ""}) and (system.tag, system.attrib) == ("os", {"name": OS})
    assert (package.tag, package.attrib) == ("pkg", {"name": "sudo", "operator": "<", "version": "1.9.13p3-1+deb12u1"})


@pytest.mark.parametrize("cve, system", [("CVE-2025-10005", OS), (SUDO, "Debian GNU/Linux 11"), ("CVE-1999-0001", OS)])
def test_cve_when_nothing_fixes_it_there_then_only_the_head_is_sent(api, cve, system):
    assert php(api, "cve", cve=cve, os=system).text.count("\n") == 1
    assert php(api, "cve", cve=cve, os=system, type="xml").text == "<xml></xml>"


@pytest.mark.parametrize("query, status", [("", 400), (f"cve={SUDO}", 404), (f"os={OS}", 400), ("cve=x&os=y", 400), (f"cve={SUDO}&os=Plan+9", 404)])
def test_cve_when_a_parameter_is_wrong_then_it_is_refused(api, query, status):
    assert openapi.is_problem(api.server.get("/api/cve.php?" + query.replace(" ", "+")), status)


# ---- tags ----

TAG_ELEMENTS = ["cveName", "tagName", "reason", "infoUrl", "enabled", "modifier", "timestamp"]


def elements(text, of):
    root = ElementTree.fromstring(text)
    assert root.tag == of + "s" and all(child.tag == of for child in root)
    return [[(e.tag, e.text or "") for e in child] for child in root]


def tags_of(api):
    return sorted((row["cve"], row["tag"], row["reason"], row["url"], row["enabled"]) for row in api.rows("cve-tags"))


@pytest.mark.parametrize("name", ["exportCvesTags", "cvesTags_export"])
def test_tags_when_exported_then_they_are_in_the_format_of_pakiti_3(api, name):
    reply = php(api, name)
    assert reply.headers["content-type"].startswith("text/xml") and reply.text.startswith('<?xml version="1.0"')
    rows = elements(reply.text, "cveTag")
    assert all([tag for tag, _ in row] == TAG_ELEMENTS for row in rows)
    told = sorted((row["cveName"], row["tagName"], row["reason"], row["infoUrl"], row["enabled"] == "1") for row in map(dict, rows))
    assert told == tags_of(api) and {dict(row)["modifier"] for row in rows} == {"Pakiti"}
    assert {dict(row)["timestamp"] for row in rows} == {row["modified"].replace("T", " ").rstrip("Z") for row in api.rows("cve-tags")}


def test_tags_when_imported_into_an_empty_installation_then_they_are_the_same(api, empty):
    exported = php(api, "exportCvesTags").body
    assert empty.ask("POST", "cve-tags/import", exported, media=XML).json == {"read": 4, "added": 4, "changed": 0, "removed": 0}
    assert tags_of(empty) == tags_of(api) != []
    assert elements(php(empty, "exportCvesTags").text, "cveTag")[0][:6] == elements(exported.decode(), "cveTag")[0][:6]


def tag_xml(*tags, root="cveTags"):
    return f"<{root}>" + "".join(f"<cveTag><tagName>{tag}</tagName><reason>{reason}</reason><cveName>{cve}</cveName><enabled>{enabled}</enabled>"
                                 f"<modifier>Bob</modifier></cveTag>" for cve, tag, reason, enabled in tags) + f"</{root}>"


def test_tags_when_imported_over_others_then_the_same_are_replaced_and_the_others_stay(empty):
    for tag in ("Critical", "High"):
        empty.put_tag(SUDO, tag, reason="mine", modified_by="Ann")
    xml = tag_xml((SUDO, "Critical", "theirs", 0), (OPENSSL, "Critical", "new", 1))
    assert empty.ask("POST", "cve-tags/import", xml, media=XML).json == {"read": 2, "added": 1, "changed": 1, "removed": 0}
    assert tags_of(empty) == [(SUDO, "Critical", "theirs", "", False), (SUDO, "High", "mine", "", True), (OPENSSL, "Critical", "new", "", True)]
    assert {row["modified_by"] for row in empty.rows("cve-tags", cve=OPENSSL)} == {"Bob"}


def test_tags_when_imported_with_remove_then_only_those_of_the_file_are_left(empty):
    for tag in ("Critical", "High"):
        empty.put_tag(SUDO, tag)
    xml = tag_xml((SUDO, "Critical", "theirs", 1))
    assert empty.ask("POST", "cve-tags/import", xml, media=XML, remove="no").json["removed"] == 0
    assert empty.ask("POST", "cve-tags/import", xml, media=XML, remove="yes").json == {"read": 1, "added": 0, "changed": 1, "removed": 1}
    assert [row[:2] for row in tags_of(empty)] == [(SUDO, "Critical")]


@pytest.mark.parametrize("text, enabled", [("1", True), ("0", False), ("", False), ("yes", True), ("false", False)])
def test_tag_when_imported_then_what_its_file_says_of_enabled_holds(empty, text, enabled):
    empty.ask("POST", "cve-tags/import", tag_xml((SUDO, "Critical", "", text)), media=XML)
    assert [row["enabled"] for row in empty.rows("cve-tags")] == [enabled]


def test_tag_when_its_file_has_elements_of_an_exception_then_they_mean_nothing(empty):
    foreign = "<osGroup><name>Plan 9</name></osGroup><pkg><name>sudo</name><version>1</version></pkg>"
    xml = tag_xml((SUDO, "Critical", "", 1)).replace("</cveTag>", foreign + "</cveTag>")
    assert empty.ask("POST", "cve-tags/import", xml, media=XML).json == {"read": 1, "added": 1, "changed": 0, "removed": 0}
    assert tags_of(empty) == [(SUDO, "Critical", "", "", True)]


# ---- exceptions ----

TOLD = ["cve", "package", "version", "arch", "platform", "group", "value", "reason"]


def exceptions_of(api):
    return sorted(tuple(row[k] or "" for k in TOLD) for row in api.rows("exceptions"))


EXCEPTIONS = [{"cve": OPENSSL, "package": "openssl"}, {"cve": OPENSSL, "package": "openssl", "version": "3.0.11-1", "arch": "amd64", "platform": "debian:12"},
              {"cve": SUDO, "package": "sudo", "version": "1:2.0", "reason": "<&> \"quoted\""}, {"cve": SUDO, "package": "sudo", "version": "1-2-3"}]


@pytest.mark.parametrize("name", ["exportCvesExceptions", "cvesExceptions_export"])
def test_exceptions_when_exported_then_they_are_in_the_format_of_pakiti_3(empty, name):
    empty.add_exception(**EXCEPTIONS[1])
    reply = php(empty, name)
    exception, = ElementTree.fromstring(reply.text)
    assert reply.headers["content-type"].startswith("text/xml") and [e.tag for e in exception] == ["cveName", "reason", "modifier", "pkg", "osGroup"]
    assert [e.text.strip() for e in exception][:3] == [OPENSSL, "not reachable", "Pakiti"]
    assert [(e.tag, e.text) for e in exception.find("pkg")] == [("name", "openssl"), ("version", "3.0.11"), ("release", "1"), ("arch", "amd64")]
    assert [(e.tag, e.text) for e in exception.find("osGroup")] == [("name", "bookworm")]


def test_exceptions_when_the_format_cannot_tell_them_then_they_are_not_exported(empty):
    empty.add_exception(cve=SUDO)
    empty.add_exception(package="sudo")
    empty.add_exception(cve=SUDO, package="sudo", group="site", value="Brno")
    assert elements(php(empty, "exportCvesExceptions").text, "cveException") == []


def test_exception_when_it_expires_then_it_is_not_exported(empty):
    """The format knows no end: it would hold for ever where it is taken in."""
    empty.add_exception(cve=SUDO, package="sudo", expires="2100-01-01T00:00:00Z")
    assert elements(php(empty, "exportCvesExceptions").text, "cveException") == []
    empty.add_exception(cve=SUDO, package="sudo")
    assert len(elements(php(empty, "exportCvesExceptions").text, "cveException")) == 1


def test_exceptions_when_imported_into_an_empty_installation_then_they_are_the_same(empty, tmp_path):
    for exception in EXCEPTIONS:
        empty.add_exception(**exception)
    xml = php(empty, "exportCvesExceptions").body
    with openapi.serving(kit.Pakiti(tmp_path / "other").init()) as other:
        assert other.ask("POST", "exceptions/import", xml, media=XML).json == {"read": 4, "added": 4, "changed": 0, "removed": 0}
        assert exceptions_of(other) == exceptions_of(empty)
        assert php(other, "exportCvesExceptions").body == xml
        assert other.ask("POST", "exceptions/import", xml, media=XML).json == {"read": 4, "added": 0, "changed": 0, "removed": 0}


@pytest.mark.parametrize("platform", ["debian:11", "debian:12", "ubuntu:22.04", "ubuntu:23.10", "rhel:9", "rhel:7", "centos:7", "rocky:9", "almalinux:9", "sles:15.5",
                                      "sles:12", "debian", "rhel", "ubuntu", "fedora:40", "opensuse-leap:15.5"])
def test_exception_when_exported_and_imported_then_its_platform_is_the_same(empty, platform):
    number = empty.add_exception(cve=SUDO, package="sudo", platform=platform)
    xml = php(empty, "exportCvesExceptions").body
    empty.ask("DELETE", f"exceptions/{number}", status=204)
    empty.ask("POST", "exceptions/import", xml, media=XML)
    assert [row["platform"] for row in empty.rows("exceptions")] == [platform]


def exception_xml(*packages):
    return "<cveExceptions>" + "".join(f"<cveException><cveName>{SUDO}</cveName><reason>r</reason><modifier>Bob</modifier><pkg><name>{p}</name></pkg></cveException>"
                                       for p in packages) + "</cveExceptions>"


def test_exceptions_when_imported_with_remove_then_those_that_the_format_cannot_tell_stay(empty):
    site = empty.add_exception(cve=SUDO, package="sudo", group="site", value="Brno")
    empty.add_exception(cve=SUDO, package="gone")
    kept = empty.add_exception(cve=SUDO, package="sudo", reason="mine")
    assert empty.ask("POST", "exceptions/import", exception_xml("sudo", "new"), media=XML, remove="yes").json == {"read": 2, "added": 1, "changed": 0, "removed": 1}
    left = empty.by("id", "exceptions")
    assert {site, kept} < set(left) and left[kept]["reason"] == "mine" and sorted(row["package"] for row in left.values()) == ["new", "sudo", "sudo"]


def test_exceptions_when_imported_then_they_take_away_at_once(api):
    before = api.cve(SUDO)["hosts"]
    api.ask("POST", "exceptions/import", exception_xml("sudo"), media=XML)
    assert (api.cve(SUDO)["hosts"], api.cve(SUDO)["excepted"]) == (0, before)
    row, = api.rows("exceptions")
    assert (row["reason"], row["approver"], row["hosts"]) == ("r", "Bob", before)
    api.ask("DELETE", f"exceptions/{row['id']}", status=204)


@pytest.mark.parametrize("other", [{"cve": SUDO}, {"package": "sudo"}, {"cve": SUDO, "package": "sudo", "group": "site", "value": "Brno"},
                                   {"cve": SUDO, "package": "sudo", "expires": "2100-01-01T00:00:00Z"}])
def test_exceptions_when_an_export_is_imported_with_remove_then_nothing_is_removed_and_all_stay(empty, other):
    """What the format cannot tell is not in the file, and is not missed there."""
    for exception in [*EXCEPTIONS, other]:
        empty.add_exception(**exception)
    before = empty.rows("exceptions")
    xml = php(empty, "exportCvesExceptions").body
    assert empty.ask("POST", "exceptions/import", xml, media=XML, remove="yes").json == {"read": 4, "added": 0, "changed": 0, "removed": 0}
    assert empty.rows("exceptions") == before and php(empty, "exportCvesExceptions").body == xml
    assert empty.ask("POST", "exceptions/import", "<cveExceptions/>", media=XML, remove="yes").json == {"read": 0, "added": 0, "changed": 0, "removed": 4}
    left, = empty.rows("exceptions")
    assert left == max(before, key=lambda row: row["id"]) and {k: left[k] for k in other} == other


@pytest.mark.parametrize("texts", [{"version": "1"}, {"version": "1:2-3"}, {"version": "1-2-3"}, {"version": "1~rc1-0.1"}, {"version": "v 1"}, {"version": "1<2"},
                                   {"package": "a b", "arch": "x y"}, {"package": "a\tb"}, {"package": "a\nb"}, {"package": "ž\U0001f427"}])
def test_exception_when_its_texts_are_odd_then_its_export_means_the_same(empty, texts):
    empty.add_exception(**{"cve": SUDO, "package": "sudo", **texts})
    before = empty.rows("exceptions")
    xml = php(empty, "exportCvesExceptions").body
    assert empty.ask("POST", "exceptions/import", xml, media=XML, remove="yes").json == {"read": 1, "added": 0, "changed": 0, "removed": 0}
    assert empty.rows("exceptions") == before


@pytest.mark.parametrize("texts", [{}, {"tag": "a b"}, {"tag": "a\tb"}, {"tag": "<&>"}, {"reason": "two\nlines"}, {"enabled": False}])
def test_tag_when_an_export_is_imported_with_remove_then_it_is_the_same(empty, texts):
    empty.put_tag(SUDO, **texts)
    before = tags_of(empty)
    xml = php(empty, "exportCvesTags").body
    assert empty.ask("POST", "cve-tags/import", xml, media=XML, remove="yes").json == {"read": 1, "added": 0, "changed": 1, "removed": 0}
    assert tags_of(empty) == before


def test_exceptions_when_some_are_alike_then_a_file_without_them_removes_all(empty):
    for reason in ("mine", "theirs", "mine again"):
        empty.add_exception(cve=SUDO, package="sudo", reason=reason)
    other = empty.add_exception(cve=OPENSSL, package="openssl")
    assert empty.ask("POST", "exceptions/import", exception_xml("sudo"), media=XML).json == {"read": 1, "added": 0, "changed": 0, "removed": 0}
    assert len(empty.rows("exceptions")) == 4
    xml = exception_xml("openssl").replace(SUDO, OPENSSL)
    assert empty.ask("POST", "exceptions/import", xml, media=XML, remove="yes").json == {"read": 1, "added": 0, "changed": 0, "removed": 3}
    assert [row["id"] for row in empty.rows("exceptions")] == [other]
    assert empty.ask("POST", "exceptions/import", "<cveExceptions/>", media=XML, remove="yes").json["removed"] == 1 and empty.rows("exceptions") == []


def test_exceptions_when_a_file_has_one_twice_then_it_is_added_once(empty):
    assert empty.ask("POST", "exceptions/import", exception_xml("sudo", "sudo"), media=XML).json == {"read": 2, "added": 1, "changed": 0, "removed": 0}
    assert len(empty.rows("exceptions")) == 1


@pytest.mark.parametrize("texts, told", [({"version": "1-"}, 0), ({"version": "-1"}, 0), ({"version": "1\r-2"}, 0), ({"package": "a\rb"}, 1), ({"arch": "noarch\rx"}, 1)])
def test_exception_when_its_texts_are_hard_to_tell_then_its_export_means_the_same_or_says_nothing(empty, texts, told):
    empty.add_exception(**{"cve": SUDO, "package": "sudo", **texts})
    before = empty.rows("exceptions")
    xml = php(empty, "exportCvesExceptions").body
    assert empty.ask("POST", "exceptions/import", xml, media=XML, remove="yes").json == {"read": told, "added": 0, "changed": 0, "removed": 0}
    assert empty.rows("exceptions") == before


@pytest.mark.parametrize("texts", [{"tag": "a\rb"}, {"reason": "a\r\nb"}])
def test_tag_when_its_texts_have_a_carriage_return_then_its_export_means_the_same(empty, texts):
    empty.put_tag(SUDO, **texts)
    before = tags_of(empty)
    empty.ask("POST", "cve-tags/import", php(empty, "exportCvesTags").body, media=XML, remove="yes")
    assert tags_of(empty) == before


def test_exception_when_its_file_names_no_package_then_it_is_refused_or_added_once(empty):
    xml = exception_xml("").replace("<name></name>", "")
    replies = [kit.request(empty.server.port, "POST", openapi.PREFIX + "exceptions/import", xml.encode(), {"Content-Type": XML}).status for _ in range(2)]
    assert len(empty.rows("exceptions")) == (1 if replies == [200, 200] else 0)


# ---- what is refused ----

def entry(element, **texts):
    return f"<{element}>" + "".join(f"<{name}>{text}</{name}>" for name, text in texts.items()) + f"</{element}>"


def bad_files(element, good, **wrong):
    """Files of which nothing may be taken, though a good entry comes first where there is one."""
    root, one = element + "s", entry(element, **good)
    whole = f"<{root}>{one}</{root}>"
    files = {"empty": "", "no XML": "nonsense", "JSON": '{"cveTags": []}', "cut": whole[:-12], "another root": f"<{element}>{one}</{element}>",
             "two roots": f"{whole}<{root}/>", "a document type": f'<!DOCTYPE {root} [<!ENTITY a "a">]>{whole}', "an entity": whole.replace("sudo", "&a;"),
             "no UTF-8": whole.encode().replace(b"sudo", b"\xff"),
             **{name: f"<{root}>{one}{entry(element, **{**good, **texts})}</{root}>" for name, texts in wrong.items()}}
    return [pytest.param(file, id=name) for name, file in files.items()]


@pytest.mark.parametrize("body", bad_files("cveTag", {"cveName": SUDO, "tagName": "sudo"}, no_cve={"cveName": ""}, bad_cve={"cveName": "nonsense"},
                                           no_tag={"tagName": ""}, reference={"tagName": "a&#8;b"}, comma={"tagName": "a,b"},
                                           long_tag={"tagName": "x" * 64}, script={"infoUrl": "javascript:alert(1)"}))
@pytest.mark.parametrize("remove", ["yes", "no"])
def test_tags_when_the_file_is_bad_then_it_is_refused_and_nothing_is_changed(empty, body, remove):
    empty.put_tag(OPENSSL, "High")
    before = empty.rows("cve-tags")
    empty.ask("POST", "cve-tags/import", body, media=XML, status=400, remove=remove)
    assert empty.rows("cve-tags") == before


@pytest.mark.parametrize("body", bad_files("cveException", {"cveName": SUDO, "reason": "sudo", "pkg": "<name>sudo</name>"}, bad_cve={"cveName": "nonsense"},
                                           nothing={"cveName": "", "pkg": ""}, no_cve={"cveName": ""},
                                           release={"pkg": "<name>sudo</name><release>1</release>"},
                                           character={"pkg": "<name>su\u0001do</name>"}, reference={"reason": "a&#1;b"}, beyond={"reason": "a&#xFFFE;b"},
                                           system={"osGroup": "<name>Plan 9</name>"}, long={"reason": "x" * 2001}))
@pytest.mark.parametrize("remove", ["yes", "no"])
def test_exceptions_when_the_file_is_bad_then_it_is_refused_and_nothing_is_changed(empty, body, remove):
    empty.add_exception(cve=OPENSSL, package="openssl")
    before = empty.rows("exceptions")
    empty.ask("POST", "exceptions/import", body, media=XML, status=400, remove=remove)
    assert empty.rows("exceptions") == before


@pytest.mark.parametrize("path, root", [("cve-tags", "cveTags"), ("exceptions", "cveExceptions")])
def test_import_when_remove_is_neither_yes_nor_no_then_it_is_refused(empty, path, root):
    empty.ask("POST", f"{path}/import", f"<{root}/>", media=XML, status=400, remove="maybe")
