"""What an org is like: the package's names, its closed task status, its shape. Read once a day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from app.clock import utcnow
from app.db import TenantSession
from app.ids import new_id
from app.orgs.models import CanvasApp
from app.salesforce.client import Client
from app.salesforce.composite import Subrequest, SubResponse, data_url
from app.salesforce.errors import SalesforceDown
from app.salesforce.gateway import Gateway
from app.salesforce.models import OrgProfile
from app.salesforce.names import ActivityField, Names, ours, own_objects
from app.salesforce.package import DESTINATION, Release

FEATURE = "profile"
FRESH_FOR = timedelta(days=1)
#: The objects that carry fields of the package, or tell the org's shape.
STANDARD = ("Task", "Event", "Contact", "Lead", "Account")
_ACTIVITIES = ("Task", "Event")
#: Fields of activities that an activity can do without, where the org hides them from Inlay.
OPTIONAL = frozenset(
    {
        "Description", "WhatId", "OwnerId", "TaskSubtype", "CallType", "CallDurationInSeconds",
        "CallDisposition", "ShowAs", "IsAllDayEvent", "ActivityDate",
    }
)  # fmt: skip
#: So many names of the package's own object are tried in one call.
MAX_GUESSES = 4
_CLOSED = Subrequest.query(
    "statuses",
    "SELECT ApiName, MasterLabel, IsDefault, SortOrder FROM TaskStatus WHERE IsClosed = true",
)
_ORGANIZATION = Subrequest.query("organization", "SELECT TimeZoneSidKey FROM Organization")


@dataclass(frozen=True)
class Profile:
    """Facts of one org, as its integration user sees it.

    ``facts``: ``names`` {logical name: API name} and ``package`` (see ``Names.facts``),
    ``has_key_field``, ``closed_status``, ``multi_currency``, ``person_accounts``, ``time_zone``,
    ``writable`` {Task or Event: {optional field: [values of its picklist]}}; ``seen`` {object:
    [names that may be the package's]} and ``modified`` {object: Last-Modified}.
    """

    facts: Mapping[str, Any]

    @cached_property
    def names(self) -> Names:
        """The package's API names in this org."""
        return Names.of(self.facts)

    @property
    def has_key_field(self) -> bool:
        """Whether activities can be upserted by the package's key, so that exactly one results."""
        return bool(self.facts["has_key_field"])

    @property
    def release(self) -> Release | None:
        """The package's release: at least this one; None for an older one, or a hidden one."""
        return self.names.release

    @property
    def closed_status(self) -> str | None:
        """What closes a Task in this org; None when nothing does."""
        return self.facts["closed_status"] or None

    @property
    def time_zone(self) -> str:
        """The org's own zone, Europe/Berlin; "" when it is not known."""
        return str(self.facts.get("time_zone") or "")

    def writable(self, sobject: str) -> Mapping[str, Sequence[str]] | None:
        """Which ``OPTIONAL`` fields of Task or Event Inlay may fill, with what a picklist takes.

        None when it is not known: the object is hidden, or was never described.
        """
        found: Mapping[str, Sequence[str]] | None = self.facts.get("writable", {}).get(sobject)
        return found

    @property
    def has_person_accounts(self) -> bool:
        """Whether an Account may be a person (its contact is in PersonContactId)."""
        return bool(self.facts["person_accounts"])

    @property
    def is_multi_currency(self) -> bool:
        """Whether records carry a CurrencyIsoCode."""
        return bool(self.facts["multi_currency"])


def profile(gateway: Gateway, org_id: UUID, *, refresh: bool = False) -> Profile:
    """The org's profile: from the database while fresh, else by one counted call.

    One more is made when the package's namespace turns out to be one that nobody named before.
    ``refresh`` reads all anew, for when Salesforce did not know a field (INVALID_FIELD). Must not
    be called with a transaction open.

    Raises:
        SalesforceError: The org had to be asked and could not be.
    """
    with gateway.database.reading(org_id) as session:
        kept = session.scalar(select(OrgProfile))
        is_fresh = kept is not None and "seen" in kept.facts and _age(kept) < FRESH_FOR
        if kept is not None and is_fresh and not refresh:
            return Profile(kept.facts)
        guesses = own_object_guesses(session)
    facts = _read(gateway.for_org(org_id), {} if refresh or kept is None else kept.facts, guesses)
    with gateway.database.writing(org_id) as writing:
        keep(writing, facts)
    return Profile(facts)


def own_object_guesses(session: TenantSession) -> set[str]:
    """What the package's object may be called: by the apps that sign for this org."""
    signing = or_(CanvasApp.org_id.is_(None), CanvasApp.org_id == session.org_id)
    found = session.scalars(select(CanvasApp.namespace).where(signing).distinct())
    return {f"{namespace}__{DESTINATION}" if namespace else DESTINATION for namespace in found}


def _age(kept: OrgProfile) -> timedelta:
    return utcnow() - kept.read_at


def _read(client: Client, kept: Mapping[str, Any], guesses: set[str]) -> dict[str, Any]:
    """The facts, by one composite call, or two when the package's object is found by the first."""
    known = {name for name in kept.get("seen", {}) if name not in STANDARD}
    owns = sorted(known or guesses or {DESTINATION})[:MAX_GUESSES]
    modified: Mapping[str, str] = kept.get("modified", {}) if "writable" in kept else {}
    describes = [describe(name, modified.get(name, "")) for name in (*STANDARD, *owns)]
    *described, statuses, organization = client.composite(
        [*describes, _CLOSED, _ORGANIZATION], feature=FEATURE
    )
    answers = dict(zip((*STANDARD, *owns), described, strict=True))
    facts = gathered(kept, answers, statuses.records()) | _zone(organization)
    found = own_objects(children_of(answers)) - set(owns)
    if found:
        more = sorted(found)[:MAX_GUESSES]
        answered = client.composite([describe(name) for name in more], feature=FEATURE)
        facts = gathered(facts, dict(zip(more, answered, strict=True)))
    return facts


def describe(sobject: str, since: str = "") -> Subrequest:
    """The describe of an object as a part of a composite; ``since`` is its Last-Modified."""
    reference = re.sub(r"[^A-Za-z0-9]", "", sobject)[:40]
    headers = {"If-Modified-Since": since} if since else None
    return Subrequest("GET", data_url(f"sobjects/{sobject}/describe"), reference, headers=headers)


def gathered(
    before: Mapping[str, Any],
    answers: Mapping[str, SubResponse],
    statuses: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """The facts after these describes; what answered 304 stays, what answered 404 goes.

    Raises:
        SalesforceError: A describe was refused.
    """
    facts = {"person_accounts": False, **before}
    seen = {**before.get("seen", {})}
    modified = {**before.get("modified", {})}
    writable = {**before.get("writable", {})}
    for sobject, answer in answers.items():
        if answer.status == 404 and sobject != "Task":  # not for us to see, or not there
            for known in (seen, modified, writable):
                known.pop(sobject, None)
            facts |= {"person_accounts": False} if sobject == "Account" else {}
            continue
        fields = _fields(answer)
        if fields is None:
            continue
        seen[sobject] = ours(sobject, fields)
        modified[sobject] = answer.headers.get("Last-Modified", "")
        facts |= _shape(sobject, fields)
        if sobject in _ACTIVITIES:
            writable[sobject] = _writable(fields)
        if sobject == "Task":
            facts["has_key_field"] = _has_usable_key(Names.from_fields(fields), fields)
    if statuses is not None:
        facts["closed_status"] = _closed_status(statuses)
    facts |= {"seen": seen, "modified": modified, "writable": writable}
    return facts | Names.from_seen(seen).facts()


def children_of(answers: Mapping[str, SubResponse]) -> list[Mapping[str, Any]]:
    """The child relationships that the describes name; those of accounts and people suffice."""
    bodies = [answer.body for answer in answers.values() if answer.status == 200]
    return [child for body in bodies for child in body.get("childRelationships", ())]


def _fields(answer: SubResponse) -> list[Mapping[str, Any]] | None:
    """The fields of a describe; None when unchanged."""
    if answer.status == 304:
        return None
    error = answer.error()
    if error is not None:
        raise error
    fields = answer.body.get("fields") if isinstance(answer.body, dict) else None
    if not isinstance(fields, list):
        raise SalesforceDown(code="UNREADABLE_ANSWER", status=answer.status)
    return fields


def _zone(organization: SubResponse) -> dict[str, str]:
    """The org's time zone; what was known of it stays where it is not shown."""
    rows = organization.records() if organization.error() is None else []
    return {"time_zone": str(rows[0]["TimeZoneSidKey"] or "")} if rows else {}


def _writable(fields: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    return {
        str(field["name"]): [
            str(value["value"]) for value in field.get("picklistValues") or () if value["active"]
        ]
        for field in fields
        if field["name"] in OPTIONAL and field.get("createable")
    }


def _shape(sobject: str, fields: list[Mapping[str, Any]]) -> dict[str, Any]:
    if sobject == "Account":
        return {"person_accounts": _has(fields, "IsPersonAccount")}
    return {"multi_currency": _has(fields, "CurrencyIsoCode")} if sobject == "Task" else {}


def _has_usable_key(names: Names, fields: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the key is there, unique, and may be written by us."""
    if ActivityField.KEY not in names:
        return False
    key = next(field for field in fields if field["name"] == names.api(ActivityField.KEY))
    return all(key.get(trait) for trait in ("externalId", "unique", "createable"))


def _has(fields: Iterable[Mapping[str, Any]], name: str) -> bool:
    return any(field["name"] == name for field in fields)


def _closed_status(rows: Iterable[Mapping[str, Any]]) -> str:
    """The closed status of the org: its default if that is closed, else the first in its order."""
    ordered = sorted(rows, key=lambda row: (not row["IsDefault"], row["SortOrder"] or 0))
    return str(ordered[0]["ApiName"] or ordered[0]["MasterLabel"]) if ordered else ""


def keep(session: TenantSession, facts: dict[str, Any]) -> None:
    """Store what was read of the session's org just now."""
    row = {
        "id": new_id(),
        "facts": facts,
        "last_modified": facts["modified"].get("Task", "")[:64],
        "read_at": utcnow(),
    }
    session.upsert_many(
        OrgProfile, [row], key=["org_id"], set_=["facts", "last_modified", "read_at"]
    )
