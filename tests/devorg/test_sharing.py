"""Record access by owner, role, org-wide default and share; UserRecordAccess."""

from __future__ import annotations

import pytest

from devorg import users
from devorg.server import RunningOrg
from tests.devorg.client import Client


def id_of(alias: str) -> str:
    user = users.find(alias)
    assert user is not None
    return user.id


@pytest.fixture
def other(integration: Client) -> Client:
    """The integration user, in an org whose leads, accounts and opportunities are private."""
    body = dict.fromkeys(("Account", "Lead", "Opportunity"), "Private")
    integration.control("POST", "sharing", {**body, "Contact": "ControlledByParent"})
    return integration


def count(client: Client, name: str) -> int:
    soql = f"SELECT COUNT() FROM {name}"  # noqa: S608 - SOQL of a test
    answer = client.call("GET", "query", params={"q": soql})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["totalSize"])


def seen(client: Client) -> dict[str, int]:
    names = ("Account", "Contact", "Lead", "Opportunity", "OpportunityContactRole", "Task")
    return {name: count(client, name) for name in names}


def test_private_records_are_seen_by_owners_and_administrators(
    org: RunningOrg, rep: Client, other: Client
) -> None:
    """X16: the rep owns all; contacts follow their accounts, roles and tasks their records."""
    everything = seen(rep)
    (org_wide,) = rep.query("SELECT DefaultLeadAccess, DefaultContactAccess FROM Organization")
    assert org_wide == {"DefaultLeadAccess": "None", "DefaultContactAccess": "ControlledByParent"}
    assert min(everything.values()) > 0
    assert set(seen(other).values()) == {0}
    assert seen(Client(org, "admin")) == everything


def test_a_manager_sees_what_people_below_own(rep: Client, other: Client) -> None:
    """X16: the role hierarchy, over more than one level."""
    other.control("POST", "role", {"user": "rep", "role": "Seller", "parent": "Team lead"})
    other.control("POST", "role", {"user": "partial", "role": "Team lead", "parent": "Director"})
    other.control("POST", "role", {"user": "integration", "role": "Director"})
    assert seen(other)["Lead"] == seen(rep)["Lead"]
    assert seen(other)["Contact"] == seen(rep)["Contact"]
    other.control("POST", "role", {"user": "integration", "role": "Seller"})
    assert seen(other)["Lead"] == 0


def test_a_share_opens_one_record_and_what_hangs_on_it(other: Client, main: dict[str, str]) -> None:
    """X16: an account opens its contacts; hiding closes again."""
    share = {"user": "integration", "record": main["account"]}
    other.control("POST", "access", {**share, "visible": True})
    assert count(other, "Account") == 1
    assert count(other, "Contact") == 5
    other.control("POST", "access", {**share, "visible": False})
    assert count(other, "Contact") == 0


