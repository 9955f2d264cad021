"""Lists of records: the home page's start cards and tables, and the list views."""

from __future__ import annotations

from dataclasses import dataclass

from devorg.pages.display import Shown, label_of, references, shown_fields
from devorg.pages.layouts import LAYOUTS
from devorg.pages.reading import Reader, path_of
from devorg.pages.viewer import Viewer
from devorg.schema import STANDARD
from devorg.seed.plant import main_records

SHORT, LONG = 6, 200
_MAIN_ORDER = ("contact", "opportunity", "lead", "account")


@dataclass(frozen=True, slots=True)
class Main:
    """A record that demos start from; without a name, the reader may not open it."""

    sobject: str
    icon: str
    href: str
    name: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a table."""

    name: str
    href: str
    cells: list[Shown]


@dataclass(frozen=True, slots=True)
class Table:
    """Records of one object; `total` counts what is not shown too."""

    sobject: str
    plural: str
    icon: str
    columns: list[str]
    rows: list[Row]
    total: int


def mains(reader: Reader) -> list[Main]:
    """The seeded main records, those the reader may not open without their names."""
    by_key = main_records(reader.connection)
    found = []
    for key in _MAIN_ORDER:
        sobject, record_id = STANDARD.objects[key.capitalize()], by_key[key]
        layout = LAYOUTS[sobject.name]
        record = reader.record(sobject, record_id)
        note = str(record.get(layout.brief[0]) or "") if record else ""
        href = f"/lightning/r/{sobject.name}/{record_id}/view"
        name = str(record["Name"]) if record else None
        found.append(Main(sobject.name, layout.icon, href, name, note))
    return found


def home_tables(reader: Reader, viewer: Viewer) -> list[Table]:
    """The first records of each object."""
    return [
        table(reader, viewer, name, layout.brief, limit=SHORT) for name, layout in LAYOUTS.items()
    ]


def list_table(reader: Reader, viewer: Viewer, name: str) -> Table:
    """The list view of an object."""
    return table(reader, viewer, name, LAYOUTS[name].columns, limit=LONG)


def table(
    reader: Reader, viewer: Viewer, name: str, wanted: tuple[str, ...], *, limit: int
) -> Table:
    """Records of an object that the reader may see, oldest first."""
    sobject, layout = STANDARD.objects[name], LAYOUTS[name]
    records = reader.select(sobject, limit=limit)
    names = reader.names(references(sobject, records))
    rows = [
        Row(
            record["Name"],
            path_of(record["Id"]) or "",
            shown_fields(sobject, record, wanted, names, viewer.user.time_zone),
        )
        for record in records
    ]
    # A field hidden from the reader is missing from every record, so from the heads as well.
    heads = [n for n in wanted if not records or n in records[0]]
    columns = [label_of(sobject.by_name[column]) for column in heads]
    return Table(name, sobject.plural, layout.icon, columns, rows, reader.count(sobject))
