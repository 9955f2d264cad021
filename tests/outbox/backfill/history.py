"""A past that nobody has told Salesforce of, and the work of back-filling it, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from app.clock import utcnow
from app.engagement.models import Source
from app.outbox.backfill import service, turns
from app.outbox.backfill.models import Backfill, BackfillLoad, BackfillState
from app.outbox.backfill.runner import Runner
from app.outbox.backfill.service import Progress
from app.outbox.backfill.standing import Rest
from tests.outbox.world import TIMES, World

PAST = timedelta(days=3)


@dataclass
class History:
    """Back-fills of one world, worked at without threads."""

    world: World

    def record(
        self,
        people: Sequence[str],
        count: int,
        *,
        at: datetime | None = None,
        kind: str = "email_replied",
        **values: Any,
    ) -> None:
        """So many events of the past, which are not delivered unless asked."""
        moment = at or utcnow() - PAST
        self.world.record(people, count, kind, moment, **{"source": Source.IMPORT, **values})

    def start(
        self,
        kinds: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Backfill:
        """Ask for it, as an admin does."""
        with self.world.writing() as session:
            span = service.span_of(session, kinds, since, until)
            return service.start(session, span, by="admin@example.com")

    def stop(self) -> None:
        """Send nothing more."""
        with self.world.writing() as session:
            service.stop(session, by="admin@example.com")

    def runner(self) -> Runner:
        """Works with this world's settings."""
        return Runner(self.world.config, self.world.database, self.world.gateway)

    def step(self) -> Rest | None:
        """One turn at whatever back-fill may be served now; None when there is none."""
        with self.world.database.system_writing() as session:
            hold = turns.claim(session, "test", TIMES)
        return None if hold is None else self.runner().serve(hold)

    def hurry(self) -> None:
        """As if all waits were over, and whoever held it were dead; Salesforce's jobs end."""
        self.world.devorg.org.bulk.wait(30)
        past = utcnow() - timedelta(hours=1)
        with self.world.writing() as session:
            session.execute(update(Backfill).values(next_at=past, heartbeat_at=past))
            session.execute(update(BackfillLoad).values(next_at=past))
        self.world.hurry()

    def finish(self, turns: int = 100) -> BackfillState:
        """Work at it, and at what is due besides, until it has ended."""
        for _ in range(turns):
            self.hurry()
            self.step()
            self.world.drain()
            if self.backfill().state in {BackfillState.DONE, BackfillState.STOPPED}:
                return self.backfill().state
        raise AssertionError(f"not done after {turns} turns: {self.progress()}")

    def backfill(self) -> Backfill:
        """The latest one."""
        return self.progress().backfill

    def progress(self) -> Progress:
        """How far the latest one is."""
        with self.world.database.reading(self.world.org.id) as session:
            return service.progress(session)[0]
