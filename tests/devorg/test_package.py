"""The package in the org: its own metadata, its permission sets, other versions of it, none."""

# ruff: noqa: S608 - SOQL put together from names of fields

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from devorg import DevorgConfig
from devorg.errors import ConfigError
from devorg.package import FOLDER, PackageSource, source_of
from devorg.schema import STANDARD
from devorg.server import RunningOrg
from tests.devorg.client import Client

API_ONLY = "Minimum Access - API Only Integrations"
NAMESPACES = pytest.mark.parametrize("namespace", [None, "inl"])
FILES = FOLDER / "force-app" / "main" / "default" / "objects"


@pytest.fixture
def prefix(rep: Client, namespace: str | None) -> str:
    """The package under a namespace, or under none; the prefix of its names."""
    rep.control("POST", "namespace", {"namespace": namespace})
    return f"{namespace}__" if namespace else ""


@pytest.fixture
def writer(org: RunningOrg) -> Client:
    """The integration user with the packaged set and the set of activities, and nothing else."""
    client = Client(org, "integration")
    client.control("POST", "assign", {"user": "integration", "profile": API_ONLY})
    client.control(
        "POST", "assign", {"user": "integration", "permission_set": "Inlay_Activity_Access"}
    )
    return client


def fields_of(client: Client, name: str) -> dict[str, dict[str, Any]]:
    described = client.call("GET", f"sobjects/{name}/describe").json()
    return {each["name"]: each for each in described["fields"]}


def code(answer: Any) -> str:
    return str(answer.json()[0]["errorCode"])


@NAMESPACES
def test_every_field_of_the_metadata_is_described(rep: Client, prefix: str) -> None:
    """X16, C5: one source, the package's files; Activity's fields are Task's and Event's."""
    seen = 0
    for path in FILES.glob("*/fields/*.field-meta.xml"):
        owner, name = path.parent.parent.name, path.name.partition(".")[0]
        objects = {"Activity": ["Task", "Event"], "Inlay_Destination__c": [f"{prefix}{owner}"]}
        for sobject in objects.get(owner, [owner]):
            assert fields_of(rep, sobject)[f"{prefix}{name}"]["custom"] is True
            seen += 1
    assert seen == len(list(FILES.glob("*/fields/*"))) + len(list(FILES.glob("Activity/fields/*")))
    key = fields_of(rep, "Task")[f"{prefix}Inlay_Key__c"]
    assert {name: key[name] for name in ("externalId", "unique", "caseSensitive", "length")} == {
        "externalId": True, "unique": True, "caseSensitive": True, "length": 80,
    }  # fmt: skip


@NAMESPACES
def test_the_quick_glance_is_computed_and_nobody_writes_it(
    rep: Client, main: dict[str, str], prefix: str
) -> None:
    """L10: the link to the component, of this namespace, with the record's id."""
    name = f"{prefix}Inlay_Quick_Glance__c"
    field = fields_of(rep, "Contact")[name]
    flags = ("calculated", "createable", "updateable", "htmlFormatted", "filterable", "groupable")
    assert [field[flag] for flag in flags] == [True, False, False, True, True, False]
    (row,) = rep.query(f"SELECT {name} FROM Contact WHERE Id = {{}}", main["contact"])
    ns = prefix or "c__"
    assert row[name] == (
        f'<a href="/lightning/cmp/{ns}inlayQuickGlance?{ns}recordId={main["contact"]}'
        f'&{ns}sObjectName=Contact" target="_blank">Inlay</a>'
    )
    refused = rep.call("PATCH", f"sobjects/Contact/{main['contact']}", {name: "x"})
    assert code(refused) == "INVALID_FIELD_FOR_INSERT_UPDATE"


