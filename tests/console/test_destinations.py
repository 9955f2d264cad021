"""An org's Destinations: found, closed for those who have the link, opened; and how they look."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from flask import Flask

from app.clock import utcnow
from app.console.destinations import pages
from app.console.permissions import Role
from app.crm.models import SObject
from app.db import Database
from app.destinations import listing, service
from app.destinations.models import Destination, DestinationState, Link
from app.destinations.schemas import RecordFacts, RepFacts
from app.orgs import settings
from app.orgs.models import Org
from canvas.ids import to_18
from tests.console.conftest import Visitor
from tests.support.application import PAGES_URL

SignedIn = Callable[[Role], Visitor]
REP = to_18("005000000000001")


def make(database: Database, org: Org, names: Sequence[str]) -> list[Destination]:
    """One for each record of these names, the last the newest."""
    made = []
    with database.writing(org.id) as session:
        chosen = settings.read(session)
        for number, name in enumerate(names):
            record_id, company = to_18(f"003{number:012d}"), f"Acme {number}"
            record = RecordFacts(SObject.CONTACT, record_id, name, company, [])
            rep = RepFacts(REP, "Kim Tran", "kim@acme.example", "UTC")
            found, _created = service.get_or_create(session, record, rep, chosen)
            found.created_at = utcnow() - timedelta(hours=100 - number)
            made.append(found)
    return made


@pytest.fixture
def path(org: Org) -> str:
    return f"/console/orgs/{org.salesforce_id}/destinations"


def titles(html: str) -> list[str]:
    return re.findall(r'<div class="what"><strong>([^<]+)</strong>', html)


def test_they_are_found_and_paged(
    database: Database,
    org: Org,
    path: str,
    signed_in: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By title, by record id and link; newest first, without gap or repeat."""
    made = make(database, org, [f"Person {number}" for number in range(5)])
    visitor, address, seen = signed_in(Role.VIEWER), path, []
    monkeypatch.setattr(pages, "PAGE_SIZE", 2)
    while address:
        text = visitor.get(address).text
        seen += titles(text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        address = following[1].replace("&amp;", "&") if following else ""
    assert seen == [each.title for each in reversed(made)]
    for words in (made[3].title, made[3].record_id, f"https://x.example/{made[3].record_id}/view"):
        assert titles(visitor.get(f"{path}?q={words}").text) == [made[3].title]
    assert titles(visitor.get(f"{path}?q=nothing&at=x&id=y").text) == []
    assert "Close this page" not in visitor.get(path).text


def test_a_page_is_closed_and_opened_again(
    app: Flask, database: Database, org: Org, path: str, signed_in: SignedIn
) -> None:
    """Whoever has the link sees nothing while it is closed."""
    (made,) = make(database, org, ["Ada Lind"])
    with database.reading(org.id) as session:
        (token,) = [row.token for row in session.query(Link)]
    guest, admin = app.test_client(), signed_in(Role.ORG_ADMIN)
    states = []
    for verb in ("close", "open"):
        assert admin.post(f"{path}/{made.id}/{verb}").status_code == 303
        states.append(guest.get(f"/d/{token}", base_url=PAGES_URL).status_code)
    assert states == [404, 200]
    assert admin.post(f"{path}/{org.id}/close").status_code == 404


def test_those_of_another_org_are_out_of_reach(
    database: Database, org: Org, other: Org, path: str, signed_in: SignedIn
) -> None:
    (theirs,) = make(database, other, ["Eve"])
    admin = signed_in(Role.ORG_ADMIN)
    assert admin.post(f"{path}/{theirs.id}/close").status_code == 404
    assert titles(admin.get(path).text) == []
    with database.reading(other.id) as session:
        (found,) = listing.destinations(session)
    assert found.state is DestinationState.ACTIVE


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


def test_keys_are_shown_once_and_end_at_once(
    app: Flask, org: Org, other: Org, signed_in: SignedIn
) -> None:
    """Its digest alone is kept; a key of another org cannot be ended."""
    admin, keys = signed_in(Role.ORG_ADMIN), f"/console/orgs/{org.salesforce_id}/keys"
    assert admin.post(keys).status_code == 422
    shown = re.search(r'value="(inlay_[^"]+)"', admin.post(keys, label="Backend").text)
    assert shown is not None
    assert shown[1] not in admin.get(keys).text
    (end,) = re.findall(r'action="([^"]+/end)"', admin.get(keys).text)
    operator = signed_in(Role.OPERATOR)
    operator.post(end.replace(org.salesforce_id, other.salesforce_id))
    assert end in admin.get(keys).text
    assert admin.post(end).status_code == 303
    assert end not in admin.get(keys).text
