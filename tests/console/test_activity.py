"""The activity log: found, paged, explained, tried again, dropped, saved (P7, X6)."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.console.permissions import Role
from app.db import Database
from app.orgs.models import AuditEntry, Org
from app.outbox.models import DeliveryState, OutboxRow
from tests.console.conftest import Visitor
from tests.console.rows import CONTACT, DEAL, OTHER, TASK, Rows

SignedIn = Callable[[Role], Visitor]
RULE = {
    "error_reason": "validation_rule",
    "error_code": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "error_message": "A validation rule or trigger of the org refused it. Write who called.",
}

#: A made-up place beyond what a database counts to.
UNCOUNTED = base64.urlsafe_b64encode(b"2026-11-16|99999999999999999999").decode()


@pytest.fixture
def rows(database: Database, org: Org) -> Rows:
    return Rows(database, org)


@pytest.fixture
def log(org: Org) -> str:
    return f"/console/orgs/{org.salesforce_id}/activity"


def subjects(html: str) -> list[str]:
    return re.findall(r"<strong>[^<:]+: ([^<]+)</strong>", html)


def state_of(database: Database, org: Org, seq: int) -> OutboxRow:
    with database.reading(org.id) as session:
        return session.scalars(select(OutboxRow).where(OutboxRow.seq == seq)).one()


def test_a_state_of_a_newer_version_is_shown_as_unknown_and_nothing_of_it_is_decided(
    database: Database, org: Org, rows: Rows, log: str, signed_in: SignedIn
) -> None:
    """While a release overlaps: the log, its file, the record's story and Health go on."""
    ada = rows.person("Ada Lind", "ada@example.com", contact=CONTACT)
    seq = rows.row(ada, DeliveryState.PARKED, **RULE)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox_row SET state = 'postponed'")
    admin = signed_in(Role.ORG_ADMIN)
    text = admin.get(log).text
    assert "Not known here" in text
    assert "ticked" not in re.findall(r'form="(\w+)" name="seq"', text)
    home = log.removesuffix("/activity")
    assert "Not known here" in admin.get(f"{home}/why?q={CONTACT}").text
    assert admin.get(f"{home}/").status_code == 200
    assert ",unknown," in admin.get(f"{log}.csv").text
    for verb in ("retry", "pause", "resume", "drop"):
        admin.post(f"{log}/{verb}", seq=str(seq), of="ticked", why="why")
    with database.engine.begin() as connection:
        found = connection.exec_driver_sql("SELECT state FROM outbox_row").scalars().all()
    assert found == ["postponed"]


def test_each_state_explains_itself(rows: Rows, log: str, signed_in: SignedIn) -> None:
    """X6: a sentence for every state there is, and a link to what was delivered."""
    ada = rows.person("Ada Lind", "ada@example.com", contact=CONTACT)
    for state in DeliveryState:
        more = RULE if state in (DeliveryState.PARKED, DeliveryState.HELD) else {}
        rows.row(ada, state, **more)
    text = signed_in(Role.ORG_ADMIN).get(log).text
    assert len(subjects(text)) == len(DeliveryState)
    assert "Write who called." in text
    assert "Let the rule pass" in text
    assert "No contact or lead with this e-mail address" in text


