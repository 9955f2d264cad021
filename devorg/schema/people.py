"""Account, Contact and Lead: who a rep talks to (field facts: public object reference)."""

from __future__ import annotations

from dataclasses import replace

from devorg.schema.fields import (
    Field,
    SObject,
    area,
    lookup_key,
    number,
    picklist,
    read_only,
    reference,
    required,
    system_fields,
    text,
    typed,
    with_default,
)

SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Event", "Other")
INDUSTRIES = (
    "Banking", "Biotechnology", "Construction", "Consulting", "Education", "Electronics",
    "Energy", "Finance", "Healthcare", "Insurance", "Manufacturing", "Media", "Retail",
    "Technology", "Telecommunications", "Transportation", "Utilities",
)  # fmt: skip
OWNER = with_default(reference("OwnerId", "Owner ID", "User"))


def address(prefix: str, label: str) -> tuple[Field, ...]:
    """The five writable parts of an address."""
    return (
        area(f"{prefix}Street", f"{label}Street", 255),
        text(f"{prefix}City", f"{label}City", 40),
        text(f"{prefix}State", f"{label}State/Province", 80),
        text(f"{prefix}PostalCode", f"{label}Zip/Postal Code", 20),
        text(f"{prefix}Country", f"{label}Country", 80),
    )


def full_name() -> Field:
    """The compound name, put together by the platform."""
    name = required(text("Name", "Full Name", 121))
    return replace(read_only(name), name_field=True)


PERSON = (
    required(text("LastName", "Last Name", 80)),
    text("FirstName", "First Name", 40),
    picklist("Salutation", "Salutation", ("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx."), length=40),
    full_name(),
    text("Title", "Title", 128),
    typed("phone", "Phone", "Phone", 40),
    typed("phone", "MobilePhone", "Mobile Phone", 40),
    lookup_key(typed("email", "Email", "Email", 80)),
    picklist("LeadSource", "Lead Source", SOURCES),
    area("Description", "Description", 32000),
    OWNER,
    read_only(typed("date", "LastActivityDate", "Last Activity")),
)

ACCOUNT = SObject(
    "Account", "Account", "Accounts", "001",
    (
        *system_fields("Account"),
        read_only(reference("MasterRecordId", "Master Record ID", "Account")),
        replace(required(text("Name", "Account Name", 255)), name_field=True),
        picklist("Type", "Account Type", ("Prospect", "Customer", "Partner", "Other"), length=40),
        reference("ParentId", "Parent Account ID", "Account"),
        *address("Billing", "Billing "),
        typed("phone", "Phone", "Account Phone", 40),
        typed("url", "Website", "Website", 255),
        picklist("Industry", "Industry", INDUSTRIES, length=40),
        text("AccountNumber", "Account Number", 40),
        number("currency", "AnnualRevenue", "Annual Revenue", 18, 0),
        replace(typed("int", "NumberOfEmployees", "Employees"), precision=8),
        area("Description", "Account Description", 32000),
        OWNER,
        read_only(typed("date", "LastActivityDate", "Last Activity")),
    ),
)  # fmt: skip

CONTACT = SObject(
    "Contact", "Contact", "Contacts", "003",
    (
        *system_fields("Contact"),
        read_only(reference("MasterRecordId", "Master Record ID", "Contact")),
        reference("AccountId", "Account ID", "Account"),
        *PERSON,
        *address("Mailing", "Mailing "),
        reference("ReportsToId", "Reports To ID", "Contact"),
        text("Department", "Department", 80),
        typed("date", "Birthdate", "Birthdate"),
    ),
)  # fmt: skip

LEAD = SObject(
    "Lead", "Lead", "Leads", "00Q",
    (
        *system_fields("Lead"),
        read_only(reference("MasterRecordId", "Master Record ID", "Lead")),
        *PERSON,
        required(text("Company", "Company", 255)),
        *address("", ""),
        typed("url", "Website", "Website", 255),
        with_default(
            picklist(
                "Status", "Status",
                ("Open - Not Contacted", "Working - Contacted", "Closed - Converted",
                 "Closed - Not Converted"),
            ),
            "Open - Not Contacted",
        ),
        picklist("Industry", "Industry", INDUSTRIES, length=40),
        picklist("Rating", "Rating", ("Hot", "Warm", "Cold")),
        replace(typed("int", "NumberOfEmployees", "Employees"), precision=8),
        read_only(typed("boolean", "IsConverted", "Converted")),
        read_only(typed("date", "ConvertedDate", "Converted Date")),
        read_only(reference("ConvertedAccountId", "Converted Account ID", "Account")),
        read_only(reference("ConvertedContactId", "Converted Contact ID", "Contact")),
        read_only(reference("ConvertedOpportunityId", "Converted Opportunity ID", "Opportunity")),
    ),
)  # fmt: skip
