"""Set-up in steps: left and taken up again; nothing goes live before it is turned on (N1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.console.permissions import Role
from app.db import Database
from app.engagement.kinds import Kind
from app.keys import Keyring
from app.orgs import features, service, settings
from app.orgs.features import Feature
from app.orgs.models import AuditEntry, Org
from app.orgs.settings import KindPolicy, OpportunityRule, SyncMethod
from app.outbox.owners.models import OwnerUser
from app.salesforce.connect.connections import connect
from canvas.ids import to_18
from tests.console.conftest import Visitor
from tests.console.rows import Rows

SignedIn = Callable[[Role], Visitor]
KIM = to_18("005000000000001")


@pytest.fixture
def path(org: Org) -> str:
    return f"/console/orgs/{org.salesforce_id}/setup"


@pytest.fixture
def _connected(database: Database, org: Org, keyring: Keyring) -> None:
    with database.writing(org.id) as session:
        connect(
            session,
            keyring,
            instance_url="https://acme.my.salesforce.com",
            client_id="id",
            client_secret="secret",
        )


def choices(**changed: str) -> dict[str, str]:
    """The whole form, as a browser sends it."""
    kinds = {f"kind-{kind.value}": "off" for kind in Kind}
    plain = {
        "activity_object": "Task", "opportunity_rule": "primary", "time_zone": "",
        "api_budget": "",
    }  # fmt: skip
    return {**plain, **kinds, **changed}


def writes(database: Database, org: Org) -> bool:
    with database.reading(org.id) as session:
        return features.is_enabled(session, Feature.ACTIVITY_TO_SALESFORCE)


def test_nothing_is_turned_on_before_the_org_is_connected(
    database: Database, org: Org, path: str, signed_in: SignedIn
) -> None:
    admin = signed_in(Role.ORG_ADMIN)
    text = admin.get(path).text
    assert "Connect first." in text
    assert "Turn on</button>" not in text
    assert admin.post(f"{path}/on").status_code == 303
    assert not writes(database, org)


@pytest.mark.usefixtures("_connected")
def test_an_admin_turns_writing_on_and_off(
    database: Database, org: Org, path: str, signed_in: SignedIn
) -> None:
    """E5: what will happen is shown before; who did it stands in the audit."""
    admin = signed_in(Role.ORG_ADMIN)
    assert "these become activities" in admin.get(path).text
    answer = admin.post(f"{path}/on")
    assert "Inlay writes to Salesforce from now on" in admin.get(answer.headers["Location"]).text
    assert writes(database, org)
    assert signed_in(Role.SUPPORT).post(f"{path}/off").status_code == 403
    admin.post(f"{path}/off")
    assert not writes(database, org)
    with database.reading(org.id) as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.tag == "staff:feature:switch")
        ).all()
    assert [entry.actor[:6] for entry in entries] == ["admin:"] * 2


def test_what_to_send_is_kept(database: Database, org: Org, path: str, signed_in: SignedIn) -> None:
    """N1, M4, X20: kinds of the vendor's own are left alone; only what changed is in the audit."""
    with database.system_writing() as session:
        found = service.required(session, org.salesforce_id)
        settings.write(session, found, kinds={"custom.webinar": "each"})
    admin = signed_in(Role.ORG_ADMIN)
    typed = choices(
        activity_object="Event", opportunity_rule="all", time_zone="Europe/Berlin",
        api_budget="500", **{"kind-page_visit": "digest"},
    )  # fmt: skip
    assert admin.post(f"{path}/sending", **typed).status_code == 303
    assert admin.post(f"{path}/sending", **typed).status_code == 303
    with database.reading(org.id) as session:
        chosen = settings.read(session)
        (entry,) = session.scalars(
            select(AuditEntry).where(AuditEntry.tag == "admin:setting:change")
        )
    assert (chosen.activity_object, chosen.opportunity_rule) == ("Event", OpportunityRule.ALL)
    assert (chosen.time_zone, chosen.api_budget) == ("Europe/Berlin", 500)
    assert chosen.policy_of("page_visit") is KindPolicy.DIGEST
    assert chosen.policy_of("call") is KindPolicy.OFF
    assert chosen.policy_of("custom.webinar") is KindPolicy.EACH
    assert entry.detail["activity_object"] == ["Task", "Event"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("activity_object", "Case", "Task or Event"),
        ("opportunity_rule", "some", "does not take"),
        ("time_zone", "Mars/Olympus", "Europe/Berlin"),
        ("api_budget", "-5", "Write a number"),
        ("api_budget", "many", "Write a number"),
        ("kind-call", "sometimes", "Choose one"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    database: Database, org: Org, path: str, signed_in: SignedIn, field: str, value: str, words: str
) -> None:
    typed = choices(**{"api_budget": "77", field: value})
    answer = signed_in(Role.ORG_ADMIN).post(f"{path}/sending", **typed)
    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    assert words in answer.text
    if field != "api_budget":
        assert 'value="77"' in answer.text
    with database.reading(org.id) as session:
        assert settings.read(session) == settings.OrgSettings()


def test_colleagues_are_mapped_suggested_and_forgotten(
    database: Database, org: Org, path: str, signed_in: SignedIn
) -> None:
    """L14, N12."""
    rows = Rows(database, org)
    rows.event(rows.person("Ada", "ada@example.com"), user_key="kim@acme.example")
    with database.writing(org.id) as session:
        session.add(OwnerUser(salesforce_id=KIM, name="Kim Tran", email="kim@acme.example"))
    admin, people = signed_in(Role.ORG_ADMIN), f"{path}/people"
    assert "Kim Tran" in admin.get(f"{people}?suggest=1").text
    assert "Take 1 suggestion" in admin.get(f"{people}?suggest=1").text
    assert admin.post(f"{people}/accept").status_code == 303
    assert "kim@acme.example" in admin.get(people).text
    assert admin.post(f"{people}/forget", identity="kim@acme.example").status_code == 303
    assert "kim@acme.example" not in admin.get(people).text
    assert admin.post(f"{people}/map", owner=KIM).status_code == 422
    refused = admin.post(f"{people}/map", identity="ben@acme.example", owner="nobody")
    assert refused.status_code == 422
    assert 'value="ben@acme.example"' in refused.text
    assert admin.post(f"{people}/map", identity="ben@acme.example", owner=KIM).status_code == 303
    assert "ben@acme.example" in admin.get(people).text
    assert admin.post(f"{people}/default", owner="nonsense").status_code == 422
    assert admin.post(f"{people}/default", owner=KIM).status_code == 303
    with database.reading(org.id) as session:
        assert settings.read(session).default_owner == KIM


def test_viewers_change_nothing(path: str, signed_in: SignedIn) -> None:
    viewer = signed_in(Role.VIEWER)
    for part in ("", "/sending", "/people"):
        text = viewer.get(f"{path}{part}").text
        assert "<button" not in text.partition("<main")[2]


def sync_choices(**changed: str) -> dict[str, str]:
    """The whole form; a box that is not ticked sends nothing."""
    methods = {f"sync_{name}": "none" for name in ("contacts", "leads", "companies")}
    return {**methods, "sync_hours": "24", **changed}


def test_what_to_sync_is_kept_and_nothing_is_synced_by_it(
    database: Database, org: Org, path: str, signed_in: SignedIn
) -> None:
    """E1, M4, N1: none of it unless chosen, daily by default; who chose what is in the audit."""
    admin = signed_in(Role.ORG_ADMIN)
    assert "People and companies are not synced." in admin.get(path).text
    typed = sync_choices(sync_contacts="both", sync_companies="from_salesforce", sync_hours="6")
    for _ in range(2):
        assert admin.post(f"{path}/syncing", **typed, sync_deletions="1").status_code == 303
    with database.reading(org.id) as session:
        chosen = settings.read(session)
        (entry,) = session.scalars(
            select(AuditEntry).where(AuditEntry.tag == "admin:setting:change")
        )
    assert (chosen.sync_contacts, chosen.sync_leads) == (SyncMethod.BOTH, SyncMethod.NONE)
    assert chosen.sync_companies is SyncMethod.FROM_SALESFORCE
    assert (chosen.sync_hours, chosen.sync_deletions) == (6, True)
    assert entry.detail["sync_hours"] == ["24", "6"]
    assert "sync_leads" not in entry.detail
    assert "Contacts: both ways" in admin.get(path).text
    assert admin.post(f"{path}/syncing", **typed).status_code == 303
    with database.reading(org.id) as session:
        assert settings.read(session).sync_deletions is False


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("sync_leads", "sideways", "Choose one"),
        ("sync_hours", "0", "from 1 to 168"),
        ("sync_hours", "169", "from 1 to 168"),
        ("sync_hours", "often", "from 1 to 168"),
        ("sync_hours", "²", "from 1 to 168"),
    ],
)
def test_a_wrong_choice_of_what_to_sync_is_said_at_its_field(
    database: Database, org: Org, path: str, signed_in: SignedIn, field: str, value: str, words: str
) -> None:
    typed = sync_choices(**{"sync_contacts": "both", field: value})
    answer = signed_in(Role.ORG_ADMIN).post(f"{path}/syncing", **typed)
    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    assert words in answer.text
    assert 'name="sync_contacts" value="both" checked' in answer.text
    with database.reading(org.id) as session:
        assert settings.read(session).sync_contacts is SyncMethod.NONE


def test_the_fields_of_the_default_mapping_are_shown(path: str, signed_in: SignedIn) -> None:
    """N1, N7: until an org may say otherwise."""
    text = signed_in(Role.VIEWER).get(f"{path}/fields").text
    assert "A blank never overwrites a value" in text
    for name in ("Email", "LastName", "Company", "Website"):
        assert f"<code>{name}</code>" in text
