"""Admission of tenants, and what changes an org's state."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import bindparam, select

from app.clock import utcnow
from app.config import Config
from app.db import Prepared, SystemSession, TenantSession
from app.ids import new_id
from app.orgs import audit, features, states
from app.orgs.apps import SigningApp
from app.orgs.errors import NotAdmittedError, UnknownOrgError
from app.orgs.features import Feature
from app.orgs.known import KnownOrg
from app.orgs.models import Org, OrgState, OrgUser, SeenRequest
from canvas.envelope import Envelope, User

_log = structlog.get_logger("inlay.orgs")

#: How long a MAC is remembered: longer than any access token in it lives.
REMEMBER_SEEN = timedelta(days=3)


def check_sender(config: Config, app: SigningApp, envelope: Envelope, org: KnownOrg | None) -> None:
    """Whether the app may vouch for this org and user; ``org`` is None if it is not known yet.

    Raises:
        NotAdmittedError: with the reason and a sentence for the rep.
    """
    _check_app(app, envelope)
    _check_user_type(config, envelope)
    if app.org_id is not None and (org is None or org.id != app.org_id):
        raise _refusal("other_org")


def check_served(org: Org | KnownOrg) -> None:
    """Raises NotAdmittedError unless the org is active or on trial."""
    if not org.is_served:
        refusal = _refusal(f"org_{org.state.value}")
        refusal.told = org.state_message
        raise refusal


def remember(
    session: SystemSession, config: Config, envelope: Envelope, *, waits: bool = False
) -> Org:
    """An org never seen before: pending, so that staff can let it in, or active at once.

    ``waits``: staff decides in any case.
    """
    state = OrgState.ACTIVE if config.open_door and not waits else OrgState.PENDING
    named = envelope.organization
    return create(session, named.id, named.name or "", state=state)


def _check_app(app: SigningApp, envelope: Envelope) -> None:
    named = envelope.application
    came, own = (named.developer_name, named.namespace or ""), (app.developer_name, app.namespace)
    if any(wanted and wanted != each for each, wanted in zip(came, own, strict=True)):
        _log.warning("other_app", key=app.key, came=came, wanted=own)
        raise _refusal("other_app")


def _check_user_type(config: Config, envelope: Envelope) -> None:
    if envelope.user.user_type not in config.allowed_user_types:
        raise _refusal("user_type")


_SENTENCES = {
    "other_app": "This request comes from another app. Ask your admin to check the canvas app.",
    "other_org": "This canvas app belongs to another Salesforce org. Ask your admin to check it.",
    "org_pending": "Your company's Salesforce is not set up here yet. Your admin can ask for it.",
    "org_suspended": "This service is paused for your company. Your admin can tell you more.",
    "org_leaving": "Your company's use of this service has ended. Your admin can tell you more.",
    "org_archived": "This sandbox was refreshed; reload the record page.",
    "on_a_break": "This service takes a short break. Come back in a little while.",
    "user_type": "This widget is for members of your company. Log in with a standard user.",
    "replayed": "This page was opened with an old request. Reload the record page.",
    "feature_off": "This feature is not switched on for your company. Ask your admin.",
}


def _refusal(reason: str) -> NotAdmittedError:
    return NotAdmittedError(_SENTENCES[reason], reason=reason)


def refuse_feature(session: TenantSession, feature: Feature) -> NotAdmittedError:
    """What to raise when the org lacks the feature that was asked for, or nobody has it now."""
    return _refusal("on_a_break" if features.is_killed(session, feature) else "feature_off")


_SEEN = Prepared(
    select(SeenRequest.times, SeenRequest.first_seen_at)
    .where(SeenRequest.mac == bindparam("mac"))
    .with_for_update()
)


def note_request(session: TenantSession, config: Config, mac: str) -> int:
    """Count a signed request by its MAC; how often it was seen, this time included.

    Salesforce's own ``repost()`` and a reload of the frame send the same request again, so a few
    repeats within a short window are served.

    Raises:
        NotAdmittedError: ``replayed``: too often, or after its window.
    """
    now = utcnow()
    seen = session.read(_SEEN, mac=mac)
    before, first = seen[0] if seen else (0, now)
    late = now - first > timedelta(seconds=config.replay_window_seconds)
    if seen and (late or before >= config.replay_limit):
        raise _refusal("replayed")
    row = {"id": new_id(), "mac": mac, "times": 1, "first_seen_at": now}
    counted = {"times": _once_more}
    session.upsert_many(SeenRequest, [row], key=["org_id", "mac"], set_=counted)
    return int(before) + 1


def _once_more(_told: object) -> Any:
    return SeenRequest.times + 1


def note_user(session: TenantSession, user: User) -> None:
    """Remember who opened the widget: their name stands on what they create."""
    row = {
        "id": new_id(),
        "salesforce_id": user.id,
        "name": _fit(user.full_name or user.user_name or "", 255),
        "email": _fit(user.email or "", 320),
        "time_zone": _fit(user.time_zone or "UTC", 64),
        "locale": _fit(user.locale or "en_US", 32),
        "last_seen_at": utcnow(),
    }
    session.upsert_many(
        OrgUser,
        [row],
        key=["org_id", "salesforce_id"],
        set_=["name", "email", "time_zone", "locale", "last_seen_at"],
    )


def _fit(text: str, length: int) -> str:
    """As far as the column takes it: a signature vouches for the sender, not for what was sent."""
    return text.replace("\x00", "")[:length]


def by_salesforce_id(session: SystemSession, salesforce_id: str) -> Org | None:
    """The org of an 18-character organization id."""
    return session.scalar(select(Org).where(Org.salesforce_id == salesforce_id))


def required(session: SystemSession, salesforce_id: str) -> Org:
    """The org of an id.

    Raises:
        UnknownOrgError: There is none.
    """
    org = by_salesforce_id(session, salesforce_id)
    if org is None:
        raise UnknownOrgError(
            f"No org {salesforce_id} is known here; `orgs list` shows those that are."
        )
    return org


def create(
    session: SystemSession,
    salesforce_id: str,
    name: str,
    *,
    state: OrgState = OrgState.PENDING,
) -> Org:
    """Remember an org. Two requests at once make one."""
    session.upsert_many(
        Org,
        [
            {
                "id": new_id(),
                "salesforce_id": salesforce_id,
                "name": _fit(name or salesforce_id, 255),
                "state": state,
                "version": 1,
                "created_at": utcnow(),
            }
        ],
        key=["salesforce_id"],
    )
    return required(session, salesforce_id)


def set_state(
    session: SystemSession,
    org: Org,
    state: OrgState,
    actor: str,
    *,
    why: str = "",
    message: str = "",
    until: datetime | None = None,
) -> None:
    """Take an org into a state; open widgets hear of it within seconds.

    Args:
        session: Over all orgs.
        org: Of this session.
        state: One that may follow the org's own.
        actor: Who stands in the audit.
        why: Stands in the audit too.
        message: What reps are told while the org is suspended or leaving.
        until: When a trial ends, or a leaving org's data go.

    Raises:
        StateChangeError: It may not follow, or its end is missing.
    """
    states.check(org.state, state, until)
    before, org.state = org.state, state
    org.state_message = message if state in states.TELLING else ""
    org.state_until = until
    org.version += 1
    known = (("why", why), ("message", org.state_message), ("until", until and until.isoformat()))
    told = {name: text for name, text in known if text}
    audit.record_for(
        session,
        org.id,
        audit.Tag.ORG_STATE,
        actor,
        state=state.value,
        before=before.value,
        **told,
    )
