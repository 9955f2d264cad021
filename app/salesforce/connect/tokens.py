"""Access tokens of the integration: one writer per connection, kept sealed for all processes.

Within a process a lock, between processes a lease on the row: whoever holds it asks the org, the
others wait for what it stores. No transaction is open while the org is asked. A refresh token that
came with an answer is kept before anything else is done: the one before it may be spent.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import or_, select, update

from app.clock import utcnow
from app.db import Database, database_now
from app.errors import InlayError
from app.keys import Keyring, SealedError
from app.orgs.models import Org
from app.salesforce.client import Credentials
from app.salesforce.connect import connections, ways
from app.salesforce.connect.health import Health
from app.salesforce.connect.proof import Proof, Proven
from app.salesforce.connect.ways import Policy
from app.salesforce.errors import (
    AppNotApproved,
    ForeignHost,
    IpNotAllowed,
    ReconnectNeeded,
    SalesforceError,
    SalesforceSlow,
    SecretSealed,
    WrongOrg,
)
from app.salesforce.models import Connection, ConnectionState

#: Longer than the calls under the lease can take together.
LEASE_SECONDS = 75.0
#: Who was held up so long since the lease began asks no more: another may have taken it over, and
#: a refresh token shown twice ends them all.
_ASK_WITHIN_SECONDS = 30.0
_WAIT_SECONDS = 20.0
_LOOK_SECONDS = 0.1
_FINAL = (AppNotApproved, ForeignHost, IpNotAllowed, ReconnectNeeded, WrongOrg)
_log = structlog.get_logger()


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
        proof: Proof,
        policy: Policy,
        health: Health,
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._proof = proof
        self._policy = policy
        self._health = health
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

    def refresh(self, org_id: UUID) -> Credentials:
        """A new token, whether or not the present one still works.

        It keeps the access of a quiet org from ending unseen: refresh tokens may expire when they
        are not used, and a user or an app may have been switched off.

        Raises:
            SalesforceError: As ``renew``.
        """
        held = self._read(org_id)
        present = held.credentials.token if held.credentials else None
        return self._fetch_alone(org_id, refused=present)

    def _fetch_alone(self, org_id: UUID, *, refused: str | None) -> Credentials:
        until = time.monotonic() + _WAIT_SECONDS
        with self._lock_of(org_id):
            while True:
                held = self._read(org_id)
                if held.credentials is not None and held.credentials.token != refused:
                    return held.credentials
                begun = time.monotonic()
                if self._claim(held):
                    return self._fetch(held, begun + _ASK_WITHIN_SECONDS)
                if time.monotonic() > until:
                    raise SalesforceSlow(code="RENEWAL_UNDER_WAY")
                time.sleep(_LOOK_SECONDS)

    def _fetch(self, held: _Held, until: float) -> Credentials:
        """Under the lease: ask, keep the next refresh token, check whose it is, store."""
        try:
            proven = self._ask(held, until)
        except _FINAL as error:
            self._lose(held, error)
            raise
        except InlayError as error:
            self._release(held)
            if isinstance(error, SalesforceError):
                self._health.heard(held.connection.org_id, error)
            raise
        self._store(held, proven)
        return proven.credentials

    def _ask(self, held: _Held, until: float) -> Proven:
        try:
            access = ways.opened(held.connection, self._keyring, self._policy)
        except SealedError:
            raise SecretSealed from None
        url = self._proof.hosts.instance(access.instance_url)
        if time.monotonic() > until:
            raise SalesforceSlow(code="HELD_UP")
        found = ways.fetch(self._proof.transport, access)
        if found.refresh_token is None and access.method in ways.BY_REFRESH_TOKEN:
            found = replace(found, refresh_token=access.refresh_token)
        elif found.refresh_token is not None and not self._keep(held, found.refresh_token):
            self._proof.drop(found, url)  # the connection was replaced or ended meanwhile
            raise SalesforceSlow(code="REPLACED_MEANWHILE")
        return self._proof.of(found, held.organization, url)

    def _keep(self, held: _Held, refresh_token: str) -> bool:
        return self._update(held, sealed_refresh_token=self._keyring.seal(refresh_token))

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
        self._health.known(org_id, connection.trouble)
        sealed = connection.sealed_access_token
        if sealed is None:
            return _Held(connection, organization, None)
        try:
            token = self._keyring.open(sealed)
        except SealedError:
            self._health.heard(org_id, SecretSealed())
            raise SecretSealed from None
        url = self._proof.hosts.instance(connection.instance_url)
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

    def _store(self, held: _Held, proven: Proven) -> None:
        """Keep the token; a connection that was replaced meanwhile is left alone."""
        issued_at = utcnow()
        if held.issued_at is not None:  # it also tells one token from the next
            issued_at = max(issued_at, held.issued_at + timedelta(microseconds=1))
        self._update(
            held,
            sealed_access_token=self._keyring.seal(proven.credentials.token),
            instance_url=proven.credentials.instance_url,
            token_issued_at=issued_at,
            renewing_until=None,
            **connections.told(proven.identity),
        )

    def _release(self, held: _Held) -> None:
        self._update(held, renewing_until=None)

    def _update(self, held: _Held, **values: object) -> bool:
        connection = held.connection
        with self._database.writing(connection.org_id) as session:
            changed = session.execute(
                update(Connection)
                .where(
                    Connection.id == connection.id,
                    Connection.state == ConnectionState.CONNECTED,
                    Connection.token_issued_at.is_not_distinct_from(held.issued_at),
                )
                .values(**values)
                .execution_options(synchronize_session=False)
                .returning(Connection.id)
            )
            return changed.first() is not None

    def _lose(self, held: _Held, error: SalesforceError) -> None:
        reason = connections.reason_of(error)
        with self._database.writing(held.connection.org_id) as session:
            connections.mark_lost(session, held.connection, reason)
        _log.warning("salesforce.connection_lost", org=held.organization, reason=reason)

    def _lock_of(self, org_id: UUID) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(org_id, threading.Lock())
