"""Normal forms of what names a person: e-mail addresses and record ids."""

from __future__ import annotations

import re

from app.crm.errors import UnknownPersonError
from app.crm.models import SObject
from canvas.ids import sobject_of, to_18

_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\.]+")
_MAX_EMAIL = 320

#: Objects that stand for somebody.
PEOPLE = frozenset({SObject.CONTACT, SObject.LEAD})


def normal_email(text: str) -> str:
    """Trimmed and lower case.

    Only the shape is looked at (one @, a dot in the domain); whether it exists nobody can tell.

    Raises:
        UnknownPersonError: The text is no e-mail address.
    """
    email = text.strip().lower()
    # what is not printable would turn the text around it, or hide in a list: it is shown to reps
    is_sound = len(email) <= _MAX_EMAIL and email.isprintable()
    if not is_sound or _EMAIL.fullmatch(email) is None:
        raise UnknownPersonError("This is no e-mail address; give one such as ada@example.com.")
    return email


def record_id(text: str | None, *, of_person: bool = False) -> str:
    """The 18-character form of an id of a Contact, Lead, Account or Opportunity.

    Raises:
        UnknownPersonError: The id is malformed or of another object (or, with ``of_person``, of
            an object that stands for nobody).
    """
    try:
        found = to_18(text or "")
    except ValueError:
        raise UnknownPersonError(
            "This is no Salesforce id; give the 15 or 18 characters of a Contact or Lead."
        ) from None
    sobject = sobject_of(found)
    if sobject is None or (of_person and sobject not in PEOPLE):
        raise UnknownPersonError(
            "Only Contacts (003…) and Leads (00Q…) can be named here; give the id of the person."
        )
    return found


def person_object(salesforce_id: str) -> SObject:
    """Contact or Lead, by the key prefix of an id that ``record_id`` has passed."""
    return SObject(sobject_of(salesforce_id) or "")
