"""Done 5: a Salesforce org that hangs, slows or fails harms nobody else's widget."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests
from playwright.sync_api import expect

from tests.e2e.org import Org
from tests.e2e.pages import LOADED, RecordPage
from tests.e2e.processes import until
from tests.e2e.tenants import Tenants

Rep = Callable[..., RecordPage]
WAITING = 24


@pytest.fixture
def b(tenants: Tenants) -> Iterator[Org]:
    """The org that gets into trouble, and out of it again."""
    yield tenants.b
    tenants.b.heal()


def test_a_hung_org_does_not_delay_another_orgs_widget(tenants: Tenants, b: Org) -> None:
    """Done 5, X14: with 24 people who keep opening the hung org's, the other opens as before."""
    contact = tenants.a.main()["contact"]
    alone = [open_once(tenants, tenants.a, contact)[0] for _ in range(8)]
    b.fault(kind="hang", match="/services/data", seconds=60)
    with openings(tenants, b) as statuses:
        beside = [open_once(tenants, tenants.a, contact) for _ in range(8)]
    assert {status for _, status in beside} == {200}
    assert set(statuses) == {503}
    # the machine itself, which has other tests to run, may delay one or two
    added = sorted(seconds for seconds, _ in beside)[-3] - statistics.median(alone)
    assert added < 1, f"alone {alone}, beside {beside}"


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"kind": "hang", "seconds": 60}, "Salesforce is slow right now"),
        ({"kind": "drop"}, "Salesforce can't be reached"),
        ({"kind": "status", "status": 503}, "Salesforce can't be reached"),
    ],
    ids=["hangs", "drops", "unavailable"],
)
def test_salesforce_in_trouble_is_said_and_retry_works(
    tenants: Tenants, b: Org, rep_window: Rep, fault: dict[str, object], says: str
) -> None:
    """X14: a calm page with Try again, which opens the card once Salesforce is back."""
    contact = b.main()["contact"]
    b.fault(match="/services/data", **fault)
    rep = rep_window().open(b.page("Contact", contact))
    expect(rep.heading).to_have_text(says)
    b.heal()
    rep.card.get_by_role("button", name="Try again").click()
    expect(rep.heading).to_have_text("Elena Marquez", timeout=LOADED)


def open_once(tenants: Tenants, org: Org, contact: str) -> tuple[float, int]:
    """Open the widget as the record page does: seconds and status."""
    form = {"signed_request": org.sign(contact)}
    begun = time.monotonic()
    answer = requests.post(f"{tenants.app_url}/canvas", data=form, timeout=60)
    return time.monotonic() - begun, answer.status_code


@contextmanager
def openings(tenants: Tenants, org: Org) -> Iterator[list[int]]:
    """People who open this org's widget again and again; yields once the org hangs for them.

    The app lets a few of them wait for Salesforce and tells the others at once that it is slow.
    """
    contact, over = org.main()["contact"], threading.Event()
    statuses: list[int] = []

    def person() -> None:
        while not over.is_set():
            statuses.append(open_once(tenants, org, contact)[1])
            over.wait(1)

    people = [threading.Thread(target=person) for _ in range(WAITING)]
    for each in people:
        each.start()
    try:
        until(lambda: len(statuses) >= WAITING // 2, 60, "some are told that Salesforce is slow")
        yield statuses
    finally:
        over.set()
        for each in people:
            each.join(60)
