"""Browsers that have logged in: a cookie with a random name, and the tokens of its forms."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field

from devorg.clock import Clock
from devorg.users import User

COOKIE = "devorg_sid"
LIFE_MS = 12 * 60 * 60 * 1000


@dataclass(slots=True)
class Visit:
    """One browser. `fresh` are requests for which its user has just typed the password."""

    sid: str
    seen_ms: int
    user: User | None = None
    fresh: set[str] = field(default_factory=set)


class Visits:
    """The visits of one org, in memory: a restart logs everybody out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._visits: dict[str, Visit] = {}

    def of(self, sid: str) -> Visit | None:
        """The visit of a cookie, unless it is over."""
        with self._lock:
            visit = self._visits.get(sid)
            if visit is None or self._clock.milliseconds() - visit.seen_ms > LIFE_MS:
                return None
            return visit

    def start(self, user: User | None = None) -> Visit:
        """A new visit; logging in always starts one, so that no name from before holds."""
        now = self._clock.milliseconds()
        visit = Visit(secrets.token_urlsafe(32), now, user)
        with self._lock:
            self._visits = {
                key: each for key, each in self._visits.items() if now - each.seen_ms <= LIFE_MS
            }
            self._visits[visit.sid] = visit
        return visit

    def end(self, sid: str) -> None:
        """Log out."""
        with self._lock:
            self._visits.pop(sid, None)

    def form_token(self, visit: Visit, purpose: str) -> str:
        """What a form of this visit must carry back, for this purpose and no other."""
        text = f"{visit.sid}\n{purpose}".encode()
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()

    def is_form_token(self, visit: Visit, purpose: str, given: str) -> bool:
        """True if the form was one of ours, shown to this browser."""
        return hmac.compare_digest(given.encode(), self.form_token(visit, purpose).encode())

    def clear(self) -> None:
        """Everybody is logged out."""
        with self._lock:
            self._visits.clear()
