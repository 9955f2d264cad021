"""Which fields a page shows, per object: in its head, in its details, in lists."""

from __future__ import annotations

from dataclasses import dataclass

from devorg.pages.reading import name_field
from devorg.schema import Field, SObject


@dataclass(frozen=True, slots=True)
class Layout:
    """The page layout of one object; all names are field names of its schema."""

    icon: str
    highlights: tuple[str, ...]
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    columns: tuple[str, ...]
    # The few columns for which the home page has room.
    brief: tuple[str, ...]
    # What a search compares, beside the name.
    searched: tuple[str, ...] = ()


_RECORD = ("System", ("OwnerId", "CreatedDate", "LastModifiedById", "LastModifiedDate"))

LAYOUTS: dict[str, Layout] = {
    "Contact": Layout(
        "contact",
        ("Title", "AccountId", "Phone", "Email"),
        (
            ("About", ("Name", "Title", "AccountId", "Department", "ReportsToId", "LeadSource")),
            ("Get in touch", ("Email", "Phone", "MobilePhone", "MailingCity", "MailingCountry")),
            _RECORD,
        ),
        ("Title", "AccountId", "Email", "Phone"),
        ("Title", "AccountId"),
        ("Email", "AccountId"),
    ),
    "Opportunity": Layout(
        "opportunity",
        ("AccountId", "Amount", "CloseDate", "OwnerId"),
        (
            ("About", ("Name", "AccountId", "Amount", "Probability", "CloseDate", "Type")),
            ("Status", ("StageName", "NextStep", "LeadSource")),
            _RECORD,
        ),
        ("AccountId", "StageName", "Amount", "CloseDate"),
        ("StageName", "Amount"),
        ("AccountId",),
    ),
    "Lead": Layout(
        "lead",
        ("Title", "Company", "Phone", "Email"),
        (
            ("About", ("Name", "Title", "Company", "Industry", "Status", "Rating", "LeadSource")),
            ("Get in touch", ("Email", "Phone", "MobilePhone", "Website", "City", "Country")),
            _RECORD,
        ),
        ("Title", "Company", "Status", "Email"),
        ("Title", "Company"),
        ("Email", "Company"),
    ),
    "Account": Layout(
        "account",
        ("Type", "Industry", "Phone", "Website"),
        (
            ("About", ("Name", "Type", "Industry", "ParentId")),
            ("Size", ("NumberOfEmployees", "AnnualRevenue")),
            ("Get in touch", ("Phone", "Website", "BillingCity", "BillingCountry")),
            _RECORD,
        ),
        ("Type", "Industry", "BillingCity", "Phone"),
        ("Type", "Industry", "BillingCity"),
        ("Website",),
    ),
}
# Fields of every object, and of some, that say nothing about a record to a person.
_PLUMBING = frozenset(
    {"Id", "IsDeleted", "SystemModstamp", "CreatedById", "LastViewedDate", "LastReferencedDate"}
)
_SYSTEM = frozenset({"OwnerId", "CreatedDate", "LastModifiedById", "LastModifiedDate"})
_SHORT = 4
_FIRST = (
    "Status", "StartDateTime", "ActivityDate", "WhoId", "WhatId", "Username", "Title", "Email",
    "Type", "IsActive",
)  # fmt: skip


def layout_of(sobject: SObject) -> Layout:
    """The layout of an object: its own, or one made of all its fields."""
    return LAYOUTS.get(sobject.name) or _made(sobject)


def _made(sobject: SObject) -> Layout:
    name = name_field(sobject)
    shown = [each for each in sobject.fields if _is_shown(each) and each.name != name]
    known = [each for each in _FIRST if each in {field.name for field in shown}]
    custom = [each.name for each in shown if each.custom]
    rest = [each.name for each in shown if each.name not in {*known, *custom}]
    columns = tuple([*known, *custom, *rest][:_SHORT])
    details = tuple(field.name for field in shown)
    system = tuple(each for each in _RECORD[1] if each in sobject.by_name)
    head = (name,) if name else ()
    sections = (("Details", (*head, *details)), ("System", system))
    return Layout(_ICONS.get(sobject.name, "object"), columns, sections, columns, columns[:2])


def _is_shown(field: Field) -> bool:
    is_part = field.compound is not None and field.type != "address"
    return field.name not in _PLUMBING | _SYSTEM and field.type != "address" and not is_part


_ICONS = {"Task": "task", "Event": "event", "Campaign": "campaign", "User": "contact"}
