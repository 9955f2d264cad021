"""Gates of public pages: what is asked of a visitor, and lists of e-mail addresses and domains."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from enum import StrEnum


class GateKind(StrEnum):
    """What a visitor is asked for before a page is shown.

    ``OPEN``: nothing. ``ASK``: an e-mail address, whichever it is. ``LISTED``: an address that is
    let in. None of them verifies that the address is the visitor's. ``CLOSED``: it opens
    for nobody; what the gate of a newer version is taken for, not offered to anybody.
    """

    OPEN = "open"
    ASK = "ask"
    LISTED = "listed"
    CLOSED = "closed"


#: Entries of one list; a list is read at each visit.
MOST_ENTRIES = 200
_LONGEST = 320


class TooManyEntriesError(ValueError):
    """A list has more entries than it may have."""


_BETWEEN = re.compile(r"[\s,;]+")
_LOCAL = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}")
#: Of RFC 3490: input methods write the others.
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}", re.ASCII)


def entries_of(typed: str | Iterable[str]) -> tuple[str, ...]:
    """A list in its normal form: each entry once, ``ada@acme.example`` or ``acme.example``.

    Typed text has entries between blanks, line breaks, commas or semicolons; ``@acme.example`` and
    ``*.acme.example`` are ``acme.example``.

    Raises:
        TooManyEntriesError: There are more than ``MOST_ENTRIES``.
        ValueError: Something is neither; the error holds it.
    """
    words = _BETWEEN.split(typed.strip()) if isinstance(typed, str) else list(typed)
    found = dict.fromkeys(_entry(word) for word in words if word)
    if len(found) > MOST_ENTRIES:
        raise TooManyEntriesError(f"{len(found)} entries")
    return tuple(found)


def is_listed(email: str, entries: Collection[str]) -> bool:
    """Whether a list holds the address (lower case), its domain, or one that is above it."""
    local, _at, domain = email.rpartition("@")
    domain = _ascii(domain)
    labels = domain.split(".")
    above = {".".join(labels[place:]) for place in range(len(labels))}
    return bool({f"{local}@{domain}", *above} & set(entries))


def _entry(word: str) -> str:
    local, _at, domain = word.lower().removeprefix("*.").rpartition("@")
    domain = _ascii(domain)
    if len(word) > _LONGEST or _DOMAIN.fullmatch(domain) is None:
        raise ValueError(word)
    if local and _LOCAL.fullmatch(local) is None:
        raise ValueError(word)
    return f"{local}@{domain}" if local else domain


def _ascii(domain: str) -> str:
    """As the network spells it, so that ``müller.example`` is one domain however it is typed.

    A label that has no such spelling stays, and hides none of the others; a root's dot is left out.
    """
    return ".".join(_label(label) for label in _DOTS.split(domain)).removesuffix(".")


def _label(label: str) -> str:
    try:
        return label.encode("idna").decode("ascii")
    except UnicodeError:
        return label
