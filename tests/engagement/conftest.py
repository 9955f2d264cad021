"""Fixtures of engagement tests: a port that remembers, a person."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest

from app.crm import service
from app.db import Database, TenantSession
from app.engagement.ports import RecordedEvent
from app.orgs.models import Org


class Listener:
    """Fills the port ``recorded`` and remembers what it was told."""

    def __init__(self) -> None:
        self.batches: list[list[RecordedEvent]] = []

    def __call__(self, session: TenantSession, events: Sequence[RecordedEvent]) -> None:
        """The port."""
        self.batches.append(list(events))

    @property
    def events(self) -> list[RecordedEvent]:
        """Everything told so far."""
        return [event for batch in self.batches for event in batch]


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def ada(database: Database, org: Org) -> UUID:
    """Somebody."""
    with database.writing(org.id) as session:
        return service.person_for(session, email="ada@example.com").id
