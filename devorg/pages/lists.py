"""List views: a page of an object's records as the viewer sees them, sorted and filtered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from devorg.pages.display import Shown, label_of, references, shown_fields
from devorg.pages.finding import EVERYTHING, match
from devorg.pages.layouts import layout_of
from devorg.pages.reading import MOST_COUNTED, Reader, name_field, name_of, path_of
from devorg.pages.viewer import Viewer
from devorg.schema import Field, SObject

PAGE: Final = 50
# What keeps its order by an index, also in tables that must not be read to be sorted.
_ORDERED: Final = frozenset({"Name", "CreatedDate", "SystemModstamp", "ActivityDate"})


@dataclass(frozen=True, slots=True)
class Asked:
    """How the viewer wants a list: sorted by a field, filtered by words, from which page on."""

    sort: str = ""
    descending: bool = False
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column. `order` is ascending, descending or empty; `href` sorts by it."""

    label: str
    href: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a table."""

    name: str
    href: str
    cells: list[Shown]


@dataclass(frozen=True, slots=True)
class Table:
    """Records of one object; `total` counts what is not shown too, up to a bound."""

    sobject: str
    plural: str
    icon: str
    first: Column
    columns: list[Column]
    rows: list[Row]
    total: int
    partial: bool = False
    page: int = 1
    pages: int = 1

    @property
    def total_text(self) -> str:
        """The number of records, or that there are more than anybody counted."""
        return f"{MOST_COUNTED:,}+" if self.total > MOST_COUNTED else f"{self.total:,}"


def brief_table(reader: Reader, viewer: Viewer, sobject: SObject, limit: int) -> Table:
    """The newest records of an object, in few columns, for the home page."""
    records = reader.select(sobject, order="t.rowid DESC", limit=limit)
    return _table(reader, viewer, sobject, records, layout_of(sobject).brief, reader.count(sobject))


def found_table(reader: Reader, viewer: Viewer, sobject: SObject, words: str, limit: int) -> Table:
    """The first records of an object that a global search finds."""
    layout = layout_of(sobject)
    found = match(reader, sobject, words, layout.searched)
    records = reader.select(
        sobject, found.where, found.values, order=_order(reader, sobject, Asked()), limit=limit
    )
    total = len(records)
    if total == limit:
        total = reader.count(sobject, found.where, found.values)
    return _table(reader, viewer, sobject, records, layout.columns, total, partial=found.partial)


def list_table(reader: Reader, viewer: Viewer, sobject: SObject, asked: Asked) -> Table:
    """One page of the list view of an object."""
    layout = layout_of(sobject)
    wanted = layout.columns
    found = (
        match(reader, sobject, asked.words, tuple(dict.fromkeys((*wanted, *layout.searched))))
        if asked.words
        else EVERYTHING
    )
    total = reader.count(sobject, found.where, found.values)
    pages = max(1, -(-min(total, MOST_COUNTED) // PAGE))
    page = min(max(asked.page, 1), pages)
    records = reader.select(
        sobject, found.where, found.values, order=_order(reader, sobject, asked),
        limit=PAGE, offset=(page - 1) * PAGE,
    )  # fmt: skip
    return _table(
        reader, viewer, sobject, records, wanted, total,
        asked=asked, partial=found.partial, page=page, pages=pages,
    )  # fmt: skip


def sorts_by(reader: Reader, sobject: SObject, name: str) -> bool:
    """True if a list can be put in the order of this field."""
    if not reader.shows(sobject, name):
        return False
    return name in _ORDERED or not reader.is_large(sobject)


def _order(reader: Reader, sobject: SObject, asked: Asked) -> str:
    """SQL of the order; by name unless asked otherwise, and rows of one kind as they were made."""
    name = asked.sort if sorts_by(reader, sobject, asked.sort) else name_field(sobject)
    if name is None or not sorts_by(reader, sobject, name):
        return "t.rowid"
    way = "DESC" if asked.descending else "ASC"
    return f"{_key(reader, sobject.by_name[name])} {way}, t.rowid {way}"


def _key(reader: Reader, field: Field) -> str:
    """What is compared: for a lookup the name of what it points at."""
    for parent in field.references:
        other = reader.sobject(parent)
        name = name_field(other)
        if name and len(field.references) == 1:
            return f'(SELECT o."{name}" FROM "{parent}" AS o WHERE o.Id = t."{field.name}")'  # noqa: S608 - names of devorg's own tables
    return f't."{field.name}"'


def _table(
    reader: Reader,
    viewer: Viewer,
    sobject: SObject,
    records: list[dict[str, object]],
    wanted: tuple[str, ...],
    total: int,
    *,
    asked: Asked | None = None,
    partial: bool = False,
    page: int = 1,
    pages: int = 1,
) -> Table:
    names = reader.names(references(sobject, records))
    rows = [
        Row(
            name_of(sobject, record),
            path_of(sobject, str(record["Id"])) or "",
            shown_fields(sobject, record, wanted, names, viewer.user.time_zone),
        )
        for record in records
    ]
    heads = [each for each in wanted if reader.shows(sobject, each)]
    columns = [_column(reader, sobject, each, asked) for each in heads]
    first = _column(reader, sobject, name_field(sobject) or "Id", asked)
    icon = layout_of(sobject).icon
    return Table(
        sobject.name, sobject.plural, icon, first, columns, rows, total, partial, page, pages
    )


def _column(reader: Reader, sobject: SObject, name: str, asked: Asked | None) -> Column:
    label = label_of(sobject.by_name[name])
    if asked is None or not sorts_by(reader, sobject, name):
        return Column(label)
    chosen = asked.sort if sorts_by(reader, sobject, asked.sort) else name_field(sobject)
    is_chosen = name == chosen
    descends = is_chosen and not asked.descending
    words = {"sort": name, **({"order": "desc"} if descends else {})}
    if asked.words:
        words["q"] = asked.words
    order = ("descending" if asked.descending else "ascending") if is_chosen else ""
    return Column(label, f"?{urlencode(words)}", order)


def page_href(asked: Asked, page: int) -> str:
    """The address of another page of the same list."""
    words = {"sort": asked.sort, "order": "desc" if asked.descending else "", "q": asked.words}
    return "?" + urlencode({**{k: v for k, v in words.items() if v}, "page": page})
