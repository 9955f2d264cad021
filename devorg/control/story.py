"""The org's content: its main records, more of the same, and back to the seed."""

from __future__ import annotations

from flask import Response, jsonify

from devorg.control.call import blueprint, the_body, the_org
from devorg.dml import last_activity
from devorg.errors import ControlError
from devorg.seed.more import grow
from devorg.seed.plant import main_records


@blueprint.get("/main")
def show_main() -> Response:
    """Ids of the seeded records that demos start from."""
    with the_org().store.reading() as connection:
        return jsonify(main_records(connection))


@blueprint.post("/seed")
def seed() -> Response:
    """`people`, `events`, `seed`: more contacts with all that belongs to them, and Tasks."""
    body = {"people": 0, "events": 0, "seed": 1, **the_body()}
    if not all(
        isinstance(body[key], int) and body[key] >= 0 for key in ("people", "events", "seed")
    ):
        raise ControlError("seed", "people, events and seed must be whole numbers.")
    now = the_org().clock.now()
    with the_org().store.writing() as connection:
        before = last_activity.newest(connection)
        counts = grow(connection, body["people"], body["events"], body["seed"], now)
        last_activity.roll_up(connection, before)
    return jsonify(counts)


@blueprint.post("/reset")
def reset() -> Response:
    """Back to the seed."""
    the_org().reset()
    return jsonify(ok=True)
