"""API keys of one org: made (shown once), listed, ended."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask import Response, redirect, request, url_for

from app.console.pages import page
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.orgs import apikeys, service
from app.orgs.models import ApiKey
from app.web import context, limits
from app.web.i18n import _

#: Keys that somebody may make in a minute.
_KEYS = 10


@room.get("/console/orgs/<org_id>/keys")
def keys() -> Response:
    """All keys, those that ended too."""
    return _keys()


@room.post("/console/orgs/<org_id>/keys")
def make_key() -> Response:
    """A new one: in the answer to this, and never again."""
    label, actor = request.form.get("label", "").strip()[:120], current_principal().actor
    if not label:
        return _keys(problem=_("Say what it is for, to tell keys apart."), status=422)
    limits.hit(context.database(), f"console:key:{current_org().id}", _KEYS)
    with context.database().system_writing() as session:
        org = service.required(session, current_org().salesforce_id)
        key = apikeys.create(session, org, label, by=actor)
    return _keys(made=key)


@room.post("/console/orgs/<org_id>/keys/<uuid:key_id>/end")
def end_key(key_id: UUID) -> Response:
    """End one at once; of this org alone."""
    with context.database().system_writing() as session:
        found = session.get(ApiKey, key_id)
        if found is not None and found.org_id == current_org().id and found.revoked_at is None:
            apikeys.revoke(session, found, by=current_principal().actor)
    return cast(Response, redirect(url_for("console.keys"), 303))


def _keys(*, made: str = "", problem: str = "", status: int = 200) -> Response:
    with context.database().system_reading() as session:
        found = apikeys.of_org(session, current_org())
    return page(
        "setup/keys.html",
        status=status,
        found=found,
        made=made,
        problem=problem,
        api_url=url_for("api.get_openapi"),
    )
