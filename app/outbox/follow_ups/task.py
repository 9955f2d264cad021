"""The task of a follow-up, as it is frozen: open, dated, owned, on the person and the deal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.outbox.composing.lengths import clip
from app.outbox.composing.shapes import instant
from app.outbox.composing.words import SUBJECT_LENGTH, moment
from app.salesforce.names import ActivityField

#: Kind of the outbox row and of the activity: reports tell it from what people did.
KIND = "follow_up"
_SATURDAY = 5
_BLANK = re.compile(r"\{([a-z]+)\}")
_KIND, _OCCURRED_AT = ActivityField.KIND.name, ActivityField.OCCURRED_AT.name


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a task is made of. ``reference`` ends the description of orgs without our key."""

    subject: str
    why: str
    status: str
    priority: str
    due: date
    owner: str
    who: str
    what: str | None
    occurred_at: datetime
    zone: ZoneInfo
    page: str = ""
    reference: str = ""


def payload(plan: Plan) -> dict[str, Any]:
    """What the outbox freezes, see ``outbox.payload.build``."""
    fields: dict[str, Any] = {
        "Subject": clip(plan.subject, SUBJECT_LENGTH),
        "Description": _description(plan),
        "Status": plan.status,
        "Priority": plan.priority,
        "ActivityDate": plan.due.isoformat(),
        "OwnerId": plan.owner,
        "WhoId": plan.who,
    }
    if plan.what is not None:
        fields["WhatId"] = plan.what
    return {
        "fields": fields,
        "package": {_KIND: KIND, _OCCURRED_AT: instant(plan.occurred_at)},
    }


def subject_of(template: str, names: Mapping[str, str]) -> str:
    """The rule's subject with ``{person}`` and ``{page}`` filled in; other braces stay."""
    filled = _BLANK.sub(lambda found: names.get(found[1], found[0]), template)
    return " ".join(filled.split())


def due_on(today: date, days: int, *, working: bool) -> date:
    """So many days on; with ``working`` weekends do not count, nor is one the day itself.

    Holidays are not known here: Salesforce keeps them, if at all, for support alone.
    """
    if not working:
        return today + timedelta(days=days)
    due, left = today, days
    while left > 0:
        due += timedelta(days=1)
        left -= due.weekday() < _SATURDAY
    while due.weekday() >= _SATURDAY:
        due += timedelta(days=1)
    return due


def _description(plan: Plan) -> str:
    lines = [
        plan.why,
        f"Last: {moment(plan.occurred_at.astimezone(plan.zone))} ({plan.zone.key})",
    ]
    if plan.page:
        lines.append(f"Page: {plan.page}")
    lines.append("Made by Inlay, by a rule of your organization.")
    if plan.reference:
        lines.append(plan.reference)
    return "\n".join(lines)
