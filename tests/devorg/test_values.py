"""Values on their way in: normalised as a real org stores them, or refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devorg.dml.values import stored
from devorg.errors import ApiError, RowError
from devorg.schema import STANDARD, Field
from devorg.schema.fields import text
from tests.devorg.client import Client

CHOICES = ("One", "Two", "Three")
FIELDS = {
    "text": text("T__c", "T", 10),
    "restricted": Field("R__c", "picklist", "R", 40, values=CHOICES, restricted=True),
    "free": Field("F__c", "picklist", "F", 40, values=CHOICES),
    "several": Field("M__c", "multipicklist", "M", 400, values=CHOICES, restricted=True),
    "money": Field("N__c", "currency", "N", precision=5, scale=2),
    "whole": Field("I__c", "int", "I", precision=3),
    "flag": Field("B__c", "boolean", "B"),
    "time": Field("C__c", "time", "C"),
    "date": Field("D__c", "date", "D"),
    "moment": Field("E__c", "datetime", "E"),
    "mail": Field("X__c", "email", "X", 80),
    "parent": Field("P__c", "reference", "P", 18, references=("Contact",)),
}


def store(kind: str, value: Any) -> Any:
    """The value as the org would keep it in a field of that kind."""
    return stored(STANDARD, FIELDS[kind], FIELDS[kind].name, value)


@pytest.mark.parametrize(
    ("kind", "given_value", "kept"),
    [
        ("text", "  two words ", "two words"),
        ("text", "   ", None),
        ("text", 12, "12"),
        ("text", True, "true"),
        ("restricted", "Two", "Two"),
        ("free", "Anything", "Anything"),
        ("several", " One ; Three;One ", "One;Three"),
        ("money", 2.345, 2.35),
        ("money", "-2.345", -2.35),
        ("whole", 2.5, 3),
        ("flag", "TRUE", True),
        ("flag", None, False),
        ("time", "10:30", "10:30:00.000Z"),
        ("time", "10:30:15.123Z", "10:30:15.000Z"),
        ("date", "2026-03-01T23:30:00Z", "2026-03-01"),
        ("moment", "2026-03-01T12:00:05.987+02:00", "2026-03-01T10:00:05.000+0000"),
        ("mail", "a.b+c@halyard.example", "a.b+c@halyard.example"),
        ("parent", "0035e0000000001", "0035e0000000001AAA"),
        ("parent", "", None),
    ],
)
def test_a_value_is_kept_as_the_org_keeps_it(kind: str, given_value: Any, kept: Any) -> None:
    """X16: trimmed, rounded half up, without milliseconds; blank is null."""
    assert store(kind, given_value) == kept


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("text", "x" * 11, "STRING_TOO_LONG"),
        ("restricted", "two", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ("several", "One;Four", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ("money", 1000, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("money", "999.999", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("money", "NaN", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("whole", -1000, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("mail", "not@mail", "INVALID_EMAIL_ADDRESS"),
        ("parent", "nobody", "MALFORMED_ID"),
        ("parent", "0015e0000000001AAA", "FIELD_INTEGRITY_EXCEPTION"),
    ],
)
def test_a_value_that_breaks_a_rule_has_its_code(kind: str, value: Any, code: str) -> None:
    """X16: one row is refused, with the field."""
    with pytest.raises(RowError) as refused:
        store(kind, value)
    assert refused.value.reason == code
    assert refused.value.fields == [FIELDS[kind].name]


@pytest.mark.parametrize(
    ("kind", "value"),
    [("money", "much"), ("flag", "maybe"), ("time", "25:00"), ("date", "soon"), ("text", ["x"])],
)
def test_a_value_of_another_type_makes_the_request_unreadable(kind: str, value: Any) -> None:
    """X16: JSON_PARSER_ERROR."""
    with pytest.raises(ApiError) as refused:
        store(kind, value)
    assert refused.value.reason == "JSON_PARSER_ERROR"


JSON = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12),
    st.sampled_from([*CHOICES, "One;Two", "2026-03-01", "2026-03-01T10:00:00Z", "10:00"]),
)  # fmt: skip


@given(st.sampled_from(sorted(FIELDS)), JSON)
def test_what_was_stored_is_stored_again_as_it_is(kind: str, value: Any) -> None:
    """X16: writing back what was read changes nothing; nothing but the two errors is raised."""
    try:
        kept = store(kind, value)
    except (RowError, ApiError):
        return
    assert store(kind, kept) == kept


def test_a_restricted_standard_picklist_refuses_other_values(rep: Client) -> None:
    """X16: with the label, the value and the field."""
    body = {"StartDateTime": "2026-03-01T10:00:00Z", "DurationInMinutes": 5, "ShowAs": "Asleep"}
    (error,) = rep.call("POST", "sobjects/Event", body).json()
    assert error == {
        "message": "Show Time As: bad value for restricted picklist field: Asleep",
        "errorCode": "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "fields": ["ShowAs"],
    }
