"""Custom objects and fields, from an SFDX folder and from the control API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from devorg import DevorgConfig
from devorg.config import read_command
from devorg.server import RunningOrg, running
from tests.devorg.client import Client

FIELDS: tuple[dict[str, Any], ...] = (
    {"fullName": "Level__c", "type": "Picklist", "values": ["Gold", "Silver"], "restricted": True},
    {"fullName": "Badge__c", "type": "Text", "length": 10, "unique": True, "externalId": True},
    {"fullName": "Score__c", "type": "Number", "precision": 5, "scale": 2, "defaultValue": "1.5"},
    {"fullName": "Vip__c", "type": "Checkbox", "defaultValue": "true"},
    {"fullName": "Story__c", "type": "LongTextArea", "length": 5000},
    {"fullName": "Mentor__c", "type": "Lookup", "referenceTo": "Contact",
     "relationshipName": "Pupils"},
    {"fullName": "Number__c", "type": "AutoNumber", "displayFormat": "C-{0000}"},
)  # fmt: skip


def add(client: Client, **body: Any) -> dict[str, Any]:
    answer = client.control("POST", "metadata", body)
    assert isinstance(answer, dict)
    return answer


def fields_of(client: Client, name: str) -> dict[str, dict[str, Any]]:
    body = client.call("GET", f"sobjects/{name}/describe").json()
    return {each["name"]: each for each in body["fields"]}


@pytest.fixture
def contact(rep: Client) -> Client:
    """The rep, in an org whose contacts have one field of every sort."""
    report = add(rep, object="Contact", fields=FIELDS)
    assert report["fields"] == [f"Contact.{each['fullName']}" for each in FIELDS]
    assert report["skipped"] == []
    return rep


def test_added_fields_are_described_as_what_they_are(contact: Client) -> None:
    """X16: types, lengths, flags and the default of each."""
    found = fields_of(contact, "Contact")
    assert all(found[each["fullName"]]["custom"] for each in FIELDS)
    level, badge, score = found["Level__c"], found["Badge__c"], found["Score__c"]
    assert (level["type"], level["restrictedPicklist"]) == ("picklist", True)
    assert [each["value"] for each in level["picklistValues"]] == ["Gold", "Silver"]
    assert all(badge[flag] for flag in ("externalId", "unique", "idLookup", "nillable"))
    assert (score["type"], score["precision"], score["scale"]) == ("double", 5, 2)
    assert (score["defaultValueFormula"], score["defaultedOnCreate"]) == ("1.5", True)
    number = found["Number__c"]
    assert (number["autoNumber"], number["createable"]) == (True, False)
    assert found["Mentor__c"]["relationshipName"] == "Mentor__r"
    assert not found["Story__c"]["filterable"]


def test_added_fields_are_written_and_read_by_their_rules(
    contact: Client, main: dict[str, str]
) -> None:
    """X16: defaults, auto-numbers, parents, upsert by the new external id."""
    row = {"LastName": "New", "Level__c": "Gold", "Mentor__c": main["contact"]}
    for _ in range(2):
        assert contact.call("POST", "sobjects/Contact", row).status_code == 201
    found = contact.query(
        "SELECT Level__c, Score__c, Vip__c, Number__c, Mentor__r.LastName FROM Contact"
        " WHERE LastName = 'New' ORDER BY Number__c"
    )
    assert [each["Number__c"] for each in found] == ["C-0001", "C-0002"]
    assert (found[0]["Score__c"], found[0]["Vip__c"]) == (1.5, True)
    assert found[0]["Mentor__r"]["LastName"] == "Marquez"
    path = "sobjects/Contact/Badge__c/b1"
    assert contact.call("PATCH", path, {"LastName": "Badged"}).status_code == 201
    assert contact.call("PATCH", path, {"LastName": "Badged"}).status_code == 200
    long = contact.call("POST", "sobjects/Contact", {"LastName": "X", "Badge__c": "01234567890"})
    assert long.json()[0]["errorCode"] == "STRING_TOO_LONG"
    wrong = contact.call("POST", "sobjects/Contact", {"LastName": "X", "Level__c": "Tin"})
    assert wrong.json()[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def test_a_required_field_added_while_it_runs_stops_creates_without_it(rep: Client) -> None:
    """X16: as an admin does on a Friday; a reset takes it away again."""
    row = {"Subject": "Call", "Status": "Completed"}
    assert rep.call("POST", "sobjects/Task", row).status_code == 201
    before = rep.call("GET", "sobjects/Task/describe").headers["Last-Modified"]
    team = {"fullName": "Team__c", "type": "Text", "length": 20, "required": True}
    report = add(rep, object="Activity", fields=[team])
    assert report["fields"] == ["Task.Team__c", "Event.Team__c"]
    (error,) = rep.call("POST", "sobjects/Task", row).json()
    assert (error["errorCode"], error["fields"]) == ("REQUIRED_FIELD_MISSING", ["Team__c"])
    seen = {"If-Modified-Since": before}
    assert rep.call("GET", "sobjects/Task/describe", headers=seen).status_code == 200
    rep.control("POST", "reset")
    assert rep.call("POST", "sobjects/Task", row).status_code == 201
    assert "Team__c" not in fields_of(rep, "Task")


def test_a_field_can_come_back_with_another_type_after_a_reset(rep: Client) -> None:
    """X16: the column of the old one is gone; before the reset, a change of type is refused."""
    add(rep, object="Lead", fields=[{"fullName": "Size__c", "type": "Text", "length": 5}])
    number = {"fullName": "Size__c", "type": "Number"}
    body = {"object": "Lead", "fields": [number]}
    refused = rep.http.post(f"{rep.url}/_devorg/metadata", json=body, timeout=30)
    assert (refused.status_code, refused.json()["error"]) == (400, "metadata")
    rep.control("POST", "reset")
    add(rep, object="Lead", fields=[number])
    row = {"LastName": "Ten", "Company": "Ten Ltd", "Size__c": 10}
    assert rep.call("POST", "sobjects/Lead", row).status_code == 201
    assert rep.query("SELECT Size__c FROM Lead WHERE Size__c > 9.5") == [{"Size__c": 10}]


def test_what_devorg_does_not_compute_is_told_and_left_out(rep: Client) -> None:
    """X16: formulas, roll-ups, unknown types, defaults that are formulas."""
    report = add(
        rep, object="Contact",
        fields=[
            {"fullName": "Sum__c", "type": "Number", "formula": "1 + 1"},
            {"fullName": "All__c", "type": "Summary"},
            {"fullName": "Day__c", "type": "Date", "defaultValue": "TODAY()"},
            {"fullName": "Fine__c", "type": "Date"},
        ],
    )  # fmt: skip
    assert report["fields"] == ["Contact.Fine__c"]
    assert [each["name"] for each in report["skipped"]] == [
        "Contact.Sum__c", "Contact.All__c", "Contact.Day__c",
    ]  # fmt: skip


PROJECT = {
    "objects/Visit__c/Visit__c.object-meta.xml": """
      <label>Visit</label><pluralLabel>Visits</pluralLabel>
      <nameField><type>AutoNumber</type><displayFormat>V-{000}</displayFormat></nameField>
      <enableActivities>true</enableActivities><sharingModel>ReadWrite</sharingModel>""",
    "objects/Visit__c/fields/Contact__c.field-meta.xml": """
      <fullName>Contact__c</fullName><type>Lookup</type><referenceTo>Contact</referenceTo>
      <relationshipName>Visits</relationshipName><label>Contact</label>""",
    "objects/Visit__c/fields/Day__c.field-meta.xml": """
      <fullName>Day__c</fullName><type>Date</type><required>true</required><label>Day</label>""",
    "objects/Stop__c/Stop__c.object-meta.xml": """
      <label>Stop</label><pluralLabel>Stops</pluralLabel>
      <nameField><type>Text</type><label>Stop Name</label></nameField>
      <sharingModel>ControlledByParent</sharingModel>""",
    "objects/Stop__c/fields/Visit__c.field-meta.xml": """
      <fullName>Visit__c</fullName><type>MasterDetail</type><referenceTo>Visit__c</referenceTo>
      <relationshipName>Stops</relationshipName><label>Visit</label>""",
    "objects/Activity/fields/Mood__c.field-meta.xml": """
      <fullName>Mood__c</fullName><type>Picklist</type><label>Mood</label><valueSet>
      <valueSetDefinition><value><fullName>good</fullName><default>true</default>
      <label>Good</label></value><value><fullName>bad</fullName><default>false</default>
      <label>Bad</label></value></valueSetDefinition></valueSet>""",
    "globalValueSets/Tiers.globalValueSet-meta.xml": """
      <customValue><fullName>one</fullName><default>false</default><label>One</label></customValue>
      <masterLabel>Tiers</masterLabel><sorted>false</sorted>""",
    "objects/Lead/fields/Tier__c.field-meta.xml": """
      <fullName>Tier__c</fullName><type>Picklist</type><label>Tier</label>
      <valueSet><valueSetName>Tiers</valueSetName></valueSet>""",
    "objects/Contact/recordTypes/Partner.recordType-meta.xml": """
      <fullName>Partner</fullName><active>true</active><label>Partner contact</label>""",
}
KINDS = {
    "object": "CustomObject", "field": "CustomField", "recordType": "RecordType",
    "globalValueSet": "GlobalValueSet",
}  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SFDX project on disk."""
    folder = tmp_path_factory.mktemp("project")
    for name, body in PROJECT.items():
        path = folder / "force-app/main/default" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        kind = KINDS[name.split(".")[-2].removesuffix("-meta")]
        space = "http://soap.sforce.com/2006/04/metadata"
        path.write_text(f'<?xml version="1.0"?>\n<{kind} xmlns="{space}">{body}</{kind}>')
    return folder


