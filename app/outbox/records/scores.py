"""Puts score and last engagement on a person's Contact or Lead when the band changes (L8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case

from app.clock import utcnow
from app.db import TenantSession
from app.outbox.composing.shapes import instant
from app.outbox.records import calls, people, rests
from app.outbox.records.calls import Outcome, Refused, Result, Saved
from app.outbox.records.models import PersonScore, Traffic
from app.outbox.records.notes import LONGEST_PAUSE, failing
from app.outbox.records.people import Case
from app.outbox.records.rests import Rest
from app.outbox.turns.outcomes import Course, Verdict
from app.salesforce.errors import SalesforceError
from app.salesforce.gateway import Gateway
from app.salesforce.names import Names, PackageMissing, PersonField
from app.salesforce.profile import profile
from app.salesforce.refusals import Refusal

TRAFFIC = Traffic.SCORES
#: A person's record is not written more often.
AT_MOST = timedelta(days=1)
#: Somebody without a record is looked for again after so long, while they are more than cold.
_UNLINKED_AGAIN = timedelta(days=1)
_MOST_BATCHES = 10

_WELL = failing(Saved(None, created=False), 0, utcnow())
_UNABLE = Refused(
    Refusal("PACKAGE_FIELD_MISSING", PersonField.SCORE.value),
    Verdict(Course.PERSON, PackageMissing.reason, PackageMissing.sentence),
)

_Done = dict[UUID, Result]


def write(gateway: Gateway, org_id: UUID) -> Mapping[str, int]:
    """Write what changed in the org; how many people were saved, unchanged and refused.

    Call it hourly, with no transaction open. Whatever Salesforce does ends in the rows.
    """
    counts: Counter[str] = Counter()
    for _ in range(_MOST_BATCHES):
        with gateway.database.reading(org_id) as session:
            is_due = people.is_any_due(session)
            if not is_due or not rests.may_run(session, TRAFFIC, goes_on=bool(counts)):
                break
        with gateway.database.writing(org_id) as session:
            all_seeded = people.seed(session)
            cases, until = people.claim(session)
        _write_batch(gateway, org_id, cases, until, counts)
        if len(cases) < people.MOST and all_seeded:
            break
    return counts


def _write_batch(
    gateway: Gateway, org_id: UUID, cases: Sequence[Case], until: datetime, counts: Counter[str]
) -> None:
    changed = [each for each in cases if each.is_to_write]
    done: _Done = {}
    rest = _send(gateway, org_id, changed, done) if changed else None
    with gateway.database.writing(org_id) as session:
        if rest is not None:
            rests.rest(session, TRAFFIC, rest)
        elif changed:
            rests.went_well(session, TRAFFIC)
        _note(session, cases, done, until)
    counts["unchanged"] += len(cases) - len(changed)
    counts["saved"] += sum(isinstance(result, Saved) for result in done.values())
    counts["refused"] += sum(isinstance(result, Refused) for result in done.values())


def _send(gateway: Gateway, org_id: UUID, changed: Sequence[Case], done: _Done) -> Rest | None:
    """Fill ``done``; why the org rests from now on, if it does."""
    try:
        names = profile(gateway, org_id).names
        if not all(_can_hold(names, each) for each in changed):  # upgraded by now, perhaps
            names = profile(gateway, org_id, refresh=True).names
        # Contacts before Leads: a collection takes few changes of object
        able = sorted(
            (each for each in changed if each.who and _can_hold(names, each)),
            key=lambda each: each.who.sobject if each.who else "",
        )
        if not able:
            missing = [PersonField.SCORE.value]
            return Rest.of(PackageMissing(code="PACKAGE_FIELD_MISSING", fields=missing))
        rows = [_row(names, each) for each in able]
        outcome = calls.save(gateway.for_org(org_id), calls.update, rows, feature=TRAFFIC.value)
        rest = _taken_in(outcome, able, done)
        if rest is not None and rest.is_about_names:
            profile(gateway, org_id, refresh=True)
    except SalesforceError as error:
        return Rest.of(error)
    done |= {each.kept.person_id: _UNABLE for each in changed if not _can_hold(names, each)}
    return rest


def _taken_in(outcome: Outcome, sent: Sequence[Case], done: _Done) -> Rest | None:
    """The results of those who were sent; what the org refuses of all is none of theirs."""
    refused = calls.org_refusal(outcome)
    for place, result in outcome.results.items():
        if refused is None or isinstance(result, Saved):
            done[sent[place].kept.person_id] = result
    if refused is not None:
        return Rest.of_refusal(refused)
    return Rest.of(outcome.error) if outcome.error is not None else None


def _can_hold(names: Names, each: Case) -> bool:
    return each.who is not None and PersonField.SCORE in names.person(each.who.sobject.value)


def _row(names: Names, each: Case) -> dict[str, Any]:
    assert each.who is not None  # noqa: S101  # only those who have a record are sent
    last = each.now.last_engaged_at
    values = {
        PersonField.SCORE: each.now.score,
        PersonField.LAST_ENGAGED: instant(last) if last else None,
    }
    sobject = each.who.sobject.value
    return {
        "attributes": {"type": sobject},
        "id": each.who.salesforce_id,
        **names.person(sobject).row(values),
    }


def _note(session: TenantSession, cases: Sequence[Case], done: _Done, until: datetime) -> None:
    """Each person's row; one whom an event marked meanwhile stays marked."""
    now = utcnow()
    rows = [_noted(each, done.get(each.kept.person_id), now) for each in cases]
    if rows:
        session.upsert_many(
            PersonScore,
            rows,
            key=["org_id", "person_id"],
            set_={name: _taken(name) for name in rows[0]} | {"due_at": _due_unless_marked(until)},
        )


def _taken(name: str) -> Callable[[Any], Any]:
    return lambda told: told[name]


def _due_unless_marked(until: datetime) -> Callable[[Any], Any]:
    was_marked = PersonScore.due_at != until
    return lambda told: case(
        (was_marked & (told.earliest_at > PersonScore.due_at), told.earliest_at),
        (was_marked, PersonScore.due_at),
        else_=told.due_at,
    )


def _noted(each: Case, result: Result | None, now: datetime) -> dict[str, Any]:
    kept = each.kept
    row: dict[str, Any] = {
        "person_id": kept.person_id,
        "due_at": now,  # the org rests: they are first when it goes on
        "earliest_at": kept.earliest_at,
        "band": kept.band,
        "salesforce_id": kept.salesforce_id,
        "written_at": kept.written_at,
    }
    if not each.is_to_write:
        return row | {"due_at": _unchanged_until(each, now)} | _WELL
    if isinstance(result, Refused):
        row["due_at"] = now + rests.pause(kept.attempts + 1, LONGEST_PAUSE)
    elif isinstance(result, Saved):
        earliest = now + AT_MOST
        row |= {"due_at": each.due_after(earliest), "earliest_at": earliest, "written_at": now}
        row |= {"band": each.now.band, "salesforce_id": each.who and each.who.salesforce_id}
    return row | (failing(result, kept.attempts, now) if result is not None else _kept(kept))


def _unchanged_until(each: Case, now: datetime) -> datetime | None:
    if each.who is None:
        return now + _UNLINKED_AGAIN if each.now.band > 0 else None
    return each.due_after(each.kept.earliest_at)


def _kept(kept: PersonScore) -> dict[str, Any]:
    return {name: getattr(kept, name) for name in _WELL}