def test_pages_follow_without_gap_or_repeat(rows: Rows, log: str, signed_in: SignedIn) -> None:
    ada = rows.person("Ada Lind", "ada@example.com")
    for number in range(120):
        rows.row(ada, DeliveryState.DELIVERED, subject=f"N{number:03}")
    visitor, path, seen = signed_in(Role.VIEWER), log, []
    for _ in range(3):
        text = visitor.get(path).text
        seen += subjects(text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        if following is None:
            break
        path = following[1].replace("&amp;", "&")
    assert seen == [f"N{number:03}" for number in reversed(range(120))]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=parked", {"refused"}),
        ("kind=call", {"called"}),
        ("q=ada%20l", {"delivered", "refused"}),
        ("q=BEN@example.com", {"called"}),
        (f"q={CONTACT}", {"delivered", "refused"}),
        (f"q=https://acme.lightning.force.com/lightning/r/Contact/{CONTACT}/view",
         {"delivered", "refused"}),
        (f"q={CONTACT[:15]}", {"delivered", "refused"}),
        (f"q={DEAL}", {"called"}),
        ("q=nobody", set()),
        ("q=%25", set()),
        ("from=2026-11-16&to=2026-11-16", {"delivered", "refused", "called"}),
        ("from=2026-11-17", set()),
        ("to=2026-11-15", set()),
        ("from=nonsense", {"delivered", "refused", "called"}),
        ("from=9999-12-31&to=9999-12-31", {"delivered", "refused", "called"}),
        ("state=nonsense&before=nonsense", {"delivered", "refused", "called"}),
        (f"before={UNCOUNTED}", {"delivered", "refused", "called"}),
    ],
)  # fmt: skip
def test_lines_are_found(
    rows: Rows, log: str, signed_in: SignedIn, query: str, found: set[str]
) -> None:
    """P7: by record (id or link), name, e-mail address, kind, state, day."""
    ada = rows.person("Ada Lind", "ada@example.com", contact=CONTACT)
    ben = rows.person("Ben Okri", "ben@example.com", contact=OTHER, deal=DEAL)
    rows.row(ada, DeliveryState.DELIVERED, subject="delivered")
    rows.row(ada, DeliveryState.PARKED, subject="refused", **RULE)
    rows.row(ben, DeliveryState.UNLINKED, subject="called", kind="call")
    answer = signed_in(Role.VIEWER).get(f"{log}?{query}")
    assert answer.status_code == 200
    shown = subjects(answer.text)
    if "9999" in query:  # a day beyond the calendar is no limit, or leaves nothing
        assert set(shown) in ({*()}, found)
    else:
        assert set(shown) == found
    assert len(shown) == len(set(shown))


def test_what_was_delivered_leads_to_salesforce(rows: Rows, log: str, signed_in: SignedIn) -> None:
    """P8: only where the org's address is known."""
    ada = rows.person("Ada Lind", "ada@example.com")
    rows.row(ada, DeliveryState.DELIVERED)
    text = signed_in(Role.VIEWER).get(log).text
    assert TASK not in text


def test_one_is_tried_again_and_composed_anew(
    database: Database, org: Org, rows: Rows, log: str, signed_in: SignedIn
) -> None:
    """X6: what Salesforce surely refused may say something else now; the audit has it."""
    ada = rows.person("Ada Lind", "ada@example.com", contact=CONTACT)
    sent: dict[str, Any] = {"payload": {"Subject": "old"}, "activity_key": "t:1", "attempts": 3}
    surely = rows.row(ada, DeliveryState.PARKED, **RULE, **sent)
    unsure = rows.row(ada, DeliveryState.PARKED, is_unsure=True, payload={"Subject": "old"})
    admin = signed_in(Role.ORG_ADMIN)
    for seq in (surely, unsure):
        answer = admin.post(f"{log}/retry", seq=str(seq))
        assert answer.status_code == 303
    assert "1 activity is sent again." in admin.get(answer.headers["Location"]).text
    fresh, kept = state_of(database, org, surely), state_of(database, org, unsure)
    assert fresh.state is kept.state is DeliveryState.PENDING
    assert (fresh.payload, fresh.activity_key, fresh.attempts) == (None, None, 0)
    assert (kept.payload, kept.is_unsure) == ({"Subject": "old"}, True)
    with database.reading(org.id) as session:
        tags = session.scalars(select(AuditEntry.tag)).all()
    assert tags.count("console:delivery:retry") == 2


