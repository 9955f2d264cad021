"""What becomes of rows after a call: each answer is judged; ``ledger`` writes the verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.clock import utcnow
from app.outbox.composing.payload import OrgForm
from app.outbox.models import DeliveryState
from app.outbox.turns import outcomes, pace
from app.outbox.turns.batch import QUIET, Unit
from app.outbox.turns.lease import Turn
from app.outbox.turns.outcomes import Course, Verdict
from app.outbox.turns.sending import Answer, Answers, Delivered, NotSent, Refused, Unanswered
from app.salesforce.refusals import Refusal

_MESSAGE_LENGTH = 2000
#: An internal error of Salesforce may be caused by one row; an outage is not.
_SUSPECT_STATUS = 500
_NOTHING = Refusal("", "")


class Learnt(StrEnum):
    """What an org says of the package, asked anew since it refused something of it."""

    ANOTHER = "another"  # upgraded, removed, renamed
    SAME = "same"
    UNTOLD = "untold"
    HIDDEN = "hidden"  # it keeps activities as a whole from us


@dataclass(slots=True)
class Tally:
    """What a round did with one kind: deliveries, and refusals that may be about all of it.

    ``refused`` are the rows of ``Settlement.others``; ``breakers`` decides whether they are parked.
    """

    delivered: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    verdict: Verdict | None = None
    refusal: Refusal = _NOTHING


@dataclass(slots=True)
class Settlement:
    """Collects what one round decides, to be written at once by ``write``.

    ``pause_reason``: the whole org rests, and why; ``pause_until``: until when, where that is known
    and not for ``pace`` to say. ``answered``: some call gave results. ``delivered`` and ``others``
    hold the new values of rows, by ``seq``; rows in ``without_field`` are still to be judged.
    ``breakers`` are the kinds that had one when the round began; ``unfit_owners`` users whom
    Salesforce does not take as owners.
    """

    turn: Turn
    form: OrgForm | None = None
    seconds: float = 0.0
    sent: int = 0
    answered: bool = False
    was_load: bool = False
    was_refused: bool = False
    pause_reason: str = ""
    pause_until: datetime | None = None
    counts: Counter[str] = field(default_factory=Counter)
    delivered: list[dict[str, Any]] = field(default_factory=list)
    others: list[dict[str, Any]] = field(default_factory=list)
    without_field: list[tuple[Unit, Refused]] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)
    unfit_owners: set[str] = field(default_factory=set)
    breakers: frozenset[str] = frozenset()

    @property
    def key_field(self) -> str | None:
        """API name of our key in the org, where it can be used."""
        return self.form.key_field if self.form else None

    @property
    def failures(self) -> int:
        """Calls in a row without results, this round included."""
        if self.pause_until is not None:
            return self.turn.failures  # nothing was called
        return self.turn.failures + 1 if self.pause_reason else 0

    @property
    def is_clean(self) -> bool:
        """Whether all of it is settled, so that what comes after it may go at once."""
        troubled = self.pause_reason or self.was_load or self.was_refused
        return not troubled and not self.counts[DeliveryState.WAITING]

    def pace(self) -> pace.Pace:
        """Batch size from now on."""
        before = pace.Pace(self.turn.batch_size, self.turn.grow_after)
        if not self.sent or not (self.answered or self.was_refused):
            return before
        return pace.after_call(
            before,
            sent=self.sent,
            seconds=self.seconds,
            was_load=self.was_load,
            was_refused=self.was_refused,
            now=utcnow(),
        )

    def add(self, answers: Answers) -> None:
        """Judge the answers of a call."""
        for unit, answer in answers:
            self._judge(unit, answer)

    def park_unsure(self, units: Iterable[Unit]) -> None:
        """Nobody can tell whether these exist."""
        for unit in units:
            self._park(unit, outcomes.UNSURE, _NOTHING, is_unsure=True)

    def put_back(self, units: Iterable[Unit], reason: str = "") -> None:
        """These were not sent in this round; with a reason the whole org rests."""
        self.pause_reason = self.pause_reason or reason
        for unit in units:
            self._wait(unit, None, Verdict(Course.WAIT, reason, ""), is_unsure=unit.is_unsure)

    def _judge(self, unit: Unit, answer: Answer) -> None:
        match answer:
            case Delivered(salesforce_id):
                self._deliver(unit, salesforce_id)
            case Refused():
                self.answered = True
                self._refused(unit, answer)
            case Unanswered():
                self._unanswered(unit, answer)
            case NotSent():
                self.put_back([unit])

    def _deliver(self, unit: Unit, salesforce_id: str | None) -> None:
        self.answered = True
        self.counts["delivered"] += 1
        self.delivered.append({"seq": unit.seq, "salesforce_id": salesforce_id})
        self._tally(unit.kind).delivered += 1

    def _refused(self, unit: Unit, answer: Refused) -> None:
        refusal = answer.refusal
        existing = outcomes.existing_id(refusal, self.key_field)
        verdict = outcomes.judge(refusal)
        self.was_load |= verdict.is_load
        if verdict.reason == outcomes.OWNER_UNFIT and answer.together == 1:
            self._doubt_owner(unit)
        if existing is not None:
            self._deliver(unit, existing)
        elif unit.is_unsure and self.key_field and outcomes.is_hidden_duplicate(refusal):
            self._deliver(unit, None)  # sent before, without an answer: it is our own
        elif verdict.reason == outcomes.FIELD_MISSING:
            self.without_field.append((unit, answer))
        elif verdict.course is Course.WAIT or answer.together > 1:
            self._rest(unit, verdict, refusal)
        elif verdict.course is Course.PERSON:
            self._park(unit, verdict, refusal)
        else:
            self._retry(unit, verdict, refusal)

    def _doubt_owner(self, unit: Unit) -> None:
        owner = unit.payload["fields"].get("OwnerId")
        sent = self.form.assigned_to(owner) if self.form and owner else None
        self.unfit_owners |= {sent} if sent else set()

    def _rest(self, unit: Unit, verdict: Verdict, refusal: Refusal) -> None:
        """The whole org rests, or halving finds the bad row."""
        if verdict.course is Course.WAIT:
            self.pause_reason = verdict.reason
        else:
            self.was_refused = True
        self._wait(unit, None, verdict, refusal)

    def judge_missing_fields(self, learnt: Learnt) -> None:
        """Rows refused for a field the org lacks, once it was asked anew.

        If the package is another now, they go again in its form; if it is the same, the field is
        lacking for good: halving finds the rows that name it.
        """
        for unit, answer in self.without_field:
            verdict = outcomes.judge(answer.refusal)
            if learnt is Learnt.HIDDEN:
                self._park(unit, outcomes.HIDDEN, answer.refusal)
            elif learnt is not Learnt.SAME:
                self.pause_reason = verdict.reason
                self._wait(unit, None, verdict, answer.refusal)
            elif answer.together > 1:
                self._rest(unit, verdict, answer.refusal)
            else:
                self._park(unit, verdict, answer.refusal)

    def _unanswered(self, unit: Unit, answer: Unanswered) -> None:
        error = answer.error
        self.pause_reason = error.reason
        refusal = Refusal(error.code, error.detail)
        verdict = Verdict(Course.RETRY, error.reason, error.message)
        is_suspect = error.status == _SUSPECT_STATUS
        self.was_refused |= is_suspect
        if is_suspect and answer.together == 1:
            self._retry(unit, verdict, refusal, is_unsure=True)
            return
        until = utcnow() + QUIET if error.is_ambiguous and self.key_field is None else None
        self._wait(unit, until, verdict, refusal, is_unsure=error.is_ambiguous)

    def _park(
        self, unit: Unit, verdict: Verdict, refusal: Refusal, *, is_unsure: bool = False
    ) -> None:
        values = _told(verdict, refusal) | {"state": DeliveryState.PARKED, "is_unsure": is_unsure}
        row = self._settle(unit, values)
        if verdict.reason not in outcomes.ABOUT_THE_ROW:
            tally = self._tally(unit.kind)
            tally.verdict, tally.refusal = verdict, refusal
            tally.refused.append(row)

    def _tally(self, kind: str) -> Tally:
        return self.tallies.setdefault(kind, Tally())

    def _retry(
        self, unit: Unit, verdict: Verdict, refusal: Refusal, *, is_unsure: bool = False
    ) -> None:
        tries = unit.attempts + 1
        if tries >= pace.MOST_ATTEMPTS:
            words = f"{verdict.words} {outcomes.TOO_OFTEN}"
            spent = Verdict(Course.PERSON, verdict.reason, words)
            self._park(unit, spent, refusal, is_unsure=is_unsure)
            return
        at = utcnow() + pace.retry_after(tries)
        values = _told(verdict, refusal) | {"attempts": tries, "not_before": at}
        self._settle(unit, values | {"is_unsure": is_unsure})

    def _wait(
        self,
        unit: Unit,
        until: datetime | None,
        verdict: Verdict,
        refusal: Refusal = _NOTHING,
        *,
        is_unsure: bool = False,
    ) -> None:
        """Again as soon as the org is served again, or at the given time."""
        values = _told(verdict, refusal) | {"not_before": until or utcnow()}
        self._settle(unit, values | {"is_unsure": is_unsure})

    def _settle(self, unit: Unit, values: dict[str, Any]) -> dict[str, Any]:
        unchanged: dict[str, Any] = {
            "seq": unit.seq,
            "state": DeliveryState.WAITING,
            "not_before": utcnow(),
            "attempts": unit.attempts,
        }
        row = unchanged | values
        self.counts[row["state"].value] += 1
        self.others.append(row)
        return row


def _told(verdict: Verdict, refusal: Refusal) -> dict[str, Any]:
    return {
        "error_reason": verdict.reason[:64],
        "error_code": refusal.code[:80],
        "error_message": f"{verdict.words} {refusal.text}".strip()[:_MESSAGE_LENGTH],
    }
