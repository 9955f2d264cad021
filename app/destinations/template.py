"""What a Destination says until somebody writes more: a template, merged with a record's facts.

The default holds only what is true of any seller: no invented facts, names or numbers. An org's
admin may write another (``stored_template``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from app.crm.models import SObject
from app.destinations.addresses import safe_address
from app.destinations.documents import Paper, default_documents
from app.destinations.merge import merge, merge_markdown
from app.destinations.models import BlockKind
from app.destinations.schemas import RecordFacts, RepFacts
from app.orgs.settings import OrgSettings
from app.web.i18n import _

#: Path on the pages' own origin that says what a Destination records.
ABOUT_PATH = "/what-is-recorded"
#: Where a call to action leads unless it names an address: the form on the page.
CONTACT = "#contact"
#: An address of a link that is the org's own website, whatever that is when a page is made.
WEBSITE = "{{website}}"
#: What a template may leave out.
OPTIONAL = (
    BlockKind.GREETING, BlockKind.TEXT, BlockKind.LINKS, BlockKind.DOCUMENTS, BlockKind.REP_CARD,
    BlockKind.CALL_TO_ACTION,
)  # fmt: skip

_NewBlock = tuple[BlockKind, dict[str, Any]]


class TemplateLink(msgspec.Struct, frozen=True):
    """What a link reads (with merge fields) and where it goes; ``WEBSITE`` is the org's own."""

    label: str
    url: str


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """All words of a new Destination, with merge fields; ``text`` is Markdown.

    ``hidden`` names blocks (of ``OPTIONAL``) that are left out. The headline is the page's title.
    """

    headline: str
    greeting: str = ""
    text_title: str = ""
    text: str = ""
    links_title: str = ""
    links: Sequence[TemplateLink] = ()
    documents_title: str = ""
    documents: Sequence[Paper] = ()
    call_text: str = ""
    call_label: str = ""
    call_url: str = CONTACT
    form_title: str = ""
    hidden: frozenset[BlockKind] = frozenset()


def default_template() -> Template:
    """The one that everybody begins with."""
    return Template(
        headline=_("Prepared for {{who|you}}"),
        greeting=_(
            "This page is for you. It keeps what matters in one place, so that you can come back "
            "to it at any time and share it within {{account|your team}}."
        ),
        text_title=_("In short"),
        text=_(
            "- **Everything in one place.** Links, papers and the person to talk to, without "
            "searching through e-mails.\n"
            "- **At your own pace.** Read what matters to you, and leave out the rest.\n"
            "- **One step to {{rep|us}}.** Ask whenever you like; the form below goes straight to "
            "the person who made this page."
        ),
        links_title=_("Good to know"),
        links=(
            TemplateLink(_("Website of {{company|ours}}"), WEBSITE),
            TemplateLink(_("What this page records, and why"), ABOUT_PATH),
        ),
        documents_title=_("To read"),
        documents=default_documents(),
        call_text=_("A question, or ready for the next step?"),
        call_label=_("Send a message"),
        form_title=_("Write to {{rep|us}}"),
    )


def values_of(record: RecordFacts, rep: RepFacts, settings: OrgSettings) -> Mapping[str, str]:
    """The merge fields of a template, by name."""
    return {
        "who": _who(record),
        "account": record.account_name,
        "rep": rep.name,
        "company": settings.company_name,
    }


#: Names of all merge fields.
FIELDS = ("who", "account", "rep", "company")


def title_of(template: Template, values: Mapping[str, str]) -> str:
    """What rep and visitor read as the page's name, at most 255 characters."""
    return merge(template.headline, values)[:255]


def blocks_of(
    template: Template, record: RecordFacts, rep: RepFacts, settings: OrgSettings
) -> list[_NewBlock]:
    """Kind and content of each block, from top to bottom, with the record's fields merged in."""
    values = values_of(record, rep, settings)
    blocks = _blocks(template, values, rep, settings)
    return [(kind, content) for kind, content in blocks if kind not in template.hidden]


def _blocks(
    template: Template, values: Mapping[str, str], rep: RepFacts, settings: OrgSettings
) -> Iterator[_NewBlock]:
    title = title_of(template, values)
    yield BlockKind.HEADLINE, {"text": title, "kicker": settings.company_name}
    yield BlockKind.GREETING, {"text": merge(template.greeting, values)}
    markdown = merge_markdown(template.text, values)
    yield BlockKind.TEXT, {"title": merge(template.text_title, values), "markdown": markdown}
    yield (
        BlockKind.LINKS,
        {"title": merge(template.links_title, values), "links": _links(template, values, settings)},
    )
    yield (
        BlockKind.DOCUMENTS,
        {"title": merge(template.documents_title, values), "documents": _papers(template, values)},
    )
    yield BlockKind.REP_CARD, _rep_card(rep, settings)
    yield BlockKind.CALL_TO_ACTION, _call_to_action(template, values, settings)
    yield BlockKind.CONTACT_FORM, {"title": merge(template.form_title, values)}


def _who(record: RecordFacts) -> str:
    """Whom the page is for; an opportunity's own name is the seller's and stays inside."""
    own = "" if record.sobject is SObject.OPPORTUNITY else record.name
    return record.account_name or own


def _links(
    template: Template, values: Mapping[str, str], settings: OrgSettings
) -> list[dict[str, str]]:
    links = [
        {"label": merge(link.label, values), "url": _address(link.url, settings)}
        for link in template.links
    ]
    return [link for link in links if link["url"]]


def _address(url: str, settings: OrgSettings) -> str:
    return safe_address(settings.website if url == WEBSITE else url)


def _papers(template: Template, values: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {
            "label": merge(paper.label, values),
            "note": merge(paper.note, values),
            "markdown": merge_markdown(paper.markdown, values),
        }
        for paper in template.documents
    ]


def _rep_card(rep: RepFacts, settings: OrgSettings) -> dict[str, Any]:
    return {
        "user_id": rep.user_id,
        "name": rep.name,
        "email": rep.email,
        "company": settings.company_name,
    }


def _call_to_action(
    template: Template, values: Mapping[str, str], settings: OrgSettings
) -> dict[str, Any]:
    return {
        "text": merge(template.call_text, values),
        "label": merge(template.call_label, values),
        "url": _address(template.call_url, settings) or CONTACT,
    }
