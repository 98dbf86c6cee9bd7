# SPDX-License-Identifier: Apache-2.0
"""What every list of the API can: be sorted by every field, show some fields only, come in pages or as a file. Each list of
docs/openapi.yaml is asked here, also those of later days."""
import csv
import io
import json
import re

import pytest

import demo
import openapi
import versions

HOST = "node00.cern.example"
RANKS = {"Severity": ["unknown", "low", "medium", "high", "critical"], "UpdateState": ["idle", "unknown", "current", "ordinary", "security"],
         "KernelState": ["unknown", "current", "restart", "update"]}
# A list with rows for what stands in its path, and what has to be given to have many of them.
PATH_VALUES = {"host": HOST, "cve": "CVE-2024-10002", "name": "bash", "kind": "domain"}
PATHS = {path: re.sub(r"\{(\w+)\}", lambda m: PATH_VALUES[m[1]], path)[1:] for path in openapi.LISTS}
# Fields that hold a version, which is sorted in the order of its package manager: fields of those lists, and of no others.
VERSIONS = {"version", "installed", "available", "fixed", "lowest", "highest"}
VERSION_LISTS = {"/packages", "/outdated", "/packages/{name}/hosts", "/cves/{cve}/hosts", "/hosts/{host}/packages", "/hosts/{host}/updates", "/hosts/{host}/cves"}
FORMULAS = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "=HYPERLINK(\"http://evil.example/\")"]


def rpm_report(site, name="rpm.example.org"):
    """A host of another family, with a package that others have too."""
    return json.dumps({"protocol": 6, "packager": "rpm", "host": {"name": name, "os": "Rocky Linux 9", "arch": "x86_64", "kernel": "5.14.0-1.el9.x86_64", "site": site},
                       "packages": [{"name": "bash", "version": "0:5.1.8-6.el9", "arch": "x86_64"}, {"name": "bash", "version": "0:5.1.8-6.el9", "arch": "i686"}]})


@pytest.fixture(scope="module")
def api(new_demo):
    pakiti = new_demo()
    pakiti.run("submit", "-", stdin=rpm_report('a "quoted", site'))
    with openapi.serving(pakiti) as api:
        for i, (cve, package, *_) in enumerate(demo.CVES):
            api.put_tag(cve, ["Critical", "High"][i % 2], enabled=i != 3, reason=f"reason {i}\nof two lines")
            api.add_exception(cve=cve, version="" if i % 2 else "3.0.14-1", package=package, reason=f"reason {i}",
                              **({"group": ["site", "domain"][i % 2], "value": "Brno"} if i % 3 else {}))
        for formula in FORMULAS:
            api.add_exception(package="nothing", reason=formula)
        api.add_exception(package="nothing", expires="2100-01-01T00:00:00Z", arch="amd64", platform="debian:12")
        yield api


def order_of(template, field):
    """By what rows are compared: nothing first, names of CVEs by year and number, words of a rank by it, versions as package managers do."""
    if field in VERSIONS and template in VERSION_LISTS:
        return lambda row: versions.key("rpm" if "rpm" in (row.get("type"), row.get("name", "")[:3]) else "deb", row[field])
    value_of = order_of_values(template, field)
    return lambda row: value_of(row[field])


def order_of_values(template, field):
    schema = openapi.fields_of(template)[field]
    text = json.dumps(schema)
    for name, words in RANKS.items():
        if f"/{name}\"" in text:
            return words.index
    if "/CveName" in text:
        return lambda value: tuple(map(int, value.split("-")[1:])) if value else (0, 0)
    if "number" in text or "integer" in text:
        return lambda value: -1 if value is None else value
    return lambda value: (value or "").encode() if not isinstance(value, bool) else value


def is_sortable(template, field):
    schema = openapi.fields_of(template)[field]
    return schema.get("type") != "array" and "ShellCommand" not in str(schema)


@pytest.mark.parametrize("template", openapi.LISTS)
def test_list_when_asked_for_then_it_has_rows_to_be_sorted(api, template):
    of_one_thing = ("/hosts/{host}/history", "/hosts/{host}/trend", "/hosts/{host}/cves/{cve}", "/cves/{cve}/statements")
    assert len(api.rows(PATHS[template])) >= (1 if template in of_one_thing else 2)


@pytest.mark.parametrize("template, field", [
    (path, field) for path in openapi.LISTS for field in openapi.fields_of(path) if is_sortable(path, field)])
def test_list_when_sorted_by_a_field_then_rows_ascend_or_descend(api, template, field):
    key_of = order_of(template, field)
    whole = api.rows(PATHS[template])
    for sort, reverse in ((field, False), ("-" + field, True)):
        rows = api.rows(PATHS[template], sort=sort)
        values = [key_of(row) for row in rows]
        assert values == sorted(values, reverse=reverse)
        assert sorted(map(json.dumps, rows)) == sorted(map(json.dumps, whole))


