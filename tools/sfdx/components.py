"""What the package's components say to each other and to `app`: attributes, and views."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from app.widget.views import View
from tools.sfdx.project import Project

#: Attributes that come with an interface; Salesforce fills them, and a parent may.
_BY_INTERFACE = {"force:hasRecordId": "recordId", "force:hasSObjectName": "sObjectName"}
_ATTRIBUTE = re.compile(r"<aura:attribute\s([^>]*?)/?>", re.DOTALL)
_CHILD = re.compile(r"<c:(\w+)\s([^>]*?)/?>", re.DOTALL)
_GIVEN = re.compile(r'([\w:]+)="([^"]*)"')
#: A view as a component hands it on, and as a page writes it into its parameters.
_VIEW = re.compile(r'\bview="(\w+)"|&quot;view&quot;:&quot;(\w+)&quot;')
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def children_take_what_they_are_given(project: Project) -> Iterator[str]:
    """A component of ours sets attributes of another that exist and are not private to it.

    Salesforce does not fill a private attribute from outside, and says so in debug mode alone.
    """
    for path in sorted(project.source.glob("aura/*/*.cmp")):
        for child, given in _CHILD.findall(_markup(path)):
            open_ones = _attributes(project.source / "aura" / child / f"{child}.cmp")
            for name, _ in _GIVEN.findall(given):
                access = open_ones.get(name, "aura" if name.startswith("aura:") else None)
                if access is None:
                    yield f"{project.short(path)}: {child} has no attribute {name}"
                elif access == "private":
                    yield f"{project.short(path)}: the attribute {name} of {child} is private"


def views_are_those_of_app(project: Project) -> Iterator[str]:
    """Components and pages ask for views that `app` has, and each of them is asked for."""
    asked = {View.CARD.value}
    for path in [*project.source.glob("aura/*/*.cmp"), *project.source.glob("pages/*.page")]:
        for by_component, by_page in _VIEW.findall(_markup(path)):
            name = by_component or by_page
            asked.add(name)
            if name not in set(View):
                yield f"{project.short(path)}: app has no view {name}"
    yield from (f"no component asks for the view {name}" for name in sorted(set(View) - asked))


def _attributes(path: Path) -> dict[str, str]:
    """The attributes of a component: name -> access."""
    markup = _markup(path)
    found = {name: "public" for mark, name in _BY_INTERFACE.items() if mark in markup}
    for text in _ATTRIBUTE.findall(markup):
        given = dict(_GIVEN.findall(text))
        found[given["name"]] = given.get("access", "public")
    return found


def _markup(path: Path) -> str:
    return _COMMENT.sub("", path.read_text(encoding="utf-8")) if path.is_file() else ""
