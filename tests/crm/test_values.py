"""Normal forms of what names a person."""

from __future__ import annotations

import pytest

from app.crm.errors import UnknownPersonError
from app.crm.schemas import ContactFacts, PersonKey, person_key
from app.crm.values import normal_email, record_id


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        (" Ada@Example.COM ", "ada@example.com"),
        ("o'neil+tag@mail.example.co.uk", "o'neil+tag@mail.example.co.uk"),
        ("jörg@bücher.example", "jörg@bücher.example"),
    ],
)
def test_an_address_is_trimmed_and_lower_case(given: str, normal: str) -> None:
    assert normal_email(given) == normal


@pytest.mark.parametrize(
    "given",
    [
        "", "ada", "ada@", "@example.com", "ada@example", "a b@example.com", "a@b@example.com",
        "ada@example.com\x00", "ada@example.com\nx", f"{'a' * 65}@example.com",
        f"a@{'b' * 320}.com", "ada@example.", "<ada@example.com>",
        "\x1bada@example.com", "ada\u202e@example.com", "a\u200bda@example.com",
        "ada@example\x7f.com",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(UnknownPersonError):
        normal_email(given)


def test_a_short_id_gets_its_checksum() -> None:
    assert record_id("003D000000QOMqp") == "003D000000QOMqpIAH"


@pytest.mark.parametrize("given", ["", "003", "003D000000QOMqpIAA", "005D000000QOMqp", None])
def test_what_is_no_record_of_the_widget_is_refused(given: str | None) -> None:
    with pytest.raises(UnknownPersonError):
        record_id(given)


@pytest.mark.parametrize("given", ["006D000000QOMqp", "001D000000QOMqp"])
def test_only_contacts_and_leads_are_people(given: str) -> None:
    with pytest.raises(UnknownPersonError):
        person_key(salesforce_id=given)
    with pytest.raises(UnknownPersonError):
        ContactFacts(given)


def test_nobody_is_refused() -> None:
    with pytest.raises(UnknownPersonError):
        person_key(email="", salesforce_id="")


def test_a_key_has_the_normal_form_of_everything() -> None:
    key = person_key(email="ADA@example.com", salesforce_id="00QD000000QOMqp", name=" Ada  L. ")

    assert key == PersonKey("ada@example.com", record_id("00QD000000QOMqp"), "Ada L.")
    assert key.sobject == "Lead"
