"""Checked values that several schemas share; each says in its error what it takes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

from app.api.sentences import TIME
from app.clock import utcnow

MAX_PROPERTIES_BYTES = 8 * 1024
_MAX_DEPTH = 8
_LARGEST_NUMBER = 2**63
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_AHEAD = timedelta(days=1)
_BEGIN_OF_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:", re.ASCII)


def _check_text(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain the character U+0000")
    return text


def _check_id(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("must be printable, without spaces at its ends")
    return text


def _check_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web or " " in url or not url.isprintable():
        raise ValueError("must be an http or https address such as https://example.com/page")
    return url


def _only_text(value: Any) -> Any:
    """Seconds since 1970, as a number or as text, are more often a mistake than a time."""
    if isinstance(value, str) and _BEGIN_OF_TIME.match(value):
        return value
    raise ValueError(TIME)


def _check_time(moment: datetime) -> datetime:
    if moment < _EARLIEST:
        raise ValueError("must not be before 1970")
    if moment > utcnow() + _MOST_AHEAD:
        raise ValueError("must not be more than one day in the future")
    return moment.astimezone(UTC)


def _check_any_time(moment: datetime) -> datetime:
    if not _EARLIEST <= moment < datetime(9000, 1, 1, tzinfo=UTC):
        raise ValueError("must be between 1970 and 9000")
    return moment.astimezone(UTC)


def _check_properties(value: dict[str, Any]) -> dict[str, Any]:
    _check_json(value, 1)
    if len(msgspec.json.encode(value)) > MAX_PROPERTIES_BYTES:
        raise ValueError(f"must not take more than {MAX_PROPERTIES_BYTES} bytes of JSON")
    return value


def _check_json(value: Any, depth: int) -> None:
    """Only what both databases can keep and give back."""
    if depth > _MAX_DEPTH:
        raise ValueError(f"must not be nested deeper than {_MAX_DEPTH} levels")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, int) and abs(value) > _LARGEST_NUMBER:
        raise ValueError("must not hold integers of more than 64 bits; send them as text")
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check_text(name)
            _check_json(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check_json(inner, depth + 1)


#: Text that databases can keep.
Text = Annotated[str, AfterValidator(_check_text)]
#: What something is called; without spaces at its ends, never blank.
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255, strip_whitespace=True),
    AfterValidator(_check_text),
]
EventId = Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_check_id)]
WebAddress = Annotated[str, Field(max_length=2000), AfterValidator(_check_url)]
#: When something happened: at most one day ahead of us, since clocks differ.
PastMoment = Annotated[AwareDatetime, BeforeValidator(_only_text), AfterValidator(_check_time)]
Moment = Annotated[AwareDatetime, BeforeValidator(_only_text), AfterValidator(_check_any_time)]
Properties = Annotated[
    dict[str, Any],
    Field(description=f"Any JSON object of at most {MAX_PROPERTIES_BYTES} bytes."),
    AfterValidator(_check_properties),
]
