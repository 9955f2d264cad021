"""Authorization codes: good once, for 15 minutes, for one app at one callback."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass

from devorg.clock import Clock
from devorg.users import User

LIFE_MS = 15 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Code:
    """What a user allowed, until the app fetches its tokens."""

    client_id: str
    user: User
    scopes: frozenset[str]
    redirect_uri: str
    challenge: str | None
    nonce: str | None

    def proven_by(self, verifier: str) -> bool:
        """True if the verifier is the one whose SHA-256 the app sent ahead (PKCE, S256)."""
        if self.challenge is None:
            return not verifier
        digest = hashlib.sha256(verifier.encode()).digest()
        given = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return hmac.compare_digest(given.encode(), self.challenge.encode())


class Codes:
    """The codes of one org; they live in memory, as they live for minutes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._codes: dict[str, tuple[int, Code | None]] = {}

    def issue(self, code: Code) -> str:
        """A code to hand to the app by way of the browser."""
        text = "aPrx" + secrets.token_urlsafe(48).replace("-", ".")
        now = self._clock.milliseconds()
        with self._lock:
            self._codes = {
                key: entry for key, entry in self._codes.items() if now - entry[0] <= 2 * LIFE_MS
            }
            self._codes[text] = (now, code)
        return text

    def spend(self, text: str) -> tuple[bool, Code | None]:
        """(known, code): the code is None if it was spent before or is too old."""
        with self._lock:
            issued, code = self._codes.get(text, (0, None))
            known = text in self._codes
            if known:
                self._codes[text] = (issued, None)
        fresh = known and self._clock.milliseconds() - issued <= LIFE_MS
        return known, code if fresh else None

    def clear(self) -> None:
        """No code is good any more."""
        with self._lock:
            self._codes.clear()
