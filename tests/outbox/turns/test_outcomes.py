"""The table of Salesforce's errors: wait, retry, or a person."""

from __future__ import annotations

import pytest

from app.outbox.turns.outcomes import (
    PAUSES,
    VERDICTS,
    Course,
    existing_id,
    is_hidden_duplicate,
    judge,
)
from app.salesforce.refusals import Refusal

WAIT, RETRY, PERSON = Course.WAIT, Course.RETRY, Course.PERSON
CPU = "BeforeInsert caused by: System.LimitException: Apex CPU time limit exceeded"


@pytest.mark.parametrize(
    ("code", "text", "course", "reason", "is_load"),
    [
        # somebody else holds the account: later, with fewer rows at once
        ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access", RETRY, "record_locked", True),
        # one code, two meanings: a trigger over its limits is cured by smaller batches …
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", CPU, RETRY, "automation_limit", True),
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "Too many SOQL queries: 101", RETRY,
         "automation_limit", True),
        # … a trigger that throws is not
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "NullPointerException", PERSON,
         "automation_failed", False),
        # … and under the same code Salesforce says that a user may not create
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "entity type cannot be inserted: Task", PERSON,
         "right_missing", False),
        # a rule of the org says no
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Subject must…", PERSON, "validation_rule", False),
        # the day's calls are used up: the whole org rests
        ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", WAIT, "limit_reached", False),
        # paid storage is full: an admin makes room, nothing is lost
        ("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded", WAIT, "storage_full", False),
        # Salesforce itself has trouble
        ("SERVER_UNAVAILABLE", "", WAIT, "salesforce_down", False),
        # rights, fields, values, records: only somebody can mend these
        ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "", PERSON, "right_missing", False),
        ("INVALID_FIELD_FOR_INSERT_UPDATE", "", PERSON, "right_missing", False),
        ("INVALID_FIELD", "No such column", PERSON, "field_missing", False),
        ("REQUIRED_FIELD_MISSING", "", PERSON, "required_field", False),
        ("STRING_TOO_LONG", "", PERSON, "bad_value", False),
        ("ENTITY_IS_DELETED", "", PERSON, "record_gone", False),
        ("INVALID_CROSS_REFERENCE_KEY", "", PERSON, "record_gone", False),
        # said with several codes, recognised by its words
        ("FIELD_INTEGRITY_EXCEPTION", "cannot reference converted lead", PERSON, "lead_converted",
         False),
        # what nobody knows is tried again a few times
        ("SOMETHING_NEW", "", RETRY, "unknown_error", False),
    ],
)  # fmt: skip
def test_the_table(code: str, text: str, course: Course, reason: str, is_load: bool) -> None:
    """Each row says what it is about."""
    verdict = judge(Refusal(code, text))

    assert (verdict.course, verdict.reason, verdict.is_load) == (course, reason, is_load)
    assert verdict.words.endswith(".")


_DUPLICATE = "duplicate value found: ns__Inlay_Key__c duplicates value on record with id: "


@pytest.mark.parametrize(
    ("code", "text", "fields", "found"),
    [
        ("DUPLICATE_VALUE", f"{_DUPLICATE}00T5e00000ABCDEAA1", (), "00T5e00000ABCDEAA1"),
        ("DUPLICATE_VALUE", f"{_DUPLICATE}00T5e00000ABCDE", (), "00T5e00000ABCDE"),
        # a unique field of the customer's own is none of ours
        ("DUPLICATE_VALUE", "duplicate value found: Nr__c … id: 00T5e00000ABCDEAA1", (), None),
        # another error that names a record
        ("UNABLE_TO_LOCK_ROW", f"{_DUPLICATE}00T5e00000ABCDEAA1", (), None),
    ],
)
def test_a_duplicate_of_our_own_key_names_the_activity(
    code: str, text: str, fields: tuple[str, ...], found: str | None
) -> None:
    """X4: it is delivered, whoever wrote it first."""
    assert existing_id(Refusal(code, text, fields), "ns__Inlay_Key__c") == found


def test_every_verdict_has_words_and_every_pause_too() -> None:
    """What waits says why."""
    assert all(verdict.words.endswith(".") for verdict in VERDICTS.values())
    waits = {verdict.reason for verdict in VERDICTS.values() if verdict.course is Course.WAIT}
    assert waits <= PAUSES.keys()


def test_a_duplicate_that_we_may_not_see_is_told_from_one_that_is_named() -> None:
    """Salesforce names neither field nor record where the record is not for us to see."""
    hidden = "duplicate value found: <unknown> duplicates value on record with id: <unknown>"
    assert is_hidden_duplicate(Refusal("DUPLICATE_VALUE", hidden))
    assert not is_hidden_duplicate(Refusal("DUPLICATE_VALUE", f"{_DUPLICATE}00T5e00000ABCDE"))
