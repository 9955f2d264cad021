"""Which events become activities (C4, E5, X20)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event as sqlalchemy_event

from app.clock import utcnow
from app.engagement.models import Confidence, Event, Source
from app.engagement.ports import told_of
from app.ids import new_id
from app.orgs import features
from app.orgs.features import Feature
from app.orgs.models import Org
from app.outbox.plan import plan
from tests.outbox.world import World

pytestmark = pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)


def _store(world: World, person: UUID | None, **values: object) -> Event:
    known = {
        "id": new_id(),
        "org_id": world.org.id,
        "person_id": person,
        "kind": "email_replied",
        "occurred_at": utcnow(),
        "source": Source.API,
        "confidence": Confidence.HUMAN,
        "folded": False,
        "key": f"api:{new_id()}",
    }
    event = Event(**known | values)
    with world.writing() as session:
        session.add(event)
    return event


def _plan(world: World, *events: Event) -> int:
    with world.writing() as session:
        return plan(session, [told_of(event) for event in events])


def test_an_event_of_a_linked_person_is_pending(world: World) -> None:
    """C4: somebody with a Contact is delivered at once."""
    event = _store(world, world.person(world.contacts()[0]))

    assert _plan(world, event) == 1
    assert world.states() == ["pending"]


def test_an_event_of_a_person_without_a_record_waits_unlinked(world: World) -> None:
    """House, flow 4: back-filled when the person is linked."""
    event = _store(world, world.person("somebody@elsewhere.example"))

    assert _plan(world, event) == 1
    assert world.states() == ["unlinked"]


@pytest.mark.parametrize(
    "values",
    [
        {"source": Source.IMPORT},  # history is not delivered unless asked
        {"confidence": Confidence.LIKELY_SCANNER},  # nobody did it
        {"confidence": Confidence.BOT},
        {"folded": True},  # a step within a visit
        {"kind": "email_opened"},  # off by default: least noise
        {"kind": "custom.webinar"},  # nobody chose it
    ],
)
def test_what_the_org_did_not_switch_on_is_not_delivered(
    world: World, values: dict[str, object]
) -> None:
    """X20: nothing is written that nobody asked for."""
    event = _store(world, world.person(world.contacts()[0]), **values)

    assert _plan(world, event) == 0
    assert world.rows() == []


def test_an_anonymous_event_is_not_delivered(world: World) -> None:
    """X13: nobody to write it to."""
    assert _plan(world, _store(world, None)) == 0


def test_without_the_feature_nothing_is_planned(world: World) -> None:
    """E5: the switch is off."""
    event = _store(world, world.person(world.contacts()[0]))
    with world.database.system_writing() as session:
        org = session.get_one(Org, world.org.id)
        features.switch(session, org, Feature.ACTIVITY_TO_SALESFORCE, False, by="test")

    assert _plan(world, event) == 0


def test_a_visit_settles_before_it_is_delivered(world: World) -> None:
    """Its last beacon may come after its end."""
    person = world.person(world.contacts()[0])
    _plan(world, _store(world, person, kind="destination_visit"))

    assert world.rows()[0].not_before > utcnow() + timedelta(seconds=1)


def test_a_visit_that_is_handed_on_twice_is_planned_once(world: World) -> None:
    """X4: an anonymous visit may get its person after its end."""
    event = _store(world, world.person(world.contacts()[0]), kind="destination_visit")
    _plan(world, event)
    _plan(world, event)

    assert len(world.rows()) == 1


def test_the_number_of_statements_does_not_grow_with_the_batch(world: World) -> None:
    """House: no query per event."""
    person = world.person(world.contacts()[0])
    few = [_store(world, person) for _ in range(2)]
    many = [_store(world, person) for _ in range(100)]

    assert _statements_of(world, few) == _statements_of(world, many) <= 7


def _statements_of(world: World, events: list[Event]) -> int:
    seen: list[str] = []

    def count(_c: object, _cur: object, statement: str, *_: object) -> None:
        seen.append(statement)

    sqlalchemy_event.listen(world.database.engine, "before_cursor_execute", count)
    try:
        _plan(world, *events)
    finally:
        sqlalchemy_event.remove(world.database.engine, "before_cursor_execute", count)
    return len(seen)
