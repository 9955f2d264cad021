"""What people did before the test: events and memberships, written as the intake writes them."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from app.clock import utcnow
from app.crm.schemas import PersonKey, person_key
from app.db import Database
from app.engagement import intake, memberships
from app.engagement.intake import NewEvent
from app.engagement.memberships import NewMembership, PersonMemberships
from app.engagement.models import Confidence, MembershipKind, Source
from app.orgs.models import Org
from tests.widget.conftest import Box


class Past:
    """Writes history for people of the box, found by their record."""

    def __init__(self, database: Database, org: Org, box: Box) -> None:
        self._database, self._org, self._box = database, org, box
        self._numbers = itertools.count(1)

    def person(self, record: str) -> PersonKey:
        """The person behind a Contact or Lead, by e-mail address as other systems know them."""
        sobject = "Lead" if record.startswith("00Q") else "Contact"
        row = next(row for row in self._box.records(sobject) if row["Id"] == record)
        return person_key(email=row["Email"], name=row["Name"])

    def did(
        self,
        record: str,
        kind: str,
        *,
        days: float = 0,
        at: str = "",
        before: str = "",
        **more: Any,
    ) -> None:
        """One event, so many days ago, at a time, or a day before one."""
        moment = utcnow() - timedelta(days=days)
        if at:
            moment = datetime.fromisoformat(at)
        if before:
            moment = datetime.fromisoformat(before) - timedelta(days=1)
        self._record([self._event(record, kind, moment, **more)])

    def did_often(self, record: str, times: int) -> None:
        """Page visits, one an hour, the newest now; subjects are ``Page 1`` … from the newest."""
        person, now = self.person(record), utcnow()
        self._record(
            [
                NewEvent(
                    id=f"often-{next(self._numbers)}",
                    kind="page_visit",
                    occurred_at=now - timedelta(hours=number - 1),
                    person=person,
                    subject=f"Page {number}.",
                )
                for number in range(1, times + 1)
            ]
        )

    def belongs(self, record: str, **named: str) -> None:
        """Memberships by kind: ``workflow="Nurture"``."""
        kinds = {MembershipKind(kind): [NewMembership(name)] for kind, name in named.items()}
        with self._database.writing(self._org.id) as session:
            memberships.replace(session, [PersonMemberships(self.person(record), kinds)])

    def _event(self, record: str, kind: str, moment: datetime, **more: Any) -> NewEvent:
        return NewEvent(
            id=f"event-{next(self._numbers)}",
            kind=kind,
            occurred_at=moment,
            person=self.person(record),
            subject=more.get("subject", ""),
            url=more.get("url", ""),
            confidence=more.get("confidence", Confidence.HUMAN),
            confidence_reason=more.get("confidence_reason", "reported"),
            source=Source.API,
        )

    def _record(self, events: list[NewEvent]) -> None:
        with self._database.writing(self._org.id) as session:
            intake.record(session, events, lambda _session, _events: None)
