"""Tasks and events: when they are, whom they concern, who may change them, what they move."""

from __future__ import annotations

from typing import Any

import pytest

from devorg.server import RunningOrg
from tests.devorg.client import Client
from tests.devorg.test_collections import task, upsert

START = "2026-03-01T10:00:00.000+0000"


def made(client: Client, sobject: str, **fields: Any) -> str:
    """The id of a new row that must be accepted."""
    answer = client.call("POST", f"sobjects/{sobject}", fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def read(client: Client, sobject: str, record_id: str) -> dict[str, Any]:
    """A row as the user sees it."""
    found = client.call("GET", f"sobjects/{sobject}/{record_id}").json()
    assert isinstance(found, dict)
    return found


def test_a_task_keeps_the_moment_when_it_was_closed(rep: Client) -> None:
    """X16: CompletedDateTime is set by closing, kept while closed, cleared by reopening."""
    rep.control("POST", "clock", {"at": "2026-03-01T10:00:00Z", "stop": True})
    token = rep.control("POST", "token", {"user": "rep"})["access_token"]
    rep.http.headers["Authorization"] = f"Bearer {token}"
    one = made(rep, "Task", Subject="x")
    rep.call("PATCH", f"sobjects/Task/{one}", {"Status": "Completed"})
    rep.control("POST", "clock", {"advance_seconds": 60})
    rep.call("PATCH", f"sobjects/Task/{one}", {"Subject": "y"})
    assert read(rep, "Task", one)["CompletedDateTime"] == START
    rep.call("PATCH", f"sobjects/Task/{one}", {"Status": "In Progress"})
    assert read(rep, "Task", one)["CompletedDateTime"] is None


def test_an_event_that_is_moved_keeps_its_length(rep: Client) -> None:
    """X16: the start by either name; the end follows."""
    one = made(rep, "Event", StartDateTime=START, DurationInMinutes=30)
    for name, hour in (("StartDateTime", 12), ("ActivityDateTime", 15)):
        rep.call("PATCH", f"sobjects/Event/{one}", {name: f"2026-03-02T{hour}:00:00Z"})
        event = read(rep, "Event", one)
        assert event["StartDateTime"] == f"2026-03-02T{hour}:00:00.000+0000"
        assert event["EndDateTime"] == f"2026-03-02T{hour}:30:00.000+0000"
        assert (event["ActivityDate"], event["DurationInMinutes"]) == ("2026-03-02", 30)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"DurationInMinutes": 30, "EndDateTime": "2026-03-01T11:00:00Z"}, "DurationInMinutes"),
        ({"DurationInMinutes": 30, "ActivityDateTime": "2026-03-01T11:00:00Z"}, "ActivityDateTime"),
        ({"EndDateTime": "2026-02-01T11:00:00Z"}, "EndDateTime"),
        ({"EndDateTime": "2026-04-01T11:00:00Z"}, "EndDateTime"),
    ],
)
def test_an_event_whose_times_disagree_is_refused(
    rep: Client, body: dict[str, Any], field: str
) -> None:
    """X16: FIELD_INTEGRITY_EXCEPTION at the field."""
    answer = rep.call("POST", "sobjects/Event", {"StartDateTime": START, **body}).json()[0]
    assert (answer["errorCode"], answer["fields"]) == ("FIELD_INTEGRITY_EXCEPTION", [field])


def test_last_activity_is_the_latest_closed_task_or_event(
    rep: Client, main: dict[str, str]
) -> None:
    """X16: on the person, the account and the opportunity; back again when it goes."""
    places = [
        ("Contact", main["contact"]),
        ("Account", main["account"]),
        ("Opportunity", main["opportunity"]),
    ]

    def dates() -> list[str]:
        return [str(read(rep, name, record)["LastActivityDate"]) for name, record in places]

    before = dates()
    about = {"WhoId": main["contact"], "WhatId": main["opportunity"]}
    open_task = made(rep, "Task", ActivityDate="2030-01-01", **about)
    assert dates() == before
    rep.call("PATCH", f"sobjects/Task/{open_task}", {"Status": "Completed"})
    assert dates() == ["2030-01-01"] * 3
    event = made(rep, "Event", StartDateTime="2031-05-05T10:00:00Z", DurationInMinutes=5, **about)
    assert dates() == ["2031-05-05"] * 3
    rep.call("DELETE", f"sobjects/Event/{event}")
    assert dates() == ["2030-01-01"] * 3
    rep.call("PATCH", f"sobjects/Task/{open_task}", {"WhoId": None, "WhatId": None})
    assert dates() == before


def test_the_seed_has_last_activities(rep: Client, main: dict[str, str]) -> None:
    """X16: the story's finished tasks count."""
    assert read(rep, "Contact", main["contact"])["LastActivityDate"]
    rep.control("POST", "seed", {"people": 5, "events": 50, "seed": 3})
    newest = rep.query("SELECT LastActivityDate FROM Contact ORDER BY CreatedDate DESC LIMIT 200")
    assert sum(each["LastActivityDate"] is not None for each in newest) > 5


def test_old_activities_are_found_by_query_all_alone(rep: Client) -> None:
    """X16: the archive; open tasks stay."""
    old = made(rep, "Task", ActivityDate="2020-01-01", Status="Completed", Subject="old")
    made(rep, "Task", ActivityDate="2020-01-01", Subject="old")
    made(rep, "Event", StartDateTime="2020-01-01T10:00:00Z", DurationInMinutes=5, Subject="old")
    assert rep.control("POST", "archive")["archived"]["Event"] == 1
    soql = "SELECT Id, IsArchived FROM Task WHERE Subject = 'old' AND IsClosed = true"
    assert rep.query(soql) == []
    assert rep.query(soql, path="queryAll") == [{"Id": old, "IsArchived": True}]
    assert len(rep.query("SELECT Id FROM Task WHERE Subject = 'old'")) == 1
    assert rep.query("SELECT Id FROM Event WHERE Subject = 'old'") == []


