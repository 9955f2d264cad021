"""The Destination of the frame's record: shown with its links, made with one click."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.clock import utcnow
from app.crm.models import SObject
from app.crm.queries import people_of_records
from app.db import Database, TenantReads, TenantSession
from app.destinations import queries, service
from app.destinations.queries import DestinationView
from app.destinations.schemas import PersonFacts, RecordFacts, RepFacts
from app.orgs import settings
from app.orgs.features import Feature
from app.orgs.gates import GateKind
from app.orgs.models import OrgUser
from app.orgs.service import refuse_feature
from app.web.i18n import N_, _, ngettext
from app.widget import frames
from app.widget.bearer import Frame
from app.widget.reader import Reader
from app.widget.rows import message_of, sender_of

_GATES: Mapping[GateKind, str] = {
    GateKind.ASK: N_("Asks visitors for an e-mail address"),
    GateKind.LISTED: N_("Opens only for e-mail addresses that are let in"),
}


@dataclass(frozen=True, slots=True)
class SharedLink:
    """A link to copy: for one person, or for anybody."""

    label: str
    url: str
    views: str


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody without a record wrote in the contact form."""

    sender: str
    sent: str
    text: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A Destination as the card shows it; one that is closed, or over, has no links to share."""

    title: str
    views: int
    last_view: str
    viewers: str
    preview_url: str
    links: list[SharedLink]
    messages: list[Message]
    introduced: list[str]
    rules: list[str]
    is_closed: bool = False


def create(database: Database, frame: Frame) -> bool:
    """Get or create the Destination of the frame's record; whether it was made now.

    Raises:
        NotAdmittedError: The org is not served, or lacks the entitlement (E6).
    """
    with database.writing(frames.org_id_of(frame)) as session:
        if Feature.CREATE_DESTINATION not in frames.admit(session, frame).features:
            raise refuse_feature(session, Feature.CREATE_DESTINATION)
        people = people_of_records(session, frame.claims.people)
        _destination, created = service.get_or_create(
            session, _record(frame, people), _rep(session, frame), settings.read(session)
        )
        return created


def of_record(
    session: TenantReads,
    frame: Frame,
    people: Mapping[str, UUID],
    reader: Reader,
    pages_url: str,
) -> Shared | None:
    """The Destination of the frame's record, if there is one; hidden people stay unnamed."""
    names = {people[each]: name for each, name in frame.claims.people.items() if each in people}
    found = queries.for_record(session, frame.claims.record_id, names)
    if found is None:
        return None
    last, is_closed = found.last_viewed_at, not found.is_open(utcnow())
    return Shared(
        title=found.title,
        views=found.views,
        last_view=reader.moment(last) if last else _("Not yet"),
        viewers=_viewers(found, names),
        preview_url="" if is_closed or not found.links else found.links[0].preview_url(pages_url),
        links=[] if is_closed else _links(found, names, pages_url),
        messages=[
            Message(sender_of(form), reader.moment(sent), message_of(form))
            for form, sent in found.messages
        ],
        rules=_rules(found, reader),
        introduced=[f"{email} · {reader.moment(at)}" for email, at in found.introduced],
        is_closed=is_closed,
    )


def _rules(found: DestinationView, reader: Reader) -> list[str]:
    """What a rep should know before they send a link: what it asks for, how long it opens."""
    told = [_(_GATES[found.gate])] if found.gate in _GATES else []
    if told and found.gate_own_link:
        told.append(_("Links of people's own open at once"))
    if found.expires_at is not None and found.is_open(utcnow()):
        told.append(_("Open until %(moment)s") % {"moment": reader.moment(found.expires_at)})
    return told


def _links(found: DestinationView, names: Mapping[UUID, str], pages_url: str) -> list[SharedLink]:
    """Links of the people that may be named, then the one for anybody."""
    own = [
        (names[link.person_id], link)
        for link in found.links
        if link.person_id is not None and link.person_id in names
    ]
    general = [(_("Anybody else"), link) for link in found.links if link.person_id is None]
    return [
        SharedLink(label, link.url(pages_url), _views(link.views)) for label, link in own + general
    ]


def _views(views: int) -> str:
    return ngettext("%(n)d view", "%(n)d views", views) % {"n": views} if views else ""


def _viewers(found: DestinationView, names: Mapping[UUID, str]) -> str:
    """Who looked: those who may be named, then how many others."""
    told = [names[each] for each in found.viewers if each in names]
    if hidden := len(found.viewers) - len(told):
        text = ngettext("%(n)d person you can't see", "%(n)d people you can't see", hidden)
        told.append(text % {"n": hidden})
    if views := found.anonymous_views:
        text = ngettext("%(n)d anonymous view", "%(n)d anonymous views", views)
        told.append(text % {"n": views})
    return _("Seen by: %(names)s") % {"names": ", ".join(told)} if told else ""


def _record(frame: Frame, people: Mapping[str, UUID]) -> RecordFacts:
    claims, names = frame.claims, frame.names
    return RecordFacts(
        sobject=SObject(claims.sobject),
        id=claims.record_id,
        name=names.record,
        account_name=names.company,
        people=[
            PersonFacts(people[each], name, names.first_names.get(each, ""))
            for each, name in claims.people.items()
            if each in people
        ],
    )


def _rep(session: TenantSession, frame: Frame) -> RepFacts:
    user = session.scalars(
        select(OrgUser).where(OrgUser.salesforce_id == frame.claims.user_id)
    ).one()
    return RepFacts(user.salesforce_id, user.name, user.email, user.time_zone)