@NAMESPACES
def test_destinations_are_upserted_related_and_private(
    rep: Client, org: RunningOrg, main: dict[str, str], prefix: str
) -> None:
    """C5: lookups, children, paths, attributes and addresses carry the namespace alike."""
    name, key = f"{prefix}Inlay_Destination__c", f"sobjects/{prefix}Inlay_Destination__c"
    row = {"Name": "Launch plan", f"{prefix}Contact__c": main["contact"], f"{prefix}Views__c": 3}
    made = rep.call("PATCH", f"{key}/{prefix}External_Id__c/d-1", row)
    assert made.status_code == 201, made.text
    assert f"/sobjects/{name}/" in made.headers["Location"]
    found = rep.call("GET", "query", params={"q": f"SELECT {prefix}Contact__r.Id FROM {name}"})
    record = found.json()["records"][0]
    assert record["attributes"]["type"] == name
    assert record[f"{prefix}Contact__r"]["Id"] == main["contact"]
    children = f"SELECT (SELECT Id FROM {prefix}Inlay_Destinations__r) FROM Contact WHERE Id = {{}}"
    (contact,) = rep.query(children, main["contact"])
    assert contact[f"{prefix}Inlay_Destinations__r"]["totalSize"] == 1
    described = rep.call("GET", "sobjects/Contact/describe").json()
    assert name in {each["childSObject"] for each in described["childRelationships"]}
    for alias, seen in (("partial", 0), ("admin", 1)):
        assert len(Client(org, alias).query(f"SELECT Id FROM {name}")) == seen


@NAMESPACES
def test_who_has_the_packaged_and_the_activity_set_writes_activities(
    writer: Client, main: dict[str, str], prefix: str
) -> None:
    """C5: upsert by the key, with who and what."""
    key = f"{prefix}Inlay_Key__c"
    row = {
        "Subject": "Opened the proposal", "Status": "Completed", "Description": "From Inlay",
        "WhoId": main["contact"], "WhatId": main["opportunity"], f"{prefix}Inlay_Kind__c": "visit",
    }  # fmt: skip
    assert writer.call("PATCH", f"sobjects/Task/{key}/k1", row).status_code == 201
    assert writer.call("PATCH", f"sobjects/Task/{key}/k1", row).status_code == 200
    (task,) = writer.query(f"SELECT WhoId, WhatId, {key} FROM Task WHERE {key} = 'k1'")
    assert task == {"WhoId": main["contact"], "WhatId": main["opportunity"], key: "k1"}
    assert writer.query("SELECT Id, Email, AccountId FROM Contact LIMIT 1")


@NAMESPACES
def test_who_has_the_packaged_and_the_activity_set_writes_nothing_else(
    writer: Client, main: dict[str, str], prefix: str
) -> None:
    """C5: of the customer's records none, not even the package's own fields on them."""
    for name in ("Contact", "Lead", "Account", "Opportunity"):
        refused = writer.call("POST", f"sobjects/{name}", {"Name": "X", "LastName": "X"})
        assert code(refused) == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
        changed = writer.call("PATCH", f"sobjects/{name}/{main[name.lower()]}", {})
        assert changed.status_code == 403, name
    score = {f"{prefix}Inlay_Score__c": 5}
    refused = writer.call("PATCH", f"sobjects/Contact/{main['contact']}", score)
    assert refused.status_code == 403
    assert writer.call("DELETE", f"sobjects/Contact/{main['contact']}").status_code == 403
    assert code(writer.call("GET", "sobjects/Campaign/describe")) == "NOT_FOUND"
    assert "Phone" not in fields_of(writer, "Contact")


def test_without_the_activity_set_nothing_standard_is_left(writer: Client) -> None:
    """C5: packaging strips standard objects, standard fields and user permissions."""
    body = {"user": "integration", "permission_set": "Inlay_Activity_Access", "remove": True}
    shown = writer.control("POST", "assign", body)
    assert shown["user_permissions"] == ["ApiEnabled"]
    may = {name: actions for name, actions in shown["objects"].items() if "edit" in actions}
    assert list(may) == ["Inlay_Destination__c"]
    assert code(writer.call("GET", "query?q=SELECT Id FROM Task")) == "INVALID_TYPE"


