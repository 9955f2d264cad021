"""X19: the main road in a customer's org, where the package's names carry its namespace."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.demo import Demo
from tests.e2e.org import Org
from tests.e2e.pages import Prospect, RecordPage
from tests.e2e.road import new_tasks, visit


@pytest.fixture
def subscriber(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    """The org of a demo whose package is installed in the namespace ``acme``."""
    running = Demo(tmp_path_factory.mktemp("namespace"), {"DEVORG_NAMESPACE": "acme"})
    try:
        running.start()
        yield running.org
        running.stop()
    finally:
        running.abandon()


def test_a_visit_becomes_one_activity_with_the_key_of_the_package(
    subscriber: Org, rep_window: Callable[..., RecordPage], prospect_window: Callable[[], Prospect]
) -> None:
    """C2, C3, C4, X19: from the record page to the activity and its fields."""
    main = subscriber.main()
    rep = rep_window().open(subscriber.page("Contact", main["contact"]))
    expect(rep.heading).to_have_text("Elena Marquez")
    before = rep.activity_ids()
    visit(rep, prospect_window(), rep.create()["Elena Marquez"])
    rep.wait_for_activities(len(before) + 1)
    (task,) = new_tasks(subscriber, before, main["contact"])
    assert task["acme__Inlay_Key__c"].startswith("t:")
    assert task["acme__Inlay_Kind__c"] == "destination_visit"
    assert task["acme__Inlay_Occurred_At__c"]
