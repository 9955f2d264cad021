"""A template as a visitor would see it, on a record that stands for any."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from app.crm.models import SObject
from app.destinations import shown
from app.destinations.door import Entry
from app.destinations.page import page_of
from app.destinations.schemas import RecordFacts, RepFacts
from app.destinations.template import Template, blocks_of, title_of, values_of
from app.orgs.settings import OrgSettings
from app.web.i18n import _

_NOBODY = UUID(int=0)


def sample_values(rep_name: str, settings: OrgSettings) -> Mapping[str, str]:
    """What the merge fields give on the sample."""
    return values_of(_record(), _rep(rep_name), settings)


def preview(
    template: Template, rep_name: str, settings: OrgSettings, *, style_url: str, logo_url: str
) -> str:
    """The page as HTML: by what renders the public page, without script, links that go nowhere.

    ``rep_name`` stands for the rep who makes a Destination.
    """
    record, rep = _record(), _rep(rep_name)
    blocks = blocks_of(template, record, rep, settings)
    numbered = ((place, kind, content) for place, (kind, content) in enumerate(blocks))
    title = title_of(template, values_of(record, rep, settings))
    entry = Entry(_NOBODY, _NOBODY, _NOBODY, None, _("Alex"), "preview", title)
    return shown.preview(entry, page_of(numbered, settings), style_url, logo_url)


def _record() -> RecordFacts:
    return RecordFacts(SObject.CONTACT, "", _("Alex"), _("Acme"))


def _rep(name: str) -> RepFacts:
    return RepFacts("", name, "you@example.com")
