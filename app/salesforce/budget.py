"""How many API calls Inlay may make in an org, and how many it has made in the last 24 hours.

Calls are the org's money: Salesforce counts them over a rolling 24 hours, for everybody who uses
its API. So each org has a budget for what Inlay does on its own: the setting ``api_budget``, else a
share of the org's allowance as Salesforce last told it. Optional traffic asks before it spends;
activities wait only when all is spent. A rep who opens a record is served all the same: those calls
are shown beside the others and not held against the budget.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.clock import utcnow
from app.db import TenantSession
from app.orgs import settings
from app.salesforce.accounting import ApiUsage
from app.salesforce.models import ApiAllowance, ApiCallHour

#: Part of the org's own allowance that Inlay takes unless the org says otherwise.
SHARE = 0.2
#: The budget while nothing is known of the org's allowance: that share of a small org's 15,000.
UNKNOWN = 3_000
#: From here on the optional slows down.
SLOW_AT = 0.8
#: The org as a whole has little left, whoever spends it: the optional slows down as well.
ORG_SLOW_AT = 0.9
#: Intervals of optional traffic grow by this while it is to slow down.
SLOWER = 4
#: Features whose calls a person at the screen has asked for.
BY_PEOPLE = frozenset({"widget"})

#: Features that may have a limit of their own.
BUDGETED = (
    "delivery",
    "activity_to_salesforce",
    "destination_records",
    "scores",
    "follow_ups",
    "backfill",
)

#: A call leaves the window when its whole hour is 24 hours old, so it is never let go too early.
_HOUR = timedelta(hours=1)
_WINDOW = timedelta(hours=24) + _HOUR


@dataclass(frozen=True, slots=True)
class Standing:
    """What an org's budget is and how much of it is spent.

    Attributes:
        limit: Calls that Inlay may make on its own in 24 hours.
        spent: Calls that it made in the last 24 hours.
        by_feature: Calls of the last 24 hours by feature, those of people included.
        resumes_at: When calls are allowed again; None unless exhausted.
        org: What Salesforce last said of the org's own calls; None when it never did.
        org_told_at: When it said so.
        feature: The feature that asks, or "": its own limit binds it as well, where it has one.
        feature_limits: Calls that single features may make of ``limit``.
    """

    limit: int
    spent: int
    by_feature: Mapping[str, int] = field(default_factory=dict)
    resumes_at: datetime | None = None
    org: ApiUsage | None = None
    org_told_at: datetime | None = None
    feature: str = ""
    feature_limits: Mapping[str, int] = field(default_factory=dict)

    @property
    def slow_down(self) -> bool:
        """Whether the optional is to ask less often, and what can wait is to wait."""
        own, of_feature = self._own
        is_slow = self.spent >= SLOW_AT * self.limit or own >= SLOW_AT * of_feature
        return is_slow or self._is_org_nearly_spent

    @property
    def exhausted(self) -> bool:
        """Whether nothing more may be spent before ``resumes_at``."""
        own, of_feature = self._own
        return self.spent >= self.limit or own >= of_feature

    @property
    def left(self) -> int:
        """Calls that may still be made."""
        own, of_feature = self._own
        return max(0, min(self.limit - self.spent, of_feature - own))

    def interval(self, usual: timedelta) -> timedelta:
        """How long optional traffic waits between two calls: its usual interval, or longer."""
        return usual * SLOWER if self.slow_down else usual

    @property
    def _own(self) -> tuple[int, int]:
        """What the feature that asks has spent, and may."""
        own = self.by_feature.get(self.feature, 0)
        return own, self.feature_limits.get(self.feature, self.limit + own)

    @property
    def _is_org_nearly_spent(self) -> bool:
        if self.org is None or self.org_told_at is None:
            return False
        is_fresh = utcnow() - self.org_told_at < _HOUR
        return is_fresh and self.org.used >= ORG_SLOW_AT * self.org.allowed


def standing(
    session: TenantSession, also: Mapping[str, int] | None = None, *, feature: str = ""
) -> Standing:
    """The budget of the session's org: three statements.

    Args:
        session: Of the org.
        also: Calls by feature that are not in the database yet (``Accounting.unwritten``).
        feature: Who asks, by the name that its calls are booked to.
    """
    now = utcnow()
    hours = session.execute(
        select(ApiCallHour.hour, ApiCallHour.feature, func.sum(ApiCallHour.calls))
        .where(ApiCallHour.hour > now - _WINDOW)
        .group_by(ApiCallHour.hour, ApiCallHour.feature)
    ).all()
    told = session.scalar(select(ApiAllowance))
    org = ApiUsage(told.used, told.allowed) if told is not None else None
    chosen = settings.read(session)
    limit = chosen.api_budget or _share(org)
    calls = [(hour, feature, int(count)) for hour, feature, count in hours]
    calls += [(now, feature, count) for feature, count in (also or {}).items()]
    own = sorted((hour, count) for hour, feature, count in calls if feature not in BY_PEOPLE)
    spent = sum(count for _, count in own)
    most = chosen.api_budgets.get(feature)
    return Standing(
        limit=limit,
        spent=spent,
        by_feature=_by_feature(calls),
        resumes_at=max(
            filter(None, (_resumes_at(own, limit), _resumes_at(_of(calls, feature), most))),
            default=None,
        ),
        org=org,
        org_told_at=told.told_at if told is not None else None,
        feature=feature,
        feature_limits=chosen.api_budgets,
    )


def _share(org: ApiUsage | None) -> int:
    return max(1, int(org.allowed * SHARE)) if org is not None else UNKNOWN


def _by_feature(calls: Sequence[tuple[datetime, str, int]]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for _, feature, count in calls:
        found[feature] = found.get(feature, 0) + count
    return dict(sorted(found.items()))


def _of(calls: Sequence[tuple[datetime, str, int]], feature: str) -> list[tuple[datetime, int]]:
    return sorted((hour, count) for hour, name, count in calls if name == feature)


def _resumes_at(own: Sequence[tuple[datetime, int]], limit: int | None) -> datetime | None:
    """When enough of the oldest calls have left the window for one more; None: at once."""
    if limit is None:
        return None
    excess = sum(count for _, count in own) - limit
    if excess < 0:
        return None
    for hour, count in own:
        excess -= count
        if excess < 0:
            return hour + _WINDOW
    return utcnow() + _WINDOW  # a budget of nothing: looked at again tomorrow
