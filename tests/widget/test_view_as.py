"""View as (X18): support sees a rep's card with the rights of the rep's last visit, read only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.clock import utcnow
from app.console.permissions import Role
from app.crm.models import Sight
from app.crm.sights import KEPT
from app.db import Database
from app.jobs import cleanup
from app.keys import Keyring
from app.orgs import service, settings
from app.orgs.features import Feature
from app.orgs.models import AuditEntry, Org
from tests.console.conftest import Visitor, invitation
from tests.widget.conftest import Box, Widget, switch
from tests.widget.past import Past


class Support:
    """Somebody of support who asks for a card."""

    def __init__(self, visitor: Visitor, org: Org, box: Box, rep: str) -> None:
        self.visitor, self.box, self.rep = visitor, box, rep
        self.path = f"/console/orgs/{org.salesforce_id}/view-as"

    def look(self, record: str, *, rep: str = "", why: str = "Case 7", status: int = 200) -> str:
        answer = self.visitor.post(self.path, rep=rep or self.rep, record=record, why=why)
        assert answer.status_code == status, answer.text
        return answer.text


@pytest.fixture
def support(
    app: Flask, database: Database, keyring: Keyring, org: Org, box: Box, widget: Widget
) -> Support:
    """Support, after the rep opened the main contact and the main opportunity."""
    widget.open("rep", box.main["contact"])
    widget.open("rep", box.main["opportunity"])
    with database.reading(org.id) as session:
        users = set(session.scalars(select(Sight.user_id)))
    visitor = Visitor(app)
    visitor.enter(invitation(database, keyring, Role.SUPPORT, org))
    return Support(visitor, org, box, users.pop())


def sights(database: Database, org: Org) -> list[Sight]:
    with database.reading(org.id) as session:
        return list(session.scalars(select(Sight).order_by(Sight.seen_at)))


def test_support_sees_what_the_rep_saw(support: Support, box: Box, past: Past) -> None:
    """The same card by the same code, with the engagement of now."""
    past.did(box.main["contact"], "form_submitted", subject="Workshop wanted", days=1)

    for record in ("contact", "opportunity"):
        html = support.look(box.main[record])
        assert "Read only: as Rosa Lindqvist saw it" in html
        assert "Workshop wanted" in html
        assert box.name_of(box.main[record]) in html


def test_nothing_in_it_can_be_used(
    support: Support, widget: Widget, box: Box, past: Past, database: Database, org: Org
) -> None:
    """No bearer, no script, no form, no link of a Destination or of an event; no second address."""
    past.did(box.main["contact"], "page_visit", subject="Prices", url="https://example.com/prices")
    assert '<fieldset class="as-seen" disabled>' in support.look(box.main["contact"])
    frame = widget.open("rep", box.main["contact"])
    frame.post("/widget/destinations")
    link = frame.get("/widget/card").text.partition('value="http')[2].partition('"')[0]

    html = support.look(box.main["contact"])

    assert "Prices" in html
    assert len(link) > 20
    for way_out in (link, "example.com/prices", "<script", "<form", "bearer", "data-copy"):
        assert way_out not in html
    assert html.count("<a ") == 1, "back to the console"


def test_people_hidden_from_the_rep_are_hidden_from_support(
    support: Support, widget: Widget, box: Box, past: Past
) -> None:
    """Rights of the last visit, no wider than the rep's own."""
    contact = box.main["contact"]
    name = box.name_of(contact)
    past.did(contact, "form_submitted", subject="Workshop wanted", days=1)
    assert name in support.look(box.main["opportunity"])
    box.hide("rep", contact)
    widget.open("rep", box.main["opportunity"])

    html = support.look(box.main["opportunity"])

    assert name not in html
    assert "Workshop wanted" not in html
    assert "you can&#39;t see in Salesforce" in html


def test_a_record_that_the_rep_may_open_no_more_is_forgotten(
    support: Support, widget: Widget, box: Box, database: Database, org: Org
) -> None:
    """Who is refused in Salesforce is no way to the record for support either."""
    box.hide("rep", box.main["contact"])
    refused = widget.post(box.sign("rep", box.main["contact"]))
    assert refused.status_code == 403

    html = support.look(box.main["contact"], status=422)

    assert "did not open this record" in html
    assert [each.record_id for each in sights(database, org)] == [box.main["opportunity"]]


def test_each_look_is_in_the_orgs_audit_with_its_reason(
    support: Support, box: Box, database: Database, org: Org
) -> None:
    """Who, as whom, which record, why; without a why there is no look."""
    assert "Say why" in support.look(box.main["contact"], why="", status=422)
    assert "has opened the widget" in support.look(box.main["contact"], rep="x", status=422)
    support.look(box.main["contact"], why="Case 9")
    with database.reading(org.id) as session:
        (entry,) = session.scalars(
            select(AuditEntry).where(AuditEntry.tag == "staff:widget:view_as")
        )
    assert entry.actor == "staff:support@example.com"
    told = {name: entry.detail[name] for name in ("rep", "record", "why")}
    assert told == {"rep": support.rep, "record": box.main["contact"], "why": "Case 9"}


def test_what_is_kept_are_ids_for_a_week(
    support: Support, box: Box, database: Database, org: Org
) -> None:
    """No name, no address, no field of the CRM; the clean-up ends it, and so does the page."""
    kept = sights(database, org)
    names = [row["Name"] for each in ("Contact", "Opportunity") for row in box.records(each)]
    for each in kept:
        assert not [name for name in names if name in str(each.rights)]
        assert "@" not in str(each.rights)
    with database.writing(org.id) as session:
        session.execute(update(Sight).values(seen_at=utcnow() - KEPT - timedelta(minutes=1)))
    support.look(box.main["contact"], status=422)
    assert cleanup.clean_up(database)["sights"] == len(kept) == 2


def test_an_org_that_forbids_it_keeps_nothing(
    support: Support, widget: Widget, box: Box, database: Database, org: Org
) -> None:
    """Neither new visits are kept nor old ones shown."""
    with database.system_writing() as session:
        known = service.required(session, org.salesforce_id)
        settings.write(session, known, support_view=False)
    widget.open("rep", box.main["lead"])
    assert box.main["lead"] not in [each.record_id for each in sights(database, org)]
    assert "does not allow it" in support.look(box.main["contact"], status=422)


def test_a_rep_without_the_widget_is_shown_their_refusal(
    support: Support, box: Box, database: Database, org: Org
) -> None:
    """What they would be told now is what support sees."""
    switch(database, org, Feature.WIDGET, False)
    html = support.look(box.main["contact"])
    assert box.name_of(box.main["contact"]) not in html
    assert 'class="calm"' in html
