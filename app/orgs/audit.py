"""Who did what to an org. Tags read ``source:subject:action``."""

from __future__ import annotations

from contextvars import ContextVar
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.db import SystemSession, TenantSession
from app.orgs.models import AuditEntry, SystemEntry


class Tag(StrEnum):
    """What is recorded."""

    ORG_STATE = "staff:org:state"
    ORG_FEATURE = "staff:feature:switch"
    ORG_PLAN = "staff:plan:change"
    SANDBOX_REFRESHED = "staff:sandbox:refresh"
    ORG_SETTING = "admin:setting:change"
    API_KEY_CREATED = "staff:api_key:create"
    API_KEY_REVOKED = "staff:api_key:revoke"
    DESTINATION_CREATED = "rep:destination:create"
    DESTINATION_REVOKED = "admin:destination:revoke"
    DESTINATION_RESTORED = "admin:destination:restore"
    DESTINATION_EXPIRY = "admin:destination:expiry"
    DESTINATION_GATE = "admin:destination:gate"
    LINK_REVOKED = "admin:link:revoke"
    LINK_RESTORED = "admin:link:restore"
    DOMAIN_ASKED = "admin:domain:ask"
    DOMAIN_REMOVED = "console:domain:remove"
    DOMAIN_OPENED = "staff:domain:open"
    TEMPLATE_CHANGED = "admin:template:change"
    BREAKER_RESET = "staff:breaker:reset"
    OWNER_MAPPED = "admin:owner:map"
    FOLLOW_UP_RULE = "admin:follow_up_rule:change"
    CONNECTION_CREATED = "staff:connection:create"
    BACKFILL_STARTED = "admin:backfill:start"
    BACKFILL_STOPPED = "admin:backfill:stop"
    CONNECTED = "admin:connection:create"
    DISCONNECTED = "admin:connection:end"
    CONNECT_LINK_MADE = "admin:connect_link:create"
    DELIVERY_RETRIED = "console:delivery:retry"
    DELIVERY_PAUSED = "console:delivery:pause"
    DELIVERY_RESUMED = "console:delivery:resume"
    DELIVERY_RETRIED_BY_REP = "rep:delivery:retry"
    DELIVERY_DROPPED = "console:delivery:drop"
    ADMIN_INVITED = "staff:admin:invite"
    INVITATION_WITHDRAWN = "staff:admin:withdraw_invitation"
    ADMIN_CAME_IN = "admin:session:begin"
    DATA_EXPORTED = "console:data:export"
    DELETION_ASKED = "console:data:ask_deletion"
    DELETION_CANCELLED = "console:data:cancel_deletion"
    VIEWED_AS = "staff:widget:view_as"


class SystemTag(StrEnum):
    """What is recorded of acts on all orgs at once."""

    KILL_SWITCH = "staff:kill_switch:turn"
    FEATURE_SHARE = "staff:feature_share:set"


#: Where the present request comes from; empty at a shell and in the worker.
_address: ContextVar[str] = ContextVar("audit_address", default="")


def set_address(address: str) -> None:
    """Say where what is recorded from now on comes from (an IP address), or "" for nowhere."""
    _address.set(address)


def record(session: TenantSession, tag: Tag, actor: str, **detail: Any) -> None:
    """Add a row for the session's org."""
    session.add(AuditEntry(tag=tag.value, actor=actor, detail=_with_address(detail)))


def record_for(session: SystemSession, org_id: UUID, tag: Tag, actor: str, **detail: Any) -> None:
    """Add a row for any org, from a system session."""
    detail = _with_address(detail)
    session.add(AuditEntry(org_id=org_id, tag=tag.value, actor=actor, detail=detail))


def record_of_system(session: SystemSession, tag: SystemTag, actor: str, **detail: Any) -> None:
    """Add a row for what concerns all orgs; every open widget looks anew because of it."""
    session.add(SystemEntry(tag=tag.value, actor=actor, detail=_with_address(detail)))


def _with_address(detail: dict[str, Any]) -> dict[str, Any]:
    address = _address.get()
    return {**detail, "address": address} if address else detail
