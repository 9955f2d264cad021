"""Merging and converting, which the REST API has no call for."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from devorg import moments, rows
from devorg.actions.acting import Actor
from devorg.actions.convert import CONVERTED, Conversion, convert
from devorg.actions.merge import merge
from devorg.control.call import blueprint, record_of, the_body, the_org, user_of
from devorg.dml.deletion import Deletion
from devorg.errors import ControlError


@blueprint.post("/merge")
def merge_records() -> Response:
    """`master`, `losers` (one or two), and if need be `fields` of the master and `user`."""
    org, body = the_org(), the_body()
    sobject, master_id = record_of(body.get("master"))
    stated, fields = body.get("losers"), body.get("fields", {})
    if not isinstance(stated, list) or not isinstance(fields, dict):
        raise ControlError("merge", "losers must be a list of ids, fields an object.")
    losers = [record_of(each) for each in stated]
    if any(kind is not sobject for kind, _ in losers):
        raise ControlError("merge", "All records of a merge are of one object.")
    with org.store.writing() as connection:
        actor = Actor(org, user_of(body.get("user", "admin")), connection)
        loser_ids = [record_id for _, record_id in losers]
        moved = merge(actor, sobject, master_id, loser_ids, fields)
    return jsonify(id=master_id, mergedRecordIds=loser_ids, updatedRelated=moved, success=True)


@blueprint.post("/convert")
def convert_lead() -> Response:
    """`lead`, and if need be `status`, `account`, `contact`, `opportunity` (true, or false for
    none), `opportunity_name`, `owner`, `user`.
    """
    org, body = the_org(), the_body()
    sobject, lead_id = record_of(body.get("lead"))
    if sobject.name != "Lead":
        raise ControlError("lead", "lead must be the Id of a Lead.")
    chosen = Conversion(
        str(body.get("status", CONVERTED)),
        _existing(body, "account", "Account"),
        _existing(body, "contact", "Contact"),
        body.get("opportunity", True) is True,
        body.get("opportunity_name"),
        user_of(body["owner"]).id if "owner" in body else None,
    )
    with org.store.writing() as connection:
        actor = Actor(org, user_of(body.get("user", "admin")), connection)
        made = convert(actor, lead_id, chosen)
    return jsonify(
        leadId=lead_id,
        accountId=made.account_id,
        contactId=made.contact_id,
        opportunityId=made.opportunity_id,
        success=True,
    )


@blueprint.post("/undelete")
def undelete() -> Response:
    """`record`: out of the recycle bin, with what went along; merged ones forget their master."""
    org, body = the_org(), the_body()
    sobject, record_id = record_of(body.get("record"))
    user = user_of(body.get("user", "admin"))
    now = moments.write(org.clock.now())
    with org.store.writing() as connection:
        record = rows.by_id(connection, sobject, record_id)
        if record is None or not record.get("IsDeleted"):
            raise ControlError("record", f"{record_id} is not in the recycle bin.")
        count = Deletion(connection, org.schema, user.id, now).restore(sobject, [record])
        if record.get("MasterRecordId"):
            rows.update(connection, sobject, record_id, {"MasterRecordId": None})
    return jsonify(id=record_id, restored=count, success=True)


@blueprint.post("/touch")
def touch() -> Response:
    """`records`: a system process has been at them; SystemModstamp alone moves."""
    org, stated = the_org(), the_body().get("records")
    if not isinstance(stated, list):
        raise ControlError("records", "records must be a list of ids.")
    found = [record_of(each) for each in stated]
    if any("SystemModstamp" not in sobject.by_name for sobject, _ in found):
        raise ControlError("records", "A record of these has no SystemModstamp.")
    stamp = {"SystemModstamp": moments.write(org.clock.now())}
    with org.store.writing() as connection:
        for sobject, record_id in found:
            rows.update(connection, sobject, record_id, stamp)
    return jsonify(touched=len(found), **stamp)


def _existing(body: dict[str, Any], word: str, kind: str) -> str | None:
    if body.get(word) is None:
        return None
    sobject, record_id = record_of(body[word])
    if sobject.name != kind:
        raise ControlError(word, f"{word} must be the Id of a record of {kind}.")
    return record_id
