"""A hung org holds a few threads of a process, never those of another org."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.salesforce.client import Client
from app.salesforce.errors import SalesforceError, SalesforceSlow
from app.salesforce.limits import InFlight
from devorg import DevorgConfig
from devorg.faults import fault_from
from devorg.server import running
from tests.salesforce.conftest import MakeGateway, token_of
from tests.support.waiting import wait_until

pytestmark = pytest.mark.any_database  # calls are its subject

OTHER = "00D000000000001EAA"
QUERY = "SELECT Id FROM Organization"


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


def test_a_hung_org_does_not_delay_another(make_gateway: MakeGateway) -> None:
    """Done 5: 20 threads on a hung org: 16 are told so at once, and the other one answers."""
    with running(DevorgConfig()) as hung, running(DevorgConfig(org_id=OTHER)) as quick:
        hung.org.faults.add(fault_from({"kind": "hang", "match": "/query", "seconds": 200}))
        gateway = make_gateway(hung.url, quick.url)
        stuck = gateway.for_user(hung.org_id, hung.url, token_of(hung, "rep"))
        fine = gateway.for_user(quick.org_id, quick.url, token_of(quick, "rep"))
        with ThreadPoolExecutor(20) as pool:
            calls = [pool.submit(_is_slow, stuck) for _ in range(20)]
            wait_until(lambda: sum(call.done() for call in calls) == 16, what="being told so")
            assert all(call.result() for call in calls if call.done())
            assert fine.query(QUERY, feature="widget")
            assert sum(call.done() for call in calls) == 16, "four still hang"
            hung.org.faults.clear()
        assert hung.org.usage.total() == 4  # the others never left this process


def _is_slow(client: Client) -> bool:
    with pytest.raises(SalesforceError) as caught:
        client.query(QUERY, feature="widget")
    return isinstance(caught.value, SalesforceSlow)
