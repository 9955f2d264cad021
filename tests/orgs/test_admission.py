"""Who is served: app, org state, user type, replay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import time_machine
from sqlalchemy import select

from app.clock import utcnow
from app.config import Config
from app.db import Database
from app.keys import Keyring
from app.orgs import admission, apps, known, service
from app.orgs.errors import NotAdmittedError
from app.orgs.models import CanvasApp, Org, OrgState, OrgUser
from canvas.envelope import Envelope
from tests.support.application import make_org
from tests.support.envelopes import envelope


def admit(database: Database, config: Config, app: CanvasApp, given: Envelope) -> Org:
    """The row of the org; what was known of it is what stands there."""
    with database.system_reading() as session:
        signing = apps.find(session, app.key)
        seen = known.find(session, given.organization.id)
    found = admission.admit(database, config, admission.Verified(signing, given, "m" * 44, seen))
    with database.system_reading() as session:
        row = service.required(session, found.salesforce_id)
        assert found == known.known(row) == known.find(session, row.salesforce_id)
    return row


def at(domain: str, organization_id: str) -> Envelope:
    """An envelope of an org at a My Domain."""
    given = envelope(organization_id=organization_id)
    url = f"https://{domain}.my.salesforce.com"
    return msgspec.structs.replace(
        given, client=msgspec.structs.replace(given.client, instance_url=url)
    )


def reason_of(refused: pytest.ExceptionInfo[NotAdmittedError]) -> str:
    return refused.value.reason


@pytest.fixture
def packaged(database: Database, keyring: Keyring) -> CanvasApp:
    with database.system_writing() as session:
        return apps.put(session, keyring, apps.PACKAGED, ("s" * 40,), developer_name="Inlay_Canvas")


def test_an_active_org_is_admitted(
    database: Database, config: Config, packaged: CanvasApp, org: Org
) -> None:
    assert admit(database, config, packaged, envelope()).id == org.id


def test_an_unknown_org_becomes_pending_and_is_not_served(
    database: Database, config: Config, packaged: CanvasApp
) -> None:
    for _ in range(2):
        with pytest.raises(NotAdmittedError) as refused:
            admit(
                database,
                config,
                packaged,
                envelope(organization_id="00D5e000000NEWOEA4"),
            )
        assert reason_of(refused) == "org_pending"


def test_an_open_door_serves_an_unknown_org(
    database: Database, config: Config, packaged: CanvasApp
) -> None:
    open_door = replace(config, open_door=True)
    found = admit(database, open_door, packaged, envelope(organization_id="00D5e000000NEWOEA4"))
    assert found.state is OrgState.ACTIVE


def test_a_suspended_org_is_not_served(
    database: Database, config: Config, packaged: CanvasApp
) -> None:
    make_org(database, "00D5e000000DEVOEA4", "Devorg", OrgState.SUSPENDED)
    with pytest.raises(NotAdmittedError) as refused:
        admit(database, config, packaged, envelope())
    assert reason_of(refused) == "org_suspended"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"developer_name": "Another_App"}, "other_app"),
        ({"user_type": "POWER_CUSTOMER_SUCCESS"}, "user_type"),
        ({"user_type": None}, "user_type"),
    ],
)
def test_another_app_or_kind_of_user_is_refused(
    database: Database,
    config: Config,
    packaged: CanvasApp,
    org: Org,
    change: dict[str, Any],
    reason: str,
) -> None:
    with pytest.raises(NotAdmittedError) as refused:
        admit(database, config, packaged, envelope(**change))
    assert reason_of(refused) == reason


def test_a_customers_app_vouches_for_its_one_org_only(
    database: Database, config: Config, keyring: Keyring, org: Org
) -> None:
    other = make_org(database, "00D5e000000OTHEAA2", "Other")
    with database.system_writing() as session:
        theirs = apps.put(session, keyring, "theirs", ("t" * 40,), org=other)
    with pytest.raises(NotAdmittedError) as refused:
        admit(database, config, theirs, envelope())
    assert reason_of(refused) == "other_org"


def test_a_request_may_be_repeated_a_few_times_within_its_window(
    database: Database, config: Config, org: Org
) -> None:
    mac = "m" * 44
    for time in range(1, config.replay_limit + 1):
        with database.writing(org.id) as session:
            assert service.note_request(session, config, mac) == time
    with (
        pytest.raises(NotAdmittedError) as refused,
        database.writing(org.id) as session,
    ):
        service.note_request(session, config, mac)
    assert reason_of(refused) == "replayed"


def test_a_request_is_refused_after_its_window(
    database: Database, config: Config, org: Org
) -> None:
    with database.writing(org.id) as session:
        service.note_request(session, config, "m" * 44)
    later = utcnow() + timedelta(seconds=config.replay_window_seconds + 1)
    with (
        time_machine.travel(later),
        pytest.raises(NotAdmittedError) as refused,
        database.writing(org.id) as session,
    ):
        service.note_request(session, config, "m" * 44)
    assert reason_of(refused) == "replayed"


def test_a_user_is_remembered_once_and_kept_fresh(database: Database, org: Org) -> None:
    for name in ("Ada Example", "Ada Newname"):
        user = msgspec.structs.replace(envelope().user, full_name=name)
        with database.writing(org.id) as session:
            service.note_user(session, user)
    with database.reading(org.id) as session:
        assert session.scalars(select(OrgUser.name)).all() == ["Ada Newname"]


def test_a_user_whose_words_do_not_fit_is_remembered_as_far_as_they_do(
    database: Database, org: Org
) -> None:
    """X1: whoever signs may write anything; PostgreSQL takes neither long text nor U+0000."""
    odd = dict.fromkeys(("full_name", "email", "time_zone", "locale"), "\x00" + "x" * 400)
    with database.writing(org.id) as session:
        service.note_user(session, msgspec.structs.replace(envelope().user, **odd))
    with database.reading(org.id) as session:
        user = session.scalars(select(OrgUser)).one()
    assert (user.name, user.email) == ("x" * 255, "x" * 320)
    assert (user.time_zone, user.locale) == ("x" * 64, "x" * 32)


@pytest.mark.data
def test_a_new_id_at_a_sandboxes_domain_waits_even_before_an_open_door(
    database: Database, config: Config, packaged: CanvasApp
) -> None:
    """C6: staff says whether the sandbox was refreshed; a sandbox of another name is let in."""
    door = replace(config, open_door=True)
    old = admit(database, door, packaged, at("acme--uat.sandbox", "00D5e0000000UATEA4"))
    assert (old.domain, old.is_sandbox, old.is_served) == ("acme--uat", True, True)
    with pytest.raises(NotAdmittedError) as refused:
        admit(database, door, packaged, at("acme--uat.sandbox", "00D5e0000000NEWEA4"))
    assert reason_of(refused) == "org_pending"
    assert admit(database, door, packaged, at("acme--qa.sandbox", "00D5e00000000QAEA4")).is_served


def test_a_domain_is_learnt_once_and_anew_when_it_changes(
    database: Database, config: Config, packaged: CanvasApp, org: Org
) -> None:
    """C6: what is known costs nothing; a renamed My Domain is followed."""
    versions = []
    for domain in ("acme", "acme", "acme-group"):
        found = admit(database, config, packaged, at(domain, org.salesforce_id))
        assert found.domain == domain
        versions.append(found.version)
    assert versions == [org.version + 1, org.version + 1, org.version + 2]


def test_a_customers_own_app_says_nothing_of_domains(
    database: Database, config: Config, keyring: Keyring, org: Org
) -> None:
    """C6: its admins know its secret, and could name another company's domain for its plan."""
    with database.system_writing() as session:
        own = apps.put(session, keyring, "theirs", ("t" * 40,), org=org)
    given = at("victim--x.sandbox", org.salesforce_id)
    app = msgspec.structs.replace(given.application, developer_name=own.developer_name)
    found = admit(database, config, own, msgspec.structs.replace(given, application=app))
    assert (found.domain, found.is_sandbox) == ("", False)
