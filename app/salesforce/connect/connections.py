"""The one connection of an org: made, replaced, lost, ended, and asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select, update

from app.clock import utcnow
from app.db import TenantSession
from app.keys import Keyring
from app.orgs.models import Org
from app.salesforce.connect import ways
from app.salesforce.connect.hosts import Hosts
from app.salesforce.connect.oauth import Identity
from app.salesforce.connect.power import Power
from app.salesforce.connect.proof import Proven
from app.salesforce.connect.ways import Access
from app.salesforce.errors import ReconnectNeeded, SalesforceError
from app.salesforce.models import Connection, ConnectionState, Method, OrgProfile
from app.salesforce.preflight.models import PreflightResult

DISCONNECTED = "disconnected"
WRONG_ORG = "wrong_org"
RIGHTS_MISSING = "rights_missing"

#: What a connection that ended keeps of its secrets.
_NOTHING: dict[str, Any] = {
    "sealed_access_token": None,
    "sealed_refresh_token": None,
    "sealed_private_key": None,
    "sealed_password": None,
}


class Condition(StrEnum):
    """How a connection is, as people are told; ``docs/connect.md`` says what to do about each.

    Degraded: Inlay is let in, but calls fail in a row, or a feature in use lacks a right.
    """

    CONNECTED = "connected"
    DEGRADED = "degraded"
    RECONNECT_NEEDED = "reconnect_needed"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """How the connection is.

    ``reason`` is a machine code, empty while all is well; ``since`` is when it became so.
    ``user_*`` is who creates what Inlay writes; ``refreshed_at`` when a token was last fetched;
    ``power`` what the user holds beyond need, None before anybody looked.
    """

    state: ConnectionState
    reason: str
    instance_url: str
    condition: Condition = Condition.CONNECTED
    since: datetime | None = None
    method: Method = Method.CLIENT_CREDENTIALS
    client_id: str = ""
    certificate: str = ""
    refreshed_at: datetime | None = None
    connected_at: datetime | None = None
    connected_by: str = ""
    user_id: str = ""
    user_name: str = ""
    user_label: str = ""
    user_address: str = ""
    power: Power | None = None

    @property
    def is_connected(self) -> bool:
        """Whether Inlay may speak to the org as its integration user."""
        return self.state is ConnectionState.CONNECTED


def status(session: TenantSession) -> ConnectionStatus | None:
    """How the org's connection is; None when there never was one."""
    kept = session.scalar(select(Connection))
    if kept is None:
        return None
    condition, reason, since = _condition(kept)
    return ConnectionStatus(
        state=kept.state,
        reason=reason,
        instance_url=kept.instance_url,
        condition=condition,
        since=since,
        method=kept.method,
        client_id=kept.client_id,
        certificate=kept.certificate or "",
        refreshed_at=kept.token_issued_at,
        connected_at=kept.created_at,
        connected_by=kept.connected_by,
        user_id=kept.user_id,
        user_name=kept.user_name,
        user_label=kept.user_label,
        user_address=kept.user_address,
        power=Power.from_json(kept.user_power) if kept.user_power is not None else None,
    )


def _condition(kept: Connection) -> tuple[Condition, str, datetime | None]:
    if kept.state is ConnectionState.RECONNECT_NEEDED:
        is_ours = kept.state_reason == DISCONNECTED
        ended = Condition.DISCONNECTED if is_ours else Condition.RECONNECT_NEEDED
        return ended, kept.state_reason, kept.state_since
    if kept.trouble:
        return Condition.DEGRADED, kept.trouble, kept.trouble_since
    if kept.rights_missing_since is not None:
        return Condition.DEGRADED, RIGHTS_MISSING, kept.rights_missing_since
    return Condition.CONNECTED, "", kept.state_since or kept.created_at


def connect(
    session: TenantSession,
    keyring: Keyring,
    *,
    instance_url: str,
    client_id: str,
    client_secret: str,
    extra_origins: Sequence[str] = (),
) -> Connection:
    """Make or replace the org's connection by client credentials, unproven.

    The token is fetched, and proven to be the tenant's, at the first call.

    Raises:
        ForeignHost: The address is no host of Salesforce's, nor one of ``extra_origins``.
    """
    url = Hosts(tuple(extra_origins)).instance(instance_url)
    access = Access(Method.CLIENT_CREDENTIALS, url, client_id, client_secret)
    return replace(session, keyring, access)


def alone(session: TenantSession) -> None:
    """Of two who replace or end the org's connection at once, the second finds what the first left.

    The org's row is locked before the connection's, by all who change both.
    """
    session.execute(select(Org.id).where(Org.id == session.org_id).with_for_update(key_share=True))


