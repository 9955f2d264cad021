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


class PostgresDatabases:
    """Each database is one of a server's; its name carries the worker, since workers share it."""

    def __init__(self, server_url: str, worker: str) -> None:
        self._server_url = server_url
        self._worker = worker
        self._numbers = itertools.count(1)

    @cached_property
    def _template(self) -> str:
        name = f"template_{self._worker}"
        self._run("CREATE DATABASE {}", name)
        migrate(self._url(name))
        return name

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """A copy of the template."""
        with self._made("CREATE DATABASE {} TEMPLATE {}", self._template) as url:
            yield url

    @contextmanager
    def empty(self) -> Iterator[str]:
        """A database as the server makes it."""
        with self._made("CREATE DATABASE {}") as url:
            yield url

    @contextmanager
    def _made(self, statement: str, *names: str) -> Iterator[str]:
        name = f"test_{self._worker}_{next(self._numbers)}"
        self._run(statement, name, *names)
        yield self._url(name)
        self._run("DROP DATABASE {} WITH (FORCE)", name)

    def _url(self, database: str) -> str:
        url = self._server_url.replace("postgresql://", "postgresql+psycopg://", 1)
        head, options = url.split("?", 1)
        return f"{head.rsplit('/', 1)[0]}/{database}?{options}"

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._server_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
