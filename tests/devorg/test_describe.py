"""Describe, limits, versions, usage, and the namespace in all of them."""

from __future__ import annotations

import pytest

from tests.devorg.client import Client
from tests.devorg.test_collections import task

FIELD_KEYS = (
    "aggregatable aiPredictionField autoNumber byteLength calculated calculatedFormula"
    " cascadeDelete caseSensitive compoundFieldName controllerName createable custom defaultValue"
    " defaultValueFormula defaultedOnCreate dependentPicklist deprecatedAndHidden digits"
    " displayLocationInDecimal encrypted externalId extraTypeInfo filterable filteredLookupInfo"
    " formulaTreatNullNumberAsZero groupable highScaleNumber htmlFormatted idLookup inlineHelpText"
    " label length mask maskType name nameField namePointing nillable permissionable"
    " picklistValues polymorphicForeignKey precision queryByDistance referenceTargetField"
    " referenceTo relationshipName relationshipOrder restrictedDelete restrictedPicklist scale"
    " searchPrefilterable soapType sortable type unique updateable writeRequiresMasterRead"
)
OBJECT_KEYS = (
    "actionOverrides activateable associateEntityType associateParentEntity childRelationships"
    " compactLayoutable createable custom customSetting deepCloneable defaultImplementation"
    " deletable deprecatedAndHidden extendedBy extendsInterfaces feedEnabled fields hasSubtypes"
    " implementedBy implementsInterfaces isInterface isSubtype keyPrefix label labelPlural"
    " layoutable listviewable lookupLayoutable mergeable mruEnabled name namedLayoutInfos"
    " networkScopeFieldName queryable recordTypeInfos replicateable retrieveable"
    " searchLayoutable searchable sobjectDescribeOption supportedScopes triggerable undeletable"
    " updateable urls"
)


@pytest.mark.parametrize(
    "name",
    ["Task", "Event", "Contact", "Lead", "Account", "Opportunity", "OpportunityContactRole",
     "Organization", "TaskStatus", "User"],
)  # fmt: skip
def test_a_describe_has_the_keys_of_a_real_one(rep: Client, name: str) -> None:
    """X16: of the object and of each field."""
    body = rep.call("GET", f"sobjects/{name}/describe").json()
    assert set(body) == set(OBJECT_KEYS.split())
    assert all(set(each) == set(FIELD_KEYS.split()) for each in body["fields"])
    assert body["fields"][0]["name"] == "Id"


def test_the_key_field_is_what_the_preflight_looks_for(rep: Client) -> None:
    """X16: external id, unique, case-sensitive, writable, on both activities."""
    for name in ("Task", "Event"):
        fields = rep.call("GET", f"sobjects/{name}/describe").json()["fields"]
        key = next(each for each in fields if each["name"] == "Inlay_Key__c")
        flags = "externalId unique caseSensitive createable updateable idLookup custom nillable"
        assert all(key[flag] is True for flag in flags.split())
        assert key["length"] == 80


def test_a_describe_seen_before_is_not_sent_again(rep: Client) -> None:
    """X16: 304 until the schema changes."""
    first = rep.call("GET", "sobjects/Task/describe")
    seen = {"If-Modified-Since": first.headers["Last-Modified"]}
    again = rep.call("GET", "sobjects/Task/describe", headers=seen)
    assert (again.status_code, again.text) == (304, "")
    old = {"If-Modified-Since": "Thu, 03 Sep 2020 21:35:07 GMT"}
    assert rep.call("GET", "sobjects", headers=old).status_code == 200
    unreadable = {"If-Modified-Since": "yesterday"}
    assert rep.call("GET", "sobjects", headers=unreadable).status_code == 200


def test_resources_are_listed_and_wrong_methods_refused(rep: Client) -> None:
    """X16: the identity among them."""
    assert "/id/" in rep.call("GET", "").json()["identity"]
    wrong = rep.call("PUT", "limits")
    assert (wrong.status_code, wrong.json()[0]["errorCode"]) == (405, "METHOD_NOT_ALLOWED")


