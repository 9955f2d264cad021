"""Single records: create, read, change, delete, upsert, and each refusal a row can meet."""

from __future__ import annotations

from typing import Any

import pytest

from devorg.server import RunningOrg
from tests.devorg.client import Client


def test_a_task_is_created_with_what_the_platform_derives(
    rep: Client, main: dict[str, str]
) -> None:
    """X16: owner, account, closed by the org's own statuses, second precision, trimmed text."""
    body = {
        "Subject": "  Visit  ",
        "WhoId": main["contact"][:15],
        "WhatId": main["opportunity"],
        "Status": "Closed - Won't do",
        "Inlay_Occurred_At__c": "2026-03-01T12:00:05.987+02:00",
    }
    made = rep.call("POST", "sobjects/Task", body)
    assert made.status_code == 201
    assert made.json() == {"id": made.json()["id"], "success": True, "errors": []}
    assert made.headers["Location"].endswith(made.json()["id"])
    task = rep.call("GET", f"sobjects/Task/{made.json()['id']}").json()
    assert (task["Subject"], task["WhoId"]) == ("Visit", main["contact"])
    assert task["AccountId"] == main["account"]
    assert task["IsClosed"] is True
    assert task["CompletedDateTime"] is not None
    assert task["Inlay_Occurred_At__c"] == "2026-03-01T10:00:05.000+0000"
    assert task["Priority"] == "Normal"


@pytest.mark.parametrize(
    ("times", "minutes"),
    [
        ({"DurationInMinutes": 45}, 45),
        ({"EndDateTime": "2026-03-01T10:30:00Z"}, 30),
        ({"EndDateTime": "2026-03-01T10:30:00Z", "DurationInMinutes": 30}, 30),
        ({"IsAllDayEvent": True}, 1440),
    ],
)
def test_an_event_gets_both_duration_and_end(
    rep: Client, times: dict[str, Any], minutes: int
) -> None:
    """X16: one of the two is enough, an all-day event needs none."""
    body = {"Subject": "Demo", "StartDateTime": "2026-03-01T10:00:00Z", **times}
    made = rep.call("POST", "sobjects/Event", body).json()
    event = rep.call("GET", f"sobjects/Event/{made['id']}").json()
    assert event["DurationInMinutes"] == minutes
    assert event["EndDateTime"] > event["StartDateTime"]
    assert event["ActivityDate"] == "2026-03-01"


