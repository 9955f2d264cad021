"""The org as a whole: edition, who Inlay is there, policies, limits, package, shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.salesforce.names import Names
from app.salesforce.preflight.checks import activity_sharing
from app.salesforce.preflight.granted import hides_package, sets_held
from app.salesforce.preflight.reading import Seen
from app.salesforce.preflight.result import Finding, Verdict

#: Editions by Organization.OrganizationType: L1, and what has no API at all.
SERVED = frozenset(
    {"Enterprise Edition", "Unlimited Edition", "Performance Edition", "Developer Edition"}
)
WITH_API = frozenset({"Professional Edition"})
WITHOUT_API = frozenset(
    {
        "Team Edition",
        "Personal Edition",
        "Contact Manager Edition",
        "Base Edition",
        "Essentials Edition",
        "Group Edition",
        "Starter Edition",
    }
)
#: Below these shares of what there is, little is left.
LOW = 0.2
LOW_STORAGE = 0.05
#: One activity takes so many kilobytes of data storage (help article 000193871).
KILOBYTES = 2


@dataclass(frozen=True, slots=True)
class User:
    """Who creates what Inlay writes (N2)."""

    id: str
    name: str
    username: str
    address: str
    profile: str = ""


def refused(edition: str) -> bool:
    """Whether orgs of this edition cannot be served."""
    return edition in WITHOUT_API


def findings(seen: Seen, names: Names, user: User) -> Iterator[Finding]:
    """All findings of the org."""
    yield _edition(str(seen.one.get("organization", {}).get("OrganizationType") or ""), seen)
    yield Finding("api", Verdict.FINE, "The API answers, from this address and for this app.")
    yield _who(user)
    yield from _too_much(seen, user)
    yield Finding(
        "policies",
        Verdict.UNKNOWN,
        "How long sessions and refresh tokens live, and whether the app is pre-authorised, is in "
        "Setup alone: External Client App Manager > Inlay Connect > Policies.",
    )
    yield from _limits(seen)
    yield _package(seen, names)
    yield from _shape(seen)


def _edition(edition: str, seen: Seen) -> Finding:
    kind = "a sandbox of " if seen.one.get("organization", {}).get("IsSandbox") else ""
    if not edition:
        return Finding(
            "edition", Verdict.UNKNOWN, "The org does not tell its edition; the API answers."
        )
    if refused(edition):
        return Finding(
            "edition",
            Verdict.MISSING,
            f"This org is {kind}{edition}, which Inlay cannot serve: it needs Enterprise, "
            "Unlimited, Performance, Developer, or Professional with the API.",
        )
    if edition in SERVED:
        return Finding("edition", Verdict.FINE, f"This org is {kind}{edition}.")
    if edition in WITH_API:
        return Finding("edition", Verdict.FINE, f"This org is {kind}{edition}, with the API.")
    return Finding(
        "edition",
        Verdict.UNKNOWN,
        f"This org is {kind}{edition}, which Inlay was not tried with; the API answers.",
    )


def _who(user: User) -> Finding:
    if not user.id:
        return Finding(
            "integration_user",
            Verdict.UNKNOWN,
            "The org does not tell who Inlay is there: the app lacks the scope for it.",
        )
    shown = f"{user.name} ({user.address or user.username})" if user.name else user.username
    profile = f", profile {user.profile}" if user.profile else ""
    return Finding(
        "integration_user",
        Verdict.FINE,
        f"What Inlay writes shows {shown or user.id} as its creator{profile}.",
        name=user.username,
    )


def _too_much(seen: Seen, user: User) -> Iterator[Finding]:
    rows = seen.rows.get("sets", ())
    names = {
        "PermissionsModifyAllData": "Modify All Data",
        "PermissionsViewAllData": "View All Data",
    }
    held = [label for name, label in names.items() if any(row.get(name) for row in rows)]
    if held:
        yield Finding(
            "more_than_needed",
            Verdict.NOTE,
            f"The integration user has {' and '.join(held)}, which no feature needs. A user of its "
            "own with the permission sets of the guide is enough.",
        )
    elif user.profile == "System Administrator":
        yield Finding(
            "more_than_needed",
            Verdict.NOTE,
            "The integration user is a System Administrator, which no feature needs.",
        )


def _limits(seen: Seen) -> Iterator[Finding]:
    limits = seen.one.get("limits")
    if limits is None:
        yield Finding("limits", Verdict.UNKNOWN, f"Limits are not shown ({seen.why['limits']}).")
        return
    calls = _left(limits, "DailyApiRequests")
    if calls is not None:
        most, left = calls
        yield Finding(
            "api_calls",
            Verdict.NOTE if left < LOW * most else Verdict.FINE,
            f"{left:,} of {most:,} API calls are left for the next 24 hours, of all who use the "
            "API of this org.",
        )
    storage = _left(limits, "DataStorageMB")
    if storage is not None:
        most, left = storage
        fits = max(0, left) * 1024 // KILOBYTES
        verdict = Verdict.NOTE if left < LOW_STORAGE * most else Verdict.FINE
        yield Finding(
            "storage",
            Verdict.MISSING if left <= 0 else verdict,
            f"{left:,} of {most:,} MB of data storage are left: room for {fits:,} activities.",
        )


_HIDDEN = (
    "Whether the Inlay package is installed cannot be seen: the integration user sees none of the "
    "objects that carry its fields."
)


def _package(seen: Seen, names: Names) -> Finding:
    if not names.is_installed and hides_package(seen):
        return Finding("package", Verdict.UNKNOWN, _HIDDEN)
    if not names.is_installed:
        return Finding(
            "package",
            Verdict.MISSING,
            "Nothing of the Inlay package is to be seen: it is not installed, was removed, or "
            "Inlay_Integration is not assigned. Activities are still written, without Inlay's "
            "fields; each may then come twice after a lost answer.",
        )
    named = f", its names begin with {names.namespace}__" if names.namespace else ""
    if seen.version:
        return Finding(
            "package", Verdict.FINE, f"The package is there, version {seen.version}{named}."
        )
    if names.release is None:
        return Finding(
            "package",
            Verdict.UNKNOWN,
            f"The package is there{named}. Its version cannot be told: some fields are hidden, or "
            "it is an old one.",
        )
    version = ".".join(map(str, names.release))
    return Finding("package", Verdict.FINE, f"The package is there, at least {version}{named}.")


def _shape(seen: Seen) -> Iterator[Finding]:
    if seen.facts.get("person_accounts"):
        yield Finding(
            "person_accounts",
            Verdict.NOTE,
            "Person accounts are on: a person's page is an account, Inlay takes its contact.",
        )
    if seen.facts.get("multi_currency"):
        yield Finding("multi_currency", Verdict.NOTE, "Records have currencies of their own.")


def facts(seen: Seen, names: Names, user: User) -> dict[str, Any]:
    """What people may want to know, by name."""
    organization = seen.one.get("organization", {})
    limits = seen.one.get("limits", {})
    held = sets_held(seen)
    return {
        "organization": str(organization.get("Name") or ""),
        "edition": str(organization.get("OrganizationType") or ""),
        "is_sandbox": bool(organization.get("IsSandbox")),
        "instance": str(organization.get("InstanceName") or ""),
        "user": user.name,
        "username": user.username,
        "address": user.address,
        "profile": user.profile,
        "sets": sorted(held) if held is not None else None,
        "namespace": names.namespace,
        "version": seen.version,
        "release": ".".join(map(str, names.release)) if names.release else "",
        "has_key_field": bool(seen.facts["has_key_field"]),
        "closed_status": seen.facts["closed_status"],
        "activity_sharing": activity_sharing(seen),
        "shared_activities": seen.has_shared_activities,
        "person_accounts": bool(seen.facts.get("person_accounts")),
        "multi_currency": bool(seen.facts.get("multi_currency")),
        "api_calls": _left(limits, "DailyApiRequests"),
        "storage_mb": _left(limits, "DataStorageMB"),
        "not_shown": dict(sorted(seen.why.items())),
    }


def _left(limits: Mapping[str, Any], name: str) -> list[int] | None:
    """[most, left] of a limit; None where it is not told."""
    found = limits.get(name)
    if not isinstance(found, dict) or not isinstance(found.get("Max"), int):
        return None
    return [found["Max"], int(found.get("Remaining", 0))]
