"""The users of an org: read to suggest owners from, and marked when Salesforce refuses one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app.clock import utcnow
from app.db import Database, TenantSession
from app.ids import new_id
from app.outbox.owners.models import OwnerUser
from app.salesforce.client import Client
from canvas.ids import to_18

#: What the call is booked to.
FEATURE = "owners"
_CHUNK = 1000
#: Users of a full licence; partners and customers of a portal own no activities of a rep.
_QUERY = "SELECT Id, Name, Email, IsActive FROM User WHERE UserType = 'Standard'"


def refresh(database: Database, org_id: UUID, client: Client) -> int:
    """Read all users of the org; how many are active. Must not be called with a transaction open.

    Who was refused as an owner and is active by now may own activities again.

    Raises:
        SalesforceError: The org was not asked, or did not answer.
    """
    rows = client.query(_QUERY, feature=FEATURE)
    read_at = utcnow()
    told = [_row(row) | {"read_at": read_at} for row in rows]
    with database.writing(org_id) as session:
        for start in range(0, len(told), _CHUNK):
            session.upsert_many(
                OwnerUser,
                told[start : start + _CHUNK],
                key=["org_id", "salesforce_id"],
                set_=["name", "email", "is_active", "read_at"],
            )
        session.execute(
            update(OwnerUser)
            .where(OwnerUser.read_at < read_at)
            .values(is_active=False)
            .execution_options(synchronize_session=False)
        )
    return sum(row["is_active"] for row in told)


def mark_unfit(session: TenantSession, owners: Collection[str]) -> None:
    """These users were refused as owners; activities go to the default from now on."""
    if not owners:
        return
    now = utcnow()
    rows = [_row({"Id": owner, "IsActive": False}) | {"read_at": now} for owner in sorted(owners)]
    session.upsert_many(
        OwnerUser, rows, key=["org_id", "salesforce_id"], set_=["is_active", "read_at"]
    )


def known(session: TenantSession) -> Sequence[OwnerUser]:
    """All users as last read, by name: one statement."""
    return session.scalars(select(OwnerUser).order_by(OwnerUser.name, OwnerUser.id)).all()


def by_email(session: TenantSession) -> Mapping[str, OwnerUser]:
    """Active users by address; an address that several have is nobody's."""
    found: dict[str, OwnerUser | None] = {}
    for user in known(session):
        if user.is_active and user.email:
            found[user.email] = None if user.email in found else user
    return {email: user for email, user in found.items() if user is not None}


def _row(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "salesforce_id": to_18(told["Id"]),
        "name": (told.get("Name") or "")[:255],
        "email": (told.get("Email") or "").strip().lower()[:320],
        "is_active": bool(told.get("IsActive")),
    }
