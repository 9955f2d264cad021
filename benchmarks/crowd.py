"""Ten thousand orgs and their logs, written by the database itself: a statement for each table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Enum,
    Float,
    Integer,
    Table,
    create_engine,
)
from sqlalchemy.engine import Connection
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeDecorator

from app.db import Base

#: Share of all rows that one org has: an org of ordinary size says little of a list.
LARGE = 5
#: Activities of an event: few events keep the filling short, and a page joins fifty of them.
RANKS = 4


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many orgs there are, and how many lines their activity logs have together."""

    orgs: int
    lines: int

    @property
    def events(self) -> int:
        """Each with ``RANKS`` lines."""
        return self.lines // RANKS

    @property
    def of_large(self) -> int:
        """Events of the first org."""
        return self.events // LARGE

    @property
    def people(self) -> int:
        """Ten events each."""
        return self.events // 10


def org_id(number: int) -> str:
    """The Salesforce id of an org of the crowd."""
    return f"00D5e00000{number:05d}EAA"


def contact_id(number: int) -> str:
    """The Salesforce id of a person's record."""
    return f"0035e{number:010d}AAA"


def fill(url: str, crowd: Crowd) -> None:
    """Orgs, connections, users, people, records, events, tasks, lines, Destinations, audit, calls.

    Args:
        url: A migrated database that nobody has open.
        crowd: How much of it.

    Indexes are dropped meanwhile and made anew, and keys are not looked up: the quick way.
    """
    engine = create_engine(url)
    sql = _Sql(engine.dialect.name)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for setting in sql.hurry:
            connection.exec_driver_sql(setting)
        for name, count, values in _tables(sql, crowd):
            _put(connection, sql, Base.metadata.tables[name], count, values)
        connection.exec_driver_sql(
            "VACUUM (ANALYZE)" if sql.is_postgresql else "PRAGMA journal_mode = WAL"
        )
    engine.dispose()


def _put(
    connection: Connection, sql: _Sql, table: Table, count: int, values: Mapping[str, str]
) -> None:
    """``count`` rows; ``n`` counts them from 0, and what is not named is as new rows have it."""
    for index in table.indexes:
        index.drop(connection)
    needed = {each.name: _default(each) for each in table.columns if _is_needed(each)}
    columns = {**needed, **values}
    names, given = ", ".join(columns), ", ".join(columns.values())
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({names}) {sql.numbers(count, given)}".replace("%", "%%")
        if sql.is_postgresql
        else f"INSERT INTO {table.name} ({names}) {sql.numbers(count, given)}"
    )
    for index in table.indexes:
        index.create(connection)


_HURRY = {
    "postgresql": ("SET session_replication_role = replica", "SET maintenance_work_mem = '400MB'"),
    "sqlite": (
        "PRAGMA synchronous = OFF", "PRAGMA journal_mode = OFF", "PRAGMA cache_size = -400000"
    ),
}  # fmt: skip


class _Sql:
    """What the two databases write differently; ``n`` stands for the number of the row."""

    def __init__(self, dialect: str) -> None:
        self.is_postgresql = dialect == "postgresql"
        self.hurry = _HURRY[dialect]

    def numbers(self, count: int, given: str) -> str:
        """A row for each number below ``count``."""
        if self.is_postgresql:
            return f"SELECT {given} FROM generate_series(0::bigint, {count - 1}) AS numbers(n)"  # noqa: S608
        more = f"SELECT n + 1 FROM numbers WHERE n < {count - 1}"  # noqa: S608
        counted = f"WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL {more})"
        return f"{counted} SELECT {given} FROM numbers"  # noqa: S608

    def id(self, number: str) -> str:
        """An id made of a number."""
        if self.is_postgresql:
            return f"lpad(to_hex(({number})::bigint), 32, '0')::uuid"
        return f"printf('%032x', {number})"

    def padded(self, before: str, number: str, width: int, after: str = "") -> str:
        """Text with a number in it."""
        if self.is_postgresql:
            return f"'{before}' || lpad(({number})::text, {width}, '0') || '{after}'"
        return f"printf('{before}%0{width}d{after}', {number})"

    def ago(self, seconds: str) -> str:
        """A moment so long before the last of all."""
        if self.is_postgresql:
            return f"timestamptz '2026-11-20 12:00:00+00' - ({seconds}) * interval '1 second'"
        return f"datetime('2026-11-20 12:00:00', '-' || ({seconds}) || ' seconds') || '.000000'"

    def day(self, days: str) -> str:
        """A day so many before today, by UTC."""
        if self.is_postgresql:
            return f"(now() at time zone 'utc')::date - ({days})::int"
        return f"date('now', '-' || ({days}) || ' days')"


