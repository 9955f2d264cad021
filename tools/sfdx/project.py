"""The Salesforce project as its files tell it: fields, permission sets, and what they name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree

ROOT = Path(__file__).resolve().parent.parent.parent / "sfdx"
_NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"


@dataclass(frozen=True, slots=True)
class Field:
    """A custom field.

    ``length``: characters of a text, digits before the point of a number, 0 for other types.
    """

    sobject: str
    name: str
    type: str
    length: int = 0
    unique: bool = False
    external_id: bool = False
    case_sensitive: bool = False
    formula: str = ""
    references: str = ""

    @property
    def writable(self) -> bool:
        """Whether it takes values; a formula does not."""
        return not self.formula


@dataclass(frozen=True, slots=True)
class PermissionSet:
    """What one permission set grants. Values of ``fields``: editable; of ``objects``: rights."""

    name: str
    description: str
    fields: dict[str, bool]
    objects: dict[str, frozenset[str]]
    classes: frozenset[str]
    pages: frozenset[str]
    tabs: frozenset[str]
    applications: frozenset[str]
    custom_permissions: frozenset[str]
    user_permissions: frozenset[str]
    other: frozenset[str]

    @property
    def features(self) -> tuple[str, ...]:
        """The features that it is for: its description begins with ``Feature: a, b.``."""
        if not self.description.startswith("Feature: "):
            return ()
        named = self.description.removeprefix("Feature: ").split(".")[0]
        return tuple(name.strip() for name in named.split(","))


class Project:
    """A folder with ``sfdx-project.json``, ``force-app`` and ``unpackaged``."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.source = root / "force-app" / "main" / "default"
        self.unpackaged = root / "unpackaged"

    def files(self) -> Iterator[Path]:
        """Every file of ours, tools and settings included."""
        for top in sorted(self.root.iterdir()):
            if top.name not in {"node_modules", ".sf", ".sfdx"}:
                yield from (each for each in sorted([top, *top.rglob("*")]) if each.is_file())

    def short(self, path: Path) -> str:
        """The path as it is shown in a message."""
        return path.relative_to(self.root).as_posix()

    @cached_property
    def settings(self) -> dict[str, Any]:
        """sfdx-project.json."""
        text = (self.root / "sfdx-project.json").read_text(encoding="utf-8")
        settings: dict[str, Any] = json.loads(text)
        return settings

    @property
    def package(self) -> dict[str, Any]:
        """What sfdx-project.json says of the package itself."""
        first: dict[str, Any] = self.settings["packageDirectories"][0]
        return first

    def told(self, name: str, element: str) -> str:
        """A text of a custom field (``Object.Field``) for people; empty without one."""
        sobject, field = name.split(".")
        path = self.source / "objects" / sobject / "fields" / f"{field}.field-meta.xml"
        return text(read(path), element) if path.is_file() else ""

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Custom fields by ``Object.Field``."""
        found = {}
        for path in sorted(self.source.glob("objects/*/fields/*.field-meta.xml")):
            field = _field(path.parent.parent.name, read(path))
            found[f"{field.sobject}.{field.name}"] = field
        return found

    @cached_property
    def objects(self) -> frozenset[str]:
        """Objects of our own."""
        return frozenset(
            path.parent.name for path in self.source.glob("objects/*/*.object-meta.xml")
        )

    @cached_property
    def packaged_sets(self) -> dict[str, PermissionSet]:
        """The permission sets that come with the package."""
        return _sets(self.source / "permissionsets")

    @cached_property
    def local_sets(self) -> dict[str, PermissionSet]:
        """The permission sets that a customer's admin deploys, one per feature."""
        return _sets(self.unpackaged / "permissionsets")

    @cached_property
    def labels(self) -> dict[str, str]:
        """Custom labels: name -> English text."""
        root = read(self.source / "labels" / "CustomLabels.labels-meta.xml")
        return {text(each, "fullName"): text(each, "value") for each in children(root, "labels")}

    def translations(self, language: str) -> dict[str, str]:
        """Custom labels in another language."""
        root = read(self.source / "translations" / f"{language}.translation-meta.xml")
        return {text(each, "name"): text(each, "label") for each in children(root, "customLabels")}

    def names(self, folder: str, suffix: str) -> frozenset[str]:
        """Names of the components in a folder, by the end of their files' names."""
        return frozenset(
            path.name.removesuffix(suffix) for path in self.source.glob(f"{folder}/*{suffix}")
        )

    @cached_property
    def classes(self) -> dict[str, str]:
        """Apex classes, tests included: name -> source."""
        return {
            path.stem: path.read_text(encoding="utf-8")
            for path in sorted(self.root.glob("force-app/**/classes/*.cls"))
        }

    @cached_property
    def packaged_classes(self) -> frozenset[str]:
        """Apex classes without the tests."""
        return self.names("classes", ".cls")


