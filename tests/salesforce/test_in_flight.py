"""A hung org holds a few threads of a process, never those of another org."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.salesforce.errors import SalesforceSlow
from app.salesforce.limits import InFlight
from tests.salesforce.conftest import MakeGateway
from tests.salesforce.scripted import ORGANIZATION, TOKEN, Reply, Scripted, scripted

OTHER = "00D000000000001EAA"


def test_one_more_than_allowed_waits_shortly_and_fails() -> None:
    turns = InFlight(2, wait_seconds=0.05)
    with turns.turn("a"), turns.turn("a"):
        with pytest.raises(SalesforceSlow), turns.turn("a"):
            pass
        with turns.turn("b"):
            pass
    with turns.turn("a"):
        pass


def test_a_turn_is_given_back_when_the_call_fails() -> None:
    turns = InFlight(1, wait_seconds=0)
    for _ in range(3):
        with pytest.raises(RuntimeError), turns.turn("a"):
            raise RuntimeError


def test_a_hung_org_does_not_delay_another(script: Scripted, make_gateway: MakeGateway) -> None:
    """Done 5: 20 threads on a hung org, and the other one answers at once."""
    script.answers(Reply(pause=30))
    with scripted() as quick, ThreadPoolExecutor(20) as pool:
        gateway = make_gateway(script.url, quick.url, read_seconds=1.5)
        hung = gateway.for_user(ORGANIZATION, script.url, TOKEN)
        fine = gateway.for_user(OTHER, quick.url, TOKEN)
        started = time.monotonic()

        def wait(_: int) -> float:
            with pytest.raises(SalesforceSlow):
                hung.resources(feature="widget")
            return time.monotonic() - started

        calls = [pool.submit(wait, number) for number in range(20)]
        time.sleep(0.1)
        quick.answers(Reply(body={"query": "/"}))
        before = time.monotonic()
        fine.resources(feature="widget")
        assert time.monotonic() - before < 0.5
        waits = sorted(call.result(timeout=20) for call in calls)
    assert len(script.seen) == 4  # the others never left this process
    assert waits[15] < 1.2