def test_private_activities_are_changed_by_their_owner_alone(
    org: RunningOrg, rep: Client, integration: Client, main: dict[str, str]
) -> None:
    """X16: the insert of an upsert passes, its update is refused; reading goes on."""
    owner = next(u["Id"] for u in rep.control("GET", "users")["users"] if u["alias"] == "rep")
    row = task(Inlay_Key__c="t:private", OwnerId=owner, WhoId=main["contact"])
    rep.control("POST", "preferences", {"activity_sharing": "private"})
    assert upsert(integration, [row])[0]["created"]
    (again,) = upsert(integration, [row])
    assert again["errors"][0]["statusCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"
    assert upsert(rep, [row])[0]["success"]
    found = integration.query("SELECT Id FROM Task WHERE Inlay_Key__c = 't:private'")
    assert integration.call("DELETE", f"sobjects/Task/{found[0]['Id']}").status_code == 403
    rep.control("POST", "preferences", {"activity_sharing": "controlled_by_parent"})
    assert upsert(integration, [row])[0]["success"]


def test_an_upsert_cannot_find_a_row_that_its_user_cannot_see(
    org: RunningOrg, integration: Client, main: dict[str, str]
) -> None:
    """X16: DUPLICATE_VALUE, since the key is taken all the same."""
    row = task(Inlay_Key__c="t:hidden", WhoId=main["contact"])
    assert upsert(integration, [row])[0]["success"]
    other = Client(org, "norecord")
    (refused,) = upsert(other, [task(Inlay_Key__c="t:hidden", Subject="x")])
    assert refused["errors"][0]["statusCode"] == "DUPLICATE_VALUE"
    body = {"Subject": "x"}
    answer = other.call("PATCH", "sobjects/Task/Inlay_Key__c/t:hidden", body)
    assert answer.json()[0]["errorCode"] == "DUPLICATE_VALUE"


class TestSharedActivities:
    """X16: several people in one activity, where the org has chosen so."""

    @pytest.fixture
    def shared(self, rep: Client) -> Client:
        """The rep in an org with shared activities."""
        rep.control("POST", "preferences", {"shared_activities": True})
        return rep

    def people(self, client: Client, activity: str) -> set[str]:
        """Whom a task has."""
        rows = client.records("TaskRelation")
        return {r["RelationId"] for r in rows if r["TaskId"] == activity and not r["IsWhat"]}

    def test_it_is_off_at_first(self, rep: Client, main: dict[str, str]) -> None:
        """X16: no such object, no such field."""
        assert rep.call("GET", "sobjects/TaskRelation/describe").status_code == 404
        answer = rep.call("POST", "sobjects/Task", {"TaskWhoIds": [main["contact"]]})
        assert answer.json()[0]["errorCode"] == "INVALID_FIELD"

    def test_the_first_person_is_the_primary_one(
        self, shared: Client, main: dict[str, str]
    ) -> None:
        """X16: TaskWhoIds and TaskRelation; the opportunity is a relation too."""
        both = [main["contact"], main["partial_hidden_contact"]]
        one = made(shared, "Task", TaskWhoIds=both, WhatId=main["opportunity"])
        assert read(shared, "Task", one)["WhoId"] == main["contact"]
        assert self.people(shared, one) == set(both)
        rows = shared.query("SELECT RelationId FROM TaskRelation WHERE TaskId = {}", one)
        assert {each["RelationId"] for each in rows} == {*both, main["opportunity"]}
        shared.call("PATCH", f"sobjects/Task/{one}", {"TaskWhoIds": both[1:]})
        assert read(shared, "Task", one)["WhoId"] == both[1]
        assert self.people(shared, one) == {both[1]}
        shared.call("PATCH", f"sobjects/Task/{one}", {"TaskWhoIds": None})
        assert self.people(shared, one) == set()

    def test_everybody_in_it_has_a_last_activity(
        self, shared: Client, main: dict[str, str]
    ) -> None:
        """X16: not the primary one alone."""
        both = [main["contact"], main["partial_hidden_contact"]]
        closed = {"ActivityDate": "2030-02-02", "Status": "Completed"}
        one = made(shared, "Task", TaskWhoIds=both, **closed)
        dates = [read(shared, "Contact", each)["LastActivityDate"] for each in both]
        assert dates == ["2030-02-02"] * 2
        shared.call("PATCH", f"sobjects/Task/{one}", {"TaskWhoIds": both[:1]})
        assert read(shared, "Contact", both[1])["LastActivityDate"] != "2030-02-02"
        other = made(shared, "Task", TaskWhoIds=both, **closed)
        shared.call("DELETE", f"sobjects/Task/{other}")
        assert read(shared, "Contact", both[1])["LastActivityDate"] != "2030-02-02"

    def test_a_lead_is_alone(self, shared: Client, main: dict[str, str]) -> None:
        """X16: one lead, or up to 50 contacts."""
        for people in ([main["contact"], main["lead"]], [main["account"]]):
            answer = shared.call("POST", "sobjects/Task", {"TaskWhoIds": people})
            assert answer.json()[0]["errorCode"] == "FIELD_INTEGRITY_EXCEPTION"

    def test_tasks_from_before_have_their_relations(self, shared: Client) -> None:
        """X16: the switch fills them in."""
        tasks = [each for each in shared.records("Task") if each["WhoId"]]
        assert all(self.people(shared, each["Id"]) == {each["WhoId"]} for each in tasks[:3])
