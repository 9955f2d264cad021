"""What somebody may decide about activities, as data: words, states, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.db import TenantSession
from app.orgs.audit import Tag
from app.outbox import decisions
from app.outbox.decisions import Which
from app.outbox.models import DeliveryState
from app.web.i18n import N_, _, ngettext

#: Of whom it comes, and why.
Act = Callable[[TenantSession, Which, str, str], int]


@dataclass(frozen=True, slots=True)
class Verb:
    """One decision. Each of ``effect``, ``button`` and ``done`` is a singular and a plural.

    ``usual`` is the state that is meant where somebody names a cause alone; ``states`` are those
    that it changes; ``asks_why``: it takes a reason.
    """

    title: str
    effect: tuple[str, str]
    more: str
    button: tuple[str, str]
    done: tuple[str, str]
    usual: DeliveryState
    states: Sequence[DeliveryState]
    tag: Tag
    act: Act
    asks_why: bool = False
    is_dangerous: bool = False

    def told(self, forms: tuple[str, str], number: int) -> str:
        """One of its texts about so many activities."""
        return ngettext(*forms, number) % {"n": number}

    def more_text(self) -> str:
        """What else there is to know before."""
        return _(self.more) if self.more else ""


VERBS: Mapping[str, Verb] = {
    "retry": Verb(
        N_("Try again"),
        (N_("%(n)d activity is sent to Salesforce again."),
         N_("%(n)d activities are sent to Salesforce again.")),
        "",
        (N_("Send %(n)d activity again"), N_("Send %(n)d activities again")),
        (N_("%(n)d activity is sent again."), N_("%(n)d activities are sent again.")),
        DeliveryState.PARKED,
        decisions.RETRIED,
        Tag.DELIVERY_RETRIED,
        lambda session, which, _by, _why: decisions.retry(session, which),
    ),
    "pause": Verb(
        N_("Pause activities"),
        (N_("%(n)d activity waits until somebody resumes it."),
         N_("%(n)d activities wait until somebody resumes them.")),
        N_("Nothing is lost. What people do from now on is sent as usual, and may overtake it."),
        (N_("Pause %(n)d activity"), N_("Pause %(n)d activities")),
        (N_("%(n)d activity is paused."), N_("%(n)d activities are paused.")),
        DeliveryState.PARKED,
        decisions.PAUSABLE,
        Tag.DELIVERY_PAUSED,
        lambda session, which, by, why: decisions.pause(session, which, by=by, why=why),
        asks_why=True,
    ),
    "resume": Verb(
        N_("Resume activities"),
        (N_("%(n)d paused activity is sent to Salesforce."),
         N_("%(n)d paused activities are sent to Salesforce.")),
        N_("Those of people without a record there wait for one."),
        (N_("Resume %(n)d activity"), N_("Resume %(n)d activities")),
        (N_("%(n)d activity goes on."), N_("%(n)d activities go on.")),
        DeliveryState.PAUSED,
        decisions.RESUMED,
        Tag.DELIVERY_RESUMED,
        lambda session, which, _by, _why: decisions.resume(session, which),
    ),
    "drop": Verb(
        N_("Drop activities"),
        (N_("%(n)d activity will never be sent to Salesforce."),
         N_("%(n)d activities will never be sent to Salesforce.")),
        N_("What people did stays in the widget's timeline. This cannot be undone."),
        (N_("Drop %(n)d activity"), N_("Drop %(n)d activities")),
        (N_("%(n)d activity was dropped."), N_("%(n)d activities were dropped.")),
        DeliveryState.PARKED,
        decisions.DROPPED,
        Tag.DELIVERY_DROPPED,
        lambda session, which, by, _why: decisions.drop(session, which, by=by),
        is_dangerous=True,
    ),
}  # fmt: skip
