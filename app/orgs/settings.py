"""Settings of an org, with defaults that make the least noise (X20)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from app.db import SystemSession, TenantSession
from app.errors import ConfigError
from app.ids import new_id
from app.orgs.models import Org, OrgSetting


class KindPolicy(StrEnum):
    """What becomes of events of a kind in Salesforce."""

    OFF = "off"
    EACH = "each"


class OpportunityRule(StrEnum):
    """Which opportunities an activity is written to besides the person."""

    ONE = "one"
    ALL = "all"
    NONE = "none"


#: A completed Task moves Last Activity and costs storage: opens and page visits are off.
DEFAULT_KINDS: Mapping[str, KindPolicy] = {
    "destination_visit": KindPolicy.EACH,
    "form_submitted": KindPolicy.EACH,
    "email_sent": KindPolicy.EACH,
    "email_clicked": KindPolicy.EACH,
    "email_replied": KindPolicy.EACH,
    "call": KindPolicy.EACH,
    "meeting": KindPolicy.EACH,
    "email_opened": KindPolicy.OFF,
    "page_visit": KindPolicy.OFF,
}


@dataclass(frozen=True, slots=True)
class OrgSettings:
    """All settings of an org. ``kinds`` holds what differs from ``DEFAULT_KINDS``.

    ``api_budget``: calls that Inlay may make on its own in 24 hours; 0 leaves it to
    ``app.salesforce.budget``: a share of the org's allowance.
    """

    activity_object: str = "Task"
    opportunity_rule: OpportunityRule = OpportunityRule.ONE
    kinds: Mapping[str, str] = field(default_factory=dict)
    company_name: str = ""
    website: str = ""
    brand_color: str = "#0b5cab"
    api_budget: int = 0

    def policy_of(self, kind: str) -> KindPolicy:
        """What becomes of events of this kind; kinds that nobody named are off."""
        named = self.kinds.get(kind)
        return KindPolicy(named) if named else DEFAULT_KINDS.get(kind, KindPolicy.OFF)


_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_WEBSITE = re.compile(r"https?://[^\s/\\]+[^\s\\]*")
_NAMES = frozenset(f.name for f in fields(OrgSettings))


def read(session: TenantSession) -> OrgSettings:
    """Settings of the session's org: one statement."""
    rows = session.execute(select(OrgSetting.name, OrgSetting.value)).all()
    return _build({name: value["value"] for name, value in rows if name in _NAMES})


def write(session: SystemSession, org: Org, **changes: Any) -> OrgSettings:
    """Change settings of an org.

    Raises:
        ConfigError: An unknown setting or a value it does not take.
    """
    unknown = changes.keys() - _NAMES
    if unknown:
        raise ConfigError(
            f"There is no setting {', '.join(sorted(unknown))}; there are "
            f"{', '.join(sorted(_NAMES))}."
        )
    checked = _build(changes)
    rows = [
        {"id": new_id(), "org_id": org.id, "name": name, "value": {"value": value}}
        for name, value in changes.items()
    ]
    session.upsert_many(OrgSetting, rows, key=["org_id", "name"], set_=["value"])
    org.version += 1
    return checked


def set_kind(session: SystemSession, org: Org, kind: str, policy: KindPolicy) -> OrgSettings:
    """Say what becomes of events of one kind; the other kinds stay as they are."""
    kept = session.scalar(
        select(OrgSetting)
        .where(OrgSetting.org_id == org.id, OrgSetting.name == "kinds")
        .with_for_update()
    )
    kinds = dict(kept.value["value"]) if kept is not None else {}
    return write(session, org, kinds={**kinds, kind: policy.value})


def _build(values: Mapping[str, Any]) -> OrgSettings:
    try:
        known = dict(values)
        if "opportunity_rule" in known:
            known["opportunity_rule"] = OpportunityRule(known["opportunity_rule"])
        if "api_budget" in known:
            known["api_budget"] = int(known["api_budget"])
        settings = OrgSettings(**known)
        for policy in dict(settings.kinds).values():
            KindPolicy(policy)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"A setting has a value that it does not take: {error}.") from error
    if settings.activity_object not in {"Task", "Event"}:
        raise ConfigError("activity_object is Task or Event.")
    if settings.website and not _WEBSITE.fullmatch(settings.website):
        raise ConfigError("website is an address such as https://www.example.com.")
    if settings.api_budget < 0:
        raise ConfigError("api_budget is a number of calls in 24 hours; 0 leaves it to Inlay.")
    if not _COLOR.fullmatch(settings.brand_color):
        raise ConfigError("brand_color is a colour such as #0b5cab.")
    return settings
