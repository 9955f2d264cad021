"""Values as a reader of a page sees them: dates in their zone, money with its sign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from devorg import moments
from devorg.pages.reading import Named
from devorg.rows import Record
from devorg.schema import Field, SObject

_HIDDEN_NAME = "Not available to you"


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of a page. `href` is None for plain text; `text` is empty for no value."""

    label: str
    text: str
    href: str | None = None
    muted: bool = False


def day_text(day: date) -> str:
    """`Nov 21, 2026`."""
    return f"{day:%b} {day.day}, {day.year}"


def local(text: str, zone: str) -> datetime | None:
    """A stored moment in a zone; a bare date is that day's midnight, whatever the zone."""
    if moments.is_date(text):
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    moment = moments.read(text)
    return moment.astimezone(ZoneInfo(zone)) if moment else None


def day_of(moment: datetime, zone: str) -> date:
    """The day that it is in a zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def _moment_text(text: str, zone: str) -> str:
    moment = local(text, zone)
    if moment is None:
        return text
    return day_text(moment.date()) + ("" if moments.is_date(text) else f", {moment:%H:%M}")


def _money(value: float) -> str:
    return f"${value:,.0f}" if value == int(value) else f"${value:,.2f}"


def _plain(field: Field, value: Any, zone: str) -> tuple[str, str | None]:
    """Text and link of a value that is no reference."""
    if field.type in {"date", "datetime"}:
        return _moment_text(str(value), zone), None
    if field.type == "currency":
        return _money(float(value)), None
    if field.type == "percent":
        return f"{value:g}%", None
    if field.type == "int":
        return f"{value:,}", None
    if field.type == "boolean":
        return ("Yes" if value else "No"), None
    text = str(value)
    if field.type == "email":
        return text, f"mailto:{text}"
    if field.type == "phone":
        return text, "tel:" + "".join(char for char in text if char.isdigit() or char == "+")
    if field.type == "url" and text.startswith(("https://", "http://")):
        return text.partition("://")[2].rstrip("/"), text
    return text, None


def label_of(field: Field) -> str:
    """The label on a page, where a lookup is not called an Id."""
    if field.name == "Name":
        return "Name"
    return field.label.removesuffix(" ID").removesuffix(" (%)")


def shown(field: Field, value: Any, names: Mapping[str, Named], zone: str) -> Shown:
    """One value, ready for a page; `names` are the records the reader may see."""
    label = label_of(field)
    if value is None or value == "":
        return Shown(label, "")
    if field.type != "reference":
        return Shown(label, *_plain(field, value, zone))
    if value not in names:
        return Shown(label, _HIDDEN_NAME, muted=True)
    return Shown(label, names[value].name, names[value].href)


def shown_fields(
    sobject: SObject,
    record: Record,
    wanted: Iterable[str],
    names: Mapping[str, Named],
    zone: str,
) -> list[Shown]:
    """The wanted fields, without those that are hidden from the reader."""
    return [
        shown(sobject.by_name[name], record[name], names, zone) for name in wanted if name in record
    ]


def references(sobject: SObject, records: Iterable[Record]) -> set[str]:
    """All ids that the records point at."""
    lookups = [field.name for field in sobject.fields if field.type == "reference"]
    return {record[name] for record in records for name in lookups if record.get(name) is not None}