def test_a_project_gives_objects_that_work_like_the_standard_ones(
    rep: Client, project: Path, main: dict[str, str]
) -> None:
    """X16: create, query with parents, describe, activities, detail without an owner."""
    report = add(rep, folder=str(project))
    assert report["objects"] == ["Stop__c", "Visit__c"]
    row = {"Contact__c": main["contact"], "Day__c": "2026-11-20"}
    visit = rep.call("POST", "sobjects/Visit__c", row).json()["id"]
    stop = rep.call("POST", "sobjects/Stop__c", {"Name": "One", "Visit__c": visit})
    assert stop.status_code == 201
    (found,) = rep.query("SELECT Name, Visit__r.Name, Visit__r.Contact__r.LastName FROM Stop__c")
    assert found["Visit__r"]["Name"] == "V-001"
    assert found["Visit__r"]["Contact__r"]["LastName"] == "Marquez"
    tier = fields_of(rep, "Lead")["Tier__c"]
    assert tier["restrictedPicklist"] is True
    assert [each["label"] for each in tier["picklistValues"]] == ["One"]
    assert "OwnerId" in fields_of(rep, "Visit__c")
    assert "OwnerId" not in fields_of(rep, "Stop__c")
    task = {"Subject": "About it", "WhatId": visit}
    made = rep.call("POST", "sobjects/Task", task).json()["id"]
    (about,) = rep.query("SELECT What.Type, What.Name, Mood__c FROM Task WHERE Id = {}", made)
    assert about["What"] == {"attributes": about["What"]["attributes"], "Type": "Visit__c",
                             "Name": "V-001"}  # fmt: skip
    assert about["Mood__c"] == "good"
    children = rep.call("GET", "sobjects/Visit__c/describe").json()["childRelationships"]
    assert ("Stop__c", "Stops__r", True) in [
        (each["childSObject"], each["relationshipName"], each["cascadeDelete"]) for each in children
    ]


