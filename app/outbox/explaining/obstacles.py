"""What stands between a person's engagement and Salesforce now, in words, with the way out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.engagement.kinds import facts_of
from app.engagement.models import Confidence, Source
from app.orgs.features import Feature
from app.orgs.settings import KindPolicy, OrgSettings
from app.outbox.explaining.rights import OF_RIGHTS, is_cured, lacks
from app.outbox.explaining.situation import Situation
from app.outbox.explaining.words import CURES, paused_words
from app.outbox.log import Line
from app.outbox.models import DeliveryState
from app.outbox.story import Happened
from app.salesforce.preflight.result import Finding
from app.web.i18n import N_, _, ngettext


class Hindrance(StrEnum):
    """What an obstacle is, whoever is told of it."""

    NOT_SERVED = "not_served"
    SWITCHED_OFF = "switched_off"
    STOPPED = "stopped"
    NOT_CONNECTED = "not_connected"
    DISCONNECTED = "disconnected"
    ORG_RESTS = "org_rests"
    UNKNOWN_RECORD = "unknown_record"
    NOTHING_HAPPENED = "nothing_happened"
    REFUSED = "refused"
    HELD = "held"
    PAUSED = "paused"
    UNLINKED = "unlinked"
    UNDER_WAY = "under_way"
    ALL_SENT = "all_sent"
    NOTHING_TO_SEND = "nothing_to_send"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """The present obstacle, in words for an admin. ``fix`` names what the page offers: ``retry``,
    ``connect``, ``features``, ``breaker``, ``paused`` or nothing; ``is_fine``: there is none.

    ``of_rights``: a right is missing, and ``lacks`` are those that the last preflight named;
    ``is_cured``: it has found none missing since the last try.
    ``number`` activities are concerned; ``newest`` is one of them.
    """

    what: Hindrance
    title: str
    detail: str
    fix: str = ""
    is_fine: bool = False
    of_rights: bool = False
    lacks: Sequence[Finding] = ()
    is_cured: bool = False
    number: int = 0
    newest: Line | None = None


def obstacle(now: Situation) -> Obstacle:
    """The first thing that stands in the way: of the org, then of the record, then of a row."""
    return _of_org(now) or _of_record(now) or _of_rows(now)


def _of_org(now: Situation) -> Obstacle | None:
    if not now.org.is_served:
        return Obstacle(
            Hindrance.NOT_SERVED,
            _("The org is not served"),
            _("It is %(state)s; nothing is sent until staff changes that.")
            % {"state": now.org.state.value},
        )
    if Feature.ACTIVITY_TO_SALESFORCE not in now.features:
        return Obstacle(
            Hindrance.SWITCHED_OFF,
            _("Writing to Salesforce is switched off"),
            _("What people do is shown in the widget, and nothing is sent for this org."),
            "features",
        )
    if now.is_stopped:
        return Obstacle(
            Hindrance.STOPPED,
            _("All writing to Salesforce is stopped"),
            _("The people who run Inlay stopped it for all orgs; what waits goes on by itself."),
        )
    if now.connection is None:
        return Obstacle(
            Hindrance.NOT_CONNECTED,
            _("The org is not connected"),
            _("Inlay has no way in yet. Connect it, and what waits is sent."),
            "connect",
        )
    if not now.connection.is_connected:
        return Obstacle(
            Hindrance.DISCONNECTED,
            _("The connection is lost"),
            _("Salesforce no longer lets Inlay in. Connect again, and what waits is sent."),
            "connect",
        )
    if now.condition.pause_reason:
        return Obstacle(
            Hindrance.ORG_RESTS,
            _("Deliveries to this org rest"),
            now.condition.pause_words,
            of_rights=now.rests_for_rights,
            lacks=lacks(now.preflight) if now.rests_for_rights else (),
        )
    return None


def _of_record(now: Situation) -> Obstacle | None:
    if not now.is_known:
        return Obstacle(
            Hindrance.UNKNOWN_RECORD,
            _("Inlay does not know this record yet"),
            _(
                "Nobody with its e-mail address did anything, and nobody opened it with the widget."
                " Open its page in Salesforce once; what happens from then on is sent."
            ),
        )
    if not now.happened:
        return Obstacle(
            Hindrance.NOTHING_HAPPENED,
            _("Nothing happened yet"),
            _("No engagement of this person is recorded. Compare the e-mail address."),
        )
    return None


def _of_rows(now: Situation) -> Obstacle:
    by_state = Counter(line.state for line in now.waiting)
    for state in (DeliveryState.PARKED, DeliveryState.HELD):
        if by_state[state]:
            return _refused(now, state, by_state[state])
    if by_state[DeliveryState.PAUSED]:
        return _paused(now, by_state[DeliveryState.PAUSED])
    if by_state[DeliveryState.UNLINKED]:
        return Obstacle(
            Hindrance.UNLINKED,
            _("No contact or lead is known"),
            _(
                "The person has no record in Salesforce that Inlay knows. Create or open the"
                " contact or lead with the same e-mail address; what waits then goes by itself."
            ),
        )
    if by_state:
        return Obstacle(
            Hindrance.UNDER_WAY,
            _("It is on its way"),
            _("It is sent within seconds, or as soon as Salesforce takes it."),
            is_fine=True,
        )
    if any(each.lines for each in now.happened):
        return Obstacle(
            Hindrance.ALL_SENT,
            _("Everything that is to be sent is in Salesforce"),
            _("What is missing in the list below says why."),
            is_fine=True,
        )
    return Obstacle(
        Hindrance.NOTHING_TO_SEND,
        _("Nothing of it is to be sent"),
        _("Each line below says why."),
    )


def _paused(now: Situation, number: int) -> Obstacle:
    newest = next(line for line in now.waiting if line.state is DeliveryState.PAUSED)
    title = ngettext("%(n)d activity is paused", "%(n)d activities are paused", number)
    return Obstacle(
        Hindrance.PAUSED,
        title % {"n": number},
        paused_words(newest),
        "paused",
        number=number,
        newest=newest,
    )


def _refused(now: Situation, state: DeliveryState, number: int) -> Obstacle:
    newest = next(line for line in now.waiting if line.state is state)
    of_rights = newest.error_reason in OF_RIGHTS
    cured = is_cured(newest.error_reason, newest.tried_at, now.preflight)
    is_held = state is DeliveryState.HELD
    title = (
        ngettext(
            "Salesforce refused %(n)d activity; what was missing is there now",
            "Salesforce refused %(n)d activities; what was missing is there now",
            number,
        )
        if cured
        else ngettext(
            "Salesforce refuses %(n)d activity", "Salesforce refuses %(n)d activities", number
        )
    )
    return Obstacle(
        Hindrance.HELD if is_held else Hindrance.REFUSED,
        title % {"n": number},
        _("It said then: %(said)s") % {"said": newest.error_message} if cured else _detail(newest),
        "breaker" if is_held else "retry",
        of_rights=of_rights,
        lacks=lacks(now.preflight) if of_rights else (),
        is_cured=cured,
        number=number,
        newest=newest,
    )


def _detail(newest: Line) -> str:
    said, cure = newest.error_message, CURES.get(newest.error_reason, "")
    if cure and said and said[-1] not in ".!?":
        said += "."  # Salesforce's own words often have no end
    return f"{said} {_(cure) if cure else ''}".strip()


def why_no_activity(each: Happened, settings: OrgSettings) -> str:
    """Why nothing came of this: by the rules of the org as they are now."""
    if each.source is Source.IMPORT:
        return _("History that was brought over; it is sent on request only.")
    if each.confidence is not Confidence.HUMAN:
        return _("Not sent: it was probably not the person (%(what)s).") % {
            "what": _(_CONFIDENCE[each.confidence])
        }
    named = _(facts_of(each.kind).label)
    match settings.policy_of(each.kind):
        case KindPolicy.OFF:
            return _("Not sent: “%(kind)s” is off for this org.") % {"kind": named}
        case KindPolicy.EACH:
            return _("Not sent: writing was switched off when it happened.")
        case KindPolicy.FIRST:
            return _("Not sent: of “%(kind)s” only the first is.") % {"kind": named}
        case _:
            return _("It is part of the day's digest.")


_CONFIDENCE: Mapping[Confidence, str] = {
    Confidence.LIKELY_SCANNER: N_("a mail scanner"),
    Confidence.BOT: N_("a robot"),
}
