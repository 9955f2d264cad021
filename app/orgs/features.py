"""Features that support staff switch per org (C6, E6): how they stand, and the switch.

What counts, first to last: a kill switch, the org's own row until it expires, its plan, the share
of orgs a feature is rolled out to, the default. All of it is read from the database on each
request, in one statement, and evaluated through OpenFeature, so that an operator can bring another
provider; kill switches hold whatever it says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.flag_evaluation import FlagResolutionDetails, Reason
from openfeature.provider import AbstractProvider, Metadata
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    bindparam,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    union_all,
)

from app.clock import utcnow
from app.db import Prepared, SystemSession, TenantSession, database_now
from app.ids import new_id
from app.orgs import audit
from app.orgs.catalogue import (
    PLANS,
    SPECS,
    Feature,
    FeatureSpec,
    Plan,
    off_under,
    resting_under,
    switches_that_stop,
)
from app.orgs.kill_switches import pulled
from app.orgs.models import SERVED, FeatureShare, KillSwitchState, Org, OrgFeature, SystemEntry

__all__ = ["SPECS", "Feature", "FeatureSpec"]

_ROWS = "inlay.rows"
_SHARES = "inlay.shares"
_PLAN = "plan"
_DOMAIN = "inlay"


class Because(StrEnum):
    """What a feature stands as it does for."""

    KILL_SWITCH = "kill_switch"
    ORG = "org"
    PLAN = "plan"
    SHARE = "share"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Known:
    """All that decides about the features of one org."""

    org_id: UUID
    rows: Mapping[str, bool] = field(default_factory=dict)
    plan: str = ""
    shares: Mapping[str, int] = field(default_factory=dict)
    pulled: frozenset[str] = frozenset()

    @property
    def context(self) -> EvaluationContext:
        """What a provider is given."""
        attributes: dict[str, Any] = {_ROWS: self.rows, _PLAN: self.plan, _SHARES: self.shares}
        return EvaluationContext(targeting_key=str(self.org_id), attributes=attributes)


class DatabaseProvider(AbstractProvider):
    """OpenFeature provider over what came along in the evaluation context."""

    def get_metadata(self) -> Metadata:
        return Metadata(name="inlay-database")

    def resolve_boolean_details(
        self,
        flag_key: str,
        default_value: bool,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[bool]:
        known: Mapping[str, Any] = evaluation_context.attributes if evaluation_context else {}
        rows, shares = known.get(_ROWS, {}), known.get(_SHARES, {})
        if flag_key in rows:
            return _found(rows[flag_key], Reason.TARGETING_MATCH, Because.ORG)
        if flag_key in _given_by(known.get(_PLAN, "")):
            return _found(True, Reason.TARGETING_MATCH, Because.PLAN)
        key = (evaluation_context.targeting_key or "") if evaluation_context else ""
        if is_in_share(flag_key, key, shares.get(flag_key, 0)):
            return _found(True, Reason.SPLIT, Because.SHARE)
        return _found(default_value, Reason.DEFAULT, Because.DEFAULT)

    def resolve_string_details(self, *_: Any, **__: Any) -> FlagResolutionDetails[str]:
        raise TypeError("features are boolean")

    def resolve_integer_details(self, *_: Any, **__: Any) -> FlagResolutionDetails[int]:
        raise TypeError("features are boolean")

    def resolve_float_details(self, *_: Any, **__: Any) -> FlagResolutionDetails[float]:
        raise TypeError("features are boolean")

    def resolve_object_details(
        self, *_: Any, **__: Any
    ) -> FlagResolutionDetails[Sequence[Any] | Mapping[str, Any]]:
        raise TypeError("features are boolean")


def _found(value: bool, reason: Reason, because: Because) -> FlagResolutionDetails[bool]:
    return FlagResolutionDetails(value=value, reason=reason, variant=because.value)


def plan_named(name: str) -> Plan | None:
    """The plan of a name; None for no plan, and for one that this release does not know."""
    return Plan(name) if name in set(Plan) else None


def _given_by(name: str) -> frozenset[Feature]:
    plan = plan_named(name)
    return PLANS[plan].features if plan else frozenset()


def is_in_share(feature: str, org_id: str, percent: int) -> bool:
    """Whether an org is within a feature's share: the same answer each time, another per feature.

    Who is in stays in when the share grows.
    """
    if not percent:
        return False
    digest = hashlib.sha256(f"{feature}:{org_id}".encode()).digest()
    return int.from_bytes(digest[:8]) % 10_000 < percent * 100


def install(provider: AbstractProvider | None = None) -> None:
    """Use this provider, by default the one over our rows; it counts when this returns.

    Set without waiting, it is made ready by a thread, and until then each flag has its default: an
    event that came in the first moments of a process was left out of Salesforce for good.
    """
    api.set_provider_and_wait(provider or DatabaseProvider(), _DOMAIN)


def _plan_of_org() -> ColumnElement[str]:
    return func.coalesce(func.nullif(Org.plan, ""), Org.production_plan)


def _counts() -> ColumnElement[bool]:
    """Criterion of rows that are not over."""
    return or_(OrgFeature.ends_at.is_(None), OrgFeature.ends_at > database_now())


def _knowledge() -> CompoundSelect[str, str, int]:
    """What, its name, a number: all that decides for one org; give ``org_id``."""
    is_on = case((OrgFeature.enabled, 1), else_=0)
    return union_all(
        select(literal("row"), OrgFeature.feature, is_on).where(
            OrgFeature.org_id == bindparam("org_id"), _counts()
        ),
        select(literal("plan"), _plan_of_org(), literal(0)).where(Org.id == bindparam("org_id")),
        select(literal("share"), FeatureShare.feature, FeatureShare.percent),
        select(literal("kill"), KillSwitchState.name, literal(0)).where(KillSwitchState.is_pulled),
    )


_KNOWLEDGE = Prepared(_knowledge())


def _read(session: TenantSession) -> Known:
    found: dict[str, dict[str, int]] = {"row": {}, "plan": {}, "share": {}, "kill": {}}
    for what, name, number in session.read(_KNOWLEDGE, org_id=session.org_id):
        found[what][name] = number
    return Known(
        session.org_id,
        rows={name: bool(number) for name, number in found["row"].items()},
        plan=next(iter(found["plan"]), ""),
        shares=found["share"],
        pulled=frozenset(found["kill"]),
    )


def _is_on(client: OpenFeatureClient, known: Known, feature: Feature) -> bool:
    return client.get_boolean_value(feature.value, SPECS[feature].default, known.context)


def _on(known: Known) -> frozenset[Feature]:
    ask, off = _answers(known), off_under(known.pulled)
    return frozenset(
        feature
        for feature, spec in SPECS.items()
        if feature not in off and ask(feature.value, spec.default)
    )


def _answers(known: Known) -> Callable[[str, bool], bool]:
    """How each feature stands; our own provider is asked without ado: each open asks for all."""
    client, context = api.get_client(_DOMAIN), known.context
    provider = client.provider
    if type(provider) is DatabaseProvider and not (client.hooks or api.get_hooks()):
        return lambda name, default: provider.resolve_boolean_details(name, default, context).value
    return lambda name, default: client.get_boolean_value(name, default, context)


def enabled(session: TenantSession) -> frozenset[Feature]:
    """Features that are on for the session's org: one statement.

    What a kill switch lets rest is still on: it is noted, and written later.
    """
    return _on(_read(session))


def writing(session: TenantSession) -> frozenset[Feature]:
    """Features that are on and do not rest under a kill switch, to ask before a write."""
    known = _read(session)
    return _on(known) - resting_under(known.pulled)


def is_enabled(session: TenantSession, feature: Feature) -> bool:
    """Whether one feature is on for the session's org."""
    return feature in enabled(session)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a feature stands for one org, and for what.

    ``is_wanted``: whether it would be on without any kill switch. ``rests``: it is on, and what it
    writes waits.
    """

    is_on: bool
    is_wanted: bool
    because: Because
    rests: bool


def explain(session: TenantSession) -> tuple[str, Mapping[Feature, Standing]]:
    """The plan that counts for the session's org, and how each feature stands: one statement."""
    known = _read(session)
    client, context = api.get_client(_DOMAIN), known.context
    off, resting = off_under(known.pulled), resting_under(known.pulled)
    told = {}
    for feature, spec in SPECS.items():
        found = client.get_boolean_details(feature.value, spec.default, context)
        variant = found.variant if found.variant in set(Because) else Because.DEFAULT
        because = Because.KILL_SWITCH if feature in off else Because(variant or Because.DEFAULT)
        is_on = found.value and feature not in off
        told[feature] = Standing(is_on, found.value, because, is_on and feature in resting)
    return known.plan, told


