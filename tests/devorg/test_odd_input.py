"""Whatever is sent is answered: a row is taken or refused, a control call understood or not."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from devorg.faults.fault import KINDS
from devorg.schema import STANDARD
from tests.devorg.client import Client

SETTINGS = settings(max_examples=60)
IDS = ["0035e0000000001AAA", "0015e0000000001", "00Q5e0000000001EAA", "0065e0000000001AAA"]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from([*IDS, "x" * 300, "2026-03-01", "2026-03-01T10:00:00Z", "Completed", 10**400]),
)  # fmt: skip
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=2),
    st.dictionaries(st.sampled_from(["Email", "attributes", "Name", "type"]), SCALARS, max_size=2),
)
NAMES = {
    name: [each.name for each in STANDARD.objects[name].fields] + ["Who", "Account", "", "No__c"]
    for name in ("Account", "Contact", "Lead", "Opportunity", "OpportunityContactRole",
                 "Task", "Event", "CampaignMember")
}  # fmt: skip


@st.composite
def rows(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """An object, and a row that could be anything."""
    sobject = draw(st.sampled_from(sorted(NAMES)))
    return sobject, draw(st.dictionaries(st.sampled_from(NAMES[sobject]), VALUES, max_size=6))


@SETTINGS
@given(rows())
def test_a_row_of_anything_is_taken_or_refused(
    integration: Client, row: tuple[str, dict[str, Any]]
) -> None:
    """X16: single and in a collection, on create, update and upsert; never a crash."""
    sobject, fields = row
    ids = [each for each in IDS if each.startswith(STANDARD.objects[sobject].prefix)]
    typed = {"records": [{**fields, "attributes": {"type": sobject}}]}
    answers = [
        integration.call("POST", f"sobjects/{sobject}", fields),
        integration.call("POST", "composite/sobjects", typed),
        integration.call("PATCH", f"composite/sobjects/{sobject}/Id", typed),
        *(integration.call("PATCH", f"sobjects/{sobject}/{each}", fields) for each in ids),
    ]
    for answer in answers:
        assert answer.status_code in {200, 201, 204, 400, 403, 404}, answer.text
        if answer.status_code >= 400:
            assert answer.json()[0]["errorCode"]


WORDS = (
    "kind", "sobject", "field", "fields", "conditions", "message", "on", "except", "owner",
    "losers", "master", "lead", "account", "opportunity", "opportunity_name", "times", "share",
    "shared_activities", "activity_sharing", "days", "at", "advance_seconds", "user", "stop",
    "operation", "value", "transform", "limit", "more_than", "contains", "seed", "skip",
)  # fmt: skip
CALLS = (
    "faults", "rules/validation", "rules/duplicate", "rules/assignment", "rules/required",
    "merge", "convert", "undelete", "touch", "preferences", "archive", "recycle-bin/empty", "clock",
)  # fmt: skip
SENSIBLE = st.sampled_from(
    [*sorted(KINDS), "Task", "Contact", "Subject", "Email", "alert", "rep", "private",
     [{"field": "Subject", "operator": "less", "value": 3}], ["Email"], ["create"], 1, True, *IDS]
)  # fmt: skip


@SETTINGS
@given(
    st.sampled_from(CALLS),
    st.dictionaries(st.sampled_from(WORDS), st.one_of(SENSIBLE, VALUES), max_size=5),
)
def test_a_control_call_of_anything_is_understood_or_refused(
    integration: Client, path: str, body: dict[str, Any]
) -> None:
    """X16: 200, or 400 with a sentence; and a row can be written after it."""
    answer = integration.http.post(f"{integration.url}/_devorg/{path}", json=body, timeout=30)
    assert answer.status_code in {200, 400}, answer.text
    if answer.status_code == 400:
        assert answer.json()["message"]
    integration.control("DELETE", "faults")
    integration.control("POST", "clock", {"reset": True})
    row = integration.call("POST", "sobjects/Task", {"Subject": "x", "Priority": "High"})
    assert row.status_code in {201, 400}, row.text
    integration.control("DELETE", "rules")