def test_deleting_a_parent_does_what_the_relationship_says(
    rep: Client, project: Path, main: dict[str, str]
) -> None:
    """X16: details go with their master, lookups are emptied, a restricting one holds it back."""
    add(rep, folder=str(project))
    holding = {"fullName": "Held__c", "type": "Lookup", "referenceTo": "Lead",
               "deleteConstraint": "Restrict"}  # fmt: skip
    add(rep, object="Visit__c", fields=[holding])
    made = rep.call("POST", "sobjects/Contact", {"LastName": "Gone"}).json()["id"]
    row = {"Contact__c": made, "Day__c": "2026-11-20", "Held__c": main["lead"]}
    visit = rep.call("POST", "sobjects/Visit__c", row).json()["id"]
    rep.call("POST", "sobjects/Stop__c", {"Name": "One", "Visit__c": visit})
    assert rep.call("DELETE", f"sobjects/Contact/{made}").status_code == 204
    assert rep.query("SELECT Contact__c FROM Visit__c") == [{"Contact__c": None}]
    held = rep.call("DELETE", f"sobjects/Lead/{main['lead']}")
    assert held.json()[0]["errorCode"] == "DELETE_FAILED"
    assert rep.call("DELETE", f"sobjects/Visit__c/{visit}").status_code == 204
    assert rep.query("SELECT Id FROM Stop__c") == []