@pytest.mark.parametrize("template, field", [(path, field) for path in openapi.LISTS for field in openapi.fields_of(path) if not is_sortable(path, field)])
def test_list_when_sorted_by_a_field_of_several_texts_then_it_is_refused(api, template, field):
    assert "cannot be sorted by" in api.refuses(PATHS[template], sort=field)


def test_list_when_sorted_by_several_fields_then_the_first_decides_first(api):
    rows = api.rows("hosts", sort="site,-cves,name")
    keys = [(row["site"].encode(), -row["cves"], row["name"]) for row in rows]
    assert keys == sorted(keys) and keys != sorted(keys, key=lambda k: k[1:])


def test_list_when_sorted_by_too_many_fields_then_it_is_refused(api):
    assert "at most" in api.refuses("hosts", sort="name,site,tag,os,arch,kernel,cves")
    assert api.rows("hosts", sort="name,site,tag,os,arch,kernel")


# ---- pages ----


def pages(api, path, limit, **query):
    """All pages, by their cursors."""
    found, cursor = [], None
    while True:
        page = api.get(path, limit=limit, **query, **({"cursor": cursor} if cursor else {}))
        found.append(page)
        cursor = page["next"]
        if not cursor:
            return found
        assert len(found) < 1000, "it does not end"


@pytest.mark.parametrize("template", openapi.LISTS)
def test_list_when_read_in_pages_then_every_row_comes_once_and_in_order(api, template):
    path = PATHS[template]
    for field in openapi.fields_of(template):
        for sort in (field, "-" + field) if is_sortable(template, field) else ("",):
            whole = api.rows(path, sort=sort)
            found = pages(api, path, 7, sort=sort)
            assert [row for page in found for row in page["items"]] == whole, sort
            assert {page["total"] for page in found} == {len(whole)}
            assert all(len(page["items"]) == 7 for page in found[:-1])


@pytest.mark.parametrize("limit", [1, 2, 3, 49, 50])
def test_list_when_pages_are_of_any_size_then_every_row_comes_once(api, limit):
    assert [row for page in pages(api, "hosts", limit) for row in page["items"]] == api.rows("hosts")


@pytest.mark.parametrize("template", openapi.LISTS)
def test_list_when_read_in_pages_of_some_fields_then_the_order_is_that_of_the_sort(api, template):
    field = next(iter(openapi.fields_of(template)))
    found = pages(api, PATHS[template], 3, fields=field)
    assert [row for page in found for row in page["items"]] == [{field: row[field]} for row in api.rows(PATHS[template])]


def test_list_when_a_row_comes_between_pages_then_the_others_come_once_all_the_same(api):
    first = api.get("exceptions", limit=4, sort="-id")
    number = api.add_exception(package="nothing", reason="came late")
    rest = api.get("exceptions", limit=1000, sort="-id", cursor=first["next"])
    numbers = [row["id"] for row in first["items"] + rest["items"]]
    assert number not in numbers and sorted(numbers) == sorted(set(numbers)) and len(numbers) == rest["total"] - 1


def test_list_when_the_cursor_is_of_another_order_then_it_is_refused(api):
    cursor = api.get("hosts", limit=2, sort="name")["next"]
    for other in ("-name", "site", "name,site"):
        assert "begin again without one" in api.refuses("hosts", limit=2, sort=other, cursor=cursor)
    assert "begin again without one" in api.refuses("packages", cursor=cursor)


@pytest.mark.parametrize("sort", ["reason", "-reason"])
def test_list_when_texts_begin_with_the_same_hundreds_of_letters_then_pages_have_every_row_once(api, sort):
    for i in range(3):
        api.add_exception(package="long", reason="x" * 400 + str(i))
    whole = api.rows("exceptions", sort=sort, search="long")
    assert len(whole) >= 3 and [row for page in pages(api, "exceptions", 1, sort=sort, search="long") for row in page["items"]] == whole


# ---- fields ----


@pytest.mark.parametrize("template", openapi.LISTS)
def test_list_when_fields_are_given_then_rows_have_exactly_these_in_this_order(api, template):
    fields = list(openapi.fields_of(template))
    for some in (fields[:1], fields[::-1][:3], fields[1::2], fields):
        rows = api.rows(PATHS[template], fields=",".join(some))
        assert rows and all(list(row) == some for row in rows)
        assert [[row[f] for f in some] for row in api.rows(PATHS[template])] == [list(row.values()) for row in rows]


# ---- files ----


