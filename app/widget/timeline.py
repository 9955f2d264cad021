"""A page of the timeline of the people whom the frame may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.crm.models import SObject
from app.db import TenantReads
from app.engagement.queries import timeline
from app.web.i18n import _
from app.widget.bearer import Frame
from app.widget.reader import Reader
from app.widget.rows import Row, rows_of

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class TimelineView:
    """Rows of one page; ``before`` asks for the next, empty on the last."""

    rows: list[Row]
    kind: str
    before: str
    empty_title: str
    empty: str


def read_timeline(
    session: TenantReads,
    frame: Frame,
    people: Mapping[str, UUID],
    reader: Reader,
    *,
    kind: str = "",
    before: str = "",
    limit: int = PAGE_SIZE,
) -> TimelineView:
    """One page, newest first; ``people`` are our ids by Contact or Lead id.

    Raises:
        CursorError: ``before`` is none of ours.
    """
    page = timeline(
        session,
        list(dict.fromkeys(people.values())),
        kind=kind or None,
        before=before or None,
        since=since_of(frame),
        limit=limit,
    )
    names = {people[each]: name for each, name in frame.claims.people.items() if each in people}
    title, text = _empty(frame, kind)
    return TimelineView(
        rows_of(page.items, names, reader), kind, page.next_cursor or "", title, text
    )


def since_of(frame: Frame) -> datetime | None:
    """On an Opportunity only events since its creation count (E3)."""
    if frame.claims.sobject != SObject.OPPORTUNITY:
        return None
    _name, created = frame.claims.opportunities[frame.claims.record_id]
    return datetime.fromisoformat(created)


def _empty(frame: Frame, kind: str) -> tuple[str, str]:
    """What an empty timeline says, and what to do next."""
    if kind:
        return _("Nothing of this kind"), _("Choose “All activity” to see the rest.")
    match frame.claims.sobject:
        case SObject.OPPORTUNITY if not frame.claims.people:
            return (
                _("Nobody to follow yet"),
                _("Add contact roles to this opportunity; what these people do shows up here."),
            )
        case SObject.OPPORTUNITY:
            return (
                _("Nothing since this opportunity was created"),
                _("Share a Destination with its contacts; you see here who looks at it."),
            )
        case SObject.ACCOUNT if not frame.claims.people:
            return (
                _("Nobody to follow yet"),
                _("Add contacts to this account; what these people do shows up here."),
            )
        case _:
            return (
                _("Nothing yet"),
                _("Engagement is matched by e-mail address: check it, or share a Destination."),
            )
