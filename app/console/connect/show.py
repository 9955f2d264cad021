"""The page of an org's connection: how it is, the ways in, the way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, url_for

from app.console.connect import ways, words
from app.console.connect.ways import Input
from app.console.pages import by, page
from app.console.permissions import Permission
from app.console.principal import current_org, current_principal
from app.console.room import POLICY, room
from app.console.tokens import new_token
from app.salesforce.connect import certificates, connections
from app.salesforce.connect.connections import Condition, ConnectionStatus
from app.salesforce.gateway import current_gateway
from app.salesforce.models import Method
from app.web import context, i18n
from app.web.csp import Policy
from app.web.i18n import _
from app.web.room import set_policy
from app.web.times import friendly

#: A popup that comes back from Salesforce may speak to the page that opened it, and to no other.
OPENER = Policy(
    POLICY.directives,
    {**POLICY.headers, "Cross-Origin-Opener-Policy": "same-origin-allow-popups"},
)


@dataclass(frozen=True, slots=True)
class Shown:
    """The connection in words."""

    condition: Condition
    label: str
    reason: str
    since: str
    way: str
    facts: list[tuple[str, str]]
    warnings: list[str]
    remarks: list[str]
    is_over: bool
    can_try_again: bool
    can_disconnect: bool


@dataclass(frozen=True, slots=True)
class Way:
    """One way in as the page shows it; ``problem`` is what went wrong with what was typed."""

    method: Method
    title: str
    inputs: list[Input]
    is_open: bool
    problem: str


@room.get("/console/orgs/<org_id>/connect")
def connect() -> Response:
    """How the org is connected, and every way to connect it."""
    return show()


def show(
    opened: Method | None = None,
    given: Mapping[str, str] | None = None,
    problem: str = "",
    status: int = 200,
    **values: Any,
) -> Response:
    """The page, with one way in open and what was typed for it, secrets aside."""
    org, gateway, principal = current_org(), current_gateway(), current_principal()
    with context.database().reading(org.id) as session:
        connection = connections.status(session)
        certificate = certificates.prepared(session)
    methods = ways.offered(gateway)
    usual = methods[0] if connection is None or not connection.is_connected else None
    set_policy(OPENER)
    return page(
        "connect/connect.html",
        status=status,
        shown=shown(connection) if connection else None,
        ways=[
            Way(
                method,
                _(words.METHODS[method]),
                ways.inputs(method, (given or {}) if method is opened else {})
                if method in ways.FIELDS
                else [],
                method is (opened or usual),
                problem if method is opened else "",
            )
            for method in methods
        ],
        logins=ways.logins(gateway),
        likely=ways.likely_login(
            gateway,
            org,
            connection.instance_url if connection else "",
            is_test=not context.config().is_https,
        ),
        mark=new_token(),
        certificate=certificate,
        is_ending=certificate is not None and certificates.is_ending(certificate.not_after),
        fingerprint=certificates.fingerprint(certificate.certificate) if certificate else "",
        addresses=context.config().outbound_addresses,
        callback=context.config().app_url + url_for("console.oauth_callback"),
        may_connect=principal.may(Permission.CONNECT_ORG),
        may_send=principal.may(Permission.SEND_CONNECT_LINK),
        **values,
    )


def shown(status: ConnectionStatus) -> Shown:
    """A connection in words."""
    is_over = status.condition in {Condition.RECONNECT_NEEDED, Condition.DISCONNECTED}
    forgotten = {connections.DISCONNECTED, connections.WRONG_ORG}
    return Shown(
        status.condition,
        _(words.CONDITIONS[status.condition]),
        words.sentence(status.reason) if status.reason else "",
        when(status.since),
        _(words.METHODS[status.method]),
        _facts(status),
        [] if is_over else _warnings(status),
        [] if is_over else _remarks(status),
        is_over=is_over,
        can_try_again=status.reason not in forgotten,
        can_disconnect=status.condition is not Condition.DISCONNECTED,
    )


def when(moment: datetime | None) -> str:
    """A time as its reader has it; empty for none."""
    if moment is None:
        return ""
    return friendly(moment, current_principal().time_zone, i18n.current_locale())


def _facts(status: ConnectionStatus) -> list[tuple[str, str]]:
    user = status.user_label or status.user_name or status.user_id
    facts = [
        (_("Org"), status.instance_url),
        (_("Way in"), _(words.METHODS[status.method])),
        (_("User"), user),
        (_("User name"), status.user_name),
        (_("User's address"), _unless(status.user_address, status.user_name)),
        (_("User id"), status.user_id),
        (_("Consumer key"), _short(status.client_id)),
        (_("Connected"), when(status.connected_at)),
        (_("Connected by"), by(status.connected_by)),
        (_("Access last renewed"), when(status.refreshed_at)),
    ]
    return [(label, value) for label, value in facts if value]


def _unless(value: str, other: str) -> str:
    return "" if value.lower() == other.lower() else value


def _short(client_id: str) -> str:
    """Enough to tell one app from another."""
    return client_id if len(client_id) <= 24 else f"{client_id[:12]}…{client_id[-6:]}"


def _warnings(status: ConnectionStatus) -> list[str]:
    """What a customer's security team would ask about."""
    found = []
    if status.power is not None and status.power.holds:
        held = ", ".join(_(words.EXCESS[each]) for each in status.power.holds)
        found.append(
            _(
                "%(user)s holds more than Inlay needs: %(rights)s. Connect as an integration user "
                "with the permission sets of the guide instead."
            )
            % {"user": status.user_label or status.user_name, "rights": held}
        )
    if status.method is Method.PASSWORD:
        found.append(
            _(
                "Salesforce ends logins by password with Summer ’27, and has them off in new orgs. "
                "Move to an integration user before."
            )
        )
    if status.certificate and certificates.is_ending(certificates.ends_at(status.certificate)):
        found.append(
            _(
                "The certificate ends on %(day)s. Make a new one below, upload it to the app, and "
                "connect with it."
            )
            % {"day": when(certificates.ends_at(status.certificate))}
        )
    return found


def _remarks(status: ConnectionStatus) -> list[str]:
    """What could not be found out."""
    if status.power is None or status.power.holds or status.power.is_complete:
        return []
    return [
        _(
            "Whether this user holds more than Inlay needs is unknown: Salesforce does not show it "
            "to the user. An admin sees it in Setup, on the user's page."
        )
    ]
