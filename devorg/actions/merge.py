"""Merging duplicates: the losers go, what belonged to them belongs to the master.

Source: the public reference of `merge()`: up to three records of one object; losers are deleted
and tell their master; children are re-parented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from devorg import moments, rows
from devorg.actions.acting import Actor
from devorg.actions.moving import children, move
from devorg.dml.last_activity import recount
from devorg.errors import ControlError
from devorg.rows import Record
from devorg.schema import SObject

MERGEABLE = frozenset({"Account", "Contact", "Lead"})
_MOST_LOSERS = 2
_RELATIONS = {"TaskRelation": "TaskId", "EventRelation": "EventId"}


def merge(
    actor: Actor,
    sobject: SObject,
    master_id: str,
    loser_ids: Sequence[str],
    values: Mapping[str, Any],
) -> int:
    """Merge the losers into the master, with these values of it; how many children moved.

    Raises ControlError.
    """
    found = rows.by_values(actor.connection, sobject, "Id", [master_id, *loser_ids])
    _check(sobject, master_id, loser_ids, found)
    if values:
        actor.change(sobject, master_id, values)
    now = moments.write(actor.org.clock.now())
    stamps = {
        "LastModifiedDate": now, "LastModifiedById": actor.user.id, "SystemModstamp": now,
    }  # fmt: skip
    rows.update(actor.connection, sobject, master_id, stamps)
    schema = actor.org.schema
    moved = move(
        actor.connection, children(schema, sobject), loser_ids, master_id, stamps
    )  # fmt: skip
    for loser_id in loser_ids:
        gone = {"IsDeleted": True, "MasterRecordId": master_id, **stamps}
        rows.update(actor.connection, sobject, loser_id, gone)
    _tidy(actor, sobject, master_id)
    recount(actor.connection, schema, [master_id], now)
    return moved


def _check(
    sobject: SObject, master_id: str, loser_ids: Sequence[str], found: Sequence[Record]
) -> None:
    if sobject.name not in MERGEABLE:
        raise ControlError("merge", f"Only {', '.join(sorted(MERGEABLE))} can be merged.")
    distinct = {master_id, *loser_ids}
    if not 1 <= len(loser_ids) <= _MOST_LOSERS or len(distinct) != len(loser_ids) + 1:
        raise ControlError("merge", "A merge has a master and one or two others.")
    live = {each["Id"] for each in found if not each["IsDeleted"]}
    if live != distinct:
        missing = ", ".join(sorted(distinct - live))
        raise ControlError("merge", f"{missing}: no such {sobject.name}, or it is deleted.")


def _tidy(actor: Actor, sobject: SObject, master_id: str) -> None:
    """What the move would leave: a record that is its own parent, one person twice."""
    for field in sobject.fields:
        if sobject.name in field.references and field.updateable:
            actor.connection.execute(
                f'UPDATE "{sobject.name}" SET "{field.name}" = NULL'  # noqa: S608 - names of devorg's own tables
                f' WHERE Id = ? AND "{field.name}" = Id',
                [master_id],
            )
    for name, column in _RELATIONS.items():
        if name in actor.org.schema.objects:
            actor.connection.execute(
                f'DELETE FROM "{name}" WHERE RelationId = ? AND rowid NOT IN'  # noqa: S608 - names of devorg's own tables
                f' (SELECT MIN(rowid) FROM "{name}" WHERE RelationId = ? GROUP BY {column})',
                [master_id, master_id],
            )
