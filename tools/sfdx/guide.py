"""docs/install.md and docs/packaging.md say what is so: words of Inlay, addresses of `app`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from app.console.routes import room as console
from app.outbox.turns import outcomes
from app.widget import refusals
from app.widget.routes import room as widget
from tools.sfdx.project import Project
from tools.sfdx.table import GUIDE

PACKAGING = GUIDE.with_name("packaging.md")
_BEGIN, _END = "### What Inlay says", "### What Salesforce says"
_QUOTED = re.compile(r'"([^"]+)"')
_ADDRESS = re.compile(r"`https://<app>(/[^`]*)`")
_PATH = re.compile(r"`((?:app|canvas|requirements|sfdx|tests|tools)/[\w./*-]*)`")
_TOP = GUIDE.parent.parent


def guide_explains_every_refusal(project: Project, guide: Path = GUIDE) -> Iterator[str]:
    """Each calm page of the widget has its row, and what the rows quote is what Inlay says."""
    _, _, rest = guide.read_text(encoding="utf-8").partition(_BEGIN)
    rows = [line for line in rest.partition(_END)[0].splitlines() if line.startswith("| ")]
    quoted = {text for row in rows for text in _QUOTED.findall(row.split("|")[1])}
    titles = {refusal.title for refusal in (*refusals._REFUSALS.values(), refusals._UNKNOWN)}
    yield from (f'docs/install.md does not explain "{each}"' for each in sorted(titles - quoted))
    approval = (_TOP / "app" / "widget" / "pages.py").read_text(encoding="utf-8")
    said = "\n".join([*titles, *project.labels.values(), outcomes._FIELD.words, approval])
    yield from (
        f'docs/install.md quotes "{each}", which Inlay does not say'
        for each in sorted(quoted)
        if each not in said
    )


def maintainers_enter_real_addresses(_project: Project, page: Path = PACKAGING) -> Iterator[str]:
    """The addresses that a maintainer enters for the client apps are answered by `app`."""
    application = Flask("routes", static_folder=None)
    for room in (console, widget):
        application.register_blueprint(room)
    answered = {str(rule) for rule in application.url_map.iter_rules()}
    named = set(_ADDRESS.findall(page.read_text(encoding="utf-8")))
    if not named:
        yield "docs/packaging.md names no address of the app"
    yield from (
        f"docs/packaging.md: app has no address {each}" for each in sorted(named - answered)
    )


def review_names_real_files(_project: Project, page: Path = PACKAGING) -> Iterator[str]:
    """A reviewer who opens a file that docs/packaging.md names finds it, or set-up makes it."""
    made = set((_TOP / ".gitignore").read_text(encoding="utf-8").split())
    named = set(_PATH.findall(page.read_text(encoding="utf-8")))
    yield from (
        f"docs/packaging.md: there is no {each}"
        for each in sorted(named)
        if f"{each.rstrip('/')}/" not in made and not any(_TOP.glob(each.rstrip("/")))
    )
