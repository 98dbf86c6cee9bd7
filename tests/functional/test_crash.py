# SPDX-License-Identifier: Apache-2.0
"""A server that dies at any moment loses nothing that it has answered, and starts again as if nothing had been."""
import http.client
import random
import resource
import threading
import time

from kit import PACKAGES, PATIENCE_S, Server, many_packages, report_5, wait_for

KILLS = 20
# All rounds together; a slow machine gets fewer of them, but not none.
ROUNDS_S = 25
SENDERS = 4
HOSTS = 12  # of each sender


class Sender(threading.Thread):
    """Reports one host after another over one connection, each time with a higher number in kernel and packages, until the server is gone."""

    def __init__(self, server, number, told):
        super().__init__(daemon=True)
        self.port, self.told, self.faults = server.port, told, []
        self.hosts = [f"h{number}-{i}.example.org" for i in range(HOSTS)]
        for host in self.hosts:
            told.setdefault(host, {"sent": 0, "answered": 0})

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        while not self.faults:
            host = random.choice(self.hosts)
            record = self.told[host]
            record["sent"] += 1
            try:
                connection.request("POST", "/feed/", body(host, record["sent"]))
                reply = connection.getresponse()
                text = reply.read()
            except (OSError, http.client.HTTPException):
                return  # killed in the middle: it was not answered
            if (reply.status, text) == (200, b"OK\n"):
                record["answered"] = record["sent"]
            elif reply.status == 503:
                return  # it is stopping
            else:
                self.faults.append(f"{host}: {reply.status} {text}")


def start_senders(server, told):
    senders = [Sender(server, n, told) for n in range(SENDERS)]
    for sender in senders:
        sender.start()
    return senders


def answered(told):
    return sum(record["answered"] for record in told.values())


def end(senders):
    """They notice by themselves that the server is gone."""
    for sender in senders:
        sender.join(PATIENCE_S)
        assert not sender.is_alive() and sender.faults == []


def body(host, number):
    """Every third number has a package set of its own, the others share theirs among the hosts."""
    version = f"5.{number}.{host.split('.')[0]}" if number % 3 == 0 else f"5.{number}"
    return report_5(host=host, kernel=f"6.1.0-{number}-amd64", packages=[("zsh", version, "amd64"), *PACKAGES])


def stored(pakiti):
    """Number of the stored report of each host: {host: number}."""
    rows = pakiti.rows("SELECT h.name, p.kernel, p.set_id FROM host h JOIN profile p ON p.id = h.profile_id")
    return {name: int(kernel.split("-")[1]) for name, kernel, _ in rows}


def check_kept(pakiti, told):
    kept = stored(pakiti)
    lost = {host: (kept.get(host, 0), r["answered"]) for host, r in told.items() if kept.get(host, 0) < r["answered"]}
    invented = {host: n for host, n in kept.items() if n > told[host]["sent"]}
    assert (lost, invented) == ({}, {})


def test_server_killed_under_load_keeps_every_report_that_it_answered(pakiti):
    pakiti.configure(threads=2)
    told, kills, until = {}, 0, time.monotonic() + ROUNDS_S
    draw = random.Random(1)
    while kills < KILLS and (time.monotonic() < until or kills == 0):
        server = Server(pakiti).start()
        check_kept(pakiti, told)
        before = answered(told)
        senders = start_senders(server, told)
        wait_for(lambda: answered(told) > before + SENDERS, "the first answers")
        time.sleep(draw.uniform(0, 0.5))  # how far it gets is left to chance
        server.kill()
        end(senders)
        kills += 1
        assert server.log().splitlines()[1:] == []
    assert pakiti.run("db", "check").stdout.endswith("sound\n")
    check_kept(pakiti, told)
    for host, number in stored(pakiti).items():  # and what is stored is one report, not pieces of two
        kept = {r["package"]: r["installed"] for r in pakiti.json("host", host, "--packages")}
        assert kept == dict(line.split("\t")[:2] for line in body(host, number).splitlines() if "\t" in line)


def test_server_starts_again_over_the_traces_of_a_killed_one(pakiti):
    pakiti.configure(threads=2)
    first = Server(pakiti).start()
    first.post(report_5())
    first.kill()
    assert pakiti.db.with_name("pakiti.db-wal").exists()
    second = Server(pakiti).start()
    second.post(report_5())
    assert second.results() == {"unchanged": 1}
    second.stop()
    assert pakiti.run("db", "check").stdout.endswith("sound\n")


def test_server_that_is_asked_to_stop_under_load_keeps_every_report_that_it_answered(pakiti):
    pakiti.configure(threads=2)
    told = {}
    for _ in range(3):
        server = Server(pakiti).start()
        before = answered(told)
        senders = start_senders(server, told)
        wait_for(lambda: answered(told) > before + 20, "some answers")
        server.stop()
        end(senders)
        check_kept(pakiti, told)
    assert pakiti.run("db", "check").stdout.endswith("sound\n")


def test_disk_that_is_full_costs_no_report_that_was_answered(pakiti):
    """Files of the server cannot grow beyond a size: what does not fit is refused with 503, and later taken again."""
    pakiti.configure(threads=2)
    limit = 2 << 20
    # Python ignores SIGXFSZ, and with restore_signals=False so does the server: a write that does not fit fails
    full = Server(pakiti, restore_signals=False, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))).start()
    statuses = {}
    while 503 not in statuses.values():
        host = f"h{len(statuses)}.example.org"
        statuses[host] = full.post(report_5(host=host, packages=many_packages(1000, seed=len(statuses)))).status
        assert len(statuses) < 100, "the limit was never reached"
    refused = [line for line in full.log().splitlines() if line.startswith("report_failed level=error ")]
    assert len(refused) == 1 and full.results()["failed"] == 1
    assert full.is_healthy()
    full.stop()
    assert set(statuses.values()) == {200, 503}
    assert {h["host"] for h in pakiti.json("hosts")} == {host for host, status in statuses.items() if status == 200}
    assert pakiti.run("db", "check").stdout.endswith("sound\n")
    again = Server(pakiti).start()
    for number, host in enumerate(statuses):
        assert again.post(report_5(host=host, packages=many_packages(1000, seed=number))).status == 200
    assert again.results() == {"unchanged": len(statuses) - 1, "new_set": 1}
    again.stop()
