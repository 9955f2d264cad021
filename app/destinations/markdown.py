"""Markdown of a Destination to clean HTML: no raw HTML, no images, links to web and mail only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from app.destinations.addresses import safe_address

_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre",
    "strong", "ul",
}  # fmt: skip
_MARK = "data-step"

_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href", "target", _MARK}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
    generic_attribute_prefixes=set(),
)


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A link in the text: what it is tracked as, where it goes, what it reads."""

    id: str
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """Clean HTML, and the links in it."""

    html: Markup
    links: list[FoundLink]


def render(text: str, *, link_prefix: str, top_heading: int) -> Rendered:
    """Clean HTML of a Markdown text.

    Args:
        text: Whatever somebody wrote.
        link_prefix: Links are tracked as ``<prefix>-0``, ``<prefix>-1`` …
        top_heading: Level of the highest heading (2 to 4), so that the page's outline holds.
    """
    tokens = _parser.parse(text)
    _level_headings(tokens, top_heading)
    links = list(_mark_links(tokens, link_prefix))
    html = _parser.renderer.render(tokens, _parser.options, {})
    # cleaned by nh3 just here, whatever the parser let through
    return Rendered(Markup(_cleaner.clean(html)), links)  # noqa: S704


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).disable("image")
    parser.validateLink = lambda url: bool(safe_address(url))  # type: ignore[method-assign]
    return parser


def _level_headings(tokens: list[Token], top: int) -> None:
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(4, max(top, int(token.tag[1])))}"


def _mark_links(tokens: list[Token], prefix: str) -> Iterator[FoundLink]:
    number = 0
    for inline in tokens:
        children = inline.children or []
        for place, child in enumerate(children):
            if child.type == "link_open":
                url, mark = str(child.attrGet("href")), f"{prefix}-{number}"
                child.attrSet(_MARK, mark)
                if not url.startswith("mailto:"):
                    child.attrSet("target", "_blank")
                yield FoundLink(mark, url, _text_until_close(children[place + 1 :]))
                number += 1


def _text_until_close(tokens: list[Token]) -> str:
    words = []
    for token in tokens:
        if token.type == "link_close":
            break
        words.append(token.content)
    return " ".join("".join(words).split())


_parser = _make_parser()
