"""X6: "Why is this not in Salesforce?", answered from the record itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.clock import utcnow
from app.console.permissions import Role
from app.db import Database
from app.engagement.models import Confidence, Source
from app.keys import Keyring
from app.orgs import features, service
from app.orgs.features import Feature
from app.orgs.models import Org
from app.outbox.models import DeliveryState, OrgDelivery
from app.salesforce.connect.connections import connect
from app.salesforce.models import Connection, ConnectionState
from app.salesforce.preflight.models import PreflightResult
from app.salesforce.preflight.result import FeatureReport, Finding, Preflight, Verdict
from tests.console.conftest import Visitor
from tests.console.rows import CONTACT, Rows

SignedIn = Callable[[Role], Visitor]


@pytest.fixture
def rows(database: Database, org: Org) -> Rows:
    return Rows(database, org)


@pytest.fixture
def path(org: Org) -> str:
    return f"/console/orgs/{org.salesforce_id}/why?q={CONTACT}"


@pytest.fixture
def _writes(database: Database, org: Org, keyring: Keyring) -> None:
    """Connected, and switched on."""
    with database.system_writing() as session:
        found = service.required(session, org.salesforce_id)
        features.switch(session, found, Feature.ACTIVITY_TO_SALESFORCE, True, by="tests")
    with database.writing(org.id) as session:
        connect(
            session,
            keyring,
            instance_url="https://acme.my.salesforce.com",
            client_id="id",
            client_secret="secret",
        )


def test_a_wrong_question_is_answered_at_the_field(org: Org, signed_in: SignedIn) -> None:
    visitor = signed_in(Role.ORG_ADMIN)
    base = f"/console/orgs/{org.salesforce_id}/why"
    assert "Explain" in visitor.get(base).text
    assert 'aria-invalid="true"' in visitor.get(f"{base}?q=hello").text
    assert "belong to people" in visitor.get(f"{base}?q=001000000000001").text


def test_the_orgs_own_obstacles_come_first(
    rows: Rows, path: str, signed_in: SignedIn, database: Database, org: Org
) -> None:
    """Switched off is said before anything of the record."""
    rows.person("Ada", "ada@example.com", contact=CONTACT)
    assert "Writing to Salesforce is switched off" in signed_in(Role.ORG_ADMIN).get(path).text


@pytest.mark.usefixtures("_writes")
def test_the_record_and_its_rows_come_next(
    rows: Rows, path: str, signed_in: SignedIn, database: Database, org: Org
) -> None:
    """One obstacle after the other goes; the page names the one that is left."""
    admin = signed_in(Role.ORG_ADMIN)
    assert "does not know this record" in admin.get(path).text
    ada = rows.person("Ada", "ada@example.com", contact=CONTACT)
    assert "Nothing happened yet" in admin.get(path).text
    rows.event(ada, "page_visit")
    rows.event(ada, confidence=Confidence.LIKELY_SCANNER)
    rows.event(ada, source=Source.IMPORT)
    rows.event(ada)
    text = admin.get(path).text
    for reason in (
        "Nothing of it is to be sent",
        "“Page visited” is off for this org",
        "a mail scanner",
        "History that was brought over",
        "switched off when it happened",
    ):
        assert reason in text
    rows.row(ada, DeliveryState.DELIVERED)
    text = admin.get(path).text
    assert "Everything that is to be sent is in Salesforce" in text
    assert "https://acme.my.salesforce.com/lightning/r/Task/" in text
    rows.row(ada, DeliveryState.UNLINKED)
    assert "No contact or lead is known" in admin.get(path).text
    rows.row(ada, DeliveryState.PARKED, error_reason="right_missing", error_message="No right.")
    text = admin.get(path).text
    assert "Salesforce refuses 1 activity" in text
    assert "No right. Grant the integration user" in text
    assert "Try all of them again" in text
    assert "Try all of them again" not in signed_in(Role.VIEWER).get(path).text


def keep(database: Database, org: Org, *missing: Finding) -> None:
    """A preflight of this moment, which found these missing for activities."""
    report = FeatureReport(Feature.ACTIVITY_TO_SALESFORCE.value, is_on=True, findings=missing)
    found = Preflight(utcnow(), features=(report,))
    kept = {"verdict": found.verdict, "lacks": len(missing), "calls": 1, "result": found.as_json()}
    with database.writing(org.id) as session:
        session.add(PreflightResult(**kept, ran_at=utcnow(), changed_at=utcnow()))


@pytest.mark.usefixtures("_writes")
@pytest.mark.parametrize("tried_since", [False, True])
def test_a_right_that_is_back_offers_the_next_try_at_once(
    rows: Rows, path: str, signed_in: SignedIn, database: Database, org: Org, tried_since: bool
) -> None:
    """X6, P8: the daily preflight is enough; what was tried after it is refused as before."""
    ada = rows.person("Ada", "ada@example.com", contact=CONTACT)
    rows.event(ada)
    tried_at = utcnow() + timedelta(minutes=1 if tried_since else -1)
    refused: dict[str, Any] = {"error_reason": "right_missing", "leased_at": tried_at}
    rows.row(ada, DeliveryState.PARKED, **refused)
    keep(database, org)
    base, admin = path.partition("why")[0], signed_in(Role.ORG_ADMIN)
    told = admin.get(path).text
    assert "the next try has not happened yet" in told
    assert ("refused 1 activity; what was missing is there now" in told) != tried_since
    assert ("The preflight finds nothing missing now" in told) != tried_since
    assert ("Grant the integration user" in told) == tried_since
    assert ("it was not tried since" in admin.get(f"{base}activity").text) != tried_since
    retry = "retry?reason=right_missing"
    health = admin.get(base).text
    assert ("What was missing is there now." in health) != tried_since
    assert ("Find the missing right" in health) == tried_since
    assert retry in health
    seen = [visitor.get(f"{base}preflight").text for visitor in (admin, signed_in(Role.VIEWER))]
    assert [retry in each for each in seen] == [not tried_since, False]
    assert ("Refused before, not tried since" in seen[1]) != tried_since


@pytest.mark.usefixtures("_writes")
def test_an_org_that_rests_for_a_right_is_asked_what_is_missing(
    rows: Rows, path: str, signed_in: SignedIn, database: Database, org: Org
) -> None:
    """X6: it may be refused before anything is sent; then nothing is there to try again."""
    rows.row(rows.person("Ada", "ada@example.com", contact=CONTACT), DeliveryState.WAITING)
    until = utcnow() + timedelta(minutes=5)
    with database.writing(org.id) as session:
        session.add(OrgDelivery(pause_reason="request_refused", paused_until=until))
    admin = signed_in(Role.ORG_ADMIN)
    assert "Find the missing right" in admin.get(path).text
    keep(database, org)
    assert "nothing missing now; what waits goes by itself" in admin.get(f"{path}&looked=1").text


@pytest.mark.usefixtures("_writes")
def test_a_missing_right_is_named_as_the_last_preflight_saw_it(
    rows: Rows, path: str, signed_in: SignedIn, database: Database, org: Org
) -> None:
    """E7, X6: first the button that looks for it, then the right and the set that grants it."""
    ada = rows.person("Ada", "ada@example.com", contact=CONTACT)
    rows.event(ada)
    rows.row(ada, DeliveryState.PARKED, error_reason="right_missing", error_message="No: Task")
    text = signed_in(Role.ORG_ADMIN).get(path).text
    assert "Find the missing right" in text
    assert "No: Task. Grant the integration user" in text
    assert "Find the missing right" not in signed_in(Role.VIEWER).get(path).text
    edit = Finding(
        "right", Verdict.MISSING, "The user lacks Edit Tasks. Assign Inlay_Activity_Access."
    )
    keep(database, org, edit)
    text = signed_in(Role.VIEWER).get(path).text
    assert "The user lacks Edit Tasks. Assign Inlay_Activity_Access." in text
    assert "Look for missing rights again" not in text


@pytest.mark.usefixtures("_writes")
def test_a_lost_connection_is_an_obstacle_of_the_org(
    rows: Rows, path: str, signed_in: SignedIn, database: Database, org: Org
) -> None:
    """M5."""
    ada = rows.person("Ada", "ada@example.com", contact=CONTACT)
    rows.row(ada, DeliveryState.WAITING)
    with database.writing(org.id) as session:
        session.execute(update(Connection).values(state=ConnectionState.RECONNECT_NEEDED))
    assert "The connection is lost" in signed_in(Role.VIEWER).get(path).text


def test_people_of_another_org_are_unknown(
    database: Database, org: Org, other: Org, signed_in: SignedIn
) -> None:
    theirs = Rows(database, other)
    theirs.row(theirs.person("Eve", "eve@example.com", contact=CONTACT), DeliveryState.DELIVERED)
    admin = signed_in(Role.ORG_ADMIN)
    for asked in (CONTACT, "eve@example.com"):
        text = admin.get(f"/console/orgs/{org.salesforce_id}/why?q={asked}").text
        assert "Subject" not in text
