"""What each call of an open frame checks anew: the org's state and its features."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.db import Database, TenantSession
from app.orgs import features, service
from app.orgs.errors import NotAdmittedError
from app.orgs.features import Feature
from app.orgs.models import SERVED
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
        NotAdmittedError: ``org_suspended`` and its like, ``unknown_org``, ``feature_off`` or
            ``on_a_break``.
    """
    found = version(session, frame.claims)
    _check_state(found)
    enabled = features.enabled(session)
    if Feature.WIDGET not in enabled:
        raise service.refuse_feature(session, Feature.WIDGET)
    return Admitted(found, enabled)


def _check_state(found: Version) -> None:
    """Raises NotAdmittedError unless the org is served; one without a state was removed."""
    if found.state in SERVED:
        return
    reason = f"org_{found.state.value}" if found.state else "unknown_org"
    refusal = NotAdmittedError("This org is not served at present. Ask your admin.", reason=reason)
    refusal.told = found.told
    raise refusal


def current_version(database: Database, frame: Frame) -> str:
    """What the frame's card would be made of now, as a tag: one statement."""
    with database.asking(org_id_of(frame)) as session:
        found = version(session, frame.claims)
    _check_state(found)
    return found.tag