CONTACT, OPPORTUNITY, LEAD = "0035e0000000001AAA", "0065e0000000001AAA", "00Q5e0000000001EAA"
REFUSED: list[tuple[str, dict[str, Any], str, list[str]]] = [
    ("Contact", {"FirstName": "Ada"}, "REQUIRED_FIELD_MISSING", ["LastName"]),
    ("Contact", {"LastName": "A", "Email": "no address"}, "INVALID_EMAIL_ADDRESS", ["Email"]),
    ("Contact", {"LastName": "A" * 81}, "STRING_TOO_LONG", ["LastName"]),
    ("Contact", {"LastName": "A", "Name": "A"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Name"]),
    ("Contact", {"LastName": "A", "Shoe__c": 1}, "INVALID_FIELD", []),
    ("Contact", {"LastName": "A", "AccountId": "nobody"}, "MALFORMED_ID", ["AccountId"]),
    (
        "Contact",
        {"LastName": "A", "AccountId": CONTACT},
        "FIELD_INTEGRITY_EXCEPTION",
        ["AccountId"],
    ),
    ("Task", {"WhoId": LEAD, "WhatId": OPPORTUNITY}, "FIELD_INTEGRITY_EXCEPTION", ["WhatId"]),
    ("Task", {"WhoId": "0035e0000zzzzzz"}, "INVALID_CROSS_REFERENCE_KEY", ["WhoId"]),
    ("Task", {"Inlay_Key__c": "k" * 81}, "STRING_TOO_LONG", ["Inlay_Key__c"]),
    (
        "Task",
        {"CallDurationInSeconds": 10**9},
        "NUMBER_OUTSIDE_VALID_RANGE",
        ["CallDurationInSeconds"],
    ),
    ("Event", {"StartDateTime": "2026-03-01T10:00:00Z"}, "REQUIRED_FIELD_MISSING", ["EndDateTime"]),
    ("Event", {"DurationInMinutes": 5}, "REQUIRED_FIELD_MISSING", ["StartDateTime"]),
    ("Opportunity", {"Name": "O", "StageName": "New"}, "REQUIRED_FIELD_MISSING", ["CloseDate"]),
]  # fmt: skip


@pytest.mark.parametrize(("sobject", "body", "code", "fields"), REFUSED)
def test_a_bad_row_gets_the_code_a_real_org_gives(
    rep: Client, sobject: str, body: dict[str, Any], code: str, fields: list[str]
) -> None:
    """X16: a list of one, with errorCode and the fields concerned; nothing is stored."""
    before = len(rep.records(sobject))
    answer = rep.call("POST", f"sobjects/{sobject}", body)
    assert answer.status_code == 400
    (error,) = answer.json()
    assert (error["errorCode"], error["fields"]) == (code, fields)
    assert error["message"]
    assert len(rep.records(sobject)) == before


def test_a_value_of_the_wrong_type_makes_the_request_unreadable(rep: Client) -> None:
    """X16: JSON_PARSER_ERROR, as for broken JSON."""
    answers = [
        rep.call("POST", "sobjects/Task", {"ActivityDate": "soon"}),
        rep.call("POST", "sobjects/Task", {"Subject": {"text": "x"}}),
        rep.call("POST", "sobjects/Task", ["x"]),
        rep.http.post(f"{rep.url}/services/data/v60.0/sobjects/Task", data="{", timeout=30),
    ]
    for answer in answers:
        assert answer.status_code == 400
        assert answer.json()[0]["errorCode"] == "JSON_PARSER_ERROR"


def test_a_key_is_taken_by_live_and_deleted_rows_of_its_object(rep: Client) -> None:
    """X16: DUPLICATE_VALUE names the row; case counts; Task and Event are apart."""
    first = rep.call("POST", "sobjects/Task", {"Inlay_Key__c": "t:A"}).json()["id"]
    assert rep.call("DELETE", f"sobjects/Task/{first}").status_code == 204
    again = rep.call("POST", "sobjects/Task", {"Inlay_Key__c": "t:A"})
    assert again.json()[0]["errorCode"] == "DUPLICATE_VALUE"
    assert first[:15] in again.json()[0]["message"]
    upserted = rep.call("PATCH", "sobjects/Task/Inlay_Key__c/t:A", {"Subject": "x"})
    assert upserted.json()[0]["errorCode"] == "DUPLICATE_VALUE"
    assert rep.call("POST", "sobjects/Task", {"Inlay_Key__c": "t:a"}).status_code == 201
    event = {"Inlay_Key__c": "t:A", "StartDateTime": "2026-03-01T10:00:00Z", "DurationInMinutes": 5}
    assert rep.call("POST", "sobjects/Event", event).status_code == 201


def test_an_upsert_creates_then_changes(rep: Client) -> None:
    """X16: 201 and 200; a key with a slash in it works."""
    path = "sobjects/Task/Inlay_Key__c/t:visit%2F1"
    first = rep.call("PATCH", path, {"Subject": "one"})
    second = rep.call("PATCH", path, {"Subject": "two"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert (first.json()["created"], second.json()["created"]) == (True, False)
    assert first.json()["id"] == second.json()["id"]
    found = rep.query("SELECT Subject FROM Task WHERE Inlay_Key__c = {}", "t:visit/1")
    assert found == [{"Subject": "two"}]


def test_several_matches_of_a_lookup_key_answer_300(rep: Client, main: dict[str, str]) -> None:
    """X16: e-mail is a key that need not be unique."""
    mail = "elena.marquez@brightwater-energy.example"
    rep.call("POST", "sobjects/Contact", {"LastName": "Twin", "Email": mail})
    answer = rep.call("PATCH", f"sobjects/Contact/Email/{mail}", {"Title": "x"})
    assert answer.status_code == 300
    assert len(answer.json()) == 2
    assert answer.json()[0].endswith(main["contact"])


def test_a_deleted_record_is_gone_for_query_and_there_for_query_all(rep: Client) -> None:
    """X16: the recycle bin."""
    made = rep.call("POST", "sobjects/Task", {"Subject": "brief", "Inlay_Key__c": "t:bin"}).json()
    rep.call("DELETE", f"sobjects/Task/{made['id']}")
    soql = "SELECT Id, IsDeleted FROM Task WHERE Inlay_Key__c = 't:bin'"
    assert rep.query(soql) == []
    assert rep.query(soql, path="queryAll") == [{"Id": made["id"], "IsDeleted": True}]
    for method in ("GET", "DELETE", "PATCH"):
        answer = rep.call(method, f"sobjects/Task/{made['id']}", {})
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "ENTITY_IS_DELETED")


def test_create_only_fields_cannot_be_changed(rep: Client, main: dict[str, str]) -> None:
    """X16: an upsert that finds its row obeys the rules of update."""
    path = "sobjects/Task/Inlay_Key__c/t:sub"
    body = {"Subject": "x", "TaskSubtype": "Email"}
    assert rep.call("PATCH", path, body).status_code == 201
    again = rep.call("PATCH", path, body).json()[0]
    assert again["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert again["fields"] == ["TaskSubtype"]


def test_hidden_records_can_be_neither_read_nor_written_nor_pointed_at(
    org: RunningOrg, main: dict[str, str]
) -> None:
    """X16: record access of the token's user."""
    client = Client(org, "norecord")
    for method in ("GET", "PATCH", "DELETE"):
        answer = client.call(method, f"sobjects/Contact/{main['contact']}", {"Title": "x"})
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")
    refused = client.call("POST", "sobjects/Task", {"WhoId": main["contact"]})
    expected = "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
    assert refused.json()[0]["errorCode"] == expected


def test_a_contact_keeps_its_compound_name(rep: Client, main: dict[str, str]) -> None:
    """X16: put together by the platform."""
    path = f"sobjects/Contact/{main['contact']}"
    assert rep.call("PATCH", path, {"LastName": "Marquez-Lind"}).status_code == 204
    fields = {"fields": "Name,Account.Name"}
    shown = rep.call("GET", path, params=fields).json()
    assert shown["Name"] == "Elena Marquez-Lind"
    assert shown["Account"]["Name"] == "Brightwater Energy"


def test_a_parent_can_be_named_by_its_external_id(rep: Client, main: dict[str, str]) -> None:
    """X16: in place of its Id; none or several refuse the row; the kind of a Who must be told."""
    mail = "elena.marquez@brightwater-energy.example"
    who = {"attributes": {"type": "Contact"}, "Email": mail.upper()}
    made = rep.call("POST", "sobjects/Task", {"Who": who}).json()["id"]
    assert rep.call("GET", f"sobjects/Task/{made}").json()["WhoId"] == main["contact"]
    role = {
        "Opportunity": {"Name": "Brightwater Energy - Field service platform"},
        "Contact": {"Email": mail},
    }
    assert rep.call("POST", "sobjects/OpportunityContactRole", role).status_code == 201
    refused = [
        {"Who": {**who, "Email": "nobody@halyard.example"}},
        {"Who": {"Email": mail}},
        {"Who": {**who, "Phone": "1"}},
        {"Who": {"attributes": {"type": "Contact"}, "Phone": "1"}},
    ]
    for body in refused:
        answer = rep.call("POST", "sobjects/Task", body)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


def test_an_insert_cannot_choose_its_id(rep: Client, main: dict[str, str]) -> None:
    """X16: INVALID_FIELD_FOR_INSERT_UPDATE at Id."""
    row = {"attributes": {"type": "Contact"}, "Id": main["contact"], "LastName": "A"}
    (result,) = rep.call("POST", "composite/sobjects", {"records": [row]}).json()
    assert result["errors"][0]["statusCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert result["errors"][0]["message"] == "cannot specify Id in an insert call"


def test_an_inactive_user_can_be_given_no_records(rep: Client, main: dict[str, str]) -> None:
    """X16: INACTIVE_OWNER_OR_USER at OwnerId; what they own stays as it is."""
    users = {each["alias"]: each["Id"] for each in rep.control("GET", "users")["users"]}
    rep.control("POST", "users/active", {"user": "reverse", "active": False})
    path = f"sobjects/Contact/{main['contact']}"
    answer = rep.call("PATCH", path, {"OwnerId": users["reverse"]}).json()[0]
    assert (answer["errorCode"], answer["fields"]) == ("INACTIVE_OWNER_OR_USER", ["OwnerId"])
    assert users["reverse"][:15] in answer["message"]
    rep.control("POST", "users/active", {"user": "reverse", "active": True})
    assert rep.call("PATCH", path, {"OwnerId": users["reverse"]}).status_code == 204