def is_killed(session: TenantSession, feature: Feature) -> bool:
    """Whether a kill switch is what stops a feature."""
    return bool(session.scalar(select(pulled(*switches_that_stop(feature)))))


def generation() -> tuple[Select[Any], ...]:
    """Numbers that change when features do without a change of the org.

    The last act over all orgs, and how many of the org's own rows are over.
    """
    over = OrgFeature.ends_at <= database_now()
    return (
        select(func.max(SystemEntry.seq)),
        select(func.count()).select_from(OrgFeature).where(over),
    )


def orgs_with(session: SystemSession, feature: Feature) -> list[UUID]:
    """Served orgs for which a feature is on and does not rest: one statement."""
    share = select(FeatureShare.percent).where(FeatureShare.feature == feature.value)
    rows = session.execute(
        select(Org.id, OrgFeature.enabled, _plan_of_org(), share.scalar_subquery())
        .outerjoin(
            OrgFeature,
            (OrgFeature.org_id == Org.id) & (OrgFeature.feature == feature.value) & _counts(),
        )
        .where(Org.state.in_(SERVED), ~pulled(*switches_that_stop(feature)))
        .order_by(Org.created_at, Org.id)
    )
    client, name = api.get_client(_DOMAIN), feature.value

    def known(org_id: UUID, chosen: bool | None, plan: str, percent: int | None) -> Known:
        own = {} if chosen is None else {name: chosen}
        return Known(org_id, own, plan, {name: percent or 0})

    return [row[0] for row in rows if _is_on(client, known(*row), feature)]


