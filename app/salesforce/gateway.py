"""The door to all orgs: a client for a user's visit, or for the integration of an org."""

from __future__ import annotations

from functools import partial
from typing import cast
from uuid import UUID

from flask import current_app

from app.config import Config
from app.db import Database
from app.keys import Keyring
from app.salesforce.accounting import Accounting, ApiUsage
from app.salesforce.client import Client, Credentials, Port
from app.salesforce.connections import checked_instance_url
from app.salesforce.errors import SalesforceDown
from app.salesforce.limits import InFlight
from app.salesforce.tokens import Tokens
from app.salesforce.transport import Timeouts, Transport
from canvas.ids import to_18

#: Where the application keeps its gateway.
EXTENSION = "inlay.salesforce"
#: Salesforce lets a call run for ten minutes; a delivery that takes longer than this is ambiguous.
WORKER_TIMEOUTS = Timeouts(connect=5, read=120)


class Gateway:
    """One per process: the pool of connections, the books, the tokens, the turns of page calls."""

    def __init__(
        self,
        config: Config,
        database: Database,
        keyring: Keyring,
        *,
        worker_timeouts: Timeouts = WORKER_TIMEOUTS,
    ) -> None:
        self.database = database
        self.accounting = Accounting(database)
        self._transport = Transport()
        self._extra_origins = config.salesforce_extra_origins
        self._page_port = Port(
            self._transport,
            self.accounting,
            Timeouts(config.salesforce_connect_seconds, config.salesforce_read_seconds),
            InFlight(config.salesforce_in_flight),
        )
        self._worker_port = Port(self._transport, self.accounting, worker_timeouts, None)
        self._tokens = Tokens(
            database, keyring, self._transport, self._ask_organization, self._extra_origins
        )

    def for_user(self, org_salesforce_id: str, instance_url: str, token: str) -> Client:
        """A client with a user's token, for the length of one visit: short timeouts, in turn.

        Raises:
            ForeignHost: The address is no host of Salesforce's; nothing was sent.
            SessionOver: The token is not even of the form of one.
        """
        url = checked_instance_url(instance_url, self._extra_origins)
        return Client(self._page_port, Credentials(to_18(org_salesforce_id), url, token))

    def for_org(self, org_id: UUID) -> Client:
        """A client with the integration's token, for the worker: a refused token is renewed once.

        Must not be called with a transaction open: a token may have to be fetched.

        Raises:
            ReconnectNeeded: The org has no connection, or lost it.
            SalesforceError: A token had to be fetched and could not be.
        """
        renew = partial(self._tokens.renew, org_id)
        return Client(self._worker_port, self._tokens.current(org_id), renew)

    def usage(self, org_salesforce_id: str) -> ApiUsage | None:
        """What Salesforce last told this process of the org's daily calls."""
        return self.accounting.usage(org_salesforce_id)

    def close(self) -> None:
        """Write the books and close idle connections; call it when the process ends."""
        self.accounting.flush()
        self._transport.close()

    def _ask_organization(self, credentials: Credentials) -> str:
        client = Client(self._worker_port, credentials)
        rows = client.query("SELECT Id FROM Organization", feature="connect")
        try:
            return to_18(str(rows[0]["Id"]))
        except (LookupError, ValueError):
            raise SalesforceDown(code="UNREADABLE_ANSWER") from None


def current_gateway() -> Gateway:
    """The gateway of the running application."""
    return cast(Gateway, current_app.extensions[EXTENSION])
