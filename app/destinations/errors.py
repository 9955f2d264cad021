"""What can go wrong on a public page."""

from __future__ import annotations

from app.errors import InlayError


class BeaconError(InlayError):
    """A beacon that no page of ours sends; nothing is kept of it."""

    reason = "bad_beacon"
