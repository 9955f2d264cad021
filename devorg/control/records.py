"""Rows past every right, and who may see which."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, jsonify, request

from devorg import access, moments, rows
from devorg.control.call import (
    blueprint,
    days_of,
    record_of,
    sobject_of,
    the_body,
    the_org,
    user_of,
)
from devorg.errors import ControlError


@blueprint.get("/records/<name>")
def list_records(name: str) -> Response:
    """All rows of an object with all fields, deleted ones too, whoever may see them."""
    org, sobject = the_org(), sobject_of(name)
    with org.store.reading() as connection:
        records = rows.everything(connection, sobject)
    shown = {key: org.names.api(field) for key, field in sobject.by_name.items()}
    return jsonify(
        records=[{shown.get(key, key): value for key, value in each.items()} for each in records]
    )


@blueprint.post("/recycle-bin/empty")
def empty_recycle_bin() -> Response:
    """Remove for good what was deleted at least `days` (0) ago: queryAll finds it no more."""
    org = the_org()
    now = org.clock.now()
    words = (moments.write(now - timedelta(days=days_of(the_body(), 0))),)
    purged: dict[str, int] = {}
    with org.store.writing() as connection:
        for sobject in org.schema.objects.values():
            if "SystemModstamp" not in sobject.by_name or "IsDeleted" not in sobject.by_name:
                continue
            query = f'SELECT Id FROM "{sobject.name}" WHERE IsDeleted = 1 AND SystemModstamp <= ?'  # noqa: S608 - names of devorg's own tables
            gone = [row[0] for row in connection.execute(query, words)]
            rows.purge(connection, sobject, gone, moments.write(now))
            purged |= {sobject.name: len(gone)} if gone else {}
    return jsonify(purged=purged)


@blueprint.get("/access")
def show_access() -> Response:
    """Whether a user may see a record."""
    user = user_of(request.args.get("user"))
    sobject, record_id = record_of(request.args.get("record"))
    with the_org().store.reading() as connection:
        return jsonify(visible=access.is_visible(connection, user.id, sobject, record_id))


@blueprint.post("/access")
def change_access() -> Response:
    """Grant or hide a record (`record`), or a field (`field`: `Contact.Email`), to one user."""
    org, body = the_org(), the_body()
    user, visible = user_of(body.get("user")), body.get("visible")
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
        _, record_id = record_of(body.get("record"))
        with org.store.writing() as connection:
            access.set_record(connection, user.id, record_id, visible=visible)
    return jsonify(visible=visible)
