"""All that an answer to "Why is this not in Salesforce?" rests on, read at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.db import TenantSession
from app.orgs import features, settings
from app.orgs.features import Feature
from app.orgs.kill_switches import may_send
from app.orgs.models import Org
from app.orgs.settings import OrgSettings
from app.outbox.explaining.rights import OF_RIGHTS
from app.outbox.log import Line
from app.outbox.queries import Condition, condition
from app.outbox.story import Happened, story, undelivered
from app.salesforce.connect.connections import ConnectionStatus, status
from app.salesforce.preflight import service as preflight
from app.salesforce.preflight.result import Preflight

#: Why an org rests where it may be a right: what is asked before anything is sent is refused.
_RESTS = frozenset({"request_refused", "field_missing", "package_missing"})


@dataclass(frozen=True, slots=True)
class Situation:
    """All that an obstacle may be found in.

    ``is_stopped``: a kill switch keeps everything from being written, to all orgs.
    ``is_known``: whether the record stands for anybody. ``waiting`` is not in Salesforce yet.
    ``preflight``: the last one, where it may say what is missing.
    """

    org: Org
    features: frozenset[Feature]
    settings: OrgSettings
    connection: ConnectionStatus | None
    condition: Condition
    is_stopped: bool
    is_known: bool
    happened: Sequence[Happened]
    waiting: Sequence[Line]
    preflight: Preflight | None = None

    @property
    def instance_url(self) -> str:
        """The org's own address; empty before it was connected."""
        return self.connection.instance_url if self.connection else ""

    @property
    def rests_for_rights(self) -> bool:
        """Whether the org as a whole rests, maybe since a right is missing."""
        return self.condition.pause_reason in _RESTS


def read(
    session: TenantSession, people: Sequence[UUID], *, since: datetime | None = None
) -> Situation:
    """How these people's engagement stands, of what they did from then on: some fifteen statements,
    however many people.
    """
    org = session.scalars(select(Org)).one()
    found = Situation(
        org=org,
        features=features.enabled(session),
        settings=settings.read(session),
        connection=status(session),
        condition=condition(session),
        is_stopped=org.is_served and not may_send(session),
        is_known=bool(people),
        happened=story(session, people, since=since) if people else (),
        waiting=undelivered(session, people, since=since) if people else (),
    )
    is_of_rights = any(line.error_reason in OF_RIGHTS for line in found.waiting)
    if is_of_rights or found.rests_for_rights:
        return replace(found, preflight=preflight.last(session))
    return found
