"""What the wire may bring: each failure says whether the request may have arrived, and no more."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.salesforce import transport
from app.salesforce.transport import NoAnswer, Request, Timeouts, Transport
from tests.salesforce.scripted import TOKEN, Reply, Scripted

TIMEOUTS = Timeouts(connect=20, read=60)
#: For servers that never answer.
IMPATIENT = Timeouts(connect=1, read=0.5)


@pytest.fixture
def wire() -> Iterator[Transport]:
    made = Transport()
    yield made
    made.close()


def _get(script: Scripted, **more: str) -> Request:
    return Request("GET", f"{script.url}/services/x", token=TOKEN, **more)  # type: ignore[arg-type]


def _failure(wire: Transport, request: Request, timeouts: Timeouts = TIMEOUTS) -> NoAnswer:
    with pytest.raises(NoAnswer) as caught:
        wire.send(request, timeouts)
    return caught.value


def test_a_request_carries_the_bearer_and_the_answer_is_decoded(
    wire: Transport, script: Scripted
) -> None:
    script.answers(Reply(body={"a": 1}, headers={"Sforce-Limit-Info": "api-usage=1/2"}))
    answer = wire.send(_get(script), TIMEOUTS)
    assert (answer.status, answer.body) == (200, {"a": 1})
    assert answer.headers["sforce-limit-info"] == "api-usage=1/2"
    assert script.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_connection_is_used_again(wire: Transport, script: Scripted) -> None:
    script.answers(Reply(body={"a": 1}), Reply(400, [{"errorCode": "X"}]), Reply(204))
    for _ in range(4):
        wire.send(_get(script), TIMEOUTS)
    assert len({seen.client for seen in script.seen}) == 1


def test_no_cookie_is_kept_or_sent(wire: Transport, script: Scripted) -> None:
    script.answers(Reply(headers={"Set-Cookie": "sid=secret; Path=/"}))
    for _ in range(2):
        wire.send(_get(script), TIMEOUTS)
    assert all("Cookie" not in seen.headers for seen in script.seen)


def test_a_redirect_is_an_answer_and_is_not_followed(wire: Transport, script: Scripted) -> None:
    script.answers(Reply(302, headers={"Location": "http://127.0.0.1:9/steal"}))
    assert wire.send(_get(script), TIMEOUTS).status == 302
    assert len(script.seen) == 1


def test_credentials_of_the_machine_are_not_used(
    wire: Transport, script: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    wire.send(_get(script), TIMEOUTS)
    wire.send(Request("GET", f"{script.url}/services/x"), TIMEOUTS)
    assert script.seen[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert "Authorization" not in script.seen[1].headers


def test_a_page_instead_of_json_is_no_answer_of_the_api(wire: Transport, script: Scripted) -> None:
    script.answers(Reply(200, b"<html>Down for maintenance</html>"))
    answer = wire.send(_get(script), TIMEOUTS)
    assert (answer.body, answer.is_readable) == (None, False)


def test_a_dropped_connection_may_have_brought_the_request(
    wire: Transport, script: Scripted
) -> None:
    script.answers(Reply(drop=True))
    failure = _failure(wire, _get(script))
    assert (failure.was_sent, failure.is_slow) == (True, False)


def test_a_silent_server_may_have_the_request(wire: Transport, script: Scripted) -> None:
    script.answers(Reply(pause=100))
    failure = _failure(wire, _get(script), IMPATIENT)
    assert (failure.was_sent, failure.is_slow) == (True, True)


def test_an_answer_that_only_drips_is_given_up(wire: Transport, script: Scripted) -> None:
    script.answers(Reply(pieces=(b" ",) * 1000))  # 100 s
    started = time.monotonic()
    failure = _failure(wire, _get(script), IMPATIENT)
    assert failure.is_slow
    assert time.monotonic() - started < 50


def test_a_compressed_answer_is_bounded_by_what_it_holds(
    wire: Transport, script: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Content-Encoding": "gzip"}
    script.answers(Reply(body=gzip.compress(b'{"a": "b"}'), headers=headers))
    assert wire.send(_get(script), TIMEOUTS).body == {"a": "b"}
    monkeypatch.setattr(transport, "MAX_ANSWER_BYTES", 100_000)
    script.answers(Reply(body=gzip.compress(b" " * 5_000_000), headers=headers))
    assert _failure(wire, _get(script)).was_sent


def test_an_answer_cut_short_is_none(wire: Transport, script: Scripted) -> None:
    script.answers(Reply(body=b'{"a": 1', headers={"X": "y"}, cut=5))
    assert _failure(wire, _get(script)).was_sent


def test_an_answer_of_any_size_is_not_taken(
    wire: Transport, script: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MAX_ANSWER_BYTES", 1000)
    script.answers(Reply(body=b"[" + b" " * 5000 + b"]"))
    assert _failure(wire, _get(script)).was_sent


def test_a_refused_connection_certainly_did_nothing(wire: Transport) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/services/x"
        failure = _failure(wire, Request("GET", url, token=TOKEN))
    assert (failure.was_sent, failure.is_slow) == (False, False)


def test_a_server_without_tls_gets_no_token(wire: Transport, script: Scripted) -> None:
    url = script.url.replace("http://", "https://") + "/services/x"
    _failure(wire, Request("GET", url, token=TOKEN))
    assert script.seen == []


def test_neither_token_nor_address_is_in_a_failure(wire: Transport, script: Scripted) -> None:
    script.answers(Reply(drop=True))
    request = Request("POST", f"{script.url}/services/x?q=ada@example.com", token=TOKEN, body={})
    failure = _failure(wire, request)
    assert failure.__context__ is None
    assert failure.__cause__ is None
    assert TOKEN not in repr(request)
    assert "ada" not in f"{failure!r} {failure}"
