"""Destinations of an org: found, paged, revoked and restored as a whole or by link (X12)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.clock import utcnow
from app.console.permissions import Role
from app.db import Database
from app.destinations.models import Destination, Link
from app.destinations.overview import PAGE_SIZE
from app.orgs.models import AuditEntry, Org, OrgUser
from tests.console.conftest import Visitor
from tests.console.destinations.conftest import REP, Make, contact, read
from tests.support.application import PAGES_URL

SignedIn = Callable[[Role], Visitor]


@pytest.fixture
def base(org: Org) -> str:
    return f"/console/orgs/{org.salesforce_id}/destinations"


def titles(text: str) -> list[str]:
    return re.findall(r'/destinations/[^"]+"><strong>([^<]+)<', text)


def links(database: Database, org: Org, destination_id: UUID) -> dict[bool, Link]:
    """The general link (False) and the one of the person (True)."""
    with database.reading(org.id) as session:
        found = session.scalars(select(Link).where(Link.destination_id == destination_id)).all()
        return {link.person_id is not None: link for link in found}


def shown(app: Flask, link: Link) -> int:
    return app.test_client().get(f"/d/{link.token}", base_url=PAGES_URL).status_code


def tags(database: Database, org: Org) -> list[str]:
    with database.reading(org.id) as session:
        found = session.scalars(select(AuditEntry.tag).order_by(AuditEntry.seq)).all()
        return [tag for tag in found if tag.startswith("admin:") and "session" not in tag]


def test_they_are_found_by_title_record_creator_and_id(
    database: Database, org: Org, base: str, make: Make, signed_in: SignedIn
) -> None:
    """E6: a part of a name, or an id; what does not fit is not shown."""
    make(1, "Ada Lind", "Acme")
    make(2, "Ben Osei", "Brightwater")
    with database.writing(org.id) as session:
        session.add(OrgUser(salesforce_id=REP.user_id, name=REP.name))
    admin = signed_in(Role.ORG_ADMIN)
    assert len(titles(admin.get(base).text)) == 2
    for words, number in [
        ("brightw", 1), (contact(1), 1), (contact(1)[:15], 1), ("grace", 2), (REP.user_id, 2),
        ("nobody", 0), ("50%_", 0), (contact(9), 0),
    ]:  # fmt: skip
        assert len(titles(admin.get(f"{base}?q={words.replace('%', '%25')}").text)) == number, words
    assert "Grace Okafor" in admin.get(base).text
    assert "Nothing fits" in admin.get(f"{base}?q=nobody").text


def test_pages_follow_one_another_without_loss(
    database: Database, org: Org, base: str, make: Make, signed_in: SignedIn
) -> None:
    """By key, the newest first, also where several were made in the same moment."""
    for number in range(PAGE_SIZE + 3):
        make(number + 1, account=f"Account {number:02}")
    with database.writing(org.id) as session:
        session.execute(update(Destination).values(created_at=utcnow()))
    admin = signed_in(Role.ORG_ADMIN)
    first = admin.get(base).text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = admin.get(following[1].replace("&amp;", "&")).text
    found = titles(first) + titles(second)
    assert len(titles(first)) == PAGE_SIZE
    assert len(found) == len(set(found)) == PAGE_SIZE + 3
    assert 'rel="next"' not in second
    assert admin.get(f"{base}?before=nonsense").status_code == 200


def test_a_revoked_destination_shows_the_calm_page_until_it_is_restored(
    app: Flask, database: Database, org: Org, base: str, make: Make, signed_in: SignedIn
) -> None:
    """X12: all links at once, with the number said before; the open widget hears of it."""
    made = make()
    found, admin = links(database, org, made), signed_in(Role.ORG_ADMIN)
    assert "Revoke 2 links" in admin.get(f"{base}/{made}").text
    before = read(database, org, made).version
    for verb, status, word in [("revoke", 404, "Revoked"), ("restore", 200, "Open")]:
        answer = admin.post(f"{base}/{made}/{verb}")
        assert answer.status_code == 303
        assert "2 links" in admin.get(answer.location).text
        assert {shown(app, link) for link in found.values()} == {status}
        assert f">{word}</span>" in admin.get(base).text
        admin.post(f"{base}/{made}/{verb}")  # a second click is no second act
    assert read(database, org, made).version == before + 2
    assert tags(database, org) == ["admin:destination:revoke", "admin:destination:restore"]


def test_one_link_is_revoked_and_the_others_go_on(
    app: Flask, database: Database, org: Org, base: str, make: Make, signed_in: SignedIn
) -> None:
    """X12: a link that was passed on too far; a later visit of the rep does not bring it back."""
    made = make()
    found, admin = links(database, org, made), signed_in(Role.ORG_ADMIN)
    own, general = found[True], found[False]
    admin.post(f"{base}/{made}/links/{own.id}/revoke")
    assert (shown(app, own), shown(app, general)) == (404, 200)
    assert "Revoke 1 link" in admin.get(f"{base}/{made}").text
    assert own.token not in admin.get(f"{base}/{made}").text
    make()
    assert (shown(app, own), len(links(database, org, made))) == (404, 2)
    admin.post(f"{base}/{made}/links/{own.id}/restore")
    assert shown(app, own) == 200
    assert admin.post(f"{base}/{make(2)}/links/{own.id}/revoke").status_code == 404
    assert tags(database, org) == ["admin:link:revoke", "admin:link:restore"]


def test_an_expiry_closes_the_page_when_its_day_is_over(
    app: Flask, database: Database, org: Org, base: str, make: Make, signed_in: SignedIn
) -> None:
    """The day counts in full; what is no day is said at the field and stays there."""
    made = make()
    link, admin = links(database, org, made)[False], signed_in(Role.ORG_ADMIN)
    today = utcnow().date()
    wrong = admin.post(f"{base}/{made}/expiry", until="31 June")
    assert (wrong.status_code, 'value="31 June"' in wrong.text) == (422, True)
    assert 'id="error-until"' in wrong.text
    for day, status, state in [
        (today, 200, "active"), (today - timedelta(days=1), 404, "over")
    ]:  # fmt: skip
        admin.post(f"{base}/{made}/expiry", until=day.isoformat())
        assert shown(app, link) == status
        assert f'value="{day.isoformat()}"' in admin.get(f"{base}/{made}").text
        assert len(titles(admin.get(f"{base}?state={state}").text)) == 1
    admin.post(f"{base}/{made}/expiry", until="")
    assert shown(app, link) == 200
    assert read(database, org, made).expires_at is None


def test_another_orgs_destination_is_not_there(
    database: Database, other: Org, base: str, make: Make, signed_in: SignedIn
) -> None:
    """Tenant isolation: under the own org's address, for every form too."""
    theirs = make(1, of=other)
    link, admin = links(database, other, theirs)[False], signed_in(Role.ORG_ADMIN)
    assert titles(admin.get(base).text) == []
    assert admin.get(f"{base}/{theirs}").status_code == 404
    for path in ("revoke", "expiry", f"links/{link.id}/revoke"):
        assert admin.post(f"{base}/{theirs}/{path}").status_code == 404, path
    assert read(database, other, theirs).version == 1


def test_support_sees_that_there_are_links_and_not_the_links(
    database: Database, org: Org, base: str, make: Make, signed_in: SignedIn
) -> None:
    """Who has a link can pretend to be its person: it is for those who hand it out."""
    made = make()
    tokens = [link.token for link in links(database, org, made).values()]
    page = signed_in(Role.ORG_ADMIN).get(f"{base}/{made}").text
    assert all(token in page for token in tokens)
    page = signed_in(Role.SUPPORT).get(f"{base}/{made}").text
    assert "Ada Lind" in page
    assert not any(token in page for token in tokens)
    assert '<form method="post" action="/console/orgs' not in page


def test_the_audit_says_which_was_made(make: Make, org: Org, signed_in: SignedIn) -> None:
    """P7: by its title, beside the id that its address carries."""
    found = make(account="Acme")
    text = signed_in(Role.ORG_ADMIN).get(f"/console/orgs/{org.salesforce_id}/audit").text
    assert f"Acme ({found})" in text
