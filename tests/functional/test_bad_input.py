# SPDX-License-Identifier: Apache-2.0
"""What comes over the wire and is no report, or no HTTP, or comes too slowly, or is meant to hurt.

Each time: refused with 4xx or the connection closed, one line in the log, nothing stored, and the server serves on.
"""
import json
import re
import socket
import subprocess
import zlib

import pytest
from kit import (GLPI_AGENT, PACKAGES, Pakiti, Server, form_4, gzipped, list_4, many_packages, multipart, read_to_end, report_5, report_6, report_glpi, status_of,
                 wait_for, zstd)

BODY = report_5().encode()


def short(value):
    """A parameter in a test's name."""
    if callable(value):
        return value.__name__
    return re.sub(r"\W+", "-", value.decode("latin-1") if isinstance(value, bytes) else str(value)).strip("-")[:24]


HEAD = b"POST /feed/ HTTP/1.1\r\nHost: pakiti.example.org\r\nConnection: close\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(BODY)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One server takes most of what follows. In the end it still takes a good report."""
    pakiti = Pakiti(tmp_path_factory.mktemp("shared")).init()
    pakiti.configure(threads=2)
    server = Server(pakiti).start()
    yield server
    good = server.post(report_5())
    server.stop()
    assert good.text == "OK\n" and pakiti.count("host") == 1


@pytest.fixture
def unharmed(shared):
    """After the test nothing is stored, and the server serves."""
    shared.mark()
    yield shared
    still_well(shared, shared.pakiti)


def still_well(server, pakiti):
    assert [pakiti.count(t) for t in ("host", "package", "package_set", "profile", "platform", "host_history")] == [0] * 6
    assert server.is_healthy()
    assert server.post(report_5(), "mode=report-only").text == "OK\n"


def refused(server, reply, *statuses, says=""):
    """4xx, a message, and one line in the log that says why."""
    assert reply.status in statuses, reply.text
    message = reply.json["message"] if reply.headers["content-type"] == "application/json" else reply.text
    assert says in message
    assert message.isprintable() or message[:-1].isprintable() and message[-1] == "\n"
    lines = wait_for(server.complaints, "a line in the log")
    assert len(lines) == 1 and "refused level=warning peer=127.0.0.1" in lines[0]
    assert server.results() == {"refused": 1}


# ---- bodies that are no reports ----


@pytest.mark.parametrize("body, says", [
    ("", "empty"), (" \r\n\t\n", "empty"), ("\ufeff", "empty"), ("hello", "no report"), ("<html></html>", "no report"),
    ("{}", "JSON"), ("[]", "no report"), ('{"protocol": 6', ""), ("#", "host"), ("#\n#\n#\n", "host"), ("#\nhost: a.example.org\n#\n#\n", "no packages"),
    ("--", "no report"), ("\x00" * 100, ""), ("0" * 100, "no report"),
], ids=short)
def test_body_that_is_no_report_is_refused(unharmed, body, says):
    refused(unharmed, unharmed.post(body), 400, says=says)


@pytest.mark.parametrize("line, fault", [
    ("bash", "not a package"), ("bash 5.2", "not a package"), ("bash\t\t5.2\tamd64", "not a package"), ("bash\t5.2\tamd64\tmore", "not a package"),
    ("bash\t5.2\x01\tamd64", ""), ("bash\t5.2\tamd\x7f64", "control"), ("bash\t" + "5" * 300 + "\tamd64", "longer"), ("n" * 256 + "\t5\tamd64", "longer"),
], ids=short)
@pytest.mark.parametrize("number", [0, 1000])
def test_malformed_line_is_named_with_its_number(unharmed, line, fault, number):
    lines = ["#", "host: a.example.org", "#", *("\t".join(p) for p in many_packages(number)), line, *("\t".join(p) for p in PACKAGES), "#"]
    reply = unharmed.post("\n".join(lines) + "\n")
    refused(unharmed, reply, 400, 413, says=f"line {4 + number}: ")
    assert fault in reply.text


