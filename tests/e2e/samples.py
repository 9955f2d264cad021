"""Single things that tests put somewhere: a picture, a receipt."""

from __future__ import annotations

import struct
import zlib
from datetime import datetime, timedelta

from app.clock import utcnow
from app.ids import new_id
from app.orgs.data.models import DeletionState, OrgDeletion
from canvas.ids import to_18


def receipt() -> OrgDeletion:
    """Of an org whose data are gone."""
    asked: datetime = utcnow() - timedelta(days=30)
    return OrgDeletion(
        tenant_id=new_id(), salesforce_id=to_18("00D5e000000GONE"), org_name="Marlow Tools",
        state=DeletionState.DONE, asked_by="admin:005000000000002AAA", asked_at=asked,
        due_at=asked + timedelta(days=7), began_at=asked + timedelta(days=7),
        done_at=asked + timedelta(days=7, minutes=3),
        counts={"event": 120_331, "outbox_row": 98_220, "person": 4_104, "org": 1},
    )  # fmt: skip


def png(side: int = 48) -> bytes:
    """A square of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x0b\x5c\xab" * side) * side
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
