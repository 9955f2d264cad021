"""Names of the users and records that the audit speaks of by their ids: a few statements a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from app.console.models import ConsoleSession
from app.crm.models import Company, Opportunity, Person, RecordLink
from app.db import SystemSession
from app.destinations.models import Destination
from app.orgs.models import OrgUser
from app.outbox.owners.models import OwnerUser
from canvas.ids import SOBJECT_BY_PREFIX, USER_PREFIX

#: A Salesforce id of 18 characters of one org: two orgs may have the same, as sandboxes do.
Place = tuple[UUID, str]
#: What is known, by org and id.
Names = Mapping[Place, str]

_Found = Select[*tuple[Any, ...]]
_ID = re.compile(rf"(?:{'|'.join((USER_PREFIX, *SOBJECT_BY_PREFIX))})[a-zA-Z0-9]{{15}}")
_OURS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def named(session: SystemSession, wanted: Iterable[tuple[UUID, str, Mapping[str, Any]]]) -> Names:
    """Names for acts, each given by its org, its actor and its detail; those that are known."""
    acts = list(wanted)
    places = {
        (org_id, found)
        for org_id, actor, detail in acts
        for found in (*_ids(actor.removeprefix("admin:")), *_ids(detail))
    }
    pages = {(org_id, told["destination"]) for org_id, _actor, told in acts if _has_no_title(told)}
    users = {each for each in places if each[1].startswith(USER_PREFIX)}
    names = _titles(session, pages) if pages else {}
    for statement, asked in ((_records, places - users), (_users, users)):
        if asked:
            names |= _read(session, statement(asked))
    for more in (_owners, _signed_in):
        if unknown := users - names.keys():
            names |= _read(session, more(unknown))
    return {place: name for place, name in names.items() if place in places | pages}


def _has_no_title(told: Mapping[str, Any]) -> bool:
    """Whether a Destination is named by its id alone."""
    return "title" not in told and isinstance(told.get("destination"), str)


def _titles(session: SystemSession, pages: set[Place]) -> dict[Place, str]:
    """Of Destinations, which have ids of our own."""
    ids = [UUID(found) for found in _of(pages) if _OURS.fullmatch(found)]
    rows = session.execute(
        select(Destination.org_id, Destination.id, Destination.title).where(
            Destination.org_id.in_(_orgs(pages)), Destination.id.in_(ids)
        )
    )
    return {(org_id, str(found)): title for org_id, found, title in rows if title}


def _ids(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if _ID.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        yield from (found for part in value.values() for found in _ids(part))
    elif isinstance(value, list):
        yield from (found for part in value for found in _ids(part))


def _read(session: SystemSession, statement: _Found) -> dict[Place, str]:
    return {(org_id, found): name for org_id, found, name in session.execute(statement) if name}


def _users(asked: set[Place]) -> _Found:
    """Who opened the widget or the console."""
    return select(OrgUser.org_id, OrgUser.salesforce_id, OrgUser.name).where(
        OrgUser.org_id.in_(_orgs(asked)), OrgUser.salesforce_id.in_(_of(asked))
    )


def _owners(asked: set[Place]) -> _Found:
    """Users whom activities may be assigned to."""
    return select(OwnerUser.org_id, OwnerUser.salesforce_id, OwnerUser.name).where(
        OwnerUser.org_id.in_(_orgs(asked)), OwnerUser.salesforce_id.in_(_of(asked))
    )


def _signed_in(asked: set[Place]) -> _Found:
    """Admins who came in from outside Salesforce."""
    return select(ConsoleSession.org_id, ConsoleSession.user_id, ConsoleSession.name).where(
        ConsoleSession.org_id.in_(_orgs(asked)), ConsoleSession.user_id.in_(_of(asked))
    )


def _records(asked: set[Place]) -> _Found:
    """People, companies and opportunities of the mirror."""
    name = func.coalesce(
        func.nullif(Person.name, ""), Person.email, Opportunity.name, Company.name, ""
    )
    return (
        select(RecordLink.org_id, RecordLink.salesforce_id, name)
        .outerjoin(
            Person, (Person.org_id == RecordLink.org_id) & (Person.id == RecordLink.person_id)
        )
        .outerjoin(
            Opportunity,
            (Opportunity.org_id == RecordLink.org_id)
            & (Opportunity.id == RecordLink.opportunity_id),
        )
        .outerjoin(
            Company, (Company.org_id == RecordLink.org_id) & (Company.id == RecordLink.company_id)
        )
        .where(RecordLink.org_id.in_(_orgs(asked)), RecordLink.salesforce_id.in_(_of(asked)))
    )


def _orgs(asked: set[Place]) -> set[UUID]:
    return {org_id for org_id, _found in asked}


def _of(asked: set[Place]) -> set[str]:
    return {found for _org_id, found in asked}
