"""An Inlay org and a Salesforce org in a box, tied together, for tests of delivery."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import requests
from sqlalchemy import func, select, update

from app.clock import utcnow
from app.config import Config
from app.crm.schemas import person_key
from app.crm.service import people_for
from app.db import Database, TenantSession
from app.engagement import intake
from app.engagement.intake import NewEvent
from app.keys import Keyring
from app.orgs import features, settings
from app.orgs.features import Feature
from app.orgs.models import Org
from app.outbox.models import DeliveryState, OrgDelivery, OutboxRow
from app.outbox.plan import planner
from app.outbox.turns import lease
from app.outbox.turns.delivery import Courier
from app.outbox.turns.lease import LeaseTimes, Turn
from app.salesforce.connect import connections
from app.salesforce.gateway import Gateway
from app.salesforce.models import OrgProfile
from app.salesforce.transport import Timeouts
from devorg.server import RunningOrg

TIMES = LeaseTimes()
_numbers = itertools.count(1)


@dataclass
class World:
    """One org with everything that delivery takes; ``drain`` works without threads."""

    config: Config
    database: Database
    keyring: Keyring
    org: Org
    devorg: RunningOrg
    read_seconds: float = 60.0
    gateway: Gateway = field(init=False)

    def __post_init__(self) -> None:
        self.config = replace(self.config, salesforce_extra_origins=(self.devorg.url,))
        timeouts = Timeouts(20, self.read_seconds)
        self.gateway = Gateway(self.config, self.database, self.keyring, worker_timeouts=timeouts)

    def prepare(self, **chosen: Any) -> None:
        """Connect the org, switch activities on, and set what the test wants."""
        features.install()
        with self.database.system_writing() as session:
            org = session.get_one(Org, self.org.id)
            features.switch(session, org, Feature.ACTIVITY_TO_SALESFORCE, True, by="test")
            if chosen:
                settings.write(session, org, **chosen)
        with self.database.writing(self.org.id) as tenant:
            connections.connect(
                tenant,
                self.keyring,
                instance_url=self.devorg.url,
                client_id="devorg-client",
                client_secret="devorg-client-secret",
                extra_origins=[self.devorg.url],
            )

    def records(self, sobject: str) -> list[dict[str, Any]]:
        """All rows of an object in devorg."""
        url = f"{self.devorg.url}/_devorg/records/{sobject}"
        found: list[dict[str, Any]] = requests.get(url, timeout=60).json()["records"]
        return found

    def contacts(self) -> list[str]:
        """Ids of all contacts of the org in the box."""
        return [row["Id"] for row in self.records("Contact") if not row["IsDeleted"]]

    def activities(self, sobject: str = "Task") -> list[dict[str, Any]]:
        """Activities that carry our key, with the package's names without namespace."""
        found = []
        for row in self.records(sobject):
            plain = {name.split("__", 1)[1] if _is_packaged(name) else name: value
                     for name, value in row.items()}  # fmt: skip
            if plain.get("Inlay_Key__c") or "Inlay reference" in (plain.get("Description") or ""):
                found.append(plain)
        return found

    def record(
        self,
        people: Sequence[str],
        count: int = 1,
        kind: str = "email_replied",
        occurred_at: datetime | None = None,
        **values: Any,
    ) -> None:
        """So many events, by people named by record id or e-mail, one after the other."""
        keys = [
            person_key(email=who) if "@" in who else person_key(salesforce_id=who) for who in people
        ]
        moment = occurred_at or utcnow()
        items = [
            NewEvent(
                id=f"event-{next(_numbers)}",
                kind=kind,
                occurred_at=moment,
                person=keys[n % len(keys)],
                **{"subject": f"Offer {n}", **values},
            )
            for n in range(count)
        ]
        for start in range(0, len(items), 500):
            with self.database.writing(self.org.id) as session:
                intake.record(session, items[start : start + 500], planner(0.0))

    def person(self, who: str) -> UUID:
        """The person of a record id or an e-mail."""
        key = person_key(email=who) if "@" in who else person_key(salesforce_id=who)
        with self.database.writing(self.org.id) as session:
            return people_for(session, [key])[key]

    def claim(self, times: LeaseTimes = TIMES, worker: str = "test") -> Turn | None:
        """The next turn, of whatever org."""
        with self.database.system_writing() as session:
            return lease.claim(session, worker, times)

    def courier(self) -> Courier:
        """Delivers with this world's settings."""
        return Courier(self.config, self.database, self.gateway)

    def drain(self, rounds: int = 50) -> int:
        """Serve until nothing is due; how many rounds that took."""
        courier = self.courier()
        for number in range(rounds):
            turn = self.claim()
            if turn is None:
                return number
            courier.serve(turn)
        raise AssertionError(f"still something due after {rounds} rounds")

    def hurry(self) -> None:
        """As if all pauses and waits were over."""
        past = utcnow() - timedelta(seconds=1)
        with self.database.writing(self.org.id) as session:
            session.execute(update(OrgDelivery).values(paused_until=None, grow_after=None))
            session.execute(
                update(OutboxRow)
                .where(OutboxRow.state.in_([DeliveryState.WAITING, DeliveryState.PENDING]))
                .values(not_before=past)
            )

    def forget_profile(self) -> None:
        """As if the day were over for which the org's profile is good."""
        with self.writing() as session:
            session.execute(update(OrgProfile).values(read_at=utcnow() - timedelta(days=2)))

    def rows(self) -> list[OutboxRow]:
        """All rows of the outbox, in order."""
        with self.database.reading(self.org.id) as session:
            return list(session.scalars(select(OutboxRow).order_by(OutboxRow.seq)))

    def states(self) -> list[str]:
        """The states of all rows, in order."""
        return [row.state.value for row in self.rows()]

    def count_open(self) -> int:
        """Rows that are not delivered."""
        with self.database.reading(self.org.id) as session:
            statement = select(func.count()).where(OutboxRow.state != DeliveryState.DELIVERED)
            return session.scalar(statement) or 0

    def delivery(self) -> OrgDelivery:
        """How the org takes activities."""
        with self.database.reading(self.org.id) as session:
            return session.scalars(select(OrgDelivery)).one()

    def writing(self) -> Any:
        """A writing session of the org."""
        return self.database.writing(self.org.id)

    def fault(self, **words: Any) -> None:
        """Something goes wrong in the org, see ``devorg.faults``."""
        requests.post(
            f"{self.devorg.url}/_devorg/faults", json=words, timeout=30
        ).raise_for_status()

    def control(self, path: str, **words: Any) -> None:
        """Something is changed in the org, see ``devorg.control``."""
        answer = requests.post(f"{self.devorg.url}/_devorg/{path}", json=words, timeout=30)
        answer.raise_for_status()

    def calls(self) -> int:
        """Counted API calls since the last reset."""
        answer = requests.get(f"{self.devorg.url}/_devorg/usage", timeout=30)
        return int(answer.json()["counted_calls"])

    def close(self) -> None:
        """Close idle connections."""
        self.gateway.close()


def _is_packaged(name: str) -> bool:
    return name.count("__") == 2


__all__ = ["TIMES", "TenantSession", "World"]
