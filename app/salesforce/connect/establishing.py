"""Verbs of a connection: make it by any way in, try again, look after it, end it.

Each asks the org first and stores what came of it in one transaction: an earlier connection that
works stays until the new one is proven to be of the same org. Call them with no transaction open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self
from uuid import UUID

import structlog
from sqlalchemy import select, update

from app.clock import utcnow
from app.db import TenantSession
from app.keys import Keyring, SealedError
from app.orgs.models import Org, OrgState
from app.salesforce.connect import connections, oauth, power, ways
from app.salesforce.connect.oauth import App, NewToken
from app.salesforce.connect.proof import Proven
from app.salesforce.connect.ways import Access
from app.salesforce.errors import (
    ForeignHost,
    OrgOnHold,
    ReconnectNeeded,
    SalesforceDown,
    SalesforceError,
    SalesforceSlow,
    WrongOrg,
)
from app.salesforce.gateway import Gateway
from app.salesforce.models import Connection, ConnectionState, Method
from app.salesforce.preflight.at_connect import at_connect

_log = structlog.get_logger()
#: States in which no way in is opened.
_ON_HOLD = (OrgState.SUSPENDED, OrgState.ARCHIVED)


def establish(gateway: Gateway, org_id: UUID, access: Access, *, by: str) -> None:
    """Connect the org by what a person gave; ``by`` is who, as the audit names them.

    Raises:
        ForeignHost: An address is no host of Salesforce's; nothing was sent.
        WrongOrg: It opens another org than the tenant's; what was given and fetched was revoked.
        OrgOnHold: The tenant is suspended or archived; what was fetched was revoked.
        ReconnectNeeded, IpNotAllowed, AppNotApproved: Salesforce refused; ``code`` says why.
        SalesforceDown, SalesforceSlow: Not now; ``CONNECT_BUSY``: nothing was begun.
        OrgNotServed: The preflight found an edition without API, or a user who may not use it.
    """
    with gateway.ways_in.turn(org_id):
        _establish(gateway, org_id, access, by)


def _establish(gateway: Gateway, org_id: UUID, access: Access, by: str) -> None:
    _check_allowed(gateway, org_id, access)
    access = replace(access, instance_url=gateway.hosts.instance(access.instance_url))
    found = ways.fetch(gateway.transport, access)
    is_rotated = found.refresh_token is not None
    found = replace(found, refresh_token=found.refresh_token or access.refresh_token or None)
    try:
        proven = _proven(gateway, org_id, found, access.instance_url)
    except (SalesforceDown, SalesforceSlow):
        if not is_rotated:
            raise
        proven = None  # what was typed is spent: the next one is kept, and proven before use
    access = replace(access, refresh_token=found.refresh_token or "")
    _keep(gateway, org_id, access, found, proven, by)
    at_connect(gateway, org_id)


def establish_by_code(
    gateway: Gateway,
    org_id: UUID,
    *,
    login_url: str,
    code: str,
    verifier: str,
    redirect_uri: str,
    by: str,
) -> None:
    """Connect the org by the code that a person's browser brought back (web server flow).

    Raises:
        ReconnectNeeded: Also where Salesforce gave no refresh token (``no_refresh_token``).
        SalesforceError: As ``establish``.
    """
    app = gateway.policy.vendor
    if app is None:
        raise ReconnectNeeded(code="way_not_allowed")
    _check_open(gateway, org_id)
    url = gateway.hosts.login(login_url)
    with gateway.ways_in.turn(org_id):
        found = oauth.authorization_code(
            gateway.transport, url, app, code=code, verifier=verifier, redirect_uri=redirect_uri
        )
        _establish_by_token(gateway, org_id, url, app, found, by)


def _establish_by_token(
    gateway: Gateway, org_id: UUID, url: str, app: App, found: NewToken, by: str
) -> None:
    try:
        proven = _proven(gateway, org_id, found, url)
    except (ForeignHost, WrongOrg):  # taken back by the proof itself
        raise
    except SalesforceError:
        gateway.proof.drop(found, url)
        raise
    if found.refresh_token is None:
        gateway.proof.drop(found, url)
        raise ReconnectNeeded(code="no_refresh_token")
    access = Access(
        Method.WEB_SERVER,
        proven.credentials.instance_url,
        app.client_id,
        login_url=url,
        refresh_token=found.refresh_token,
    )
    _keep(gateway, org_id, access, found, proven, by)
    at_connect(gateway, org_id)


def try_again(gateway: Gateway, org_id: UUID) -> None:
    """Use what is kept once more, for when an admin has mended a policy in Salesforce.

    Raises:
        SalesforceError: It does not let us in; the connection's state says why.
    """
    with gateway.database.writing(org_id) as session:
        session.execute(
            update(Connection)
            .where(
                Connection.state == ConnectionState.RECONNECT_NEEDED,
                Connection.state_reason.not_in((connections.DISCONNECTED, connections.WRONG_ORG)),
            )
            .values(state=ConnectionState.CONNECTED, state_reason="", state_since=utcnow())
            .execution_options(synchronize_session=False)
        )
    with gateway.ways_in.turn(org_id):
        gateway.refresh(org_id)
        examine(gateway, org_id)
        at_connect(gateway, org_id)


def look_after(gateway: Gateway, org_id: UUID) -> None:
    """The weekly visit to an org: a new token, one call with it, and whom it is for.

    Raises:
        SalesforceError: What is wrong; a lost connection says so from now on.
    """
    gateway.refresh(org_id)
    gateway.for_org(org_id).resources(feature=power.FEATURE)
    examine(gateway, org_id)


def examine(gateway: Gateway, org_id: UUID) -> None:
    """Learn what the connection's user holds beyond need; one counted call."""
    with gateway.database.reading(org_id) as session:
        status = connections.status(session)
    if status is None or not status.is_connected or not status.user_id:
        return
    try:
        client = gateway.for_org(org_id)
    except SalesforceError as error:
        _log.info("salesforce.not_examined", org=str(org_id), reason=error.reason)
        return
    found, identity = power.look_at(client, status.user_id)
    with gateway.database.writing(org_id) as writing:
        connections.mark_power(writing, found, replace(identity, user_id=status.user_id))


