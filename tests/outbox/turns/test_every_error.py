"""Every code of the fact table: its class, its sentence, and what devorg's fault makes of it (E7).

Source of the codes: the table "Error → retry policy" of the facts on Salesforce's API.
"""

from __future__ import annotations

from typing import Any

import pytest

from app.outbox.turns.outcomes import PAUSES, judge
from app.salesforce.profile import profile
from app.salesforce.refusals import Refusal
from tests.outbox.world import World

pytestmark = [
    pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True),
    pytest.mark.any_database,  # whatever the code, a row is settled by the same statements
]

_ROWS = "/composite/sobjects/"
_CPU = "TaskTrigger: System.LimitException: Apex CPU time limit exceeded"
_CONVERTED = "invalid cross reference id: cannot reference converted lead"

#: A row that is refused for good: code, text, reason. The others of its batch are delivered.
_FOR_A_PERSON = [
    ("DUPLICATES_DETECTED", "Use one of these records?", "duplicate"),
    ("DUPLICATE_VALUE", "duplicate value found: Nr__c", "duplicate"),
    ("DUPLICATE_EXTERNAL_ID", "Inlay_Key__c: more than one record", "several_matches"),
    ("ENTITY_IS_DELETED", "entity is deleted", "record_gone"),
    ("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", "record_gone"),
    ("MALFORMED_ID", "Contact ID: id value of incorrect type", "record_gone"),
    ("CANNOT_UPDATE_CONVERTED_LEAD", "cannot update converted lead", "lead_converted"),
    ("FIELD_INTEGRITY_EXCEPTION", _CONVERTED, "lead_converted"),
    ("INSUFFICIENT_ACCESS", "no access", "right_missing"),
    ("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights", "right_missing"),
    ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "insufficient access", "right_missing"),
    ("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields", "right_missing"),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "NullPointerException", "automation_failed"),
    ("CANNOT_EXECUTE_FLOW_TRIGGER", "The flow failed", "automation_failed"),
    ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "No secrets here.", "validation_rule"),
    ("REQUIRED_FIELD_MISSING", "Required fields are missing: [X__c]", "required_field"),
    ("STRING_TOO_LONG", "data value too large", "bad_value"),
    ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "bad value for picklist", "bad_value"),
    ("INVALID_EMAIL_ADDRESS", "invalid email address", "bad_value"),
    ("FIELD_INTEGRITY_EXCEPTION", "Related To ID: id value of incorrect type", "bad_value"),
    ("NUMBER_OUTSIDE_VALID_RANGE", "number outside of valid range", "bad_value"),
]
#: A row that is tried again by itself.
_TO_RETRY = [
    ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access", "record_locked"),
    ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", _CPU, "automation_limit"),
    ("QUERY_TIMEOUT", "Your query request was running for too long", "salesforce_timeout"),
    ("ALL_OR_NONE_OPERATION_ROLLED_BACK", "Record rolled back", "rolled_back"),
    ("NEVER_HEARD_OF", "?", "unknown_error"),
]
#: What lets the whole org rest: the fault, the reason of the pause.
_FOR_THE_ORG: list[tuple[dict[str, Any], str]] = [
    ({"kind": "drop", "match": _ROWS}, "salesforce_down"),
    ({"kind": "drop", "match": _ROWS, "after": True}, "salesforce_down"),
    ({"kind": "status", "match": "/composite", "status": 500}, "salesforce_down"),
    ({"kind": "status", "match": "/composite", "status": 502}, "salesforce_down"),
    ({"kind": "maintenance"}, "salesforce_down"),
    ({"kind": "limit"}, "limit_reached"),
    (
        {"kind": "status", "match": "/composite", "status": 403,
         "errorCode": "REQUEST_LIMIT_EXCEEDED",
         "message": "ConcurrentRequests (Concurrent API Requests) Limit exceeded."},
        "salesforce_slow",
    ),
    ({"kind": "status", "match": "/composite", "status": 400, "errorCode": "QUERY_TIMEOUT"},
     "salesforce_slow"),
    ({"kind": "status", "match": "/composite", "status": 403, "errorCode": "API_DISABLED_FOR_ORG"},
     "api_not_allowed"),
    ({"kind": "status", "match": "/composite", "status": 403,
      "errorCode": "API_CURRENTLY_DISABLED"}, "api_not_allowed"),
    ({"kind": "error", "match": _ROWS, "errorCode": "STORAGE_LIMIT_EXCEEDED"}, "storage_full"),
    ({"kind": "status", "match": "/query", "status": 400, "errorCode": "INVALID_QUERY_LOCATOR"},
     "request_refused"),
]  # fmt: skip


