"""What a record page says about its record."""

from __future__ import annotations

from dataclasses import dataclass

from devorg.pages.display import Shown, references, shown_fields
from devorg.pages.layouts import layout_of
from devorg.pages.reading import Reader, name_of
from devorg.pages.related import RelatedList, related_lists
from devorg.pages.viewer import Viewer
from devorg.schema import SObject
from devorg.schema.sales import STAGES


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the path of an opportunity; `state` is done, current or ahead."""

    label: str
    state: str


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The parts of the page, ready for the template."""

    name: str
    icon: str
    highlights: list[Shown]
    sections: list[tuple[str, list[Shown]]]
    related: list[RelatedList]
    path: list[Step]


def record_page(reader: Reader, sobject: SObject, record_id: str, viewer: Viewer) -> RecordPage:
    """The page of a record that the reader may see."""
    record = reader.record(sobject, record_id)
    assert record is not None  # noqa: S101 - the caller has checked
    layout, zone = layout_of(sobject), viewer.user.time_zone
    names = reader.names(references(sobject, [record]))
    return RecordPage(
        name=name_of(sobject, record),
        icon=layout.icon,
        highlights=shown_fields(sobject, record, layout.highlights, names, zone),
        sections=[
            (title, shown_fields(sobject, record, fields, names, zone))
            for title, fields in layout.sections
        ],
        related=related_lists(reader, sobject.name, record),
        path=stage_path(record.get("StageName")),
    )


def stage_path(current: str | None) -> list[Step]:
    """The stages of an opportunity as steps; of the two closed ones only the reached one."""
    if current not in STAGES:
        return []
    won = STAGES[current][2]
    lost = STAGES[current][1] and not won
    steps = [name for name, (_, closed, _) in STAGES.items() if not closed]
    last = current if STAGES[current][1] else "Closed Won"
    at = steps.index(current) if current in steps else len(steps)
    path = [
        Step(name, "current" if order == at else "done" if order < at and not lost else "ahead")
        for order, name in enumerate([*steps, last])
    ]
    return [*path[:-1], Step(last, "lost")] if lost else path
