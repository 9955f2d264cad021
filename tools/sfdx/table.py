"""The table of docs/install.md: which feature needs which rights, written from the metadata."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tools.sfdx.project import PermissionSet, Project
from tools.sfdx.rights import FEATURES

GUIDE = Path(__file__).resolve().parent.parent.parent / "docs" / "install.md"
_BEGIN, _END = "<!-- rights: written by python -m tools.sfdx --write -->", "<!-- /rights -->"
_ORDER = ("read", "create", "edit", "delete", "view all", "modify all")


def guide_is_current(project: Project, guide: Path = GUIDE) -> Iterator[str]:
    """The guide tells what the permission sets grant."""
    told = guide.read_text(encoding="utf-8")
    if inserted(told, project) != told:
        yield "docs/install.md differs from the permission sets; run python -m tools.sfdx --write"


def write(project: Project, guide: Path = GUIDE) -> None:
    """Bring the guide up to date."""
    told = guide.read_text(encoding="utf-8")
    guide.write_text(inserted(told, project), encoding="utf-8")


def inserted(told: str, project: Project) -> str:
    """The guide's text with the table between its marks."""
    before, _, rest = told.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not end:
        raise ValueError("docs/install.md has lost the marks of its table")
    return f"{before}{_BEGIN}\n{table(project)}\n{_END}{after}"


def table(project: Project) -> str:
    """One row per feature: who, which packaged set, which local set, what that one grants."""
    head = "| feature | who | packaged set | set you deploy | which grants |\n|---|---|---|---|---|"
    rows = []
    for feature, (who, packaged) in FEATURES.items():
        sets = [each for each in project.local_sets.values() if feature in each.features]
        names = ", ".join(f"`{each.name}`" for each in sets)
        granted = "; ".join(grants(each) for each in sets)
        rows.append(f"| `{feature}` | {who} | `{packaged}` | {names} | {granted} |")
    return "\n".join([head, *rows])


def grants(each: PermissionSet) -> str:
    """What a set grants, in words."""
    parts = []
    if each.user_permissions:
        parts.append("user permissions " + ", ".join(sorted(each.user_permissions)))
    for rights, objects in _grouped(each).items():
        parts.append(f"{rights} on {', '.join(objects)}")
    for word, editable in (("edit", True), ("read", False)):
        names = sorted(name for name, may in each.fields.items() if may is editable)
        if names:
            parts.append(f"fields to {word}: {', '.join(names)}")
    return "; ".join(parts)


def _grouped(each: PermissionSet) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for sobject, rights in sorted(each.objects.items()):
        words = ", ".join(word for word in _ORDER if word in rights)
        groups.setdefault(words, []).append(sobject)
    return groups