def test_an_org_without_the_package_knows_nothing_of_it(
    rep: Client, main: dict[str, str], org: RunningOrg
) -> None:
    """X16: uninstalled, with its data; installed anew, empty and with its sets."""
    task = {"Subject": "Seen", "Inlay_Key__c": "k1", "WhoId": main["contact"]}
    assert rep.call("POST", "sobjects/Task", task).status_code == 201
    shown = rep.control("POST", "package", {"installed": False})
    assert (shown["installed"], shown["version"]) == (False, None)
    for name in ("Task", "Contact", "Lead"):
        assert not [field for field in fields_of(rep, name) if "Inlay" in field]
    assert rep.call("GET", "sobjects/Inlay_Destination__c/describe").status_code == 404
    assert rep.http.get(f"{rep.url}/services/apexrest/inlay/me", timeout=30).status_code == 404
    assert rep.control("GET", "rights?user=rep")["permission_sets"] == []
    assert rep.http.get(f"{org.url}/lightning/r/Contact/{main['contact']}/view", timeout=30).ok
    assert rep.control("POST", "package", {})["version"] == source_of(FOLDER).version
    assert rep.query("SELECT Id FROM Task WHERE Inlay_Key__c != null") == []
    assert rep.control("GET", "rights?user=rep")["permission_sets"] == ["Inlay_Rep"]


@NAMESPACES
def test_an_older_version_lacks_what_came_later(rep: Client, prefix: str) -> None:
    """X16: a field on every object, or on one; the version is told by the REST resource."""
    without = ["Inlay_Key__c", "Contact.Inlay_Score__c"]
    rep.control("POST", "package", {"version": "0.0.9", "without": without})
    for name in ("Task", "Event"):
        assert f"{prefix}Inlay_Key__c" not in fields_of(rep, name)
        assert f"{prefix}Inlay_Kind__c" in fields_of(rep, name)
    assert f"{prefix}Inlay_Score__c" not in fields_of(rep, "Contact")
    assert f"{prefix}Inlay_Score__c" in fields_of(rep, "Lead")
    path = f"/services/apexrest/{prefix.replace('__', '/')}inlay/me"
    assert rep.http.get(rep.url + path, timeout=30).json()["packageVersion"] == "0.0.9"
    rep.control("POST", "package", {})
    assert f"{prefix}Inlay_Key__c" in fields_of(rep, "Task")


def test_what_the_package_never_had_cannot_be_lacking(rep: Client) -> None:
    """X16: a mistyped name is refused, so that no test passes by mistake."""
    for body in ({"without": ["Inlay_Kee__c"]}, {"without": "x"}, {"installed": "no"}):
        answer = rep.http.post(f"{rep.url}/_devorg/package", json=body, timeout=30)
        assert (answer.status_code, set(answer.json())) == (400, {"error", "message"})
    assert rep.control("GET", "package")["without"] == []


def test_own_fields_of_a_packaged_name_keep_theirs(rep: Client) -> None:
    """X16: `Contact.Link__c` of the customer is no `inl__Link__c`, whatever a Destination has."""
    rep.control("POST", "namespace", {"namespace": "inl"})
    mine = {"fullName": "Link__c", "type": "Text", "length": 20}
    rep.control("POST", "metadata", {"object": "Contact", "fields": [mine]})
    assert "Link__c" in fields_of(rep, "Contact")
    assert "inl__Link__c" in fields_of(rep, "inl__Inlay_Destination__c")
    assert code(rep.call("GET", "sobjects/Inlay_Destination__c/describe")) == "NOT_FOUND"


def test_nothing_of_the_package_is_left_out() -> None:
    """C5: devorg understands each object, field and permission set of the folder."""
    changes = source_of(FOLDER).into(STANDARD, None)
    assert changes.skipped == []
    assert sorted(changes.permission_sets) == ["Inlay_Admin", "Inlay_Integration", "Inlay_Rep"]


def test_a_folder_that_is_no_package_is_refused(tmp_path: Path) -> None:
    """X16: with the folder's name, before anything is served."""
    with pytest.raises(ConfigError, match="is not the folder of the package"):
        PackageSource(tmp_path)
    assert DevorgConfig(package=None).package is None
