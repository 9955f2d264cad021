"""Which activities a decision is about: ticked lines, a cause, or all that a filter finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

from app.console.activity.asked import FIELDS, asked_of, filter_of
from app.console.activity.verbs import Verb
from app.db import TenantSession
from app.outbox.decisions import Which

#: Ticked lines: one page of the log has fewer.
_MOST_LINES = 200
_TICKED, _FOUND = "ticked", "found"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was given. ``of`` says what is meant: ``ticked`` lines, also where none is; ``found``:
    all that the filter finds; empty: a cause, of which those count that the verb is usually for.
    """

    of: str
    seqs: Sequence[int]
    values: Mapping[str, str]
    is_wrong: bool

    def which(self, session: TenantSession, verb: Verb, zone: str) -> Which:
        """The question that it means to the outbox; a filter that makes no sense finds nothing."""
        if self.seqs or self.is_wrong or self.of == _TICKED:
            return self.seqs
        asked = asked_of(session, filter_of(self.values), zone)
        is_cause = self.of != _FOUND and asked.state is None
        return replace(asked, state=verb.usual) if is_cause else asked

    def fields(self) -> list[tuple[str, str]]:
        """The same as a form carries it."""
        lines = [("seq", str(seq)) for seq in self.seqs]
        of = [("of", self.of)] if self.of else []
        return [*of, *lines, *self.values.items()]

    def told(self) -> dict[str, object]:
        """The same for the audit."""
        return {**self.values, **({"lines": list(self.seqs)} if self.seqs else {})}


def chosen_of(given: MultiDict[str, str]) -> Chosen:
    """From an address or a form."""
    seqs = [_number(text) for text in given.getlist("seq")[:_MOST_LINES]]
    known = [seq for seq in seqs if seq is not None]
    if seqs:
        return Chosen(_TICKED, known, {}, is_wrong=not known)
    wanted = filter_of(given)
    values = {field: wanted[field] for field in FIELDS if wanted[field]}
    of = given.get("of", "")
    return Chosen(of if of in (_TICKED, _FOUND) else "", (), values, bool(wanted.problems))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
