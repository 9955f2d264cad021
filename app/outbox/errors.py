"""Errors of the outbox."""

from __future__ import annotations

from datetime import datetime

from app.errors import InlayError


class LeaseLostError(InlayError):
    """The turn of an org went to another worker while this one was busy; it writes nothing."""

    reason = "lease_lost"

    def __init__(self) -> None:
        super().__init__("Another worker has taken over this org's deliveries; nothing to do.")


class UnfitError(InlayError):
    """Nothing is to be delivered to an org at the moment; ``reason`` says why.

    ``until`` is when to look again, where that is known.
    """

    def __init__(self, reason: str, until: datetime | None = None) -> None:
        super().__init__("Nothing is delivered to this org at the moment.", reason=reason)
        self.until = until


class UnknownOwnerError(InlayError):
    """Nobody of the org can be meant."""

    reason = "unknown_owner"

    def __init__(self, owner: str) -> None:
        super().__init__(
            f"{owner} is no user of this org that Inlay knows of. A user's id begins with 005; "
            "read the org's users anew and look there."
        )
