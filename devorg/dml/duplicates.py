"""Duplicate rules: rows that agree in some fields with rows that are there."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from devorg import rows
from devorg.automation.rules import DuplicateRule
from devorg.dml.options import WriteOptions
from devorg.errors import RowError
from devorg.rows import Record
from devorg.schema import SObject

_SHOWN = 5


class Duplicates:
    """Looks for duplicates of the rows of one batch; rows of the batch do not count."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        sobject: SObject,
        rules: Sequence[DuplicateRule],
        options: WriteOptions,
        root: str,
    ) -> None:
        self._connection = connection
        self._sobject = sobject
        self._rules = rules
        self._options = options
        self._root = root
        self._newest = 0
        if rules:
            query = f'SELECT MAX(rowid) FROM "{sobject.name}"'  # noqa: S608 - names of devorg's own tables
            self._newest = connection.execute(query).fetchone()[0] or 0

    def check(self, record: Record, before: Record | None) -> None:
        """Refuse a row that a rule finds to be a duplicate. Raises RowError."""
        operation = "create" if before is None else "update"
        for rule in self._rules:
            if operation not in rule.on or (self._options.allow_duplicates and not rule.blocks):
                continue
            if before and all(before.get(name) == record.get(name) for name in rule.fields):
                continue
            found = self._like(rule, record, before["Id"] if before else None)
            if found:
                raise RowError(
                    "DUPLICATES_DETECTED",
                    rule.message,
                    # The key is spelt so in recorded answers of real orgs.
                    details={"duplicateResut": self._result(rule, found)},
                )

    def _like(self, rule: DuplicateRule, record: Record, record_id: str | None) -> list[Record]:
        values = [record.get(name) for name in rule.fields]
        if any(value is None for value in values):
            return []
        same = " AND ".join(f'"{name}" = ? COLLATE NOCASE' for name in rule.fields)
        query = (
            f'SELECT * FROM "{self._sobject.name}" WHERE {same}'  # noqa: S608 - names of devorg's own tables
            f" AND IsDeleted = 0 AND Id IS NOT ? AND rowid <= ? ORDER BY Id LIMIT {_SHOWN}"
        )
        found = self._connection.execute(query, [*values, record_id, self._newest])
        return [rows.record_of(self._sobject, row) for row in found]

    def _result(self, rule: DuplicateRule, found: list[Record]) -> dict[str, Any]:
        matches = [
            {
                "additionalInformation": [],
                "fieldDiffs": [],
                "matchConfidence": 100.0,
                "record": self._shown(rule, each),
            }
            for each in found
        ]
        return {
            "allowSave": not rule.blocks,
            "duplicateRule": rule.name,
            "duplicateRuleEntityType": self._sobject.name,
            "errorMessage": rule.message,
            "matchResults": [
                {
                    "entityType": self._sobject.name,
                    "errors": [],
                    "matchEngine": "ExactMatchEngine",
                    "matchRecords": matches,
                    "rule": rule.matching_rule,
                    "size": len(matches),
                    "success": True,
                }
            ],
        }

    def _shown(self, rule: DuplicateRule, found: Record) -> dict[str, Any]:
        url = f"{self._root}/sobjects/{self._sobject.name}/{found['Id']}"
        shown = {"attributes": {"type": self._sobject.name, "url": url}, "Id": found["Id"]}
        details = {name: found[name] for name in rule.fields}
        return {**shown, **details} if self._options.show_duplicates else shown
