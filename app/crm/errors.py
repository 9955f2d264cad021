"""What can go wrong in the mirror."""

from __future__ import annotations

from app.errors import InlayError


class UnknownPersonError(InlayError):
    """What was given names nobody: neither an e-mail address nor the id of a Contact or Lead."""

    reason = "unknown_person"