def disconnect(gateway: Gateway, org_id: UUID) -> bool:
    """End the connection here at once, then take its token back at Salesforce.

    Returns:
        Whether Salesforce confirmed; where not, an admin ends the session there.
    """
    with gateway.database.writing(org_id) as session:
        connections.alone(session)
        kept = session.scalar(select(Connection))
        if kept is None:
            return True
        left = _Left.of(gateway.keyring, kept)
        connections.mark_disconnected(session, gateway.keyring)
    return _take_back(gateway, left.url, [*left.refresh_tokens, *left.access_tokens])


@dataclass(frozen=True, slots=True)
class _Left:
    """What an earlier connection leaves behind at Salesforce; nothing where its key is lost."""

    url: str = ""
    refresh_tokens: tuple[str, ...] = field(default=(), repr=False)
    access_tokens: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, keyring: Keyring, kept: Connection) -> Self:
        """Opened, as far as it can be."""
        return cls(
            kept.instance_url,
            _opened(keyring, kept.sealed_refresh_token),
            _opened(keyring, kept.sealed_access_token),
        )


def _opened(keyring: Keyring, sealed: str | None) -> tuple[str, ...]:
    try:
        return (keyring.open(sealed),) if sealed else ()
    except SealedError:
        return ()


def _take_back(gateway: Gateway, url: str, tokens: Sequence[str]) -> bool:
    try:
        host = gateway.hosts.instance(url)
    except ForeignHost:  # the operator took it off the table: nothing is sent there any more
        return False
    confirmed = [oauth.revoke(gateway.transport, host, token) for token in tokens]
    return all(confirmed)


def _check_allowed(gateway: Gateway, org_id: UUID, access: Access) -> None:
    if not gateway.policy.allows(access.method):
        raise ReconnectNeeded(code="way_not_allowed")
    _check_open(gateway, org_id)


def _check_open(gateway: Gateway, org_id: UUID) -> None:
    """Before anything is asked: what was not fetched need not be taken back."""
    with gateway.database.reading(org_id) as session:
        if _is_on_hold(session):
            raise OrgOnHold


def _is_on_hold(session: TenantSession) -> bool:
    return session.scalars(select(Org.state)).one() in _ON_HOLD


def _proven(gateway: Gateway, org_id: UUID, found: NewToken, url: str) -> Proven:
    with gateway.database.reading(org_id) as session:
        organization = session.scalars(select(Org.salesforce_id)).one()
    return gateway.proof.of(found, organization, url)


def _keep(
    gateway: Gateway,
    org_id: UUID,
    access: Access,
    found: NewToken,
    proven: Proven | None,
    by: str,
) -> None:
    """Store the connection in the place of an earlier one, whose refresh token is taken back.

    Raises:
        OrgOnHold: The org was suspended while Salesforce was asked; what it gave was taken back.
    """
    left = _Left()
    with gateway.database.writing(org_id) as session:
        connections.alone(session)
        is_open = not _is_on_hold(session)
        earlier = session.scalar(select(Connection))
        if is_open and earlier is not None:
            left = _Left.of(gateway.keyring, earlier)
        if is_open:
            connections.replace(session, gateway.keyring, access, proven, by=by)
    if not is_open:
        gateway.proof.drop(found, access.instance_url)
        raise OrgOnHold
    over = [token for token in left.refresh_tokens if token != access.refresh_token]
    if over:
        _take_back(gateway, left.url, over)
    if proven is not None:
        examine(gateway, org_id)
