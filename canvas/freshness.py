"""`issuedAt`: how old a signed request says it is. A soft signal, never the only defence.

Salesforce calls the field internal. Requests seen from 2017 to 2025 carry the low 32 bits of the
epoch in milliseconds as a signed integer: it may be negative, and repeats every 49.7 days, so an
old request can look fresh. It may also be null. (Decoded from public samples of known date.)
"""

from __future__ import annotations

from canvas.errors import SignedRequestError

_CYCLE_MS = 2**32
WINDOW_MS = 5 * 60 * 1000
SKEW_MS = 2 * 60 * 1000


def age_ms(issued_at: int | None, now_ms: int) -> int | None:
    """Milliseconds since signing, negative when dated in the future; None when unknown.

    `now_ms` is the epoch in milliseconds. The answer is in (-2^31, 2^31], about +- 24.8 days.
    """
    if issued_at is None:
        return None
    age = (now_ms - issued_at) % _CYCLE_MS
    return age if age <= _CYCLE_MS // 2 else age - _CYCLE_MS


def check(
    issued_at: int | None, now_ms: int, *, window_ms: int = WINDOW_MS, skew_ms: int = SKEW_MS
) -> None:
    """Raises SignedRequestError `stale` or `from_future`; unknown age passes."""
    age = age_ms(issued_at, now_ms)
    if age is None:
        return
    if age > window_ms:
        raise SignedRequestError("stale")
    if age < -skew_ms:
        raise SignedRequestError("from_future")
