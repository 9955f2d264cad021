"""Who can sign in, tokens without a login, signed requests."""

from __future__ import annotations

from flask import Response, jsonify

from devorg import moments, rows, users
from devorg.control.call import base_url, blueprint, record_of, the_body, the_org, user_of
from devorg.errors import ControlError


@blueprint.get("/users")
def list_users() -> Response:
    """Who can sign in, with the alias that other calls take."""
    return jsonify(
        users=[
            {"alias": each.alias, "Id": each.id, "Username": each.username, "Name": each.name}
            for each in users.USERS
        ]
    )


@blueprint.post("/users/active")
def change_user() -> Response:
    """`user` and `active`: an inactive one cannot log in, and can be given no records."""
    org, body = the_org(), the_body()
    user, active = user_of(body.get("user")), body.get("active")
    if not isinstance(active, bool):
        raise ControlError("active", "active must be true or false.")
    now = moments.write(org.clock.now())
    changes = {"IsActive": active, "LastModifiedDate": now, "SystemModstamp": now}
    with org.store.writing() as connection:
        rows.update(connection, org.schema.objects["User"], user.id, changes)
    return jsonify(user=user.alias, active=active)


@blueprint.post("/sign")
def sign() -> Response:
    """A signed request, as the record page would post it into the canvas frame."""
    body = the_body()
    variant = body.get("variant", "aura")
    if variant not in {"aura", "visualforce"}:
        raise ControlError("variant", "variant must be aura or visualforce.")
    offset = body.get("issued_at_offset_seconds") or 0
    if not isinstance(offset, int | float):
        raise ControlError("issued_at_offset_seconds", "The offset must be a number of seconds.")
    view = body.get("view")
    if not isinstance(view, str | None):
        raise ControlError("view", "view must be a text.")
    _, record_id = record_of(body.get("record"))
    text = the_org().sign(
        user_of(body.get("user")), record_id, variant, base_url(),
        location=body.get("location"), issued_at_offset_seconds=offset, view=view,
    )  # fmt: skip
    return jsonify(signed_request=text)


@blueprint.post("/token")
def issue_token() -> Response:
    """An access token of a user, without a login."""
    token = the_org().tokens.issue(user_of(the_body().get("user")))
    return jsonify(access_token=token, instance_url=base_url())


@blueprint.post("/tokens/expire")
def expire_tokens() -> Response:
    """Every token issued so far answers INVALID_SESSION_ID from now on."""
    the_org().tokens.end_all()
    return jsonify(ok=True)
