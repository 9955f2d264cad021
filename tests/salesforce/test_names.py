"""X19: the package's names, with the namespace of the customer's org and without."""

from __future__ import annotations

from typing import Any

import pytest

from app.salesforce.names import ActivityField, Names, PackageMissing


def _fields(*names: str) -> list[dict[str, Any]]:
    return [{"name": name} for name in ("Id", "Subject", *names)]


@pytest.mark.parametrize("prefix", ["", "acme__"])
def test_names_are_found_with_and_without_a_namespace(prefix: str) -> None:
    names = Names.from_fields(_fields(*(f"{prefix}{field}" for field in ActivityField)))
    assert names.api(ActivityField.KEY) == f"{prefix}Inlay_Key__c"
    assert all(names.logical(names.api(field)) is field for field in ActivityField)


def test_a_name_is_found_in_any_case() -> None:
    names = Names.from_fields(_fields("acme__Inlay_Key__c"))
    assert names.logical("ACME__inlay_key__C") is ActivityField.KEY
    assert names.logical("Inlay_Key__c") is None


def test_the_package_is_preferred_to_fields_made_by_hand_and_never_mixed() -> None:
    names = Names.from_fields(
        _fields("Inlay_Key__c", "Inlay_Kind__c", "acme__Inlay_Key__c", "acme__Inlay_Link__c")
    )
    assert names.api(ActivityField.KEY) == "acme__Inlay_Key__c"
    assert ActivityField.KIND not in names
    assert names.row({ActivityField.KIND: "call", ActivityField.LINK: "u"}) == {
        "acme__Inlay_Link__c": "u"
    }


def test_another_field_with_a_like_ending_is_not_ours() -> None:
    assert ActivityField.KEY not in Names.from_fields(_fields("My_Inlay_Key__c"))


def test_a_missing_field_is_named() -> None:
    with pytest.raises(PackageMissing) as caught:
        Names({}).api(ActivityField.LINK)
    assert caught.value.fields == ("Inlay_Link__c",)


def test_names_survive_being_kept() -> None:
    names = Names.from_fields(_fields("acme__Inlay_Key__c", "acme__Inlay_Occurred_At__c"))
    assert Names.of({"names": names.facts()}) == names
