"""What became of what the card's people did, line by line, for a rep (X6, P8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from app.outbox.explaining.obstacles import why_no_activity
from app.outbox.explaining.rights import is_cured
from app.outbox.explaining.situation import Situation
from app.outbox.explaining.words import label_of, record_url
from app.outbox.log import Line
from app.outbox.models import DeliveryState
from app.outbox.story import Happened
from app.web.i18n import N_, _
from app.widget.reader import Reader
from app.widget.why.advice import reason_of, tried_words

_STATES: Mapping[DeliveryState, tuple[str, str]] = {
    DeliveryState.UNLINKED: (N_("No record yet"), N_("It waits for a contact or lead.")),
    DeliveryState.PENDING: (N_("On its way"), N_("It is sent within seconds.")),
    DeliveryState.LEASED: (N_("On its way"), N_("It is being sent right now.")),
    DeliveryState.DELIVERED: (N_("In Salesforce"), ""),
    DeliveryState.WAITING: (N_("Waiting"), N_("It is tried again by itself.")),
    DeliveryState.PARKED: (N_("Refused"), ""),
    DeliveryState.DROPPED: (N_("Not sent"), N_("An admin decided that it is not sent.")),
    DeliveryState.PAUSED: (N_("Paused"), N_("Somebody who looks after Inlay paused it.")),
    DeliveryState.UNKNOWN: (N_("Waiting"), ""),
    DeliveryState.HELD: (
        N_("On hold"),
        N_("Salesforce refuses all of this kind; some are tried now and then."),
    ),
}
_OVER = N_("A right was missing in Salesforce; it is there now.")
#: A rep looks for what was lately; the console's page tells of more.
_SHOWN = 15
_ON_THE_WAY = (DeliveryState.PENDING, DeliveryState.WAITING)


@dataclass(frozen=True, slots=True)
class Told:
    """An activity's state; ``url`` opens it in Salesforce."""

    state: str
    label: str
    sentence: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that somebody did: its activities, or the ``reason`` why there is none.

    ``person`` is empty where the card is about one alone.
    """

    label: str
    person: str
    iso: str
    time: str
    full_time: str
    told: list[Told] = field(default_factory=list)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Storyteller:
    """Tells lines to one reader. ``names`` are those whom the card may name, by our ids;
    ``is_blocked``: something of the org keeps everything back; ``is_cured``: a right that was
    missing is there again.
    """

    now: Situation
    names: Mapping[UUID, str]
    reader: Reader
    is_blocked: bool
    is_cured: bool = False

    def waiting(self, line: Line) -> Item:
        """One activity that is not in Salesforce yet."""
        return self._item(line, [line])

    def happened(self) -> list[Item]:
        """The latest things that happened, newest first."""
        return [
            self._item(
                each, each.lines, "" if each.lines else why_no_activity(each, self.now.settings)
            )
            for each in self.now.happened[:_SHOWN]
        ]

    def _item(self, each: Line | Happened, lines: Sequence[Line], reason: str = "") -> Item:
        return Item(
            label=label_of(each.kind, each.subject),
            person=self.names.get(each.person_id, "") if len(self.names) > 1 else "",
            iso=each.occurred_at.isoformat(timespec="seconds"),
            time=self.reader.moment(each.occurred_at),
            full_time=self.reader.full(each.occurred_at),
            told=[self._told(line) for line in lines],
            reason=reason,
        )

    def _told(self, line: Line) -> Told:
        label, sentence = _STATES[line.state]
        if line.state is DeliveryState.PARKED:
            return self._refused(line)
        if self.is_blocked and line.state in _ON_THE_WAY:
            label, sentence = N_("Waiting"), ""
        url = record_url(line, self.now.instance_url)
        return Told(line.state.value, _(label), _(sentence) if sentence else "", url)

    def _refused(self, line: Line) -> Told:
        """With when that was: it may be over, and nobody has tried since."""
        is_over = self.is_cured and is_cured(line.error_reason, line.tried_at, self.now.preflight)
        reason = _(_OVER) if is_over else reason_of(line.error_reason)
        told = f"{reason} {tried_words(line.tried_at, self.reader)}".strip()
        return Told(line.state.value, _(_STATES[line.state][0]), told)
