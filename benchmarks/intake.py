"""Intake: events a second by service and API, against a bare insert of the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import msgspec
from sqlalchemy import Table, insert

from app.crm.queries import people_of_records
from app.engagement.intake import NewEvent
from app.engagement.models import Event, Source
from app.engagement.score import points_of
from app.ids import new_id
from app.orgs.models import Org
from app.orgs.settings import KindPolicy, OrgSettings
from app.outbox.models import DeliveryState, OutboxRow
from benchmarks import calls
from benchmarks.box import Box
from benchmarks.rows import Goal, Row
from benchmarks.scale import Scale
from benchmarks.site import KINDS, Site
from benchmarks.timing import Work, alternate

_BATCH = 500
#: What the tables hold before it is timed.
_FIRST_BATCHES = 10
_GOAL = Goal(0.5, is_least=True)


def measure(scale: Scale, kind: str, url: str, box: Box, folder: Path) -> list[Row]:
    """Two rows for a database, in events a second."""
    site = Site.on(url, [box], folder)
    org, api_key = site.admit(box)
    feed = _Feed(site, org, api_key, site.mirror(org, box))
    for _ in range(_FIRST_BATCHES):
        feed.service(1)()
    site.settle()
    rows = []
    for words, subject in (("the service", feed.service), ("the API", feed.api)):
        count = scale.batches + 2
        pair = alternate(subject(count), feed.bare(count), scale.batches, warm_up=2)
        rows.append(
            Row(
                f"intake by {words}, {kind}",
                _BATCH / pair.value,
                "events/s",
                _BATCH / pair.floor,
                _GOAL,
                f"p50 of {scale.batches} batches of {_BATCH}, a transaction each; 4 of 10 go to "
                "the outbox too; baseline: Core inserts these rows, knowing everything beforehand; "
                "ours also finds people and what was sent twice, and keeps rollup and states",
            )
        )
    site.close()
    return rows


class _Feed:
    """Makes work that is ready to be timed: each call of it takes the next batch."""

    def __init__(self, site: Site, org: Org, api_key: str, people: Sequence[str]) -> None:
        self._site = site
        self._org = org
        self._api_key = api_key
        self._people = people

    def service(self, count: int) -> Work:
        """`intake.record` with the outbox plugged in."""
        waiting = [self._events() for _ in range(count)]
        return lambda: self._site.tell(self._org, waiting.pop())

    def api(self, count: int) -> Work:
        """`POST /api/v1/events`, from the bytes of the request to those of the answer."""
        waiting = [self._environ(self._events()) for _ in range(count)]

        def post() -> None:
            body = calls.call(self._site.app, waiting.pop())
            assert body.count(b'"created"') == _BATCH, body[:400]

        return post

    def bare(self, count: int) -> Work:
        """Core's insert of as many events of the same kind, by the same people."""
        ids = self._person_ids()
        waiting = [self._rows(self._events(), ids) for _ in range(count)]
        events, outbox = (cast(Table, each.__table__) for each in (Event, OutboxRow))

        def run() -> None:
            rows, activities = waiting.pop()
            with self._site.database.writer.begin() as connection:
                connection.execute(insert(events), rows)
                connection.execute(insert(outbox), activities)

        return run

    def _events(self) -> list[NewEvent]:
        return self._site.events(self._people, _BATCH, KINDS, days=1, source=Source.API)

    def _person_ids(self) -> dict[str, Any]:
        with self._site.database.reading(self._org.id) as session:
            return dict(people_of_records(session, self._people))

    def _rows(
        self, events: Sequence[NewEvent], ids: dict[str, Any]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Of the event table, and of the outbox: those kinds that are delivered by default."""
        rows = self._event_rows(events, ids)
        known = OrgSettings()
        one_by_one = (KindPolicy.EACH, KindPolicy.FIRST)
        wanted = [row for row in rows if known.policy_of(row["kind"]) in one_by_one]
        return rows, [self._outbox_row(row) for row in wanted]

    def _outbox_row(self, event: dict[str, Any]) -> dict[str, Any]:
        return {
            "org_id": self._org.id,
            "event_id": event["id"],
            "person_id": event["person_id"],
            "rank": 0,
            "kind": event["kind"],
            "state": DeliveryState.PENDING,
            "not_before": event["received_at"],
            "is_unsure": False,
            "attempts": 0,
            "error_reason": "",
            "error_code": "",
            "error_message": "",
            "settled_by": "",
            "created_at": event["received_at"],
        }

    def _event_rows(self, events: Sequence[NewEvent], ids: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "id": new_id(),
                "org_id": self._org.id,
                "person_id": ids[event.person.salesforce_id or ""],
                "visit_id": None,
                "folded": False,
                "kind": event.kind,
                "occurred_at": event.occurred_at,
                "subject": event.subject,
                "url": event.url,
                "properties": dict(event.properties),
                "confidence": event.confidence,
                "confidence_reason": "",
                "points": points_of(event.kind, event.confidence, event.properties),
                "source": event.source,
                "key": f"api:{event.id}",
                "received_at": event.occurred_at,
            }
            for event in events
        ]

    def _environ(self, events: Sequence[NewEvent]) -> calls.Environ:
        items = [
            {
                "id": event.id,
                "kind": event.kind,
                "occurred_at": event.occurred_at.isoformat(),
                "salesforce_id": event.person.salesforce_id,
                "subject": event.subject,
                "url": event.url,
                "properties": event.properties,
            }
            for event in events
        ]
        body = msgspec.json.encode({"events": items})
        key = {"Authorization": f"Bearer {self._api_key}"}
        url = self._site.config.app_url
        return calls.post(url, "/api/v1/events", body, "application/json", key)
