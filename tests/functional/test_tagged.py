# SPDX-License-Identifier: Apache-2.0
"""What Pakiti 3's clients are told: packages with CVEs that people have tagged."""
import json

import pytest

import kit

OLD, NEW = ("curl", "7.88.1-10", "amd64"), ("curl", "7.88.1-11", "amd64")
KERNELS = [("linux-image-6.1.0-18-amd64", "6.1.76-1", "amd64"), ("linux-image-6.1.0-17-amd64", "6.1.69-1", "amd64")]


def advisory(name, cve, package, fixed):
    return {"schema_version": "1.6.0", "id": name, "modified": "2026-01-01T00:00:00Z", "aliases": [cve],
            "affected": [{"package": {"ecosystem": "Debian:12", "name": package},
                          "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]}


@pytest.fixture
def fleet(pakiti, tmp_path):
    folder = tmp_path / "osv"
    folder.mkdir()
    for document in (advisory("A-1", "CVE-2024-10001", "curl", "7.88.1-11"), advisory("A-2", "CVE-2024-10002", "curl", "7.88.1-11"),
                     *(advisory(f"K-{i}", "CVE-2024-20001", name, "9") for i, (name, _, _) in enumerate(KERNELS))):
        (folder / f"{document['id']}.json").write_text(json.dumps(document))
    pakiti.run("feed", "add", "osv", "--type", "osv", "--url", folder)
    pakiti.run("sync")
    return pakiti


def tag(server, cve, name="Critical", **more):
    body = json.dumps({"cve": cve, "tag": name, **more}).encode()
    assert server.request("PUT", "/api/v1/cve-tags", body, Content_Type="application/json").status == 200


def ask(server, packages, mode="store-and-report", **headers):
    reply = server.post(kit.report_5(packages=packages, **headers), f"protocol=5&mode={mode}")
    assert reply.status == 200
    head, *lines = reply.text.split("\n")
    assert head == "OK" and lines[-1] == ""
    return [tuple(line.split("\t")) for line in lines[:-1]]


@pytest.mark.parametrize("mode", ["store-and-report", "report-only"])
def test_reply_when_cves_are_tagged_then_a_line_for_each_cve_and_tag(fleet, make_server, mode):
    server = make_server()
    assert ask(server, [OLD], mode) == []
    tag(server, "CVE-2024-10001")
    tag(server, "CVE-2024-10001", "Ours")
    tag(server, "CVE-2024-10002", "High")
    assert ask(server, [OLD], mode) == [(*OLD, "CVE-2024-10002", "High"), (*OLD, "CVE-2024-10001", "Critical"), (*OLD, "CVE-2024-10001", "Ours")]
    assert ask(server, [OLD], "store-only") == []
    assert ask(server, [NEW], mode) == []


@pytest.mark.parametrize("mode", ["store-and-report", "report-only"])
def test_reply_when_a_tag_is_disabled_or_an_exception_holds_then_without_it(fleet, make_server, mode):
    server = make_server()
    tag(server, "CVE-2024-10001")
    tag(server, "CVE-2024-10002", enabled=False)
    assert ask(server, [OLD], mode) == [(*OLD, "CVE-2024-10001", "Critical")]
    body = json.dumps({"cve": "CVE-2024-10001", "group": "site", "value": "Brno", "reason": "r", "approver": "a"}).encode()
    assert server.request("POST", "/api/v1/exceptions", body, Content_Type="application/json").status == 201
    assert ask(server, [OLD], mode, site="Brno") == []
    assert ask(server, [OLD], mode, site="Lyon") == [(*OLD, "CVE-2024-10001", "Critical")]


@pytest.mark.parametrize("mode", ["store-and-report", "report-only"])
def test_reply_when_a_kernel_does_not_run_then_it_is_not_told(fleet, make_server, mode):
    server = make_server()
    tag(server, "CVE-2024-20001")
    assert ask(server, KERNELS, mode, kernel="6.1.0-18-amd64") == [(*KERNELS[0], "CVE-2024-20001", "Critical")]
