"""Events as rows of the timeline, ready for the template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from app.engagement.confidence import reason_label
from app.engagement.kinds import Kind, facts_of
from app.engagement.models import Confidence
from app.engagement.queries import TimelineItem
from app.web.i18n import N_, _, ngettext
from app.widget.reader import Reader

_CONFIDENCE = {
    Confidence.HUMAN: N_("Human"),
    Confidence.LIKELY_SCANNER: N_("Likely scanner"),
    Confidence.BOT: N_("Bot"),
}
_NOT_TOLD = N_("Reason not told")
_ICONS = frozenset(
    ("email", "email_open", "click", "reply", "form", "page", "call", "meeting", "visit")
)


class Row(NamedTuple):
    """One line. ``doubt`` says why it may not have been a person; empty when it was one.

    ``message`` is what the visitor wrote in a Destination's contact form, ``sender`` the name and
    address that they gave: a link may have been passed on.
    """

    id: str
    icon: str
    label: str
    subject: str
    url: str
    person: str
    iso: str
    time: str
    full_time: str
    marks: list[str]
    message: str
    sender: str
    confidence: str
    doubt: str


def rows_of(events: Iterable[TimelineItem], names: Mapping[UUID, str], reader: Reader) -> list[Row]:
    """Rows of events; the person is named where the card is about several."""
    shown = names if len(names) > 1 else {}
    return [_row(event, shown, reader) for event in events]


def _row(event: TimelineItem, names: Mapping[UUID, str], reader: Reader) -> Row:
    facts = facts_of(event.kind)
    is_human = event.confidence is Confidence.HUMAN
    is_visit = event.kind == Kind.DESTINATION_VISIT
    form = _form(event.properties) if is_visit else {}
    near, full = reader.both(event.occurred_at)
    return Row(
        id=str(event.id),
        icon=facts.icon if facts.icon in _ICONS else "custom",
        label=reader.say(facts.label),
        subject=event.subject,
        # a rep who followed the link of a visit would be counted as the prospect
        url="" if is_visit else web_address(event.url),
        person=names.get(event.person_id, ""),
        iso=event.occurred_at.isoformat(timespec="seconds"),
        time=near,
        full_time=full,
        marks=_marks(event.properties) if is_visit else [],
        message=message_of(form),
        sender=sender_of(form),
        confidence=reader.say(_CONFIDENCE[event.confidence]),
        doubt="" if is_human else reader.say(reason_label(event.confidence_reason) or _NOT_TOLD),
    )


def _marks(properties: Mapping[str, Any]) -> list[str]:
    """What was done on a visit, in few words."""
    clicks, documents = _count(properties, "clicks"), _count(properties, "documents")
    marks = [duration(float(properties.get("seconds") or 0))]
    if clicks:
        marks.append(ngettext("%(n)d link clicked", "%(n)d links clicked", clicks) % {"n": clicks})
    if documents:
        text = ngettext("%(n)d document opened", "%(n)d documents opened", documents)
        marks.append(text % {"n": documents})
    if properties.get("form_sent"):
        marks.append(_("form sent"))
    if properties.get("gate"):
        marks.append(_("typed their address, not verified"))
    return marks


def _form(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    form = properties.get("form")
    return form if isinstance(form, dict) else {}


def message_of(form: Mapping[str, Any]) -> str:
    """What the visitor wrote in the contact form, in one line."""
    return _one_line(form.get("message"))


def sender_of(form: Mapping[str, Any]) -> str:
    """Who they said they are: name and address, as far as given, in one line."""
    return ", ".join(filter(None, (_one_line(form.get(each)) for each in ("name", "email"))))


def _one_line(text: object) -> str:
    return " ".join(str(text or "").split())


def _count(properties: Mapping[str, Any], name: str) -> int:
    things = properties.get(name)
    return len(things) if isinstance(things, list) else 0


def duration(seconds: float) -> str:
    """``2 min 5 s``."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return _("%(s)d s") % {"s": rest}
    return _("%(m)d min %(s)d s") % {"m": minutes, "s": rest}


def web_address(url: str) -> str:
    """The address if a browser may follow it: http or https with a host, nothing else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.netloc else ""
