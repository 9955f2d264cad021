"""The one connection of an org: made, replaced, lost, and asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from app.db import TenantSession
from app.keys import Keyring
from app.orgs.models import Org
from app.salesforce.errors import ForeignHost
from app.salesforce.models import Connection, ConnectionState, OrgProfile
from canvas.errors import HostError
from canvas.framing import check_instance_url


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """How the connection is. ``reason`` is a machine code, empty while connected."""

    state: ConnectionState
    reason: str
    instance_url: str

    @property
    def is_connected(self) -> bool:
        """Whether Inlay may speak to the org as its integration user."""
        return self.state is ConnectionState.CONNECTED


def checked_instance_url(url: str, extra_origins: Sequence[str]) -> str:
    """The origin of an org's API, if a token may be sent there.

    Raises:
        ForeignHost: It is no host of Salesforce's.
    """
    try:
        return check_instance_url(url, extra_origins=extra_origins)
    except HostError as error:
        raise ForeignHost(code=error.reason.upper()) from None


def connect(
    session: TenantSession,
    keyring: Keyring,
    *,
    instance_url: str,
    client_id: str,
    client_secret: str,
    extra_origins: Sequence[str] = (),
) -> Connection:
    """Make or replace the org's connection; the token is fetched at the first call.

    What was learnt through an earlier connection is forgotten: its user may see other things.

    Raises:
        ForeignHost: The address is no host of Salesforce's, nor one of ``extra_origins``.
    """
    connection = Connection(
        instance_url=checked_instance_url(instance_url, extra_origins),
        client_id=client_id,
        sealed_client_secret=keyring.seal(client_secret),
    )
    session.execute(delete(Connection))
    session.execute(delete(OrgProfile))
    session.add(connection)
    _tell_widgets(session)
    session.flush()
    return connection


def status(session: TenantSession) -> ConnectionStatus | None:
    """How the org's connection is; None when there never was one."""
    connection = session.scalar(select(Connection))
    if connection is None:
        return None
    return ConnectionStatus(connection.state, connection.state_reason, connection.instance_url)


def mark_lost(session: TenantSession, connection: Connection, reason: str) -> None:
    """Say that a person has to connect again, unless the connection was replaced meanwhile.

    ``reason`` is a machine code: Salesforce's OAuth error, or ours.
    """
    lost = session.execute(
        update(Connection)
        .where(Connection.id == connection.id)
        .values(
            state=ConnectionState.RECONNECT_NEEDED,
            state_reason=reason[:255],
            sealed_access_token=None,
            renewing_until=None,
        )
        .execution_options(synchronize_session=False)
        .returning(Connection.id)
    )
    if lost.first() is not None:
        _tell_widgets(session)


def _tell_widgets(session: TenantSession) -> None:
    session.execute(
        update(Org)
        .where(Org.id == session.org_id)
        .values(version=Org.version + 1)
        .execution_options(synchronize_session=False)
    )
