"""Resources that real orgs have and devorg has not: refused by name, so that nobody is misled."""

from __future__ import annotations

from flask import Blueprint, Response, request

from devorg.errors import ApiError
from devorg.rest.call import Answer, Call
from devorg.rest.replying import reply
from devorg.rest.routing import resource

_METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
blueprint = Blueprint("unsupported", __name__)
# Path -> what it would be. `<path:rest>` takes everything below.
_ABSENT = {
    "composite/graph": "composite graphs",
    "composite/tree/<name>": "sObject trees",
    "search": "SOSL",
    "parameterizedSearch": "parameterized search",
    "search/<path:rest>": "search",
    "tabs": "tabs",
    "theme": "themes",
    "appMenu": "app menus",
    "appMenu/<path:rest>": "app menus",
    "quickActions": "quick actions",
    "quickActions/<path:rest>": "quick actions",
    "actions": "invocable actions",
    "actions/<path:rest>": "invocable actions",
    "analytics/<path:rest>": "reports and dashboards",
    "chatter/<path:rest>": "Chatter",
    "connect/<path:rest>": "the Connect API",
    "tooling": "the Tooling API",
    "tooling/<path:rest>": "the Tooling API",
    "metadata/<path:rest>": "the Metadata API",
    "process/<path:rest>": "approvals and process rules",
    "sobjects/<name>/listviews": "list views",
    "sobjects/<name>/listviews/<path:rest>": "list views",
    "sobjects/<name>/describe/<path:rest>": "layouts and approval layouts",
    "jobs/query/<job_id>/resultPages": "result pages in parallel",
}


def _refuse(what: str) -> ApiError:
    message = f"devorg does not have {what}; docs/devorg.md says what it has."
    return ApiError(501, "NOT_IMPLEMENTED", message)


def _register(path: str, what: str) -> None:
    def refuse(_call: Call, **_values: str) -> Answer:
        raise _refuse(what)

    for method in _METHODS:
        resource(method, path)(refuse)


for _path, _what in _ABSENT.items():
    _register(_path, _what)


@blueprint.route("/services/async/<path:_rest>", methods=_METHODS)
def bulk_1(_rest: str) -> Response:
    """The first Bulk API."""
    error = _refuse("Bulk API 1.0 (jobs/ingest and jobs/query are 2.0)")
    return reply(request, Answer(error.status, error.body()))
