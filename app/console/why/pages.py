"""The page that answers "Why is this not in Salesforce?"."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import Response, request

from app.console.activity.asked import record_id_in
from app.console.fixes import fixes
from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.crm.queries import people_found, people_of_records, roles_on
from app.db import TenantSession
from app.outbox.explaining import situation, words
from app.outbox.explaining.obstacles import obstacle, why_no_activity
from app.web import context
from app.web.i18n import _
from canvas.ids import ACCOUNT, OPPORTUNITY, sobject_of

_LONGEST = 500


@room.get("/console/orgs/<org_id>/why")
def why() -> Response:
    """A record's story, or the form that asks for a record."""
    typed = request.args.get("q", "").strip()[:_LONGEST]
    problem = _problem(typed)
    if not typed or problem:
        return page("why/ask.html", typed=typed, problem=problem)
    with context.database().reading(current_org().id) as session:
        now = situation.read(session, _people(session, typed))
    tell = partial(
        words.tell,
        condition=now.condition,
        instance_url=now.instance_url,
        found=now.preflight,
    )
    return page(
        "why/story.html",
        typed=typed,
        problem="",
        obstacle=obstacle(now),
        looked_at=now.preflight.ran_at if now.preflight else None,
        goes_on=now.condition.paused_until,
        happened=[
            (
                each,
                [tell(line) for line in each.lines],
                "" if each.lines else why_no_activity(each, now.settings),
            )
            for each in now.happened
        ],
        waiting=[tell(line) for line in now.waiting],
        label_of=words.label_of,
        may_steer=current_principal().may(Permission.STEER_DELIVERY),
        may_run=current_principal().may(Permission.RUN_PREFLIGHT),
        looked=request.args.get("looked") == "1",
        fixes=fixes(current_principal()),
    )


def _problem(typed: str) -> str:
    """What is wrong with what was typed."""
    if not typed or "@" in typed:
        return ""
    record_id = record_id_in(typed)
    if not record_id:
        return _("Paste the record's id or link, or type an e-mail address.")
    if sobject_of(record_id) == ACCOUNT:
        return _("Activities belong to people: paste a contact, a lead or an opportunity.")
    return ""


def _people(session: TenantSession, typed: str) -> list[UUID]:
    record_id = record_id_in(typed)
    if not record_id:
        return people_found(session, typed, limit=1)
    if sobject_of(record_id) == OPPORTUNITY:
        return [role.person_id for role in roles_on(session, record_id)]
    return list(people_of_records(session, [record_id]).values())
