"""What can go wrong when engagement is read."""

from __future__ import annotations

from app.errors import InlayError


class CursorError(InlayError):
    """The cursor of a timeline is none that Inlay gave out; begin again without it."""

    reason = "bad_cursor"
