"""Access tokens. They say themselves who they are for, so that they outlive a restart.

A token is `<orgId15>!<user>.<issued>.<life>.<app>.<scopes>.<grant>.<nonce>.<mac>`; what it does
not say is whether it was taken back (`devorg.apps.ended`), and when it was last used: as in a
real org a session ends when nobody has used it for its life, two hours unless the app's policy
says otherwise.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from devorg import users
from devorg.apps import scopes as scope
from devorg.apps.app import ClientApp
from devorg.apps.registry import mark_of
from devorg.apps.state import OAuthState
from devorg.clock import Clock
from devorg.config import DevorgConfig
from devorg.errors import ApiError
from devorg.users import User

# Salesforce's session timeout of two hours.
LIFETIME_MS = 2 * 60 * 60 * 1000
_NONE = "0"
_PARTS = 7
_MANY = 20_000


@dataclass(frozen=True, slots=True)
class Session:
    """What an access token opens. `app` is None for a session that no app asked for: a login by
    SOAP, a canvas, or a test.
    """

    user: User
    app: ClientApp | None
    scopes: frozenset[str]
    grant_id: str | None
    nonce: str
    issued_ms: int
    expires_ms: int


def _holds(app: ClientApp | None, mark: str) -> bool:
    """True if the app that a token was given to is still let in."""
    if mark == _NONE:
        return True
    return app is not None and app.installed and not app.blocked


def _refused(message: str) -> ApiError:
    headers = {"WWW-Authenticate": "Token"}
    return ApiError(401, "INVALID_SESSION_ID", message, headers=headers)


class Tokens:
    """Issues and reads the tokens of one org."""

    def __init__(self, config: DevorgConfig, clock: Clock, oauth: OAuthState) -> None:
        self._clock = clock
        self._oauth = oauth
        self._org = config.org_id[:15]
        self._key = hashlib.sha256(f"{self._org}:{config.client_secret}".encode()).digest()
        self._not_before = 0
        self._used: dict[str, int] = {}

    def _mac(self, claims: str) -> str:
        return hmac.new(self._key, claims.encode(), hashlib.sha256).hexdigest()[:40]

    def issue(
        self,
        user: User,
        app: ClientApp | None = None,
        scopes: frozenset[str] = frozenset({"full"}),
        grant_id: str | None = None,
    ) -> str:
        """A new token of that user."""
        issued = max(self._clock.milliseconds(), self._not_before)
        life = app.session_minutes * 60_000 if app and app.session_minutes else LIFETIME_MS
        mark = mark_of(app.client_id) if app else _NONE
        claims = ".".join(
            (user.id[:15], str(issued), str(life), mark, scope.encode(scopes),
             grant_id or _NONE, secrets.token_hex(12))
        )  # fmt: skip
        return f"{self._org}!{claims}.{self._mac(claims)}"

    def session_of(self, token: str, *, use: bool = False) -> Session | None:
        """What a token opens; None if it is forged, another org's, taken back, or over.

        `use` makes its idle time begin anew.
        """
        org, _, rest = token.partition("!")
        claims, _, mac = rest.rpartition(".")
        genuine = hmac.compare_digest(mac.encode(), self._mac(claims).encode())
        parts = claims.split(".")
        # A genuine token with fewer parts is one of an older devorg.
        if org != self._org or not genuine or len(parts) != _PARTS:
            return None
        user_id, issued, life, mark, scopes, grant_id, nonce = parts
        now, user = self._clock.milliseconds(), users.find(user_id)
        app = None if mark == _NONE else self._oauth.apps.by_mark(mark)
        expires = max(int(issued), self._used.get(nonce, 0)) + int(life)
        is_over = int(issued) < self._not_before or now > expires
        taken_back = nonce in self._oauth.ended or grant_id in self._oauth.ended
        if user is None or is_over or taken_back or not _holds(app, mark):
            return None
        if use:
            self._note_use(nonce, now)
        named = None if grant_id == _NONE else grant_id
        return Session(user, app, scope.decode(scopes), named, nonce, int(issued), expires)

    def _note_use(self, nonce: str, now: int) -> None:
        if len(self._used) > _MANY:
            self._used = {
                key: seen for key, seen in self._used.copy().items() if now - seen < LIFETIME_MS
            }
        self._used[nonce] = now

    def user_of(self, token: str) -> User | None:
        """The user a token is for; None if it is not good."""
        session = self.session_of(token, use=True)
        return session.user if session else None

    def api_session(self, authorization: str, address: str) -> Session:
        """The session of a REST call, by its Authorization header and where it came from.

        Raises ApiError: the 401s of a real org.
        """
        scheme, _, token = authorization.partition(" ")
        known = scheme.lower() in {"bearer", "oauth"}
        session = self.session_of(token.strip(), use=True) if known else None
        if session is None:
            raise _refused("Session expired or invalid")
        allowed = session.app is None or session.app.allows(address)
        if not scope.opens_api(session.scopes) or not allowed:
            raise _refused("This session is not valid for use with the REST API")
        return session

    def revoke(self, session: Session) -> None:
        """Log this one token out."""
        self._oauth.ended.add(session.nonce)

    def end_all(self) -> None:
        """Every token issued so far is over; the next ones are good."""
        # Those issued since the last time, in the same millisecond, carry that moment.
        self._not_before = max(self._clock.milliseconds(), self._not_before) + 1
