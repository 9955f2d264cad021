"""Shared activities: a Task or Event with several people, kept in TaskRelation and EventRelation.

Source: the public object reference of TaskRelation, EventRelation and of `TaskWhoIds`.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from devorg import rows
from devorg.dml.drafts import Draft
from devorg.dml.references import References
from devorg.errors import RowError
from devorg.rows import Record
from devorg.schema import Schema, SObject
from devorg.schema.notation import fields

JUNCTIONS: Final[Mapping[str, str]] = {"Task": "TaskWhoIds", "Event": "EventWhoIds"}
_MOST_PEOPLE = 50
_LEAD_PREFIX = "00Q"
_STAMPS = """
    CreatedById       reference User     d   Created By ID
    CreatedDate       datetime           d   Created Date
    LastModifiedById  reference User     d   Last Modified By ID
    LastModifiedDate  datetime           d   Last Modified Date
    SystemModstamp    datetime           d   System Modstamp
    IsDeleted         boolean            d   Deleted
"""
_TARGETS = "Account,Campaign,Contact,Lead,Opportunity"
TASK_RELATION: Final = SObject(
    "TaskRelation", "Task Relation", "Task Relations", "0RT",
    fields(
        f"""
        Id          id                    di  Task Relation ID
        RelationId  reference {_TARGETS}  c   Relation ID  kids=TaskRelations!
        TaskId      reference Task        c   Activity ID  kids=TaskRelations!
        IsWhat      boolean               d   Is What
        AccountId   reference Account     n   Account ID
        """ + _STAMPS
    ),
    sharing="all",
)  # fmt: skip
EVENT_RELATION: Final = SObject(
    "EventRelation", "Event Relation", "Event Relations", "0RE",
    fields(
        f"""
        Id             id                    di  Event Relation ID
        RelationId     reference {_TARGETS}  c   Relation ID  kids=EventRelations!
        EventId        reference Event       c   Activity ID  kids=EventRelations!
        IsWhat         boolean               d   Is What
        IsParent       boolean               cd  Is Parent
        IsInvitee      boolean               cd  Is Invitee
        AccountId      reference Account     n   Account ID
        """ + _STAMPS
    ),
    sharing="all",
)  # fmt: skip
RELATIONS: Final = {"Task": TASK_RELATION, "Event": EVENT_RELATION}


def read_people(draft: Draft, sobject: SObject, schema: Schema) -> None:
    """Put the first of the listed people into WhoId, and refuse a list that cannot be."""
    if draft.people is None:
        return
    draft.values["WhoId"] = draft.people[0] if draft.people else None
    kinds = [schema.object_of(each) for each in draft.people]
    name = JUNCTIONS[sobject.name]
    if any(kind is None or kind.name not in {"Contact", "Lead"} for kind in kinds):
        message = f"Name ID: id value of incorrect type: {', '.join(draft.people)}"
        draft.error = draft.error or RowError("FIELD_INTEGRITY_EXCEPTION", message, [name])
    leads = [each for each in draft.people if each.startswith(_LEAD_PREFIX)]
    if len(draft.people) > _MOST_PEOPLE or (leads and len(draft.people) > 1):
        message = f"An activity has one lead, or up to {_MOST_PEOPLE} contacts"
        draft.error = draft.error or RowError("FIELD_INTEGRITY_EXCEPTION", message, [name])


class People:
    """The relations of the activities of one batch."""

    def __init__(self, connection: sqlite3.Connection, schema: Schema, sobject: SObject) -> None:
        self._connection = connection
        self._sobject = sobject
        self._relation = RELATIONS.get(sobject.name)
        self.kept = self._relation is not None and self._relation.name in schema.objects
        self._of: defaultdict[str, list[Record]] = defaultdict(list)
        self._wanted: dict[str, list[tuple[str, bool, Record]]] = {}

    @property
    def junction(self) -> str:
        """The name of the list in a row of the API; empty where the org has none."""
        return JUNCTIONS[self._sobject.name] if self.kept else ""

    def load(self, activity_ids: Sequence[str]) -> None:
        """Read the relations of these activities."""
        if self.kept and self._relation:
            column = f"{self._sobject.name}Id"
            for each in rows.by_values(self._connection, self._relation, column, activity_ids):
                if not each["IsDeleted"]:
                    self._of[each[column]].append(each)

    def had(self, activity_id: str) -> set[str]:
        """Whom an activity has in the store."""
        return {each["RelationId"] for each in self._of[activity_id] if not each["IsWhat"]}

    def has(self, activity_id: str) -> set[str]:
        """Whom an activity has after what was noted."""
        if activity_id not in self._wanted:
            return self.had(activity_id)
        return {target for target, what, _ in self._wanted[activity_id] if not what}

    def check(self, draft: Draft, references: References) -> None:
        """Refuse people who are missing, deleted or hidden. Raises RowError."""
        for each in draft.people or ():
            references.check_one(each, self.junction)

    def note(self, before: Record | None, record: Record, draft: Draft) -> None:
        """An activity was accepted: whom and what it has from now on."""
        if not self.kept:
            return
        people = list(draft.people or ())
        if draft.people is None:
            # Another WhoId takes the place of the one before; the others stay.
            gone = before.get("WhoId") if before else None
            rest = [each for each in sorted(self.has(record["Id"])) if each != gone]
            people = [each for each in [record.get("WhoId"), *rest] if each]
        what = record.get("WhatId")
        wanted = [(each, False, record) for each in dict.fromkeys(people)]
        self._wanted[record["Id"]] = wanted + ([(what, True, record)] if what else [])

    def flush(self, user_id: str, now: str) -> None:
        """Add and remove relations, so that they say what was noted."""
        if self._relation is None or not self._wanted:
            return
        gone: list[str] = []
        new: list[Record] = []
        for activity_id, wanted in self._wanted.items():
            there = {
                (each["RelationId"], each["IsWhat"]): each["Id"] for each in self._of[activity_id]
            }
            asked = {(target, what) for target, what, _ in wanted}
            gone += [record_id for key, record_id in there.items() if key not in asked]
            new += [
                self._row(activity_id, target, what, record)
                for target, what, record in wanted
                if (target, what) not in there
            ]
        rows.purge(self._connection, self._relation, gone, now)
        numbers = rows.make_ids(self._connection, self._relation, len(new)) if new else []
        made = [
            rows.stamped(user_id, now, {"Id": i, **row})
            for i, row in zip(numbers, new, strict=True)
        ]
        rows.insert(self._connection, self._relation, made)

    def _row(self, activity_id: str, target: str, what: bool, record: Record) -> Record:
        parent = {"IsParent": True} if self._sobject.name == "Event" else {}
        return {
            f"{self._sobject.name}Id": activity_id,
            "RelationId": target,
            "IsWhat": what,
            "AccountId": record.get("AccountId"),
            **parent,
        }


def sharing_schema(schema: Schema, *, on: bool) -> Schema:
    """The schema with the objects of shared activities, or without them."""
    if on:
        return schema.with_objects(*RELATIONS.values())
    names = {each.name for each in RELATIONS.values()}
    return Schema(each for each in schema.objects.values() if each.name not in names)


def backfill(connection: sqlite3.Connection, schema: Schema, user_id: str, now: str) -> None:
    """Give relations to activities that were there before the org shared them."""
    for name in RELATIONS:
        if name not in schema.objects:
            continue
        sobject = schema.objects[name]
        people = People(connection, schema, sobject)
        found = [each for each in rows.everything(connection, sobject) if not each["IsDeleted"]]
        people.load([each["Id"] for each in found])
        for each in found:
            people.note(None, each, Draft({}))
        people.flush(user_id, now)