def test_a_record_type_is_described_and_tells_itself_on_rows(rep: Client, project: Path) -> None:
    """X16: recordTypeInfos, RecordType rows, RecordTypeId with its default."""
    add(rep, folder=str(project))
    infos = rep.call("GET", "sobjects/Contact/describe").json()["recordTypeInfos"]
    assert [each["developerName"] for each in infos] == ["Partner", "Master"]
    made = rep.call("POST", "sobjects/Contact", {"LastName": "Typed"}).json()["id"]
    soql = "SELECT RecordTypeId, RecordType.Name FROM Contact WHERE Id = {}"
    (found,) = rep.query(soql, made)
    assert found["RecordTypeId"] == infos[0]["recordTypeId"]
    assert found["RecordType"]["Name"] == "Partner contact"


def test_a_project_of_a_package_carries_its_namespace(rep: Client, project: Path) -> None:
    """X16: objects, fields, relationships and references between them."""
    report = add(rep, folder=str(project), namespace="acme")
    assert report["objects"] == ["acme__Stop__c", "acme__Visit__c"]
    assert "Task.acme__Mood__c" in report["fields"]
    row = {"acme__Day__c": "2026-11-20"}
    visit = rep.call("POST", "sobjects/acme__Visit__c", row).json()["id"]
    stop = {"Name": "One", "acme__Visit__c": visit}
    assert rep.call("POST", "sobjects/acme__Stop__c", stop).status_code == 201
    (found,) = rep.query("SELECT acme__Visit__r.Name FROM acme__Stop__c")
    assert found["acme__Visit__r"]["Name"] == "V-001"
    assert rep.call("GET", "sobjects/Visit__c/describe").status_code == 404


def test_an_org_can_start_with_a_project_and_keep_it(project: Path, tmp_path: Path) -> None:
    """X16: `--metadata`; rows of a custom object outlive the process, a reset keeps the object."""
    config = DevorgConfig(data_path=tmp_path / "org.sqlite", metadata=project)
    with running(config) as org:
        client = Client(org, "rep")
        assert client.call("POST", "sobjects/Visit__c", {"Day__c": "2026-11-20"}).ok
    assert read_command(["--metadata", str(project)], {}).org.metadata == project
    with running(config) as org:
        client = Client(org, "rep")
        assert "Visit__c.Day__c" in client.control("GET", "metadata")["fields"]
        assert len(client.query("SELECT Id FROM Visit__c")) == 1
        client.control("POST", "reset")
        assert client.query("SELECT Id FROM Visit__c") == []


def test_a_folder_that_is_none_is_refused(org: RunningOrg, rep: Client, tmp_path: Path) -> None:
    """X16: 400 with a sentence; a broken file names itself."""
    body = {"folder": str(tmp_path / "missing")}
    assert rep.http.post(f"{org.url}/_devorg/metadata", json=body, timeout=30).status_code == 400
    path = tmp_path / "objects/Lead/fields/Broken__c.field-meta.xml"
    path.parent.mkdir(parents=True)
    path.write_text("<CustomField>")
    answer = rep.http.post(
        f"{org.url}/_devorg/metadata", json={"folder": str(tmp_path)}, timeout=30
    )
    assert answer.status_code == 400
    assert "Broken__c.field-meta.xml" in answer.json()["message"]
