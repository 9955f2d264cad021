"""Reports and the dashboard: they show columns that there are, and add up what can be added."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from tools.sfdx.project import Project, children, read, text

_OWN = "__c"


def reports_show_what_their_types_have(project: Project) -> Iterator[str]:
    """Columns, groups and filters of reports on own report types are columns of these types."""
    types = _types(project)
    for path, root in _reports(project):
        columns = types.get(text(root, "reportType").removesuffix(_OWN))
        if columns is None:
            continue  # a standard type, whose columns no file of ours tells
        for name in sorted(_named(root) - columns):
            yield f"{project.short(path)}: its report type has no column {name}"


def reports_add_up_numbers(project: Project) -> Iterator[str]:
    """Only numbers are added up: Salesforce refuses sums and maxima of dates."""
    numbers = {field.name for field in project.fields.values() if field.type == "Number"}
    for path, root in _reports(project):
        for column in children(root, "columns"):
            name = text(column, "field")
            if text(column, "aggregateTypes") and _field(name) not in numbers:
                yield f"{project.short(path)}: {name} is no number"


def dashboards_show_what_reports_have(project: Project) -> Iterator[str]:
    """A chart draws a sum of its report by a group of its report, chosen by name."""
    for path in sorted(project.source.glob("dashboards/*/*.dashboard-meta.xml")):
        for part in read(path).iter(_tag(read(path), "dashboardComponent")):
            name = text(part, "report")
            report = project.source / "reports" / f"{name}.report-meta.xml"
            if not report.is_file():
                continue  # said by metadata.components_exist
            root = read(report)
            sums = {
                text(each, "field")
                for each in children(root, "columns")
                if text(each, "aggregateTypes")
            }
            groups = {text(each, "field") for each in children(root, "groupingsDown")}
            drawn = {text(each, "column") for each in children(part, "chartSummary")}
            by = {each.text or "" for each in children(part, "groupingColumn")}
            if not drawn or drawn - sums:
                yield f"{project.short(path)}: {name} does not add up {sorted(drawn)}"
            if not by or by - groups:
                yield f"{project.short(path)}: {name} is not grouped by {sorted(by)}"


def _types(project: Project) -> dict[str, set[str]]:
    """Own report types: name -> columns as reports write them, ``Table$Field``."""
    found = {}
    for path in project.source.glob("reportTypes/*.reportType-meta.xml"):
        found[path.name.removesuffix(".reportType-meta.xml")] = {
            f"{text(column, 'table')}${text(column, 'field')}"
            for section in children(read(path), "sections")
            for column in children(section, "columns")
        }
    return found


def _reports(project: Project) -> Iterator[tuple[Path, Element]]:
    for path in sorted(project.source.glob("reports/*/*.report-meta.xml")):
        yield path, read(path)


def _named(root: Element) -> set[str]:
    """Every column that a report names."""
    places = [("columns", "field"), ("groupingsDown", "field"), ("timeFrameFilter", "dateColumn")]
    named = {text(each, name) for place, name in places for each in children(root, place)}
    named |= {text(each, "sortByName") for each in children(root, "groupingsDown")}
    for each in children(root, "filter"):
        named |= {text(item, "column") for item in children(each, "criteriaItems")}
    return named - {""}


def _field(column: str) -> str:
    return column.rpartition("$")[2].rpartition(".")[2]


def _tag(root: Element, name: str) -> str:
    return root.tag.replace("Dashboard", name)
