"""Orgs by whatever a caller has at hand: name, id, domain, a user's address, a record's id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, literal, or_, select, tuple_

from app.crm.models import RecordLink
from app.db import SystemSession
from app.orgs.models import Org, OrgState, OrgUser
from app.salesforce.models import Connection, ConnectionState
from canvas.ids import ORGANIZATION_PREFIX, USER_PREFIX, to_18

PAGE_SIZE = 50
_ID = re.compile(r"(?<![a-zA-Z0-9])[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?(?![a-zA-Z0-9])")


class Found(NamedTuple):
    """An org as a list shows it; ``place`` is its name as the list is sorted by."""

    salesforce_id: str
    name: str
    state: OrgState
    instance_url: str | None
    connection: ConnectionState | None
    place: str


def find(
    session: SystemSession, words: str, state: OrgState | None, after: tuple[str, str] | None
) -> Sequence[Found]:
    """Orgs in the order of their names, after a place (name in lower case, id): one statement.

    An id or a link with an id in it finds the org, or the org of the record or user; an address
    with ``@`` the orgs of that user; anything else looks in names and domains.
    """
    name = func.lower(Org.name)
    statement = (
        select(
            Org.salesforce_id, Org.name, Org.state, Connection.instance_url, Connection.state, name
        )
        .outerjoin(Connection, Connection.org_id == Org.id)
        .order_by(name, Org.salesforce_id)
        .limit(PAGE_SIZE + 1)
    )
    if words:
        statement = statement.where(_meant(words))
    if state is not None:
        statement = statement.where(Org.state == state)
    if after is not None:
        place = tuple_(literal(after[0]), literal(after[1]))
        statement = statement.where(tuple_(name, Org.salesforce_id) > place)
    return [Found._make(row) for row in session.execute(statement)]


def waiting_for_approval(session: SystemSession) -> int:
    """Orgs that opened Inlay and are not served yet."""
    statement = select(func.count()).select_from(Org).where(Org.state == OrgState.PENDING)
    return session.scalar(statement) or 0


def _meant(words: str) -> ColumnElement[bool]:
    ids = [id18 for text in _ID.findall(words) if (id18 := _to_18(text))]
    organizations = [each for each in ids if each.startswith(ORGANIZATION_PREFIX)]
    if organizations:
        return Org.salesforce_id.in_(organizations)
    if ids:
        return _of_record(ids)
    if "@" in words:
        addresses = [words, words.lower()]
        return Org.id.in_(select(OrgUser.org_id).where(OrgUser.email.in_(addresses)))
    typed = words.lower()
    return or_(
        func.lower(Org.name).contains(typed, autoescape=True),
        Connection.instance_url.contains(typed, autoescape=True),
    )


def _of_record(ids: Sequence[str]) -> ColumnElement[bool]:
    users = [each for each in ids if each.startswith(USER_PREFIX)]
    if users:
        return Org.id.in_(select(OrgUser.org_id).where(OrgUser.salesforce_id.in_(users)))
    return Org.id.in_(select(RecordLink.org_id).where(RecordLink.salesforce_id.in_(ids)))


def _to_18(text: str) -> str:
    try:
        return to_18(text)
    except ValueError:
        return ""
