"""What crosses the edge of the mirror: facts that Salesforce or the vendor's backend told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.crm.models import SObject
from app.crm.values import normal_email, person_object, record_id


@dataclass(frozen=True, slots=True)
class PersonKey:
    """Who is meant: an e-mail address, a Contact or Lead, or both; make one with ``person_key``.

    Attributes:
        email: Trimmed and lower case, or None.
        salesforce_id: 18-character id of a Contact (003…) or Lead (00Q…), or None.
        name: What to call the person when it is new or has no name yet; no part of the identity.
    """

    email: str | None = None
    salesforce_id: str | None = None
    name: str = ""

    @property
    def sobject(self) -> SObject | None:
        """Which object the record id belongs to."""
        return person_object(self.salesforce_id) if self.salesforce_id else None


def person_key(
    *, email: str | None = None, salesforce_id: str | None = None, name: str = ""
) -> PersonKey:
    """The normal form of what was told of a person.

    Raises:
        UnknownPersonError: Neither was given, or the address or id is none of a person.
    """
    return PersonKey(
        normal_email(email) if email else None,
        record_id(salesforce_id, of_person=True) if salesforce_id or not email else None,
        " ".join(name.split())[:255],
    )


@dataclass(frozen=True, slots=True)
class OpportunityFacts:
    """An opportunity as Salesforce told of it; ``opened_at`` is its CreatedDate (E3)."""

    salesforce_id: str
    name: str = ""
    opened_at: datetime | None = None
    is_closed: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "salesforce_id", record_id(self.salesforce_id))


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """A Contact or Lead as Salesforce told of it."""

    salesforce_id: str
    name: str = ""
    email: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "salesforce_id", record_id(self.salesforce_id, of_person=True))


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """One contact role: this contact takes part in this opportunity."""

    opportunity: OpportunityFacts
    contact: ContactFacts
    role: str = ""
    is_primary: bool = False
