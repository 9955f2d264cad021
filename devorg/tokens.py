"""Access tokens. They say themselves who they are for, so that they outlive a restart."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from devorg import users
from devorg.clock import Clock
from devorg.config import DevorgConfig
from devorg.users import User

# Salesforce's session timeout of two hours.
LIFETIME_MS = 2 * 60 * 60 * 1000


class Tokens:
    """Issues and reads the tokens of one org: `<orgId15>!<user>.<issued ms>.<nonce>.<mac>`."""

    def __init__(self, config: DevorgConfig, clock: Clock) -> None:
        self._clock = clock
        self._org = config.org_id[:15]
        self._key = hashlib.sha256(f"{self._org}:{config.client_secret}".encode()).digest()
        self._not_before = 0

    def _mac(self, claims: str) -> str:
        return hmac.new(self._key, claims.encode(), hashlib.sha256).hexdigest()[:40]

    def issue(self, user: User) -> str:
        """A new token of that user."""
        issued = max(self._clock.milliseconds(), self._not_before)
        claims = f"{user.id[:15]}.{issued}.{secrets.token_hex(12)}"
        return f"{self._org}!{claims}.{self._mac(claims)}"

    def user_of(self, token: str) -> User | None:
        """The user a token is for; None if it is forged, another org's, or over."""
        org, _, rest = token.partition("!")
        claims, _, mac = rest.rpartition(".")
        fresh = hmac.compare_digest(mac.encode(), self._mac(claims).encode())
        if org != self._org or not fresh:
            return None
        user_id, issued, _ = claims.split(".")
        age = self._clock.milliseconds() - int(issued)
        if int(issued) < self._not_before or age > LIFETIME_MS:
            return None
        return users.find(user_id)

    def end_all(self) -> None:
        """Every token issued so far is over; the next ones are good."""
        self._not_before = self._clock.milliseconds() + 1
