"""Destinations of an org, made as reps make them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from app.crm.models import SObject
from app.crm.service import person_for
from app.db import Database
from app.destinations.models import Destination
from app.destinations.schemas import PersonFacts, RecordFacts, RepFacts
from app.destinations.service import get_or_create
from app.orgs import settings
from app.orgs.models import Org
from canvas.ids import to_18

REP = RepFacts(to_18("0055e000000REPA"), "Grace Okafor", "grace@northwind.example")
Make = Callable[..., UUID]


@pytest.fixture
def make(database: Database, org: Org) -> Make:
    """Makes a Destination of a record with one person; its id."""

    def made(number: int = 1, name: str = "Ada Lind", account: str = "Acme", of: Org = org) -> UUID:
        email = f"{name.split(maxsplit=1)[0].lower()}@acme.example"
        with database.writing(of.id) as session:
            person = person_for(session, email=email, name=name)
            people = [PersonFacts(person.id, name, name.split(maxsplit=1)[0])]
            record = RecordFacts(SObject.CONTACT, contact(number), name, account, people)
            found, _ = get_or_create(session, record, REP, settings.read(session))
            return found.id

    return made


def contact(number: int) -> str:
    return to_18(f"003{number:012d}")


def read(database: Database, org: Org, destination_id: UUID) -> Destination:
    with database.reading(org.id) as session:
        return session.get_one(Destination, destination_id)
