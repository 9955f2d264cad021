"""Whose a new token is: proven before it is used for anything else, by every way in.

The identity in the answer is what Salesforce says beside the token; ``userinfo``, or a query where
that is closed, is what the token itself opens. Both must be the tenant's org. A token of another
org is taken back, its refresh token too, and forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.salesforce.client import Credentials
from app.salesforce.connect import oauth
from app.salesforce.connect.hosts import Hosts
from app.salesforce.connect.oauth import Identity, NewToken
from app.salesforce.errors import SalesforceError, WrongOrg
from app.salesforce.transport import Transport

#: Asks the org itself whose a token is, where userinfo does not say.
AskOrganization = Callable[[Credentials], str]


@dataclass(frozen=True, slots=True)
class Proven:
    """A token that opens the tenant's own org, and whose it is."""

    credentials: Credentials
    identity: Identity


@dataclass(frozen=True, slots=True)
class Proof:
    """Proves tokens; one for all threads of a process."""

    transport: Transport
    hosts: Hosts
    ask_organization: AskOrganization

    def of(self, token: NewToken, organization: str, asked_at: str) -> Proven:
        """Whose the token is. ``asked_at`` is the host that gave it.

        Raises:
            WrongOrg: It opens another org; it was revoked, its ``code`` says if not.
            ForeignHost: It points to a host that is none of Salesforce's; it was revoked.
            SalesforceError: The org could not be asked.
        """
        if token.organization is not None and token.organization != organization:
            raise self._wrong(token, asked_at)
        try:
            url = self.hosts.instance(token.instance_url)
        except SalesforceError:
            self.drop(token, asked_at)
            raise
        credentials = Credentials(organization, url, token.access_token)
        identity = oauth.identity_of(self.transport, url, token.access_token)
        found = identity.organization or self.ask_organization(credentials)
        if found != organization:
            raise self._wrong(token, url)
        return Proven(credentials, replace(identity, user_id=identity.user_id or token.user_id))

    def drop(self, token: NewToken, url: str) -> bool:
        """Take a token back at a host that is Salesforce's; whether all of it is over."""
        given = [each for each in (token.refresh_token, token.access_token) if each]
        answers = [oauth.revoke(self.transport, url, each) for each in given]
        return all(answers)

    def _wrong(self, token: NewToken, url: str) -> WrongOrg:
        return WrongOrg(code="WRONG_ORG" if self.drop(token, url) else "wrong_org_left")
