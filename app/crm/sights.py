"""What users were shown, remembered for support: who saw which ids on which record (X18).

What a user may see is only ever asked with their own token, and that is kept nowhere. So that
support can look at a card as a rep saw it, the answer of the last visit is kept as ids for a week;
an org may forbid it, and then nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select

from app.clock import utcnow
from app.crm.models import Sight, SObject
from app.db import Prepared, TenantSession
from app.ids import new_id
from app.orgs.models import Org, OrgSetting
from app.orgs.settings import SUPPORT_VIEW, allows

#: How long a sight is kept after the visit.
KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a user and a record; ``rights`` is None where nothing is."""

    is_allowed: bool
    rights: Mapping[str, Any] | None = None


# Built once: it is asked at every visit.
_KEPT = Prepared(
    select(OrgSetting.value, Sight.id, Sight.rights)
    .select_from(Org)
    .outerjoin(OrgSetting, (OrgSetting.org_id == Org.id) & (OrgSetting.name == SUPPORT_VIEW))
    .outerjoin(
        Sight,
        (Sight.org_id == Org.id)
        & (Sight.user_id == bindparam("user_id"))
        & (Sight.record_id == bindparam("record_id")),
    )
)


def recall(session: TenantSession, user_id: str, record_id: str) -> Memory:
    """What is remembered, which is kept for another week: one statement, and one that writes."""
    rows = session.read(_KEPT, user_id=user_id, record_id=record_id)
    if not rows or not allows(rows[0][0]):
        return Memory(False)
    _, sight, rights = rows[0]
    if sight is None:
        return Memory(True)
    session.update_many(Sight, [{"id": sight, "seen_at": utcnow()}], key="id")
    return Memory(True, rights)


def remember(
    session: TenantSession,
    user_id: str,
    record_id: str,
    sobject: SObject,
    rights: Mapping[str, Any],
) -> None:
    """Keep what the user was shown, instead of what was kept before."""
    row = {
        "id": new_id(),
        "user_id": user_id,
        "record_id": record_id,
        "sobject": sobject,
        "rights": dict(rights),
        "seen_at": utcnow(),
    }
    session.upsert_many(
        Sight, [row], key=["org_id", "user_id", "record_id"], set_=["rights", "seen_at"]
    )


def forget(session: TenantSession, user_id: str, record_id: str) -> None:
    """The user may see the record no more: then nobody may as them."""
    session.execute(delete(Sight).where(Sight.user_id == user_id, Sight.record_id == record_id))


def forget_all(session: TenantSession) -> None:
    """The org forbids it."""
    session.execute(delete(Sight))


def find(session: TenantSession, user_id: str, record_id: str, *, now: datetime) -> Sight | None:
    """What the user was shown of the record within the week."""
    statement = select(Sight).where(
        Sight.user_id == user_id, Sight.record_id == record_id, Sight.seen_at > now - KEPT
    )
    return session.scalar(statement)
