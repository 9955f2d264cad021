"""Everything of an org as one ZIP of JSON lines, written as it is read (X16).

Nothing is stored on the way: no copy of a customer's data lies about waiting to be fetched. Each
piece is a transaction of its own, so that an export of an hour holds back nobody; what changes
meanwhile may be in it or not, hence two times in the manifest.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec

from app.clock import utcnow
from app.db import Database
from app.db.whole import OrgTable, is_secret, key_of, root_of, rows_of_org, tables_of_orgs
from app.orgs.models import AuditEntry, Org

#: Rows of a piece: some hundred kilobytes.
_CHUNK = 1000
_AUDIT = AuditEntry.__tablename__


class _Pipe(io.RawIOBase):
    """What was written since it was last taken."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """All of it, once."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


def file_of(database: Database, org: Org) -> Iterator[bytes]:
    """The file in pieces: a file of JSON lines for each table, then ``manifest.json``."""
    pipe, began, counts = _Pipe(), utcnow(), dict[str, int]()
    with database.system_reading() as session:
        root = root_of(session, org.id)
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables_of_orgs():
            counts[table.name] = 0
            with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as written:
                for lines in _lines(database, table, org.id):
                    counts[table.name] += len(lines)
                    written.write(b"".join(lines))
                    yield pipe.take()
        archive.writestr("manifest.json", _manifest(root, began, counts))
    yield pipe.take()


def _manifest(root: Mapping[str, Any], began: datetime, counts: Mapping[str, int]) -> bytes:
    return msgspec.json.format(
        msgspec.json.encode(
            {
                "org": {name: _plain(value) for name, value in root.items()},
                "began": began,
                "ended": utcnow(),
                "rows": counts,
                "left_out": {table.name: _left_out(table) for table in tables_of_orgs()},
            }
        )
    )


def _left_out(table: OrgTable) -> list[str]:
    return [column.name for column in table.columns if is_secret(column)]


def _lines(database: Database, table: OrgTable, org_id: UUID) -> Iterator[list[bytes]]:
    """Lines in pieces, without what is secret."""
    secret, after = frozenset(_left_out(table)), list[Any]()
    while True:
        with database.system_reading() as session:
            rows = rows_of_org(session, table, org_id, after, _CHUNK)
        if not rows:
            return
        yield [_line(table, row, secret) for row in rows]
        after = key_of(table, rows[-1])


def _line(table: OrgTable, row: Mapping[str, Any], secret: frozenset[str]) -> bytes:
    told = {name: _plain(value) for name, value in row.items() if name not in secret}
    if table.name == _AUDIT:  # from where staff worked is no business of the org's
        told["detail"] = {k: v for k, v in told["detail"].items() if k != "address"}
    return msgspec.json.encode(told) + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, datetime | date) else value
