"""The home page: what to do today, what was looked at last, and the org's people and deals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from devorg import ids
from devorg.pages.display import day_of, day_text
from devorg.pages.layouts import LAYOUTS, layout_of
from devorg.pages.lists import Table, brief_table
from devorg.pages.reading import Named, Reader, name_of
from devorg.pages.viewer import Viewer

_SHORT = 6
# What has been due for longer is not for today; and a large org must not be read for it.
_OVERDUE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Main:
    """A record that demos start from; without a name, the reader may not open it."""

    sobject: str
    icon: str
    href: str
    name: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Todo:
    """An open task. `late`: its day has passed."""

    subject: str
    href: str
    day: str
    late: bool
    who: Named | None
    what: Named | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A record that the viewer looked at."""

    name: str
    href: str
    icon: str
    kind: str


@dataclass(frozen=True, slots=True)
class Home:
    """All that the home page shows."""

    mains: list[Main]
    todos: list[Todo]
    seen: list[Seen]
    tables: list[Table]


def home(reader: Reader, viewer: Viewer, recent: list[str]) -> Home:
    """The home page of a viewer."""
    tables = [brief_table(reader, viewer, reader.sobject(name), _SHORT) for name in LAYOUTS]
    return Home(_mains(reader), _todos(reader, viewer), _seen(reader, recent), tables)


def _mains(reader: Reader) -> list[Main]:
    """The seeded main records, those the reader may not open without their names."""
    found = []
    for name, layout in LAYOUTS.items():
        sobject = reader.sobject(name)
        # The story is planted first, so its main records are the first of their objects.
        record_id = ids.make(sobject.prefix, 1)
        record = reader.record(sobject, record_id)
        note = str(record.get(layout.brief[0]) or "") if record else ""
        href = f"/lightning/r/{sobject.name}/{record_id}/view"
        shown = name_of(sobject, record) if record else None
        found.append(Main(name, layout.icon, href, shown, note))
    return found


def _todos(reader: Reader, viewer: Viewer) -> list[Todo]:
    task, today = reader.sobject("Task"), day_of(reader.now, viewer.user.time_zone)
    if not all(reader.shows(task, name) for name in ("ActivityDate", "IsClosed", "OwnerId")):
        return []
    records = reader.select(
        task,
        "t.OwnerId = :owner AND t.IsClosed = 0 AND t.ActivityDate BETWEEN :since AND :today",
        {
            "owner": viewer.user.id,
            "since": (today - timedelta(days=_OVERDUE_DAYS)).isoformat(),
            "today": today.isoformat(),
        },
        order="t.ActivityDate DESC, t.Id",
        limit=_SHORT,
    )
    names = reader.names(
        record[name] for record in records for name in ("WhoId", "WhatId") if record.get(name)
    )
    return [
        Todo(
            record.get("Subject") or "(no subject)",
            f"/lightning/r/Task/{record['Id']}/view",
            _due(date.fromisoformat(record["ActivityDate"]), today),
            record["ActivityDate"] < today.isoformat(),
            names.get(record.get("WhoId") or ""),
            names.get(record.get("WhatId") or ""),
        )
        for record in records
    ]


def _due(day: date, today: date) -> str:
    if day == today:
        return "Today"
    return "Yesterday" if day == today - timedelta(days=1) else day_text(day)


def _seen(reader: Reader, recent: list[str]) -> list[Seen]:
    names = reader.names(recent)
    found = []
    for record_id in recent:
        sobject, named = reader.schema.object_of(record_id), names.get(record_id)
        if sobject and named and named.href:
            icon = layout_of(sobject).icon
            found.append(Seen(named.name, named.href, icon, sobject.label))
    return found[:_SHORT]
