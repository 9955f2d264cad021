"""Records that point at one record come to point at another."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from devorg.rows import Record
from devorg.schema import Field, Schema, SObject

# What remembers a record rather than belongs to it.
_MEMORIES = frozenset(
    {"MasterRecordId", "ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId"}
)


def children(schema: Schema, sobject: SObject) -> Iterator[tuple[SObject, Field]]:
    """The fields, with their objects, by which records belong to those of an object."""
    for child in schema.objects.values():
        for field in child.fields:
            stored = field.computed is None and field.name not in _MEMORIES
            if stored and sobject.name in field.references:
                yield child, field


def move(
    connection: sqlite3.Connection,
    fields: Iterable[tuple[SObject, Field]],
    sources: Sequence[str],
    target: str,
    stamps: Record,
) -> int:
    """Re-parent live records from the sources to the target; how many."""
    moved = 0
    for child, field in fields:
        changes = {name: value for name, value in stamps.items() if name in child.by_name}
        columns = "".join(f', "{name}" = ?' for name in changes)
        marks = ", ".join("?" * len(sources))
        moved += connection.execute(
            f'UPDATE "{child.name}" SET "{field.name}" = ?{columns}'  # noqa: S608 - names of devorg's own tables
            f' WHERE "{field.name}" IN ({marks}) AND IsDeleted = 0',
            [target, *changes.values(), *sources],
        ).rowcount
    return moved
