"""Kill switches and shares of roll-outs: pulled and set for all orgs at once, with an audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, select

from app.clock import utcnow
from app.db import Prepared, SystemSession, TenantSession
from app.ids import new_id
from app.orgs import audit
from app.orgs.catalogue import Feature, KillSwitch
from app.orgs.errors import SwitchError
from app.orgs.models import SERVED, FeatureShare, KillSwitchState, Org, SystemEntry


def pulled(*which: KillSwitch) -> ColumnElement[bool]:
    """A criterion: one of these is pulled."""
    names = [each.value for each in which]
    return exists().where(KillSwitchState.name.in_(names), KillSwitchState.is_pulled)


def may_send(session: TenantSession) -> bool:
    """Whether the session's org is served and nobody stopped all writes: one statement."""
    return bool(session.read(_MAY_SEND))


_MAY_SEND = Prepared(
    select(Org.id).where(Org.state.in_(SERVED), ~pulled(KillSwitch.SALESFORCE_WRITES))
)


def states(session: SystemSession) -> Mapping[str, KillSwitchState]:
    """All that were ever pulled, by name."""
    return {row.name: row for row in session.scalars(select(KillSwitchState))}


def shares(session: SystemSession) -> Mapping[str, FeatureShare]:
    """All shares that were ever set, by feature."""
    return {row.feature: row for row in session.scalars(select(FeatureShare))}


def latest(session: SystemSession, limit: int = 30) -> Sequence[SystemEntry]:
    """What was done to all orgs, newest first."""
    return session.scalars(select(SystemEntry).order_by(SystemEntry.seq.desc()).limit(limit)).all()


def turn(session: SystemSession, name: KillSwitch, is_pulled: bool, *, by: str, why: str) -> None:
    """Pull or release one; every process follows with its next statement.

    Raises:
        SwitchError: Nobody said why.
    """
    _require(why)
    session.upsert_many(
        KillSwitchState,
        [{"id": new_id(), "name": name.value, "is_pulled": is_pulled, **_signed(by, why)}],
        key=["name"],
        set_=["is_pulled", *_SIGNED],
    )
    tag = audit.SystemTag.KILL_SWITCH
    audit.record_of_system(session, tag, by, switch=name.value, pulled=is_pulled, why=why)


def set_share(session: SystemSession, feature: Feature, percent: int, *, by: str, why: str) -> None:
    """Roll a feature out to a share of all orgs; a larger share keeps those who had it.

    Raises:
        SwitchError: Nobody said why, or this is no percentage.
    """
    _require(why)
    if not 0 <= percent <= 100:
        raise SwitchError("Give a share between 0 and 100 percent.", reason="bad_share")
    session.upsert_many(
        FeatureShare,
        [{"id": new_id(), "feature": feature.value, "percent": percent, **_signed(by, why)}],
        key=["feature"],
        set_=["percent", *_SIGNED],
    )
    tag = audit.SystemTag.FEATURE_SHARE
    audit.record_of_system(session, tag, by, feature=feature.value, percent=percent, why=why)


_SIGNED = ("changed_by", "reason", "changed_at")


def _signed(by: str, why: str) -> dict[str, Any]:
    return dict(zip(_SIGNED, (by, why[:500], utcnow()), strict=True))


def _require(why: str) -> None:
    if not why.strip():
        raise SwitchError("Say why: it stands in the audit.", reason="no_reason")
