"""A Destination as its page shows it, and what on it can be told apart when it is tracked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import select

from app.db import TenantSession
from app.destinations.addresses import mailto, safe_address
from app.destinations.markdown import render
from app.destinations.models import Block, BlockKind
from app.destinations.template import CONTACT
from app.orgs import settings
from app.orgs.settings import OrgSettings
from app.web.i18n import _


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link on the page: ``id`` is what a beacon calls it."""

    id: str
    label: str
    url: str

    @property
    def is_outside(self) -> bool:
        """Whether it opens in a window of its own."""
        return self.url.startswith(("http:", "https:", "/"))


@dataclass(frozen=True, slots=True)
class PageDocument:
    """A document: a page of its own under the link's address."""

    id: str
    number: int
    label: str
    note: str
    markdown: str


@dataclass(frozen=True, slots=True)
class PageBlock:
    """A block, ready for the template. ``label`` is what the timeline calls it."""

    id: str
    kind: BlockKind
    label: str
    content: Mapping[str, Any]
    html: Markup = field(default_factory=Markup)
    links: Sequence[PageLink] = ()
    documents: Sequence[PageDocument] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """All blocks from top to bottom, and the settings of the org that shows them."""

    blocks: Sequence[PageBlock]
    settings: OrgSettings

    @property
    def seller(self) -> str:
        """Who sees what is recorded: the company, else the rep."""
        cards = (b.content.get("name", "") for b in self.blocks if b.kind is BlockKind.REP_CARD)
        return self.settings.company_name or next(cards, "") or _("The sender")

    @property
    def consent(self) -> str:
        """What visitors read of what is recorded."""
        words = _(
            "%(seller)s can see when this page is opened, and what is read and clicked on it."
        )
        return self.settings.consent_text or words % {"seller": self.seller}

    @property
    def consent_code(self) -> str:
        """Tells whether somebody who agrees had this very notice before them."""
        return hashlib.sha256(self.consent.encode()).hexdigest()[:16]

    @property
    def block_of(self) -> Mapping[str, PageBlock]:
        """Blocks by what a beacon calls them."""
        return {block.id: block for block in self.blocks}

    @property
    def link_of(self) -> Mapping[str, PageLink]:
        """Links by what a beacon calls them."""
        return {link.id: link for block in self.blocks for link in block.links}

    @property
    def document_of(self) -> Mapping[str, PageDocument]:
        """Documents by what a beacon calls them."""
        return {one.id: one for block in self.blocks for one in block.documents}


def read_page(session: TenantSession, destination_id: UUID) -> Page:
    """The page of a Destination: two statements."""
    statement = (
        select(Block.position, Block.kind, Block.content)
        .where(Block.destination_id == destination_id)
        .order_by(Block.position)
    )
    return page_of(session.execute(statement), settings.read(session))


def page_of(
    blocks: Iterable[tuple[int, BlockKind, Mapping[str, Any]]], chosen: OrgSettings
) -> Page:
    """The page of blocks: position, kind and content of each, from top to bottom."""
    views: list[PageBlock] = []
    for position, kind, content in blocks:
        if kind is BlockKind.UNKNOWN:
            continue
        first_number = 1 + sum(len(view.documents) for view in views)
        views.append(_view(f"b{position}", kind, content, first_number))
    return Page(views, chosen)


def _view(
    block_id: str, kind: BlockKind, content: Mapping[str, Any], first_number: int
) -> PageBlock:
    label = str(content.get("title") or _label(kind))
    match kind:
        case BlockKind.TEXT:
            text = render(str(content.get("markdown", "")), link_prefix=block_id, top_heading=3)
            found = [PageLink(link.id, link.label, link.url) for link in text.links]
            return PageBlock(block_id, kind, label, content, text.html, found)
        case BlockKind.DOCUMENTS:
            documents = _documents(content.get("documents", []), first_number)
            return PageBlock(block_id, kind, label, content, documents=documents)
        case _:
            return PageBlock(block_id, kind, label, content, links=_links(block_id, kind, content))


def _links(block_id: str, kind: BlockKind, content: Mapping[str, Any]) -> list[PageLink]:
    """Addresses are looked at again: what is stored may be older than the rules."""
    match kind:
        case BlockKind.LINKS:
            wanted = [
                (one.get("label", ""), one.get("url", "")) for one in content.get("links", [])
            ]
        case BlockKind.REP_CARD:
            wanted = [(content.get("email", ""), mailto(content.get("email", "")))]
        case BlockKind.CALL_TO_ACTION:
            wanted = [(content.get("label", ""), content.get("url", ""))]
        case _:
            return []
    return [
        PageLink(f"{block_id}-{number}", str(label or url), url)
        for number, (label, url) in enumerate(wanted)
        if url == CONTACT or safe_address(url)
    ]


def _documents(documents: Sequence[Mapping[str, Any]], first_number: int) -> list[PageDocument]:
    return [
        PageDocument(
            id=f"d{number}",
            number=number,
            label=str(document.get("label", "")),
            note=str(document.get("note", "")),
            markdown=str(document.get("markdown", "")),
        )
        for number, document in enumerate(documents, first_number)
    ]


def _label(kind: BlockKind) -> str:
    match kind:
        case BlockKind.HEADLINE:
            return _("Headline")
        case BlockKind.GREETING:
            return _("Greeting")
        case BlockKind.TEXT:
            return _("Text")
        case BlockKind.LINKS:
            return _("Links")
        case BlockKind.DOCUMENTS:
            return _("Documents")
        case BlockKind.REP_CARD:
            return _("Your contact")
        case BlockKind.CALL_TO_ACTION:
            return _("Next step")
        case BlockKind.CONTACT_FORM:
            return _("Contact form")
        case BlockKind.UNKNOWN:
            return ""