@pytest.mark.parametrize("head, says", [
    ("# \nhost a.example.org\n", "line 2: "), ("#\nhost: a\nnonsense\n", "line 3: "), ("#\nhost: " + "a" * 256 + "\n", "line 2: "),
    ("#\nhost: a b\n", "host name"), ("#\nhost: a;reboot\n", "host name"), ("#\nhost: <script>\n", "host name"), ("#\nhost: ../../etc\n", "host name"),
    ("#\nkernel: 6.1\n", "host"), ("#\nhost: a\nkernel: 6\x00.1\n", "NUL"), ("#\nhost: a\npackager: svmon\n", "svmon"),
], ids=short)
def test_malformed_header_of_a_text_is_refused(unharmed, head, says):
    refused(unharmed, unharmed.post(head + "#\nbash\t5.2\tamd64\n#\n"), 400, 413, says=says)


@pytest.mark.parametrize("packages, number", [
    ("'bash' '5' '' 'amd64'\nbash 5\n'curl' '7' '' 'amd64'\n", 2), ("'bash' '5' 'amd64'\n'curl' '7' '' 'amd64'\n", 1),
    ("'bash' '5' '' 'amd64'\n'cu rl' '7' '' 'amd64'\n'curl' '7' '' 'amd64'\n", 2), ("'' '5' '' 'amd64'\n'curl' '7' '' 'amd64'\n", 1),
    ("'bash' '5\x00' '' 'amd64'\n'curl' '7' '' 'amd64'\n", 1),
], ids=short)
def test_malformed_line_of_a_form_is_named_with_its_number(unharmed, packages, number):
    refused(unharmed, unharmed.post_form(form_4(pkgs=packages)), 400, says=f"line {number}")


@pytest.mark.parametrize("fields, says", [
    ({"version": "7"}, "version '7'"), ({"host": ""}, "host"), ({"host": "6.1.0-18-amd64"}, "host and kernel"), ({"pkgs": ""}, "no packages"),
    ({"report": "9"}, "mode '9'"), ({"kernel": "k" * 300}, "longer"), ({"kernel": "a\x02b"}, "control"), ({"protocol": "6"}, "protocol 6"),
    ({f"field{i}": "" for i in range(80)}, "fields"), ({"n" * 65: ""}, "name"),
], ids=short)
def test_form_with_a_wrong_field_is_refused(unharmed, fields, says):
    refused(unharmed, unharmed.post_form(form_4(**fields)), 400, 413, says=says)


@pytest.mark.parametrize("body", [
    b"--X\r\nContent-Disposition: form-data; name=\"host\"\r\n\r\na.example.org\r\n",  # no end
    b"--X\r\n\r\nvalue\r\n--X--\r\n",  # no name
    b"--X\r\n" + b"H: " + b"h" * 5000 + b"\r\n\r\nvalue\r\n--X--\r\n",
    b"nothing of that boundary",
], ids=short)
def test_broken_multipart_form_is_refused(unharmed, body):
    refused(unharmed, unharmed.post(body, Content_Type="multipart/form-data; boundary=X"), 400, 413)


def native(**change):
    return json.dumps({**report_6(), **change})


@pytest.mark.parametrize("body, says", [
    (native(protocol=7), "7"), (native(protocol="6"), "protocol"), (native(packages={}), "packages"), (native(packages=[3]), "packages[0]"),
    (native(packages=[*report_6()["packages"], {"name": 5, "version": "1", "arch": "x"}]), "packages[3].name"), (native(host=None), "host"),
    (native(host=[]), "host"), (native(packages=[{"name": "a\u0000", "version": "1", "arch": "x"}]), "packages[0].name"),
    (native()[:-1], ""), (native() + "x", ""), (native().replace(",", ",,", 1), ""), ('{"protocol": 6, "a": ' + "[" * 200 + "]" * 200 + "}", ""),
    ('{"protocol": 6e99999999999}', ""), ('{"protocol": 6, "packages": ' + "9" * 5000 + "}", "packages"), (native(proxy="yes"), "proxy"),
], ids=short)
def test_broken_json_is_refused_as_json(unharmed, body, says):
    reply = unharmed.post(body, Content_Type="application/json")
    refused(unharmed, reply, 400, 413, says=says)
    assert reply.json["status"] == "error" and reply.json["error"] in ("syntax", "limit")


