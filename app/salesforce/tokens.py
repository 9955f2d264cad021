"""Access tokens of the integration: one writer per connection, kept sealed for all processes.

Within a process a lock, between processes a lease on the row: whoever holds it asks the org, the
others wait for what it stores. No transaction is open while the org is asked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import or_, select, update

from app.clock import utcnow
from app.db import Database, database_now
from app.errors import InlayError
from app.keys import Keyring
from app.orgs.models import Org
from app.salesforce import connections, oauth
from app.salesforce.client import Credentials
from app.salesforce.errors import (
    AppNotApproved,
    ForeignHost,
    IpNotAllowed,
    ReconnectNeeded,
    SalesforceError,
    SalesforceSlow,
    WrongOrg,
)
from app.salesforce.models import Connection, ConnectionState
from app.salesforce.transport import Transport

#: Longer than the three calls under the lease can take together.
LEASE_SECONDS = 75.0
_WAIT_SECONDS = 20.0
_LOOK_SECONDS = 0.1
_FINAL = (AppNotApproved, ForeignHost, IpNotAllowed, ReconnectNeeded, WrongOrg)
_log = structlog.get_logger()

#: Asks the org itself whose a token is, where userinfo does not say: (instance URL, token).
AskOrganization = Callable[[Credentials], str]


@dataclass(frozen=True, slots=True)
class _Held:
    """A connection as read: the row, the org's Salesforce id, and what opens it, if anything."""

    connection: Connection = field(repr=False)
    organization: str
    credentials: Credentials | None

    @property
    def issued_at(self) -> datetime | None:
        return self.connection.token_issued_at


class Tokens:
    """Gives out the token of an org's connection, and fetches a new one when it is over."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        transport: Transport,
        ask_organization: AskOrganization,
        extra_origins: Sequence[str] = (),
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._transport = transport
        self._ask_organization = ask_organization
        self._extra_origins = tuple(extra_origins)
        self._guard = threading.Lock()
        self._locks: dict[UUID, threading.Lock] = {}

    def current(self, org_id: UUID) -> Credentials:
        """What opens the org now; fetched when there is none yet.

        Raises:
            ReconnectNeeded: There is no connection, or it was lost; ``code`` says why.
        """
        held = self._read(org_id)
        return held.credentials or self._fetch_alone(org_id, refused=None)

    def renew(self, org_id: UUID, refused: Credentials) -> Credentials:
        """Something else than the credentials that Salesforce just refused.

        Raises:
            SalesforceDown, SalesforceSlow: Not now.
            ReconnectNeeded, WrongOrg, IpNotAllowed, AppNotApproved, ForeignHost: A person has to
                connect again; the connection says so from now on.
        """
        return self._fetch_alone(org_id, refused=refused.token)

    def _fetch_alone(self, org_id: UUID, *, refused: str | None) -> Credentials:
        until = time.monotonic() + _WAIT_SECONDS
        with self._lock_of(org_id):
            while True:
                held = self._read(org_id)
                if held.credentials is not None and held.credentials.token != refused:
                    return held.credentials
                if self._claim(held):
                    return self._fetch(held)
                if time.monotonic() > until:
                    raise SalesforceSlow(code="RENEWAL_UNDER_WAY")
                time.sleep(_LOOK_SECONDS)

    def _fetch(self, held: _Held) -> Credentials:
        """Under the lease: ask, check whose it is, store."""
        try:
            credentials = self._ask(held)
        except _FINAL as error:
            self._lose(held, error)
            raise
        except InlayError:
            self._release(held)
            raise
        self._store(held, credentials)
        return credentials

    def _ask(self, held: _Held) -> Credentials:
        connection = held.connection
        found = oauth.client_credentials(
            self._transport,
            connections.checked_instance_url(connection.instance_url, self._extra_origins),
            connection.client_id,
            self._keyring.open(connection.sealed_client_secret),
        )
        if found.organization is not None and found.organization != held.organization:
            oauth.revoke(self._transport, connection.instance_url, found.access_token)
            raise WrongOrg(code="WRONG_ORG")
        url = connections.checked_instance_url(found.instance_url, self._extra_origins)
        credentials = Credentials(held.organization, url, found.access_token)
        if self._organization_of(credentials) != held.organization:
            oauth.revoke(self._transport, url, found.access_token)
            raise WrongOrg(code="WRONG_ORG")
        return credentials

    def _organization_of(self, credentials: Credentials) -> str:
        named = oauth.organization_of_token(
            self._transport, credentials.instance_url, credentials.token
        )
        return named or self._ask_organization(credentials)

    def _read(self, org_id: UUID) -> _Held:
        with self._database.reading(org_id) as session:
            found = session.execute(
                select(Connection, Org.salesforce_id).join(Org, Org.id == Connection.org_id)
            ).one_or_none()
        if found is None:
            raise ReconnectNeeded(code="not_connected")
        connection, organization = found
        if connection.state is ConnectionState.RECONNECT_NEEDED:
            raise ReconnectNeeded(code=connection.state_reason)
        sealed = connection.sealed_access_token
        if sealed is None:
            return _Held(connection, organization, None)
        token = self._keyring.open(sealed)
        url = connections.checked_instance_url(connection.instance_url, self._extra_origins)
        return _Held(connection, organization, Credentials(organization, url, token))

    def _claim(self, held: _Held) -> bool:
        """Take the lease, if nobody has it and nothing was stored since the row was read."""
        connection = held.connection
        with self._database.writing(connection.org_id) as session:
            claimed = session.execute(
                update(Connection)
                .where(
                    Connection.id == connection.id,
                    Connection.token_issued_at.is_not_distinct_from(held.issued_at),
                    or_(
                        Connection.renewing_until.is_(None),
                        Connection.renewing_until < database_now(),
                    ),
                )
                .values(renewing_until=database_now(LEASE_SECONDS))
                .execution_options(synchronize_session=False)
                .returning(Connection.id)
            )
            return claimed.first() is not None

    def _store(self, held: _Held, credentials: Credentials) -> None:
        """Keep the token; a connection that was replaced meanwhile is left alone."""
        issued_at = utcnow()
        if held.issued_at is not None:  # it also tells one token from the next
            issued_at = max(issued_at, held.issued_at + timedelta(microseconds=1))
        self._update(
            held,
            sealed_access_token=self._keyring.seal(credentials.token),
            instance_url=credentials.instance_url,
            token_issued_at=issued_at,
            renewing_until=None,
        )

    def _release(self, held: _Held) -> None:
        self._update(held, renewing_until=None)

    def _update(self, held: _Held, **values: object) -> None:
        connection = held.connection
        with self._database.writing(connection.org_id) as session:
            session.execute(
                update(Connection)
                .where(
                    Connection.id == connection.id,
                    Connection.token_issued_at.is_not_distinct_from(held.issued_at),
                )
                .values(**values)
                .execution_options(synchronize_session=False)
            )

    def _lose(self, held: _Held, error: SalesforceError) -> None:
        reason = error.code if type(error) is ReconnectNeeded and error.code else error.reason
        with self._database.writing(held.connection.org_id) as session:
            connections.mark_lost(session, held.connection, reason)
        _log.warning("salesforce.connection_lost", org=held.organization, reason=reason)

    def _lock_of(self, org_id: UUID) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(org_id, threading.Lock())