def read(path: Path) -> Element:
    """The root element of a metadata file; raises ParseError when it is not well-formed."""
    root: Element | None = ElementTree.parse(path).getroot()
    if root is None:
        raise ParseError("no element found")
    return root


def children(element: Element, name: str) -> list[Element]:
    """The direct children of that name."""
    return element.findall(f"{_NAMESPACE}{name}")


def text(element: Element, name: str) -> str:
    """The text of the child of that name; empty when there is none."""
    return (element.findtext(f"{_NAMESPACE}{name}") or "").strip()


def _field(sobject: str, root: Element) -> Field:
    return Field(
        sobject=sobject,
        name=text(root, "fullName"),
        type=text(root, "type"),
        length=int(text(root, "length") or text(root, "precision") or 0)
        - int(text(root, "scale") or 0),
        unique=_is(root, "unique"),
        external_id=_is(root, "externalId"),
        case_sensitive=_is(root, "caseSensitive"),
        formula=text(root, "formula"),
        references=text(root, "referenceTo"),
    )


def _sets(folder: Path) -> dict[str, PermissionSet]:
    found = [_set(path) for path in sorted(folder.glob("*.permissionset-meta.xml"))]
    return {each.name: each for each in found}


_PLAIN = frozenset({"description", "label", "hasActivationRequired"})
_RIGHTS = {
    "allowCreate": "create",
    "allowRead": "read",
    "allowEdit": "edit",
    "allowDelete": "delete",
    "viewAllRecords": "view all",
    "modifyAllRecords": "modify all",
    "viewAllFields": "view all fields",
}


def _set(path: Path) -> PermissionSet:
    root = read(path)
    known = {
        "classAccesses": "apexClass",
        "pageAccesses": "apexPage",
        "tabSettings": "tab",
        "applicationVisibilities": "application",
        "customPermissions": "name",
        "userPermissions": "name",
    }
    named = {
        element: frozenset(text(each, key) for each in children(root, element))
        for element, key in known.items()
    }
    tags = {each.tag.removeprefix(_NAMESPACE) for each in root}
    return PermissionSet(
        name=path.name.removesuffix(".permissionset-meta.xml"),
        description=text(root, "description"),
        fields={text(e, "field"): _is(e, "editable") for e in children(root, "fieldPermissions")},
        objects={text(e, "object"): _rights(e) for e in children(root, "objectPermissions")},
        classes=named["classAccesses"],
        pages=named["pageAccesses"],
        tabs=named["tabSettings"],
        applications=named["applicationVisibilities"],
        custom_permissions=named["customPermissions"],
        user_permissions=named["userPermissions"],
        other=frozenset(tags - _PLAIN - {"fieldPermissions", "objectPermissions", *known}),
    )


def _rights(element: Element) -> frozenset[str]:
    return frozenset(word for tag, word in _RIGHTS.items() if _is(element, tag))


def _is(element: Element, name: str) -> bool:
    return text(element, name) == "true"
