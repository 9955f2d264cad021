"""An org's life as data: which state may follow which, and which of them end at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.clock import utcnow
from app.orgs.errors import StateChangeError
from app.orgs.models import OrgState

_S = OrgState

#: From each state to those that may follow. A state may be given anew: another end or message.
ALLOWED: Mapping[OrgState, frozenset[OrgState]] = {
    _S.PENDING: frozenset({_S.PENDING, _S.TRIAL, _S.ACTIVE, _S.SUSPENDED, _S.ARCHIVED}),
    _S.TRIAL: frozenset({_S.TRIAL, _S.ACTIVE, _S.SUSPENDED, _S.PENDING, _S.LEAVING, _S.ARCHIVED}),
    _S.ACTIVE: frozenset({_S.ACTIVE, _S.TRIAL, _S.SUSPENDED, _S.PENDING, _S.LEAVING, _S.ARCHIVED}),
    _S.SUSPENDED: frozenset(
        {_S.SUSPENDED, _S.ACTIVE, _S.TRIAL, _S.PENDING, _S.LEAVING, _S.ARCHIVED}
    ),
    _S.LEAVING: frozenset({_S.LEAVING, _S.ACTIVE, _S.SUSPENDED, _S.ARCHIVED}),
    _S.ARCHIVED: frozenset({_S.ARCHIVED}),
}

#: States that end at a time, which has to be given.
ENDING = frozenset({_S.TRIAL, _S.LEAVING})

#: States in which reps are told what staff wrote for them.
TELLING = frozenset({_S.SUSPENDED, _S.LEAVING})


def check(before: OrgState, after: OrgState, until: datetime | None) -> None:
    """Raises StateChangeError unless the one may follow the other, with this end."""
    if after not in ALLOWED[before]:
        raise StateChangeError(
            f"An org that is {before.value} cannot become {after.value}; it can become"
            f" {', '.join(sorted(ALLOWED[before]))}."
        )
    if after in ENDING and (until is None or until <= utcnow()):
        raise StateChangeError("Say until when: a time to come.", reason="no_end")
    if after not in ENDING and until is not None:
        raise StateChangeError(f"An org is not {after.value} until a time.", reason="no_such_end")
