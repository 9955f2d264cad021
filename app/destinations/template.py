"""The default template: what a Destination says until somebody writes more.

It holds only what is true of any seller: no invented facts, names or numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.crm.models import SObject
from app.destinations.addresses import safe_address
from app.destinations.documents import default_documents
from app.destinations.merge import merge, merge_markdown
from app.destinations.models import BlockKind
from app.destinations.schemas import RecordFacts, RepFacts
from app.orgs.settings import OrgSettings
from app.web.i18n import _

#: Path on the pages' own origin that says what a Destination records.
ABOUT_PATH = "/what-is-recorded"

_NewBlock = tuple[BlockKind, dict[str, Any]]


def default_title(record: RecordFacts) -> str:
    """What rep and visitor read as the page's name, at most 255 characters."""
    return merge(_("Prepared for {{who|you}}"), {"who": _who(record)})[:255]


def default_blocks(
    record: RecordFacts, rep: RepFacts, settings: OrgSettings
) -> list[tuple[BlockKind, dict[str, Any]]]:
    """Kind and content of each block, from top to bottom, with the record's fields merged in."""
    values = {
        "who": _who(record),
        "account": record.account_name,
        "rep": rep.name,
        "company": settings.company_name,
    }
    return [
        (BlockKind.HEADLINE, {"text": default_title(record), "kicker": settings.company_name}),
        (BlockKind.GREETING, {"text": merge(_greeting(), values)}),
        (BlockKind.TEXT, {"title": _("In short"), "markdown": merge_markdown(_short(), values)}),
        *_links(settings),
        (BlockKind.DOCUMENTS, {"title": _("To read"), "documents": default_documents(values)}),
        (BlockKind.REP_CARD, _rep_card(rep, settings)),
        (BlockKind.CALL_TO_ACTION, _call_to_action()),
        (BlockKind.CONTACT_FORM, {"title": merge(_("Write to {{rep|us}}"), values)}),
    ]


def _who(record: RecordFacts) -> str:
    """Whom the page is for; an opportunity's own name is the seller's and stays inside."""
    own = "" if record.sobject is SObject.OPPORTUNITY else record.name
    return record.account_name or own


def _greeting() -> str:
    return _(
        "This page is for you. It keeps what matters in one place, so that you can come back to "
        "it at any time and share it within {{account|your team}}."
    )


def _short() -> str:
    return _(
        "- **Everything in one place.** Links, papers and the person to talk to, without "
        "searching through e-mails.\n"
        "- **At your own pace.** Read what matters to you, and leave out the rest.\n"
        "- **One step to {{rep|us}}.** Ask whenever you like; the form below goes straight to "
        "the person who made this page."
    )


def _links(settings: OrgSettings) -> Iterator[_NewBlock]:
    links = [
        {"label": merge(_("Website of {{company|ours}}"), {"company": settings.company_name}),
         "url": safe_address(settings.website)},
        {"label": _("What this page records, and why"), "url": ABOUT_PATH},
    ]  # fmt: skip
    yield (
        BlockKind.LINKS,
        {"title": _("Good to know"), "links": [link for link in links if link["url"]]},
    )


def _rep_card(rep: RepFacts, settings: OrgSettings) -> dict[str, Any]:
    return {
        "user_id": rep.user_id,
        "name": rep.name,
        "email": rep.email,
        "company": settings.company_name,
    }


def _call_to_action() -> dict[str, Any]:
    return {
        "text": _("A question, or ready for the next step?"),
        "label": _("Send a message"),
        "url": "#contact",
    }
