"""An Inlay site to measure: a migrated database, the application, orgs tied to their boxes."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog
from flask import Flask

from app import create_app
from app.clock import utcnow
from app.config import Config, load
from app.crm.schemas import ContactFacts, person_key
from app.crm.service import remember_people
from app.db import Database
from app.engagement import intake
from app.engagement.intake import NewEvent
from app.engagement.models import Source
from app.engagement.ports import recorded_of
from app.keys import Keyring
from app.orgs import apikeys, apps, features, service
from app.orgs.features import Feature
from app.orgs.models import Org, OrgState
from app.salesforce.connect import connections
from app.salesforce.gateway import EXTENSION, Gateway
from benchmarks.box import CONSUMER_SECRET, Box

SEED = 20_260_101
#: Kinds of events with their share: opens and page visits are not delivered by default.
KINDS = (
    ["email_opened"] * 4 + ["email_sent"] * 2 + ["page_visit"] * 2 + ["email_clicked", "meeting"]
)
_BATCH = 500


def settings(database_url: str, boxes: Sequence[Box], folder: Path, port: int) -> dict[str, str]:
    """Variables of a site that takes the boxes for Salesforce."""
    return {
        "INLAY_SECRET_KEYS": "a-key-of-the-benchmarks-and-of-nothing-else",
        "INLAY_HOME": str(folder / "home"),
        "INLAY_DATABASE_URL": database_url,
        "INLAY_APP_URL": f"http://localhost:{port}",
        "INLAY_PAGES_URL": f"http://127.0.0.1:{port}",
        "INLAY_SALESFORCE_EXTRA_ORIGINS": ",".join(box.url for box in boxes),
        "INLAY_FRAME_ANCESTORS_EXTRA": ",".join(box.url for box in boxes),
        "INLAY_API_RATE_PER_MINUTE": "1000000",
    }


@dataclass
class Site:
    """The application with everything that a room may ask of it; random numbers are seeded."""

    config: Config
    database: Database
    app: Flask = field(init=False)
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(self.config, database=self.database)
        # logs are written as in production, where nobody reads them
        sink = Path("/dev/null").open("w")  # noqa: SIM115  # as long as the process
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=sink))
        self.random = random.Random(SEED)  # noqa: S311  # made-up data, not a secret
        self._numbers = itertools.count(1)

    @classmethod
    def on(cls, database_url: str, boxes: Sequence[Box], folder: Path, port: int = 8000) -> Site:
        """A site on a migrated database."""
        config = load(settings(database_url, boxes, folder, port))
        return cls(config, Database(config.database_url))

    @property
    def keyring(self) -> Keyring:
        """Keys of the site."""
        ring: Keyring = self.app.extensions["inlay.keyring"]
        return ring

    @property
    def gateway(self) -> Gateway:
        """The door to Salesforce."""
        gateway: Gateway = self.app.extensions[EXTENSION]
        return gateway

    def admit(self, box: Box) -> tuple[Org, str]:
        """The box's org as a tenant with all features, connected; and an API key of it."""
        with self.database.system_writing() as session:
            org = service.create(session, box.org_id, "Halyard Software", state=OrgState.ACTIVE)
            apps.put(session, self.keyring, apps.PACKAGED, (CONSUMER_SECRET,))
            for feature in Feature:
                features.switch(session, org, feature, True, by="benchmark")
            api_key = apikeys.create(session, org, "benchmark", by="benchmark")
        with self.database.writing(org.id) as tenant:
            connections.connect(
                tenant,
                self.keyring,
                instance_url=box.url,
                client_id="devorg-client",
                client_secret="devorg-client-secret",  # noqa: S106  # devorg's documented default
                extra_origins=self.config.salesforce_extra_origins,
            )
        return org, api_key

    def mirror(self, org: Org, box: Box) -> list[str]:
        """Bring the box's contacts into the mirror; their ids."""
        rows = [row for row in box.records("Contact") if not row["IsDeleted"]]
        facts = [ContactFacts(row["Id"], row["Name"], row["Email"]) for row in rows]
        for start in range(0, len(facts), _BATCH):
            with self.database.writing(org.id) as session:
                remember_people(session, facts[start : start + _BATCH])
        return [row["Id"] for row in rows]

    def events(
        self, people: Sequence[str], count: int, kinds: Sequence[str], *, days: int, source: Source
    ) -> list[NewEvent]:
        """Events of these records' people, spread over the last days."""
        now, choose = utcnow(), self.random.choice
        return [
            NewEvent(
                id=f"bench-{next(self._numbers)}",
                kind=choose(kinds),
                occurred_at=now - timedelta(minutes=self.random.randrange(1, days * 24 * 60)),
                person=person_key(salesforce_id=people[number % len(people)]),
                subject=f"Your offer of today, number {number}",
                url=f"https://www.example.com/offers/{number}",
                properties={"campaign": "autumn", "position": number},
                source=source,
            )
            for number in range(count)
        ]

    def tell(self, org: Org, events: Sequence[NewEvent]) -> None:
        """Record events through intake, in batches."""
        recorded = recorded_of(self.app)
        for start in range(0, len(events), _BATCH):
            with self.database.writing(org.id) as session:
                intake.record(session, events[start : start + _BATCH], recorded)

    def settle(self) -> None:
        """What PostgreSQL does by itself within a minute of a bulk load: look at its tables anew.

        Connections are made anew too, since they keep plans of when the tables were empty.
        """
        if self.database.dialect == "postgresql":
            with self.database.writer.begin() as connection:
                connection.exec_driver_sql("ANALYZE")
            self.database.dispose()

    def close(self) -> None:
        """Write the books, close connections."""
        self.gateway.close()
        self.database.dispose()
