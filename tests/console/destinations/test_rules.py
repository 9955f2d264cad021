"""How long Destinations stay and whom they let in: of new ones, and of one (X12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import utcnow
from app.console.permissions import Role
from app.db import Database
from app.destinations.models import GatePass, Link
from app.orgs import settings
from app.orgs.gates import GateKind
from app.orgs.models import AuditEntry, Org
from tests.console.conftest import Visitor
from tests.console.destinations.conftest import Make, read

SignedIn = Callable[[Role], Visitor]
GATE = {"kind": "listed", "own_link": "1", "allow": "Acme.example", "deny": "zoe@acme.example"}
RULES = {"days": "30", "view_days": "7", "views": "5", **GATE}
WRONG = [
    ("view_days", "0"), ("view_days", "soon"), ("view_days", "3651"), ("views", "-1"),
    ("views", "1000000000"), ("kind", "nobody"), ("allow", "acme"), ("deny", "a@b@c.example"),
]  # fmt: skip


@pytest.fixture
def base(org: Org) -> str:
    return f"/console/orgs/{org.salesforce_id}/destinations"


def last_audit(database: Database, org: Org) -> AuditEntry:
    with database.reading(org.id) as session:
        return session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()  # type: ignore[return-value]


def test_new_destinations_begin_with_the_defaults_and_others_stay(
    database: Database, org: Org, base: str, make: Make, signed_in: SignedIn
) -> None:
    before, admin = make(1), signed_in(Role.ORG_ADMIN)
    assert 'value="open" checked' in admin.get(f"{base}/defaults").text
    assert admin.post(f"{base}/defaults", **RULES).status_code == 303
    told = last_audit(database, org)
    made = read(database, org, make(2))
    assert made.expires_at == made.open_until == made.created_at + timedelta(days=30)
    assert (made.days_after_view, made.most_views, made.gate) == (7, 5, GateKind.LISTED)
    assert (made.gate_own_link, made.gate_allow, made.gate_deny) == (True, ["acme.example"], [])
    old = read(database, org, before)
    assert (old.expires_at, old.most_views, old.gate) == (None, 0, GateKind.OPEN)
    with database.reading(org.id) as session:
        assert settings.read(session).gate_deny == ("zoe@acme.example",)
    shown = admin.get(f"{base}/defaults").text
    for text in ('value="30"', 'value="7"', 'value="5"', 'value="listed" checked', "acme.example"):
        assert text in shown
    assert told.tag == "admin:setting:change"
    assert told.detail["gate"] == ["open", "listed"]
    assert told.detail["gate_deny"] == [[], ["zoe@acme.example"]]
    latest = last_audit(database, org).seq
    admin.post(f"{base}/defaults", **RULES)
    assert last_audit(database, org).seq == latest, "nothing changed"


@pytest.mark.parametrize(("name", "text"), [*WRONG, ("days", "4000")])
def test_a_wrong_default_is_said_at_its_field(
    database: Database, org: Org, base: str, signed_in: SignedIn, name: str, text: str
) -> None:
    refused = signed_in(Role.ORG_ADMIN).post(f"{base}/defaults", **RULES | {name: text})
    assert refused.status_code == 422
    assert f'id="error-{name}"' in refused.text
    assert "Nothing was saved" in refused.text
    assert text in refused.text or name == "kind"
    with database.reading(org.id) as session:
        assert settings.read(session).destination_days == 0


def test_one_destination_has_rules_of_its_own(
    database: Database, org: Org, base: str, make: Make, signed_in: SignedIn
) -> None:
    made, admin = make(), signed_in(Role.ORG_ADMIN)
    before = read(database, org, made).version
    today = utcnow().date().isoformat()
    admin.post(f"{base}/{made}/expiry", until=today, view_days="7", views="")
    admin.post(f"{base}/{made}/gate", **GATE | {"own_link": ""})
    found = read(database, org, made)
    assert found.version == before + 2
    assert (found.days_after_view, found.most_views, found.gate) == (7, 0, GateKind.LISTED)
    assert (found.gate_own_link, found.gate_deny) == (False, ["zoe@acme.example"])
    told = last_audit(database, org)
    assert told.tag == "admin:destination:gate"
    assert told.detail["allow"] == ["", "acme.example"]
    assert told.detail["own_link"] == [True, False]
    shown = admin.get(f"{base}/{made}").text
    for text in (f'value="{today}"', 'value="7"', 'value="listed" checked', "acme.example"):
        assert text in shown


@pytest.mark.parametrize(("name", "text"), [*WRONG, ("until", "31 June")])
def test_a_wrong_rule_of_one_is_said_at_its_field(
    database: Database, org: Org, base: str, make: Make, signed_in: SignedIn, name: str, text: str
) -> None:
    made, admin = make(), signed_in(Role.ORG_ADMIN)
    form = "gate" if name in GATE else "expiry"
    typed = GATE if form == "gate" else {"until": "", "view_days": "", "views": ""}
    refused = admin.post(f"{base}/{made}/{form}", **typed | {name: text})
    assert refused.status_code == 422
    assert f'id="error-{name}"' in refused.text
    assert text in refused.text or name == "kind"
    assert read(database, org, made).version == 1


def test_who_came_by_the_gate_is_listed_as_not_verified(
    database: Database, org: Org, base: str, make: Make, signed_in: SignedIn
) -> None:
    made, admin = make(), signed_in(Role.ORG_ADMIN)
    assert "Addresses typed at the gate" not in admin.get(f"{base}/{made}").text
    with database.writing(org.id) as session:
        link = session.scalars(select(Link.id)).first()
        for email in ("carl@b.example", "carl@b.example", "<b>@c.example"):
            session.add(GatePass(destination_id=made, link_id=link, email=email, agreed="…"))
    shown = admin.get(f"{base}/{made}").text
    assert "nobody verified them" in shown
    assert '<th scope="row">carl@b.example</th><td class="number">2</td>' in shown
    assert "<b>@c" not in shown


def test_another_orgs_rules_are_not_there(
    database: Database, other: Org, base: str, make: Make, signed_in: SignedIn
) -> None:
    """Tenant isolation."""
    theirs, admin = make(1, of=other), signed_in(Role.ORG_ADMIN)
    assert admin.post(f"{base}/{theirs}/gate", **GATE).status_code == 404
    assert read(database, other, theirs).gate is GateKind.OPEN
