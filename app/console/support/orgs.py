"""Support's first page: all orgs, found by whatever is at hand, paged by key."""

from __future__ import annotations

from flask import Response, request

from app.console.pages import page
from app.console.room import room
from app.console.support import finding
from app.console.support.finding import PAGE_SIZE
from app.destinations import domains
from app.orgs.models import OrgState
from app.web import context

_LONGEST = 300


@room.get("/console/orgs")
def orgs() -> Response:
    """Orgs in the order of their names."""
    words = request.args.get("q", "").strip()[:_LONGEST]
    wanted = request.args.get("state", "")
    state = OrgState(wanted) if wanted in set(OrgState) else None
    name, salesforce_id = request.args.get("name"), request.args.get("id")
    after = (name, salesforce_id) if name is not None and salesforce_id else None
    with context.database().system_reading() as session:
        found = finding.find(session, words, state, after)
        pending = finding.waiting_for_approval(session)
        domains_waiting = domains.waiting(session)
    return page(
        "support/orgs.html",
        found=found[:PAGE_SIZE],
        last=found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None,
        words=words,
        state=state.value if state else "",
        states=[each.value for each in OrgState],
        pending=pending,
        domains=domains_waiting,
    )
