"""What crosses the edge of the room: facts that a Destination is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.crm.models import SObject


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Somebody who gets a link of their own; ``person_id`` is ours."""

    person_id: UUID
    name: str = ""
    first_name: str = ""


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """The record as the rep may see it: hidden fields are empty.

    Attributes:
        sobject: Object of the record.
        id: 18-character id.
        name: Name of the record. That of an opportunity is the seller's own and is never shown.
        account_name: Name of the account (of a lead: the company), as visitors read it.
        people: Those who get a link of their own.
    """

    sobject: SObject
    id: str
    name: str = ""
    account_name: str = ""
    people: Sequence[PersonFacts] = ()


@dataclass(frozen=True, slots=True)
class RepFacts:
    """The rep who makes the Destination; shown on it with name and e-mail address.

    ``user_id`` is the 18-character id of the User.
    """

    user_id: str
    name: str = ""
    email: str = ""
    time_zone: str = "UTC"
