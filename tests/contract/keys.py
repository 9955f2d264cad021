"""The unique external id of activities: the package's, or any that an org has."""

from __future__ import annotations

from typing import Any

from tests.contract.org import Org

_BODIES: dict[str, dict[str, Any]] = {
    "Task": {},
    "Event": {"StartDateTime": "2026-03-01T10:00:00Z", "DurationInMinutes": 5},
}


def key_fields(org: Org, sobject: str) -> list[str]:
    """Text fields of an object that are unique external ids and can be written, by name."""
    return sorted(
        name
        for name, each in org.fields(sobject).items()
        if each["externalId"] and each["unique"] and each["type"] == "string"
        and each["createable"] and each["updateable"]
    )  # fmt: skip


def unique_key(org: Org, sobject: str = "Task") -> tuple[str, str, dict[str, Any]]:
    """Object, field, and what else a row needs; ends the test where no such field is."""
    org.needs(sobject, "createable", "Subject")
    fields = key_fields(org, sobject)
    if not fields:
        org.cannot(f"{sobject} has no unique external id of type text that the user may write")
    return sobject, fields[0], {"Subject": org.name(), **_BODIES[sobject]}