def replace(
    session: TenantSession,
    keyring: Keyring,
    access: Access,
    proven: Proven | None = None,
    *,
    by: str = "",
) -> Connection:
    """Make or replace the org's connection; ``by`` is who did, as the audit names them.

    What was learnt through an earlier connection is forgotten: its user may see other things.
    """
    alone(session)
    now = utcnow()
    connection = Connection(
        **ways.sealed(access, keyring), state_since=now, created_at=now, connected_by=by[:255]
    )
    if proven is not None:
        connection.instance_url = proven.credentials.instance_url
        connection.sealed_access_token = keyring.seal(proven.credentials.token)
        connection.token_issued_at = now
        for name, value in told(proven.identity).items():
            setattr(connection, name, value)
    session.execute(delete(Connection))
    session.execute(delete(OrgProfile))
    session.execute(delete(PreflightResult))
    session.add(connection)
    _tell_widgets(session)
    session.flush()
    return connection


def told(identity: Identity) -> dict[str, str]:
    """The columns that name the integration's user; what the org did not tell is left as it was."""
    found = {
        "user_id": identity.user_id,
        "user_name": identity.user_name,
        "user_label": identity.user_label,
        "user_address": identity.user_address,
    }
    return {name: value for name, value in found.items() if value}


#: Salesforce says ``invalid_grant`` of very different things; its description tells them apart.
_DESCRIBED = (
    ("client credentials user", "no_run_as_user"),
    ("assertion", "assertion_refused"),
    ("audience", "assertion_refused"),
    ("authentication failure", "wrong_password"),
    ("code verifier", "attempt_over"),
    ("authorization code", "attempt_over"),
)


def reason_of(error: SalesforceError) -> str:
    """The machine code of a lost connection: Salesforce's OAuth error, or ours."""
    if type(error) is not ReconnectNeeded or not error.code:
        return error.reason
    told = error.detail.lower()
    return next((reason for words, reason in _DESCRIBED if words in told), error.code)


def mark_lost(session: TenantSession, connection: Connection, reason: str) -> None:
    """Say that a person has to connect again, unless the connection was replaced meanwhile.

    Secrets stay for another try once an admin has mended a policy; those of another org go.
    """
    secrets = _NOTHING if reason == WRONG_ORG else {"sealed_access_token": None}
    _end(session, Connection.id == connection.id, reason, secrets)


def mark_disconnected(session: TenantSession, keyring: Keyring) -> None:
    """End the org's connection at its admin's wish, and forget every secret of it."""
    secrets = {**_NOTHING, "sealed_client_secret": keyring.seal("")}
    _end(session, Connection.id.is_not(None), DISCONNECTED, secrets)


def _end(session: TenantSession, which: Any, reason: str, values: dict[str, Any]) -> None:
    alone(session)
    ended = session.execute(
        update(Connection)
        .where(which)
        .values(
            state=ConnectionState.RECONNECT_NEEDED,
            state_reason=reason[:255],
            state_since=utcnow(),
            trouble="",
            trouble_since=None,
            renewing_until=None,
            **values,
        )
        .execution_options(synchronize_session=False)
        .returning(Connection.id)
    )
    if ended.first() is not None:
        _tell_widgets(session)


def mark_trouble(session: TenantSession, reason: str) -> None:
    """Note why calls fail while the org is connected, or with "" that they work again."""
    since = utcnow() if reason else None
    _change(session, Connection.trouble != reason, trouble=reason[:64], trouble_since=since)


def mark_rights(session: TenantSession, *, are_missing: bool) -> None:
    """Note what a preflight found: whether a feature in use lacks a right."""
    if are_missing:
        missing = Connection.rights_missing_since.is_(None)
        _change(session, missing, rights_missing_since=utcnow())
    else:
        _change(session, Connection.rights_missing_since.is_not(None), rights_missing_since=None)


def mark_power(session: TenantSession, power: Power, identity: Identity) -> None:
    """Note what the connection's user holds beyond need, and what the org calls the user."""
    is_theirs = Connection.user_id == identity.user_id
    _change(session, is_theirs, user_power=power.as_json(), **told(identity))


def _change(session: TenantSession, which: Any, **values: Any) -> None:
    session.execute(
        update(Connection)
        .where(which, Connection.state == ConnectionState.CONNECTED)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _tell_widgets(session: TenantSession) -> None:
    session.execute(
        update(Org)
        .where(Org.id == session.org_id)
        .values(version=Org.version + 1)
        .execution_options(synchronize_session=False)
    )
