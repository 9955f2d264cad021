"""Salesforce record ids: 15 case-sensitive characters, and a suffix that makes 18 of them.

The suffix: each group of five characters gives five bits, one per upper-case letter, lowest
first; the number is a character of A-Z0-5 (documented by Salesforce's help on 15 and 18
character ids).
"""

from __future__ import annotations

import re
from functools import lru_cache

ID_PATTERN = re.compile(r"[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?")
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Characters 4 and 5 say on which instance a record was made; this org has one of its own.
_INSTANCE = "5e"


@lru_cache(maxsize=50_000)
def _check_character(group: str) -> str:
    """The character that five characters of an id give; new ids share all groups but the last."""
    return _SUFFIX[
        sum(1 << bit for bit, char in enumerate(group) if char.isascii() and char.isupper())
    ]


def suffix(id15: str) -> str:
    """The three check characters of a 15-character id."""
    return "".join(_check_character(id15[at : at + 5]) for at in (0, 5, 10))


def to_18(record_id: str) -> str | None:
    """The 18-character form of a 15- or 18-character id, or None for what is no id."""
    if not ID_PATTERN.fullmatch(record_id):
        return None
    full = record_id[:15] + suffix(record_id[:15])
    return full if record_id in (full, full[:15]) else None


def make(prefix: str, number: int) -> str:
    """The 18-character id of the `number`-th record made with this key prefix."""
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = _BASE62[rest] + digits
    id15 = prefix + _INSTANCE + digits.rjust(10, "0")
    return id15 + suffix(id15)
