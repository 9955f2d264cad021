"""A record with two people, its rep, and the Destination made of them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from app.crm.models import Person, SObject
from app.crm.service import person_for
from app.db import Database, TenantSession
from app.destinations.models import Link
from app.destinations.schemas import PersonFacts, RecordFacts, RepFacts
from app.destinations.service import get_or_create
from app.engagement.ports import Recorded, RecordedEvent, plug_recorded, recorded_of
from app.orgs import settings
from app.orgs.models import Org
from app.orgs.settings import OrgSettings
from tests.support.application import PAGES_URL

#: What a person's browser says.
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
REP = RepFacts("0055e000000REPAAA2", "Grace Okafor", "grace@northwind.example", "Europe/Berlin")
SETTINGS = OrgSettings(
    company_name="Northwind", website="https://www.northwind.example/", brand_color="#0b5cab"
)


@dataclass(frozen=True)
class Shared:
    """A Destination with the tokens of its links."""

    org_id: UUID
    destination_id: UUID
    record: RecordFacts
    general: str
    ada: str
    ben: str
    ada_id: UUID
    ben_id: UUID


@pytest.fixture
def people(database: Database, org: Org) -> list[PersonFacts]:
    found = []
    with database.writing(org.id) as session:
        for name in ("Ada Lindqvist", "Ben Osei"):
            email = f"{name.split()[0].lower()}@acme.example"
            person = person_for(session, email=email, name=name)
            found.append(PersonFacts(person.id, name, name.split()[0]))
    return found


@pytest.fixture
def record(people: list[PersonFacts]) -> RecordFacts:
    return RecordFacts(
        SObject.OPPORTUNITY, "0065e000000DEALAA2", "ACME upsell 2026", "Acme Ltd", people
    )


@pytest.fixture
def shared(database: Database, org: Org, record: RecordFacts) -> Shared:
    return share(database, org, record)


def share(
    database: Database,
    org: Org,
    record: RecordFacts,
    chosen: OrgSettings = SETTINGS,
    rep: RepFacts = REP,
) -> Shared:
    """Make the Destination of a record, with the settings stored too."""
    with database.system_writing() as system:
        stored = system.get_one(Org, org.id)
        settings.write(
            system, stored, company_name=chosen.company_name, brand_color=chosen.brand_color
        )
    with database.writing(org.id) as session:
        destination, _ = get_or_create(session, record, rep, chosen)
        links = session.scalars(select(Link).where(Link.destination_id == destination.id))
        tokens = {link.person_id: link.token for link in links}
        people = session.execute(select(Person.email, Person.id)).all()
    ids = {str(email).partition("@")[0]: person_id for email, person_id in people}
    return Shared(
        org.id,
        destination.id,
        record,
        tokens[None],
        tokens.get(ids["ada"], ""),
        tokens.get(ids["ben"], ""),
        ids["ada"],
        ids["ben"],
    )


def without_people(record: RecordFacts) -> RecordFacts:
    """The same record before anybody is on it."""
    return replace(record, people=())


@pytest.fixture
def count_statements(database: Database) -> Iterator[list[str]]:
    """Statements that reach the database, in order."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement.lstrip())

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


class PagesClient(FlaskClient):
    """Asks the pages' own host."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        options.setdefault("base_url", PAGES_URL)
        return super().open(*args, **options)


@pytest.fixture
def pages(app: Flask) -> FlaskClient:
    """A client that asks the pages' own host, as a person's browser does."""
    app.test_client_class = PagesClient
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = PERSON
    return client


class Recorder:
    """Stands behind the outbox's port, and remembers what it was told."""

    def __init__(self, planned: Recorded) -> None:
        self._planned = planned
        self.events: list[RecordedEvent] = []

    def __call__(self, session: TenantSession, events: Sequence[RecordedEvent]) -> None:
        """The port."""
        self.events += events
        self._planned(session, events)


@pytest.fixture
def recorder(app: Flask) -> Recorder:
    """Hears of every visit that is handed on; the outbox hears of it too."""
    recorder = Recorder(recorded_of(app))
    plug_recorded(app, recorder)
    return recorder


def wait_until_held(database: Database, other: Future[Any]) -> None:
    """Until somebody waits for a row of ours on PostgreSQL, or is done; SQLite has one writer."""
    held = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    while database.dialect == "postgresql" and not other.done():
        with database.engine.connect() as connection:
            if connection.exec_driver_sql(held).scalar():
                return
        time.sleep(0.01)
