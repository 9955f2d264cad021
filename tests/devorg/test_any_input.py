"""Whatever is sent, devorg answers as an API does: it refuses, it does not break."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.devorg.client import API, Client

_IDS = st.sampled_from(
    ["0015e0000000001AAA", "0035e0000000001", "0065e0000000001AAA", "00Q5e0000000001EAA",
     "0035e0000zzzzzz", "00T", "000000000000000000", "null", "é", "x"]
)  # fmt: skip
_OBJECTS = st.sampled_from(
    ["Account", "Contact", "contact", "Task", "Event", "Opportunity", "Lead", "User", "TaskStatus",
     "OpportunityContactRole", "UserRecordAccess", "Nope", "*"]
)  # fmt: skip
_FIELDS = st.sampled_from(
    ["Id", "id", "Name", "LastName", "Email", "WhoId", "WhatId", "Who", "Account", "AccountId",
     "StartDateTime", "EndDateTime", "DurationInMinutes", "IsAllDayEvent", "ActivityDate", "Status",
     "Amount", "CloseDate", "OwnerId", "attributes", "Inlay_Key__c", "Nope__c", "MailingAddress",
     "SystemModstamp", "IsDeleted", "Description", "RecordTypeId", "Account.Name", "Contacts", ""]
)  # fmt: skip
_TEXTS = st.sampled_from(
    ["", " ", "2026-01-01", "2026-13-01", "2026-01-01T00:00:00Z", "x" * 300, "a\nb", "\u0000", "😀",
     "-5", "1e5", "NaN", "true", "'", "@{a.id}", "@{a.records[0].Id}", "@{a"]
)  # fmt: skip
_PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    _TEXTS, _IDS,
)  # fmt: skip
_VALUES = st.recursive(
    _PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_FIELDS, inner, max_size=3),
    max_leaves=6,
)
_KIND = st.fixed_dictionaries({"type": _OBJECTS})
_ROWS = st.builds(
    lambda row, kind: {**row, "attributes": kind},
    st.dictionaries(_FIELDS, _VALUES, max_size=5),
    _KIND | _VALUES,
)
_WORDS = st.sampled_from(
    ["SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "(", ")", ",", "=", "<", "LIKE", "IN", "NOT IN",
     "INCLUDES", "ORDER BY", "GROUP BY", "HAVING", "LIMIT 5", "OFFSET", "COUNT()", "COUNT(Id)",
     "TODAY", "LAST_N_DAYS:3", "LAST_N_DAYS:99999999999", "null", "'x'", "'%a_'", "5", "2026-01-01",
     "FIELDS(ALL)", "TYPEOF", "WHEN", "THEN", "END", "DESC", "CALENDAR_YEAR(CreatedDate)", "USD5"]
)  # fmt: skip
_SOQL = st.one_of(
    st.lists(_WORDS | _FIELDS | _OBJECTS, max_size=14).map(" ".join),
    st.builds("SELECT {} FROM {} WHERE {} = {}".format, _FIELDS, _OBJECTS, _FIELDS, _WORDS),
)
_METHODS = st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT"])
_PATHS = st.one_of(
    st.builds("sobjects/{}".format, _OBJECTS),
    st.builds("sobjects/{}/{}".format, _OBJECTS, _IDS | _FIELDS),
    st.builds("sobjects/{}/{}/{}".format, _OBJECTS, _FIELDS | _IDS, _IDS | _FIELDS),
    st.builds("sobjects/{}/updated?start={}&end={}".format, _OBJECTS, _TEXTS, _TEXTS),
    st.builds("composite/sobjects/{}/{}?ids={}&fields={}".format, _OBJECTS, _FIELDS, _IDS, _FIELDS),
    st.builds("ui-api/records/{}?fields={}.{}".format, _IDS, _OBJECTS, _FIELDS),
    st.builds("ui-api/records/batch/{},{}?optionalFields={}".format, _IDS, _IDS, _FIELDS),
    st.builds("query?q={}".format, _SOQL),
    st.builds("jobs/query/{}/results?maxRecords={}".format, _IDS, _TEXTS),
    st.sampled_from(["composite/sobjects", "composite", "composite/batch", "jobs/ingest"]),
)
_PARTS = st.builds(
    lambda method, path, name, body: {
        "method": method, "url": f"{API}/{path}", "referenceId": name, "body": body,
    },
    _METHODS, _PATHS, st.sampled_from("abc"), _ROWS | _VALUES,
)  # fmt: skip
_BODIES = st.one_of(
    _ROWS,
    _VALUES,
    st.builds(lambda rows: {"records": rows}, st.lists(_ROWS, max_size=4) | _VALUES),
    st.builds(
        lambda parts, all_: {"compositeRequest": parts, "batchRequests": parts, "allOrNone": all_},
        st.lists(_PARTS, max_size=4) | _VALUES, st.booleans(),
    ),
)  # fmt: skip


@settings(max_examples=300)
@given(_METHODS, _PATHS, _BODIES)
def test_no_input_breaks_it(rep: Client, method: str, path: str, body: Any) -> None:
    """X16: every answer is one of the API's; none is a mistake of devorg's own."""
    answer = rep.call(method, path, body)
    assert answer.status_code < 500 or answer.status_code == 501, answer.text
    assert "UNKNOWN_EXCEPTION" not in answer.text
