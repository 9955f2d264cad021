"""`/_devorg/`: what tests and demos ask of the org itself. JSON in and out, no login."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from devorg import access, ids, rows, users
from devorg.errors import ConfigError, ControlError
from devorg.faults import fault_from
from devorg.org import Org, org_of
from devorg.schema import SObject
from devorg.seed.more import grow
from devorg.seed.plant import main_records
from devorg.users import User

blueprint = Blueprint("control", __name__, url_prefix="/_devorg")


def _org() -> Org:
    return org_of(current_app)


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True) if request.data else {}
    if not isinstance(body, dict):
        raise ControlError("body", "The body must be a JSON object.")
    return body


def _user(key: object) -> User:
    user = users.find(str(key))
    if user is None:
        known = ", ".join(each.alias for each in users.USERS)
        raise ControlError("user", f"No user {key!r}; there are {known}.")
    return user


def _record(key: object) -> tuple[SObject, str]:
    record_id = ids.to_18(str(key))
    sobject = _org().schema.object_of(record_id) if record_id else None
    if record_id is None or sobject is None:
        raise ControlError("record", f"{key!r} is not the Id of a record.")
    return sobject, record_id


def _base_url() -> str:
    return request.host_url.rstrip("/")


@blueprint.errorhandler(ControlError)
@blueprint.errorhandler(ConfigError)
def refuse(error: ControlError | ConfigError) -> tuple[Response, int]:
    """A call that cannot be understood."""
    return jsonify(error=error.reason, message=error.message), 400


@blueprint.get("/users")
def list_users() -> Response:
    """Who can sign in, with the alias that other calls take."""
    return jsonify(
        users=[
            {"alias": each.alias, "Id": each.id, "Username": each.username, "Name": each.name}
            for each in users.USERS
        ]
    )


@blueprint.get("/main")
def show_main() -> Response:
    """Ids of the seeded records that demos start from."""
    with _org().store.reading() as connection:
        return jsonify(main_records(connection))


@blueprint.post("/sign")
def sign() -> Response:
    """A signed request, as the record page would post it into the canvas frame."""
    body = _body()
    variant = body.get("variant", "aura")
    if variant not in {"aura", "visualforce"}:
        raise ControlError("variant", "variant must be aura or visualforce.")
    offset = body.get("issued_at_offset_seconds") or 0
    if not isinstance(offset, int | float):
        raise ControlError("issued_at_offset_seconds", "The offset must be a number of seconds.")
    _, record_id = _record(body.get("record"))
    text = _org().sign(
        _user(body.get("user")), record_id, variant, _base_url(),
        location=body.get("location"), issued_at_offset_seconds=offset,
    )  # fmt: skip
    return jsonify(signed_request=text)


@blueprint.post("/token")
def issue_token() -> Response:
    """An access token of a user, without a login."""
    token = _org().tokens.issue(_user(_body().get("user")))
    return jsonify(access_token=token, instance_url=_base_url())


@blueprint.post("/tokens/expire")
def expire_tokens() -> Response:
    """Every token issued so far answers INVALID_SESSION_ID from now on."""
    _org().tokens.end_all()
    return jsonify(ok=True)


@blueprint.get("/records/<name>")
def list_records(name: str) -> Response:
    """All rows of an object with all fields, deleted ones too, whoever may see them."""
    org = _org()
    sobject = org.names.sobject(name)
    if sobject is None:
        raise ControlError(
            "sobject", f"No object {name!r}; there are {', '.join(org.schema.objects)}."
        )
    with org.store.reading() as connection:
        records = rows.everything(connection, sobject)
    return jsonify(
        records=[{org.names.api(key): value for key, value in each.items()} for each in records]
    )


@blueprint.get("/access")
def show_access() -> Response:
    """Whether a user may see a record."""
    user = _user(request.args.get("user"))
    sobject, record_id = _record(request.args.get("record"))
    with _org().store.reading() as connection:
        return jsonify(visible=access.is_visible(connection, user.id, sobject, record_id))


@blueprint.post("/access")
def change_access() -> Response:
    """Grant or hide a record (`record`), or a field (`field`: `Contact.Email`), to one user."""
    org, body = _org(), _body()
    user, visible = _user(body.get("user")), body.get("visible")
    if not isinstance(visible, bool):
        raise ControlError("visible", "visible must be true or false.")
    if "field" in body:
        name, _, api_name = str(body["field"]).partition(".")
        sobject = org.names.sobject(name)
        field = org.names.field(sobject, api_name) if sobject else None
        if sobject is None or field is None:
            raise ControlError("field", f"No field {body['field']!r}.")
        with org.store.writing() as connection:
            access.set_field(connection, user.id, sobject, field.name, visible=visible)
    else:
        _, record_id = _record(body.get("record"))
        with org.store.writing() as connection:
            access.set_record(connection, user.id, record_id, visible=visible)
    return jsonify(visible=visible)


@blueprint.get("/usage")
def show_usage() -> Response:
    """API calls as the daily limit counts them, by resource."""
    return jsonify(_org().usage.report())


@blueprint.post("/usage/reset")
def reset_usage() -> Response:
    """Count from zero."""
    _org().usage.reset()
    return jsonify(ok=True)


@blueprint.post("/faults")
def add_fault() -> Response:
    """One more fault; see `devorg.faults.Fault` for its words."""
    _org().faults.add(fault_from(_body()))
    return jsonify(ok=True)


@blueprint.delete("/faults")
def clear_faults() -> Response:
    """No faults; what hangs is let go."""
    _org().faults.clear()
    return jsonify(ok=True)


@blueprint.post("/config")
def change_config() -> Response:
    """`per_row_ms`: how long each written row takes."""
    latency = _body().get("per_row_ms")
    if not isinstance(latency, int | float) or latency < 0:
        raise ControlError("per_row_ms", "per_row_ms must be a number of milliseconds.")
    _org().per_row_ms = float(latency)
    return jsonify(per_row_ms=latency)


@blueprint.post("/namespace")
def change_namespace() -> Response:
    """Show the package's fields under this namespace; null or empty for none."""
    _org().use_namespace(_body().get("namespace"))
    return jsonify(namespace=_org().names.namespace)


@blueprint.post("/seed")
def seed() -> Response:
    """`people`, `events`, `seed`: more contacts with all that belongs to them, and Tasks."""
    body = {"people": 0, "events": 0, "seed": 1, **_body()}
    if not all(
        isinstance(body[key], int) and body[key] >= 0 for key in ("people", "events", "seed")
    ):
        raise ControlError("seed", "people, events and seed must be whole numbers.")
    with _org().store.writing() as connection:
        counts = grow(connection, body["people"], body["events"], body["seed"])
    return jsonify(counts)


@blueprint.post("/reset")
def reset() -> Response:
    """Back to the seed."""
    _org().reset()
    return jsonify(ok=True)
