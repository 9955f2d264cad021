"""What a page tells while it is looked at: a strict schema for whatever arrives."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeVar

import msgspec

from app.destinations.errors import BeaconError

#: A beacon with fifty steps is half as large.
MAX_BYTES = 8 * 1024
MAX_STEPS = 50

_DAY_MS = 24 * 3600 * 1000
_Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=_DAY_MS)]
_T = TypeVar("_T")
_LoadId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]{16,48}\Z")]


class StepName(StrEnum):
    """What a page may tell; that a form was sent is known from the form itself."""

    VIEW = "view"
    BLOCK_SEEN = "block_seen"
    LINK_CLICKED = "link_clicked"
    DOCUMENT_OPENED = "document_opened"


class PageStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing done, ``at`` milliseconds after the page was loaded; ``id`` counts from 1."""

    id: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    kind: StepName
    at: _Milliseconds
    target: Annotated[str, msgspec.Meta(max_length=32)] = ""


class Beacon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One message of a page load.

    Attributes:
        load: Random id of the page load, made by the page.
        age: Milliseconds since the load.
        visible: Milliseconds of these in which the page was looked at.
        automated: What ``navigator.webdriver`` says.
        input: Pointer or keyboard were used since the load, by the browser's own word.
        bye: The page goes away.
        steps: What was done and not yet acknowledged.
    """

    load: _LoadId
    age: _Milliseconds
    visible: _Milliseconds
    automated: bool = False
    input: bool = False
    bye: bool = False
    steps: Annotated[tuple[PageStep, ...], msgspec.Meta(max_length=MAX_STEPS)] = ()


class RefusalNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The visitor of this page load does not want to be known."""

    load: _LoadId


_beacon = msgspec.json.Decoder(Beacon)
_refusal = msgspec.json.Decoder(RefusalNote)


def read_beacon(body: bytes) -> Beacon:
    """The beacon.

    Raises:
        BeaconError: It is none.
    """
    return _decode(_beacon, body)


def read_refusal(body: bytes) -> RefusalNote:
    """The refusal.

    Raises:
        BeaconError: It is none.
    """
    return _decode(_refusal, body)


def is_load_id(text: str) -> bool:
    """Whether the text may be the id of a page load."""
    return 16 <= len(text) <= 48 and text.isascii() and text.isalnum() and text == text.lower()


def _decode(decoder: msgspec.json.Decoder[_T], body: bytes) -> _T:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BeaconError("This is no beacon of ours.") from None
