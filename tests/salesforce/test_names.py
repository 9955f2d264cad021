"""X19: the package's names, with the namespace of the customer's org and without."""

from __future__ import annotations

from typing import Any

import pytest

from app.salesforce.names import (
    ActivityField,
    DestinationField,
    Names,
    PackageMissing,
    PersonField,
    everything,
    ours,
    own_objects,
)


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
    assert Names.of(names.facts()) == names


def _seen(prefix: str) -> dict[str, list[str]]:
    """What the describes of an org with the whole package show."""
    return {
        "Task": [f"{prefix}{field}" for field in ActivityField],
        "Contact": [f"{prefix}{field}" for field in PersonField],
        "Lead": [f"{prefix}{field}" for field in PersonField],
        f"{prefix}Inlay_Destination__c": [f"{prefix}{field}" for field in DestinationField],
    }


@pytest.mark.parametrize("prefix", ["", "Acme__"])
def test_every_name_of_the_package_is_known_both_ways(prefix: str) -> None:
    names = Names.of(Names.from_seen(_seen(prefix)).facts())
    assert names.destination.sobject == f"{prefix}Inlay_Destination__c"
    assert names.person("Lead").api(PersonField.SCORE) == f"{prefix}Inlay_Score__c"
    assert names.destination.logical(f"{prefix}views__c") is DestinationField.VIEWS
    assert names.missing() == []
    assert names.release == (0, 1)
    assert names.me == f"/services/apexrest/{prefix.removesuffix('__')}/inlay/me".replace("//", "/")
    assert names.expected("Link__c") == f"{prefix}Link__c"


def test_what_is_hidden_or_older_is_missing_and_the_release_is_not_claimed() -> None:
    """X19: describe cannot tell an older package from a hidden field, and does not pretend to."""
    seen = _seen("acme__")
    seen["Contact"].remove("acme__Inlay_Score__c")
    names = Names.from_seen(seen)
    assert names.missing() == [("Contact", PersonField.SCORE)]
    assert names.release is None
    assert names.is_installed
    with pytest.raises(PackageMissing):
        names.contact.api(PersonField.SCORE)


def test_a_package_without_the_key_keeps_its_namespace() -> None:
    seen = _seen("acme__")
    seen["Task"].remove("acme__Inlay_Key__c")
    names = Names.from_seen(seen)
    assert ActivityField.KEY not in names
    assert names.api(ActivityField.LINK) == "acme__Inlay_Link__c"
    assert names.lead.api(PersonField.SYNC_STATE) == "acme__Inlay_Sync_State__c"


def test_nothing_of_the_package_is_no_package() -> None:
    names = Names.from_seen({"Task": [], "Contact": ["Level__c"]})
    assert not names.is_installed
    assert names.release is None
    assert len(names.missing()) == len(list(everything()))
    with pytest.raises(PackageMissing):
        _ = names.destination.sobject


def test_facts_of_an_earlier_version_of_the_service_can_be_read() -> None:
    names = Names.of({"names": {"key": "acme__Inlay_Key__c"}})
    assert names.api(ActivityField.KEY) == "acme__Inlay_Key__c"
    assert not names.destination.has_object


def test_the_packages_object_is_told_by_its_relatives() -> None:
    children = [
        {"childSObject": name}
        for name in ("acme__Inlay_Destination__c", "acme__Inlay_Destination__c", "My_Inlay_X__c")
    ]
    assert own_objects([*children, {"childSObject": "Task"}]) == {"acme__Inlay_Destination__c"}
    assert ours("Contact", _fields("a__Inlay_Score__c", "Link__c")) == ["a__Inlay_Score__c"]
