"""Who asks: an admin of one org, or a member of staff."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

from flask import g

from app.console.permissions import Permission, Role, may
from app.orgs.models import Org


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever is signed in.

    ``org_id`` is set for an org's admin, who reaches that org alone. ``actor`` stands in the audit.
    ``in_frame``: they came from Salesforce and send a bearer; without, a session cookie.
    ``proven_at``: when Salesforce last said that who has such a cookie is an admin, if it did.
    """

    role: Role
    name: str
    actor: str
    org_id: UUID | None = None
    in_frame: bool = False
    session_id: UUID | None = None
    csrf: str = field(default="", repr=False)
    time_zone: str = "UTC"
    proven_at: datetime | None = None

    @property
    def is_staff(self) -> bool:
        """Whether this is one of the operator's people."""
        return self.org_id is None

    def may(self, permission: Permission) -> bool:
        """Whether their role includes this."""
        return may(self.role, permission)

    def reaches(self, org: Org) -> bool:
        """Whether they may be shown this org at all."""
        return self.is_staff or self.org_id == org.id


def principal_or_none() -> Principal | None:
    """Whoever asks, if anybody is signed in."""
    return cast("Principal | None", g.get("principal"))


def current_principal() -> Principal:
    """Whoever asks; the guard has let them in."""
    return cast(Principal, g.principal)


def current_org() -> Org:
    """The org that the address names; the guard has found it to be within the principal's reach."""
    return cast(Org, g.org)
