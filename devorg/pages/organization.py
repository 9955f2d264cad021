"""Apps, usage, faults, the org and its objects as the set-up pages show them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Final

from devorg.apps import ClientApp
from devorg.apps.grants import Grant
from devorg.faults.fault import Fault
from devorg.org import Org
from devorg.pages.display import day_text
from devorg.pages.reading import Reader, has_pages
from devorg.pages.reveal import masked
from devorg.schema import Field, SObject

Fact = tuple[str, str]
_DULL: Final = frozenset({"kind", "struck", "number", "times"})
_USUAL: Final = {each.name: each.default for each in fields(Fault)}
# What is worth telling even where it is as usual.
_TOLD: Final = {"status": "status", "hang": "seconds", "automation": "limit"}
_SHARING: Final = {
    "activity": "By whom and what it is about", "opportunity": "Controlled by opportunity",
    "campaign": "Controlled by campaign", "parent": "Controlled by parent",
    "all": "Everybody reads it",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class App:
    """A client app: its settings as words, and who granted it what."""

    key: str
    label: str
    policy: str
    callbacks: tuple[str, ...]
    settings: list[Fact]
    grants: list[tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """An object of the org."""

    name: str
    label: str
    prefix: str
    fields: int
    sharing: str
    has_list: bool
    custom: bool
    api_name: str


def apps(org: Org) -> list[App]:
    """Every client app; secrets are masked."""
    grants = org.oauth.grants.all()
    return [
        App(
            each.client_id, each.label,
            "Admin approved users are pre-authorized" if each.preauthorized
            else "All users may self-authorize",
            each.callback_urls, _settings(each),
            [_granted(grant) for grant in grants if grant.client_id == each.client_id],
        )
        for each in org.oauth.apps.all()
    ]  # fmt: skip


def _granted(grant: Grant) -> tuple[str, str, str, str]:
    scopes = ", ".join(sorted(grant.scopes))
    return grant.user.name, scopes, _moment(grant.created_ms), _moment(grant.used_ms)


def _settings(app: ClientApp) -> list[Fact]:
    found = []
    for each in fields(app):
        name, value = each.metadata["json"], getattr(app, each.name)
        if name == "consumerSecret":
            value = masked(value)
        if name == "certificate" and value:
            value = "present"
        if name not in {"label", "callbackUrls", "consumerKey"}:
            found.append((name, _word(value)))
    return found


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else str(value)


def _moment(milliseconds: int) -> str:
    return _when(datetime.fromtimestamp(milliseconds / 1000, UTC))


def _when(found: datetime) -> str:
    return f"{day_text(found.date())}, {found:%H:%M:%S}"


def usage(org: Org) -> list[tuple[str, int, int]]:
    """Resource, counted calls, parts inside composites; the busiest first."""
    report = org.usage.report()
    calls, parts = report["calls"], report["subrequests"]
    if not isinstance(calls, dict) or not isinstance(parts, dict):
        return []
    names = sorted({*calls, *parts}, key=lambda name: (-calls.get(name, 0), name))
    return [(name, calls.get(name, 0), parts.get(name, 0)) for name in names]


def active_faults(org: Org) -> list[dict[str, Any]]:
    """The faults that can still strike."""
    return [each for each in org.faults.listed() if each["times"] != 0]


def faults(org: Org) -> list[tuple[dict[str, Any], list[Fact]]]:
    """Each fault with what was said of it beyond the usual."""
    return [
        (
            each,
            [
                (name, _word(value))
                for name, value in each.items()
                if name not in _DULL
                and (_TOLD.get(each["kind"]) == name or value != _USUAL.get(name))
            ],
        )
        for each in org.faults.listed()
    ]


def clock(org: Org) -> str:
    """The org's time, in UTC."""
    return _when(org.clock.now())


def facts(org: Org) -> list[tuple[str, list[Fact]]]:
    """What the org is, in groups."""
    config, account = org.config, org.schema.objects["Account"]
    ahead = (org.clock.now() - datetime.now(UTC)).total_seconds()
    turned = "the same" if abs(ahead) < 1 else f"{ahead:+,.0f} s"
    return [
        ("Organization", [
            ("Name", config.org_name), ("Organization Id", config.org_id),
            ("Namespace of the package", org.names.namespace or "none"),
            ("Canvas URL", config.canvas_url), ("SOAP login", _word(config.soap_login)),
            ("Username-password flow", _word(config.password_flow)),
        ]),
        ("Clock", [("Now (UTC)", clock(org)), ("Against this machine", turned)]),
        ("Shape", [
            ("Person accounts", _word("IsPersonAccount" in account.by_name)),
            ("Multiple currencies", _word("CurrencyIsoCode" in account.by_name)),
        ]),
        ("Preferences", [
            (each.name.replace("_", " ").capitalize(), _word(getattr(org.preferences, each.name)))
            for each in fields(org.preferences)
        ]),
    ]  # fmt: skip


def rules(org: Org) -> list[tuple[str, str, str]]:
    """Object, sort and words of each rule that was added."""
    added = org.automation
    found = [(n, "Validation rule", r.message) for n, rs in added.validation.items() for r in rs]
    found += [
        (n, f"Duplicate rule ({'blocks' if r.blocks else 'alerts'})", r.name)
        for n, rs in added.duplicates.items()
        for r in rs
    ]
    found += [(n, "Assignment rule", r.owner_id) for n, rs in added.assignment.items() for r in rs]
    found += [(n, "Required field", each) for n, names in added.required.items() for each in names]
    return sorted(found)


def kind(reader: Reader, org: Org, sobject: SObject) -> Kind:
    """One line of the list of objects."""
    return Kind(
        sobject.name, sobject.label, sobject.prefix, len(sobject.fields),
        _SHARING.get(sobject.sharing, sobject.sharing_model),
        has_pages(sobject) and reader.may_read(sobject), sobject.custom, org.names.entity(sobject),
    )  # fmt: skip


def field(org: Org, one: Field) -> tuple[str, str, str, str]:
    """Label, API name, type and traits of a field."""
    size = f"({one.length})" if one.length and one.type not in {"id", "reference"} else ""
    targets = f"({', '.join(map(org.names.entity_named, one.targets))})" if one.targets else ""
    words = {
        "required": one.required, "unique": one.unique, "external id": one.external_id,
        "restricted": one.restricted, "read only": not (one.createable or one.updateable),
    }  # fmt: skip
    traits = ", ".join(word for word, holds in words.items() if holds)
    return one.label, org.names.api(one), f"{one.type}{size}{targets}", traits
