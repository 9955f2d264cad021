"""Person accounts: an account with a last name is a person, and has a contact of its own.

Facts: pages are of the Account, the person is in PersonContactId; fields of the contact appear on
the account as Person….
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from devorg import ids, rows
from devorg.errors import RowError
from devorg.rows import Record
from devorg.schema import Field, Schema, SObject
from devorg.schema.fields import reference, typed
from devorg.schema.notation import computed_addresses
from devorg.schema.record_types import RecordType

FLAG: Final = "IsPersonAccount"
PERSON_TYPE: Final = RecordType(ids.make("012", 9_001), "PersonAccount", "Person Account")
BUSINESS_TYPE: Final = RecordType(ids.make("012", 9_000), "Business_Account", "Business Account")
_NAMES: Final = ("LastName", "FirstName", "Salutation")
# Fields of Contact that an account shows under `Person` and the same name.
_SHOWN: Final = (
    "Email", "Title", "Department", "AssistantName", "LeadSource", "Birthdate", "MobilePhone",
    "HomePhone", "OtherPhone", "AssistantPhone", "LastCURequestDate", "LastCUUpdateDate",
    "EmailBouncedReason", "EmailBouncedDate", "IndividualId",
    *(
        f"{place}{part}"
        for place in ("Mailing", "Other")
        for part in ("Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude",
                     "GeocodeAccuracy", "Address")
    ),
)  # fmt: skip
_CHANGE: Final = ("LastModifiedDate", "LastModifiedById", "SystemModstamp")
# Fields that both have under one name.
_SAME: Final = ("Phone", "Fax", "Description", "OwnerId", *_NAMES)


def with_person_accounts(schema: Schema) -> Schema:
    """The schema of an org that has enabled person accounts."""
    account, contact = schema.objects["Account"], schema.objects["Contact"]
    names = [replace(contact.by_name[name], nillable=True) for name in _NAMES]
    shown = computed_addresses([_person(contact.by_name[name]) for name in _SHOWN])
    flag = replace(typed("boolean", FLAG, "Is Person Account"), createable=False, updateable=False)
    person = replace(
        reference("PersonContactId", "Contact ID", "Contact", relationship="PersonContact"),
        createable=False, updateable=False, securable=False,
    )  # fmt: skip
    account = account.with_fields(
        # The platform puts a person's name together, so nobody must give one.
        replace(account.by_name["Name"], defaulted=True),
        *names, *shown, person,
        replace(flag, computed='"LastName" IS NOT NULL', nillable=False),
    )  # fmt: skip
    for each in (BUSINESS_TYPE, PERSON_TYPE):
        account = account.with_record_type(each)
    return schema.with_objects(account, contact.with_fields(flag))


def _person(field: Field) -> Field:
    compound = f"Person{field.compound}" if field.compound else None
    path = f"Person{field.relationship}" if field.relationship else None
    return replace(
        field, name=f"Person{field.name}", compound=compound, relationship=path, children=None
    )


def complete(record: Record, changed: frozenset[str]) -> None:
    """Name a person, and keep persons and businesses apart. Raises RowError."""
    if record.get("LastName"):
        if "Name" in changed:
            message = "Account: bad field names on insert/update call: Name"
            raise RowError("INVALID_FIELD_FOR_INSERT_UPDATE", message, ["Name"])
        parts = (record.get("FirstName"), record["LastName"])
        record["Name"] = " ".join(part for part in parts if part)
        return
    wrong = sorted(name for name in changed & _PERSONAL if record.get(name) is not None)
    if wrong:
        message = f"Account: bad field names on insert/update call: {', '.join(wrong)}"
        raise RowError("INVALID_FIELD_FOR_INSERT_UPDATE", message, wrong)
    if record.get("Name") is None:
        raise RowError("REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]", ["Name"])


_PERSONAL: Final = frozenset({"FirstName", "Salutation", *(f"Person{name}" for name in _SHOWN)})


def follow(
    connection: sqlite3.Connection,
    schema: Schema,
    written: Sequence[tuple[Record | None, Record]],
) -> None:
    """Make or change the contacts of person accounts that were written."""
    account, contact = schema.objects["Account"], schema.objects["Contact"]
    persons = [record for _, record in written if record.get("LastName")]
    new = [record for record in persons if not record.get("PersonContactId")]
    numbers = rows.make_ids(connection, contact, len(new)) if new else []
    made = []
    for record, contact_id in zip(new, numbers, strict=True):
        link = {"PersonContactId": contact_id, "RecordTypeId": PERSON_TYPE.id}
        record.update(link)
        rows.update(connection, account, record["Id"], link)
        made.append({**_contact(contact, record), "Id": contact_id, "AccountId": record["Id"]})
    rows.insert(connection, contact, made)
    fresh = {record["Id"] for record in new}
    for record in persons:
        if record["Id"] not in fresh:
            rows.update(connection, contact, record["PersonContactId"], _contact(contact, record))


def follow_contacts(
    connection: sqlite3.Connection,
    schema: Schema,
    written: Sequence[tuple[Record | None, Record]],
) -> None:
    """Change the person accounts whose contacts were changed."""
    account, contact = schema.objects["Account"], schema.objects["Contact"]
    for before, record in written:
        if before is None or not record.get(FLAG):
            continue
        shown = {f"Person{n}": record.get(n) for n in _SHOWN if n not in contact.computed}
        same = {name: record.get(name) for name in (*_SAME, "Name", *_CHANGE)}
        rows.update(connection, account, record["AccountId"], {**shown, **same})


def _contact(contact: SObject, record: Record) -> Record:
    shown = {name: record.get(f"Person{name}") for name in _SHOWN if name not in contact.computed}
    same = {name: record.get(name) for name in _SAME}
    system = ("CreatedDate", "CreatedById", *_CHANGE, "IsDeleted", "Name")
    return {**shown, **same, **{name: record.get(name) for name in system}, FLAG: True}


FOLLOWING: Final = {"Account": follow, "Contact": follow_contacts}
