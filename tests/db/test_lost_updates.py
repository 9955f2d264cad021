"""Four processes read and then write the same row: no update is lost (house, "Database")."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import Database
from app.orgs.models import Org

ROOT = Path(__file__).parent.parent.parent
PROCESSES = 4
ROUNDS = 100


@pytest.mark.slow
def test_four_processes_lose_no_update(database: Database, database_url: str, org: Org) -> None:
    counting = ["-m", "tests.db.counting_up", database_url, org.salesforce_id]
    done = subprocess.run(
        [sys.executable, *counting, str(PROCESSES), str(ROUNDS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
    )

    assert done.returncode == 0, done.stderr
    with database.system_reading() as session:
        assert session.scalars(select(Org.version)).one() == 1 + PROCESSES * ROUNDS
