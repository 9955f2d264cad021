"""Probes of single records: how texts are counted, what a refusal says, what a relation reads."""

# ruff: noqa: S608 - queries of ids and names that the suite made itself

from __future__ import annotations

from typing import Any

from tests.contract.assumptions import NOT_RUN, Finding, found
from tests.contract.keys import key_fields
from tests.contract.org import Org

_DAY = "2026-03-01"
_MIDNIGHT = f"{_DAY}T00:00:00"
_ANCHOR = 'target="_blank"'
#: What Salesforce says of a value whose holder the user may not see.
_HIDDEN = "<unknown> duplicates value on record with id: <unknown>"


def text_is_counted_in_utf_16(org: Org, _limited: Org | None) -> Finding:
    """A subject of 150 signs that are two units each."""
    org.needs("Task", "createable", "Subject")
    name = org.name()
    answer = org.call("POST", "sobjects/Task", {"Subject": name + "😀" * 150})
    if answer.status_code == 201:
        shown = org.read("Task", org.note(answer.json()["id"]), "Subject")["Subject"]
        return found(False, f"taken; of 150 emoji it shows {shown.count('😀')}")
    return found(codes(answer.json()) == {"STRING_TOO_LONG"}, f"the Task: {answer.json()}")


def all_day_event_is_of_its_utc_day(org: Org, _limited: Org | None) -> Finding:
    """An event of the whole first of March, as Inlay writes a digest."""
    org.needs("Event", "createable", "Subject", "IsAllDayEvent")
    body = {"StartDateTime": f"{_MIDNIGHT}.000Z", "DurationInMinutes": 1440, "IsAllDayEvent": True}
    answer = org.call("POST", "sobjects/Event", {"Subject": org.name(), **body})
    if answer.status_code != 201:
        return found(False, f"refused with {', '.join(codes(answer.json()))}")
    event = org.note(answer.json()["id"])
    shown = org.read("Event", event, "ActivityDate", "IsAllDayEvent", "DurationInMinutes")
    told = (shown["ActivityDate"], shown["IsAllDayEvent"], shown["DurationInMinutes"])
    return found(told == (_DAY, True, 1440), f"it shows {told}")


def owner_of_a_lead_tells_whether_active(org: Org, _limited: Org | None) -> Finding:
    """The owner of a lead may be a queue, so the relation leads to no object of its own."""
    org.needs("Lead", "createable", "LastName", "Company")
    lead = org.create("Lead", LastName=org.name(), Company=org.name())
    soql = f"SELECT OwnerId, Owner.IsActive FROM Lead WHERE Id = '{lead}'"
    answer = org.call("GET", "query", params={"q": soql})
    if answer.status_code != 200:
        return found(False, f"refused with {', '.join(codes(answer.json()))}")
    (row,) = answer.json()["records"]
    if not row["OwnerId"].startswith("005"):
        return Finding(NOT_RUN, "an assignment rule gave the lead to a queue")
    return found((row["Owner"] or {}).get("IsActive") is True, f"the owner is {row['Owner']}")


def hyperlink_reads_as_anchor(org: Org, _limited: Org | None) -> Finding:
    """The packaged link field of a contact."""
    fields = [name for name in org.fields("Contact") if name.endswith("Inlay_Quick_Glance__c")]
    if not fields:
        return Finding(NOT_RUN, "needs the package")
    contact = org.create("Contact", LastName=org.name())
    shown = org.read("Contact", contact, fields[0])[fields[0]]
    holds = shown.startswith("<a href=") and _ANCHOR in shown and shown.endswith("</a>")
    return found(holds, f"it reads {shown}")


def id_tokens_are_issued_by_the_host(org: Org, _limited: Org | None) -> Finding:
    """What the org's own OpenID discovery calls its issuer; the token itself needs a browser."""
    answer = org.call("GET", "/.well-known/openid-configuration")
    if answer.status_code != 200:
        return Finding(NOT_RUN, f"the discovery answers {answer.status_code}")
    issuer = answer.json().get("issuer")
    return found(issuer == org.url, f"the issuer is {issuer}")


def missing_right_to_create_is_named(_org: Org, limited: Org | None) -> Finding:
    """A Task by a user who may not create one (Edit Tasks is taken away)."""
    if limited is None or (limited.describe("Task") or {}).get("createable"):
        return Finding(NOT_RUN, "needs ORG_LIMITED_TOKEN, of a user without Edit Tasks")
    answer = limited.call("POST", "sobjects/Task", {"Subject": limited.name()})
    holds = codes(answer.json()) == {"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"}
    words = "entity type cannot be inserted" in answer.text.lower()
    return found(holds and words, f"the Task: {answer.json()}")


def deleted_destination_keeps_its_key(org: Org, _limited: Org | None) -> Finding:
    """An upsert by the key of a Destination's record that is in the recycle bin."""
    listed = org.get("sobjects")["sobjects"]
    names = [each["name"] for each in listed if each["name"].endswith("Inlay_Destination__c")]
    keys = key_fields(org, names[0]) if names else []
    if not keys:
        return Finding(NOT_RUN, "needs the package")
    key, path = org.name(), f"sobjects/{names[0]}"
    record = org.create(names[0], Name=key, **{keys[0]: key})
    org.call("DELETE", f"{path}/{record}")
    answer = org.call("PATCH", f"{path}/{keys[0]}/{key}", {"Name": key})
    if answer.status_code < 300:
        org.note(answer.json()["id"])
        return found(False, f"a {answer.status_code}: the deleted one does not hold the key")
    holds = codes(answer.json()) == {"DUPLICATE_VALUE"} and keys[0] in answer.text
    return found(holds, f"the upsert: {answer.json()}")


def hidden_holder_is_called_unknown(org: Org, limited: Org | None) -> Finding:
    """A key that is on a Task which the second user does not see."""
    fields = key_fields(org, "Task")
    if not fields or limited is None or fields[0] not in limited.fields("Task"):
        return Finding(NOT_RUN, "needs ORG_LIMITED_TOKEN, of a user who may write the key")
    key = org.name()
    task = org.create("Task", Subject=org.name(), **{fields[0]: key})
    if limited.call("GET", f"sobjects/Task/{task}").status_code == 200:
        return Finding(NOT_RUN, "needs activities that are private: the user sees the Task")
    answer = limited.call("POST", "sobjects/Task", {"Subject": org.name(), fields[0]: key})
    if answer.status_code == 201:
        org.note(answer.json()["id"])
        return found(False, "two Tasks have the key")
    holds = codes(answer.json()) == {"DUPLICATE_VALUE"} and _HIDDEN in answer.text
    return found(holds, f"the Task: {answer.json()}")


def codes(errors: Any) -> set[str]:
    """Error codes of an answer that is a refusal."""
    return {str(each.get("errorCode")) for each in errors} if isinstance(errors, list) else set()
