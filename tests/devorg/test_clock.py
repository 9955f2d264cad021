"""Time travel: what the org dates, it dates by its own clock."""

from __future__ import annotations

import pytest

from devorg.server import RunningOrg
from tests.devorg.client import Client


def made_at(client: Client) -> str:
    """The CreatedDate of a new Task."""
    made = client.call("POST", "sobjects/Task", {"Subject": "x"}).json()["id"]
    task = client.call("GET", f"sobjects/Task/{made}").json()
    assert task["CreatedDate"] == task["SystemModstamp"]
    return str(task["CreatedDate"])


def test_the_clock_goes_where_it_is_told_and_back(org: RunningOrg) -> None:
    """X16: at a moment, forth, stopped; reset brings the machine's time back."""
    rep = Client(org, "rep")
    rep.control("POST", "clock", {"at": "2027-01-05T10:00:00Z", "stop": True})
    token = rep.control("POST", "token", {"user": "rep"})["access_token"]
    rep.http.headers["Authorization"] = f"Bearer {token}"
    assert made_at(rep) == "2027-01-05T10:00:00.000+0000"
    rep.control("POST", "clock", {"advance_seconds": 90})
    assert made_at(rep) == "2027-01-05T10:01:30.000+0000"
    assert rep.control("GET", "clock")["now"].startswith("2027-01-05T10:01:30")
    rep.control("POST", "clock", {"reset": True})
    assert not rep.control("GET", "clock")["now"].startswith("2027")


def test_a_session_ends_when_its_time_has_passed(rep: Client) -> None:
    """X16: two hours after its last use the token is over."""
    rep.control("POST", "clock", {"advance_seconds": 2 * 3600 - 60})
    assert rep.call("GET", "limits").status_code == 200
    rep.control("POST", "clock", {"advance_seconds": 2 * 3600 + 60})
    answer = rep.call("GET", "limits")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")


@pytest.mark.parametrize(
    "body", [{}, {"at": "noon"}, {"advance_seconds": "x"}, {"advance_seconds": 1e12}, {"tick": 1}]
)
def test_a_time_that_makes_no_sense_is_refused(rep: Client, body: dict[str, object]) -> None:
    """X16: 400 with a sentence."""
    answer = rep.http.post(f"{rep.url}/_devorg/clock", json=body, timeout=30)
    assert answer.status_code == 400
    assert answer.json()["message"]
