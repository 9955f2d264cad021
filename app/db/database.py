"""The engine, and the ways in: reading, writing or asking alone, for one org or for all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, ExceptionContext, make_url

from app.db import alive, driver
from app.db.asking import Asking, AskingAll
from app.db.session import SystemSession, TenantSession, name_org
from app.errors import ConfigError

#: Execution option by which a transaction says that it may write.
_WRITES = "inlay_writes"


class Database:
    """One database: SQLite in a file, or PostgreSQL.

    Every unit that may write begins IMMEDIATE on SQLite: its default loses updates without a word.
    Nothing expires on commit, so that what was read can be shown without reading it again.
    """

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        self.engine = _create_engine(url, pool_size)
        self.reader = self.engine.execution_options(**{_WRITES: False})
        self.writer = self.engine.execution_options(**{_WRITES: True})

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    @contextmanager
    def reading(self, org_id: UUID) -> Iterator[TenantSession]:
        """A session of one org that is rolled back at the end."""
        with TenantSession(self.reader, org_id=org_id, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def asking(self, org_id: UUID) -> Iterator[Asking]:
        """One org's prepared reads alone, in one transaction: dearer things need ``reading``."""
        with self.reader.connect() as connection:
            connection.begin()  # rolled back as the connection is given back
            name_org(connection, org_id)
            yield Asking(connection, org_id)

    @contextmanager
    def writing(self, org_id: UUID) -> Iterator[TenantSession]:
        """A session of one org in one transaction, committed at the end, rolled back on error."""
        session = TenantSession(self.writer, org_id=org_id, expire_on_commit=False)
        with session, session.begin():
            yield session

    @contextmanager
    def system_reading(self) -> Iterator[SystemSession]:
        """A session over all orgs that is rolled back at the end."""
        with SystemSession(self.reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def system_asking(self) -> Iterator[AskingAll]:
        """Prepared reads over all orgs alone, in one transaction."""
        with self.reader.connect() as connection:
            connection.begin()
            yield AskingAll(connection)

    @contextmanager
    def system_writing(self) -> Iterator[SystemSession]:
        """A session over all orgs in one transaction, committed at the end."""
        session = SystemSession(self.writer, expire_on_commit=False)
        with session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _encode(value: object) -> str:
    return msgspec.json.encode(value).decode()


#: Several times as fast as the standard library's; rows of events and activities are mostly JSON.
_JSON = {"json_serializer": _encode, "json_deserializer": msgspec.json.decode}


def _create_engine(url: str, pool_size: int) -> Engine:
    # errors end in logs: neither statement parameters nor rows may stand in them
    options: dict[str, Any] = {
        "pool_size": pool_size,
        "max_overflow": pool_size,
        "pool_use_lifo": True,  # the one used last: its statements are prepared, its pages read
        "hide_parameters": True,
    }
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(url, **options)
        alive.watch(engine)
        event.listen(engine, "handle_error", _forget_row)
        return engine
    engine = create_engine(
        url, connect_args={"timeout": 20, "check_same_thread": False}, **_JSON, **options
    )
    event.listen(engine, "do_connect", _make_folder)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _forget_row(context: ExceptionContext) -> None:
    """PostgreSQL repeats the row or the key in the lines below the first (DETAIL)."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])


def private_folder(folder: Path) -> None:
    """Make a folder that its owner alone can read; one that exists keeps its rights.

    Raises:
        ConfigError: It cannot be made, or nothing can be written to it.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise ConfigError(
            f"INLAY_HOME={folder} cannot be written ({error.strerror}): give this user the right "
            "to, or name another folder."
        ) from error


def _make_folder(_dialect: Any, _record: Any, arguments: Any, _options: Any) -> None:
    """Before SQLite opens its file; ``:memory:`` and URIs are left to it."""
    file = str(arguments[0]) if arguments else ""
    if file and not file.startswith((":", "file:")):
        private_folder(Path(file).parent)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite alone
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout=20000",
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, True)
    driver.ask(connection, "BEGIN IMMEDIATE" if writes else "BEGIN")
