"""One connection for many calls, and none that holds up another or the end."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests

from devorg import DevorgConfig
from devorg.handler import IDLE_SECONDS
from devorg.server import RunningOrg, running
from tests.devorg.client import API, Client
from tests.devorg.test_fault_kinds import struck
from tests.support.waiting import wait_until

VERSIONS = "/services/data"


def connection_to(org: RunningOrg) -> HTTPConnection:
    """A plain connection that never reconnects by itself."""
    parts = urlsplit(org.url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.auto_open = 0
    connection.connect()
    return connection


def say(org: RunningOrg, text: bytes) -> bytes:
    """All that the org answers to these bytes until it closes the connection."""
    parts = urlsplit(org.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as raw:
        raw.sendall(text)
        answer = b""
        while part := raw.recv(65536):
            answer += part
    return answer


def test_one_connection_takes_many_calls(org: RunningOrg) -> None:
    """X16: of all methods, with a body or without, read by the app or not."""
    connection = connection_to(org)
    body = json.dumps({"user": "rep"})
    for method, path, sent, status in [
        ("GET", VERSIONS, None, 200),
        ("POST", "/_devorg/token", body, 200),
        ("POST", f"{API}/nowhere", "x" * 10_000, 401),
        ("HEAD", VERSIONS, None, 200),
        ("POST", "/nowhere/at/all", "x" * 10_000, 404),
        ("GET", VERSIONS, None, 200),
    ]:
        connection.request(method, path, sent, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == status
        assert answer.getheader("Connection") == "keep-alive"
        answer.read()
    connection.close()


def test_an_answer_without_a_body_keeps_the_connection(org: RunningOrg, rep: Client) -> None:
    """X16: 204 and 304 end with their head."""
    made = rep.call("POST", "sobjects/Account", {"Name": "Ferry House"}).json()["id"]
    headers = {"Authorization": str(rep.http.headers["Authorization"])}
    connection = connection_to(org)
    connection.request("DELETE", f"{API}/sobjects/Account/{made}", headers=headers)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (204, b"")
    later = headers | {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    connection.request("GET", f"{API}/sobjects/Account/describe", headers=later)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (304, b"")
    connection.request("GET", VERSIONS)
    assert connection.getresponse().status == 200
    connection.close()


def test_a_body_in_chunks_is_read_to_its_end(org: RunningOrg) -> None:
    """X16: the next call begins where it ends."""
    connection = connection_to(org)
    for _ in range(2):
        connection.request(
            "POST", "/_devorg/token", iter([b'{"user":', b'"rep"}']),
            {"Content-Type": "application/json"}, encode_chunked=True,
        )  # fmt: skip
        answer = connection.getresponse()
        assert answer.status == 200
        assert "access_token" in json.loads(answer.read())
    connection.close()


def test_calls_sent_ahead_are_answered_in_their_order(org: RunningOrg) -> None:
    """X16: pipelined, with a body in between that nobody reads."""
    calls = [
        "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nGET / HTT",
        f"GET {VERSIONS} HTTP/1.1\r\nHost: x\r\n\r\n",
        f"GET {API}/limits HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ]
    answer = say(org, "".join(calls).encode())
    assert re.findall(rb"HTTP/1\.1 (\d+)", answer) == [b"404", b"200", b"401"]


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: five\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
    ],
)
def test_a_body_whose_end_is_in_doubt_is_refused(org: RunningOrg, head: str) -> None:
    """X16: one end's body must not be the other's next call."""
    smuggled = "GET /_devorg/users HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = say(org, f"POST {VERSIONS} HTTP/1.1\r\nHost: x\r\n{head}\r\n{smuggled}".encode())
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1") == 1


def test_a_client_that_waits_for_continue_is_told_to(org: RunningOrg) -> None:
    """X16: as curl does before a large body."""
    body = b'{"user": "rep"}'
    head = (
        "POST /_devorg/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Expect: 100-continue\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    answer = say(org, head.encode() + body)
    assert re.findall(rb"HTTP/1\.1 (\d+)", answer) == [b"100", b"200"]


def test_who_asks_for_one_call_gets_one(org: RunningOrg) -> None:
    """X16: HTTP/1.0, and `Connection: close`."""
    old = say(org, f"GET {VERSIONS} HTTP/1.0\r\n\r\n".encode())
    closing = say(org, f"GET {VERSIONS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    for answer in (old, closing):
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"Connection: close" in answer


def test_a_sleeping_call_holds_up_nobody(org: RunningOrg, rep: Client) -> None:
    """X16: each connection has its own thread."""
    hang = rep.control("POST", "faults", {"kind": "hang", "match": "limits"})

    def sleep() -> None:
        with suppress(requests.ConnectionError):
            rep.call("GET", "limits")

    sleeper = threading.Thread(target=sleep)
    sleeper.start()
    wait_until(lambda: struck(rep, int(hang["number"])) == 1, what="the hanging")
    other = Client(org, "admin")
    assert other.call("GET", "sobjects/Account/describe").status_code == 200
    assert sleeper.is_alive()
    other.control("DELETE", "faults")
    sleeper.join(timeout=60)
    assert not sleeper.is_alive()


def test_resting_connections_do_not_hold_up_the_end() -> None:
    """X16: closed at once, and their clients see it."""
    with running(DevorgConfig()) as served:
        resting = [connection_to(served) for _ in range(3)]
        for connection in resting:
            connection.request("GET", VERSIONS)
            connection.getresponse().read()
        begun = time.monotonic()
    assert time.monotonic() - begun < IDLE_SECONDS / 2, "it waited until the clients were gone"
    for connection in resting:
        assert connection.sock.recv(1) == b""
        connection.close()
