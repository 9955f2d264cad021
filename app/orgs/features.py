"""Features that support staff switch per org (C6, E6).

Defaults stand here; an org that differs has a row. They are read from the database on each request
and evaluated through OpenFeature, so that an operator can bring another provider.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from openfeature import api
from openfeature.evaluation_context import EvaluationContext
from openfeature.flag_evaluation import FlagResolutionDetails, Reason
from openfeature.provider import AbstractProvider, Metadata
from sqlalchemy import or_, select

from app.clock import utcnow
from app.db import SystemSession, TenantSession, database_now
from app.ids import new_id
from app.orgs import audit
from app.orgs.models import Org, OrgFeature, OrgState


class Feature(StrEnum):
    """What can be switched per org."""

    WIDGET = "widget"
    CREATE_DESTINATION = "create_destination"
    ACTIVITY_TO_SALESFORCE = "activity_to_salesforce"
    FOLLOW_UPS = "follow_ups"
    DESTINATION_RECORDS = "destination_records"
    SCORES = "scores"


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """Default, owner and meaning of a feature."""

    default: bool
    owner: str
    description: str


SPECS: Mapping[Feature, FeatureSpec] = {
    Feature.WIDGET: FeatureSpec(True, "widget", "The widget in record pages."),
    Feature.CREATE_DESTINATION: FeatureSpec(
        False,
        "destinations",
        "Reps create Destinations from the record page (paid add-on).",
    ),
    Feature.ACTIVITY_TO_SALESFORCE: FeatureSpec(
        False, "outbox", "Engagement is written to Salesforce as activities."
    ),
    Feature.FOLLOW_UPS: FeatureSpec(
        False,
        "outbox",
        "Rules make follow-up tasks in Salesforce (together with activity_to_salesforce).",
    ),
    Feature.DESTINATION_RECORDS: FeatureSpec(
        False, "outbox", "Destinations are kept as records in Salesforce, with their counters."
    ),
    Feature.SCORES: FeatureSpec(
        False, "outbox", "Score and last engagement stand on Contacts and Leads."
    ),
}

_ROWS = "inlay.rows"
_DOMAIN = "inlay"


class DatabaseProvider(AbstractProvider):
    """OpenFeature provider over the rows that came along in the evaluation context."""

    def get_metadata(self) -> Metadata:
        return Metadata(name="inlay-database")

    def resolve_boolean_details(
        self,
        flag_key: str,
        default_value: bool,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[bool]:
        rows: Any = evaluation_context.attributes.get(_ROWS, {}) if evaluation_context else {}
        if flag_key in rows:
            return FlagResolutionDetails(value=rows[flag_key], reason=Reason.TARGETING_MATCH)
        return FlagResolutionDetails(value=default_value, reason=Reason.DEFAULT)

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


def install(provider: AbstractProvider | None = None) -> None:
    """Use this provider, by default the one over our rows."""
    api.set_provider(provider or DatabaseProvider(), _DOMAIN)


_SWITCHED = select(OrgFeature.feature, OrgFeature.enabled).where(
    or_(OrgFeature.ends_at.is_(None), OrgFeature.ends_at > database_now())
)


def enabled(session: TenantSession) -> frozenset[Feature]:
    """Features that are on for the session's org: one statement."""
    rows: dict[str, bool] = dict(session.execute(_SWITCHED).all())
    context = EvaluationContext(
        targeting_key=str(session.org_id),
        attributes={_ROWS: rows},
    )
    client = api.get_client(_DOMAIN)
    return frozenset(
        feature
        for feature, spec in SPECS.items()
        if client.get_boolean_value(feature.value, spec.default, context)
    )


def is_enabled(session: TenantSession, feature: Feature) -> bool:
    """Whether one feature is on for the session's org."""
    return feature in enabled(session)


def orgs_with(session: SystemSession, feature: Feature) -> list[UUID]:
    """Active orgs for which a feature is on: one statement."""
    rows = session.execute(
        select(Org.id, OrgFeature.enabled)
        .outerjoin(
            OrgFeature, (OrgFeature.org_id == Org.id) & (OrgFeature.feature == feature.value)
        )
        .where(Org.state == OrgState.ACTIVE)
        .order_by(Org.created_at, Org.id)
    )
    client = api.get_client(_DOMAIN)

    def is_on(org_id: UUID, chosen: bool | None) -> bool:
        known = {} if chosen is None else {feature.value: chosen}
        context = EvaluationContext(targeting_key=str(org_id), attributes={_ROWS: known})
        return client.get_boolean_value(feature.value, SPECS[feature].default, context)

    return [org_id for org_id, chosen in rows if is_on(org_id, chosen)]


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
    """Switch a feature; open widgets hear of it within seconds.

    ``until``: it stands at its default again from then on, as after a trial; None is for good.
    """
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
    org.version += 1
    audit.record_for(
        session,
        org.id,
        audit.Tag.ORG_FEATURE,
        by,
        feature=feature.value,
        on=on,
        why=why,
        **({"until": until.isoformat()} if until else {}),
    )
