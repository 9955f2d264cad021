"""Whom or what the card is about."""

from __future__ import annotations

from dataclasses import dataclass

from app.crm.models import SObject
from app.widget.rights import Rights


@dataclass(frozen=True, slots=True)
class Header:
    """Name, one line below it, and a face: initials for people, an icon for the rest."""

    name: str
    line: str
    initials: str
    icon: str


def header_of(rights: Rights) -> Header:
    """From the record's fields as far as the user may see them."""
    record = rights.record
    name = record.text("Name") or record.id
    account = rights.account.text("Name") if rights.account else ""
    match SObject(record.sobject):
        case SObject.CONTACT:
            return Header(
                name, _line(record.text("Title"), account), _initials(record.text("Name")), "visit"
            )
        case SObject.LEAD:
            line = _line(record.text("Title"), record.text("Company"))
            return Header(name, line, _initials(record.text("Name")), "visit")
        case SObject.OPPORTUNITY:
            return Header(name, _line(account, record.text("StageName")), "", "deal")
        case SObject.ACCOUNT:
            return Header(name, record.text("Industry"), "", "building")


def _line(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _initials(name: str) -> str:
    letters = [word[0].upper() for word in name.split() if word[0].isalnum()]
    return letters[0] + letters[-1] if len(letters) > 1 else "".join(letters)
