"""An org's plan, which its sandboxes share."""

from __future__ import annotations

from sqlalchemy import update

from app.db import SystemSession
from app.orgs import audit
from app.orgs.catalogue import Plan
from app.orgs.models import Org


def set_plan(session: SystemSession, org: Org, plan: Plan | None, *, by: str, why: str) -> None:
    """Give the org a plan, or none; its sandboxes follow unless they have one of their own."""
    before, org.plan = org.plan, plan.value if plan else ""
    org.version += 1
    audit.record_for(session, org.id, audit.Tag.ORG_PLAN, by, plan=org.plan, before=before, why=why)
    if not org.is_sandbox and org.domain:
        share_with_sandboxes(session, org)


def share_with_sandboxes(session: SystemSession, org: Org) -> None:
    """Sandboxes on the org's My Domain name have what it has: one statement."""
    session.execute(
        update(Org)
        .where(
            Org.is_sandbox,
            Org.domain.startswith(f"{org.domain}--", autoescape=True),
            Org.production_plan != org.plan,
        )
        .values(production_plan=org.plan, version=Org.version + 1)
        .execution_options(synchronize_session=False)
    )
