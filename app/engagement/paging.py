"""Keyset cursors of the timeline: where a page ended, as opaque text that is checked when it comes.

A cursor holds no right: the people whose events are read come from elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from app.engagement.errors import CursorError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM = re.compile(r"(-?\d{1,18})\.(\d{1,18})", re.ASCII)
_MAX_LENGTH = 64


class Position(NamedTuple):
    """Where an event stands in a timeline: by its time, then by the order in which it came."""

    occurred_at: datetime
    seq: int


def encode(position: Position) -> str:
    """The cursor of a position, safe in an address."""
    micros = (position.occurred_at - _EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(f"{micros}.{position.seq}".encode()).decode().rstrip("=")


def decode(cursor: str) -> Position:
    """The position of a cursor.

    Raises:
        CursorError: It is none of ours.
    """
    try:
        if len(cursor) > _MAX_LENGTH:
            raise ValueError("too long")
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        found = _FORM.fullmatch(text.decode("ascii"))
        if found is None:
            raise ValueError("another form")
        moment = _EPOCH + timedelta(microseconds=int(found[1]))
    except (ValueError, OverflowError, binascii.Error):
        raise CursorError("This page of the timeline is gone; load it again.") from None
    return Position(moment, int(found[2]))
