"""What an org is like: the package's names, its closed task status, its shape. Read once a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.clock import utcnow
from app.db import TenantSession
from app.ids import new_id
from app.salesforce.client import Client
from app.salesforce.composite import Subrequest, SubResponse, data_url
from app.salesforce.errors import SalesforceDown
from app.salesforce.gateway import Gateway
from app.salesforce.models import OrgProfile
from app.salesforce.names import ActivityField, Names

FEATURE = "profile"
FRESH_FOR = timedelta(days=1)
_STATUSES = (
    "SELECT ApiName, MasterLabel, IsDefault, SortOrder FROM TaskStatus WHERE IsClosed = true"
)


@dataclass(frozen=True)
class Profile:
    """Facts of one org, as its integration user sees it.

    ``facts``: ``names`` {logical name: API name}, ``has_key_field``, ``closed_status``,
    ``multi_currency``, ``person_accounts``.
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
    def closed_status(self) -> str | None:
        """What closes a Task in this org; None when nothing does."""
        return self.facts["closed_status"] or None

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

    ``refresh`` reads all anew, for when Salesforce did not know a field (INVALID_FIELD). Must not
    be called with a transaction open.

    Raises:
        SalesforceError: The org had to be asked and could not be.
    """
    with gateway.database.reading(org_id) as session:
        kept = session.scalar(select(OrgProfile))
    if kept is not None and not refresh and utcnow() - kept.read_at < FRESH_FOR:
        return Profile(kept.facts)
    facts, last_modified = _read(gateway.for_org(org_id), None if refresh else kept)
    with gateway.database.writing(org_id) as writing:
        _keep(writing, facts, last_modified)
    return Profile(facts)


def _read(client: Client, kept: OrgProfile | None) -> tuple[dict[str, Any], str]:
    """The facts and the Last-Modified of the Task describe, by one composite call."""
    since = kept.last_modified if kept is not None else ""
    headers = {"If-Modified-Since": since} if since else None
    task, account, statuses = client.composite(
        [
            Subrequest("GET", data_url("sobjects/Task/describe"), "task", headers=headers),
            Subrequest("GET", data_url("sobjects/Account/describe"), "account", headers=headers),
            Subrequest.query("statuses", _STATUSES),
        ],
        feature=FEATURE,
    )
    facts: dict[str, Any] = dict(kept.facts) if kept is not None else {}
    last_modified = task.headers.get("Last-Modified", "") or since
    if (fields := _fields(task)) is not None:
        facts |= _task_facts(fields)
    if account.status == 404:  # accounts are not for us to see, nor then whether some are people
        facts["person_accounts"] = False
    elif (fields := _fields(account)) is not None:
        facts["person_accounts"] = _has(fields, "IsPersonAccount")
    facts["closed_status"] = _closed_status(statuses.records())
    return facts, last_modified


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


def _task_facts(fields: list[Mapping[str, Any]]) -> dict[str, Any]:
    names = Names.from_fields(fields)
    return {
        "names": names.facts(),
        "has_key_field": _has_usable_key(names, fields),
        "multi_currency": _has(fields, "CurrencyIsoCode"),
    }


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


def _keep(session: TenantSession, facts: dict[str, Any], last_modified: str) -> None:
    row = {
        "id": new_id(),
        "facts": facts,
        "last_modified": last_modified[:64],
        "read_at": utcnow(),
    }
    session.upsert_many(
        OrgProfile, [row], key=["org_id"], set_=["facts", "last_modified", "read_at"]
    )
