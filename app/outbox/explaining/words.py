"""What a line of the log says for itself: its state in a sentence, and the next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.engagement.kinds import facts_of
from app.outbox.decisions import DROPPED, PAUSABLE, RESUMED, RETRIED
from app.outbox.explaining.rights import is_cured
from app.outbox.log import Line
from app.outbox.models import DeliveryState
from app.outbox.queries import Condition
from app.salesforce.preflight.result import Preflight
from app.web.i18n import N_, _, ngettext

STATES: Mapping[DeliveryState, str] = {
    DeliveryState.UNLINKED: N_("No record yet"),
    DeliveryState.PENDING: N_("On its way"),
    DeliveryState.LEASED: N_("Being sent"),
    DeliveryState.DELIVERED: N_("Delivered"),
    DeliveryState.WAITING: N_("Waiting"),
    DeliveryState.PARKED: N_("Needs you"),
    DeliveryState.DROPPED: N_("Dropped"),
    DeliveryState.HELD: N_("Held"),
    DeliveryState.PAUSED: N_("Paused"),
    DeliveryState.UNKNOWN: N_("Not known here"),
}

#: What cures a refusal, by its reason (``outbox.outcomes``).
CURES: Mapping[str, str] = {
    "validation_rule": N_("Let the rule pass what Inlay's integration user writes, then retry."),
    "automation_failed": N_("Mend the flow or trigger that Salesforce names, then retry."),
    "right_missing": N_(
        "Grant the integration user the right that is missing (Preflight names it), then retry."
    ),
    "field_missing": N_("Install the package's newest version, or show its fields, then retry."),
    "required_field": N_("Give the field a default value, or make it optional, then retry."),
    "bad_value": N_("Let the org take this value, then retry."),
    "record_gone": N_("The record is gone: drop it, or restore the record and retry."),
    "lead_converted": N_("Once the person is linked to the contact, retry."),
    "duplicate": N_("Let the duplicate rule pass what Inlay writes, then retry."),
    "several_matches": N_("Delete the copies in Salesforce that carry the same key, then retry."),
    "unsure": N_("Look at the record: if the activity is there, drop this; if not, retry."),
}
_OVER = N_("Salesforce refused it for a right that is there now; it was not tried since.")
_CURE = N_("Look at what Salesforce says; when it is mended, retry.")


@dataclass(frozen=True, slots=True)
class Told:
    """A line in words. ``said`` is what Salesforce answered; ``step`` is what to do, if anything.

    ``record_url`` leads to the activity in Salesforce.
    """

    line: Line
    label: str
    state: str
    sentence: str
    said: str
    step: str
    may_retry: bool
    may_drop: bool
    may_pause: bool
    may_resume: bool
    record_url: str


def tell(
    line: Line, condition: Condition, instance_url: str, found: Preflight | None = None
) -> Told:
    """What a line says to an admin; ``found`` is the last preflight, where a right is missing."""
    is_over = line.state is DeliveryState.PARKED and is_cured(
        line.error_reason, line.tried_at, found
    )
    has_answer = line.state in (
        DeliveryState.PARKED, DeliveryState.WAITING, DeliveryState.HELD, DeliveryState.PAUSED,
    )  # fmt: skip
    return Told(
        line=line,
        label=label_of(line.kind, line.subject),
        state=_(STATES[line.state]),
        sentence=_(_OVER) if is_over else _sentence(line, condition),
        said=line.error_message if has_answer else "",
        step=_("Try it again.") if is_over else _step(line),
        may_retry=line.state in RETRIED,
        may_drop=line.state in DROPPED,
        may_pause=line.state in PAUSABLE,
        may_resume=line.state in RESUMED,
        record_url=record_url(line, instance_url),
    )


def label_of(kind: str, subject: str) -> str:
    """``Destination visited: Proposal for Castellan``."""
    named = _(facts_of(kind).label)
    return f"{named}: {subject}" if subject else named


def _sentence(line: Line, condition: Condition) -> str:
    match line.state:
        case DeliveryState.DELIVERED:
            return _("In Salesforce as %(object)s.") % {"object": line.sobject or _("activity")}
        case DeliveryState.UNLINKED:
            return _("No contact or lead with this e-mail address is known in Salesforce yet.")
        case DeliveryState.LEASED:
            return _("It is being sent right now.")
        case DeliveryState.DROPPED:
            return _("It is never sent. Dropped by %(who)s.") % {"who": _who(line)}
        case DeliveryState.PAUSED:
            return paused_words(line)
        case DeliveryState.UNKNOWN:
            return _("A newer version of Inlay, which runs beside this one, looks after it.")
        case DeliveryState.HELD:
            return _("Salesforce refuses all of this kind; some are tried now and then.")
        case DeliveryState.PARKED:
            return _("Salesforce refused it, and trying again alone will not help.")
        case _:
            return _waiting(line, condition)


def paused_words(line: Line) -> str:
    """Who paused it, and why."""
    who = _("Paused by %(who)s") % {"who": _who(line)}
    return f"{who}: “{line.paused_why}”" if line.paused_why else f"{who}."


def _who(line: Line) -> str:
    """Whoever decided, without the audit's own mark of what they are."""
    kind, _colon, name = line.settled_by.partition(":")
    return name if name and kind in ("staff", "admin") else line.settled_by or "Inlay"


def _waiting(line: Line, condition: Condition) -> str:
    """Pending or waiting: the org as a whole may rest."""
    if condition.pause_reason:
        return _("Deliveries to this org rest. %(why)s") % {"why": condition.pause_words}
    if line.state is DeliveryState.PENDING:
        return _("It is sent within seconds.")
    number = max(1, line.attempts)
    told = ngettext(
        "Tried once; it is tried again by itself.",
        "Tried %(n)d times; it is tried again by itself.",
        number,
    )
    return told % {"n": number}


def _step(line: Line) -> str:
    match line.state:
        case DeliveryState.PARKED | DeliveryState.HELD:
            return _(CURES.get(line.error_reason, _CURE))
        case DeliveryState.UNLINKED:
            return _("It goes by itself as soon as somebody creates or opens the record.")
        case _:
            return ""


def record_url(line: Line, instance_url: str) -> str:
    """Where the activity is in Salesforce; empty until it is there."""
    if line.salesforce_id is None or line.sobject is None or not instance_url:
        return ""
    return f"{instance_url}/lightning/r/{line.sobject}/{line.salesforce_id}/view"
