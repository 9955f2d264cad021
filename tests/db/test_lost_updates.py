"""Four processes read and then write the same row: no update is lost (house, "Database")."""

from __future__ import annotations

import multiprocessing

import pytest
from sqlalchemy import select

from app.db import Database
from app.orgs.models import Org

PROCESSES = 4
ROUNDS = 100


def _count_up(url: str, org_id: str) -> None:
    database = Database(url)
    for _ in range(ROUNDS):
        with database.system_writing() as session:
            row = session.scalars(
                select(Org).where(Org.salesforce_id == org_id).with_for_update()
            ).one()
            row.version += 1
    database.dispose()


@pytest.mark.slow
def test_four_processes_lose_no_update(database: Database, database_url: str, org: Org) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [
        spawn.Process(target=_count_up, args=(database_url, org.salesforce_id))
        for _ in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)

    assert [process.exitcode for process in processes] == [0] * PROCESSES
    with database.system_reading() as session:
        assert session.scalars(select(Org.version)).one() == 1 + PROCESSES * ROUNDS
