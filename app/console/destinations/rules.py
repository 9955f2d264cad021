"""Expiry and gate as fields of a form, of one Destination and of new ones alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from app.destinations.gate import Gate
from app.orgs.gates import MOST_ENTRIES, GateKind, TooManyEntriesError, entries_of
from app.orgs.settings import MOST_DAYS, MOST_VIEWS
from app.web.i18n import N_, _

Fields = dict[str, str]

#: How long after use: days from the first view, views.
USE: Mapping[str, int] = {"view_days": MOST_DAYS, "views": MOST_VIEWS}
GATE = ("kind", "own_link", "allow", "deny")
_LISTS = ("allow", "deny")
#: A full list of long addresses.
_LONGEST = 16_000


class Choice(NamedTuple):
    """A kind of gate: its name, and what it proves of whoever comes in."""

    value: str
    label: str
    proves: str


def choices() -> Sequence[Choice]:
    """What a page may ask of its visitors, in plain words."""
    return [choice_of(kind) for kind in _KINDS]


def choice_of(kind: GateKind) -> Choice:
    """A kind as it is shown, of a newer version too."""
    if kind in _KINDS:
        label, proves = _KINDS[kind]
        return Choice(kind.value, _(label), _(proves))
    label = _("Something that this version of Inlay does not know: it opens for nobody")
    return Choice(kind.value, label, "")


_KINDS: Mapping[GateKind, tuple[str, str]] = {
    GateKind.OPEN: (
        N_("Nothing: whoever has a link reads it"),
        N_("A link of somebody's own says to whom it was sent, not who opens it."),
    ),
    GateKind.ASK: (
        N_("An e-mail address"),
        N_(
            "Proves nothing: anybody can type anybody's. You learn who they say they are, marked "
            "as not verified; it counts for no known person but the one whose link it is."
        ),
    ),
    GateKind.LISTED: (
        N_("An e-mail address that is let in"),
        N_(
            "Keeps out who knows no such address. It does not prove that the address is theirs: "
            "Inlay sends no e-mail to check it. People with a link of their own are always on "
            "the list."
        ),
    ),
}


def typed_of(form: Mapping[str, str], names: Iterable[str]) -> Fields:
    """What was typed, as it was typed."""
    return {name: form.get(name, "").strip()[:_LONGEST] for name in names}


def gate_fields(gate: Gate) -> Fields:
    """A gate as its fields show it."""
    return {
        "kind": gate.kind.value,
        "own_link": "1" if gate.own_link else "",
        "allow": "\n".join(gate.allow),
        "deny": "\n".join(gate.deny),
    }


def gate_of(typed: Fields) -> Gate:
    """The gate that fields without a problem mean."""
    allow, deny = (entries_of(typed[name]) for name in _LISTS)
    return Gate(GateKind(typed["kind"]), bool(typed["own_link"]), allow, deny)


def gate_problems(typed: Fields) -> Fields:
    """What is wrong, by field."""
    found = {name: _wrong_list(typed[name]) for name in _LISTS}
    if typed["kind"] not in _KINDS:
        found["kind"] = _("Choose one of these.")
    return {name: words for name, words in found.items() if words}


def use_fields(view_days: int, views: int) -> Fields:
    """An expiry by use as its fields show it: empty where it does not matter."""
    return {"view_days": str(view_days or ""), "views": str(views or "")}


def number_problems(typed: Fields, limits: Mapping[str, int]) -> Fields:
    """What is wrong with whole numbers that may be left out, by field."""
    words = _("Write a whole number up to %(most)d, or leave it empty.")
    return {
        name: words % {"most": most}
        for name, most in limits.items()
        if typed[name] and not _is_number(typed[name], most)
    }


def number_of(text: str) -> int:
    """The number of a field without a problem; 0 of an empty one."""
    return int(text or 0)


def _is_number(text: str, most: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 9 and 0 < int(text) <= most


def _wrong_list(text: str) -> str:
    try:
        entries_of(text)
    except TooManyEntriesError:
        return _("At most %(most)d entries.") % {"most": MOST_ENTRIES}
    except ValueError as error:
        words = _("“%(word)s” is neither an address such as ada@example.com nor a domain.")
        return words % {"word": str(error)[:80]}
    return ""
