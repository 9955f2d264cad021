"""C1: one record has one id, whichever form was sent."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas.ids import sobject_of, to_18

SHORT = st.text(string.ascii_letters + string.digits, min_size=15, max_size=15)


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("00D000000000001", "00D000000000001EAA"),
        ("003000000000001", "003000000000001AAA"),
        ("ABCDEFGHIJKLMNO", "ABCDEFGHIJKLMNO555"),
        ("aaaaaAaaaaaaaaA", "aaaaaAaaaaaaaaAABQ"),
        ("001A0000006Vm9r", "001A0000006Vm9rIAC"),  # of Salesforce's documentation
    ],
)
def test_known_ids(short: str, full: str) -> None:
    assert to_18(short) == to_18(full) == full


@given(SHORT)
def test_the_long_form_is_stable_and_differs_by_case_only_in_case(short: str) -> None:
    """C1: two ids that differ only in case get different 18-character forms, compared caseless."""
    full = to_18(short)
    assert full[:15] == short
    assert to_18(full) == full
    swapped = short.swapcase()
    if swapped != short:
        assert to_18(swapped).lower() != full.lower()


@given(st.text())
def test_anything_else_is_a_value_error(text: str) -> None:
    try:
        assert to_18(text)[:15] == text[:15]
    except ValueError:
        return
    assert len(text) in (15, 18)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "003",
        "003000000000001AAB",
        "00300000000000é",
        "003000000000001\n",
        "０" * 15,
        "003000000000001aaa",
        None,
        3,
    ],
)
def test_refused_ids(bad: object) -> None:
    with pytest.raises(ValueError, match="Salesforce id"):
        to_18(bad)  # type: ignore[arg-type]


def test_objects_by_key_prefix() -> None:
    assert sobject_of("00Q000000000001EAA") == "Lead"
    assert sobject_of("500000000000001AAA") is None
