"""Very many contacts at once, for benchmarks: a million in some tens of seconds.

    from devorg.seed.bulk import fill
    fill(org, contacts=1_000_000)

The rows are plain and deterministic: contact `n` has the address `n` in `mail_of`, and was last
changed `n` seconds after the first of them.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from devorg import ids, moments
from devorg.schema import SObject, tables
from devorg.seed.companies import COMPANIES, PEOPLE
from devorg.users import USERS

if TYPE_CHECKING:
    from devorg.org import Org

PEOPLE_PER_COMPANY = 20
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FREE = 5  # digits of an id that change within one fill
_OWNER = USERS[0].id
_STAMPS = ("CreatedDate", "LastModifiedDate", "SystemModstamp")
_PLACES = ("CreatedById", "LastModifiedById", "OwnerId")


def mail_of(number: int) -> str:
    """The address of the `number`-th contact of a fill, from 0."""
    return f"person{number}@bulk.example"


def fill(org: Org, contacts: int) -> list[str]:
    """Add contacts and an account for every twenty; the Ids of the contacts."""
    schema = org.schema
    account, contact = schema.objects["Account"], schema.objects["Contact"]
    companies = -(-contacts // PEOPLE_PER_COMPANY)
    start = org.clock.now() - timedelta(seconds=contacts)
    with org.store.writing() as connection:
        # One sort at the end is faster than a million steps into a tree each.
        tables.drop_indexes(connection, account)
        tables.drop_indexes(connection, contact)
        account_ids = _numbered(connection, account, companies)
        contact_ids = _numbered(connection, contact, contacts)
        _insert(connection, account, ("Name",), _companies(account_ids, start))
        names = ("FirstName", "LastName", "Name", "Email", "AccountId", "Title", "Department")
        _insert(connection, contact, names, _people(contact_ids, account_ids, start))
        tables.shape(connection, schema)
        connection.execute("ANALYZE")
    return contact_ids


def _insert(
    connection: sqlite3.Connection,
    sobject: SObject,
    names: tuple[str, ...],
    found: Iterator[tuple[Any, ...]],
) -> None:
    columns = ("Id", *_STAMPS, *_PLACES, *names, "IsDeleted")
    listed = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    connection.executemany(
        f'INSERT INTO "{sobject.name}" ({listed}) VALUES ({marks})',  # noqa: S608 - names of devorg's own tables
        found,
    )


def _companies(account_ids: list[str], start: datetime) -> Iterator[tuple[Any, ...]]:
    stamp = moments.write(start)
    for number, record_id in enumerate(account_ids):
        name = f"{COMPANIES[number % len(COMPANIES)].name} {number}"
        yield (record_id, stamp, stamp, stamp, _OWNER, _OWNER, _OWNER, name, 0)


def _people(
    contact_ids: list[str], account_ids: list[str], start: datetime
) -> Iterator[tuple[Any, ...]]:
    many = len(PEOPLE)
    for number, (record_id, stamp) in enumerate(zip(contact_ids, _seconds(start), strict=False)):
        like, other = PEOPLE[number % many], PEOPLE[number // many % many]
        last = f"{other.last} {number}"
        account_id = account_ids[number // PEOPLE_PER_COMPANY]
        yield (
            record_id, stamp, stamp, stamp, _OWNER, _OWNER, _OWNER, like.first, last,
            f"{like.first} {last}", mail_of(number), account_id, like.title, like.department, 0,
        )  # fmt: skip


def _seconds(start: datetime) -> Iterator[str]:
    """A written moment for every second from the start; the minute is formatted once."""
    minute = start.replace(second=0, microsecond=0)
    first = start.second
    while True:
        head = moments.write(minute)[:17]
        for second in range(first, 60):
            yield f"{head}{second:02d}.000+0000"
        minute, first = minute + timedelta(minutes=1), 0


def _numbered(connection: sqlite3.Connection, sobject: SObject, count: int) -> list[str]:
    """The next ids of an object, as `rows.make_ids` gives them, many times faster."""
    (used,) = connection.execute(
        "INSERT INTO counter (prefix, used) VALUES (:prefix, :count)"
        " ON CONFLICT (prefix) DO UPDATE SET used = used + :count RETURNING used",
        {"prefix": sobject.prefix, "count": count},
    ).fetchone()
    first = int(used) - count + 1
    head = ids.make(sobject.prefix, first)
    fixed, check = head[: 15 - _FREE], head[15:17]
    bits = {char: int(char.isupper()) for char in _DIGITS}
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    made = []
    for a, b, c, d, e in itertools.islice(
        itertools.product(_DIGITS, repeat=_FREE), first, first + count
    ):
        place = bits[a] + 2 * bits[b] + 4 * bits[c] + 8 * bits[d] + 16 * bits[e]
        made.append(f"{fixed}{a}{b}{c}{d}{e}{check}{letters[place]}")
    return made