def as_text(value):
    """What a cell of CSV says, without the apostrophe of formulas."""
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("template", openapi.LISTS)
def test_list_when_downloaded_as_csv_then_it_says_what_the_pages_say(api, template):
    reply = api.ask("GET", PATHS[template], download="csv")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="[a-z-]+\.csv"', reply.headers["content-disposition"])
    head, *rows = csv.reader(io.StringIO(reply.text, newline=""), strict=True)
    page = json.loads(api.ask("GET", PATHS[template], limit=1000).body, parse_float=str)
    assert head == list(openapi.fields_of(template))
    assert [[re.sub(r"^'(?=[=+\-@\t\r])", "", cell) for cell in row] for row in rows] == [[as_text(v) for v in row.values()] for row in page["items"]]


@pytest.mark.parametrize("template", openapi.LISTS)
def test_list_when_downloaded_as_json_then_it_says_what_the_pages_say(api, template):
    reply = api.ask("GET", PATHS[template], download="json")
    assert re.fullmatch(r'attachment; filename="[a-z-]+\.json"', reply.headers["content-disposition"])
    assert reply.json == api.get(PATHS[template], limit=1000)


def test_download_when_sorted_filtered_and_cut_to_fields_then_it_is_that(api):
    wanted = {"sort": "-name", "fields": "name,site", "site": "Brno"}
    rows = api.rows("hosts", **wanted)
    assert rows and api.ask("GET", "hosts", download="json", **wanted).json["items"] == rows
    text = api.ask("GET", "hosts", download="csv", **wanted).text
    assert text == "name,site\r\n" + "".join(f"{row['name']},Brno\r\n" for row in rows)


def test_download_when_a_limit_is_given_then_it_is_the_whole_list_all_the_same(api):
    assert api.ask("GET", "hosts", download="json", limit=2).json == api.get("hosts", limit=1000)


def test_download_when_nothing_is_in_it_then_it_has_its_head_only(api):
    assert api.ask("GET", "hosts", download="csv", fields="name,cves", site="nowhere").text == "name,cves\r\n"
    assert api.ask("GET", "hosts", download="json", site="nowhere").json == {"items": [], "total": 0, "next": None}


def test_download_when_only_its_head_is_asked_for_then_the_server_goes_on(api):
    assert api.ask("HEAD", "hosts", download="csv").body == b""
    assert api.server.is_healthy()


@pytest.mark.parametrize("formula", FORMULAS)
def test_csv_when_a_text_is_a_formula_then_it_has_an_apostrophe_in_front(api, formula):
    cells = [row["reason"] for row in csv.DictReader(io.StringIO(api.ask("GET", "exceptions", download="csv").text, newline=""))]
    assert cells.count("'" + formula) == 1 and formula not in cells
    assert formula in [row["reason"] for row in api.rows("exceptions")]


def test_csv_when_a_cell_is_no_formula_then_it_has_no_apostrophe(api):
    rows = list(csv.DictReader(io.StringIO(api.ask("GET", "cves", download="csv").text, newline="")))
    assert [row["cve"] for row in rows] == [row["cve"] for row in api.rows("cves")]
    assert "'" not in "".join(row["cvss"] + row["epss"] for row in rows) and {row["cvss"] for row in rows} >= {"9.8", "4.8"}


def test_csv_when_a_text_has_quotes_and_commas_then_it_is_quoted(api):
    assert '"a ""quoted"", site"' in api.ask("GET", "hosts", download="csv", fields="name,site").text


# ---- search ----


@pytest.mark.parametrize("template, fields", [("/packages", ["package"]), ("/outdated", ["package"]), ("/cves", ["cve", "title"]), ("/advisories", ["advisory", "title"]),
                                              ("/cve-tags", ["cve", "tag", "reason"]), ("/exceptions", ["cve", "package", "reason"]),
                                              ("/hosts/{host}/packages", ["package"]), ("/hosts/{host}/cves", ["cve", "package"])])
@pytest.mark.parametrize("words", ["ssl", "SSL", "10002", "nowhere"])
def test_list_when_searched_then_rows_have_the_words_in_a_name_or_title(api, template, fields, words):
    found, whole = ([{k: v for k, v in row.items() if k != "number"} for row in api.rows(PATHS[template], **wanted)] for wanted in ({"search": words}, {}))
    assert found == [row for row in whole if any(words.lower() in (row[f] or "").lower() for f in fields)]


def test_search_of_every_list_when_the_document_has_one_then_it_is_tested():
    parameters = test_list_when_searched_then_rows_have_the_words_in_a_name_or_title.pytestmark
    tested = {case[0] for mark in parameters if mark.args[0] == "template, fields" for case in mark.args[1]}
    assert tested == {path for path in openapi.LISTS if "search" in openapi.parameters_of("GET", path)}


def test_list_when_words_are_not_ascii_then_they_are_asked_as_utf8(api):
    number = api.add_exception(package="nothing", reason="Žádost č. 7")
    assert [row["id"] for row in api.rows("exceptions", search="Žádost č")] == [number]
