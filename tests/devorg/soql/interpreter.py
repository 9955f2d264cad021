"""A slow, obvious reading of queries over plain rows, against which devorg's SQL is checked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cmp_to_key
from typing import Any
from zoneinfo import ZoneInfo

from devorg.soql.nodes import (
    Aliased,
    Among,
    Both,
    Compare,
    Condition,
    Expression,
    Function,
    Not,
    Ordering,
    Path,
    Query,
    Value,
    Within,
)

Row = dict[str, Any]
# Relationship of an object -> the field that holds the id, and the object it leads to.
PARENTS = {
    ("Contact", "Account"): ("AccountId", "Account"),
    ("Contact", "ReportsTo"): ("ReportsToId", "Contact"),
    ("Contact", "Owner"): ("OwnerId", "User"),
    ("Account", "Parent"): ("ParentId", "Account"),
    ("Account", "Owner"): ("OwnerId", "User"),
    ("Opportunity", "Account"): ("AccountId", "Account"),
    ("Opportunity", "Owner"): ("OwnerId", "User"),
}
CHILDREN = {
    ("Account", "Contacts"): ("Contact", "AccountId"),
    ("Account", "Opportunities"): ("Opportunity", "AccountId"),
}


class World:
    """All rows by object, what day it is, and where; the values of picklists in their order."""

    def __init__(
        self,
        tables: dict[str, list[Row]],
        today: date,
        zone: ZoneInfo,
        picklists: dict[tuple[str, str], list[str]],
    ) -> None:
        self.tables, self.today, self.zone, self.picklists = tables, today, zone, picklists

    def live(self, sobject: str) -> list[Row]:
        """The rows outside the recycle bin."""
        return [row for row in self.tables[sobject] if not row.get("IsDeleted")]

    def answer(self, query: Query) -> list[Row]:
        """The rows that a query shows, in order, without attributes."""
        return [self._shown(query, row) for row in self.find(query)]

    def find(self, query: Query) -> list[Row]:
        """The rows that a query is about, in order."""
        return self._window(query, [r for r in self.live(query.sobject) if self._fits(query, r)])

    def _fits(self, query: Query, row: Row) -> bool:
        return query.where is None or self.holds(query.where, query.sobject, row)

    def _window(self, query: Query, rows: list[Row]) -> list[Row]:

        def compared(one: Row, other: Row) -> int:
            return self._compared(query, one, other)

        rows = sorted(rows, key=cmp_to_key(compared))
        rows = rows[query.offset :]
        return rows if query.limit is None else rows[: query.limit]

    def _compared(self, query: Query, one: Row, other: Row) -> int:
        for each in query.order:
            assert isinstance(each.path, Path)
            values = (
                self._rank(query.sobject, each.path, one),
                self._rank(query.sobject, each.path, other),
            )
            found = _ordered(values[0], values[1], each)
            if found:
                return found
        return 0

    def _rank(self, sobject: str, path: Path, row: Row) -> Any:
        """What a row is ordered by: of a picklist, the place of the value in the list."""
        value, owner = self._value(sobject, path, row), self._owner(sobject, path)
        values = self.picklists.get((owner, path.names[-1]))
        if value is None or values is None:
            return folded(value)
        return (values.index(value) if value in values else len(values), folded(value))

    def _owner(self, sobject: str, path: Path) -> str:
        for name in path.names[:-1]:
            sobject = PARENTS[sobject, name][1]
        return sobject

    def _shown(self, query: Query, row: Row) -> Row:
        shown: Row = {}
        for each in query.fields or ():
            if isinstance(each, Path):
                self._put(query.sobject, each, row, shown)
            elif isinstance(each, Query):
                shown[each.sobject] = self._children(query.sobject, each, row)
        return shown

    def _put(self, sobject: str, path: Path, row: Row, shown: Row) -> None:
        *parents, name = path.names
        for each in parents:
            field, target = PARENTS[sobject, each]
            found = self.parent(target, row[field])
            if found is None:
                shown[each] = None
                return
            shown, row, sobject = shown.setdefault(each, {}), found, target
        shown[name] = row[name]

    def _children(self, sobject: str, query: Query, parent: Row) -> list[Row] | None:
        child, field = CHILDREN[sobject, query.sobject]
        rows = [
            row
            for row in self.live(child)
            if row[field] == parent["Id"]
            and (query.where is None or self.holds(query.where, child, row))
        ]
        named = Query(**{**_parts(query), "sobject": child})
        return [self._shown(named, row) for row in self._window(named, rows)] or None

    def parent(self, sobject: str, record_id: str | None) -> Row | None:
        """A row by its id."""
        return next((row for row in self.tables[sobject] if row["Id"] == record_id), None)

    def _value(self, sobject: str, path: Path, row: Row) -> Any:
        for name in path.names[:-1]:
            field, sobject = PARENTS[sobject, name]
            found = self.parent(sobject, row[field])
            if found is None:
                return None
            row = found
        return row[path.names[-1]]

    def value(self, sobject: str, at: Expression, row: Row) -> Any:
        """A field, or a date function of one."""
        if isinstance(at, Path):
            return self._value(sobject, at, row)
        inner = at.argument
        local = isinstance(inner, Function)
        path = inner.argument if isinstance(inner, Function) else inner
        assert isinstance(path, Path)
        text = self._value(sobject, path, row)
        return None if text is None else _part(at.name, text, self.zone if local else None)

    def holds(self, node: Condition, sobject: str, row: Row) -> bool:
        """What a condition says of one row, term by term."""
        match node:
            case Not(inner):
                return not self.holds(inner, sobject, row)
            case Both(word, parts):
                quantifier = all if word == "AND" else any
                return quantifier(self.holds(each, sobject, row) for each in parts)
            case Compare(path, operator, value):
                return self._compare(self.value(sobject, path, row), operator, value)
            case Among(path, values, negated):
                have = self.value(sobject, path, row)
                return any(self._compare(have, "=", each) for each in values) != negated
            case Within(path, query, negated):
                selected = (query.fields or ())[0]
                assert isinstance(selected, Path)
                ids = {each[selected.names[0]] for each in self.find(query)} - {None}
                return (self.value(sobject, path, row) in ids) != negated
        raise AssertionError(node)

    def _compare(self, have: Any, operator: str, value: Value) -> bool:
        want = value.value
        if isinstance(have, bool) or value.kind == "boolean":
            return (bool(have) == bool(want)) == (operator == "=")  # null is false
        if operator == "LIKE":
            return have is not None and _like(have, str(want))
        if want is None or want == "":
            return (have is None) == (operator == "=")
        if have is None:
            return operator == "!="
        if value.kind == "date literal":
            return _against(self._day(have), operator, *self.days(str(want)))
        return _against(folded(have), operator, folded(want), folded(want))

    def _day(self, text: str) -> date:
        """The day of a date, or of a moment where the user is."""
        if len(text) == len("2026-01-01"):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text.replace("+0000", "+00:00")).astimezone(self.zone).date()

    def days(self, literal: str) -> tuple[date, date]:
        """First and last day of the literals that the generator makes."""
        name, _, count = literal.partition(":")
        day, number = timedelta(days=1), int(count or 0)
        month = self.today.replace(day=1)
        following = (month + 32 * day).replace(day=1)
        return {
            "TODAY": (self.today, self.today),
            "YESTERDAY": (self.today - day, self.today - day),
            "THIS_MONTH": (month, following - day),
            "LAST_N_DAYS": (self.today - number * day, self.today),
            "NEXT_N_DAYS": (self.today + day, self.today + number * day),
            "N_DAYS_AGO": (self.today - number * day, self.today - number * day),
        }[name]

    def groups(self, query: Query) -> list[Row]:
        """The groups of a query with aggregates, in no order."""
        found: dict[tuple[Any, ...], list[Row]] = {}
        for row in (r for r in self.live(query.sobject) if self._fits(query, r)):
            key = tuple(folded(self.value(query.sobject, each, row)) for each in query.group)
            found.setdefault(key, []).append(row)
        if not query.group:
            found.setdefault((), [])
        kept = [rows for rows in found.values() if self._kept(query, rows)]
        return [self._group(query, rows) for rows in kept]

    def _kept(self, query: Query, rows: list[Row]) -> bool:
        if query.having is None:
            return True
        assert isinstance(query.having, Compare)
        have = self._aggregate(query, query.having.path, rows)
        return self._compare(have, query.having.operator, query.having.value)

    def _group(self, query: Query, rows: list[Row]) -> Row:
        shown: Row = {}
        numbered = 0
        for each in query.fields or ():
            at = each.expression if isinstance(each, Aliased) else each
            assert isinstance(at, Path | Function)
            alias = each.alias if isinstance(each, Aliased) else None
            if alias is None and isinstance(at, Function):
                alias, numbered = f"expr{numbered}", numbered + 1
            name = alias or at.names[-1] if isinstance(at, Path) else alias
            shown[str(name)] = self._aggregate(query, at, rows)
        return shown

    def _aggregate(self, query: Query, at: Expression, rows: list[Row]) -> Any:
        if isinstance(at, Path) or at.name not in _AGGREGATES:
            # Texts that differ by case alone are one group; which of them is shown is open.
            return folded(self.value(query.sobject, at, rows[0]))
        assert at.argument is not None
        values = [self.value(query.sobject, at.argument, row) for row in rows]
        return _AGGREGATES[at.name]([folded(each) for each in values if each is not None])


_AGGREGATES: dict[str, Any] = {
    "COUNT": len,
    "COUNT_DISTINCT": lambda values: len(set(values)),
    "SUM": lambda values: round(sum(values), 2) if values else None,
    "AVG": lambda values: round(sum(values) / len(values), 6) if values else None,
    "MIN": lambda values: min(values, default=None),
    "MAX": lambda values: max(values, default=None),
}


def _parts(query: Query) -> dict[str, Any]:
    return {name: getattr(query, name) for name in Query.__dataclass_fields__}


def folded(value: Any) -> Any:
    """Texts compare without regard to case; ids have theirs, and devorg's never differ by it."""
    return value.lower() if isinstance(value, str) and not _exact(value) else value


