"""Models and migrations never drift."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from app.db import Database, schema
from app.models import Base


def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        drift = compare_metadata(context, Base.metadata)
    assert drift == []


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    schema.upgrade(database)
    assert schema.state(database) == "ready"


def test_a_database_without_a_schema_is_not_ready(empty_database_url: str) -> None:
    fresh = Database(empty_database_url)
    assert schema.state(fresh) == "migrations_pending"
    fresh.dispose()


def test_the_schema_of_a_later_release_is_ready(database: Database) -> None:
    """X17: the release step runs before the old processes stop; they go on meanwhile."""
    with database.writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert schema.state(database) == "ready"
