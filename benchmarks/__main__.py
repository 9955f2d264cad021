"""`make bench`: every row of the table, one after the other; `--quick` only tries them out."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from app import memory
from benchmarks import backfill, beside, box, delivery, intake, lists, opening, orgs, verify
from benchmarks.box import ROOT, Box
from benchmarks.org import measure as measure_devorg
from benchmarks.rows import Row, table
from benchmarks.scale import FULL, QUICK, WHOLE_LISTS, Scale
from tests.support.databases import Databases, PostgresDatabases, SqliteDatabases
from tests.support.ports import free_port
from tools import postgres

RESULTS = ROOT / "benchmarks" / "results.json"
_CANVAS_URL = "http://localhost:8000/canvas"
_HUNG_ORG = "00D5e000000HUNG"

#: A part of the table: what it is called, and what measures it.
Part = tuple[str, Callable[[], list[Row]]]


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, write; 0 also when a goal is missed: the table says so."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="little of each, to see that it works")
    parser.add_argument(
        "--whole-lists", action="store_true", help="lists with 10,000 orgs and 10,000,000 lines"
    )
    parser.add_argument("--only", default="", help="parts whose name contains this")
    parser.add_argument("--output", type=Path, default=None, help="file for the rows as JSON")
    options = parser.parse_args(arguments)
    scale = QUICK if options.quick else WHOLE_LISTS if options.whole_lists else FULL
    rows: list[Row] = []
    begun = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="inlay-bench-")))
        for name, measure in _parts(scale, stack, folder):
            if options.only in name:
                rows += _run(name, measure)
    print(f"\n{table(rows)}\n\n{_notes(rows)}\n\n{time.monotonic() - begun:.0f} s")
    output = options.output or (None if options.quick or options.only else RESULTS)
    if output is not None:
        output.write_text(json.dumps(_report(rows), indent=2, ensure_ascii=False) + "\n", "utf-8")
    return 0


def _run(name: str, measure: Callable[[], list[Row]]) -> list[Row]:
    memory.settle()  # as `wsgi` does
    begun = time.monotonic()
    print(f"{name} …", end=" ", flush=True, file=sys.stderr)
    found = measure()
    print(f"{time.monotonic() - begun:.1f} s", flush=True, file=sys.stderr)
    return found


def _parts(scale: Scale, stack: ExitStack, folder: Path) -> Iterator[Part]:
    """What needs a Salesforce org or a database finds it running."""
    yield "devorg", lambda: measure_devorg(scale, folder)
    org = stack.enter_context(box.running(folder, "org", _CANVAS_URL))
    server = stack.enter_context(postgres.running(durable=True))
    kinds: dict[str, Databases] = {
        "SQLite": SqliteDatabases(folder),
        "PostgreSQL": PostgresDatabases(server.url(), "bench"),
    }

    def url(kind: str) -> str:
        return stack.enter_context(kinds[kind].migrated())

    yield "verify", lambda: verify.measure(scale, org)
    for kind in kinds:
        yield (
            f"widget open, {kind}",
            lambda k=kind: opening.measure_floor(  # type: ignore[misc]
                scale, k, url(k), org, folder
            ),
        )
        yield (
            f"widget growth, {kind}",
            lambda k=kind: opening.measure_growth(  # type: ignore[misc]
                scale, k, lambda: url(k), org, folder
            ),
        )
        yield (
            f"intake, {kind}",
            lambda k=kind: intake.measure(  # type: ignore[misc]
                scale, k, url(k), org, folder
            ),
        )
    yield "delivery", lambda: delivery.measure(scale, url("SQLite"), org, folder)
    for kind in kinds:
        yield (
            f"many orgs, {kind}",
            lambda k=kind: orgs.measure(scale, k, url(k), folder),  # type: ignore[misc]
        )
        yield (
            f"lists of the console, {kind}",
            lambda k=kind: lists.measure(scale, k, lambda: url(k), folder),  # type: ignore[misc]
        )
    yield "back-fill", lambda: backfill.measure(scale, url("SQLite"), org, folder)
    yield "beside a hung org", lambda: _beside(scale, stack, url("SQLite"), org, folder)


def _beside(scale: Scale, stack: ExitStack, url: str, quiet: Box, folder: Path) -> list[Row]:
    port = free_port()
    hung = stack.enter_context(box.running(folder, "hung", _CANVAS_URL, _HUNG_ORG))
    return beside.measure(scale, url, (quiet, hung), port, folder)


def _notes(rows: list[Row]) -> str:
    return "\n".join(f"- {row.name}: {row.note}" for row in rows)


def _report(rows: list[Row]) -> list[dict[str, object]]:
    return [row.as_json() for row in rows]


if __name__ == "__main__":
    sys.exit(main())
