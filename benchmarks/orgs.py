"""What connected orgs cost a worker that has nothing to do: the questions of one sweep."""

from __future__ import annotations

import statistics
from pathlib import Path

from sqlalchemy import update

from app.clock import utcnow
from app.crm.schemas import person_key
from app.engagement import intake
from app.engagement.intake import NewEvent
from app.engagement.ports import recorded_of
from app.orgs import features, service
from app.orgs.features import Feature
from app.orgs.models import OrgState
from app.outbox.backfill import turns
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.service import linked_meanwhile
from app.outbox.turns import lease
from app.outbox.turns.lease import LeaseTimes
from benchmarks.rows import Goal, Row
from benchmarks.scale import Scale
from benchmarks.site import Site
from benchmarks.timing import seconds_of

_TIMES = LeaseTimes()
_ROUNDS = 15
#: Activities of each org; one in five waits for its person's record, the others are delivered.
_ACTIVITIES = 25
_WAITING = 5
#: A sweep runs every second: its questions are to take a twentieth of it at most.
_MOST_MS = 50


def measure(scale: Scale, kind: str, url: str, folder: Path) -> list[Row]:
    """One row per number of orgs; the first number is the baseline of the others."""
    site = Site.on(url, [], folder)
    first = scale.connected_orgs[0]
    known, floor = 0, 0.0
    rows = []
    for count in scale.connected_orgs:
        _admit(site, known, count)
        known = count
        site.settle()
        _sweep(site)
        median = statistics.median(seconds_of(lambda: _sweep(site)) for _ in range(_ROUNDS)) * 1e3
        floor = floor or median
        if count == first:
            continue
        rows.append(
            Row(
                f"idle sweep of {count:,} orgs, {kind}",
                median,
                "ms",
                floor,
                Goal(_MOST_MS, of_value=True),
                f"p50 of {_ROUNDS}: who has something due, who was linked, which back-fill goes "
                f"on; {_ACTIVITIES} activities an org; baseline: {first} orgs",
            )
        )
    site.close()
    return rows


def _sweep(site: Site) -> None:
    """What a worker asks each second (who was linked: every five seconds)."""
    with site.database.system_reading() as session:
        assert not lease.is_work_waiting(session, _TIMES)
        assert not turns.is_work_waiting(session, _TIMES)
        assert not linked_meanwhile(session)


def _admit(site: Site, known: int, count: int) -> None:
    """So many orgs in all, each with a past and with people who wait for a record."""
    recorded = recorded_of(site.app)
    events = [
        NewEvent(f"call-{n}", "call", utcnow(), person_key(email=f"ada.{n}@example.com"))
        for n in range(_ACTIVITIES)
    ]
    with site.database.system_writing() as session:
        orgs = [
            service.create(session, f"00D5e00{n:08d}AAA", "Halyard", state=OrgState.ACTIVE)
            for n in range(known, count)
        ]
        for org in orgs:
            features.switch(session, org, Feature.ACTIVITY_TO_SALESFORCE, True, by="benchmark")
    for org in orgs:
        with site.database.writing(org.id) as tenant:
            intake.record(tenant, events, recorded)
            tenant.execute(
                update(OutboxRow)
                .where(OutboxRow.seq % _WAITING != 0)
                .values(state=DeliveryState.DELIVERED)
                .execution_options(synchronize_session=False)
            )
