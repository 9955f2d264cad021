"""The answer to a rep's "Why is this not in Salesforce?", within the rights of their card (X2, X6).

Whom it is about comes from the bearer alone, as the card does. A rep may let refused activities of
these people be tried again: nothing is written that the org did not want before, none is written
twice, it is counted against a limit, and it stands in the org's audit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.crm.queries import people_of_records
from app.db import Database, TenantSession
from app.orgs import audit
from app.outbox import decisions
from app.outbox.explaining import situation
from app.outbox.explaining.obstacles import Hindrance, Obstacle, obstacle
from app.outbox.explaining.situation import Situation
from app.outbox.models import DeliveryState
from app.web import limits
from app.widget import frames
from app.widget.bearer import Frame
from app.widget.timeline import since_of
from app.widget.why.advice import Advice, advice, reader_in
from app.widget.why.story import Item, Storyteller

#: So many activities that wait are listed one by one.
_SHOWN = 10
#: A click tries so many again, the oldest first: one counted call to Salesforce.
MOST_RETRIED = 20
#: Clicks in a minute: of one user, and of all users of an org.
_PER_USER, _PER_ORG = 3, 20
#: Whether these arrived a person has to find out in Salesforce.
_NOT_A_REPS = frozenset({"unsure", "several_matches"})
_OF_ORG = frozenset(
    {
        Hindrance.SWITCHED_OFF,
        Hindrance.STOPPED,
        Hindrance.NOT_CONNECTED,
        Hindrance.DISCONNECTED,
        Hindrance.ORG_RESTS,
    }
)


@dataclass(frozen=True, slots=True)
class Explained:
    """The page: what stands in the way, what waits (``more`` beyond it), what happened.

    ``may_retry``: how many activities a click tries again; ``retried``: how many one just did.
    """

    advice: Advice
    may_retry: int
    waiting: list[Item]
    more: int
    happened: list[Item]
    retried: int | None = None


def explain(database: Database, frame: Frame, *, retried: int | None = None) -> Explained:
    """How everything of the card's people stands now.

    Raises:
        NotAdmittedError: The org is not served, or has no widget.
    """
    with database.reading(frames.org_id_of(frame)) as session:
        people, now = _situation(session, frame)
    found = obstacle(now)
    names = {people[each]: name for each, name in frame.claims.people.items() if each in people}
    teller = Storyteller(
        now, names, reader_in(frame), is_blocked=found.what in _OF_ORG, is_cured=found.is_cured
    )
    return Explained(
        advice=advice(found, now, frame),
        may_retry=len(_to_retry(found, now)),
        waiting=[teller.waiting(line) for line in now.waiting[:_SHOWN]],
        more=max(0, len(now.waiting) - _SHOWN),
        happened=teller.happened(),
        retried=retried,
    )


def retry(database: Database, frame: Frame) -> int:
    """Let refused activities of the card's people be tried again; how many they are.

    Raises:
        NotAdmittedError: The org is not served, or has no widget.
        TooManyRequestsError: This user, or all of the org's together, clicked too often.
    """
    claims = frame.claims
    limits.hit(database, f"why:{claims.org_id}:{claims.user_id}", _PER_USER)
    limits.hit(database, f"why:{claims.org_id}", _PER_ORG)
    with database.writing(frames.org_id_of(frame)) as session:
        _people, now = _situation(session, frame)
        chosen = _to_retry(obstacle(now), now)
        number = decisions.retry(session, chosen, by_rep=True) if chosen else 0
        if number:
            tag = audit.Tag.DELIVERY_RETRIED_BY_REP
            audit.record(session, tag, claims.user_id, number=number, record=claims.record_id)
    return number


def _situation(session: TenantSession, frame: Frame) -> tuple[Mapping[str, UUID], Situation]:
    frames.admit(session, frame)
    people = people_of_records(session, frame.claims.people)
    ids = list(dict.fromkeys(people.values()))
    return people, situation.read(session, ids, since=since_of(frame))


def _to_retry(found: Obstacle, now: Situation) -> Sequence[int]:
    """Numbers of the activities that a rep may let go again, the oldest first."""
    if found.what is not Hindrance.REFUSED or now.condition.standing.slow_down:
        return ()  # what is left of the org's calls is for what happens by itself
    mine = [
        line.seq
        for line in now.waiting
        if line.state is DeliveryState.PARKED
        and not line.is_unsure
        and line.error_reason not in _NOT_A_REPS
    ]
    return sorted(mine)[:MOST_RETRIED]
