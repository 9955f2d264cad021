"""The schema: bring it up to date, and tell whether it is."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from app.db.database import Database

_MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"


def upgrade(database: Database) -> None:
    """Run the migrations that are missing. Run once, before any process."""
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(_MIGRATIONS))
    with database.writer.begin() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")


def state(database: Database) -> str:
    """``ready``, ``migrations_pending``, or ``database_down``.

    The schema of a later release is ready too: the running release works with it.
    """
    try:
        with database.reader.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        return "database_down"
    is_older = current is None or current in _known()[1:]
    return "migrations_pending" if is_older else "ready"


@cache
def _known() -> tuple[str, ...]:
    """This release's revisions, newest first: they do not change while the process lives."""
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(_MIGRATIONS))
    scripts = ScriptDirectory.from_config(settings).walk_revisions()
    return tuple(script.revision for script in scripts)
