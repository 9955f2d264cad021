"""Conditional calls on single records: answered only if they changed, or did not.

Source: REST guide, Conditional Request Headers. Times serve every object, entity tags serve
Account alone.
"""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from devorg import moments
from devorg.errors import ApiError
from devorg.rest.call import Answer, Call
from devorg.rows import Record
from devorg.schema import SObject

_TAGGED = frozenset({"Account"})


def stamps(sobject: SObject, record: Record) -> dict[str, str]:
    """What an answer says of the record's state."""
    changed = _changed(record)
    found = {"Last-Modified": format_datetime(changed, usegmt=True)} if changed else {}
    if sobject.name in _TAGGED:
        found["ETag"] = _tag(record)
    return found


def _changed(record: Record) -> datetime | None:
    return moments.read(record.get("LastModifiedDate") or record.get("SystemModstamp") or "")


def _tag(record: Record) -> str:
    return f'"{zlib.crc32(str(sorted(record.items())).encode()):08x}"'


def unchanged(call: Call, sobject: SObject, record: Record) -> Answer | None:
    """The 304 for who has seen the record as it is, else None. Raises ApiError 412."""
    check(call, sobject, record)
    since, seen = _time(call, "if-modified-since"), _tags(call, "if-none-match")
    changed = _changed(record)
    if seen and sobject.name in _TAGGED:
        same = _tag(record) in seen
    else:
        same = since is not None and changed is not None and changed <= since
    return Answer(304, headers=stamps(sobject, record)) if same else None


def check(call: Call, sobject: SObject, record: Record) -> None:
    """Refuse a call on a record that is not as the client thinks. Raises ApiError 412."""
    until, wanted = _time(call, "if-unmodified-since"), _tags(call, "if-match")
    changed = _changed(record)
    late = until is not None and changed is not None and changed > until
    other = bool(wanted) and sobject.name in _TAGGED and _tag(record) not in wanted
    if late or (other and "*" not in wanted):
        message = "The record is not in the state that the request asks for."
        raise ApiError(412, "PRECONDITION_FAILED", message)


def _tags(call: Call, header: str) -> set[str]:
    """Entity tags; what a proxy appended for a compressed body does not count."""
    given = call.headers.get(header, "")
    return {each.strip().replace('-gzip"', '"') for each in given.split(",") if each.strip()}


def _time(call: Call, header: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(call.headers.get(header, ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
