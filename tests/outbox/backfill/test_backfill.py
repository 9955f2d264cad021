"""History on request: each event gets its activity, once (L5, C4, E2, E3, X4)."""

from __future__ import annotations

from collections import Counter

import pytest

from app.outbox.backfill.models import BackfillState
from tests.outbox.backfill.history import History


def test_a_little_history_goes_by_composite_calls(history: History) -> None:
    history.record(history.world.contacts(), 300)
    assert history.world.rows() == []
    history.start(["email_replied"])
    assert history.finish() is BackfillState.DONE
    assert len(history.world.activities()) == 300
    assert history.world.calls() < 10
    assert history.progress().jobs == 0


@pytest.mark.usefixtures("small")
def test_much_history_goes_through_bulk_jobs(history: History) -> None:
    """Each event once, with its own person, date and key."""
    contacts = history.world.contacts()
    history.record(contacts, 120)
    history.start()
    assert history.finish() is BackfillState.DONE
    tasks = history.world.activities()
    assert len(tasks) == 120
    assert Counter(task["WhoId"] for task in tasks) == Counter(
        contacts[n % len(contacts)] for n in range(120)
    )
    assert {task["Subject"] for task in tasks} == {
        f"Replied to e-mail: Offer {n}" for n in range(120)
    }
    assert len({task["Inlay_Key__c"] for task in tasks}) == 120
    progress = history.progress()
    assert progress.rows == {"delivered": 120}
    assert (progress.jobs, progress.jobs_done) == (4, 4)
    assert all(row.salesforce_id for row in history.world.rows())