def test_view_all_of_an_object_sees_all_its_records(other: Client, rep: Client) -> None:
    """X16: of that object, and of those that follow it; it edits none."""
    perms = [{"object": "Account", "viewAllRecords": True}]
    sets = [{"fullName": "Sees accounts", "objectPermissions": perms}]
    other.control("POST", "metadata", {"permissionSets": sets})
    other.control("POST", "assign", {"user": "integration", "permission_set": "Sees accounts"})
    assert seen(other)["Account"] == seen(rep)["Account"]
    assert seen(other)["Contact"] == seen(rep)["Contact"]
    assert seen(other)["Lead"] == 0
    (account, *_) = other.query("SELECT Id FROM Account LIMIT 1")
    answer = other.call("PATCH", f"sobjects/Account/{account['Id']}", {"Site": "X"})
    assert answer.json()[0]["errorCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"


def test_public_read_only_records_are_changed_by_their_owner_alone(
    rep: Client, integration: Client, main: dict[str, str]
) -> None:
    """X16: 403 with the code of a real org; upsert and delete alike."""
    integration.control("POST", "sharing", {"Lead": "Read"})
    path = f"sobjects/Lead/{main['lead']}"
    assert integration.call("GET", path).status_code == 200
    for method in ("PATCH", "DELETE"):
        answer = integration.call(method, path, {"Title": "X"} if method == "PATCH" else None)
        assert answer.status_code == 403
        assert answer.json()[0]["errorCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"
    assert rep.call("PATCH", path, {"Title": "X"}).status_code == 204


def test_private_activities_are_seen_by_all_and_changed_by_owners(
    rep: Client, integration: Client
) -> None:
    """X16: by people above them too; UserRecordAccess says the same."""
    integration.control("POST", "sharing", {"Activity": "Private"})
    (task, *_) = integration.query("SELECT Id FROM Task LIMIT 1")
    path = f"sobjects/Task/{task['Id']}"
    soql = "SELECT HasReadAccess, HasEditAccess FROM UserRecordAccess WHERE UserId = {}"
    soql += " AND RecordId = {}"

    def may() -> tuple[int, bool]:
        status = integration.call("PATCH", path, {"Subject": "X"}).status_code
        (found,) = rep.query(soql, id_of("integration"), task["Id"])
        assert found["HasReadAccess"] is True
        return status, found["HasEditAccess"]

    assert may() == (403, False)
    integration.control("POST", "role", {"user": "rep", "role": "Seller", "parent": "Lead"})
    integration.control("POST", "role", {"user": "integration", "role": "Lead"})
    assert may() == (204, True)
    models = integration.control("POST", "sharing", {"Activity": "ControlledByParent"})
    assert models["Activity"] == "ControlledByParent"


def test_sharing_models_come_with_metadata(rep: Client, integration: Client) -> None:
    """X16: of objects with owners, and of Activity for Tasks and Events."""
    objects = [
        {"fullName": "Lead", "sharingModel": "ReadWriteTransfer"},
        {"fullName": "Account", "sharingModel": "Private"},
        {"fullName": "Activity", "sharingModel": "Private"},
    ]
    report = rep.control("POST", "metadata", {"objects": objects})
    assert report["skipped"] == []
    models = rep.control("GET", "sharing")
    assert (models["Lead"], models["Account"]) == ("ReadWrite", "Private")
    (task, *_) = rep.query("SELECT Id FROM Task LIMIT 1")
    answer = integration.call("PATCH", f"sobjects/Task/{task['Id']}", {"Subject": "X"})
    assert answer.json()[0]["errorCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"


def test_user_record_access_tells_what_sharing_grants(
    rep: Client, integration: Client, main: dict[str, str]
) -> None:
    """X16: per user and record, of several objects at once."""
    integration.control("POST", "sharing", {"Lead": "Read", "Account": "Private"})
    soql = (
        "SELECT RecordId, HasReadAccess, HasEditAccess, MaxAccessLevel FROM UserRecordAccess"
        " WHERE UserId = {} AND RecordId IN ({}, {})"
    )

    def levels(alias: str) -> dict[str, tuple[bool, bool, str]]:
        found = rep.query(soql, id_of(alias), main["lead"], main["account"])
        return {
            each["RecordId"]: (
                each["HasReadAccess"], each["HasEditAccess"], each["MaxAccessLevel"]
            )
            for each in found
        }  # fmt: skip

    assert levels("integration") == {
        main["lead"]: (True, False, "Read"),
        main["account"]: (False, False, "None"),
    }
    for where in ("", " WHERE UserId = '005'", " WHERE RecordId = '003'"):
        text = "SELECT RecordId FROM UserRecordAccess" + where  # noqa: S608 - SOQL of a test
        refused = rep.call("GET", "query", params={"q": text})
        assert refused.json()[0]["errorCode"] == "MALFORMED_QUERY"
    assert levels("rep")[main["account"]] == (True, True, "All")
    mine = integration.query(soql, id_of("rep"), main["lead"], main["account"])
    assert [each["RecordId"] for each in mine] == [main["lead"]]
    assert levels("admin")[main["account"]] == (True, True, "All")