@pytest.mark.parametrize("body", ["no json", "{}", '{"content": 5}', '{"content": {"softwares": {}}}', json.dumps(report_glpi(host="")), "\x00"],
                         ids=short)
def test_broken_inventory_is_refused_as_json(unharmed, body):
    reply = unharmed.post(body, User_Agent=GLPI_AGENT)
    refused(unharmed, reply, 400)
    assert reply.json["status"] == "error"


@pytest.mark.parametrize("query, says", [
    ("protocol=4", "protocol 4"), ("protocol=6", "protocol 6"), ("protocol=7", "'7'"), ("protocol=", "protocol"), ("version=4", "protocol 4"),
    ("mode=sometimes", "'sometimes'"), ("mode=3", "'3'"), ("mode=%00", "mode"), ("&".join(f"a{i}=1" for i in range(80)), "fields"),
], ids=short)
def test_parameter_that_is_wrong_or_contradicts_the_body_is_refused(unharmed, query, says):
    refused(unharmed, unharmed.post(report_5(), query), 400, 413, says=says)


# ---- encodings ----


@pytest.mark.parametrize("body, number", [
    ("#\nhost: a.example.org\nsite: Žižkov\n#\nbash\t5\tamd64\n#\n".encode("iso-8859-2"), 3),
    ("#\nhost: a.example.org\n#\nbash\t5\tamd64\n#\n".encode("utf-16"), 1), (b"#\nhost: a.example.org\n#\nbash\t5\xc0\xaf\tamd64\n#\n", 4),
    (b"#\nhost: a.example.org\n#\nbash\t5\xed\xa0\x80\tamd64\n#\n", 4), (b"#\nhost: a.example.org\n#\nbash\t5\tamd64\ncurl\t7\xff\tamd64\n", 5),
    (b"#\nhost: a.example.org\n#\nbash\t5\tamd64\ncurl\t7\x00\tamd64\n", 5),
], ids=short)
def test_text_that_is_not_utf8_is_refused(unharmed, body, number):
    reply = unharmed.post(body)
    refused(unharmed, reply, 400)
    assert f"line {number}: " in reply.text or "no report" in reply.text and number == 1


def test_json_that_is_not_utf8_is_refused(unharmed):
    refused(unharmed, unharmed.post(native().encode().replace(b"bash", b"ba\xffsh"), Content_Type="application/json"), 400, says="UTF-8")


@pytest.mark.parametrize("encoding, body, says", [
    ("br", BODY, "'br'"), ("gzip, gzip", gzipped(gzipped(BODY)), "gzip, gzip"), ("gzip", BODY, "the body is not"), ("zstd", gzipped(BODY), "the body is not"),
    ("gzip", gzipped(BODY)[:-9], ""), ("gzip", gzipped(BODY)[:-4] + b"abcd", ""), ("gzip", gzipped(BODY) + b"more", "follows"), ("zstd", zstd(BODY)[:-5], ""),
    ("deflate", b"\x78\x9crubbish", ""), ("gzip", gzipped(b""), "empty"), ("gzip", b"", "empty"), (None, gzipped(BODY)[:20], ""),
    (None, gzipped(gzipped(BODY)), ""),
], ids=short)
def test_damaged_or_unknown_compression_is_refused(unharmed, encoding, body, says):
    reply = unharmed.post(body, **({"Content_Encoding": encoding.encode("latin-1")} if encoding else {}))
    refused(unharmed, reply, 400, says=says)


