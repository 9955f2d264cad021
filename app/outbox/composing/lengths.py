"""Cutting text to what a field of Salesforce takes, where no reader would notice a wound.

Salesforce counts UTF-16 units (an emoji is two); a line break in a long text may count as two
(Salesforce Help, "Custom Field Attributes", long text area), so it is taken as two here.
"""

from __future__ import annotations

import unicodedata

ELLIPSIS = "…"
_JOINER = "\u200d"
#: No sign is made of more characters; a longer pile of marks is cut anywhere.
_LONGEST_SIGN = 32
_MARKS = frozenset({"Mn", "Mc", "Me"})


def units(text: str) -> int:
    """How many characters Salesforce counts, at most."""
    if text.isascii():
        return len(text) + text.count("\n")
    return sum(map(_units_of, text))


def clip(text: str, length: int) -> str:
    """At most so many characters as Salesforce counts them; what was cut ends with an ellipsis.

    Never within a surrogate pair, an accent, an emoji of several parts, a flag.
    """
    if len(text) * 2 <= length:  # no character counts for more
        return text
    room, cut = length - len(ELLIPSIS), 0
    total = 0
    for place, char in enumerate(text):
        total += _units_of(char)
        if total <= room:
            cut = place + 1
    if total <= length:
        return text
    return text[: _before_sign(text, cut)].rstrip() + ELLIPSIS


def _units_of(char: str) -> int:
    return 2 if char > "\uffff" or char == "\n" else 1


def _before_sign(text: str, cut: int) -> int:
    """The next place at or before the cut that is not within a sign."""
    place = cut
    while place > 0 and _continues(text, place):
        place -= 1
        if cut - place > _LONGEST_SIGN:
            return cut
    return place if place > 0 else cut


def _continues(text: str, place: int) -> bool:
    """Whether the character at a place belongs to the sign before it (after UAX #29, in short)."""
    char, before = text[place], text[place - 1]
    if _JOINER in (char, before):
        return True
    if _is_flag_part(char):
        run = len(text[:place]) - len(text[:place].rstrip(_FLAG_PARTS))
        return run % 2 == 1
    return (
        unicodedata.category(char) in _MARKS
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # tones of skin
        or "\U000e0020" <= char <= "\U000e007f"  # tags, of flags within flags
        or "\u1160" <= char <= "\u11ff"  # vowels and endings of Korean syllables
    )


_FLAG_PARTS = "".join(map(chr, range(0x1F1E6, 0x1F200)))


def _is_flag_part(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