def test_all_of_a_cause_are_dropped_after_their_number_was_shown(
    database: Database, org: Org, rows: Rows, log: str, signed_in: SignedIn
) -> None:
    """Every destructive act says how many; others stay as they are."""
    ada = rows.person("Ada Lind", "ada@example.com")
    doomed = [rows.row(ada, DeliveryState.PARKED, **RULE) for _ in range(3)]
    other = rows.row(ada, DeliveryState.PARKED, error_reason="record_gone")
    admin = signed_in(Role.ORG_ADMIN)
    asked = admin.get(f"{log}/drop?reason=validation_rule")
    assert "Drop 3 activities" in asked.text
    assert '<input type="hidden" name="number" value="3">' in asked.text
    late = rows.row(ada, DeliveryState.PARKED, **RULE)
    for given in ({}, {"number": "3"}, {"number": "-4"}):
        again = admin.post(f"{log}/drop", reason="validation_rule", why="test data", **given)
        assert again.status_code == 409
        assert "There are more of them by now" in again.text
        assert "Drop 4 activities" in again.text
        assert state_of(database, org, late).state is DeliveryState.PARKED
    admin.post(f"{log}/retry", seq=str(late))
    admin.post(f"{log}/drop", reason="validation_rule", why="test data", number="4")
    states = [state_of(database, org, seq) for seq in doomed]
    assert {row.state for row in states} == {DeliveryState.DROPPED}
    assert states[0].settled_by.startswith("admin:")
    assert state_of(database, org, other).state is DeliveryState.PARKED
    with database.reading(org.id) as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.tag == "console:delivery:drop")
        ).one()
    assert entry.detail == {
        "number": 3, "why": "test data", "reason": "validation_rule", "address": "127.0.0.1",
    }  # fmt: skip
    assert "Nothing to do" in admin.get(f"{log}/drop?reason=validation_rule").text


@pytest.mark.parametrize("state", [DeliveryState.DELIVERED, DeliveryState.LEASED])
def test_what_is_in_salesforce_or_under_way_is_left_alone(
    database: Database, org: Org, rows: Rows, log: str, signed_in: SignedIn, state: DeliveryState
) -> None:
    """Exactly once: nobody sends a delivered row again by a click."""
    seq = rows.row(rows.person("Ada", "ada@example.com"), state)
    admin = signed_in(Role.ORG_ADMIN)
    for verb in ("retry", "pause", "resume", "drop"):
        admin.post(f"{log}/{verb}", seq=str(seq), why="tests")
    assert state_of(database, org, seq).state is state


def test_rows_of_another_org_are_out_of_reach(
    database: Database, org: Org, other: Org, log: str, signed_in: SignedIn
) -> None:
    """The number of a row is a guess away; its org is not."""
    theirs = Rows(database, other)
    seq = theirs.row(theirs.person("Eve", "eve@example.com"), DeliveryState.PARKED, **RULE)
    admin = signed_in(Role.ORG_ADMIN)
    for verb in ("retry", "pause", "resume", "drop"):
        assert "Nothing to do" in admin.get(f"{log}/{verb}?seq={seq}").text
        admin.post(f"{log}/{verb}", seq=str(seq), why="tests")
        admin.post(f"{log}/{verb}", why="tests")
    assert state_of(database, other, seq).state is DeliveryState.PARKED
    assert "Eve" not in admin.get(log).text
    assert "Eve" not in admin.get(f"{log}.csv").text


def test_the_file_has_every_line_and_runs_nothing(
    rows: Rows, log: str, signed_in: SignedIn
) -> None:
    """What others wrote must not become a formula."""
    ada = rows.person("Ada Lind", "ada@example.com")
    rows.row(ada, DeliveryState.DELIVERED, subject="=HYPERLINK(1)")
    rows.row(ada, DeliveryState.PARKED, **RULE)
    answer = signed_in(Role.VIEWER).get(f"{log}.csv?q=ada")
    assert answer.mimetype == "text/csv"
    head, *lines = csv.reader(io.StringIO(answer.text))
    assert len(lines) == 2
    told = dict(zip(head, lines[1], strict=True))
    assert (told["subject"], told["state"]) == ("'=HYPERLINK(1)", "delivered")


def test_markup_in_what_others_wrote_is_text(rows: Rows, log: str, signed_in: SignedIn) -> None:
    ada = rows.person("<b>Ada</b>", "ada@example.com")
    rows.row(ada, DeliveryState.PARKED, subject="<i>x</i>", error_message="<script>1</script>")
    text = signed_in(Role.VIEWER).get(f"{log}?q=%22%3E%3Cscript%3E").text
    text += signed_in(Role.SUPPORT).get(log).text
    assert "<script>" not in text
    assert "<b>Ada" not in text
    assert "<i>x" not in text
