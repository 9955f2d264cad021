"""Support's first page: all orgs, found by name or id, paged by key."""

from __future__ import annotations

from flask import Response, request
from sqlalchemy import select

from app.console.pages import page
from app.console.room import room
from app.orgs.models import Org
from app.web import context

_PAGE = 50


@room.get("/console/orgs")
def orgs() -> Response:
    """Orgs in the order of their ids."""
    after = request.args.get("after", "")
    statement = select(Org).where(Org.salesforce_id > after).order_by(Org.salesforce_id)
    with context.database().system_reading() as session:
        found = session.scalars(statement.limit(_PAGE + 1)).all()
    following = found[_PAGE - 1].salesforce_id if len(found) > _PAGE else ""
    return page("orgs.html", orgs=found[:_PAGE], following=following)
