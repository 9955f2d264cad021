"""What people are part of: lists, workflows, campaigns, e-mails on their way, opportunities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.crm.models import SObject
from app.engagement.memberships import Member
from app.engagement.models import MembershipKind
from app.web.i18n import _, ngettext
from app.widget.bearer import Frame
from app.widget.reader import Reader
from app.widget.refusals import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """One membership; ``note`` is its state, its day, or how many people share it."""

    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Group:
    """Memberships of one kind."""

    label: str
    entries: list[Entry]


_LABELS = {
    MembershipKind.LIST: N_("Lists"),
    MembershipKind.WORKFLOW: N_("Workflows"),
    MembershipKind.CAMPAIGN: N_("Campaigns"),
    MembershipKind.PENDING_EMAIL: N_("Pending e-mails"),
}


def groups_of(
    found: Mapping[MembershipKind, Sequence[Member]],
    frame: Frame,
    people: Mapping[str, UUID],
    reader: Reader,
) -> list[Group]:
    """Groups that have entries, opportunities last."""
    several = len(set(people.values())) > 1
    groups = [
        Group(_(label), _entries(found[kind], several, reader))
        for kind, label in _LABELS.items()
        if found.get(kind)
    ]
    opportunities = _opportunities(frame, reader)
    return [*groups, Group(_("Opportunities"), opportunities)] if opportunities else groups


def _entries(rows: Sequence[Member], several: bool, reader: Reader) -> list[Entry]:
    counts = Counter(row.name for row in rows)
    first = {row.name: row for row in reversed(rows)}
    return [
        Entry(name, _people(count) if several else _note(first[name], reader))
        for name, count in counts.items()
    ]


def _people(count: int) -> str:
    return ngettext("%(n)d person", "%(n)d people", count) % {"n": count}


def _note(row: Member, reader: Reader) -> str:
    if row.kind is MembershipKind.PENDING_EMAIL and row.since is not None:
        return reader.day(row.since)
    return row.status


def _opportunities(frame: Frame, reader: Reader) -> list[Entry]:
    """Opportunities of the person or account; on an opportunity's own page it goes without."""
    claims = frame.claims
    if claims.sobject == SObject.OPPORTUNITY:
        return []
    entries = [
        Entry(name, _("since %(day)s") % {"day": reader.day(datetime.fromisoformat(created))})
        for name, created in claims.opportunities.values()
    ]
    if hidden := claims.hidden_opportunities:
        text = ngettext("%(n)d you can't see", "%(n)d you can't see", hidden)
        entries.append(Entry(text % {"n": hidden}, ""))
    return entries
