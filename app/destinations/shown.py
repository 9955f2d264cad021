"""Answers of the public page: HTML with its style inside, and the policy that fits it."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from markupsafe import Markup

from app.destinations.brand import palette
from app.destinations.door import Entry
from app.destinations.forms import HONEYPOT, MOST_EMAIL, FormState, Introduction
from app.destinations.markdown import render
from app.destinations.models import BlockKind
from app.destinations.page import Page, PageBlock, PageDocument
from app.destinations.policy import policy_for
from app.destinations.template import ABOUT_PATH
from app.web.room import set_policy

_HERO = frozenset({BlockKind.HEADLINE, BlockKind.GREETING})
_SIDE = frozenset({BlockKind.REP_CARD, BlockKind.CALL_TO_ACTION})


def page(entry: Entry, shown: Page, form: FormState, status: int = 200) -> Response:
    """The Destination."""
    return _answer(
        "destinations/page.html",
        shown.settings.brand_color,
        status,
        logo_url=_logo_url(shown),
        **_parts(entry, shown, form),
    )


def gate(entry: Entry, shown: Page, state: Introduction, status: int = 200) -> Response:
    """What is asked before the Destination is shown; it tells nothing of it but whose it is."""
    return _answer(
        "destinations/gate.html",
        shown.settings.brand_color,
        status,
        logo_url=_logo_url(shown),
        entry=entry,
        page=shown,
        state=state,
        most=MOST_EMAIL,
        is_preview="preview" in request.args,
    )


def _logo_url(shown: Page) -> str:
    logo = shown.settings.logo
    return url_for("destinations.logo", token=logo) if logo else ""


def preview(entry: Entry, shown: Page, style_url: str, logo_url: str) -> str:
    """The same page for a frame without rights: no script, its style from an address."""
    return render_template(
        "destinations/page.html",
        style_url=style_url,
        logo_url=logo_url,
        about_path=ABOUT_PATH,
        **_parts(entry, shown, FormState()),
    )


def style_of(color: str) -> str:
    """The style sheet of pages in a colour."""
    return render_template("destinations/page.css", brand=palette(color))


def _parts(entry: Entry, shown: Page, form: FormState) -> dict[str, Any]:
    return {
        "entry": entry,
        "page": shown,
        "state": form,
        "hero": _of(shown, _HERO),
        "body": [b for b in shown.blocks if b.kind not in _HERO | _SIDE | {BlockKind.CONTACT_FORM}],
        "side": _of(shown, _SIDE),
        "forms": _of(shown, frozenset({BlockKind.CONTACT_FORM})),
        "honeypot": HONEYPOT,
    }


def form(entry: Entry, shown: Page, state: FormState) -> Response:
    """The form alone, for the page's script to put in place."""
    blocks = _of(shown, frozenset({BlockKind.CONTACT_FORM}))
    html = render_template(
        "destinations/form.html",
        entry=entry,
        page=shown,
        state=state,
        block=blocks[0] if blocks else None,
        honeypot=HONEYPOT,
    )
    return Response(html, status=422 if state.errors else 200)


def document(entry: Entry, shown: Page, paper: PageDocument) -> Response:
    """One document, to read or print."""
    text = render(paper.markdown, link_prefix=paper.id, top_heading=2)
    return _answer(
        "destinations/document.html",
        shown.settings.brand_color,
        entry=entry,
        page=shown,
        document=paper,
        html=text.html,
    )


def about() -> Response:
    """What pages record."""
    return _answer("destinations/about.html", "")


def gone() -> Response:
    """The same words whatever the reason: who made the page, and for whom, stays unsaid."""
    return _answer("destinations/gone.html", "", 404)


def _of(shown: Page, kinds: frozenset[BlockKind]) -> list[PageBlock]:
    return [block for block in shown.blocks if block.kind in kinds]


def _answer(template: str, color: str, status: int = 200, **values: Any) -> Response:
    style = style_of(color)
    set_policy(policy_for(style))
    # the style sheet is ours, and the colours in it are made of numbers
    html = render_template(
        template,
        style=Markup(style),  # noqa: S704
        style_url="",
        about_path=ABOUT_PATH,
        **values,
    )
    return Response(html, status=status)
