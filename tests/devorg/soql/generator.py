"""Queries that mean something on the seed: typed conditions, parents, children, groups."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from devorg import ids
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

FIELDS: dict[str, dict[str, str]] = {
    "Account": {
        "Name": "text", "BillingCity": "text", "Industry": "text", "AccountNumber": "text",
        "NumberOfEmployees": "number", "AnnualRevenue": "number", "IsDeleted": "boolean",
        "CreatedDate": "datetime", "Id": "id", "OwnerId": "id", "ParentId": "id",
        "Owner.LastName": "text", "Owner.IsActive": "boolean", "Parent.Name": "text",
    },
    "Contact": {
        "LastName": "text", "FirstName": "text", "Email": "text", "LeadSource": "text",
        "Birthdate": "date", "CreatedDate": "datetime", "Id": "id", "AccountId": "id",
        "ReportsToId": "id", "Account.Name": "text", "Account.NumberOfEmployees": "number",
        "Account.Owner.LastName": "text", "ReportsTo.LastName": "text",
        "Account.IsDeleted": "boolean", "Account.CreatedDate": "datetime",
    },
    "Opportunity": {
        "Name": "text", "StageName": "text", "Amount": "number", "CloseDate": "date",
        "IsWon": "boolean", "IsClosed": "boolean", "CreatedDate": "datetime", "Id": "id",
        "AccountId": "id", "Account.Name": "text", "Account.Industry": "text",
        "Account.NumberOfEmployees": "number", "Owner.LastName": "text",
    },
}  # fmt: skip
# Left sides of semi-joins, with what may stand inside.
SEMI = {
    "Account": [("Id", "AccountId", "Contact"), ("Id", "AccountId", "Opportunity")],
    "Contact": [("AccountId", "Id", "Account"), ("AccountId", "AccountId", "Opportunity")],
    "Opportunity": [("AccountId", "Id", "Account"), ("AccountId", "AccountId", "Contact")],
}
CHILDREN = {"Account": {"Contacts": "Contact", "Opportunities": "Opportunity"}}
TEXTS = [
    "Basel", "lyon", "BANKING", "Web", "Halyard", "Brightwater Energy", "closed won", "Okafor",
    "a_b", "100%", "O'Hara", "", "Prospecting", "back\\slash", "7",
]  # fmt: skip
PATTERNS = ["%", "b%", "%a%", "_a%", "%\\_%", "%\\%", "o'%", "%\\\\%", "lyon", "%er"]
# Ids that the seed always has.
IDS = [ids.make(prefix, number) for prefix in ("001", "003", "005") for number in (1, 2, 11)]
OPERATORS = ["=", "!=", "<", "<=", ">", ">="]
DATE_PARTS = [
    "CALENDAR_YEAR", "CALENDAR_MONTH", "CALENDAR_QUARTER", "DAY_IN_MONTH", "DAY_IN_WEEK",
    "DAY_IN_YEAR",
]  # fmt: skip


def path(name: str) -> Path:
    """A field as a node."""
    return Path(tuple(name.split(".")), 1, 1)


def function(name: str, argument: Expression) -> Function:
    """A function as a node."""
    return Function(name, argument, 1, 1)


@cache
def _values(kind: str) -> st.SearchStrategy[Value]:
    null = st.just(Value("null", None))
    literals = st.sampled_from(["TODAY", "YESTERDAY", "THIS_MONTH"]) | st.builds(
        "{}:{}".format,
        st.sampled_from(["LAST_N_DAYS", "NEXT_N_DAYS", "N_DAYS_AGO"]),
        st.integers(1, 60),
    )
    days = literals.map(lambda text: Value("date literal", text))
    found: dict[str, st.SearchStrategy[Value]] = {
        "text": st.sampled_from(TEXTS).map(lambda text: Value("string", text)),
        "number": (st.integers(0, 6000) | st.floats(0, 1e6).map(lambda x: round(x, 2))).map(
            lambda number: Value("number", number)
        ),
        "boolean": st.booleans().map(lambda flag: Value("boolean", flag)),
        "date": days | st.dates().map(lambda day: Value("date", day.isoformat().rjust(10, "0"))),
        "datetime": days
        | st.integers(0, 59).map(
            lambda second: Value("datetime", f"2026-10-28T07:03:{second:02}.000+0000")
        ),
        "id": st.sampled_from(IDS).map(lambda record_id: Value("string", record_id)),
    }
    return found[kind] | null


def _compare(left: Expression, kind: str) -> st.SearchStrategy[Condition]:
    def made(operator: str, value: Value) -> Compare:
        plain = operator if value.value not in (None, "") else "="
        return Compare(left, plain, value)

    operators = ["=", "!="] if kind == "boolean" else OPERATORS
    values = _values(kind)
    among = st.builds(
        Among, st.just(left), st.lists(values, min_size=1, max_size=3).map(tuple), st.booleans()
    )
    compare = st.builds(made, st.sampled_from(operators), values)
    if kind != "text":
        return compare | among
    patterns = st.sampled_from(PATTERNS).map(lambda text: Value("string", text))
    return compare | among | st.builds(Compare, st.just(left), st.just("LIKE"), patterns)


@cache
def _leaves(sobject: str) -> st.SearchStrategy[Condition]:
    fields = FIELDS[sobject]
    plain = st.sampled_from(sorted(fields)).flatmap(lambda name: _compare(path(name), fields[name]))
    return plain | _date_leaves(sobject) | _behind(sobject)


def _behind(sobject: str) -> st.SearchStrategy[Condition]:
    """`a > x OR (a = x AND b > y)`: the way to go on behind a row, forth or back."""
    numbers = st.integers(100, 700).map(lambda number: Value("number", number))
    keys = st.sampled_from(IDS).map(lambda record_id: Value("string", record_id))
    name = next(each for each, kind in FIELDS[sobject].items() if kind == "number")

    def made(number: Value, other: Value, key: Value, word: str) -> Condition:
        same = Both("AND", (Compare(path(name), "=", other), Compare(path("Id"), word, key)))
        return Both("OR", (Compare(path(name), word, number), same))

    return st.builds(made, numbers, numbers, keys, st.sampled_from(["<", ">"]))


@cache
def _date_leaves(sobject: str) -> st.SearchStrategy[Condition]:
    dated = {name: kind for name, kind in FIELDS[sobject].items() if kind in {"date", "datetime"}}

    def made(name: str, part: str, local: bool, operator: str, number: int) -> Condition:
        inner: Expression = path(name)
        if local and dated[name] == "datetime":
            inner = function("CONVERTTIMEZONE", inner)
        return Compare(function(part, inner), operator, Value("number", number))

    return st.builds(
        made, st.sampled_from(sorted(dated)), st.sampled_from(DATE_PARTS), st.booleans(),
        st.sampled_from(OPERATORS), st.integers(1, 31) | st.integers(2024, 2027),
    )  # fmt: skip


@cache
def conditions(sobject: str) -> st.SearchStrategy[Condition]:
    """Conditions on one object, nested, without semi-joins."""
    return st.recursive(
        _leaves(sobject),
        lambda inner: (
            st.builds(Not, inner)
            | st.builds(
                lambda word, parts: Both(word, tuple(parts)),
                st.sampled_from(["AND", "OR"]),
                st.lists(inner, min_size=2, max_size=3),
            )
        ),
        max_leaves=6,
    )


@cache
def _semi_joins(sobject: str) -> st.SearchStrategy[Condition]:
    def inside(choice: tuple[str, str, str]) -> st.SearchStrategy[Condition]:
        left, selected, other = choice
        where = st.none() | conditions(other)
        query = where.map(lambda each: _query((path(selected),), other, each))
        return st.builds(Within, st.just(path(left)), query, st.booleans())

    return st.sampled_from(SEMI[sobject]).flatmap(inside)


def _query(fields: Any, sobject: str, where: Condition | None, **more: Any) -> Query:
    base: dict[str, Any] = {"order": (), "limit": None, "offset": 0, **more}
    return Query(text="", fields=fields, sobject=sobject, sobject_at=(1, 1), where=where, **base)


@cache
def _wheres(sobject: str) -> st.SearchStrategy[Condition | None]:
    plain = conditions(sobject)
    joined = st.builds(
        lambda *parts: Both("AND", parts), plain, _semi_joins(sobject)
    ) | _semi_joins(sobject)
    return st.none() | plain | plain | joined


@cache
def _orders(sobject: str) -> st.SearchStrategy[tuple[Ordering, ...]]:
    """Some keys, and the id last, so that there is one order only."""
    keys = st.builds(
        Ordering, st.sampled_from(sorted(FIELDS[sobject])).map(path), st.booleans(), st.booleans()
    )
    last = Ordering(path("Id"), descending=False, nulls_last=False)
    return st.lists(keys, max_size=2).map(lambda several: (*several, last))


@cache
def _selections(sobject: str) -> st.SearchStrategy[tuple[Path, ...]]:
    names = st.lists(st.sampled_from(sorted(FIELDS[sobject])), max_size=3, unique=True)
    return names.map(lambda found: tuple(map(path, dict.fromkeys(["Id", *found]))))


@cache
def _children(sobject: str) -> st.SearchStrategy[tuple[Query, ...]]:
    def made(name: str) -> st.SearchStrategy[Query]:
        child = CHILDREN[sobject][name]
        return st.builds(
            lambda fields, where, order, limit: _query(
                fields, name, where, order=order, limit=limit
            ),
            _selections(child), st.none() | conditions(child), _orders(child),
            st.none() | st.integers(1, 3),
        )  # fmt: skip

    if sobject not in CHILDREN:
        return st.just(())
    return st.none().map(lambda _: ()) | st.sampled_from(sorted(CHILDREN[sobject])).flatmap(
        made
    ).map(lambda one: (one,))


@cache
def queries() -> st.SearchStrategy[Query]:
    """Queries that answer rows."""

    def made(sobject: str) -> st.SearchStrategy[Query]:
        return st.builds(
            lambda fields, children, where, order, limit, offset: _query(
                (*fields, *children), sobject, where, order=order, limit=limit, offset=offset
            ),
            _selections(sobject), _children(sobject), _wheres(sobject),
            _orders(sobject), st.none() | st.integers(0, 10), st.just(0) | st.integers(0, 5),
        )  # fmt: skip

    return st.sampled_from(sorted(FIELDS)).flatmap(made)


GROUPED = {"Account": "NumberOfEmployees", "Contact": "Email", "Opportunity": "Amount"}
KEYS = {
    "Account": ["Industry", "BillingCity", "Owner.LastName"],
    "Contact": ["LeadSource", "AccountId", "Account.Name"],
    "Opportunity": ["StageName", "IsWon", "Account.Industry", "CloseDate"],
}


@cache
def grouped_queries() -> st.SearchStrategy[Query]:
    """Queries that answer groups."""

    def made(sobject: str) -> st.SearchStrategy[Query]:
        field = path(GROUPED[sobject])
        numeric = sobject != "Contact"
        names = ["COUNT", "COUNT_DISTINCT", "MIN", "MAX", *(["SUM", "AVG"] if numeric else [])]
        aggregates = st.sampled_from(names).map(lambda name: function(name, field))
        dated = function("CALENDAR_MONTH", path("CreatedDate"))
        choices: list[Expression] = [*map(path, KEYS[sobject]), dated]
        keys = st.lists(st.sampled_from(choices), max_size=2, unique_by=lambda each: each.text)
        several = st.lists(aggregates, min_size=1, max_size=3, unique_by=lambda each: each.name)
        return st.builds(
            lambda group, found, aliased, where, having: _query(
                (*_named(group, "k"), *(_named(found, "a") if aliased else map(_unnamed, found))),
                sobject, where, group=tuple(group), having=having if group else None,
            ),
            keys, several, st.booleans(), st.none() | conditions(sobject),
            st.none() | _having(field),
        )  # fmt: skip

    return st.sampled_from(sorted(FIELDS)).flatmap(made)


def _named(several: Sequence[Expression], letter: str) -> list[Aliased]:
    return [Aliased(each, f"{letter}{at}") for at, each in enumerate(several)]


def _unnamed(each: Expression) -> Aliased:
    return Aliased(each, None)


def _having(field: Path) -> st.SearchStrategy[Condition]:
    return st.builds(
        Compare, st.just(function("COUNT", field)), st.sampled_from(OPERATORS),
        st.integers(0, 4).map(lambda number: Value("number", number)),
    )  # fmt: skip
