"""A test's database is as good as new, whatever the test before did to its own."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from app.db import Database
from tests.support.application import make_org
from tests.support.databases import Databases

ORG_ID = "00D5e000000DEVOEA4"


@pytest.mark.parametrize(
    "change", ["CREATE TABLE left_over (id INTEGER)", "DROP TABLE delivery_breaker"]
)
def test_rows_and_tables_of_one_test_are_not_the_next_ones(
    databases_of_run: Databases, change: str
) -> None:
    """X17: emptied where the schema is as it was, made anew where it is not."""
    for statement in (None, change, None):
        with databases_of_run.migrated() as url:
            database = Database(url)
            with database.writer.begin() as connection:
                tables = set(inspect(connection).get_table_names())
                assert "delivery_breaker" in tables
                assert "left_over" not in tables
                assert connection.execute(text("SELECT COUNT(*) FROM org")).scalar_one() == 0
            make_org(database, ORG_ID, "Devorg")
            if statement:
                with database.writer.begin() as connection:
                    connection.execute(text(statement))
            database.dispose()
