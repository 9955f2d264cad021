"""Addresses of the activity log: the list, its file, and what is decided about lines of it."""

from __future__ import annotations

from typing import cast

from flask import Response, redirect, request, url_for

from app.console.activity import export
from app.console.activity.asked import asked_of, filter_of, mark_of
from app.console.activity.chosen import Chosen, chosen_of
from app.console.activity.verbs import VERBS
from app.console.files import file
from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.engagement.kinds import Kind, facts_of
from app.orgs import audit
from app.outbox import decisions, log
from app.outbox.explaining import words
from app.outbox.explaining.rights import OF_RIGHTS
from app.outbox.models import DeliveryState
from app.outbox.queries import condition
from app.salesforce.connect.connections import status
from app.salesforce.preflight import service as preflight
from app.web import context
from app.web.i18n import _

_LONGEST = 200
#: States that may be asked for: all that this version knows.
_ASKED_FOR = [state for state in DeliveryState if state is not DeliveryState.UNKNOWN]


class _MoreThanShownError(Exception):
    """What cannot be undone would concern more than whoever decided was told."""


@room.get("/console/orgs/<org_id>/activity")
def activity() -> Response:
    """A page of the log, newest first."""
    wanted = filter_of(request.args)
    with context.database().reading(current_org().id) as session:
        found = log.lines(session, asked_of(session, wanted, current_principal().time_zone))
        now, connection = condition(session), status(session)
        is_of_rights = any(each.error_reason in OF_RIGHTS for each in found)
        looked = preflight.last(session) if is_of_rights else None
    instance_url = connection.instance_url if connection else ""
    return page(
        "activity/list.html",
        filter=wanted,
        lines=[words.tell(each, now, instance_url, looked) for each in found],
        following=mark_of(log.place_of(found[-1])) if len(found) == log.PAGE_SIZE else "",
        states=[(state.value, _(words.STATES[state])) for state in _ASKED_FOR],
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


@room.get("/console/orgs/<org_id>/activity/<any(retry, pause, resume, drop):verb>")
def ask_decision(verb: str) -> Response:
    """How many a decision would concern, before it is made."""
    return _ask(verb, chosen_of(request.args))


@room.post("/console/orgs/<org_id>/activity/<any(retry, pause, resume, drop):verb>")
def decide(verb: str) -> Response:
    """Send these again, pause them, let them go on, or drop them."""
    chosen, wanted, who = chosen_of(request.form), VERBS[verb], current_principal()
    why = request.form.get("why", "").strip()[:_LONGEST]
    if wanted.asks_why and not why:
        return _ask(verb, chosen, _("Say why: colleagues and the org's admin read it."), 422)
    try:
        with context.database().writing(current_org().id) as session:
            which = chosen.which(session, wanted, who.time_zone)
            number = wanted.act(session, which, who.actor, why)
            if wanted.is_dangerous and not chosen.seqs and number > _shown():
                raise _MoreThanShownError
            audit.record(session, wanted.tag, who.actor, number=number, why=why, **chosen.told())
    except _MoreThanShownError:
        problem = _("There are more of them by now. Nothing was done: look at the number again.")
        return _ask(verb, chosen, problem, 409)
    url = url_for("console.activity", done=verb, number=number)
    return cast(Response, redirect(url, 303))


def _shown() -> int:
    """How many the page said it would be."""
    number = request.form.get("number", "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0


def _ask(verb: str, chosen: Chosen, problem: str = "", status: int = 200) -> Response:
    wanted = VERBS[verb]
    with context.database().reading(current_org().id) as session:
        which = chosen.which(session, wanted, current_principal().time_zone)
        number = decisions.count(session, which, wanted.states)
    return page(
        "activity/decide.html",
        status=status,
        verb=verb,
        wanted=wanted,
        number=number,
        chosen=chosen,
        problem=problem,
    )


def _done() -> str:
    """What was just done, in words; numbers and verbs of the address alone, nothing it says."""
    number, verb = request.args.get("number", ""), VERBS.get(request.args.get("done", ""))
    if verb is None or not (number.isascii() and number.isdecimal()):
        return ""
    return verb.told(verb.done, int(number[:9]))
