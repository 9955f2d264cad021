"""What staff is offered to do with an org, by its state: data; ``orgs.states`` says what may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.console.nav import N_
from app.orgs.models import OrgState
from app.orgs.states import ENDING, TELLING


@dataclass(frozen=True, slots=True)
class Change:
    """A state to go to, in words for the page; ``kind`` is the button's."""

    state: OrgState
    label: str
    text: str
    kind: str = ""

    @property
    def asks_until(self) -> bool:
        """Whether a day has to be given."""
        return self.state in ENDING

    @property
    def asks_message(self) -> bool:
        """Whether reps may be told something."""
        return self.state in TELLING


_S = OrgState
_LET_IN = Change(
    _S.ACTIVE,
    N_("Let the org in"),
    N_("The widget opens for its reps, and its admins can come in."),
    "brand",
)
_TRIAL = Change(
    _S.TRIAL,
    N_("Begin a trial"),
    N_("As if let in, until the end of a day. Then it is suspended, and what waits is kept."),
)
_SUSPEND = Change(
    _S.SUSPENDED,
    N_("Suspend the org"),
    N_("Nobody in it sees anything, and nothing is sent. What waits is kept and goes on later."),
    "danger",
)
_LEAVE = Change(
    _S.LEAVING,
    N_("The org leaves"),
    N_(
        "Reps see nothing and nothing is sent. Its admins come in until the day, to take their data"
        " along; then the data go."
    ),
    "danger",
)
_RESUME = Change(
    _S.ACTIVE,
    N_("Resume"),
    N_("The widget opens again, and what waits is sent."),
    "brand",
)

OFFERED: Mapping[OrgState, Sequence[Change]] = {
    _S.PENDING: (_LET_IN, _TRIAL, _SUSPEND),
    _S.TRIAL: (
        Change(_S.ACTIVE, N_("Let in for good"), N_("It has no end any more."), "brand"),
        Change(_S.TRIAL, N_("Change the trial's end"), N_("Longer or shorter, from today.")),
        _SUSPEND,
        _LEAVE,
    ),
    _S.ACTIVE: (_SUSPEND, _LEAVE),
    _S.SUSPENDED: (
        _RESUME,
        _TRIAL,
        Change(_S.SUSPENDED, N_("Change the message"), N_("What reps are told meanwhile.")),
        _LEAVE,
    ),
    _S.LEAVING: (
        _RESUME,
        Change(_S.LEAVING, N_("Change the day"), N_("When the data go, and what reps are told.")),
    ),
    _S.ARCHIVED: (),
}
