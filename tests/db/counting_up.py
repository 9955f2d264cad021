"""Processes that count a row up, forked from one that has everything loaded."""

from __future__ import annotations

import os
import sys

from sqlalchemy import select

from app.db import Database
from app.orgs.models import Org


def count_up(url: str, org_id: str, rounds: int) -> None:
    """Read and then write, each time in a transaction."""
    database = Database(url)
    for _ in range(rounds):
        with database.system_writing() as session:
            row = session.scalars(
                select(Org).where(Org.salesforce_id == org_id).with_for_update()
            ).one()
            row.version += 1
    database.dispose()


def main(url: str, org_id: str, processes: str, rounds: str) -> int:
    """Fork them, so that they begin together; how many of them failed."""
    children = []
    for _ in range(int(processes)):
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                count_up(url, org_id, int(rounds))
                code = 0
            finally:
                os._exit(code)
        children.append(pid)
    return sum(os.waitpid(pid, 0)[1] != 0 for pid in children)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