def gzip_bomb(megabytes):
    """gzip of a report whose last line is that long, without ever holding it whole."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    out = [packer.compress(BODY)]
    block = b"a" * (1 << 20)
    out.extend(packer.compress(block) for _ in range(megabytes))
    return b"".join(out) + packer.flush()


def zstd_bomb(megabytes):
    with subprocess.Popen(["zstd", "-q", "-c", "-19"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as packer:
        packer.stdin.write(BODY)
        for _ in range(megabytes):
            packer.stdin.write(b"a" * (1 << 20))
        packer.stdin.close()
        return packer.stdout.read()


@pytest.mark.parametrize("encoding, bomb", [("gzip", gzip_bomb), ("zstd", zstd_bomb), (None, gzip_bomb), (None, zstd_bomb)], ids=short)
def test_decompression_bomb_is_refused(unharmed, encoding, bomb):
    body = bomb(200)
    assert len(body) < 1 << 20
    reply = unharmed.post(body, **({"Content_Encoding": encoding} if encoding else {}))
    refused(unharmed, reply, 413)
    memory = {line.split(":")[0]: line.split()[1] for line in open(f"/proc/{unharmed.process.pid}/status", encoding="ascii") if "VmHWM" in line}
    assert int(memory["VmHWM"]) < 1 << 20  # KiB: one for a MiB of the bomb would be 200 MiB more than sanitizers leave


def test_nested_compression_is_not_unpacked_twice(unharmed):
    refused(unharmed, unharmed.post(gzipped(gzip_bomb(10)), Content_Encoding="gzip"), 400, 413)


# ---- sizes ----


def test_report_larger_than_the_limit_is_refused(make_server, pakiti):
    server = make_server(report_bytes_max="100K")
    refused(server, server.post(report_5(packages=many_packages(4000))), 413, says="report_bytes_max")
    still_well(server, pakiti)


def test_chunked_report_larger_than_the_limit_is_refused(make_server, pakiti):
    server = make_server(report_bytes_max="100K")
    body = report_5(packages=many_packages(4000)).encode()
    refused(server, server.request("POST", "/feed/", body=[body[i:i + 5000] for i in range(0, len(body), 5000)]), 413, says="report_bytes_max")
    still_well(server, pakiti)


def test_report_that_is_larger_than_the_limit_when_unpacked_is_refused(make_server, pakiti):
    server = make_server(report_bytes_max="100K")
    body = gzipped(report_5(packages=many_packages(4000)))
    assert len(body) < 100 << 10
    refused(server, server.post(body, Content_Encoding="gzip"), 413, says="larger than")
    still_well(server, pakiti)


def test_report_of_exactly_the_limit_is_taken_and_a_byte_more_is_not(make_server):
    server = make_server(report_bytes_max=2048)
    body = report_5().ljust(2048, "\n")
    assert server.post(body).status == 200
    assert server.post(body + "\n").status == 413
    assert server.post(gzipped(body)).status == 200
    assert server.post(gzipped(body + "\n")).status == 413


def test_report_with_more_packages_than_the_limit_is_refused(make_server, pakiti):
    server = make_server(report_packages_max=1000)
    refused(server, server.post(report_5(packages=many_packages(1001))), 413, says="1000")
    assert pakiti.count("package") == 0
    assert server.post(report_5(packages=many_packages(1000))).status == 200


@pytest.mark.parametrize("make", [
    lambda: "#\nhost: a.example.org\n#\n" + "".join(f"p{i}\t1\tx\n" for i in range(1_000_000)),
    lambda: "host=a.example.org&type=dpkg&pkgs=" + "".join(f"'p{i}'+''1''+''+'x'%0A" for i in range(600_000)).replace("''1''", "'1'").replace("''+", "''+"),
    lambda: '{"protocol":6,"host":{"name":"a.example.org"},"packages":[' + ",".join(f'{{"name":"p{i}","version":"1","arch":"x"}}' for i in range(350_000)) + "]}",
], ids=["text", "form", "json"])
def test_report_with_a_million_packages_is_refused(unharmed, make):
    body = make()
    assert 10 << 20 < len(body) < 16 << 20
    refused(unharmed, unharmed.post(body), 413, says="more than 50000 packages")


@pytest.mark.parametrize("body", [
    b"#\nhost: a.example.org\n#\n" + b"x" * (10 << 20), b"#\nhost: " + b"x" * (10 << 20) + b"\n#\nbash\t5\tamd64\n#\n",
    b"#\n" + b"x" * (10 << 20), b"x" * (10 << 20), b'{"protocol": 6, "host": {"name": "' + b"x" * (10 << 20) + b'"}}', b"{" * (10 << 20),
    b"host=a.example.org&pkgs=" + b"x" * (10 << 20), b"#\nhost: a.example.org\n#\n" + b"x\ty\tz" * (1 << 20), b"#" + b"\n" * (10 << 20), b"\\" * (10 << 20),
], ids=["package", "host", "header", "letters", "string", "nesting", "form", "fields", "ends", "backslashes"])
def test_ten_megabytes_of_one_line_are_refused_with_a_short_message(unharmed, body):
    reply = unharmed.post(body)
    refused(unharmed, reply, 400, 413)
    assert len(reply.body) < 1000 and len(unharmed.complaints()[0]) < 1500


def test_messages_quote_foreign_text_harmlessly(unharmed):
    reply = unharmed.post("#\nhost: a.example.org\n#\nbash\x1b[2J\x0d\x07 \"x\" level=error\n")
    refused(unharmed, reply, 400, says="line 4: ")
    assert "\x1b" not in unharmed.log() and "\x07" not in unharmed.log()
    assert " level=error" not in unharmed.complaints()[0].split(" why=")[0]


def test_log_stays_utf8_whatever_is_quoted_in_it(server, pakiti):
    assert server.post(BODY, Content_Encoding=b"\xff\xfe").status == 400
    assert server.post(b"\xff\xfe").status == 400
    one = server.log_path.read_bytes()
    assert one.decode("utf-8") and len(server.complaints()) == 2


# ---- HTTP without manners ----


def one_complaint(server):
    lines = wait_for(server.complaints, "a line in the log")
    assert len(lines) == 1, lines
    assert " level=warning peer=127.0.0.1 " in lines[0]
    return lines[0]


@pytest.mark.parametrize("framing", [
    LENGTH + LENGTH, b"Content-Length: 5\r\n" + LENGTH, LENGTH + b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: chunked\r\n" + LENGTH,
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", LENGTH + b"transfer-encoding: identity\r\n", LENGTH + b"CONTENT-LENGTH: 0\r\n",
], ids=short)
def test_conflicting_length_and_transfer_encoding_are_refused(unharmed, framing):
    received = unharmed.raw(HEAD + framing + b"\r\n" + BODY)
    assert status_of(received) == 400 and b"conflicting" in received
    assert "status=400" in one_complaint(unharmed)


@pytest.mark.parametrize("header", [b"Content-Length : %d", b"Content-Length\t: %d", b"Transfer-Encoding : chunked"],
                         ids=short)
def test_body_behind_a_disguised_length_is_not_taken_for_a_second_request(unharmed, header):
    """RFC 9112 section 5.1: what stands in front of the server may understand the header, and send somebody's request behind it."""
    hidden = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    line = header % len(hidden) if b"%d" in header else header
    received = unharmed.raw(b"POST /feed/ HTTP/1.1\r\nHost: x\r\n" + line + b"\r\n\r\n" + hidden, half_close=True)
    assert b"pakiti_uptime" not in received
    assert status_of(received) in (400, None)


