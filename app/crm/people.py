"""Who is meant: e-mail addresses and record ids to people, creating whom the mirror does not know.

The rules, in this order: the person of the record link; the person of the e-mail address; a new
one. Given both, the record is linked to the person of the address, unless that person already
stands for another record of the same object: two Contacts with one address stay two people.
All of it takes a fixed number of statements, and two callers at once come to the same people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, select, update
from sqlalchemy.exc import IntegrityError

from app.clock import utcnow
from app.crm.models import Person, RecordLink, SObject
from app.crm.schemas import PersonKey
from app.crm.values import person_object
from app.db import TenantSession
from app.ids import new_id


@dataclass(slots=True)
class _Known:
    """A person as far as the present batch knows it."""

    id: UUID
    email: str | None
    name: str = ""
    objects: set[SObject] = field(default_factory=set)


def people_for(session: TenantSession, keys: Collection[PersonKey]) -> dict[PersonKey, UUID]:
    """The id of the person that each key means; people who are new are created.

    Up to seven statements whatever the size of the batch, two when everybody is known.
    """
    book = _Book(session)
    book.read(keys)
    # keys that tie an address to a record first, so that the others find the tie
    for key in sorted(keys, key=lambda key: (key.email is None) + (key.salesforce_id is None)):
        book.place(key)
    book.write()
    return {key: book.id_of(key) for key in keys}


def rename(session: TenantSession, names: Mapping[UUID, str]) -> None:
    """Give people the names that Salesforce told; empty ones are left out."""
    told = {person: name[:255] for person, name in names.items() if name}
    if told:
        session.execute(
            update(Person)
            .where(Person.id.in_(told), Person.name != case(told, value=Person.id, else_=""))
            .values(name=case(told, value=Person.id, else_=Person.name))
            .execution_options(synchronize_session=False)
        )


class _Book:
    """The people of one batch: read, placed in memory, written."""

    def __init__(self, session: TenantSession) -> None:
        self._session = session
        self._by_email: dict[str, _Known] = {}
        self._by_record: dict[str, _Known] = {}
        self._new: dict[UUID, _Known] = {}
        self._links: dict[str, _Known] = {}
        self._addresses: dict[UUID, str] = {}

    def read(self, keys: Collection[PersonKey]) -> None:
        """Find those whom the mirror knows."""
        self._read_records({key.salesforce_id for key in keys if key.salesforce_id})
        self._read_emails({key.email for key in keys if key.email})
        self._read_objects(
            self._by_email[key.email]
            for key in keys
            if key.email and key.email in self._by_email
            if key.salesforce_id and key.salesforce_id not in self._by_record
        )

    def place(self, key: PersonKey) -> None:
        """Decide who is meant, and note what has to be written for it."""
        by_record = self._by_record.get(key.salesforce_id or "")
        by_email = self._by_email.get(key.email or "")
        if by_record is not None:
            if key.email and by_email is None and by_record.email is None:
                self._give_address(by_record, key.email)
        elif key.salesforce_id:
            sobject = person_object(key.salesforce_id)
            person = by_email
            if person is None or sobject in person.objects:
                person = self._add(None if by_email else key.email, key.name)
            self._tie(person, key.salesforce_id, sobject)
        elif by_email is None:
            self._add(key.email, key.name)

    def write(self) -> None:
        """Write what is new; where another transaction was quicker, its rows hold."""
        self._write_people()
        self._write_links()
        self._write_addresses()

    def id_of(self, key: PersonKey) -> UUID:
        """Who is meant, after ``write``."""
        if key.salesforce_id:
            return self._by_record[key.salesforce_id].id
        return self._by_email[key.email or ""].id

    def _read_records(self, record_ids: set[str]) -> None:
        if record_ids:
            rows = self._session.execute(
                select(RecordLink.salesforce_id, Person.id, Person.email)
                .join(Person, Person.id == RecordLink.person_id)
                .where(RecordLink.salesforce_id.in_(record_ids))
            )
            known: dict[UUID, _Known] = {}
            for record, person, email in rows:
                self._by_record[record] = known.setdefault(person, _Known(person, email))
        self._by_email.update({k.email: k for k in self._by_record.values() if k.email})

    def _read_emails(self, emails: set[str]) -> None:
        missing = emails - self._by_email.keys()
        if missing:
            rows = self._session.execute(
                select(Person.id, Person.email).where(Person.email.in_(missing))
            )
            self._by_email.update({email: _Known(id_, email) for id_, email in rows if email})

    def _read_objects(self, people: Iterable[_Known]) -> None:
        known = {person.id: person for person in people}
        if known:
            rows = self._session.execute(
                select(RecordLink.person_id, RecordLink.sobject).where(
                    RecordLink.person_id.in_(known)
                )
            )
            for person, sobject in rows:
                if person is not None:
                    known[person].objects.add(sobject)

    def _add(self, email: str | None, name: str) -> _Known:
        person = _Known(new_id(), email, name)
        self._new[person.id] = person
        if email:
            self._by_email[email] = person
        return person

    def _tie(self, person: _Known, salesforce_id: str, sobject: SObject) -> None:
        person.objects.add(sobject)
        self._by_record[salesforce_id] = self._links[salesforce_id] = person

    def _give_address(self, person: _Known, email: str) -> None:
        person.email = email
        self._by_email[email] = person
        if person.id not in self._new:
            self._addresses[person.id] = email

    def _write_people(self) -> None:
        if not self._new:
            return
        # one order for all writers, so that two of them never wait for each other crosswise
        people = sorted(self._new.values(), key=lambda person: (person.email or "", person.id))
        self._session.upsert_many(
            Person, [_person_row(person) for person in people], key=["org_id", "email"]
        )
        emails = [person.email for person in people if person.email]
        rows = self._session.execute(
            select(Person.email, Person.id).where(Person.email.in_(emails))
        )
        for email, person_id in rows:
            if email is not None:
                self._by_email[email].id = person_id

    def _write_links(self) -> None:
        if not self._links:
            return
        rows = [link_row(record, self._links[record].id) for record in sorted(self._links)]
        self._session.upsert_many(RecordLink, rows, key=["org_id", "salesforce_id"])
        stored = self._session.execute(
            select(RecordLink.salesforce_id, RecordLink.person_id).where(
                RecordLink.salesforce_id.in_(self._links)
            )
        )
        left = [self._point(record, person) for record, person in stored if person is not None]
        self._drop_orphans({person for person in left if person is not None})

    def _point(self, record: str, holder: UUID) -> UUID | None:
        """Follow the stored link; the person of ours that it left behind, if any."""
        ours = self._by_record[record]
        if ours.id == holder:
            return None
        self._by_record[record] = _Known(holder, None)
        return None if ours.email else ours.id

    def _drop_orphans(self, people: set[UUID]) -> None:
        orphans = people - {person.id for person in self._by_record.values()}
        if orphans:
            self._session.execute(
                delete(Person)
                .where(Person.id.in_(orphans))
                .execution_options(synchronize_session=False)
            )

    def _write_addresses(self) -> None:
        if not self._addresses:
            return
        statement = (
            update(Person)
            .where(Person.id.in_(self._addresses), Person.email.is_(None))
            .values(email=case(self._addresses, value=Person.id))
            .execution_options(synchronize_session=False)
        )
        try:
            with self._session.begin_nested():
                self._session.execute(statement)
        except IntegrityError:
            self._read_again()

    def _read_again(self) -> None:
        """Somebody else took one of the addresses in this moment: theirs holds."""
        rows = self._session.execute(
            select(Person.id, Person.email).where(Person.email.in_(self._addresses.values()))
        )
        self._by_email.update({email: _Known(id_, email) for id_, email in rows if email})


def _person_row(person: _Known) -> dict[str, Any]:
    return {
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "created_at": utcnow(),
    }


def link_row(record: str, person: UUID) -> dict[str, Any]:
    """A row of ``record_link`` that ties a record to a person."""
    return {
        "id": new_id(),
        "sobject": person_object(record),
        "salesforce_id": record,
        "person_id": person,
        "company_id": None,
        "opportunity_id": None,
        "created_at": utcnow(),
    }
