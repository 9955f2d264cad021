"""Describes: what clients read before they write."""

# ruff: noqa: S608 - queries of ids and names that the suite made itself

from __future__ import annotations

import pytest

from tests.contract.org import Org

_FIELD_KEYS = (
    "name label type length nillable createable updateable defaultedOnCreate filterable sortable"
    " externalId idLookup unique calculated custom picklistValues restrictedPicklist referenceTo"
    " relationshipName precision scale"
)


def test_the_global_describe_lists_objects(org: Org) -> None:
    """X16: with what the user may do with them."""
    found = org.get("sobjects")
    assert (found["encoding"], found["maxBatchSize"]) == ("UTF-8", 200)
    objects = {each["name"]: each for each in found["sobjects"]}
    assert {"Account", "Contact", "User"} <= set(objects)
    assert objects["Account"]["keyPrefix"] == "001"
    assert objects["Account"]["urls"]["sobject"] == f"{org.api}/sobjects/Account"
    assert objects["Account"]["custom"] is False


def test_an_object_is_described_with_its_fields_and_children(org: Org) -> None:
    """X16: all keys that a mapping is judged by."""
    org.needs("Account", "queryable")
    org.needs("Contact", "queryable")
    found = org.get("sobjects/Account/describe")
    assert all(set(_FIELD_KEYS.split()) <= set(each) for each in found["fields"])
    children = {each["relationshipName"]: each for each in found["childRelationships"]}
    assert children["Contacts"]["childSObject"] == "Contact"
    assert children["Contacts"]["field"] == "AccountId"


@pytest.mark.parametrize(
    ("sobject", "required"),
    [
        ("Account", {"Name"}),
        ("Contact", {"LastName"}),
        ("Lead", {"LastName", "Company"}),
        ("Opportunity", {"Name", "StageName", "CloseDate"}),
    ],
)
def test_what_a_new_record_needs_is_told(org: Org, sobject: str, required: set[str]) -> None:
    """X16: createable, not nillable, not defaulted; an org may ask for more of its own fields."""
    org.needs(sobject, "createable")
    found = {
        name
        for name, each in org.fields(sobject).items()
        if each["createable"] and not each["nillable"] and not each["defaultedOnCreate"]
    }
    assert {each for each in found if not each.endswith("__c")} == required


def test_fields_tell_what_they_are(org: Org) -> None:
    """X16: types, lengths, and which cannot be written."""
    org.needs("Contact", "createable", "LastName", "Email", "AccountId")
    fields = org.fields("Contact")
    assert (fields["LastName"]["type"], fields["LastName"]["length"]) == ("string", 80)
    assert (fields["Email"]["type"], fields["Email"]["idLookup"]) == ("email", True)
    assert fields["AccountId"]["referenceTo"] == ["Account"]
    assert fields["AccountId"]["relationshipName"] == "Account"
    assert not fields["Name"]["createable"]
    assert not fields["SystemModstamp"]["updateable"]


def test_activities_tell_their_peculiarities(org: Org) -> None:
    """X16: polymorphic who and what, a kind that is given once, text that cannot be filtered."""
    org.needs("Task", "createable", "WhoId", "WhatId", "TaskSubtype")
    fields = org.fields("Task")
    assert set(fields["WhoId"]["referenceTo"]) >= {"Contact", "Lead"}
    assert {"Account", "Opportunity"} <= set(fields["WhatId"]["referenceTo"])
    subtype = fields["TaskSubtype"]
    assert (subtype["createable"], subtype["updateable"]) == (True, False)
    assert not fields["IsClosed"]["createable"]
    assert not fields["Description"]["filterable"]


def test_an_unchanged_describe_need_not_be_sent_again(org: Org) -> None:
    """X16: 304 to who has seen it."""
    for path in ("sobjects", "sobjects/Account/describe"):
        first = org.call("GET", path)
        assert first.status_code == 200, first.text
        since = {"If-Modified-Since": first.headers["Last-Modified"]}
        again = org.call("GET", path, headers=since)
        assert (again.status_code, again.content) == (304, b"")
        old = {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}
        assert org.call("GET", path, headers=old).status_code == 200


def test_what_a_user_may_not_see_is_not_described(org: Org, limited: Org) -> None:
    """X16: with fewer rights there are fewer fields."""
    org.needs("Contact", "queryable")
    limited.needs("Contact", "queryable")
    hidden = set(org.fields("Contact")) - set(limited.fields("Contact"))
    if not hidden:
        org.cannot("the user of ORG_LIMITED_TOKEN sees every field of Contact")
    name = min(hidden)
    status, error = limited.refusal("GET", f"query?q=SELECT {name} FROM Contact")
    assert (status, error["errorCode"]) == (400, "INVALID_FIELD")