def test_every_call_is_counted_and_says_so(rep: Client, main: dict[str, str]) -> None:
    """X16: by resource, ids left open; errors carry the header too; control calls are free."""
    rep.control("POST", "usage/reset")
    rep.call("GET", f"sobjects/Contact/{main['contact']}")
    failed = rep.call("GET", "query?q=nonsense")
    assert failed.headers["Sforce-Limit-Info"] == "api-usage=2/100000"
    assert rep.call("GET", "limits").json()["DailyApiRequests"]["Remaining"] == 99_997
    calls = rep.control("GET", "usage")["calls"]
    assert calls == {"sobjects/Contact/{record_id}": 1, "query": 1, "limits": 1}


def test_record_counts_leave_empty_objects_out(rep: Client) -> None:
    """X16: as the recorded exchange."""
    body = rep.call("GET", "limits/recordCount?sObjects=Account,Event,Foo").json()
    assert body == {"sObjects": [{"count": 12, "name": "Account"}]}


def test_with_a_namespace_the_packaged_names_carry_it_everywhere(
    rep: Client, main: dict[str, str]
) -> None:
    """X16: paths, bodies, SOQL, describe, error fields; the bare names are unknown."""
    before = rep.call("GET", "sobjects/Task/describe").headers["Last-Modified"]
    rep.control("POST", "namespace", {"namespace": "inlay"})
    row = task(inlay__Inlay_Key__c="t:ns", inlay__Inlay_Kind__c="visit", WhoId=main["contact"])
    path = "composite/sobjects/Task/inlay__Inlay_Key__c"
    assert rep.call("PATCH", path, {"records": [row]}).json()[0]["created"] is True
    soql = "SELECT inlay__Inlay_Kind__c FROM Task WHERE inlay__Inlay_Key__c = 't:ns'"
    assert rep.query(soql) == [{"inlay__Inlay_Kind__c": "visit"}]
    (error,) = rep.call("POST", "sobjects/Task", {"inlay__Inlay_Key__c": "t:ns"}).json()
    assert error["message"].startswith("duplicate value found: inlay__Inlay_Key__c ")
    seen = {"If-Modified-Since": before}
    described = rep.call("GET", "sobjects/Task/describe", headers=seen).json()["fields"]
    named = {each["name"] for each in described if each["custom"]}
    assert all(each.startswith("inlay__Inlay_") for each in named)
    assert any(each.get("inlay__Inlay_Key__c") == "t:ns" for each in rep.records("Task"))
    assert rep.call("GET", "query?q=SELECT Inlay_Key__c FROM Task").status_code == 400
    bare = rep.call("PATCH", "composite/sobjects/Task/Inlay_Key__c", {"records": []})
    assert bare.status_code == 404
    rep.control("POST", "namespace", {"namespace": None})
    assert rep.query("SELECT Inlay_Kind__c FROM Task WHERE Inlay_Key__c = 't:ns'")


def test_a_name_that_can_be_no_namespace_is_refused(rep: Client) -> None:
    """X16: 400 with a sentence."""
    answer = rep.http.post(f"{rep.url}/_devorg/namespace", json={"namespace": "a b"}, timeout=30)
    assert answer.status_code == 400


def test_seeding_more_is_deterministic(rep: Client) -> None:
    """X16: the same numbers give the same people, and the counts are told."""

    def grown() -> tuple[dict[str, int], list[str]]:
        rep.control("POST", "reset")
        counts = rep.control("POST", "seed", {"people": 23, "events": 50, "seed": 7})
        return counts, [each["Email"] for each in rep.records("Contact")]

    first = grown()
    assert first[0] == {"accounts": 5, "contacts": 23, "opportunities": 6, "roles": 23, "tasks": 50}
    assert grown() == first
    assert len(set(first[1])) == 63
