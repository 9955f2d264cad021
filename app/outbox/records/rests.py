"""Whether an org takes this traffic now: its switch, its budget, and what it refused as a whole.

What concerns the org is told once, in its own row, and is not tried every time: the right that is
missing, the package that is too old, Salesforce that is down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import select

from app.clock import utcnow
from app.db import TenantSession
from app.ids import new_id
from app.orgs import features
from app.orgs.features import Feature
from app.outbox.records.calls import Refused
from app.outbox.records.models import RecordRun, Traffic
from app.outbox.turns.outcomes import FIELD_MISSING, Course
from app.salesforce import budget
from app.salesforce.errors import RequestRefused, SalesforceError
from app.salesforce.names import PackageMissing

_log = structlog.get_logger()

SWITCHES = {
    Traffic.DESTINATIONS: Feature.DESTINATION_RECORDS,
    Traffic.SCORES: Feature.SCORES,
}
#: Between two runs of an org, when all is well.
USUAL = {Traffic.DESTINATIONS: timedelta(minutes=15), Traffic.SCORES: timedelta(hours=1)}
#: Runs are scheduled; one that comes a little early is not late by a whole interval.
_EARLY = timedelta(minutes=1)
_FIRST_PAUSE = timedelta(minutes=15)
#: An outage ends by itself; otherwise somebody has to act, and who did can ask for a retry.
_LONGEST = {True: timedelta(hours=1), False: timedelta(days=1)}
_FOR_A_PERSON = (PackageMissing, RequestRefused)


@dataclass(frozen=True, slots=True)
class Rest:
    """Why an org rests. ``is_outage``: it ends by itself, nobody has to act in the org."""

    reason: str
    message: str
    is_outage: bool = False

    @classmethod
    def of(cls, error: SalesforceError) -> Rest:
        """For an error of a whole call."""
        return cls(error.reason, error.message, not isinstance(error, _FOR_A_PERSON))

    @classmethod
    def of_refusal(cls, refused: Refused) -> Rest:
        """For what the org refuses of every row."""
        verdict = refused.verdict
        return cls(verdict.reason, refused.message, verdict.course is Course.WAIT)

    @property
    def is_about_names(self) -> bool:
        """Whether the package may have been upgraded or removed: its names are to be read anew."""
        return self.reason == FIELD_MISSING


def may_run(session: TenantSession, traffic: Traffic, *, goes_on: bool = False) -> bool:
    """Whether the org may be written to now; ``goes_on``: whether a run of it may go on."""
    if SWITCHES[traffic] not in features.writing(session):
        return False
    run = of(session, traffic)
    now = utcnow()
    if run is not None and run.paused_until is not None and run.paused_until > now:
        return False
    standing = budget.standing(session, feature=traffic.value)
    if standing.exhausted:
        return False
    if goes_on:
        return not standing.slow_down
    between = standing.interval(USUAL[traffic]) - _EARLY
    return run is None or run.run_at is None or run.run_at <= now - between


def of(session: TenantSession, traffic: Traffic) -> RecordRun | None:
    """How the org takes this traffic; None when it never ran."""
    return session.scalar(select(RecordRun).where(RecordRun.traffic == traffic))


def went_well(session: TenantSession, traffic: Traffic) -> None:
    """Calls were made and taken."""
    run = _required(session, traffic)
    if run.reason:
        _log.info("records.resumed", org=str(session.org_id), traffic=traffic.value)
    run.run_at = utcnow()
    run.failures, run.reason, run.message = 0, "", ""
    run.paused_until = run.since = None


def rest(session: TenantSession, traffic: Traffic, why: Rest) -> None:
    """Nothing more for a while, for longer each time; said once for as long as the reason holds."""
    run, now = _required(session, traffic), utcnow()
    if run.reason != why.reason:
        _log.warning(
            "records.org_rests", org=str(session.org_id), traffic=traffic.value, reason=why.reason
        )
        run.since, run.failures = now, 0
    run.run_at, run.reason, run.message = now, why.reason[:64], why.message
    run.failures += 1
    run.paused_until = now + pause(run.failures, _LONGEST[why.is_outage])


def pause(failures: int, longest: timedelta) -> timedelta:
    """15 minutes, doubled with each failure."""
    return min(longest, _FIRST_PAUSE * float(1 << min(max(failures, 1) - 1, 20)))


def again(session: TenantSession, traffic: Traffic) -> None:
    """A person says that it is mended: the next run tries."""
    run = of(session, traffic)
    if run is not None:
        run.paused_until = run.run_at = None


def seeded(session: TenantSession, traffic: Traffic) -> RecordRun:
    """The org's row, made if there is none: for how far its people were looked at."""
    return _required(session, traffic)


def _required(session: TenantSession, traffic: Traffic) -> RecordRun:
    row = {"id": new_id(), "traffic": traffic, "failures": 0, "reason": "", "message": ""}
    session.upsert_many(RecordRun, [row], key=["org_id", "traffic"])
    statement = select(RecordRun).where(RecordRun.traffic == traffic).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()
