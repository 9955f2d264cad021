"""Which fields a page shows, per object: in its head, in its details, in lists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """The page layout of one object; all names are field names of its schema."""

    icon: str
    highlights: tuple[str, ...]
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    columns: tuple[str, ...]
    # The few columns for which the home page has room.
    brief: tuple[str, ...]


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
    ),
}
