"""The recycle bin: what goes along with a record, what lets go of it."""

from __future__ import annotations

from devorg.server import RunningOrg
from tests.devorg.client import Client


def alive(client: Client, sobject: str, **fields: str) -> list[str]:
    """Ids of live rows with these values."""
    return [
        each["Id"]
        for each in client.records(sobject)
        if not each["IsDeleted"] and all(each[name] == value for name, value in fields.items())
    ]


def test_an_account_takes_its_people_and_deals_along(rep: Client, main: dict[str, str]) -> None:
    """X16: contacts, opportunities, roles and activities; other companies' stay."""
    others = len(alive(rep, "Contact")) - len(alive(rep, "Contact", AccountId=main["account"]))
    assert alive(rep, "Task", AccountId=main["account"])
    assert rep.call("DELETE", f"sobjects/Account/{main['account']}").status_code == 204
    for sobject in ("Contact", "Opportunity", "Task"):
        assert alive(rep, sobject, AccountId=main["account"]) == []
    assert alive(rep, "OpportunityContactRole", OpportunityId=main["opportunity"]) == []
    assert len(alive(rep, "Contact")) == others > 0
    found = rep.query("SELECT Id FROM Contact WHERE IsDeleted = true", path="queryAll")
    assert main["contact"] in {each["Id"] for each in found}


def test_a_contact_takes_its_roles_and_tasks_along(rep: Client, main: dict[str, str]) -> None:
    """X16: each with the stamps of that moment; the opportunity stays."""
    rep.control("POST", "clock", {"advance_seconds": 3600})
    now = rep.control("GET", "clock")["now"][:16]
    assert rep.call("DELETE", f"sobjects/Contact/{main['contact']}").status_code == 204
    assert alive(rep, "OpportunityContactRole", ContactId=main["contact"]) == []
    gone = [each for each in rep.records("Task") if each["WhoId"] == main["contact"]]
    assert gone
    assert all(each["IsDeleted"] and each["SystemModstamp"][:16] >= now for each in gone)
    assert alive(rep, "Opportunity", Id=main["opportunity"]) == [main["opportunity"]]


def test_a_lookup_lets_go_of_a_deleted_parent(rep: Client, main: dict[str, str]) -> None:
    """X16: a subsidiary stays, without its parent."""
    body = {"Name": "Subsidiary", "ParentId": main["account"]}
    child = rep.call("POST", "sobjects/Account", body).json()["id"]
    rep.call("DELETE", f"sobjects/Account/{main['account']}")
    assert rep.call("GET", f"sobjects/Account/{child}").json()["ParentId"] is None


def test_a_deleted_record_cannot_be_pointed_at(rep: Client, main: dict[str, str]) -> None:
    """X16: ENTITY_IS_DELETED at the field."""
    rep.call("DELETE", f"sobjects/Contact/{main['contact']}")
    (error,) = rep.call("POST", "sobjects/Task", {"WhoId": main["contact"]}).json()
    assert (error["errorCode"], error["fields"]) == ("ENTITY_IS_DELETED", ["WhoId"])


def test_what_cannot_be_deleted_says_why(org: RunningOrg, main: dict[str, str]) -> None:
    """X16: no id, no row, gone already, hidden; one call, each with its own code."""
    client = Client(org, "partial")
    mine = client.call("POST", "sobjects/Contact", {"LastName": "Mine"}).json()["id"]
    wanted = ["0035e0000zzzzzz", mine, mine, main["partial_hidden_contact"]]
    results = client.call("DELETE", "composite/sobjects", params={"ids": ",".join(wanted)}).json()
    codes = [[each["statusCode"] for each in result["errors"]] for result in results]
    assert codes == [
        ["INVALID_CROSS_REFERENCE_KEY"],
        [],
        ["ENTITY_IS_DELETED"],
        ["INSUFFICIENT_ACCESS_OR_READONLY"],
    ]


def test_a_record_is_deleted_by_its_owner_or_who_may_modify_all(
    org: RunningOrg, integration: Client, rep: Client
) -> None:
    """X16: everybody may change it, with Public Read/Write; the rest may not delete it."""
    mine = integration.call("POST", "sobjects/Contact", {"LastName": "Mine"}).json()["id"]
    path = f"sobjects/Contact/{mine}"
    assert rep.call("PATCH", path, {"Title": "x"}).status_code == 204
    refused = rep.call("DELETE", path)
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (
        403,
        "INSUFFICIENT_ACCESS_OR_READONLY",
    )
    assert Client(org, "admin").call("DELETE", path).status_code == 204


def test_the_recycle_bin_can_be_emptied(rep: Client, main: dict[str, str]) -> None:
    """X16: what has been in it long enough is gone, for queryAll too."""
    rep.call("DELETE", f"sobjects/Lead/{main['lead']}")
    soql = "SELECT Id FROM Lead WHERE IsDeleted = true"
    assert rep.control("POST", "recycle-bin/empty", {"days": 15})["purged"] == {}
    assert rep.query(soql, path="queryAll") == [{"Id": main["lead"]}]
    assert rep.control("POST", "recycle-bin/empty")["purged"]["Lead"] == 1
    assert rep.query(soql, path="queryAll") == []


def test_what_went_along_comes_back_along(rep: Client, main: dict[str, str]) -> None:
    """X16: undelete; what had been deleted before stays in the bin."""
    tasks = alive(rep, "Task", WhoId=main["contact"])
    seen = rep.call("GET", f"sobjects/Account/{main['account']}").json()["LastActivityDate"]
    rep.call("DELETE", f"sobjects/Task/{tasks[0]}")
    rep.control("POST", "clock", {"advance_seconds": 60})
    rep.call("DELETE", f"sobjects/Contact/{main['contact']}")
    rep.control("POST", "clock", {"advance_seconds": 60})
    rep.control("POST", "undelete", {"record": main["contact"]})
    assert alive(rep, "Contact", Id=main["contact"]) == [main["contact"]]
    assert alive(rep, "Task", WhoId=main["contact"]) == tasks[1:]
    assert alive(rep, "OpportunityContactRole", ContactId=main["contact"])
    after = rep.call("GET", f"sobjects/Account/{main['account']}").json()["LastActivityDate"]
    assert after == seen


def test_a_system_process_moves_the_system_modstamp_alone(
    rep: Client, main: dict[str, str]
) -> None:
    """X16: a sync that polls finds a row in which nothing has changed."""
    before = rep.call("GET", f"sobjects/Contact/{main['contact']}").json()
    stamp = rep.control("POST", "touch", {"records": [main["contact"]]})["SystemModstamp"]
    after = rep.call("GET", f"sobjects/Contact/{main['contact']}").json()
    assert {**before, "SystemModstamp": stamp} == after
    assert stamp > before["SystemModstamp"]
