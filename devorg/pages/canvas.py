"""The canvas parent's side of the server: frames, signed requests, contexts, what it ignored."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import Response, abort, g, jsonify, request

from devorg import history, ids, signing
from devorg.errors import ApiError
from devorg.history import Body
from devorg.pages import security
from devorg.pages.layouts import LAYOUTS
from devorg.pages.security import Policy
from devorg.pages.viewer import VARIANTS
from devorg.pages.web import blueprint, page, reading, the_org, the_viewer
from devorg.schema import SObject

_MOST_TOLD = 2000


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of the app in a page. `sign` and `context` are where its parent asks."""

    title: str
    anchor: str
    instance: str
    sign: str
    context: str


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of a record's page; with `host`, they stand in that page of another origin."""

    url: str
    origin: str
    each: tuple[Frame, ...]
    host: str | None = None
    host_origin: str | None = None


def frames_of(sobject: SObject, record_id: str) -> Frames:
    """The frames of this page; with nested frames, the page's policy lets the host in."""
    viewer, org = the_viewer(), the_org()
    origin = security.origin_of(org.config.canvas_url)
    query = f"sobject={sobject.name}&record={record_id}&{viewer.query()}"
    each = tuple(
        Frame(
            "Inlay" if number == 1 else f"Inlay {number}",
            "inlay" if number == 1 else f"inlay-{number}",
            signing.instance_id(org.names.namespace, viewer.variant, number),
            f"/lightning/signedrequest?{query}&canvas={number}",
            f"/lightning/canvascontext?{query}&canvas={number}",
        )
        for number in range(1, viewer.canvases + 1)
    )
    if viewer.frames == "one":
        return Frames(org.config.canvas_url, origin, each)
    twin = _twin()
    g.policy = Policy(origin, framed=twin)
    host = f"{twin}/lightning/canvas?{query}"
    return Frames(org.config.canvas_url, origin, each, host, twin)


def _twin() -> str:
    twin = security.twin_of(request.host_url.rstrip("/"))
    if twin is None:
        abort(400, "Nested frames need devorg opened at 127.0.0.1 or localhost.")
    return twin


def _asked() -> tuple[SObject, str]:
    """The record that a canvas is opened on, or 404."""
    record_id = ids.to_18(request.args.get("record", ""))
    name = request.args.get("sobject", "")
    sobject = the_org().schema.objects.get(name) if name in LAYOUTS else None
    if record_id is None or sobject is None or not record_id.startswith(sobject.prefix):
        abort(404)
    return sobject, record_id


@blueprint.get("/lightning/canvas")
def canvas_host() -> Response:
    """What stands between the record page and the app in a real org: a page of another origin
    that holds the app's frame. Only the record page may frame it.
    """
    sobject, record_id = _asked()
    outer, found = _twin(), frames_of(sobject, record_id)
    g.policy = Policy(found.origin, framed_by=outer)
    return page("canvas_host.html", canvas=found, outer=outer, sobject=sobject)


def _place() -> tuple[SObject, str, int, str | None]:
    """Where the canvas stands: object, id, which of the page's canvases, the page's address."""
    sobject, record_id = _asked()
    viewer = the_viewer()
    with reading() as reader:
        if not reader.exists(sobject, record_id):
            abort(404)
    number = 2 if request.args.get("canvas") == "2" else 1
    history.tell(
        user=viewer.user.alias, note=f"{VARIANTS[viewer.variant]} on {sobject.name} {record_id}"
    )
    if viewer.frames == "one" or viewer.variant != "aura":
        return sobject, record_id, number, None
    return sobject, record_id, number, f"{_twin()}/lightning/r/{sobject.name}/{record_id}/view"


@blueprint.put("/lightning/signedrequest")
def signed_request() -> Response:
    """A fresh signed request for a record's canvas, in the shape of Salesforce's answer.

    As there, the page's script asks for it once it runs, and again on refresh: the HTML never
    holds one. Salesforce's page PUTs to `/services/data/vXX.0/platformconnect/signedrequest`;
    ours stays out of `/services/`, so that faults and call counts of the REST API, which tests
    turn, do not touch the page around the frame. Being PUT, it cannot be sent from another
    site without a CORS preflight, which nobody answers.
    """
    _, record_id, number, location = _place()
    viewer, base_url = the_viewer(), request.host_url.rstrip("/")
    org = the_org()
    envelope = org.envelope(
        viewer.user, record_id, viewer.variant, base_url,
        token=None if _is_unapproved() else org.tokens.issue(viewer.user),
        location=location, canvas=number, view=viewer.view,
    )  # fmt: skip
    return jsonify(response=signing.seal(envelope, org.config.consumer_secret), auxiliary={})


def _is_unapproved() -> bool:
    """Where users approve apps themselves (`approval=required`): until the viewer has done so at
    the page of OAuth, the parent gets a request without a token, and opens the app by GET.
    """
    org, viewer = the_org(), the_viewer()
    app = org.oauth.apps.find(org.config.client_id)
    return viewer.asks and app is not None and not org.oauth.grants.approved(app, viewer.user)


@blueprint.put("/lightning/canvascontext")
def canvas_context() -> tuple[Response, int]:
    """The context for the app's own token, as `platformconnect/canvascontext` answers `ctx`."""
    _, record_id, number, location = _place()
    org, base_url = the_org(), request.host_url.rstrip("/")
    authorization = request.headers.get("Authorization", "")
    try:
        session = org.tokens.api_session(authorization, request.remote_addr or "")
    except ApiError as error:
        return jsonify(error.body()), error.status
    envelope = org.envelope(
        session.user, record_id, the_viewer().variant, base_url,
        token="", location=location, canvas=number,
    )  # fmt: skip
    return jsonify(envelope["context"]), 200


@blueprint.post("/lightning/canvasnote")
def canvas_note() -> tuple[str, int]:
    """The parent's script tells which message it did not act upon, and why."""
    told = request.get_json(silent=True)
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        abort(403)
    if not isinstance(told, dict):
        abort(400)
    data = json.dumps(told.get("message")).encode()[: history.MOST_BYTES]
    the_org().history.add(
        moment=the_org().clock.now(), kind="Canvas", user=the_viewer().user.alias,
        method="MESSAGE", path=str(told.get("type"))[:100], query="", status=0, milliseconds=0.0,
        asked=Body(data, len(data), "application/json"), answered=Body(),
        note=f"Ignored: {str(told.get('why'))[:_MOST_TOLD]}",
    )  # fmt: skip
    return "", 204