#: A table, how many rows, and what stands in their columns.
_Filled = tuple[str, int, dict[str, str]]


def _tables(sql: _Sql, crowd: Crowd) -> Iterator[_Filled]:
    """What is written where, in the order of the keys; the first org has a fifth of it."""
    yield from _orgs(sql, crowd)
    yield from _engagement(sql, crowd)
    yield from _acts(sql, crowd)


def _orgs(sql: _Sql, crowd: Crowd) -> Iterator[_Filled]:
    yield "org", crowd.orgs, {
        "id": sql.id("n"),
        "salesforce_id": sql.padded("00D5e00000", "n", 5, "EAA"),
        "name": sql.padded("Company ", f"(n * 7919) % {crowd.orgs}", 5),
        "state": "CASE WHEN n % 50 = 7 THEN 'pending' ELSE 'active' END",
        "domain": sql.padded("company-", "n", 5),
        "created_at": sql.ago("n"),
    }  # fmt: skip
    yield "connection", crowd.orgs, {
        "id": sql.id("n"), "org_id": sql.id("n"), "state": "'connected'",
        "instance_url": sql.padded("https://company-", "n", 5, ".my.salesforce.com"),
    }  # fmt: skip
    yield "org_user", 3 * crowd.orgs, {
        "id": sql.id("n"), "org_id": sql.id(f"n % {crowd.orgs}"),
        "salesforce_id": sql.padded("0055e", "n", 10, "AAA"),
        "email": sql.padded("rep", "n", 6, "@company.example"),
    }  # fmt: skip


def _engagement(sql: _Sql, crowd: Crowd) -> Iterator[_Filled]:
    people, events = crowd.people, crowd.events
    few = people // LARGE

    # one org after the other, so that keys are written in their order
    def owner(person: str) -> str:
        share = f"(({person}) - {few}) * {crowd.orgs - 1} / {people - few}"
        return f"CASE WHEN {person} < {few} THEN 0 ELSE 1 + {share} END"

    def whose(event: str) -> str:
        share = f"({event} - {crowd.of_large}) * {people - few} / {events - crowd.of_large}"
        return (
            f"CASE WHEN {event} < {crowd.of_large} THEN ({event}) % {few} ELSE {few} + {share} END"
        )

    yield "person", people, {
        "id": sql.id("n"), "org_id": sql.id(owner("n")),
        "name": sql.padded("Person ", f"(n * 7919) % {people}", 7),
        "email": sql.padded("person", "n", 7, "@example.com"),
    }  # fmt: skip
    yield "record_link", people, {
        "id": sql.id("n"), "org_id": sql.id(owner("n")), "person_id": sql.id("n"),
        "sobject": "'Contact'", "salesforce_id": sql.padded("0035e", "n", 10, "AAA"),
    }  # fmt: skip
    yield "event", events, {
        "id": sql.id("n"), "person_id": sql.id(whose("n")), "org_id": sql.id(owner(whose("n"))),
        "kind": _KIND.format("n"), "occurred_at": sql.ago(f"{RANKS} * n % 31536000"),
        "subject": sql.padded("Offer ", "n", 8), "key": sql.padded("api:", "n", 9),
        "source": "'api'",
    }  # fmt: skip
    yield "follow_up", people // 2, {
        "person_id": sql.id("n"), "org_id": sql.id(owner("n")), "rule_id": sql.id("n % 3"),
        "event_id": sql.id("10 * n"), "times": "1",
        "state": "CASE n % 50 WHEN 7 THEN 'open' ELSE 'made' END",
    }  # fmt: skip
    event = f"n / {RANKS}"
    yield "outbox_row", crowd.lines, {
        "event_id": sql.id(event), "person_id": sql.id(whose(event)),
        "org_id": sql.id(owner(whose(event))), "rank": f"n % {RANKS}",
        "kind": _KIND.format(event), "created_at": sql.ago("n % 31536000"),
        "state": "CASE n % 1009 WHEN 3 THEN 'parked' WHEN 4 THEN 'pending' WHEN 5 THEN 'unlinked' "
        "ELSE 'delivered' END",
        "error_reason": "CASE n % 1009 WHEN 3 THEN 'validation_rule' ELSE '' END",
        "error_code": "CASE n % 1009 WHEN 3 THEN 'FIELD_CUSTOM_VALIDATION_EXCEPTION' ELSE '' END",
    }  # fmt: skip


