"""Lists of addresses and domains: how they may be typed, and whom they mean (X12)."""

from __future__ import annotations

import pytest

from app.orgs.gates import MOST_ENTRIES, TooManyEntriesError, entries_of, is_listed


def test_a_list_is_typed_as_people_type_them() -> None:
    """Blanks, lines, commas and semicolons; capitals, @ and *. before a domain; each once."""
    typed = " Ada@Acme.example,\r\n@ACME.example; *.acme.example\nmüller.example\t"
    entries = entries_of(typed)
    assert entries == ("ada@acme.example", "acme.example", "xn--mller-kva.example")
    assert entries_of(entries) == entries
    assert entries_of("") == ()


@pytest.mark.parametrize(
    "typed", ["acme", "ada@", "@", "ada@acme", "a b@acme", "<x>@acme.example", "*.", "a..example",
              "-a.example", "http://acme.example", "acme.example/", "*", "x" * 400 + ".example"],
)  # fmt: skip
def test_what_is_neither_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        entries_of(typed)


def test_a_list_has_an_end() -> None:
    entries_of(" ".join(f"a{n}.example" for n in range(MOST_ENTRIES)))
    with pytest.raises(TooManyEntriesError):
        entries_of(" ".join(f"a{n}.example" for n in range(MOST_ENTRIES + 1)))


@pytest.mark.parametrize(
    ("email", "is_in"),
    [
        ("ada@acme.example", True), ("ben@acme.example", False), ("carl@brightwater.example", True),
        ("carl@eu.brightwater.example", True), ("carl@notbrightwater.example", False),
        ("carl@brightwater.example.evil.example", False), ("x@müller.example", True),
        ("x@xn--mller-kva.example", True), ("x@a..example", False), ("x@example", False),
        ("x@brightwater.example.", True), ("x@brightwater.example\u3002", True),
        ("x@\uff42rightwater\uff0eexample", True), (f"x@{'a' * 64}.brightwater\uff61example", True),
        ("x@bright\u00adwater.example", True), ("x@brightwater\uff0eexample.evil.example", False),
    ],
)  # fmt: skip
def test_a_domain_means_those_below_it_and_an_address_nobody_else(email: str, is_in: bool) -> None:
    entries = entries_of("ada@acme.example brightwater.example müller.example")
    assert is_listed(email, entries) is is_in
