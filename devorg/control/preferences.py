"""What the org's admin chooses in setup, and the archive of old activities."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, jsonify

from devorg import moments
from devorg.control.call import blueprint, days_of, the_body, the_org
from devorg.errors import ControlError
from devorg.preferences import CONTROLLED_BY_PARENT, PRIVATE, Preferences

_SHARING = (CONTROLLED_BY_PARENT, PRIVATE)
_ARCHIVED = {
    "Task": "IsClosed = 1 AND ActivityDate < :day",
    "Event": "EndDateTime < :moment",
}


@blueprint.get("/preferences")
def show_preferences() -> Response:
    """What is chosen."""
    chosen = the_org().preferences
    return jsonify(
        shared_activities=chosen.shared_activities, activity_sharing=chosen.activity_sharing
    )


@blueprint.post("/preferences")
def change_preferences() -> Response:
    """`shared_activities`: true or false. `activity_sharing`: controlled_by_parent or private."""
    body, chosen = the_body(), the_org().preferences
    shared = body.get("shared_activities", chosen.shared_activities)
    sharing = body.get("activity_sharing", chosen.activity_sharing)
    if not isinstance(shared, bool) or sharing not in _SHARING:
        known = " or ".join(sorted(_SHARING))
        message = f"shared_activities must be true or false, activity_sharing {known}."
        raise ControlError("preferences", message)
    the_org().use_preferences(Preferences(shared, sharing))
    return show_preferences()


@blueprint.post("/archive")
def archive() -> Response:
    """Archive closed tasks and past events older than `days` (365): queryAll alone finds them."""
    before = the_org().clock.now() - timedelta(days=days_of(the_body(), 365))
    words = {"day": before.date().isoformat(), "moment": moments.write(before)}
    with the_org().store.writing() as connection:
        counts = {
            name: connection.execute(
                f"UPDATE {name} SET IsArchived = 1"  # noqa: S608 - names of devorg's own tables
                f" WHERE {old} AND IsDeleted = 0 AND IsArchived IS NOT 1",
                words,
            ).rowcount
            for name, old in _ARCHIVED.items()
        }
    return jsonify(archived=counts)
