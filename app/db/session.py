"""Sessions: a tenant session belongs to one org for its life; a system session to none.

Tenancy by construction: criteria on every ORM statement, ``org_id`` stamped and checked at flush,
and bulk inserts only through ``insert_many`` and ``upsert_many``, which stamp it too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from types import FunctionType, MappingProxyType
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    CursorResult,
    event,
    insert,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import (
    ORMExecuteState,
    Session,
    SessionTransaction,
    with_loader_criteria,
)
from sqlalchemy.sql.base import ExecutableOption

from app.db import driver, many, prepared
from app.db.base import Base, Tenant, TenantRoot
from app.db.prepared import Prepared, PreparedForAll
from app.errors import TenancyError

Row = Mapping[str, Any]
_NOTHING: Row = MappingProxyType({})
_NAME_ORG = "SELECT set_config('app.org_id', %s, true)"


class BulkSession(Session):
    """What tenant and system sessions share: bulk inserts that take plain mappings."""

    #: Of the transaction under way: asking for it each time costs as much as a small read.
    _open: Connection | None = None

    def _prepare(self, model: type[Base], rows: Sequence[Row]) -> list[dict[str, Any]]:
        shared = self._shared(model, rows)
        return [{**row, **shared} for row in rows]

    def _shared(self, model: type[Base], rows: Sequence[Row]) -> Row:
        """What is stamped on each row."""
        return {}

    def insert_many(self, model: type[Base], rows: Sequence[Row]) -> None:
        """Insert rows in one statement; client-side defaults are applied."""
        if not rows:
            return
        if self._goes_at_once(model) and _are_alike(rows):
            self.flush()
            shared = self._shared(model, rows)
            many.insert(self.connection(), model, rows, shared, None)
        else:
            self.execute(insert(model), self._prepare(model, rows))

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.get_bind().dialect.name

    def _goes_at_once(self, model: type[Base]) -> bool:
        return many.can_take(model, self.dialect)

    def upsert_many(
        self,
        model: type[Base],
        rows: Sequence[Row],
        *,
        key: Sequence[str],
        set_: Mapping[str, Any] | Sequence[str] = (),
        returning: Sequence[Any] = (),
    ) -> CursorResult[Any]:
        """INSERT … ON CONFLICT (key) DO UPDATE, or DO NOTHING when ``set_`` is empty.

        Args:
            model: Table.
            rows: All with the same columns; others get the model's defaults.
            key: Columns of the unique constraint; without any, whichever constraint is met counts.
            set_: Column names to take from the row, or a mapping of column to SQL expression, or
                to a function that makes one of the row that was refused. With functions of a
                module alone the statement is built once.
            returning: Columns to return (of inserted rows only when nothing is updated).

        Returns:
            What was returned; ``rowcount`` is the number of rows inserted or updated.
        """
        if not rows:
            raise ValueError("an upsert needs rows")
        self.flush()  # as the session does before statements of its own
        changes = _changes(set_)
        meets_once = self.dialect == "sqlite" or not changes or _are_different(rows, key)
        if not returning and self._goes_at_once(model) and meets_once and _are_fixed(changes):
            shared = self._shared(model, rows)
            return many.insert(self.connection(), model, rows, shared, key, changes)
        statement = _upsert(self.dialect, model, key, dict(changes))
        # without rows in its text the statement is compiled once; inline: no key is fetched back
        statement = statement.returning(*returning) if returning else statement.inline()
        return self.connection().execute(
            statement, self._prepare(model, rows), execution_options={"preserve_rowcount": True}
        )

    def update_many(
        self,
        model: type[Base],
        rows: Sequence[Row],
        *,
        key: str,
        where: Row = _NOTHING,
        set_: Row = _NOTHING,
    ) -> int:
        """One UPDATE of many rows, each found by its key column; how many were changed.

        Args:
            model: Table.
            rows: All with the same columns: the key, each once, and what to set.
            key: Column that tells rows apart.
            where: Further columns, and the values that a row must have to be changed.
            set_: What all rows get alike; values or SQL expressions (the same objects each time).
        """
        if not rows:
            return 0
        where = {**where, **self._owner(model)}
        return many.change(self.connection(), model, rows, key, where, set_).rowcount

    def _owner(self, model: type[Base]) -> Row:
        """What keeps a bulk update within what the session may touch."""
        return {}


def _changes(set_: Mapping[str, Any] | Sequence[str]) -> many.Changes:
    if isinstance(set_, Mapping):
        return tuple(set_.items())
    return tuple((name, _taken(name)) for name in set_)


_taken = cache(itemgetter)


def _are_fixed(changes: many.Changes) -> bool:
    """Whether a statement with these can be kept: no value of today is in them."""
    return all(
        isinstance(each, itemgetter) or (isinstance(each, FunctionType) and not each.__closure__)
        for _, each in changes
    )


def _are_alike(rows: Sequence[Row]) -> bool:
    columns = rows[0].keys()
    return all(row.keys() == columns for row in rows)


def _are_different(rows: Sequence[Row], key: Sequence[str]) -> bool:
    """Whether no two rows meet: PostgreSQL changes none twice by one statement."""
    own = [name for name in key if name in rows[0]]
    return len(rows) == 1 or len({tuple(row[name] for name in own) for row in rows}) == len(rows)


def _upsert(dialect: str, model: type[Base], key: Sequence[str], set_: Mapping[str, Any]) -> Any:
    """The statement; values may be functions of the row that was refused."""
    builder = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = builder(model)
    if not set_:
        return statement.on_conflict_do_nothing(index_elements=list(key) or None)
    values = {
        name: value(statement.excluded) if callable(value) else value
        for name, value in set_.items()
    }
    return statement.on_conflict_do_update(index_elements=list(key), set_=values)


class SystemSession(BulkSession):
    """A session over all orgs, for jobs, orgs and support only."""

    def read(self, question: PreparedForAll, **values: Any) -> Sequence[Sequence[Any]]:
        """The rows of a statement that is compiled once; for what is asked at every open."""
        self.flush()  # as the session does before statements of its own
        return prepared.read(self._open or self.connection(), question, None, values)


class TenantSession(BulkSession):
    """A session that belongs to one org for its life."""

    def __init__(self, *args: Any, org_id: UUID, **kwargs: Any) -> None:
        if not isinstance(org_id, UUID):
            raise TenancyError("A tenant session needs the id of its org.")
        super().__init__(*args, **kwargs)
        self.org_id = org_id
        self._scope = _scope_of(org_id)

    def read(self, question: Prepared, **values: Any) -> Sequence[Sequence[Any]]:
        """The rows of a statement that is compiled once; for what is asked at every open."""
        self.flush()  # as the session does before statements of its own
        return prepared.read(self._open or self.connection(), question, self.org_id, values)

    def _shared(self, model: type[Base], rows: Sequence[Row]) -> Row:
        self._check_tenant(model)
        if any("org_id" in row and row["org_id"] != self.org_id for row in rows):
            raise TenancyError(f"A row of {model.__name__} names another org.")
        return {"org_id": self.org_id}

    def _owner(self, model: type[Base]) -> Row:
        self._check_tenant(model)
        return {"org_id": self.org_id}

    def _check_tenant(self, model: type[Base]) -> None:
        if not issubclass(model, Tenant):
            raise TenancyError(f"{model.__name__} is no tenant table; use a system session.")


@event.listens_for(TenantSession, "do_orm_execute")
def _scope_statement(state: ORMExecuteState) -> None:
    if not state.is_column_load and not state.is_insert:
        state.statement = state.statement.options(*state.session._scope)  # type: ignore[attr-defined]


@lru_cache(maxsize=1024)
def _scope_of(org_id: UUID) -> tuple[ExecutableOption, ExecutableOption]:
    """The criteria that keep every ORM statement within one org."""
    return (
        with_loader_criteria(Tenant, lambda cls: cls.org_id == org_id, include_aliases=True),
        with_loader_criteria(TenantRoot, lambda cls: cls.id == org_id, include_aliases=True),
    )


@event.listens_for(TenantSession, "before_flush")
def _stamp(session: Session, _context: Any, _instances: Any) -> None:
    scoped = cast(TenantSession, session)  # the listener is bound to this class
    for row in scoped.new:
        if isinstance(row, Tenant) and cast(UUID | None, row.org_id) is None:
            row.org_id = scoped.org_id
    for row in (*scoped.new, *scoped.dirty, *scoped.deleted):
        _check_owner(scoped, row)


def _check_owner(session: TenantSession, row: object) -> None:
    if isinstance(row, Tenant):
        owner = row.org_id
    elif isinstance(row, TenantRoot):
        owner = row.id
    else:
        raise TenancyError(f"{type(row).__name__} is no tenant table; use a system session.")
    if owner != session.org_id:
        raise TenancyError(f"A row of {type(row).__name__} belongs to another org.")


@event.listens_for(TenantSession, "after_begin")
def _name_org(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    """On PostgreSQL name the org to the transaction, so that row-level security can use it."""
    name_org(connection, cast(TenantSession, session).org_id)  # the listener is bound to this class


def name_org(connection: Connection, org_id: UUID) -> None:
    """Tell PostgreSQL whose transaction it is."""
    if connection.dialect.name == "postgresql":
        driver.ask(connection, _NAME_ORG, (str(org_id),))


@event.listens_for(BulkSession, "after_begin")
def _keep_connection(
    session: Session, _transaction: SessionTransaction, connection: Connection
) -> None:
    cast(BulkSession, session)._open = connection


@event.listens_for(BulkSession, "after_transaction_end")
def _forget_connection(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        cast(BulkSession, session)._open = None
