"""What answers mean that an org in a box does not give: judged without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.salesforce import package
from app.salesforce.names import ActivityField, DestinationField, Names, PersonField
from app.salesforce.preflight import checks, org_checks, sharing
from app.salesforce.preflight.granted import Judge
from app.salesforce.preflight.org_checks import User
from app.salesforce.preflight.reading import Seen
from app.salesforce.preflight.result import Finding, Verdict
from app.salesforce.preflight.rights import FEATURES

_NOBODY = User("", "", "", "")
_NAMES = Names.from_seen(
    {
        "Task": [f"acme__{field}" for field in ActivityField],
        "Contact": [f"acme__{field}" for field in PersonField],
    }
)


def seen(
    describes: Mapping[str, Any] | None = None,
    rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    **one: Mapping[str, Any],
) -> Seen:
    """Answers of an org; what is not given was refused."""
    facts = {
        "package": {"object": None, "namespace": "acme"},
        "closed_status": "Done",
        "has_key_field": True,
        "writable": {},
    }
    return Seen(describes or {}, rows or {}, one, {"limits": "FORBIDDEN"}, facts, 1)


def told(found: Seen, check: str, names: Names = _NAMES) -> list[Finding]:
    return [each for each in org_checks.findings(found, names, _NOBODY) if each.check == check]


def _limits(calls: tuple[int, int], storage: tuple[int, int]) -> dict[str, Any]:
    named = {"DailyApiRequests": calls, "DataStorageMB": storage}
    return {name: {"Max": most, "Remaining": left} for name, (most, left) in named.items()}


@pytest.mark.parametrize(
    ("left", "verdict", "says"),
    [
        (500, Verdict.FINE, "500 of 1,000 MB of data storage are left: room for 256,000 activit"),
        (20, Verdict.NOTE, "room for 10,240 activities"),
        (0, Verdict.MISSING, "room for 0 activities"),
        (-3, Verdict.MISSING, "room for 0 activities"),
    ],
)
def test_storage_is_told_in_activities(left: int, verdict: Verdict, says: str) -> None:
    found = told(seen(limits=_limits((100, 90), (1000, left))), "storage")
    assert [each.verdict for each in found] == [verdict]
    assert says in found[0].sentence


def test_few_api_calls_left_are_worth_a_note_and_hidden_limits_unknown() -> None:
    low = told(seen(limits=_limits((15_000, 900), (10, 9))), "api_calls")
    assert [(each.verdict, each.sentence[:22]) for each in low] == [
        (Verdict.NOTE, "900 of 15,000 API call")
    ]
    hidden = told(seen(), "limits")
    assert [each.verdict for each in hidden] == [Verdict.UNKNOWN]
    assert "FORBIDDEN" in hidden[0].sentence


def test_limits_of_another_form_are_left_alone() -> None:
    assert told(seen(limits={"DailyApiRequests": "many"}), "api_calls") == []


def test_an_edition_that_is_not_told_and_a_sandbox() -> None:
    assert [each.verdict for each in told(seen(), "edition")] == [Verdict.UNKNOWN]
    box = seen(organization={"OrganizationType": "Unlimited Edition", "IsSandbox": True})
    assert [each.sentence for each in told(box, "edition")] == [
        "This org is a sandbox of Unlimited Edition."
    ]


def _task(**traits: bool) -> dict[str, Any]:
    usable = {"externalId": True, "unique": True, "caseSensitive": True}
    flags = {"createable": True, "updateable": True, "nillable": True, "defaultedOnCreate": False}
    key = {"name": "acme__Inlay_Key__c", "custom": True, **flags, **usable, **traits}
    return {"name": "Task", "createable": True, "updateable": True, "fields": [key]}


@pytest.mark.parametrize(
    ("traits", "says"),
    [
        ({}, ""),
        ({"unique": False}, "Task.acme__Inlay_Key__c is not unique."),
        ({"caseSensitive": False, "externalId": False},
         "is not an external id and not case-sensitive. It was made by hand"),
    ],
)  # fmt: skip
def test_a_key_made_by_hand_is_told_from_the_packages(traits: dict[str, bool], says: str) -> None:
    """E7: the key is there and unique; a case-insensitive one is no key of ours."""
    org = seen({"Task": _task(**traits)})
    found = checks.of_feature("activity_to_salesforce", org, _NAMES, ["Task"])
    missing = [each.sentence for each in found if each.verdict is Verdict.MISSING]
    assert len(missing) == (1 if says else 0)
    assert says in "".join(missing)


def test_duplicate_rules_and_closed_sharing_matter_where_people_are_edited() -> None:
    rules = [{"SobjectType": "Lead", "MasterLabel": "Strict"}]
    org = seen(
        {"Contact": {}, "Lead": {}},
        {"duplicates": rules},
        organization={"DefaultContactAccess": "ControlledByParent", "DefaultLeadAccess": "Edit",
                      "DefaultAccountAccess": "Read"},
    )  # fmt: skip
    found = list(checks.of_feature("scores", org, _NAMES, []))
    assert [(each.check, each.name) for each in found] == [
        ("sharing_edit", "Contact"), ("duplicate_rules", "Lead"),
    ]  # fmt: skip
    assert {each.verdict for each in found} == {Verdict.NOTE}
    assert list(checks.of_feature("activity_to_salesforce", org, _NAMES, [])) == []


def test_some_hidden_records_of_those_known_prove_nothing() -> None:
    org = replace(seen({"Lead": {}}), visible={"Lead": (4, 3)})
    assert sharing.sees_all(org, "Lead") is Verdict.UNKNOWN
    assert sharing.sentence(org, "Lead", Verdict.UNKNOWN).startswith("3 of 4 records of Lead")
    assert sharing.sees_all(replace(org, visible={"Lead": (4, 0)}), "Lead") is Verdict.MISSING
    assert sharing.sees_all(replace(org, visible={"Lead": (4, 4)}), "Lead") is Verdict.FINE


def test_a_field_of_a_later_release_asks_for_an_upgrade(monkeypatch: pytest.MonkeyPatch) -> None:
    """X19: an earlier version of the package is told from a right that was taken away."""
    monkeypatch.setitem(package.LATER, "Contact.Inlay_Score__c", package.Release((9, 0)))
    fields = [{"name": "acme__Inlay_Last_Engaged__c", "createable": True, "updateable": True}]
    described = {"name": "Contact", "createable": False, "updateable": True, "fields": fields}
    older = Names.from_seen(
        {
            "Task": [f"acme__{field}" for field in ActivityField],
            "Contact": ["acme__Inlay_Last_Engaged__c", "acme__Inlay_Sync_State__c"],
            "Lead": [f"acme__{field}" for field in PersonField],
            "acme__Inlay_Destination__c": [f"acme__{field}" for field in DestinationField],
        }
    )
    assert older.release == package.FIRST_RELEASE
    judge = Judge(seen({"Contact": described}), older, frozenset({"Task"}))
    findings, _ = judge.judge(FEATURES["scores"])
    told = [each.sentence for each in findings if each.name == "Contact.acme__Inlay_Score__c"]
    assert [each.partition(". ")[2] for each in told] == [
        "The package installed is older than this field: upgrade it."
    ]
