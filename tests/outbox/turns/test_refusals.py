"""What Salesforce refuses: rows, collections, calls (house, 'Outbox row' and 'Batch size')."""

from __future__ import annotations

from sqlalchemy import delete

from app.clock import utcnow
from app.outbox import decisions
from app.outbox.models import FIRST_BATCH_SIZE
from app.salesforce.models import Connection
from devorg.rights.sets import API_ONLY
from devorg.users import INTEGRATION
from tests.outbox.world import World

_COLLECTION = "/composite/sobjects/"
SET = "Inlay_Activity_Access"


def test_a_lock_is_tried_again_later_with_half_the_rows(world: World) -> None:
    """Retry: attempts count, and the batch stays small."""
    world.record(world.contacts(), 100)
    world.fault(kind="lock", match=_COLLECTION, times=1, contains="Offer 7")

    world.drain()

    locked = [row for row in world.rows() if row.state == "waiting"]
    assert [(row.attempts, row.error_code) for row in locked] == [(1, "UNABLE_TO_LOCK_ROW")] * len(
        locked
    )
    assert len(locked) == 11
    assert world.delivery().batch_size == 50

    world.hurry()
    world.drain()
    assert set(world.states()) == {"delivered"}


def test_a_rule_of_the_org_parks_the_row_with_its_words(world: World) -> None:
    """Person: the others are delivered."""
    contact = world.contacts()[0]
    world.record([contact], subject="Secret project")
    world.record([contact], 2)
    world.fault(kind="error", match=_COLLECTION, message="No secrets here.", contains="Secret")

    world.drain()

    assert world.states() == ["parked", "delivered", "delivered"]
    (parked, *_) = world.rows()
    assert parked.error_reason == "validation_rule"
    assert parked.error_code == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert parked.error_message.endswith("No secrets here.")


def test_full_storage_lets_the_whole_org_rest(world: World) -> None:
    """Wait: nothing is lost, nothing is tried in vain."""
    world.record(world.contacts(), 5)
    world.fault(kind="error", match=_COLLECTION, errorCode="STORAGE_LIMIT_EXCEEDED")

    world.drain()

    delivery = world.delivery()
    assert delivery.pause_reason == "storage_full"
    assert delivery.paused_until is not None
    assert delivery.paused_until > utcnow()
    assert {row.attempts for row in world.rows()} == {0}
    assert world.claim() is None


def test_a_used_up_limit_lets_the_org_rest_longer_each_time(world: World) -> None:
    """Wait: the pause grows until calls pass again, then is forgotten."""
    world.record([world.contacts()[0]])
    world.fault(kind="status", match="/composite", status=403)
    for failures in (1, 2):
        world.drain()
        assert world.delivery().failures == failures
        assert world.delivery().pause_reason == "limit_reached"
        world.hurry()
    world.devorg.org.faults.clear()

    world.drain()

    assert world.states() == ["delivered"]
    assert world.delivery().failures == 0
    assert world.delivery().pause_reason == ""


def test_a_refused_collection_is_halved_until_it_passes(world: World) -> None:
    """The rows are tried again at once, in smaller collections; no attempt is counted."""
    world.record(world.contacts(), FIRST_BATCH_SIZE)
    world.fault(
        kind="status", match=_COLLECTION, status=400, errorCode="JSON_PARSER_ERROR", times=2
    )

    world.drain()

    assert set(world.states()) == {"delivered"}
    assert {row.attempts for row in world.rows()} == {0}


def test_a_single_row_that_is_refused_needs_a_person(world: World) -> None:
    """Halving ends at one row; that one is the culprit."""
    world.record([world.contacts()[0]], 4)
    world.fault(kind="status", match=_COLLECTION, status=400, errorCode="JSON_PARSER_ERROR")

    world.drain()

    assert set(world.states()) == {"parked"}
    assert {row.error_reason for row in world.rows()} == {"bad_value"}


def test_an_unknown_error_is_given_up_after_a_few_tries(world: World) -> None:
    """Attempts have a cap; then a person decides."""
    world.record([world.contacts()[0]])
    world.fault(kind="error", match=_COLLECTION, errorCode="NEVER_HEARD_OF")
    for _ in range(8):
        world.drain()
        world.hurry()

    (row,) = world.rows()
    assert row.state == "parked"
    assert row.error_message.startswith("Salesforce refused it with an unknown error.")


def test_a_package_that_was_renamed_is_learnt_anew(world: World) -> None:
    """X19: a namespace that changes under our feet loses nothing and doubles nothing."""
    world.record([world.contacts()[0]])
    world.drain()
    world.devorg.org.use_namespace("other")
    world.record([world.contacts()[0]], 2)

    world.drain()
    assert world.delivery().pause_reason == "field_missing"
    world.hurry()
    world.drain()

    assert set(world.states()) == {"delivered"}
    assert len(world.activities()) == 3


def test_activities_that_are_hidden_as_a_whole_are_a_right_that_is_missing(world: World) -> None:
    """X6, E7: the guide's set is taken away: a person acts, and the preflight names what lacks."""
    rights = world.devorg.org.rights
    for name in (API_ONLY.name, *("Inlay_Connection_Access", "Inlay_Score_Access", SET)):
        rights.assign(INTEGRATION, name)
    world.devorg.org.rights_changed()
    world.record(world.contacts(), 3)
    world.drain()
    rights.assign(INTEGRATION, SET, on=False)
    world.devorg.org.rights_changed()
    world.record(world.contacts(), 3)
    world.drain()
    refused = [row for row in world.rows() if row.state == "parked"]
    assert [row.error_reason for row in refused] == ["right_missing"] * 3
    assert "may not see activities at all" in refused[0].error_message
    assert not world.delivery().pause_reason

    rights.assign(INTEGRATION, SET)
    world.devorg.org.rights_changed()
    with world.writing() as session:
        decisions.retry(session, [row.seq for row in refused])
    world.drain()
    assert set(world.states()) == {"delivered"}
    assert len(world.activities()) == 6


def test_a_lost_connection_lets_the_org_rest(world: World) -> None:
    """Tokens: the reason is in the org's pause, the rows are kept."""
    with world.writing() as session:
        session.execute(delete(Connection))
    world.record([world.contacts()[0]])

    world.drain()

    assert world.states() == ["pending"]
    assert world.delivery().pause_reason == "reconnect_needed"
