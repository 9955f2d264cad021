"""How an org's public pages look: name, website, colour."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.console.permissions import Role
from app.db import Database
from app.orgs import settings
from app.orgs.models import Org
from tests.console.conftest import Visitor

SignedIn = Callable[[Role], Visitor]


@pytest.fixture
def path(org: Org) -> str:
    return f"/console/orgs/{org.salesforce_id}/destinations"


def test_the_brand_is_kept_and_wrong_values_stand_at_their_field(
    database: Database, org: Org, path: str, signed_in: SignedIn
) -> None:
    admin = signed_in(Role.ORG_ADMIN)
    typed = {"company_name": "Acme", "website": "https://acme.example", "brand_color": "red"}
    refused = admin.post(f"{path}/brand", **typed)
    assert refused.status_code == 422
    assert 'id="error-brand_color"' in refused.text
    assert 'value="https://acme.example"' in refused.text
    assert admin.post(f"{path}/brand", **{**typed, "brand_color": "#123456"}).status_code == 303
    with database.reading(org.id) as session:
        chosen = settings.read(session)
    assert (chosen.company_name, chosen.brand_color) == ("Acme", "#123456")
