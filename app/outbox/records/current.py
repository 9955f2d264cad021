"""Destinations whose record is out of date: found by index, claimed, and as they are now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from app.clock import utcnow
from app.crm.models import SObject
from app.db import TenantSession
from app.destinations import domains
from app.destinations.models import Destination, DestinationState, Link, Viewer
from app.destinations.tokens import link_url
from app.outbox.composing.lengths import clip
from app.outbox.composing.shapes import instant
from app.outbox.records.models import DestinationRecord
from app.salesforce.names import DestinationField, FieldNames

#: One counted call writes so many.
MOST = 1000
#: What a worker that died held is taken up again after so long.
CLAIM = timedelta(minutes=15)
_NAME_LENGTH, _LINK_LENGTH = 80, 255
LOOKUP, OWNER = "lookup", "owner"
#: The state of a page whose time is over.
EXPIRED = "expired"
LOOKUPS: Mapping[SObject, DestinationField] = {
    SObject.CONTACT: DestinationField.CONTACT,
    SObject.LEAD: DestinationField.LEAD,
    SObject.ACCOUNT: DestinationField.ACCOUNT,
    SObject.OPPORTUNITY: DestinationField.OPPORTUNITY,
}


@dataclass(slots=True)
class Current:
    """A Destination as it is now, beside what was last written of it.

    ``left_out`` is what Salesforce did not take of it. The lookup and the owner go along only until
    the record exists: from then on they are the org's, which merges, converts and reassigns.
    """

    id: UUID
    version: int
    sobject: SObject
    record_id: str
    creator: str
    name: str
    values: Mapping[DestinationField, Any]
    digest: str
    last_digest: str
    salesforce_id: str | None
    attempts: int
    written_at: datetime | None
    last_left_out: str = ""
    left_out: set[str] = field(default_factory=set)

    @property
    def is_new(self) -> bool:
        """Whether no record is known of it."""
        return self.salesforce_id is None

    @property
    def is_unchanged(self) -> bool:
        """Whether its record says all of this already."""
        return not self.is_new and self.digest == self.last_digest

    def extras(self) -> set[str]:
        """What goes along with a new record and could be refused for itself."""
        return {LOOKUP, OWNER} - self.left_out if self.is_new else set()

    def row(self, names: FieldNames[DestinationField]) -> dict[str, Any]:
        """As it is sent, under the org's own names."""
        values = {**self.values, DestinationField.EXTERNAL_ID: self.id.hex}
        extras = self.extras()
        if LOOKUP in extras:
            values[LOOKUPS[self.sobject]] = self.record_id
        owner = {"OwnerId": self.creator} if OWNER in extras else {}
        return {"Name": self.name, **owner, **names.row(values)}


def is_due() -> tuple[Any, Any]:
    """Criteria of Destinations to write, in the words of their partial index."""
    return Destination.recorded_version < Destination.version, Destination.record_due_at <= utcnow()


def is_any_due(session: TenantSession) -> bool:
    """Whether something is to be written: one statement over what is out of date alone."""
    return session.scalar(select(Destination.id).where(*is_due()).limit(1)) is not None


def claim(session: TenantSession, pages_url: str) -> list[Current]:
    """Take the next ones; nobody else takes them for a while. Six statements.

    A worker that dies with them leaves them due again: what it wrote is then written once more,
    under the same external id, with the values of then.
    """
    due = session.scalars(
        select(Destination)
        .where(*is_due())
        .order_by(Destination.record_due_at, Destination.id)
        .limit(MOST)
        .with_for_update(skip_locked=True)
    ).all()
    if not due:
        return []
    ids = [destination.id for destination in due]
    session.execute(
        update(Destination)
        .where(Destination.id.in_(ids))
        .values(record_due_at=utcnow() + CLAIM)
        .execution_options(synchronize_session=False)
    )
    pages_url = domains.pages_url_of(session, pages_url)
    tokens, viewers, written = _tokens(session, ids), _viewers(session, ids), _written(session, ids)
    return [
        _current(
            each, tokens.get(each.id), viewers.get(each.id, 0), written.get(each.id), pages_url
        )
        for each in due
    ]


def _current(
    destination: Destination,
    token: str | None,
    viewers: int,
    written: DestinationRecord | None,
    pages_url: str,
) -> Current:
    link = link_url(pages_url, token) if token else None
    name = clip(" ".join(destination.title.split()) or "Destination", _NAME_LENGTH)
    values = {
        # a clipped address leads nowhere
        DestinationField.LINK: link if link and len(link) <= _LINK_LENGTH else None,
        DestinationField.STATE: _state(destination),
        DestinationField.VIEWS: max(0, destination.views),
        DestinationField.VIEWERS: viewers,
        DestinationField.LAST_VIEWED: _instant(destination.last_viewed_at),
    }
    return Current(
        id=destination.id,
        version=destination.version,
        sobject=destination.sobject,
        record_id=destination.record_id,
        creator=destination.created_by,
        name=name,
        values=values,
        digest=_digest(name, values),
        last_digest=written.digest if written else "",
        salesforce_id=written.salesforce_id if written else None,
        attempts=written.attempts if written else 0,
        written_at=written.written_at if written else None,
        last_left_out=written.left_out if written else "",
        left_out=set(written.left_out.split()) if written else set(),
    )


def _state(destination: Destination) -> str:
    """As the org reads it; the sweep of ``destinations.expiry`` says when the clock changed it."""
    ends = destination.expires_at
    is_shown = destination.state is DestinationState.ACTIVE
    is_over = ends is not None and ends <= utcnow()
    return EXPIRED if is_shown and is_over else destination.state.value


def _instant(moment: datetime | None) -> str | None:
    return instant(moment) if moment else None


def _digest(name: str, values: Mapping[DestinationField, Any]) -> str:
    text = json.dumps([name, *(values[each] for each in sorted(values))])
    return hashlib.sha256(text.encode()).hexdigest()


def _tokens(session: TenantSession, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The general link of each that still works."""
    rows = session.execute(
        select(Link.destination_id, Link.token)
        .where(Link.destination_id.in_(ids), Link.person_id.is_(None), Link.revoked_at.is_(None))
        .order_by(Link.created_at.desc(), Link.id.desc())
    )
    return dict(rows.all())


def _viewers(session: TenantSession, ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = session.execute(
        select(Viewer.destination_id, func.count())
        .where(Viewer.destination_id.in_(ids), Viewer.views > 0)
        .group_by(Viewer.destination_id)
    )
    return dict(rows.all())


def _written(session: TenantSession, ids: Sequence[UUID]) -> dict[UUID, DestinationRecord]:
    rows = session.scalars(
        select(DestinationRecord).where(DestinationRecord.destination_id.in_(ids))
    )
    return {row.destination_id: row for row in rows}
