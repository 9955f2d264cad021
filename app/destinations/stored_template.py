"""The template of an org: its own once an admin wrote one, else the default."""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, select

from app.clock import utcnow
from app.db import TenantSession
from app.destinations.models import DestinationTemplate
from app.destinations.template import Template, default_template
from app.ids import new_id
from app.orgs import audit
from app.orgs.audit import Tag


def read(session: TenantSession) -> Template:
    """What new Destinations of the org say: one statement."""
    return own(session) or default_template()


def own(session: TenantSession) -> Template | None:
    """What its admin wrote; None while it is the default."""
    content = session.scalar(select(DestinationTemplate.content))
    return None if content is None else msgspec.convert(content, Template)


def save(session: TenantSession, template: Template, *, by: str) -> None:
    """Say this on new Destinations; those that are there stay as they are."""
    row = {
        "id": new_id(),
        "content": msgspec.to_builtins(template),
        "changed_by": by,
        "changed_at": utcnow(),
    }
    set_ = ["content", "changed_by", "changed_at"]
    session.upsert_many(DestinationTemplate, [row], key=["org_id"], set_=set_)
    audit.record(session, Tag.TEMPLATE_CHANGED, by, to="own")


def reset(session: TenantSession, *, by: str) -> None:
    """Back to the default."""
    session.execute(delete(DestinationTemplate))
    audit.record(session, Tag.TEMPLATE_CHANGED, by, to="default")
