"""What the org says of the people who met rules: roles, owners, open statuses. One counted call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.salesforce.client import Client
from app.salesforce.composite import Subrequest
from app.salesforce.soql import soql
from canvas.ids import USER_PREFIX, to_18

#: What the call is booked to.
FEATURE = "follow_ups"

_ROLES = (
    "SELECT ContactId, OpportunityId, IsPrimary, Opportunity.CreatedDate, Opportunity.OwnerId, "
    "Opportunity.Owner.IsActive FROM OpportunityContactRole "
    "WHERE Opportunity.IsClosed = false AND ContactId IN {}"
)
_CONTACTS = "SELECT Id, OwnerId, Owner.IsActive FROM Contact WHERE Id IN {}"
_LEADS = "SELECT Id, OwnerId, Owner.IsActive FROM Lead WHERE IsConverted = false AND Id IN {}"
_USERS = "SELECT Id FROM User WHERE IsActive = true AND Id IN {}"
_STATUSES = (
    "SELECT ApiName, MasterLabel, IsDefault, SortOrder FROM TaskStatus WHERE IsClosed = false"
)


@dataclass(frozen=True, slots=True)
class OpenDeal:
    """An open opportunity on which a contact has a role; ``owner`` is None if not active."""

    salesforce_id: str
    opened_at: datetime | None
    is_primary: bool
    owner: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """The org's answer.

    Attributes:
        deals: Open opportunities by contact.
        owners: Active owner of each Contact or Lead that is there; None without one.
        users: Those of the named users who are active.
        open_status: What a new Task is; None when the org has no open status.
    """

    deals: Mapping[str, Sequence[OpenDeal]]
    owners: Mapping[str, str | None]
    users: frozenset[str]
    open_status: str | None


@dataclass(slots=True)
class Question:
    """Whom to ask about, by 18-character id."""

    contacts: set[str] = field(default_factory=set)
    leads: set[str] = field(default_factory=set)
    users: set[str] = field(default_factory=set)


def ask(client: Client, question: Question) -> Told:
    """Ask the org.

    Raises:
        SalesforceError: It did not answer, or does not let us read one of these objects.
    """
    parts = [Subrequest.query("statuses", _STATUSES)]
    for name, template, ids in (
        ("roles", _ROLES, question.contacts),
        ("contacts", _CONTACTS, question.contacts),
        ("leads", _LEADS, question.leads),
        ("users", _USERS, question.users),
    ):
        if ids:
            parts.append(Subrequest.query(name, soql(template, sorted(ids))))
    answers = client.composite(parts, feature=FEATURE)
    rows = {part.reference_id: got.records() for part, got in zip(parts, answers, strict=True)}
    return Told(
        deals=_deals(rows.get("roles", ())),
        owners={
            to_18(row["Id"]): _owner(row)
            for row in (*rows.get("contacts", ()), *rows.get("leads", ()))
        },
        users=frozenset(to_18(row["Id"]) for row in rows.get("users", ())),
        open_status=_open_status(rows["statuses"]),
    )


def _deals(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Sequence[OpenDeal]]:
    found: dict[str, list[OpenDeal]] = defaultdict(list)
    for row in rows:
        deal = row.get("Opportunity") or {}
        created = deal.get("CreatedDate")
        found[to_18(row["ContactId"])].append(
            OpenDeal(
                to_18(row["OpportunityId"]),
                datetime.fromisoformat(created) if created else None,
                bool(row.get("IsPrimary")),
                _owner(deal),
            )
        )
    return found


def _owner(row: Mapping[str, Any]) -> str | None:
    """The owner, if it is a user (not a queue) and active: Salesforce takes no others."""
    owner = row.get("OwnerId")
    if not owner or not str(owner).startswith(USER_PREFIX):
        return None
    return to_18(owner) if (row.get("Owner") or {}).get("IsActive") else None


def _open_status(rows: Collection[Mapping[str, Any]]) -> str | None:
    """The org's default where that is open, else the first of its order."""
    ordered = sorted(rows, key=lambda row: (not row["IsDefault"], row["SortOrder"] or 0))
    return str(ordered[0]["ApiName"] or ordered[0]["MasterLabel"]) if ordered else None