def _exact(text: str) -> bool:
    return bool(re.fullmatch(r"00\w{16}|\d{4}-\d\d-\d\d.*", text))


def _like(have: str, pattern: str) -> bool:
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    regex = "".join({"%": ".*", "_": "."}.get(each, re.escape(each[-1])) for each in parts)
    return bool(re.fullmatch(regex, have, re.DOTALL | re.IGNORECASE))


def _against(have: Any, operator: str, first: Any, last: Any) -> bool:
    """A value against a range: equal within, less before, greater after."""
    found: dict[str, bool] = {
        "=": first <= have <= last,
        "!=": not first <= have <= last,
        "<": have < first,
        "<=": have <= last,
        ">": have > last,
        ">=": have >= first,
    }
    return found[operator]


def _ordered(one: Any, other: Any, ordering: Ordering) -> int:
    if one == other:
        return 0
    if one is None or other is None:
        first = -1 if one is None else 1
        return -first if ordering.nulls_last else first
    less = -1 if one < other else 1
    return -less if ordering.descending else less


def _part(name: str, text: str, zone: ZoneInfo | None) -> Any:
    if len(text) > len("2026-01-01"):
        moment = datetime.fromisoformat(text.replace("+0000", "+00:00"))
        moment = moment.astimezone(zone) if zone else moment
    else:
        moment = datetime.fromisoformat(text)
    return {
        "CALENDAR_YEAR": moment.year,
        "CALENDAR_MONTH": moment.month,
        "CALENDAR_QUARTER": (moment.month - 1) // 3 + 1,
        "DAY_IN_MONTH": moment.day,
        "DAY_IN_WEEK": moment.isoweekday() % 7 + 1,
        "DAY_IN_YEAR": moment.timetuple().tm_yday,
        "HOUR_IN_DAY": moment.hour,
        "DAY_ONLY": moment.date().isoformat(),
    }[name]


def plain(value: Any) -> Any:
    """An answer without attributes, child answers as lists."""
    if isinstance(value, dict):
        if "records" in value:
            return [plain(each) for each in value["records"]]
        return {name: plain(each) for name, each in value.items() if name != "attributes"}
    if isinstance(value, float):
        return round(value, 6)
    return [plain(each) for each in value] if isinstance(value, list) else value


def unordered(rows: Iterable[Row]) -> list[str]:
    """Rows to compare where their order is open, and so is the case of grouped texts."""
    return sorted(str({k: folded(plain(v)) for k, v in row.items()}) for row in rows)
