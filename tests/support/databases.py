"""Databases for tests: one per test, copied from a template that the migrations made once."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from app.db import Database, schema


class Databases(Protocol):
    """Where a test's database comes from."""

    def migrated(self) -> AbstractContextManager[str]:
        """The URL of a new database with the schema."""

    def empty(self) -> AbstractContextManager[str]:
        """The URL of a new database without tables."""


def migrate(url: str) -> None:
    """Run the migrations on a database."""
    database = Database(url)
    schema.upgrade(database)
    database.dispose()


class SqliteDatabases:
    """Each database is a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    @cached_property
    def _template(self) -> Path:
        template = self._folder / "template.sqlite"
        migrate(f"sqlite:///{template}")
        return template

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """A copy of the template."""
        template = self._template
        with self.empty() as url:
            shutil.copyfile(template, url.removeprefix("sqlite:///"))
            yield url

    @contextmanager
    def empty(self) -> Iterator[str]:
        """A file that does not exist yet."""
        path = self._folder / f"test{next(self._numbers)}.sqlite"
        yield f"sqlite:///{path}"
        for part in self._folder.glob(f"{path.name}*"):
            part.unlink()


#: What a test may have done to a schema: columns, constraints, indexes, triggers.
_SHAPE = """
SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
  SELECT format('%s.%s %s %s', c.relname, a.attname, a.atttypid, a.attnotnull) AS line
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
  WHERE c.relnamespace = 'public'::regnamespace
  UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT format('%s %s', tgrelid::regclass, tgname) FROM pg_trigger
  WHERE NOT tgisinternal) AS lines
"""
_TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
_OTHERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
#: A larger one leaves bloat and statistics behind that the next test must not meet.
_MANY_ROWS = 200


class PostgresDatabases:
    """Each database is one of a server's; its name carries the worker, since workers share it.

    Making one costs a hundred times what emptying one does: a database that a test gave back with
    the schema as it was, and with few rows, is emptied and lent again.
    """

    def __init__(self, server_url: str, worker: str) -> None:
        self._server_url = server_url
        self._worker = worker
        self._numbers = itertools.count(1)
        self._free: list[str] = []

    @cached_property
    def _template(self) -> str:
        name = f"template_{self._worker}"
        self._run("CREATE DATABASE {}", name)
        migrate(self._url(name))
        return name

    @cached_property
    def _shape(self) -> tuple[str, ...]:
        with self._connected(self._template) as connection:
            return _shape(connection)

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """A copy of the template, or what is as good as one."""
        shape = self._shape
        name = self._free.pop() if self._free else self._new(self._template)
        yield self._url(name)
        if self._emptied(name, shape):
            self._free.append(name)
        else:
            self._drop(name)

    def _emptied(self, name: str, shape: tuple[str, ...]) -> bool:
        """Make a used database as good as new; False when that cannot be done."""
        with self._connected(name) as connection:
            connection.execute(_OTHERS)
            if _shape(connection) != shape:
                return False
            for table in _filled(connection):
                query = sql.SQL("DELETE FROM {}").format(sql.Identifier(table))
                if connection.execute(query).rowcount > _MANY_ROWS:
                    return False
        return True

    @contextmanager
    def empty(self) -> Iterator[str]:
        """A database as the server makes it."""
        name = self._new()
        yield self._url(name)
        self._drop(name)

    def _new(self, *template: str) -> str:
        name = f"test_{self._worker}_{next(self._numbers)}"
        self._run("CREATE DATABASE {}" + " TEMPLATE {}" * len(template), name, *template)
        return name

    def _drop(self, name: str) -> None:
        self._run("DROP DATABASE {} WITH (FORCE)", name)

    @contextmanager
    def _connected(self, name: str) -> Iterator[psycopg.Connection]:
        url = self._url(name).replace("postgresql+psycopg://", "postgresql://", 1)
        with psycopg.connect(url, autocommit=True) as connection:
            # Foreign keys are triggers: the tables are emptied in any order.
            connection.execute("SET session_replication_role = replica")
            yield connection

    def _url(self, database: str) -> str:
        url = self._server_url.replace("postgresql://", "postgresql+psycopg://", 1)
        head, options = url.split("?", 1)
        return f"{head.rsplit('/', 1)[0]}/{database}?{options}"

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _shape(connection: psycopg.Connection) -> tuple[str, ...]:
    """The schema and its revision."""
    found = connection.execute(_SHAPE).fetchall()
    versions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    return tuple(str(row[0]) for row in (*found, *versions))


def _filled(connection: psycopg.Connection) -> list[str]:
    """The tables that have rows, but the one of revisions."""
    names = [row[0] for row in connection.execute(_TABLES) if row[0] != "alembic_version"]
    parts = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
            sql.Literal(name), sql.Identifier(name)
        )
        for name in names
    ]
    return [row[0] for row in connection.execute(sql.SQL(" UNION ALL ").join(parts))]
