"""Data and privacy: everything taken away, deleted after a week unless called off (X16)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.console.permissions import Role
from app.crm import sights
from app.crm.models import Sight, SObject
from app.db import Database
from app.orgs import settings
from app.orgs.models import AuditEntry, Org
from tests.console.conftest import Visitor
from tests.console.rows import CONTACT, Rows

SignedIn = Callable[[Role], Visitor]


def path(org: Org) -> str:
    return f"/console/orgs/{org.salesforce_id}/data"


def tags(database: Database, org: Org) -> list[str]:
    with database.reading(org.id) as session:
        return list(session.scalars(select(AuditEntry.tag).order_by(AuditEntry.seq)))


@pytest.mark.usefixtures("one_minute")
def test_an_admin_takes_everything_away(database: Database, org: Org, signed_in: SignedIn) -> None:
    """A ZIP with the org's rows, an audit row, and no third file within a minute."""
    Rows(database, org).person("Eve Lind", "eve@example.com", contact=CONTACT)
    admin = signed_in(Role.ORG_ADMIN)
    answer = admin.get(f"{path(org)}/everything.zip")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        (person,) = archive.read("person.jsonl").splitlines()
    assert json.loads(person)["name"] == "Eve Lind"
    assert tags(database, org)[-1] == "console:data:export"
    assert admin.get(f"{path(org)}/everything.zip").status_code == 200
    assert admin.get(f"{path(org)}/everything.zip").status_code == 429


def test_deleting_takes_the_orgs_name_and_can_be_called_off(
    database: Database, org: Org, signed_in: SignedIn
) -> None:
    """What was typed stays; the page, the audit and the staff's list say what will happen."""
    admin, viewer = signed_in(Role.ORG_ADMIN), signed_in(Role.VIEWER)
    refused = admin.post(f"{path(org)}/delete", name="devorg")
    assert refused.status_code == 422
    assert 'value="devorg"' in refused.text
    assert "None" in viewer.get("/console/deletions").text
    assert admin.post(f"{path(org)}/delete", name=f" {org.name} ").status_code == 303
    assert "Keep everything" in admin.get(path(org)).text
    assert "will be deleted after" in admin.get(f"/console/orgs/{org.salesforce_id}/").text
    assert "Will be deleted after" in viewer.get("/console/deletions").text
    assert "Keep everything" not in viewer.get(path(org)).text
    assert admin.post(f"{path(org)}/keep").headers["Location"].endswith("done=kept")
    assert admin.post(f"{path(org)}/keep").headers["Location"].endswith("done=late")
    assert "Called off by" in viewer.get("/console/deletions").text
    assert tags(database, org)[-2:] == ["console:data:ask_deletion", "console:data:cancel_deletion"]


def test_forbidding_view_as_forgets_what_was_kept(
    database: Database, org: Org, signed_in: SignedIn
) -> None:
    """X18: off for orgs that forbid it, at once."""
    with database.writing(org.id) as session:
        sights.remember(session, "005000000000001AAA", CONTACT, SObject.CONTACT, {"people": []})
    admin = signed_in(Role.ORG_ADMIN)
    assert admin.post(f"{path(org)}/view-as/off").status_code == 303
    with database.reading(org.id) as session:
        assert not settings.read(session).support_view
        assert session.scalars(select(Sight)).all() == []
        assert not sights.recall(session, "005000000000001AAA", CONTACT).is_allowed
    asked = f"/console/orgs/{org.salesforce_id}/view-as"
    assert "does not allow it" in signed_in(Role.SUPPORT).get(asked).text
    admin.post(f"{path(org)}/view-as/on")
    with database.reading(org.id) as session:
        assert sights.recall(session, "005000000000001AAA", CONTACT).is_allowed
