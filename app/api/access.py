"""Who calls: an API key speaks for one org, as often as the limit allows."""

from __future__ import annotations

from uuid import UUID

from flask import request
from sqlalchemy import select

from app.api.errors import NotAuthenticatedError, OrgNotServedError
from app.orgs import apikeys
from app.orgs.models import Org, OrgState
from app.web import context, limits, logs


def calling_org() -> UUID:
    """The org that the presented key speaks for; the request is counted.

    Raises:
        NotAuthenticatedError: No key, or a wrong or revoked one.
        OrgNotServedError: The org is pending or suspended.
        TooManyRequestsError: The org is over its limit in this minute.
    """
    presented = _presented()
    with context.database().system_reading() as session:
        key = apikeys.find(session, presented)
        org = session.scalar(select(Org).where(Org.id == key.org_id)) if key else None
    if org is None:
        raise NotAuthenticatedError("This API key is unknown or revoked; use a current one.")
    logs.bind(org=str(org.id))
    _check_served(org)
    limits.hit(context.database(), f"api:{org.id}", context.config().api_rate_per_minute)
    return org.id


def _presented() -> str:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise NotAuthenticatedError(
            "Send the org's API key in the header: Authorization: Bearer <key>.",
            reason="missing_api_key",
        )
    return key.strip()


def _check_served(org: Org) -> None:
    if org.state is OrgState.SUSPENDED:
        raise OrgNotServedError(
            "This org is suspended; ask the support of your vendor.", reason="org_suspended"
        )
    if org.state in (OrgState.LEAVING, OrgState.ARCHIVED):
        raise OrgNotServedError(
            "This org is served no longer; ask the support of your vendor.",
            reason=f"org_{org.state.value}",
        )
    if not org.is_served:
        raise OrgNotServedError(
            "This org was not let in yet; ask the support of your vendor.", reason="org_pending"
        )
