"""The roots of all hosts, for whoever wants to know whether something is there."""

from __future__ import annotations

from flask import Response, abort, current_app, render_template, request

from app.web import context
from app.web.i18n import _
from app.web.ports import doorstep_of, own_hosts_of


def front() -> Response:
    """The app's host says what is here, and where to go on.

    The pages' host and orgs' own domains name nobody: whoever follows links there is a stranger.
    """
    config = context.config()
    if request.host == config.app_host:
        return doorstep_of(current_app)()
    if request.host != config.pages_host and not own_hosts_of(current_app)(request.host):
        abort(404)
    title = _("Nothing to see here")
    line = _("Pages at this address open by the whole link that you were sent.")
    return Response(render_template("web/front.html", title=title, line=line))