# The library answers these itself, before it shows us the request.
@pytest.mark.parametrize("head", [
    b"Content-Length: -5\r\n", b"Content-Length: +5\r\n", b"Content-Length: 0x10\r\n", b"Content-Length: \r\n", b"Content-Length: 5, 5\r\n",
    b"Content-Length: 99999999999999999999999999\r\n", b"nonsense\r\n" + LENGTH,
    b"X: " + b"a" * (1 << 20) + b"\r\n" + LENGTH, b"".join(b"X%d: y\r\n" % i for i in range(50_000)) + LENGTH,
], ids=["negative", "plus", "hexadecimal", "none", "list", "huge", "no colon", "a long one", "many"])
def test_absurd_headers_are_refused(unharmed, head):
    received = unharmed.raw(HEAD + head + b"\r\n" + BODY)
    assert status_of(received) in (400, 413, 431, None)
    assert len(unharmed.complaints()) <= 1


@pytest.mark.parametrize("first_line", [
    b"POST /feed/ HTTP/9.9", b"POST /feed/ HTTP", b"PRI * HTTP/2.0", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET " + b"/" * (1 << 20) + b" HTTP/1.1",
    b"POST /feed/?" + b"a" * (1 << 20) + b" HTTP/1.1", b"\x00" * 500, b"DELETE /feed/ HTTP/1.1", b"CONNECT www.example.org:443 HTTP/1.1",
], ids=["version", "no version", "http2", "tls", "long path", "long query", "nul", "method", "connect"])
def test_absurd_request_line_is_refused(make_server, pakiti, first_line):
    server = make_server(request_timeout=1)
    received = server.raw(first_line + b"\r\nHost: x\r\nConnection: close\r\n" + LENGTH + b"\r\n" + BODY)
    assert status_of(received) in (400, 404, 405, 414, 431, 501, 505, None)
    assert len(server.complaints()) <= 1
    still_well(server, pakiti)


