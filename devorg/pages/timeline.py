"""The activity timeline of a record: its Tasks and Events, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from devorg.pages.display import day_of, day_text, local
from devorg.pages.reading import Named, Reader
from devorg.rows import Record
from devorg.schema import STANDARD, SObject
from devorg.users import User

_SHOWN = 50
TASK, EVENT = STANDARD.objects["Task"], STANDARD.objects["Event"]
# An activity belongs to a person by WhoId, to a deal by WhatId, and to an account by either.
BELONGS = {
    "Contact": "t.WhoId = :id",
    "Lead": "t.WhoId = :id",
    "Opportunity": "t.WhatId = :id",
    "Account": "(t.WhatId = :id OR t.AccountId = :id)",
}
# When it happened, best knowledge first; dates and moments sort together as text.
_WHEN = ("Inlay_Occurred_At__c", "StartDateTime", "ActivityDate", "CreatedDate")
_ICONS = (
    ("email", "email"), ("mail", "email"), ("call", "call"), ("meeting", "event"),
    ("form", "form"), ("document", "document"), ("click", "link"), ("link", "link"),
    ("visit", "eye"), ("view", "eye"), ("page", "eye"), ("event", "event"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One activity as shown. `when` is its moment in the reader's zone."""

    id: str
    sobject: str
    subject: str
    kind: str
    icon: str
    when: datetime
    when_text: str
    owner: str
    who: Named | None
    what: Named | None
    note: str
    link: str
    confidence: str
    open: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """Groups of items with a heading each; `total` counts what is not shown too."""

    groups: list[tuple[str, list[Item]]]
    shown: int
    total: int


def timeline_of(reader: Reader, sobject: SObject, record_id: str, viewer: User) -> Timeline:
    """What happened on a record, as far as the reader may see it."""
    where, values = BELONGS[sobject.name], {"id": record_id}
    found: list[tuple[str, SObject, Record]] = []
    for kind in (TASK, EVENT):
        known = reader.sobject(kind.name).by_name
        when = ", ".join(f"t.{name}" for name in _WHEN if name in known)
        order = f"COALESCE({when}) DESC, t.Id DESC"
        records = reader.select(kind, where, values, order=order, limit=_SHOWN)
        found += [(_when(record), kind, record) for record in records]
    found.sort(key=lambda each: (each[0], each[2]["Id"]), reverse=True)
    names = reader.names(
        record[name]
        for _, _, record in found[:_SHOWN]
        for name in ("WhoId", "WhatId", "OwnerId")
        if name in record
    )
    items = [_item(kind, record, names, viewer, reader.now) for _, kind, record in found[:_SHOWN]]
    total = sum(reader.count(kind, where, values) for kind in (TASK, EVENT))
    return Timeline(_grouped(items, day_of(reader.now, viewer.time_zone)), len(items), total)


def _when(record: Record) -> str:
    return next(str(record[name]) for name in _WHEN if record.get(name))


def _item(
    kind: SObject, record: Record, names: dict[str, Named], viewer: User, now: datetime
) -> Item:
    text = _when(record)
    when = local(text, viewer.time_zone)
    assert when is not None  # noqa: S101 - the store keeps only moments it can read
    sort = record.get("Inlay_Kind__c") or record.get("TaskSubtype") or kind.name
    link = record.get("Inlay_Link__c") or ""
    ahead = kind is EVENT and when > now
    return Item(
        id=record["Id"],
        sobject=kind.name,
        subject=record.get("Subject") or "(no subject)",
        kind=_words(sort),
        icon=next((icon for word, icon in _ICONS if word in sort.lower()), "task"),
        when=when,
        when_text=day_text(when.date()) + (f", {when:%H:%M}" if "T" in text else ""),
        owner=names.get(record.get("OwnerId") or "", Named("", None)).name,
        who=names.get(record.get("WhoId") or ""),
        what=names.get(record.get("WhatId") or ""),
        note=record.get("Description") or "",
        link=link if link.startswith(("https://", "http://")) else "",
        confidence=record.get("Inlay_Confidence__c") or "",
        open=ahead or (kind is TASK and not record.get("IsClosed")),
    )


def _words(kind: str) -> str:
    """`email_opened` and `email.opened` as `Email opened`."""
    words = kind.replace("_", " ").replace(".", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def _grouped(items: list[Item], now: date) -> list[tuple[str, list[Item]]]:
    """What is still to do first, then what happened, month by month."""
    groups = []
    ahead = [item for item in items if item.open]
    if ahead:
        groups.append(("Upcoming & overdue", ahead))
    months: dict[tuple[int, int], list[Item]] = {}
    for item in items:
        if not item.open:
            months.setdefault((item.when.year, item.when.month), []).append(item)
    for month, members in months.items():
        this = " · This month" if month == (now.year, now.month) else ""
        groups.append((f"{members[0].when:%B %Y}{this}", members))
    return groups
