"""What happened: the last calls with their bodies, for tests that print them when they fail."""

from __future__ import annotations

from flask import Response, jsonify

from devorg.control.call import blueprint, the_org
from devorg.pages import happened, reveal


@blueprint.get("/history")
def show_history() -> Response:
    """The calls, newest first, tokens and secrets masked; `path`, `status` (`errors` for all that
    failed), `who` and `kind` filter them.
    """
    wanted = happened.filter_of()
    events = [reveal.as_json(each) for each in the_org().history.all() if wanted.keeps(each)]
    return jsonify(calls=events)


@blueprint.delete("/history")
def clear_history() -> Response:
    """Forget them."""
    the_org().history.clear()
    return jsonify(ok=True)
