"""Settings of an org, with defaults that make the least noise (X20)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.db import SystemSession, TenantSession
from app.errors import ConfigError
from app.ids import new_id
from app.orgs.gates import GateKind, entries_of
from app.orgs.models import Org, OrgSetting
from canvas.ids import USER_PREFIX, to_18


class KindPolicy(StrEnum):
    """What becomes of events of a kind in Salesforce.

    ``FIRST``: the first of a person and link only; ``DIGEST``: one activity of a person and day.
    """

    OFF = "off"
    EACH = "each"
    FIRST = "first"
    DIGEST = "digest"


class OpportunityRule(StrEnum):
    """Which opportunities an activity is written to besides the person (``outbox.targets``).

    ``PRIMARY``: the one where the person is the primary contact, else the latest. ``LATEST``: the
    one that was opened last. ``ALL``: each of them. ``NONE``: none.
    """

    PRIMARY = "primary"
    LATEST = "latest"
    ALL = "all"
    NONE = "none"

    @classmethod
    def _missing_(cls, value: object) -> OpportunityRule | None:
        return cls.PRIMARY if value == _PRIMARY_ONCE else None


class SyncMethod(StrEnum):
    """Which way records of an object are kept alike (E1)."""

    NONE = "none"
    FROM_SALESFORCE = "from_salesforce"
    TO_SALESFORCE = "to_salesforce"
    BOTH = "both"


#: The kind of the activity that a digest becomes.
DIGEST = "digest"

#: What the rule "primary" was called at first; settings of then are still read.
_PRIMARY_ONCE = "one"

#: A completed Task moves Last Activity and costs storage: opens and page visits are off, and of
#: clicks the first on a link is enough.
DEFAULT_KINDS: Mapping[str, KindPolicy] = {
    "destination_visit": KindPolicy.EACH,
    "form_submitted": KindPolicy.EACH,
    "email_sent": KindPolicy.EACH,
    "email_clicked": KindPolicy.FIRST,
    "email_replied": KindPolicy.EACH,
    "call": KindPolicy.EACH,
    "meeting": KindPolicy.EACH,
    "email_opened": KindPolicy.OFF,
    "page_visit": KindPolicy.OFF,
}


@dataclass(frozen=True, slots=True)
class OrgSettings:
    """All settings of an org. ``kinds`` holds what differs from ``DEFAULT_KINDS``.

    ``activity_object``: what activities are written as, ``objects``: kinds that differ from it.
    ``time_zone``: whose days a digest tells of; "" leaves it to the org. ``default_owner``: the
    user who is Assigned To where no other is known; "" leaves it to Salesforce.

    ``api_budget``: calls that Inlay may make on its own in 24 hours; 0 leaves it to
    ``app.salesforce.budget``: a share of the org's allowance. ``api_budgets`` holds what single
    features may make of it.

    ``destination_days``: how long a new Destination is open; 0: it stays.
    ``destination_view_days``: how long from its first view on, ``destination_views``: for how many
    viewers (``destinations.expiry``); 0: as long as it is open. ``gate``: what a new one asks of
    its visitors, ``gate_own_link``: not of those who come by a link of their own, ``gate_allow``:
    whom it lets in. ``gate_deny``: whom no Destination with a gate lets in, the present ones too.

    ``consent_text``: what visitors read of what is recorded; "" leaves it to the page. ``logo``:
    the token of the org's logo in ``destinations.logos``.

    ``sync_contacts``, ``sync_leads``, ``sync_companies``: which way each is kept alike,
    ``sync_hours``: how many hours lie between two times, ``sync_deletions``: what is deleted on one
    side goes on the other, too. Chosen before; nothing is synced until syncing is turned on.

    ``support_view``: support may look at a card as a rep of the org saw it (``crm.sights``).
    """

    activity_object: str = "Task"
    opportunity_rule: OpportunityRule = OpportunityRule.PRIMARY
    kinds: Mapping[str, str] = field(default_factory=dict)
    objects: Mapping[str, str] = field(default_factory=dict)
    time_zone: str = ""
    default_owner: str = ""
    company_name: str = ""
    website: str = ""
    brand_color: str = "#0b5cab"
    logo: str = ""
    consent_text: str = ""
    destination_days: int = 0
    destination_view_days: int = 0
    destination_views: int = 0
    gate: GateKind = GateKind.OPEN
    gate_own_link: bool = True
    gate_allow: Sequence[str] = ()
    gate_deny: Sequence[str] = ()
    api_budget: int = 0
    api_budgets: Mapping[str, int] = field(default_factory=dict)
    sync_contacts: SyncMethod = SyncMethod.NONE
    sync_leads: SyncMethod = SyncMethod.NONE
    sync_companies: SyncMethod = SyncMethod.NONE
    sync_hours: int = 24
    sync_deletions: bool = False
    support_view: bool = True

    def policy_of(self, kind: str) -> KindPolicy:
        """What becomes of events of this kind; kinds that nobody named are off."""
        named = self.kinds.get(kind)
        return KindPolicy(named) if named else DEFAULT_KINDS.get(kind, KindPolicy.OFF)

    def object_of(self, kind: str) -> str:
        """What events of this kind are written as: Task or Event."""
        return self.objects.get(kind, self.activity_object)


#: Read by themselves, where all settings would be too many (``crm.sights``, ``destinations.door``).
SUPPORT_VIEW = "support_view"
GATE_DENY = "gate_deny"


def allows(kept: Mapping[str, Any] | None) -> bool:
    """What a row of a setting that is yes or no says; without a row, yes."""
    return kept is None or kept["value"] is True


_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_LOGO = re.compile(r"[A-Za-z0-9]{0,43}")
#: Ten years.
MOST_DAYS = 3650
MOST_VIEWS = 100_000
MOST_CONSENT = 300
#: A week.
MOST_SYNC_HOURS = 168
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


def problem(name: str, value: Any) -> str:
    """What is wrong with a value for a setting, in a sentence; "" when it may be written."""
    try:
        _build({name: value})
    except ConfigError as error:
        return error.message
    return ""


def set_kind(
    session: SystemSession,
    org: Org,
    kind: str,
    policy: KindPolicy | None = None,
    sobject: str | None = None,
) -> OrgSettings:
    """Say what becomes of events of one kind, and as which object it is written.

    The other kinds stay as they are, and so does what is None.

    Raises:
        ConfigError: A value that it does not take.
    """
    changes: dict[str, dict[str, str]] = {}
    if policy is not None:
        changes["kinds"] = {**_kept(session, org, "kinds"), kind: policy.value}
    if sobject is not None:
        changes["objects"] = {**_kept(session, org, "objects"), kind: sobject}
    return write(session, org, **changes)


def set_budget(session: SystemSession, org: Org, feature: str, calls: int) -> OrgSettings:
    """Say how many calls a feature may make in 24 hours; 0 leaves it to the budget of them all."""
    kept = {**_kept(session, org, "api_budgets"), feature: calls}
    return write(session, org, api_budgets={name: most for name, most in kept.items() if most})


def _kept(session: SystemSession, org: Org, name: str) -> dict[str, Any]:
    """A setting made of parts, locked until the commit."""
    kept = session.scalar(
        select(OrgSetting)
        .where(OrgSetting.org_id == org.id, OrgSetting.name == name)
        .with_for_update()
    )
    return dict(kept.value["value"]) if kept is not None else {}


def _build(values: Mapping[str, Any]) -> OrgSettings:
    try:
        known = {name: _READ.get(name, _as_it_is)(value) for name, value in values.items()}
        settings = OrgSettings(**known)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"A setting has a value that it does not take: {error}.") from error
    for is_right, words in _rules(settings):
        if not is_right:
            raise ConfigError(words)
    return settings


def _rules(settings: OrgSettings) -> Iterator[tuple[bool, str]]:
    """What must hold of the values, with what to tell when it does not."""
    objects = {settings.activity_object, *settings.objects.values()}
    owner, zone, website = settings.default_owner, settings.time_zone, settings.website
    yield objects <= {"Task", "Event"}, "Activities are written as Task or Event."
    yield (
        not owner or owner.startswith(USER_PREFIX),
        "default_owner is the id of a user of the org: it begins with 005.",
    )
    yield not zone or _is_zone(zone), "time_zone is a name such as Europe/Berlin."
    yield (
        not website or _WEBSITE.fullmatch(website) is not None,
        "website is an address such as https://www.example.com.",
    )
    yield (
        min(settings.api_budget, *settings.api_budgets.values(), 0) >= 0,
        "api_budget is a number of calls in 24 hours; 0 leaves it to Inlay.",
    )
    for name in ("support_view", "sync_deletions"):
        yield isinstance(getattr(settings, name), bool), f"{name} is true or false."
    yield (
        1 <= settings.sync_hours <= MOST_SYNC_HOURS,
        f"sync_hours is a number of hours from 1 to {MOST_SYNC_HOURS}.",
    )
    for name in ("destination_days", "destination_view_days"):
        yield (
            0 <= getattr(settings, name) <= MOST_DAYS,
            f"{name} is a number of days up to {MOST_DAYS}; 0: no end.",
        )
    yield (
        0 <= settings.destination_views <= MOST_VIEWS,
        f"destination_views is a number of viewers up to {MOST_VIEWS}; 0: no end.",
    )
    yield isinstance(settings.gate_own_link, bool), "gate_own_link is true or false."
    yield (
        len(settings.consent_text) <= MOST_CONSENT,
        f"consent_text has at most {MOST_CONSENT} characters.",
    )
    yield _LOGO.fullmatch(settings.logo) is not None, "logo is the token of a stored logo."
    yield (
        _COLOR.fullmatch(settings.brand_color) is not None,
        "brand_color is a colour such as #0b5cab.",
    )


def _as_it_is(value: Any) -> Any:
    return value


def _policies(value: Any) -> dict[str, str]:
    return {kind: KindPolicy(policy).value for kind, policy in dict(value).items()}


#: How stored or typed values are read, where they are not taken as they are.
_READ: Mapping[str, Callable[[Any], Any]] = {
    "opportunity_rule": OpportunityRule,
    "kinds": _policies,
    "objects": dict,
    "default_owner": lambda value: to_18(value) if value else "",
    "api_budget": int,
    "destination_days": int,
    "destination_view_days": int,
    "destination_views": int,
    "sync_contacts": SyncMethod,
    "sync_leads": SyncMethod,
    "sync_companies": SyncMethod,
    "sync_hours": int,
    "gate": GateKind,
    "gate_allow": entries_of,
    "gate_deny": entries_of,
    "api_budgets": lambda value: {name: int(most) for name, most in dict(value).items()},
}


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
