"""Activities paused by hand, one, several, all of a cause or filter, and let go on (issue 6)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.console.permissions import Role
from app.db import Database
from app.orgs.models import AuditEntry, Org
from app.outbox.models import DeliveryState, OutboxRow
from tests.console.conftest import Visitor
from tests.console.rows import CONTACT, Rows
from tests.console.test_activity import RULE

SignedIn = Callable[[Role], Visitor]
WHY = "The customer asked us to wait until Monday"
PAUSED, PARKED, PENDING = DeliveryState.PAUSED, DeliveryState.PARKED, DeliveryState.PENDING


@pytest.fixture
def rows(database: Database, org: Org) -> Rows:
    return Rows(database, org)


@pytest.fixture
def log(org: Org) -> str:
    return f"/console/orgs/{org.salesforce_id}/activity"


def states(database: Database, org: Org) -> list[DeliveryState]:
    """Of all rows, in order."""
    with database.reading(org.id) as session:
        return list(session.scalars(select(OutboxRow.state).order_by(OutboxRow.seq)))


def test_all_of_a_cause_are_paused_with_a_reason_and_go_on(
    database: Database, org: Org, rows: Rows, log: str, signed_in: SignedIn
) -> None:
    """First how many; who and why stand at each, in the rep's way too, and in the audit."""
    ada = rows.person("Ada Lind", "ada@example.com", contact=CONTACT)
    for _ in range(2):
        rows.row(ada, PARKED, **RULE)
    rows.row(ada, PARKED, error_reason="record_gone")
    support = signed_in(Role.SUPPORT)
    cause = {"reason": "validation_rule", "code": RULE["error_code"]}
    health = support.get(log.removesuffix("activity")).text
    assert f"pause?reason=validation_rule&amp;code={RULE['error_code']}" in health
    assert "Pause 2 activities" in support.get(f"{log}/pause?reason=validation_rule").text
    unsaid = support.post(f"{log}/pause", **cause)
    assert (unsaid.status_code, "Say why" in unsaid.text) == (422, True)
    assert "Pause 2 activities" in unsaid.text, "what was chosen is kept"
    answer = support.post(f"{log}/pause", why=WHY, **cause)
    assert "2 activities are paused." in support.get(answer.headers["Location"]).text
    assert states(database, org) == [PAUSED, PAUSED, PARKED]
    text = support.get(f"{log}?state=paused").text
    assert "support@example.com" in text
    assert WHY in text
    assert "Paused by hand" in support.get(log.removesuffix("activity")).text
    support.post(f"{log}/retry", **cause)
    assert states(database, org) == [PAUSED, PAUSED, PARKED], "nobody tries these by accident"
    assert "Resume 2 activities" in support.get(f"{log}/resume?{'reason=validation_rule'}").text
    support.post(f"{log}/resume", why="It is Monday", **cause)
    assert states(database, org) == [PENDING, PENDING, PARKED]
    with database.reading(org.id) as session:
        wanted = AuditEntry.tag.in_(["console:delivery:pause", "console:delivery:resume"])
        acts = session.scalars(select(AuditEntry).where(wanted).order_by(AuditEntry.seq)).all()
    assert [(act.detail["number"], act.detail["why"]) for act in acts] == [
        (2, WHY),
        (2, "It is Monday"),
    ]


