"""Errors of back-fills."""

from __future__ import annotations

from app.errors import InlayError


class BackfillRefusedError(InlayError):
    """A back-fill cannot be started or stopped as asked; ``reason`` and message say why."""

    reason = "backfill_refused"
