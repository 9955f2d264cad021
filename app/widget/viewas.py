"""The card as a user saw it, for support: no bearer, no form, no link (X18).

Rights are those of the user's last visit (``crm.sights``), names those that the mirror holds, and
engagement is as it is now. The card itself is put together by the very code that serves the user.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select

from app.crm.models import Company, Opportunity, Person, RecordLink, Sight, SObject
from app.db import Database, TenantSession
from app.orgs.errors import NotAdmittedError
from app.orgs.models import OrgUser
from app.web import i18n
from app.web.i18n import _
from app.widget import card, refusals
from app.widget.bearer import Frame, Names
from app.widget.card import Card
from app.widget.header import Header
from canvas.session import FrameClaims


def show(database: Database, org_id: UUID, user: OrgUser, sight: Sight) -> str:
    """The card as HTML in the user's language, or the no that they would be told now."""
    before = i18n.current_locale()
    i18n.set_locale(user.locale)
    try:
        with database.reading(org_id) as session:
            frame = _frame(session, user, sight)
        return _rendered(database, frame)
    finally:
        i18n.set_locale(before)


def _rendered(database: Database, frame: Frame) -> str:
    try:
        shown = _without_ways_out(card.of_frame(database, frame, ""))
    except NotAdmittedError as error:
        said = refusals.of(error)
        detail = error.told or said.detail_text
        return render_template("widget/as_seen.html", title=said.title_text, detail=detail)
    return render_template(
        "widget/as_seen.html",
        header=_header(frame),
        card=shown,
        card_html=Markup(render_template("widget/card.html", card=shown)),  # noqa: S704  # ours
    )


def _without_ways_out(shown: Card) -> Card:
    """A visit of support's would count as the prospect's, so nothing can be followed or copied."""
    rows = [row._replace(url="") for row in shown.timeline.rows]
    shared = shown.shared and replace(shown.shared, links=[], preview_url="")
    return replace(shown, shared=shared, timeline=replace(shown.timeline, rows=rows))


def _frame(session: TenantSession, user: OrgUser, sight: Sight) -> Frame:
    kept = sight.rights
    created: Mapping[str, str] = kept["opportunities"]
    names = _names(session, [sight.record_id, *kept["people"], *created])
    unnamed = _("Name not kept")
    claims = FrameClaims(
        org_id=str(session.org_id),
        user_id=sight.user_id,
        record_id=sight.record_id,
        sobject=sight.sobject.value,
        people={each: names.get(each, unnamed) for each in kept["people"]},
        opportunities={each: (names.get(each, unnamed), day) for each, day in created.items()},
        others=kept["others"],
        hidden_opportunities=kept["hidden_opportunities"],
        time_zone=user.time_zone,
        locale=user.locale,
    )
    return Frame(claims, Names(names.get(sight.record_id, unnamed), "", kept["more"]))


def _names(session: TenantSession, record_ids: list[str]) -> dict[str, str]:
    """Names by record id, of what the mirror holds: one statement."""
    rows = session.execute(
        select(RecordLink.salesforce_id, Person.name, Opportunity.name, Company.name)
        .outerjoin(Person, Person.id == RecordLink.person_id)
        .outerjoin(Opportunity, Opportunity.id == RecordLink.opportunity_id)
        .outerjoin(Company, Company.id == RecordLink.company_id)
        .where(RecordLink.salesforce_id.in_(record_ids))
    )
    found = {record: next(filter(None, names), "") for record, *names in rows}
    return {record: name for record, name in found.items() if name}


def _header(frame: Frame) -> Header:
    icons = {SObject.OPPORTUNITY: "deal", SObject.ACCOUNT: "building"}
    sobject = SObject(frame.claims.sobject)
    return Header(frame.names.record, frame.claims.record_id, "", icons.get(sobject, "visit"))
