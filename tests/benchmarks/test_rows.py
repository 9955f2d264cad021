"""The benchmark itself: every row is measured, each with a baseline of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.rows import Goal, Row, table
from benchmarks.timing import alternate

ROOT = Path(__file__).parent.parent.parent
#: What the goals name, by how the rows' names begin.
WANTED = (
    *(
        f"devorg: {what}"
        for what in (
            "calls, one record each",
            "rows created by collections",
            "rows upserted by collections",
            "rows through Bulk ingest",
            "query pages",
            "rows through Bulk query",
            "one of 20,000 contacts by Id",
            "one of 20,000 contacts by Email",
            "one of 20,000 contacts by SystemModstamp",
        )
    ),
    "verify a signed request",
    *(
        f"{what}, {kind}"
        for kind in ("SQLite", "PostgreSQL")
        for what in (
            "widget open",
            "widget open, reads",
            "widget open, writes",
            "widget open with 1,000 events, contact",
            "widget open with 1,000 events, opportunity",
            "intake by the service",
            "intake by the API",
            "orgs, second page",
            "activity log, parked calls",
            "audit of all orgs",
        )
    ),
    "counted API calls per 1,000 activities",
    "delivery of 400 activities, 0 ms a row",
    "delivery of 20 activities, 8 ms a row",
    "widget open beside a hung org",
    "delivery beside a hung org",
)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_row_is_measured_with_a_baseline_of_its_own(tmp_path: Path) -> None:
    """Quality: `make bench`, with little of each."""
    rows = _run(tmp_path / "results.json")

    missing = [name for name in WANTED if not any(row["name"].startswith(name) for row in rows)]
    assert not missing
    for row in rows:
        assert row.keys() == {
            "name", "value", "unit", "baseline", "ratio", "goal", "met", "note"
        }  # fmt: skip
        assert row["value"] > 0, row
        assert row["baseline"] > 0, row
        assert row["ratio"] == pytest.approx(row["value"] / row["baseline"], rel=0.05), row
        assert row["note"], row


def _run(output: Path) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--output", str(output)],
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", "")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows: list[dict[str, Any]] = json.loads(output.read_text("utf-8"))
    return rows


def test_a_goal_bounds_the_ratio_from_above() -> None:
    assert Row("a", 12.0, "ms", 10.0, Goal(1.3)).met is True
    assert Row("a", 14.0, "ms", 10.0, Goal(1.3)).met is False


def test_a_rate_is_bounded_from_below() -> None:
    assert Row("a", 4.0, "events/s", 10.0, Goal(0.5, is_least=True)).met is False


def test_a_number_of_calls_is_bounded_itself() -> None:
    assert Row("a", 1.0, "calls", 1000.0, Goal(1, of_value=True)).met is True
    assert Row("a", 2.0, "calls", 1000.0, Goal(1, of_value=True)).met is False


def test_a_missed_goal_stands_out_in_the_table() -> None:
    text = table([Row("slow thing", 14.0, "ms", 10.0, Goal(1.3)), Row("scale", 1.0, "s", 2.0)])

    assert [line.count("|") for line in text.splitlines()] == [8] * 4
    assert "| ≤ 1.3 × | NO  |" in text


def test_what_is_compared_takes_turns() -> None:
    order: list[str] = []

    pair = alternate(lambda: order.append("a"), lambda: order.append("b"), 3, warm_up=0)

    assert "".join(order) == "abbaab"
    assert (len(pair.subject), len(pair.baseline)) == (3, 3)
