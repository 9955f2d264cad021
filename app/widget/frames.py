"""What each call of an open frame checks anew: the org's state and its features."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.db import Database, TenantSession
from app.orgs import features, service
from app.orgs.errors import NotAdmittedError
from app.orgs.features import Feature
from app.orgs.models import OrgState
from app.widget.bearer import Frame
from app.widget.changes import Version, version


@dataclass(frozen=True, slots=True)
class Admitted:
    """What was found: the version of all that the card rests on, and the org's features."""

    version: Version
    features: frozenset[Feature]


def org_id_of(frame: Frame) -> UUID:
    """Our own id of the frame's org."""
    return UUID(frame.claims.org_id)


def admit(session: TenantSession, frame: Frame) -> Admitted:
    """The state of the frame's org, if it is still served and has the widget.

    Raises:
        NotAdmittedError: ``org_suspended``, ``org_pending``, ``unknown_org`` or ``feature_off``.
    """
    found = version(session, frame.claims)
    _check_state(found.state)
    enabled = features.enabled(session)
    if Feature.WIDGET not in enabled:
        raise service.refuse_feature()
    return Admitted(found, enabled)


def _check_state(state: OrgState | None) -> None:
    """Raises NotAdmittedError unless the org is active; None is an org that was removed."""
    if state is OrgState.ACTIVE:
        return
    reason = f"org_{state.value}" if state else "unknown_org"
    raise NotAdmittedError("This org is not served at present. Ask your admin.", reason=reason)


def current_version(database: Database, frame: Frame) -> str:
    """What the frame's card would be made of now, as a tag: one statement."""
    with database.reading(org_id_of(frame)) as session:
        found = version(session, frame.claims)
    _check_state(found.state)
    return found.tag