def test_ticked_lines_are_decided_on_together_and_no_other(
    database: Database, org: Org, rows: Rows, log: str, signed_in: SignedIn
) -> None:
    """Without a script: boxes of a form; what cannot be paused is not counted."""
    ada = rows.person("Ada Lind", "ada@example.com", contact=CONTACT)
    unlinked = rows.person("Ben", "ben@example.com")
    chosen = [
        rows.row(ada, DeliveryState.WAITING),
        rows.row(unlinked, DeliveryState.UNLINKED),
        rows.row(ada, DeliveryState.DELIVERED),
    ]
    rows.row(ada, PENDING)
    admin = signed_in(Role.ORG_ADMIN)
    text = admin.get(log).text
    assert text.count('form="ticked" name="seq"') == 3, "what is delivered has no box"
    query = "&".join(f"seq={seq}" for seq in chosen)
    assert "Pause 2 activities" in admin.get(f"{log}/pause?of=ticked&{query}").text
    assert "Nothing is ticked" in admin.get(f"{log}/pause?of=ticked").text
    assert "Nothing is ticked" in admin.get(f"{log}/retry?seq=nonsense").text
    seqs = [str(seq) for seq in chosen]
    admin.post(f"{log}/pause", of="ticked", seq=seqs, why=WHY)
    assert states(database, org) == [PAUSED, PAUSED, DeliveryState.DELIVERED, PENDING]
    admin.post(f"{log}/resume", of="ticked", seq=seqs)
    resumed = [PENDING, DeliveryState.UNLINKED, DeliveryState.DELIVERED, PENDING]
    assert states(database, org) == resumed
    admin.post(f"{log}/drop", of="ticked", why="none ticked")
    assert states(database, org) == resumed


def test_all_that_a_filter_finds_is_what_it_finds(
    database: Database, org: Org, rows: Rows, log: str, signed_in: SignedIn
) -> None:
    """A filter that makes no sense concerns nothing, rather than everything."""
    ada = rows.person("Ada Lind", "ada@example.com", contact=CONTACT)
    rows.row(ada, PENDING, kind="call")
    rows.row(ada, PENDING)
    ben = rows.person("Ben", "ben@example.com")
    rows.row(ben, PENDING, kind="call")
    admin = signed_in(Role.ORG_ADMIN)
    assert "All that the filter finds" in admin.get(f"{log}?kind=call").text
    assert "All that the filter finds" not in admin.get(log).text
    asked = "of=found&kind=call&q=ada@example.com"
    assert "Pause 1 activity" in admin.get(f"{log}/pause?{asked}").text
    for wrong in ("from=nonsense", "state=nonsense", "q=nobody"):
        assert "Nothing to do" in admin.get(f"{log}/pause?of=found&{wrong}").text
    admin.post(f"{log}/pause", of="found", kind="call", q="ada@example.com", why=WHY)
    assert states(database, org) == [PAUSED, PENDING, PENDING]


def test_what_was_never_refused_is_a_cause_of_its_own(
    database: Database, org: Org, rows: Rows, log: str, signed_in: SignedIn
) -> None:
    """The number on Health is the number that is asked about."""
    ada = rows.person("Ada Lind", "ada@example.com", contact=CONTACT)
    paused = {"paused_why": WHY, "settled_by": "staff:mara@example.com"}
    rows.row(ada, PAUSED, **RULE, **paused)
    rows.row(ada, PAUSED, **paused)
    support = signed_in(Role.SUPPORT)
    health = support.get(log.removesuffix("activity")).text
    links = re.findall(r'href="([^"]+/activity/resume[^"]+)"', health)
    assert len(links) == 2
    for link in links:
        assert "Resume 1 activity" in support.get(link.replace("&amp;", "&")).text
    support.post(f"{log}/resume", state="paused", reason="never_refused")
    assert states(database, org) == [PAUSED, PENDING]
    assert "Paused by mara@example.com" in support.get(log).text


def test_a_viewer_sees_what_is_paused_and_decides_nothing(
    rows: Rows, log: str, signed_in: SignedIn
) -> None:
    """The role matrix: boxes and buttons go with the right."""
    seq = rows.row(rows.person("Ada", "ada@example.com"), PAUSED, paused_why=WHY)
    viewer = signed_in(Role.VIEWER)
    text = viewer.get(log).text
    assert WHY in text
    assert "ticked" not in text
    assert viewer.post(f"{log}/resume", seq=str(seq)).status_code == 403