def _three(world: World) -> None:
    """One activity each of three people; the second is ``Offer 1``."""
    world.record(world.contacts()[:3], 3)


def _is_whole(world: World) -> bool:
    return world.states() == ["delivered"] * 3 and len(world.activities()) == 3


@pytest.mark.parametrize(("code", "text", "reason"), _FOR_A_PERSON)
def test_a_row_that_needs_a_person_is_parked_alone(
    world: World, code: str, text: str, reason: str
) -> None:
    """A poison row blocks neither its batch nor other records, and says what to do."""
    _three(world)
    fault = {"errorCode": code, "message": text, "contains": "Offer 1"}
    world.fault(kind="error", match=_ROWS, **fault)

    world.drain()

    assert world.states() == ["delivered", "parked", "delivered"]
    parked = world.rows()[1]
    assert (parked.error_reason, parked.error_code) == (reason, code)
    assert parked.error_message == f"{judge(Refusal(code, text)).words} {text}"


@pytest.mark.parametrize(("code", "text", "reason"), _TO_RETRY)
def test_a_row_that_may_pass_later_is_tried_again(
    world: World, code: str, text: str, reason: str
) -> None:
    """The others are delivered meanwhile; it is, when the trouble is over."""
    _three(world)
    fault = {"errorCode": code, "message": text, "contains": "Offer 1"}
    world.fault(kind="error", match=_ROWS, **fault)

    world.drain()

    waiting = world.rows()[1]
    assert (waiting.state.value, waiting.error_reason, waiting.attempts) == ("waiting", reason, 1)
    assert world.delivery().pause_reason == ""
    world.devorg.org.faults.clear()
    world.hurry()
    world.drain()
    assert _is_whole(world)


@pytest.mark.parametrize(("fault", "reason"), _FOR_THE_ORG)
def test_trouble_of_the_whole_org_lets_it_rest(
    world: World, fault: dict[str, Any], reason: str
) -> None:
    """No row is blamed, the reason has words for an admin, and exactly three activities result."""
    _three(world)
    world.fault(**fault)

    world.drain()

    assert world.delivery().pause_reason == reason
    assert PAUSES[reason].endswith(".")
    assert {row.attempts for row in world.rows()} <= {0, 1}
    assert "parked" not in world.states()
    world.devorg.org.faults.clear()
    world.hurry()
    world.drain()
    assert _is_whole(world)


def test_a_call_that_takes_too_long_is_asked_about(world: World) -> None:
    """No answer in time: it may have worked, so the org is asked before anything goes again."""
    profile(world.gateway, world.org.id)  # so that the rows are the only thing to be slow
    slow = World(
        world.config, world.database, world.keyring, world.org, world.devorg, read_seconds=0.3
    )
    _three(world)
    slow.fault(kind="hang", match=_ROWS, after=True, seconds=200)

    slow.drain()

    assert world.delivery().pause_reason == "salesforce_slow"
    assert all(row.is_unsure for row in world.rows())
    world.devorg.org.faults.clear()
    world.hurry()
    world.drain()
    slow.close()
    assert _is_whole(world)


def test_a_session_that_ends_is_renewed_within_the_call(world: World) -> None:
    """401 once: the same call with the same rows and headers, and nobody notices."""
    _three(world)
    world.fault(kind="expire", times=1)

    world.drain()

    assert world.delivery().pause_reason == ""
    assert _is_whole(world)
