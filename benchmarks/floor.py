"""The floor of a request: its SQL through the bare driver, and the templates it rendered."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import psycopg
from flask import Flask, template_rendered
from jinja2 import Template
from sqlalchemy import event

from app.db import Database

#: How a tenant session names its org to PostgreSQL: the price of tenancy, so no part of the floor.
_TENANCY = "SELECT set_config("


@dataclass(frozen=True, slots=True)
class Statement:
    """One call of the driver."""

    text: str
    parameters: Any
    is_many: bool

    @property
    def is_read(self) -> bool:
        """Whether rows are asked for, and nothing is changed."""
        return self.text.lstrip().upper().startswith(("SELECT", "WITH"))

    @property
    def is_begin(self) -> bool:
        """Whether it only opens a transaction (SQLite; psycopg does so by itself)."""
        return self.text.startswith("BEGIN")


@dataclass(slots=True)
class Tape:
    """What one request did: transactions of statements, and the templates it rendered."""

    transactions: list[list[Statement]] = field(default_factory=lambda: [[]])
    templates: list[tuple[Template, dict[str, Any]]] = field(default_factory=list)

    @property
    def reads(self) -> int:
        """Statements that only read, outside the transactions that write."""
        reading = [part for part in self.transactions if not _is_writing(part)]
        return sum(statement.is_read for part in reading for statement in part)

    @property
    def reads_within_writes(self) -> int:
        """Statements that only read, in transactions that write."""
        writing = [part for part in self.transactions if _is_writing(part)]
        return sum(statement.is_read for part in writing for statement in part)

    @property
    def writes(self) -> int:
        """Transactions that changed something, or on SQLite took the right to."""
        return sum(_is_writing(part) for part in self.transactions)


def _is_writing(transaction: list[Statement]) -> bool:
    return any(
        "IMMEDIATE" in each.text if each.is_begin else not each.is_read for each in transaction
    )


@contextmanager
def recording(database: Database, app: Flask) -> Iterator[Tape]:
    """Record what runs in this block; one thread must be enough for it."""
    tape = Tape()

    def statement(_c: Any, _cursor: Any, text: str, given: Any, _x: Any, many: bool) -> None:
        if not text.startswith(_TENANCY):
            tape.transactions[-1].append(Statement(text, given, many))

    def ended(_connection: Any) -> None:
        tape.transactions.append([])

    def rendered(_app: Flask, template: Template, context: dict[str, Any]) -> None:
        tape.templates.append((template, context))

    listeners: list[tuple[str, Callable[..., Any]]] = [
        ("before_cursor_execute", statement),
        ("commit", ended),
        ("rollback", ended),
    ]
    for name, listener in listeners:
        event.listen(database.engine, name, listener)
    with template_rendered.connected_to(rendered, app):
        yield tape
    for name, listener in listeners:
        event.remove(database.engine, name, listener)
    tape.transactions = [part for part in tape.transactions if part]


class _Connection(Protocol):
    def cursor(self) -> Any: ...
    def commit(self) -> None: ...
    def close(self) -> None: ...


def connect(database: Database) -> _Connection:
    """The bare driver's connection, set up as `app.db` sets up its own."""
    url = database.engine.url
    if database.dialect == "postgresql":
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain)
    connection = sqlite3.connect(str(url.database), timeout=20, isolation_level=None)
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def player(tape: Tape, connection: _Connection) -> Callable[[], None]:
    """Plays the tape: every statement with its rows fetched, then the templates."""
    cursor = connection.cursor()

    def play() -> None:
        for transaction in tape.transactions:
            for each in transaction:
                if each.is_many:
                    cursor.executemany(each.text, each.parameters)
                else:
                    cursor.execute(each.text, each.parameters)
                if cursor.description is not None:
                    cursor.fetchall()
            connection.commit()
        for template, context in tape.templates:
            template.render(context)

    return play
