"""A world with a past."""

from __future__ import annotations

import pytest

from app.orgs import settings
from app.orgs.models import Org
from app.outbox.backfill import runner
from tests.outbox.backfill.history import History
from tests.outbox.world import World


@pytest.fixture
def history(world: World) -> History:
    """Nothing has happened yet; the budget is no matter here."""
    with world.database.system_writing() as session:
        settings.write(session, session.get_one(Org, world.org.id), api_budget=1_000_000)
    return History(world)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bulk API for more than 20 activities, after a trial of 5, in jobs of about 30."""
    monkeypatch.setattr("app.outbox.backfill.preview.BULK_ABOVE", 20)
    monkeypatch.setattr(runner, "TRIAL", 5)
    monkeypatch.setattr("app.outbox.backfill.planning.SLICE", 10)
    monkeypatch.setattr("app.salesforce.bulk.MOST_ROWS", 30)
