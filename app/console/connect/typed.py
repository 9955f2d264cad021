"""Connecting by what an admin types, trying again, disconnecting."""

from __future__ import annotations

from dataclasses import replace
from typing import cast
from uuid import UUID

from flask import Response, redirect, request, url_for

from app.console.connect import ways, words
from app.console.connect.once import once
from app.console.connect.show import show
from app.console.errors import ConsoleError
from app.console.pages import page
from app.console.principal import current_org, current_principal
from app.console.room import room
from app.orgs import audit
from app.orgs.models import Org
from app.outbox import service as outbox
from app.salesforce.connect import certificates, connections, establishing
from app.salesforce.connect.connections import ConnectionStatus
from app.salesforce.connect.ways import Access
from app.salesforce.errors import SalesforceError
from app.salesforce.gateway import current_gateway
from app.salesforce.models import Method
from app.web import context, limits
from app.web.i18n import _

#: Tries to connect an org by what is typed, in a minute.
_TRIES = 10


@room.post("/console/orgs/<org_id>/connect/way/<way>")
def connect_typed(way: str) -> Response:
    """Connect by what was typed; what goes wrong stands beside the fields."""
    offered = [each for each in ways.offered(current_gateway()) if each in ways.FIELDS]
    method = ways.typed_method(way, offered)
    org, actor = current_org(), current_principal().actor
    limit_tries(org)
    try:
        outcome = once(org.id, actor, lambda: connect_by(org, method, actor))
    except ConsoleError as error:
        return show(method, request.form, error.message, error.status)
    except SalesforceError as error:
        return show(method, request.form, words.sentence(words.reason_of(error)), 422)
    if outcome != "connected":
        return show(method, request.form, words.sentence(outcome), 422)
    return back()


def limit_tries(org: Org) -> None:
    """Nobody guesses at Salesforce through us.

    Raises:
        TooManyRequestsError: Enough was tried for this org in this minute.
    """
    limits.hit(context.database(), f"console:connect:{org.id}", _TRIES)


def connect_by(org: Org, method: Method, actor: str) -> None:
    """Connect an org by the fields of the present form.

    Raises:
        ConsoleError: Something was left empty.
        SalesforceError: It does not let us in.
    """
    gateway = current_gateway()
    access = ways.read(gateway, method, request.form)
    if method is Method.JWT_BEARER:
        access = _with_key(org.id, access)
    establishing.establish(gateway, org.id, access, by=actor)
    connected(org.id, method, actor)


def connected(org_id: UUID, method: Method, actor: str) -> None:
    """Say so in the audit, and let what waited go on."""
    with context.database().writing(org_id) as session:
        audit.record(session, audit.Tag.CONNECTED, actor, way=method.value)
        outbox.resume(session)


@room.post("/console/orgs/<org_id>/connect/certificate")
def make_certificate() -> Response:
    """Prepare a key pair for the way by certificate; the certificate is then shown."""
    org = current_org()
    with context.database().writing(org.id) as session:
        certificates.prepare(session, context.keyring(), org.salesforce_id)
    return show(Method.JWT_BEARER)


@room.get("/console/orgs/<org_id>/connect/certificate.crt")
def certificate_file() -> Response:
    """The certificate as the file that Salesforce wants."""
    with context.database().reading(current_org().id) as session:
        found = certificates.prepared(session)
    if found is None:
        raise ConsoleError(_("Make a certificate first."), reason="no_certificate", status=404)
    name = f"inlay-{current_org().salesforce_id}.crt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(found.certificate, content_type="application/x-pem-file", headers=headers)


@room.post("/console/orgs/<org_id>/connect/again")
def try_again() -> Response:
    """Use what is kept once more: to check, or after an admin mended a policy in Salesforce."""
    org = current_org()
    was_connected = _status(org).is_connected
    try:
        establishing.try_again(current_gateway(), org.id)
    except SalesforceError as error:
        return show(status=422, failure=words.sentence(words.reason_of(error)))
    if not was_connected:
        connected(org.id, _status(org).method, current_principal().actor)
    return back()


def _status(org: Org) -> ConnectionStatus:
    with context.database().reading(org.id) as session:
        status = connections.status(session)
    if status is None:
        raise ConsoleError(words.sentence("not_connected"), reason="not_connected", status=404)
    return status


@room.get("/console/orgs/<org_id>/connect/disconnect")
def ask_to_disconnect() -> Response:
    """What ends with it, and a button."""
    return page("connect/disconnect.html")


@room.post("/console/orgs/<org_id>/connect/disconnect")
def disconnect() -> Response:
    """End it here at once, and take the access back at Salesforce."""
    org = current_org()
    was_confirmed = establishing.disconnect(current_gateway(), org.id)
    with context.database().writing(org.id) as session:
        actor = current_principal().actor
        audit.record(session, audit.Tag.DISCONNECTED, actor, confirmed=was_confirmed)
    if was_confirmed:
        return back()
    return show(
        failure=_(
            "Inlay has forgotten its access, but Salesforce did not confirm the end. Revoke it "
            "there, too: Setup, Connected Apps OAuth Usage, or the user's page."
        )
    )


def back() -> Response:
    """To the page of the connection, by GET."""
    return cast(Response, redirect(url_for("console.connect", org_id=_org_id()), 303))


def _org_id() -> str:
    return current_org().salesforce_id


def _with_key(org_id: UUID, access: Access) -> Access:
    """The prepared key pair of the org, for a way in that has the admin upload its certificate."""
    with context.database().reading(org_id) as session:
        pair = certificates.prepared(session)
    if pair is None:
        raise ConsoleError(_("Make a certificate first."), reason="no_certificate", status=422)
    key = context.keyring().open(pair.sealed_private_key)
    return replace(access, private_key=key, certificate=pair.certificate)