def _acts(sql: _Sql, crowd: Crowd) -> Iterator[_Filled]:
    yield "destination", 10 * crowd.orgs, {
        "id": sql.id("n"), "sobject": "'Contact'",
        "org_id": sql.id(f"CASE WHEN n % {LARGE} = 0 THEN 0 ELSE n % {crowd.orgs} END"),
        "record_id": sql.padded("0035e", "n", 10, "AAA"),
        "title": sql.padded("Prepared for Company ", "n", 6),
        "created_by": sql.padded("0055e", f"n % {3 * crowd.orgs}", 10, "AAA"),
        "created_at": sql.ago("n"),
    }  # fmt: skip
    yield "audit_entry", crowd.lines // 10, {
        "org_id": sql.id(f"CASE WHEN n % {LARGE} = 0 THEN 0 ELSE n % {crowd.orgs} END"),
        "tag": "CASE WHEN n % 997 = 0 THEN 'staff:org:state' ELSE 'rep:destination:create' END",
        "actor": f"CASE n % 3 WHEN 0 THEN {sql.padded('staff:mara', 'n % 300', 3, '@example.com')} "
        f"WHEN 1 THEN {sql.padded('admin:0055e', f'n % {3 * crowd.orgs}', 10, 'AAA')} "
        f"ELSE {sql.padded('0055e', f'n % {3 * crowd.orgs}', 10, 'AAA')} END",
        "at": sql.ago(f"{crowd.lines // 10} - n"),
    }  # fmt: skip
    yield "api_call_count", 14 * _FEATURES, {
        "id": sql.id("n"), "org_id": sql.id("0"), "day": sql.day("n % 14"),
        "feature": sql.padded("feature ", "n / 14", 1), "calls": "100 + n",
    }  # fmt: skip


_FEATURES = 6
_KIND = (
    "CASE ({0}) % 5 WHEN 0 THEN 'email_sent' WHEN 1 THEN 'call' WHEN 2 THEN 'meeting' "
    "WHEN 3 THEN 'form_submitted' ELSE 'destination_visit' END"
)


def _is_needed(column: Column[object]) -> bool:
    return not column.nullable and column.autoincrement is not True


def _default(column: Column[object]) -> str:
    """What a row has where nothing is said: the scalar default, else nothing of its kind."""
    given = column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    match kind:
        case Boolean():
            return "true" if given else "false"
        case Integer() | Float():
            return str(given or 0)
        case DateTime():
            return "'2026-11-20 12:00:00.000000'"
        case JSON():
            return "'{}'"
        case Enum():
            return f"'{given or next(iter(kind.enum_class or []))}'"
        case _:
            return f"'{given or ''}'"