def switch(
    session: SystemSession,
    org: Org,
    feature: Feature,
    on: bool,
    *,
    by: str,
    why: str = "",
    until: datetime | None = None,
) -> None:
    """Switch a feature, for good or until a time; open widgets hear of it within seconds."""
    row = {
        "id": new_id(),
        "org_id": org.id,
        "feature": feature.value,
        "enabled": on,
        "changed_by": by,
        "reason": why,
        "changed_at": utcnow(),
        "ends_at": until,
    }
    session.upsert_many(
        OrgFeature,
        [row],
        key=["org_id", "feature"],
        set_=["enabled", "changed_by", "reason", "changed_at", "ends_at"],
    )
    ends = {"until": until.isoformat()} if until else {}
    _changed(session, org, by, feature=feature.value, on=on, why=why, **ends)


def leave_to_plan(
    session: SystemSession, org: Org, feature: Feature, *, by: str, why: str = ""
) -> None:
    """Take an org's own switch away: its plan, the roll-out or the default counts again."""
    session.execute(
        delete(OrgFeature).where(OrgFeature.org_id == org.id, OrgFeature.feature == feature.value)
    )
    _changed(session, org, by, feature=feature.value, on="as usual", why=why)


def _changed(session: SystemSession, org: Org, by: str, **detail: Any) -> None:
    org.version += 1
    audit.record_for(session, org.id, audit.Tag.ORG_FEATURE, by, **detail)
