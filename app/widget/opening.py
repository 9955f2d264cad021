"""From a verified signed request to a frame with proven rights: admit, count, prove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from app.clock import utcnow
from app.config import Config
from app.crm import sights
from app.crm.models import SObject
from app.crm.sights import Memory
from app.db import Database
from app.keys import Keyring
from app.orgs import admission, features, service
from app.orgs.admission import Verified
from app.orgs.features import Feature
from app.orgs.known import KnownOrg
from app.salesforce.gateway import Gateway
from app.web import logs
from app.widget import bearer, mirror, rights
from app.widget.bearer import Frame, Names
from app.widget.errors import WidgetError, no_record
from app.widget.rights import Rights
from canvas import session
from canvas.envelope import Envelope, RecordReference
from canvas.session import FrameClaims

_log = structlog.get_logger("inlay.widget")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the widget works with."""

    database: Database
    config: Config
    keyring: Keyring
    gateway: Gateway


@dataclass(frozen=True, slots=True)
class Opening:
    """A frame that may be shown: who, what they may see, and who that is in our tables."""

    envelope: Envelope
    org: KnownOrg
    features: frozenset[Feature]
    rights: Rights
    people: Mapping[str, UUID]
    frame: Frame
    bearer: str


def open_frame(parts: Parts, request: Verified, *, renews: FrameClaims | None = None) -> Opening:
    """Everything between a verified request and the card.

    Args:
        parts: Of the application.
        request: What Salesforce posted.
        renews: Claims of the frame that asks again: it must be the same org, user and record.

    Raises:
        SessionError: The request is of somebody else than ``renews``.
        InlayError: The org or user is not served, may not see the record, or Salesforce fails.
    """
    envelope = request.envelope
    logs.bind(org=envelope.organization.id, user=envelope.user_id)
    org = admission.admit(parts.database, parts.config, request)
    reference = envelope.record_reference()
    if reference is None:
        raise no_record()
    if renews is not None:
        session.require_same(
            renews,
            org_id=str(org.id),
            user_id=envelope.user_id,
            record_id=reference.id18,
        )
    enabled, known, memory = _note(parts, org.id, request, reference)
    client = parts.gateway.for_user(
        envelope.organization.id,
        envelope.client.instance_url or "",
        envelope.client.oauth_token or "",
    )
    try:
        seen = rights.prove(
            client, envelope.organization.id, reference, known.related_to(reference.id18)
        )
    except WidgetError:
        _forget(parts, org.id, envelope.user_id, reference.id18, memory)
        raise
    people = mirror.learn(parts.database, org.id, seen, known)
    frame = Frame(_claims(org, envelope, reference, seen), _names(seen, request.app_key))
    _remember(parts, frame, memory)
    token = bearer.issue(frame, parts.keyring, now=utcnow(), lifetime_s=parts.config.bearer_seconds)
    return Opening(envelope, org, enabled, seen, people, frame, token)


def _note(
    parts: Parts, org_id: UUID, request: Verified, reference: RecordReference
) -> tuple[frozenset[Feature], mirror.Surroundings, Memory]:
    """Count the request before Salesforce is asked anything with its token; see what we know.

    One transaction for all of it: what is read here is needed before the first call goes out.
    """
    with parts.database.writing(org_id) as tenant:
        enabled = features.enabled(tenant)
        if Feature.WIDGET not in enabled:
            raise service.refuse_feature(tenant, Feature.WIDGET)
        times = service.note_request(tenant, parts.config, request.mac)
        service.note_user(tenant, request.envelope.user)
        known = mirror.surroundings(tenant, reference)
        memory = sights.recall(tenant, request.envelope.user_id, reference.id18)
    if times > 1:
        _log.info("repeated", times=times)
    return enabled, known, memory


def _remember(parts: Parts, frame: Frame, memory: Memory) -> None:
    """Keep what is shown for support, where it differs from what is kept: seldom a write."""
    shown, claims = _shown(frame), frame.claims
    if not memory.is_allowed or memory.rights == shown:
        return
    with parts.database.writing(UUID(claims.org_id)) as tenant:
        sobject = SObject(claims.sobject)
        sights.remember(tenant, claims.user_id, claims.record_id, sobject, shown)


def _shown(frame: Frame) -> dict[str, Any]:
    """What the frame proves, without a name: ids and numbers (``viewas`` reads them)."""
    claims = frame.claims
    return {
        "people": list(claims.people),
        "opportunities": {each: day for each, (_name, day) in claims.opportunities.items()},
        "others": claims.others,
        "hidden_opportunities": claims.hidden_opportunities,
        "more": frame.names.more,
    }


def _forget(parts: Parts, org_id: UUID, user_id: str, record_id: str, memory: Memory) -> None:
    if memory.rights is not None:
        with parts.database.writing(org_id) as tenant:
            sights.forget(tenant, user_id, record_id)


def _claims(
    org: KnownOrg, envelope: Envelope, reference: RecordReference, seen: Rights
) -> FrameClaims:
    return FrameClaims(
        org_id=str(org.id),
        user_id=envelope.user_id,
        record_id=reference.id18,
        sobject=reference.sobject,
        people={each: record.text("Name") for each, record in seen.people.items()},
        opportunities={
            each: (record.text("Name"), mirror.created_at(record).isoformat())
            for each, record in seen.opportunities.items()
        },
        others=seen.others,
        hidden_opportunities=seen.hidden_opportunities,
        time_zone=envelope.user.time_zone or "UTC",
        locale=envelope.user.locale or "en_US",
    )


def _names(seen: Rights, app_key: str) -> Names:
    company = seen.account.text("Name") if seen.account else seen.record.text("Company")
    first_names = {each: record.text("FirstName") for each, record in seen.people.items()}
    return Names(seen.record.text("Name"), company, seen.more, app_key, first_names)
