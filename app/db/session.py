"""Sessions: a tenant session belongs to one org for its life; a system session to none.

Tenancy by construction: criteria on every ORM statement, ``org_id`` stamped and checked at flush,
and bulk inserts only through ``insert_many`` and ``upsert_many``, which stamp it too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Table,
    bindparam,
    event,
    insert,
    inspect,
    text,
    update,
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
from sqlalchemy.types import TypeEngine

from app.db.base import Base, Tenant, TenantRoot
from app.errors import TenancyError

Row = Mapping[str, Any]


class BulkSession(Session):
    """What tenant and system sessions share: bulk inserts that take plain mappings."""

    def _prepare(self, model: type[Base], rows: Sequence[Row]) -> list[dict[str, Any]]:
        return [dict(row) for row in rows]

    def insert_many(self, model: type[Base], rows: Sequence[Row]) -> None:
        """Insert rows in one statement; client-side defaults are applied."""
        if rows:
            self.execute(insert(model), self._prepare(model, rows))

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
            rows: All with the same columns; defaults of the model are not applied.
            key: Columns of the unique constraint; without any, whichever constraint is met counts.
            set_: Column names to take from the row, or a mapping of column to SQL expression
                (use ``excluded(model)`` for the row that was refused).
            returning: Columns to return (of inserted rows only when nothing is updated).

        Returns:
            What was returned; ``rowcount`` is the number of rows inserted or updated.
        """
        if not rows:
            raise ValueError("an upsert needs rows")
        dialect = self.get_bind().dialect.name
        if isinstance(set_, Mapping):
            statement = _upsert(dialect, model, key, set_)
        else:
            statement = _upsert_of_names(dialect, model, tuple(key), tuple(set_))
        self.flush()  # as the session does before statements of its own
        # without rows in its text the statement is compiled once; inline: no key is fetched back
        statement = statement.returning(*returning) if returning else statement.inline()
        return self.connection().execute(
            statement, self._prepare(model, rows), execution_options={"preserve_rowcount": True}
        )

    def _owned(self, model: type[Base]) -> Sequence[ColumnElement[bool]]:
        """Criteria that keep a bulk update within what the session may touch."""
        return ()

    def update_many(
        self,
        model: type[Base],
        rows: Sequence[Row],
        *,
        key: str,
        where: Sequence[ColumnElement[bool]] = (),
        set_: Mapping[str, Any] | None = None,
    ) -> int:
        """One UPDATE of many rows, each found by its key column; how many were changed.

        Args:
            model: Table.
            rows: All with the same columns: the key, and what to set.
            key: Column that tells rows apart.
            where: Further criteria that each row must meet.
            set_: What all rows get alike; values or SQL expressions.
        """
        if not rows:
            return 0
        columns = {name: bindparam(f"to_{name}", type_=_type(model, name)) for name in rows[0]}
        wanted = columns.pop(key)
        statement = (
            update(cast(Table, model.__table__))
            .where(getattr(model, key) == wanted, *where, *self._owned(model))
            .values({**columns, **(set_ or {})})
        )
        parameters = [{f"to_{name}": value for name, value in row.items()} for row in rows]
        result: CursorResult[Any] = self.connection().execute(statement, parameters)
        return result.rowcount


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


@cache
def _upsert_of_names(
    dialect: str, model: type[Base], key: tuple[str, ...], names: tuple[str, ...]
) -> Any:
    """Built once: putting the statement together costs more than its answer."""
    taken = {name: lambda told, name=name: told[name] for name in names}
    return _upsert(dialect, model, key, taken)


def _type(model: type[Base], name: str) -> TypeEngine[Any]:
    kind: TypeEngine[Any] = inspect(model).columns[name].type
    return kind


class SystemSession(BulkSession):
    """A session over all orgs, for jobs, orgs and support only."""


class TenantSession(BulkSession):
    """A session that belongs to one org for its life."""

    def __init__(self, *args: Any, org_id: UUID, **kwargs: Any) -> None:
        if not isinstance(org_id, UUID):
            raise TenancyError("A tenant session needs the id of its org.")
        super().__init__(*args, **kwargs)
        self.org_id = org_id
        self._scope = _scope_of(org_id)

    def _prepare(self, model: type[Base], rows: Sequence[Row]) -> list[dict[str, Any]]:
        if not issubclass(model, Tenant):
            raise TenancyError(f"{model.__name__} is no tenant table; use a system session.")
        if any(row.get("org_id", self.org_id) != self.org_id for row in rows):
            raise TenancyError(f"A row of {model.__name__} names another org.")
        return [{**row, "org_id": self.org_id} for row in rows]

    def _owned(self, model: type[Base]) -> Sequence[ColumnElement[bool]]:
        if not issubclass(model, Tenant):
            raise TenancyError(f"{model.__name__} is no tenant table; use a system session.")
        return [model.org_id == self.org_id]


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
    if connection.dialect.name == "postgresql" and isinstance(session, TenantSession):
        connection.execute(
            text("SELECT set_config('app.org_id', :org, true)"),
            {"org": str(session.org_id)},
        )
