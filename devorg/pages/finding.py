"""Search and filters as SQL: whole tables where they are small, indexes where they are large.

In a table of more than WINDOW rows, names and e-mails are found by how they begin, which their
indexes answer, and everything else among the newest WINDOW rows: so a page stays quick in an org
of a million records, and says what it did not look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from devorg import access
from devorg.pages.reading import MOST_COUNTED, Reader, name_field
from devorg.schema import Field, SObject

_MOST_WORDS = 5
_INDEXED: Final = frozenset({"Name", "Email"})
_TEXT: Final = frozenset({"string", "email", "phone", "url", "picklist", "combobox", "textarea"})
# The last character that there is: what begins with a text sorts before the text with it added.
_LAST = chr(0x10FFFF)


@dataclass(frozen=True, slots=True)
class Match:
    """A condition over the alias `t` with its values. `partial`: not all rows were looked at."""

    where: str
    values: dict[str, Any]
    partial: bool = False


EVERYTHING: Final = Match("1", {})


def match(reader: Reader, sobject: SObject, text: str, fields: tuple[str, ...]) -> Match:
    """The rows in which every word of the text is found in the name or one of the fields."""
    words = text.split()[:_MOST_WORDS]
    name = name_field(sobject)
    names = dict.fromkeys((*((name,) if name else ()), *fields))
    searched = [sobject.by_name[each] for each in names if reader.shows(sobject, each)]
    if not words or not searched:
        return EVERYTHING if not words else Match("0", {})
    values = {f"w{n}": f"%{_escaped(word)}%" for n, word in enumerate(words)}
    inside = " AND ".join(f"({_any(reader, searched, f':w{n}', 't')})" for n in range(len(words)))
    if not reader.is_large(sobject):
        return Match(inside, values)
    values |= {"begin": " ".join(words), "end": " ".join(words) + _LAST}
    return Match(_in_large(reader, sobject, searched, inside), values, partial=True)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _any(reader: Reader, fields: list[Field], word: str, table: str) -> str:
    """SQL: the word is in one of the fields, or in the name of what one of them points at."""
    return " OR ".join(_one(reader, each, word, table) for each in fields) or "0"


def _one(reader: Reader, field: Field, word: str, table: str) -> str:
    if field.type in _TEXT:
        return f"{table}.\"{field.name}\" LIKE {word} ESCAPE '\\'"
    for parent in field.references:
        other = reader.sobject(parent)
        name = name_field(other)
        if name and other.view is None and not reader.is_large(other):
            return (
                f'{table}."{field.name}" IN (SELECT p.Id FROM "{parent}" AS p'  # noqa: S608 - names of devorg's own tables
                f" WHERE p.\"{name}\" LIKE {word} ESCAPE '\\'"
                f" AND {access.condition(other, 'p')} LIMIT {MOST_COUNTED})"
            )
    return "0"


def _in_large(reader: Reader, sobject: SObject, fields: list[Field], inside: str) -> str:
    ways = [
        f'SELECT t.rowid FROM "{sobject.name}" AS t'  # noqa: S608 - names of devorg's own tables
        f' WHERE t."{each.name}" >= :begin AND t."{each.name}" < :end LIMIT {MOST_COUNTED}'
        for each in fields
        if each.name in _INDEXED
    ]
    ways.append(
        f'SELECT t.rowid FROM "{sobject.name}" AS t'  # noqa: S608 - names of devorg's own tables
        f" WHERE {reader.newest(sobject)} AND ({inside}) LIMIT {MOST_COUNTED}"
    )
    # Each of the ways may end early, so each is a query of its own.
    union = " UNION ".join(f"SELECT rowid FROM ({each})" for each in ways)  # noqa: S608 - names of devorg's own tables
    return f"t.rowid IN ({union})"
