"""Who is Assigned To (L14, N12): the user who is mapped, the maker of the page, the default."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.clock import utcnow
from app.orgs.settings import OpportunityRule
from app.outbox.errors import UnknownOwnerError
from app.outbox.owners import service, users
from app.outbox.owners.lookup import identity
from app.outbox.owners.models import OwnerUser
from devorg.ids import make
from devorg.users import INTEGRATION, USERS
from tests.outbox.world import World

REP, ADMIN, PAOLO = USERS[0], USERS[1], USERS[3]


@pytest.fixture
def world(world: World) -> World:
    """Activities go to people alone."""
    world.prepare(opportunity_rule=OpportunityRule.NONE)
    return world


def _map(world: World, who: str, owner: str) -> None:
    with world.writing() as session:
        service.set_mapping(session, who, owner, by="test")


def _told(world: World, *told: str, kind: str = "call") -> list[dict[str, Any]]:
    """An activity of each of these users of the vendor's, in order."""
    contact = world.contacts()[0]
    for user in told:
        world.record([contact], kind=kind, user=identity(user), subject=user)
    for _ in range(3):
        world.drain()
        world.hurry()
    tasks = {task["Subject"]: task for task in world.activities(_object(world))}
    return [tasks[f"Call: {user}"] for user in told]


def _object(world: World) -> str:
    return "Event" if world.records("Event") else "Task"


def _owners(world: World, *told: str) -> list[str]:
    return [task["OwnerId"] for task in _told(world, *told)]


def test_activities_are_assigned_by_mapping_and_the_rest_to_the_default(world: World) -> None:
    """N12: the integration user stays who made them."""
    _map(world, " Rosa@Vendor.example ", REP.id[:15])
    _map(world, "user-17", ADMIN.id)
    world.prepare(default_owner=PAOLO.id)

    tasks = _told(world, "rosa@vendor.example", "user-17", "somebody@vendor.example", REP.id)

    assert [task["OwnerId"] for task in tasks] == [REP.id, ADMIN.id, PAOLO.id, REP.id]
    assert {task["CreatedById"] for task in tasks} == {INTEGRATION.id}


def test_without_a_default_the_rest_is_left_to_salesforce(world: World) -> None:
    """N12: nothing is assigned that nobody asked for."""
    assert _owners(world, "somebody@vendor.example") == [INTEGRATION.id]


def test_a_user_of_the_org_may_hand_over_to_another(world: World) -> None:
    """N12: user to user, for who has left."""
    _map(world, REP.id, ADMIN.id)

    assert _owners(world, REP.id) == [ADMIN.id]


@pytest.mark.parametrize("sobject", ["Task", "Event"])
def test_who_is_inactive_gives_way_to_the_default(world: World, sobject: str) -> None:
    """INACTIVE_OWNER_OR_USER: told once, and no row is lost, parked or doubled."""
    world.prepare(default_owner=PAOLO.id, activity_object=sobject)
    _map(world, "rosa@vendor.example", REP.id)
    world.control("users/active", user="rep", active=False)

    contact = world.contacts()[0]
    for number in range(3):
        world.record([contact], kind="call", user="rosa@vendor.example", subject=str(number))
    for _ in range(4):
        world.drain()
        world.hurry()

    assert [row.state for row in world.rows()] == ["delivered"] * 3
    frozen: list[Any] = [row.payload for row in world.rows()]
    assert {payload["fields"]["OwnerId"] for payload in frozen} == {REP.id}
    assert [each["OwnerId"] for each in world.activities(sobject)] == [PAOLO.id] * 3
    world.devorg.org.usage.reset()
    world.record([contact], kind="call", user="rosa@vendor.example", subject="later")
    world.drain()
    assert world.calls() == 1
    assert world.states() == ["delivered"] * 4


def test_a_default_who_is_inactive_too_leaves_it_to_salesforce(world: World) -> None:
    """The row goes in the end, whoever has left."""
    _map(world, "rosa@vendor.example", REP.id)
    world.prepare(default_owner=ADMIN.id)
    for alias in ("rep", "admin"):
        world.control("users/active", user=alias, active=False)

    assert _owners(world, "rosa@vendor.example") == [INTEGRATION.id]


def test_a_user_who_is_none_of_the_org_gives_way_as_well(world: World) -> None:
    """A mapping that was typed wrong parks nothing."""
    world.prepare(default_owner=ADMIN.id)
    _map(world, "rosa@vendor.example", make("005", 999))

    assert _owners(world, "rosa@vendor.example") == [ADMIN.id]


def test_who_came_back_has_activities_again(world: World) -> None:
    """Users are read anew on request, by one call."""
    _map(world, "rosa@vendor.example", REP.id)
    with world.writing() as session:
        users.mark_unfit(session, [REP.id])
    assert _owners(world, "rosa@vendor.example") == [INTEGRATION.id]
    world.devorg.org.usage.reset()
    client = world.gateway.for_org(world.org.id)

    assert users.refresh(world.database, world.org.id, client) == len(USERS)

    assert world.calls() == 1
    world.record([world.contacts()[1]], kind="call", user="rosa@vendor.example", subject="back")
    world.drain()
    (back,) = [task for task in world.activities() if task["Subject"] == "Call: back"]
    assert back["OwnerId"] == REP.id


def test_who_came_back_is_noticed_within_a_week(world: World) -> None:
    """Without a call of its own, and without anybody's doing."""
    with world.writing() as session:
        users.mark_unfit(session, [REP.id, ADMIN.id])
        week_ago = utcnow() - timedelta(days=7, seconds=1)
        session.execute(
            update(OwnerUser).where(OwnerUser.salesforce_id == REP.id).values(read_at=week_ago)
        )

    assert _owners(world, REP.id, ADMIN.id) == [REP.id, INTEGRATION.id]


def test_whoever_has_the_same_address_is_suggested(world: World) -> None:
    """L14: and only those are mapped at once of whom there is no doubt."""
    client = world.gateway.for_org(world.org.id)
    users.refresh(world.database, world.org.id, client)
    told = [REP.username.upper(), REP.username, "user-17", ADMIN.username]
    for user in told:
        world.record([world.contacts()[0]], kind="call", user=identity(user))
    with world.writing() as session:
        session.add(OwnerUser(salesforce_id=make("005", 77), name="Twin", email=ADMIN.username))
    with world.writing() as session:
        found = [(each.identity, each.events, each.user) for each in service.suggestions(session)]
        assert service.accept_suggestions(session, by="test") == 1
    with world.database.reading(world.org.id) as session:
        mapped = service.mappings(session)

    assert [(who, events, user is not None) for who, events, user in found] == [
        (REP.username, 2, True), (ADMIN.username, 1, False), ("user-17", 1, False),
    ]  # fmt: skip
    assert [(each.identity, each.owner, each.name) for each in mapped] == [
        (REP.username, REP.id, REP.name)
    ]


def test_a_mapping_to_nobody_is_refused(world: World) -> None:
    """Once the users were read, a typo is told at once."""
    with pytest.raises(UnknownOwnerError):
        _map(world, "rosa@vendor.example", "003000000000001AAA")
    users.refresh(world.database, world.org.id, world.gateway.for_org(world.org.id))
    with pytest.raises(UnknownOwnerError):
        _map(world, "rosa@vendor.example", make("005", 999))
