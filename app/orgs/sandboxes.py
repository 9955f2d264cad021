"""Sandboxes: tenants of their own, matched by My Domain to production for the plan alone.

A sandbox that is refreshed keeps its domain and gets another org id. Nothing of the old tenant is
the new one's: neither its connection nor what waits in its outbox, which speaks of records that
are gone. The domain is believed only of the vendor's own app, whose secret no org knows.
"""

from __future__ import annotations

from sqlalchemy import select

from app.db import SystemSession
from app.orgs import audit, features, plans, service
from app.orgs.catalogue import WRITING
from app.orgs.errors import StateChangeError
from app.orgs.models import SERVED, Org, OrgState
from canvas.framing import MyDomain, my_domain

__all__ = ["MyDomain", "accept", "is_taken", "learn", "my_domain", "production_of", "replaced_by"]


def learn(session: SystemSession, org: Org, domain: MyDomain) -> None:
    """Note where an org lives, and what plan that gives to it or to its sandboxes."""
    org.domain, org.is_sandbox = domain.name, domain.is_sandbox
    org.production_plan = ""
    session.flush()
    if not org.is_sandbox:
        plans.share_with_sandboxes(session, org)
    elif (production := production_of(session, org)) is not None:
        org.production_plan = production.plan
    org.version += 1


def is_taken(session: SystemSession, domain: MyDomain) -> bool:
    """Whether a sandbox is known at this domain already."""
    statement = select(Org.id).where(
        Org.domain == domain.name, Org.is_sandbox, Org.state != OrgState.ARCHIVED
    )
    return session.scalar(statement.limit(1)) is not None


def production_of(session: SystemSession, org: Org) -> Org | None:
    """The production org of a sandbox, if it is a tenant here."""
    if not org.is_sandbox:
        return None
    name = org.domain.partition("--")[0]
    return session.scalar(
        select(Org)
        .where(Org.domain == name, ~Org.is_sandbox, Org.state != OrgState.ARCHIVED)
        .order_by(Org.created_at.desc())
        .limit(1)
    )


def replaced_by(session: SystemSession, org: Org) -> Org | None:
    """The older tenant at the same sandbox domain: this one is what it was refreshed to."""
    if not org.is_sandbox or org.state is OrgState.ARCHIVED:
        return None
    return session.scalar(
        select(Org)
        .where(
            Org.domain == org.domain,
            Org.is_sandbox,
            Org.state != OrgState.ARCHIVED,
            Org.created_at < org.created_at,
        )
        .order_by(Org.created_at.desc())
        .limit(1)
    )


def accept(session: SystemSession, org: Org, *, by: str, why: str) -> Org:
    """Take the org as its sandbox's refresh: the old tenant is archived, and returned.

    The new one is served if the old one was, with its plan; everything that writes to Salesforce is
    off until somebody switches it on.

    Raises:
        StateChangeError: ``no_refresh``: there is no older tenant at its domain.
    """
    old = replaced_by(session, org)
    if old is None:
        raise StateChangeError("No older sandbox is known at this domain.", reason="no_refresh")
    state, until = old.state, old.state_until
    if org.plan != old.plan:
        plans.set_plan(session, org, features.plan_named(old.plan), by=by, why=why)
    service.set_state(session, old, OrgState.ARCHIVED, by, why=why)
    for feature in sorted(WRITING):
        features.switch(session, org, feature, False, by=by, why=why)
    if org.state is OrgState.PENDING and state in SERVED:
        service.set_state(session, org, state, by, why=why, until=until)
    audit.record_for(
        session, org.id, audit.Tag.SANDBOX_REFRESHED, by, was=old.salesforce_id, why=why
    )
    return old