def test_query_that_is_too_long_is_refused(unharmed):
    reply = unharmed.post(report_5(), "a=" + "b" * 5000)
    assert reply.status == 414
    assert "status=414" in one_complaint(unharmed)


@pytest.mark.parametrize("length", [b"200000000000", b"18446744073709551615", b"16777217"], ids=short)
def test_announced_size_above_the_limit_is_refused_before_it_comes(unharmed, length):
    received = unharmed.raw(HEAD + b"Content-Length: " + length + b"\r\n\r\n" + b"#\n")
    assert status_of(received) == 413
    assert "status=413" in one_complaint(unharmed)


def test_expectation_of_too_large_a_body_is_refused_without_asking_for_it(unharmed):
    received = unharmed.raw(HEAD + b"Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
    assert status_of(received) == 413
    one_complaint(unharmed)


@pytest.mark.parametrize("chunks", [b"zz\r\nabc\r\n0\r\n\r\n", b"-3\r\nabc\r\n0\r\n\r\n", b"3\r\nabcdef\r\n0\r\n\r\n", b"fffffffffffffffffff\r\nabc\r\n"],
                         ids=short)
def test_broken_chunks_are_refused(make_server, pakiti, chunks):
    server = make_server(request_timeout=1)
    received = server.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
    assert status_of(received) in (400, 413, None)
    one_complaint(server)
    still_well(server, pakiti)


@pytest.mark.parametrize("coding", [b"gzip", b"gzip, chunked", b"xchunked", b"identity"], ids=short)
def test_unknown_transfer_coding_is_never_guessed(make_server, pakiti, coding):
    server = make_server(request_timeout=1)
    received = server.raw(HEAD + b"Transfer-Encoding: " + coding + b"\r\n\r\n" + BODY)
    assert status_of(received) in (400, 411, 501, None)
    one_complaint(server)
    still_well(server, pakiti)


# ---- uploads that do not end ----


@pytest.mark.parametrize("sent", [
    HEAD + b"Content-Length: %d\r\n\r\n" % (len(BODY) + 100) + BODY, HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BODY) + BODY,
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BODY) + BODY + b"\r\n", HEAD + LENGTH + b"\r\n",
], ids=["length", "chunk", "no last chunk", "no body"])
def test_truncated_upload_stores_nothing(make_server, pakiti, sent):
    server = make_server(idle_timeout=1)
    assert server.raw(sent, half_close=True) == b""
    assert one_complaint(server).startswith("request_cut ")
    still_well(server, pakiti)


@pytest.mark.parametrize("sent", [b"", b"P", HEAD, HEAD + LENGTH], ids=short)
def test_connection_that_ends_before_its_headers_does_no_harm(make_server, pakiti, sent):
    server = make_server(idle_timeout=1)
    assert server.raw(sent, half_close=True) == b""
    assert len(server.complaints()) <= 1
    still_well(server, pakiti)


def test_sender_that_vanishes_in_the_middle_leaves_a_line(make_server, pakiti):
    server = make_server(idle_timeout=1)
    with socket.create_connection(("127.0.0.1", server.port)) as s:
        s.sendall(HEAD + LENGTH + b"\r\n" + BODY[:20])
    assert one_complaint(server).startswith("request_cut ")
    still_well(server, pakiti)


