"""What stands in the way, in a rep's words: what it is, who can help, and what to send them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.clock import utcnow
from app.outbox.explaining.obstacles import Hindrance, Obstacle
from app.outbox.explaining.situation import Situation
from app.web.i18n import N_, _, ngettext
from app.widget.bearer import Frame
from app.widget.reader import Reader, reader_of

#: Why Salesforce refused something, without its own words: a customer's automation may name in
#: them what this rep may not see. The admin whom they ask finds them in the console.
REASONS: Mapping[str, str] = {
    "validation_rule": N_("A validation rule of your company does not let it in."),
    "automation_failed": N_("A flow or trigger of your company fails on it."),
    "automation_limit": N_("Automation of your company ran into its limits."),
    "right_missing": N_("Inlay's own user lacks a right in Salesforce."),
    "field_missing": N_("Inlay's package in Salesforce is out of date, or hides a field."),
    "required_field": N_("Your company requires a field that Inlay does not fill."),
    "bad_value": N_("Salesforce does not take one of its values."),
    "record_gone": N_("The contact, lead or opportunity was deleted or merged."),
    "lead_converted": N_("The lead was converted. Open the page of its contact once."),
    "duplicate": N_("A duplicate rule of your company does not let it in."),
    "unsure": N_("Nobody can tell whether it arrived; an admin has to look."),
}
_REASON = N_("Your admin can see what Salesforce says.")


@dataclass(frozen=True, slots=True)
class Advice:
    """``who`` can help, and ``text`` is what to send them; both empty where nobody is needed.

    ``is_over``: what stood in the way is gone, another try is all that it takes.
    """

    title: str
    detail: str
    is_fine: bool = False
    is_over: bool = False
    who: str = ""
    text: str = ""


def reason_of(error_reason: str) -> str:
    """Why Salesforce refused something, in a sentence."""
    return _(REASONS.get(error_reason, _REASON))


def advice(found: Obstacle, now: Situation, frame: Frame) -> Advice:
    """The present obstacle as a rep may know it."""
    return _ADVICE[found.what](found, now, frame)


def _switched_off(_found: Obstacle, now: Situation, frame: Frame) -> Advice:
    what = _("Inlay does not write to Salesforce: the feature “Activities in Salesforce” is off.")
    return Advice(
        _("Writing to Salesforce is switched off"),
        _("What people do is shown here alone, for everybody at your company."),
        who=_("Your Salesforce admin can have it switched on by the people who run Inlay."),
        text=_letter(what, now, frame),
    )


def _not_connected(found: Obstacle, now: Situation, frame: Frame) -> Advice:
    was_connected = found.what is Hindrance.DISCONNECTED
    what = (
        _("Inlay has lost its connection to Salesforce.")
        if was_connected
        else _("Inlay is not connected to Salesforce yet.")
    )
    where = _("It is made in the app Inlay, tab Inlay Console, page “Connection”.")
    return Advice(
        _("The connection to Salesforce is lost") if was_connected else _("Not connected yet"),
        _("Nothing is lost: what waits is sent as soon as Inlay is connected."),
        who=_("Your Salesforce admin can connect it."),
        text=_letter(f"{what} {where}", now, frame),
    )


def _org_rests(_found: Obstacle, now: Situation, frame: Frame) -> Advice:
    return Advice(
        _("Salesforce takes nothing at the moment"),
        _("Nothing is lost: Inlay asks again by itself, and sends what waits."),
        who=_("If it is still so tomorrow, tell your Salesforce admin."),
        text=_letter(f"{_('Deliveries rest.')} {now.condition.pause_words}", now, frame),
    )


def _stopped(*_rest: object) -> Advice:
    return Advice(
        _("Writing to Salesforce takes a break"),
        _("The people who run Inlay stopped it for the moment. What waits goes on by itself."),
    )


def _unknown(*_rest: object) -> Advice:
    return Advice(
        _("There is nobody to follow here"),
        _("Activities belong to people: add contacts, or contact roles, to this record."),
    )


def _nothing_happened(_found: Obstacle, _now: Situation, frame: Frame) -> Advice:
    if len(frame.claims.people) > 1:
        detail = _("Nothing that these people did is known here.")
    else:
        detail = _(
            "Nothing that this person did is known here. Engagement is matched by e-mail address:"
            " compare the record's with the one in your engagement tool."
        )
    return Advice(_("Nothing happened yet"), detail)


def _refused(found: Obstacle, now: Situation, frame: Frame) -> Advice:
    newest = found.newest
    tried = tried_words(newest.tried_at if newest else None, reader_in(frame))
    tried = f"{tried} {_('The next try has not happened yet.')}" if tried else ""
    if found.is_cured:
        return _cured(found, now, frame, tried)
    title = ngettext(
        "Salesforce refuses %(n)d activity", "Salesforce refuses %(n)d activities", found.number
    ) % {"n": found.number}
    reason = reason_of(newest.error_reason if newest else "")
    code = newest.error_code if newest else ""
    what = f"{title}. {reason}{f' ({code})' if code else ''}"
    who = _("Your Salesforce admin can mend this; then it can be tried again.")
    return Advice(title, f"{reason} {tried}".strip(), who=who, text=_letter(what, now, frame))


def _cured(found: Obstacle, now: Situation, frame: Frame, tried: str) -> Advice:
    """A right was missing, and is there again."""
    title = ngettext(
        "%(n)d activity can be tried again", "%(n)d activities can be tried again", found.number
    ) % {"n": found.number}
    detail = _("What Inlay's own user lacked in Salesforce is there now.")
    return Advice(
        title,
        f"{detail} {tried}".strip(),
        is_over=True,
        who=_("Your Salesforce admin can try all that was refused again, at once."),
        text=_letter(f"{detail} {_('Please try again what was refused.')}", now, frame),
    )


def tried_words(tried_at: datetime | None, reader: Reader) -> str:
    """When something was last tried; empty where that is unknown."""
    if tried_at is None:
        return ""
    return _("Last tried: %(when)s.") % {"when": reader.moment(tried_at)}


def reader_in(frame: Frame) -> Reader:
    """Who reads the card, now."""
    return reader_of(frame.claims.time_zone, frame.claims.locale, utcnow())


def _paused(found: Obstacle, now: Situation, frame: Frame) -> Advice:
    title = ngettext("%(n)d activity is paused", "%(n)d activities are paused", found.number) % {
        "n": found.number
    }
    return Advice(
        title,
        _("Somebody who looks after Inlay paused it by hand. It waits until it is resumed."),
        who=_("Your Salesforce admin sees who paused it and why, and can resume it."),
        text=_letter(f"{title}.", now, frame),
    )


def _unlinked(*_rest: object) -> Advice:
    return Advice(
        _("No contact or lead yet"),
        _("What waits goes by itself as soon as there is one with the same e-mail address."),
    )


def _under_way(*_rest: object) -> Advice:
    return Advice(
        _("It is on its way"),
        _("It is sent within seconds, or as soon as Salesforce takes it."),
        is_fine=True,
    )


def _all_sent(*_rest: object) -> Advice:
    return Advice(
        _("Everything that is to be sent is in Salesforce"),
        _("What is missing in the list below says why."),
        is_fine=True,
    )


def _nothing_to_send(_found: Obstacle, now: Situation, frame: Frame) -> Advice:
    what = _("Reps miss activities in Salesforce. Which kinds are sent stands in Inlay's set-up.")
    return Advice(
        _("Your company does not send these to Salesforce"),
        _("Each line below says why."),
        who=_("Your Salesforce admin chooses what is sent."),
        text=_letter(what, now, frame),
    )


def _letter(what: str, now: Situation, frame: Frame) -> str:
    """What an admin needs to find the same again; of the record they learn its id alone."""
    claims = frame.claims
    shown = f"{now.instance_url}/lightning/r/{claims.sobject}/{claims.record_id}/view"
    record = shown if now.instance_url else claims.record_id
    where = _(
        "Paste %(record)s in the app Inlay, tab Inlay Console, page “Why not in Salesforce?”:"
        " it says what helps."
    ) % {"record": record}
    return f"{what}\n{where}"


_ADVICE: Mapping[Hindrance, Callable[[Obstacle, Situation, Frame], Advice]] = {
    Hindrance.NOT_SERVED: _stopped,
    Hindrance.SWITCHED_OFF: _switched_off,
    Hindrance.STOPPED: _stopped,
    Hindrance.NOT_CONNECTED: _not_connected,
    Hindrance.DISCONNECTED: _not_connected,
    Hindrance.ORG_RESTS: _org_rests,
    Hindrance.UNKNOWN_RECORD: _unknown,
    Hindrance.NOTHING_HAPPENED: _nothing_happened,
    Hindrance.REFUSED: _refused,
    Hindrance.HELD: _refused,
    Hindrance.PAUSED: _paused,
    Hindrance.UNLINKED: _unlinked,
    Hindrance.UNDER_WAY: _under_way,
    Hindrance.ALL_SENT: _all_sent,
    Hindrance.NOTHING_TO_SEND: _nothing_to_send,
}
