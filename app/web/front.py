"""The roots of all hosts, for whoever wants to know whether something is there."""

from __future__ import annotations

from flask import Response, abort, current_app, render_template, request

from app.web import context
from app.web.i18n import _
from app.web.ports import own_hosts_of


def front() -> Response:
    """A calm line. The pages' host names nobody: whoever follows links there is a stranger."""
    config = context.config()
    if request.host == config.app_host:
        title = _("Inlay runs")
        line = _("It is seen inside Salesforce: open a record page.")
    elif request.host == config.pages_host or own_hosts_of(current_app)(request.host):
        title = _("Nothing to see here")
        line = _("Pages at this address open by the whole link that you were sent.")
    else:
        abort(404)
    return Response(render_template("web/front.html", title=title, line=line))