def trickle(s, data, server):
    """A byte at a time until the other side has closed; another client is served meanwhile. How many bytes were taken."""
    s.settimeout(0.1)
    served = 0
    for sent in range(len(data)):
        try:
            s.sendall(data[sent:sent + 1])
            if s.recv(1) == b"":
                return sent, served
        except TimeoutError:
            pass
        except (BrokenPipeError, ConnectionResetError):
            return sent, served
        served += server.is_healthy()
    raise AssertionError("the connection was never closed")


@pytest.mark.parametrize("at_once, slowly", [(HEAD + b"Content-Length: 100000\r\n\r\n", b"#" * 1000), (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n#\r\n" * 200)],
                         ids=["length", "chunks"])
def test_slow_sender_is_cut_while_others_are_served(make_server, pakiti, at_once, slowly):
    server = make_server(request_timeout=1)
    with socket.create_connection(("127.0.0.1", server.port)) as s:
        s.sendall(at_once)
        sent, served = trickle(s, slowly, server)
    assert served == sent > 0
    assert one_complaint(server).startswith("request_cut ")
    assert server.metrics()["pakiti_connections_cut_total"] == 1
    still_well(server, pakiti)


def test_slow_headers_are_cut_while_others_are_served(make_server, pakiti):
    server = make_server(request_timeout=1)
    with socket.create_connection(("127.0.0.1", server.port)) as s:
        sent, served = trickle(s, HEAD + b"X: " + b"x" * 1000, server)
    assert served == sent > 0
    assert len(server.complaints()) <= 1
    assert server.metrics()["pakiti_connections_cut_total"] == 1
    still_well(server, pakiti)


def test_many_slow_senders_hold_no_thread(make_server, pakiti):
    server = make_server(request_timeout=30)
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
    try:
        for s in slow:
            s.sendall(HEAD + b"Content-Length: 1000\r\n\r\n#\nhost: slow")
        for i in range(20):
            assert server.post(report_5(host=f"h{i}.example.org")).status == 200
    finally:
        for s in slow:
            s.close()
    wait_for(lambda: len(server.complaints()) == len(slow), "a line for each")
    assert pakiti.count("host") == 20


def test_receiver_that_does_not_read_its_reply_holds_nobody_up(server, pakiti):
    with socket.create_connection(("127.0.0.1", server.port)) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        s.sendall(HEAD.replace(b"close", b"keep-alive") + LENGTH + b"\r\n" + BODY)
        for i in range(20):
            assert server.post(report_5(host=f"h{i}.example.org")).status == 200
        s.shutdown(socket.SHUT_WR)
        assert status_of(read_to_end(s)) == 200


def test_second_request_of_a_connection_is_answered_after_a_refused_first(server, pakiti):
    """A refused report does not spoil the connection that other reports come by, as those of a proxy."""
    bad = b"#\nbroken\n"
    first = b"POST /feed/ HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(bad) + bad
    received = server.raw(first + HEAD + LENGTH + b"\r\n" + BODY)
    assert status_of(received) == 400 and received.count(b"HTTP/1.1 ") == 2 and received.endswith(b"OK\n")
    assert pakiti.count("host") == 1
    assert server.results() == {"refused": 1, "new_set": 1}


def test_bad_reports_between_good_ones_cost_only_themselves(server, pakiti):
    bodies = [report_5(host=f"h{i}.example.org") if i % 3 else f"#\nhost: h{i}.example.org\n#\nbroken\n" for i in range(60)]
    statuses = [server.post(body).status for body in bodies]
    assert statuses == [200 if i % 3 else 400 for i in range(60)]
    assert {h["host"] for h in pakiti.json("hosts")} == {f"h{i}.example.org" for i in range(60) if i % 3}
    assert len(server.complaints()) == 20


def test_forms_of_every_kind_share_the_same_limits(make_server, pakiti):
    server = make_server(report_packages_max=2)
    body, content_type = multipart(form_4())
    replies = [server.post(report_5()), server.post_form(form_4()), server.post(body, Content_Type=content_type), server.post_json(report_6()),
               server.post(json.dumps(report_glpi()), User_Agent=GLPI_AGENT)]
    assert [r.status for r in replies] == [413] * 5
    assert list_4().count("\n") == 3 and pakiti.count("host") == 0
