"""Records as one user may see them: the UI API's batch call, asked and read.

``GET ui-api/records/batch/{ids}?optionalFields=…`` (User Interface API Developer Guide) takes up to
200 ids of several objects; hidden fields are left out, hidden records answer 403 or 404.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from app.salesforce.composite import data_url
from app.salesforce.errors import SalesforceDown, SalesforceError, SalesforceSlow, SessionOver
from app.salesforce.refusals import error_of
from canvas.ids import to_18

MAX_IDS = 200
#: Servers refuse addresses of about 8 kB (414); ids and fields stay below this together.
MAX_URL = 6000


@dataclass(frozen=True, slots=True)
class UiRecord:
    """A record the user may see.

    Attributes:
        id: 18 characters.
        sobject: ``Contact``.
        fields: Values by path relative to the object (``Name``, ``Account.Name``); paths the user
            may not see are absent.
        display: The same in the user's locale, where Salesforce gives one (``Amount``: ``$1,000``).
    """

    id: str
    sobject: str
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)
    display: Mapping[str, str] = field(default_factory=dict, repr=False)

    def text(self, path: str) -> str:
        """The value as text; empty when absent, hidden or null."""
        value = self.fields.get(path)
        return "" if value is None else str(value)


def paths_of(ids: Iterable[str], optional_fields: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The calls that read these ids: (path with query, its ids), as few as fit."""
    query = _query(tuple(optional_fields))
    room = MAX_URL - len(data_url("ui-api/records/batch/") + query)
    if room < 19:
        raise ValueError("the fields alone are too long for one address")
    size = min(MAX_IDS, room // 19)
    wanted = list(dict.fromkeys(to_18(each) for each in ids))
    for start in range(0, len(wanted), size):
        chunk = wanted[start : start + size]
        yield data_url(f"ui-api/records/batch/{','.join(chunk)}") + query, chunk


@lru_cache(maxsize=64)
def _query(optional_fields: tuple[str, ...]) -> str:
    return "?" + urlencode({"optionalFields": ",".join(dict.fromkeys(optional_fields))})


def read_batch(ids: Sequence[str], body: object) -> dict[str, UiRecord | None]:
    """The records by id; None for those the user may not see or that do not exist.

    Raises:
        SalesforceError: The answer is not a batch, or a part of it tells of trouble other than
            a hidden record.
    """
    results = body.get("results") if isinstance(body, dict) else None
    if not isinstance(results, list) or len(results) != len(ids):
        raise SalesforceDown(code="UNREADABLE_ANSWER", status=200)
    return {each: _read_result(result) for each, result in zip(ids, results, strict=True)}


def _read_result(result: object) -> UiRecord | None:
    if not isinstance(result, dict) or not isinstance(result.get("statusCode"), int):
        raise SalesforceDown(code="UNREADABLE_ANSWER", status=200)
    status, body = result["statusCode"], result.get("result")
    if status == 200 and isinstance(body, dict):
        return _record(body)
    error = error_of(status, body, is_read=True)
    if _is_trouble(error):
        raise error
    return None


def _is_trouble(error: SalesforceError) -> bool:
    return isinstance(error, (SalesforceDown, SalesforceSlow, SessionOver))


def _record(body: Mapping[str, Any]) -> UiRecord:
    values: dict[str, Any] = {}
    display: dict[str, str] = {}
    _flatten(body.get("fields") or {}, "", values, display)
    return UiRecord(to_18(body["id"]), str(body["apiName"]), values, display)


def _flatten(
    fields: Mapping[str, Any], prefix: str, values: dict[str, Any], display: dict[str, str]
) -> None:
    for name, entry in fields.items():
        value, shown = entry.get("value"), entry.get("displayValue")
        if isinstance(value, dict):
            values[f"{prefix}{name}.Id"] = value.get("id")
            _flatten(value.get("fields") or {}, f"{prefix}{name}.", values, display)
            continue
        values[f"{prefix}{name}"] = value
        if shown is not None:
            display[f"{prefix}{name}"] = str(shown)
