"""The Destination of the frame's record: shown with its links, made with one click."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.crm.models import SObject
from app.crm.queries import people_of_records
from app.db import Database, TenantSession
from app.destinations import queries, service
from app.destinations.queries import DestinationView
from app.destinations.schemas import RecordFacts, RepFacts
from app.orgs import settings
from app.orgs.features import Feature
from app.orgs.models import OrgUser
from app.orgs.service import refuse_feature
from app.web.i18n import _, ngettext
from app.widget import frames
from app.widget.bearer import Frame
from app.widget.reader import Reader


@dataclass(frozen=True, slots=True)
class SharedLink:
    """A link to copy: for one person, or for anybody."""

    label: str
    url: str
    views: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A Destination as the card shows it."""

    title: str
    views: int
    last_view: str
    viewers: str
    links: list[SharedLink]


def create(database: Database, frame: Frame) -> bool:
    """Get or create the Destination of the frame's record; whether it was made now.

    Raises:
        NotAdmittedError: The org is not served, or lacks the entitlement (E6).
    """
    with database.writing(frames.org_id_of(frame)) as session:
        if Feature.CREATE_DESTINATION not in frames.admit(session):
            raise refuse_feature()
        people = people_of_records(session, frame.claims.people)
        _destination, created = service.get_or_create(
            session,
            _record(frame),
            _rep(session, frame),
            list(dict.fromkeys(people.values())),
            settings.read(session),
        )
        return created


def of_record(
    session: TenantSession, frame: Frame, people: Mapping[str, UUID], reader: Reader
) -> Shared | None:
    """The Destination of the frame's record, if there is one; hidden people stay unnamed."""
    found = queries.for_record(session, frame.claims.record_id)
    if found is None:
        return None
    names = {people[each]: name for each, name in frame.claims.people.items() if each in people}
    last = found.last_viewed_at
    return Shared(
        title=found.title,
        views=found.views,
        last_view=reader.moment(last) if last else _("Not yet"),
        viewers=_viewers(found, names),
        links=_links(found, names),
    )


def _links(found: DestinationView, names: Mapping[UUID, str]) -> list[SharedLink]:
    """Links of the people that may be named; the general one last, alone for a single person."""
    own = [link for link in found.links if link.person_id in names]
    general = [link for link in found.links if link.person_id is None]
    chosen = [(names[link.person_id], link) for link in own if link.person_id is not None]
    chosen += [(_("Anybody else"), link) for link in general]
    return [SharedLink(label, link.url, _views(link.views)) for label, link in chosen]


def _views(views: int) -> str:
    return ngettext("%(n)d view", "%(n)d views", views) % {"n": views} if views else ""


def _viewers(found: DestinationView, names: Mapping[UUID, str]) -> str:
    """Who looked: those who may be named, and how many others."""
    seen = [names[each] for each in found.viewers if each in names]
    others = len(found.viewers) - len(seen) + found.anonymous_viewers
    if others:
        text = ngettext("%(n)d other visitor", "%(n)d other visitors", others) % {"n": others}
        seen.append(text)
    return _("Seen by %(names)s") % {"names": ", ".join(seen)} if seen else ""


def _record(frame: Frame) -> RecordFacts:
    claims = frame.claims
    return RecordFacts(
        sobject=SObject(claims.sobject),
        id=claims.record_id,
        name=frame.names.record,
        account_name=frame.names.company,
        contact_names=tuple(claims.people.values()),
    )


def _rep(session: TenantSession, frame: Frame) -> RepFacts:
    user = session.scalars(
        select(OrgUser).where(OrgUser.salesforce_id == frame.claims.user_id)
    ).one()
    return RepFacts(user.salesforce_id, user.name, user.email, user.time_zone)
