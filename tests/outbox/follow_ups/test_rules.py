"""Rules as an operator makes them, and what they would have made (X10, X20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import event

from app import create_app
from app.clock import utcnow
from app.errors import ConfigError
from app.outbox.follow_ups.models import OwnerRule, Part
from app.outbox.follow_ups.rules import NewRule
from app.outbox.follow_ups.task import due_on, subject_of
from tests.outbox.follow_ups.conftest import SCANNER, Room

pytestmark = pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)

Run = Callable[..., Result]


@pytest.fixture
def run(room: Room) -> Run:
    """`flask --app wsgi orgs …`."""
    app: Flask = create_app(room.world.config, database=room.world.database)

    def run_(command: str, *words: str) -> Result:
        runner = app.test_cli_runner()
        return runner.invoke(args=["orgs", command, room.world.org.salesforce_id, *words])

    return run_


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"times": 0}, "times is a number"),
        ({"within_days": 91}, "within-days is a number"),
        ({"due_days": -1}, "due-days is a number"),
        ({"kind": "No Kind"}, "is no kind"),
        ({"kind": "call", "part": Part.BLOCK}, "belong to visits"),
        ({"target": "pricing"}, "say of which"),
        ({"subject": " "}, "The subject is one line"),
        ({"subject": "two\nlines"}, "The subject is one line"),
        ({"owner": OwnerRule.USER, "owner_id": "0035e00000AAAAAAAA"}, "user's id"),
        ({"owner_id": "0055e000000REPAAA2"}, "named user"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_to_write(
    served: object, wanted: dict[str, Any], words: str
) -> None:
    """X10: checked when it is made, not when it is met."""
    with pytest.raises(ConfigError, match=words):
        NewRule(**{"subject": "Call", **wanted})


@pytest.mark.parametrize(
    ("today", "days", "working", "due"),
    [
        (date(2026, 11, 20), 1, True, date(2026, 11, 23)),  # Friday
        (date(2026, 11, 21), 0, True, date(2026, 11, 23)),  # today is a Saturday
        (date(2026, 11, 20), 5, True, date(2026, 11, 27)),
        (date(2026, 11, 20), 1, False, date(2026, 11, 21)),
    ],
)
def test_days_until_it_is_due(
    served: object, today: date, days: int, working: bool, due: date
) -> None:
    assert due_on(today, days, working=working) == due


def test_a_subject_takes_names_and_leaves_other_braces(served: object) -> None:
    names = {"person": "Ada {page}", "page": "Plan"}
    assert subject_of("Call {person} {x}", names) == "Call Ada {page} {x}"


def test_an_operator_makes_lists_switches_and_removes_rules(room: Room, run: Run) -> None:
    """X10: a number is never given twice, since it is a part of the tasks' keys."""
    made = run("follow-up-add", "Call {person}", "--block", "pricing", "--times", "2")
    assert made.exit_code == 0, made.output
    assert made.output.startswith("Rule 1: a person of an open opportunity, block “pricing”, 2×")
    assert "It does nothing" not in made.output

    contact, _ = room.with_deal()
    room.visit(contact)
    room.visit(contact)
    room.make()
    assert "1 with a task" in run("follow-ups").output

    assert run("follow-up-switch", "1", "off").exit_code == 0
    assert "  1  off" in run("follow-ups").output
    assert run("follow-up-remove", "1").exit_code == 0
    assert "has no rules" in run("follow-ups").output
    assert "Rule 2" in run("follow-up-add", "Again", "--owner", "record").output
    assert "There is no rule 1" in run("follow-up-switch", "1", "on").output
    both = run("follow-up-add", "Both", "--block", "a", "--link", "b")
    assert "one thing" in both.output


def test_a_preview_tells_what_a_rule_would_have_made(room: Room, run: Run) -> None:
    """X7's kin: seen before it is switched on; nothing is asked of Salesforce."""
    contact, _ = room.with_deal()
    for days in (20, 19, 18, 2, 1):  # twice within a week, and again after the rest
        room.visit(contact, at=utcnow() - timedelta(days=days))
    room.visit(contact, judgement=SCANNER)
    room.visit("stranger@elsewhere.example", at=utcnow() - timedelta(days=2))
    room.visit("stranger@elsewhere.example", at=utcnow() - timedelta(days=1))
    room.rule(needs_opportunity=False)
    room.world.devorg.org.usage.reset()

    output = run("follow-up-preview", "1").output

    assert "would have made 2 tasks for 1 people in the last 30 days" in output
    assert "1 times it was met by people without a record" in output
    assert room.world.calls() == 0


def test_a_batch_takes_a_fixed_number_of_statements(room: Room) -> None:
    """House: no query in a loop; the index of person and kind carries the look."""
    room.rule(times=1, part=Part.ANY, target="", kind="email_replied")
    room.rule(times=3, part=Part.ANY, target="", kind="email_replied")

    def statements(people: int) -> int:
        seen: list[str] = []

        def note(*given: Any) -> None:
            seen.append(given[2])

        event.listen(room.world.database.engine, "before_cursor_execute", note)
        room.world.record(room.world.contacts()[:people], people)
        event.remove(room.world.database.engine, "before_cursor_execute", note)
        return len([each for each in seen if "follow_up" in each])

    assert statements(1) == 3  # rules, who is quiet, a note
    assert statements(12) == 3
    assert len(room.follow_ups()) == 12
