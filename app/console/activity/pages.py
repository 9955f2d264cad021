"""Addresses of the activity log: the list, its file, retry and drop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import Response, redirect, request, url_for

from app.console.activity import export
from app.console.activity.asked import asked_of, filter_of, mark_of
from app.console.files import file
from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.engagement.kinds import Kind, facts_of
from app.orgs import audit
from app.outbox import decisions, log
from app.outbox.decisions import Which
from app.outbox.explaining import words
from app.outbox.log import Asked
from app.outbox.models import DeliveryState
from app.outbox.queries import condition
from app.salesforce.connect.connections import status
from app.web import context
from app.web.i18n import _, ngettext

_STATES = {"retry": decisions.RETRIED, "drop": decisions.DROPPED}
#: What a decision may be about: one line, or all parked ones of a cause.
_CHOICE = ("seq", "reason", "code", "kind")
_LONGEST = 500


@room.get("/console/orgs/<org_id>/activity")
def activity() -> Response:
    """A page of the log, newest first."""
    wanted = filter_of(request.args)
    with context.database().reading(current_org().id) as session:
        found = log.lines(session, asked_of(session, wanted, current_principal().time_zone))
        now, connection = condition(session), status(session)
    instance_url = connection.instance_url if connection else ""
    return page(
        "activity/list.html",
        filter=wanted,
        lines=[words.tell(each, now, instance_url) for each in found],
        following=mark_of(log.place_of(found[-1])) if len(found) == log.PAGE_SIZE else "",
        states=[(state.value, _(label)) for state, label in words.STATES.items()],
        kinds=[(kind.value, _(facts_of(kind).label)) for kind in Kind],
        may_steer=current_principal().may(Permission.STEER_DELIVERY),
        done=_done(),
    )


@room.get("/console/orgs/<org_id>/activity.csv")
def activity_csv() -> Response:
    """The same lines as a file."""
    org = current_org()
    with context.database().reading(org.id) as session:
        asked = asked_of(session, filter_of(request.args), current_principal().time_zone)
    pieces = export.rows(context.database(), org.id, asked)
    return file(pieces, f"activity-{org.salesforce_id}.csv", "text/csv")


@room.get("/console/orgs/<org_id>/activity/<any(retry, drop):verb>")
def ask_decision(verb: str) -> Response:
    """How many a decision would concern, before it is made."""
    with context.database().reading(current_org().id) as session:
        number = decisions.count(session, _which(request.args), _STATES[verb])
    return page("activity/decide.html", verb=verb, number=number, chosen=_chosen(request.args))


@room.post("/console/orgs/<org_id>/activity/<any(retry, drop):verb>")
def decide(verb: str) -> Response:
    """Send these again, or drop them."""
    which, actor = _which(request.form), current_principal().actor
    with context.database().writing(current_org().id) as session:
        if verb == "retry":
            number = decisions.retry(session, which)
        else:
            number = decisions.drop(session, which, by=actor)
        tag = audit.Tag.DELIVERY_RETRIED if verb == "retry" else audit.Tag.DELIVERY_DROPPED
        chosen, why = _chosen(request.form), request.form.get("why", "").strip()[:_LONGEST]
        audit.record(session, tag, actor, number=number, why=why, **chosen)
    url = url_for("console.activity", done=verb, number=number)
    return cast(Response, redirect(url, 303))


def _which(given: Mapping[str, str]) -> Which:
    seq = given.get("seq", "")
    if seq:
        return [int(seq)] if seq.isascii() and seq.isdecimal() and len(seq) < 19 else []
    chosen = _chosen(given)
    return Asked(
        state=DeliveryState.PARKED,
        kind=chosen.get("kind", ""),
        reason=chosen.get("reason", ""),
        code=chosen.get("code", ""),
    )


def _chosen(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given[name][:80] for name in _CHOICE if given.get(name)}


def _done() -> str:
    """What was just done, in words; numbers and verbs of the address alone, nothing it says."""
    number, verb = request.args.get("number", ""), request.args.get("done", "")
    if not (number.isascii() and number.isdecimal()):
        return ""
    count = int(number[:9])
    if verb == "retry":
        text = ngettext("%(n)d activity is sent again.", "%(n)d activities are sent again.", count)
    elif verb == "drop":
        text = ngettext("%(n)d activity was dropped.", "%(n)d activities were dropped.", count)
    else:
        return ""
    return text % {"n": count}
