"""The door to all orgs: a client for a user's visit, or for the integration of an org."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import cast
from uuid import UUID

from flask import current_app, has_request_context

from app.config import Config
from app.db import Database
from app.keys import Keyring
from app.salesforce.accounting import Accounting, ApiUsage
from app.salesforce.client import Client, Credentials, Port
from app.salesforce.connect.health import Health
from app.salesforce.connect.hosts import Hosts
from app.salesforce.connect.oauth import TIMEOUTS
from app.salesforce.connect.proof import Proof
from app.salesforce.connect.tokens import Tokens
from app.salesforce.connect.ways import Policy
from app.salesforce.errors import SalesforceDown
from app.salesforce.limits import InFlight, WaysIn
from app.salesforce.transport import Timeouts, Transport
from canvas.ids import to_18

#: Where the application keeps its gateway.
EXTENSION = "inlay.salesforce"
#: Salesforce lets a call run for ten minutes; a delivery that takes longer than this is ambiguous.
WORKER_TIMEOUTS = Timeouts(connect=5, read=120)
#: What an admin waits for who connects an org or has it checked.
PERSON_TIMEOUTS = Timeouts(connect=5, read=15)


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
        self.keyring = keyring
        self.accounting = Accounting(database)
        self.transport = Transport()
        self.hosts = Hosts.of(config)
        self.policy = Policy.of(config)
        self.proof = Proof(self.transport, self.hosts, self._ask_organization)
        self.ways_in = WaysIn()
        self._health = Health(database)
        self._page_port = Port(
            self.transport,
            self.accounting,
            Timeouts(config.salesforce_connect_seconds, config.salesforce_read_seconds),
            InFlight(config.salesforce_in_flight),
        )
        self._worker_port = Port(self.transport, self.accounting, worker_timeouts, None)
        self._tokens = Tokens(database, keyring, self.proof, self.policy, self._health)

    def for_user(self, org_salesforce_id: str, instance_url: str, token: str) -> Client:
        """A client with a user's token, for the length of one visit: short timeouts, in turn.

        Raises:
            ForeignHost: The address is no host of Salesforce's; nothing was sent.
            SessionOver: The token is not even of the form of one.
        """
        url = self.hosts.instance(instance_url)
        return Client(self._page_port, Credentials(to_18(org_salesforce_id), url, token))

    def for_org(self, org_id: UUID, timeouts: Timeouts | None = None) -> Client:
        """A client with the integration's token; a refused token is renewed once.

        Must not be called with a transaction open: a token may have to be fetched. ``timeouts`` are
        the worker's unless given; within a request they are short, and calls take their turn with
        those of pages, so that an org that hangs holds no more threads of the web.

        Raises:
            ReconnectNeeded: The org has no connection, or lost it.
            SalesforceError: A token had to be fetched and could not be.
        """
        renew = partial(self._tokens.renew, org_id)
        watch = partial(self._health.heard, org_id)
        port = self._worker_port
        if has_request_context():
            port = replace(self._page_port, timeouts=timeouts or PERSON_TIMEOUTS)
        elif timeouts is not None:
            port = replace(port, timeouts=timeouts)
        return Client(port, self._tokens.current(org_id), renew, watch)

    def refresh(self, org_id: UUID) -> None:
        """Fetch a new token of the org's connection now, whether or not the present one works.

        Raises:
            ReconnectNeeded, WrongOrg, IpNotAllowed, AppNotApproved, ForeignHost: A person has to
                connect again; the connection says so from now on.
            SalesforceError: Not now.
        """
        self._tokens.refresh(org_id)

    def usage(self, org_salesforce_id: str) -> ApiUsage | None:
        """What Salesforce last told this process of the org's daily calls."""
        return self.accounting.usage(org_salesforce_id)

    def close(self) -> None:
        """Write the books and close idle connections; call it when the process ends."""
        self.accounting.flush()
        self.transport.close()

    def _ask_organization(self, credentials: Credentials) -> str:
        port = replace(self._worker_port, timeouts=TIMEOUTS)
        client = Client(port, credentials)
        rows = client.query("SELECT Id FROM Organization", feature="connect")
        try:
            return to_18(str(rows[0]["Id"]))
        except (LookupError, ValueError):
            raise SalesforceDown(code="UNREADABLE_ANSWER") from None


def current_gateway() -> Gateway:
    """The gateway of the running application."""
    return cast(Gateway, current_app.extensions[EXTENSION])
