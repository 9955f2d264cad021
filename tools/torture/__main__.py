"""`make torture`: breaks everything that can break, many times, and counts the activities.

Each scenario runs on SQLite and on PostgreSQL, with a namespace and without, on a database and an
org in a box of its own. The seed is printed; `--seed` runs the same again.
"""

from __future__ import annotations

import argparse
import logging
import random
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from app.config import load
from app.db import Database
from app.keys import Keyring
from devorg import DevorgConfig
from devorg.server import running
from tests.outbox.world import World
from tests.support.application import ORG_ID, SECRET_KEY, make_org
from tests.support.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.torture.stage import Outcome, Scale, judge
from tools import postgres
from tools.torture.scenarios import TROUBLES

_NAMESPACES = (None, "acme")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; ``error`` stands where the scenario did not end."""

    name: str
    dialect: str
    namespace: str | None
    seconds: float
    outcome: Outcome | None
    error: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether every activity is there once."""
        return self.outcome is not None and self.outcome.is_exact


def main(arguments: list[str] | None = None) -> int:
    """Run all scenarios, print the table; 1 when a count was not exact."""
    options = _options(arguments)
    _be_quiet()
    print(f"seed {options.seed}", flush=True)
    scale = Scale(rounds=options.rounds, events=options.events, kills=options.kills)
    lines: list[Line] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="inlay-torture-")))
        server = stack.enter_context(postgres.running(durable=True))
        kinds: dict[str, Databases] = {
            "sqlite": SqliteDatabases(folder),
            "postgresql": PostgresDatabases(server.url(), "torture"),
        }
        for name, dialect, namespace in _plan(options.only):
            dice = random.Random(f"{options.seed} {name} {dialect} {namespace}")  # noqa: S311
            place = folder / f"{name}-{dialect}-{namespace}"
            place.mkdir()
            line = _run(name, kinds[dialect], namespace, scale, dice, place)
            print(_row(line), flush=True)
            lines.append(line)
    print(f"\n{table(lines)}")
    return 0 if all(line.is_exact for line in lines) else 1


def table(lines: Sequence[Line]) -> str:
    """The result as Markdown: a line per scenario, all databases and namespaces together."""
    head = "| trouble | times | activities | lost | doubled | on | seconds |"
    rows = [head, "|---|--:|--:|--:|--:|---|--:|"]
    for name in dict.fromkeys(line.name for line in lines):
        same = [line for line in lines if line.name == name]
        found = [line.outcome for line in same if line.outcome is not None]
        where = ", ".join(sorted({_called(line.dialect) for line in same}, reverse=True))
        failed = "".join(f" **{line.error}**" for line in same if line.error)
        rows.append(
            f"| {TROUBLES[name].words}{failed} | {sum(o.troubles for o in found):,} "
            f"| {sum(o.expected for o in found):,} | {sum(o.lost + o.open for o in found)} "
            f"| {sum(o.doubled for o in found)} | {where} | {sum(x.seconds for x in same):.0f} |"
        )
    return "\n".join(rows)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="in each of the four settings")
    parser.add_argument("--rounds", type=int, default=10, help="of each other scenario")
    parser.add_argument("--events", type=int, default=100, help="in each round")
    parser.add_argument("--only", default="", help=f"some of {', '.join(TROUBLES)}, by comma")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    options = parser.parse_args(arguments)
    options.only = [name for name in options.only.split(",") if name]
    unknown = [name for name in options.only if name not in TROUBLES]
    if unknown:
        parser.error(f"no scenario is called {unknown[0]}; there are {', '.join(TROUBLES)}")
    return options


def _plan(only: Sequence[str]) -> Iterator[tuple[str, str, str | None]]:
    for name, trouble in TROUBLES.items():
        if only and name not in only:
            continue
        for dialect in ("sqlite", "postgresql"):
            if trouble.dialect in ("", dialect):
                yield from ((name, dialect, namespace) for namespace in _NAMESPACES)


def _run(
    name: str,
    databases: Databases,
    namespace: str | None,
    scale: Scale,
    dice: random.Random,
    folder: Path,
) -> Line:
    dialect = "sqlite" if isinstance(databases, SqliteDatabases) else "postgresql"
    begun = time.monotonic()
    outcome, error = None, ""
    try:
        with _world(databases, namespace, folder) as world:
            outcome = judge(world, TROUBLES[name].run(world, scale, dice, folder))
    except Exception as failure:  # noqa: BLE001  # it stands in the table; the others still run
        error = f"{type(failure).__name__}: {failure}".splitlines()[0][:120]
    return Line(name, dialect, namespace, time.monotonic() - begun, outcome, error)


@contextmanager
def _world(databases: Databases, namespace: str | None, folder: Path) -> Iterator[World]:
    with (
        databases.migrated() as url,
        running(DevorgConfig(org_id=ORG_ID, namespace=namespace)) as box,
    ):
        config = load(
            {
                "INLAY_SECRET_KEYS": SECRET_KEY,
                "INLAY_HOME": str(folder / "home"),
                "INLAY_DATABASE_URL": url,
            }
        )
        database = Database(url)
        org = make_org(database, ORG_ID, "Halyard Software")
        world = World(config, database, Keyring(config.secret_keys), org, box)
        world.prepare()
        try:
            yield world
        finally:
            world.close()
            database.dispose()


def _row(line: Line) -> str:
    verdict = "exact" if line.is_exact else "NOT EXACT"
    said = line.error or str(line.outcome)
    where = f"{line.dialect}, {line.namespace or 'no namespace'}"
    return f"{line.name:<9} {where:<24} {verdict:<9} {line.seconds:6.1f} s  {said}"


def _called(dialect: str) -> str:
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[dialect]


def _be_quiet() -> None:
    """What goes wrong on purpose need not be told as well."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)


if __name__ == "__main__":
    sys.exit(main())
