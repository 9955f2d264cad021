"""What there is one activity of at most, whatever happens twice: ``OutboxRow.once_key``."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Protocol
from uuid import UUID


class Linked(Protocol):
    """What is known of an event with a link, whoever tells of it."""

    @property
    def person_id(self) -> UUID | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def subject(self) -> str: ...


def first_key(event: Linked) -> str | None:
    """Of the first time that a person did this with this link; None where no link was named."""
    link = event.url or event.subject
    if event.person_id is None or not link:
        return None
    return _key("first", event.person_id, event.kind, link)


def digest_key(person: UUID, day: date) -> str:
    """Of the digest of a person and day."""
    return _key("digest", person, day.isoformat())


def _key(purpose: str, person: UUID, *parts: str) -> str:
    text = "\0".join((purpose, person.hex, *parts))
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
