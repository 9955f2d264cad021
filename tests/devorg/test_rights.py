"""Profiles and permission sets: object, field, user and custom permissions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from devorg.server import RunningOrg
from tests.devorg.client import Client

API_ONLY = "Minimum Access - API Only Integrations"
LEVEL = {"fullName": "Level__c", "type": "Text", "length": 20}
READER: dict[str, Any] = {
    "fullName": "Reader", "label": "Reader",
    "objectPermissions": [{"object": "Contact", "allowRead": True}],
    "fieldPermissions": [
        {"field": "Contact.Level__c", "readable": True, "editable": False},
        {"field": "Contact.Email", "readable": True, "editable": True},
        {"field": "Contact.MailingAddress", "readable": True, "editable": False},
    ],
}  # fmt: skip


@pytest.fixture
def limited(org: RunningOrg, rep: Client) -> Client:
    """The rep with a profile that may call the API and nothing else."""
    rep.control("POST", "metadata", {"object": "Contact", "fields": [LEVEL]})
    rep.control("POST", "assign", {"user": "rep", "profile": API_ONLY})
    rep.control("POST", "assign", {"user": "rep", "permission_set": "Inlay_Rep", "remove": True})
    return rep


def grant(client: Client, *sets: dict[str, Any], **more: Any) -> None:
    client.control("POST", "metadata", {"permissionSets": list(sets), **more})
    for each in sets:
        client.control("POST", "assign", {"user": "rep", "permission_set": each["fullName"]})


def code(answer: Any) -> str:
    return str(answer.json()[0]["errorCode"])


def test_who_may_read_no_object_sees_none(limited: Client, main: dict[str, str]) -> None:
    """X16: describe, record and query do not know the object."""
    names = {each["name"] for each in limited.call("GET", "sobjects").json()["sobjects"]}
    assert "Contact" not in names
    assert "User" in names
    assert limited.call("GET", "sobjects/Contact/describe").status_code == 404
    assert limited.call("GET", f"sobjects/Contact/{main['contact']}").status_code == 404
    assert code(limited.call("GET", "query?q=SELECT Id FROM Contact")) == "INVALID_TYPE"
    assert code(limited.call("GET", "query?q=SELECT Id FROM Task")) == "INVALID_TYPE"


def test_a_permission_set_opens_an_object_and_the_fields_it_names(
    limited: Client, main: dict[str, str]
) -> None:
    """X16: required fields come with the object; an address is one field with all its parts."""
    grant(limited, READER)
    body = limited.call("GET", "sobjects/Contact/describe").json()
    flags = ("createable", "updateable", "deletable")
    assert [body[flag] for flag in flags] == [False, False, False]
    found = {each["name"]: each for each in body["fields"]}
    assert {"Id", "LastName", "Name", "OwnerId", "Email", "Level__c", "MailingCity"} <= set(found)
    assert "Phone" not in found
    assert "Title" not in found
    (record,) = limited.query(
        "SELECT Email, MailingCity FROM Contact WHERE Id = {}", main["contact"]
    )
    assert record["MailingCity"] == "Bristol"
    assert code(limited.call("GET", "query?q=SELECT Phone FROM Contact")) == "INVALID_FIELD"


@pytest.mark.parametrize(
    ("hidden", "gone"),
    [
        ("MailingCity", {"MailingCity", "MailingAddress"}),
        ("MailingAddress", {"MailingCity", "MailingStreet", "MailingAddress"}),
    ],
)
def test_a_hidden_part_does_not_show_in_its_address(
    rep: Client, hidden: str, gone: set[str]
) -> None:
    """X16: nor the parts of a hidden address."""
    change = {"user": "rep", "field": f"Contact.{hidden}", "visible": False}
    rep.control("POST", "access", change)
    fields = rep.call("GET", "sobjects/Contact/describe").json()["fields"]
    names = {each["name"] for each in fields}
    assert not gone & names
    assert "OtherAddress" in names
    assert code(rep.call("GET", "query?q=SELECT MailingAddress FROM Contact")) == "INVALID_FIELD"


def test_object_permissions_decide_about_writes(limited: Client, main: dict[str, str]) -> None:
    """X16: read alone writes nothing; create and edit do what they say, delete stays refused."""
    path = f"sobjects/Contact/{main['contact']}"
    grant(limited, READER)
    row = {"LastName": "New"}
    assert limited.call("POST", "sobjects/Contact", row).status_code == 400
    assert code(limited.call("PATCH", path, row)) == "INSUFFICIENT_ACCESS_OR_READONLY"
    writes = {"object": "Contact", "allowCreate": True, "allowEdit": True}
    grant(limited, {"fullName": "Writer", "objectPermissions": [writes]})
    assert limited.call("POST", "sobjects/Contact", row).status_code == 201
    assert limited.call("PATCH", path, row).status_code == 204
    assert code(limited.call("DELETE", path)) == "INSUFFICIENT_ACCESS_OR_READONLY"


def test_a_field_that_is_only_readable_is_refused_in_a_write(
    limited: Client, main: dict[str, str]
) -> None:
    """X16: the field's name in the error; an editable one beside it is written."""
    writes = {"object": "Contact", "allowEdit": True}
    grant(limited, READER, {"fullName": "Writer", "objectPermissions": [writes]})
    path = f"sobjects/Contact/{main['contact']}"
    (error,) = limited.call("PATCH", path, {"Level__c": "A"}).json()
    assert error["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert error["fields"] == ["Level__c"]
    assert limited.call("PATCH", path, {"Email": "a@b.example"}).status_code == 204
    found = {
        each["name"]: each["updateable"]
        for each in limited.call("GET", "sobjects/Contact/describe").json()["fields"]
    }
    assert (found["Level__c"], found["Email"], found["MailingCity"]) == (False, True, False)


def test_activities_hang_on_user_permissions(limited: Client, main: dict[str, str]) -> None:
    """X16: Access Activities reads, Edit Tasks writes Tasks and not Events."""
    access = {"name": "ActivitiesAccess", "enabled": True}
    grant(limited, READER, {"fullName": "See", "userPermissions": [access]})
    assert limited.query("SELECT Id FROM Task LIMIT 1")
    task = {"Subject": "Call", "WhoId": main["contact"]}
    assert limited.call("POST", "sobjects/Task", task).status_code == 400
    edit = {"name": "EditTask", "enabled": True}
    who = {"field": "Task.WhoId", "readable": True, "editable": True}
    grant(limited, {"fullName": "Do", "userPermissions": [edit], "fieldPermissions": [who]})
    assert limited.call("POST", "sobjects/Task", task).status_code == 201
    event = {"Subject": "Meet", "StartDateTime": "2026-11-20T10:00:00Z", "DurationInMinutes": 5}
    assert limited.call("POST", "sobjects/Event", event).status_code == 400


def test_activity_fields_are_granted_as_those_of_task(limited: Client) -> None:
    """X16: permission sets name them `Task.X`, and mean Events as well; with the namespace too."""
    names = ("ActivitiesAccess", "EditTask", "EditEvent")
    users = [{"name": name, "enabled": True} for name in names]
    field = {"field": "Task.Inlay_Kind__c", "readable": True, "editable": True}
    grant(limited, {"fullName": "Do", "userPermissions": users, "fieldPermissions": [field]})
    for name in ("Task", "Event"):
        body = limited.call("GET", f"sobjects/{name}/describe").json()
        found = {each["name"] for each in body["fields"]}
        assert "Inlay_Kind__c" in found
        assert "Inlay_Key__c" not in found
    limited.control("POST", "namespace", {"namespace": "ns"})
    field = {"field": "Task.ns__Inlay_Key__c", "readable": True}
    grant(limited, {"fullName": "Key", "fieldPermissions": [field]})
    fields = limited.call("GET", "sobjects/Event/describe").json()["fields"]
    assert {"ns__Inlay_Key__c", "ns__Inlay_Kind__c"} <= {each["name"] for each in fields}


def test_contact_roles_follow_the_opportunity(limited: Client, main: dict[str, str]) -> None:
    """X16: seen by who reads opportunities, written by who edits them."""
    role = {"OpportunityId": main["opportunity"], "ContactId": main["contact"]}
    for allowed, status in (("allowRead", 400), ("allowEdit", 201)):
        perms = [{"object": "Opportunity", allowed: True}, {"object": "Contact", "allowRead": True}]
        grant(limited, {"fullName": allowed, "objectPermissions": perms})
        assert limited.query("SELECT Id FROM OpportunityContactRole LIMIT 1")
        assert limited.call("POST", "sobjects/OpportunityContactRole", role).status_code == status


def test_without_api_enabled_every_call_is_refused(rep: Client) -> None:
    """X16: 403 with the code of a real org."""
    rep.control("POST", "metadata", {"profiles": [{"fullName": "Pages only"}]})
    rep.control("POST", "assign", {"user": "rep", "profile": "Pages only"})
    answer = rep.call("GET", "limits")
    assert (answer.status_code, code(answer)) == (403, "API_DISABLED_FOR_ORG")
    rep.control("POST", "assign", {"user": "rep", "profile": "Pages only", "remove": True})
    assert rep.call("GET", "limits").status_code == 200


def test_a_packaged_permission_set_loses_what_packaging_strips(
    limited: Client, tmp_path: Path
) -> None:
    """X16: standard objects and user permissions go; custom objects, fields, permissions stay."""
    folder = tmp_path / "objects/Visit__c"
    folder.mkdir(parents=True)
    (folder / "Visit__c.object-meta.xml").write_text(
        "<CustomObject><label>Visit</label></CustomObject>"
    )
    sets = tmp_path / "permissionsets"
    sets.mkdir()
    (sets / "Shipped.permissionset-meta.xml").write_text(
        """<PermissionSet><label>Shipped</label>
        <objectPermissions><object>Contact</object><allowRead>true</allowRead></objectPermissions>
        <objectPermissions><object>Visit__c</object><allowCreate>true</allowCreate>
        <allowRead>true</allowRead></objectPermissions>
        <userPermissions><name>EditTask</name><enabled>true</enabled></userPermissions>
        <customPermissions><name>Ask</name><enabled>true</enabled></customPermissions>
        </PermissionSet>"""
    )
    body = {"folder": str(tmp_path), "packaged": True, "namespace": "acme"}
    limited.control("POST", "metadata", body)
    shown = limited.control("POST", "assign", {"user": "rep", "permission_set": "Shipped"})
    assert shown["objects"]["acme__Visit__c"] == ["read", "create"]
    assert shown["objects"]["Contact"] == []
    assert shown["user_permissions"] == ["ApiEnabled"]
    assert shown["custom_permissions"] == ["Ask"]


def test_profiles_and_sets_can_be_queried_with_view_setup(rep: Client, integration: Client) -> None:
    """X16: PermissionSetAssignment by assignee; without View Setup there is no such object."""
    grant(rep, READER)
    soql = (
        "SELECT PermissionSet.Name FROM PermissionSetAssignment"
        " WHERE Assignee.Username LIKE 'rosa.%' AND PermissionSet.IsOwnedByProfile = false"
    )
    assert [each["PermissionSet"]["Name"] for each in integration.query(soql)] == [
        "Inlay_Rep",
        "Reader",
    ]
    (user,) = rep.query("SELECT Profile.Name FROM User WHERE Username LIKE 'amir.%'")
    assert user["Profile"]["Name"] == "System Administrator"
    rep.control("POST", "assign", {"user": "rep", "profile": API_ONLY})
    assert code(rep.call("GET", "query", params={"q": soql})) == "INVALID_TYPE"


def test_a_deployed_standard_profile_changes_only_what_it_names(rep: Client) -> None:
    """X16: `Standard` is Standard User: a field and an object closed, the rest as before."""
    profile = {
        "fullName": "Standard",
        "fieldPermissions": [{"field": "Contact.Phone", "readable": False}],
        "objectPermissions": [{"object": "Lead", "allowRead": True}],
        "userPermissions": [{"name": "EditEvent", "enabled": False}],
    }
    rep.control("POST", "metadata", {"profiles": [profile]})
    assert code(rep.call("GET", "query?q=SELECT Phone FROM Contact")) == "INVALID_FIELD"
    assert rep.query("SELECT Email FROM Contact LIMIT 1")
    row = {"LastName": "X", "Company": "Y"}
    assert rep.call("POST", "sobjects/Lead", row).status_code == 400
    assert rep.call("POST", "sobjects/Task", {"Subject": "Call"}).status_code == 201
    shown = rep.control("GET", "rights?user=rep")
    assert "EditEvent" not in shown["user_permissions"]
    rep.control("POST", "metadata", {"permissionSets": [
        {"fullName": "Phones", "fieldPermissions": [{"field": "Contact.Phone", "readable": True}]}
    ]})  # fmt: skip
    rep.control("POST", "assign", {"user": "rep", "permission_set": "Phones"})
    assert rep.query("SELECT Phone FROM Contact LIMIT 1")


def test_a_set_that_nobody_defined_cannot_be_assigned(org: RunningOrg, rep: Client) -> None:
    """X16: 400 with the names there are."""
    body = {"user": "rep", "permission_set": "Nonsense"}
    answer = rep.http.post(f"{org.url}/_devorg/assign", json=body, timeout=30)
    assert answer.status_code == 400
    assert "System Administrator" in answer.json()["message"]
