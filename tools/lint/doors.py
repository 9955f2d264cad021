"""Doors that layers cannot express: another room's routes, and who speaks HTTP to Salesforce."""

from __future__ import annotations

from collections.abc import Iterator

from tools.lint.source import Problem, Source, imported_names

_HTTP = ("requests", "urllib3", "http.client", "urllib.request", "httpx", "aiohttp")
#: simple-salesforce is used for one thing: quoting SOQL.
_ONLY_FROM_SIMPLE_SALESFORCE = "simple_salesforce.format.format_soql"
_SALESFORCE = "app/salesforce/"
_COMPOSITION = "app/__init__.py"


def problems(source: Source) -> Iterator[Problem]:
    """Imports that go through a closed door."""
    if not source.is_in("app/", "canvas/", "devorg/"):
        return
    for node, name in imported_names(source.tree):
        for message in (*_routes(source, name), *_http(source, name)):
            yield Problem(source.path, node.lineno, "doors", message)


def _routes(source: Source, name: str) -> Iterator[str]:
    parts = name.split(".")
    if parts[0] != "app" or len(parts) < 3 or not parts[2].startswith("routes"):
        return
    if not source.is_in(f"app/{parts[1]}/", _COMPOSITION):
        yield f"{name}: routes belong to their room; ask its service or queries"


def _http(source: Source, name: str) -> Iterator[str]:
    speaks = any(name == module or name.startswith(f"{module}.") for module in _HTTP)
    if speaks and not source.is_in(_SALESFORCE):
        yield f"{name}: only app/salesforce speaks HTTP"
    if name.startswith("simple_salesforce") and name != _ONLY_FROM_SIMPLE_SALESFORCE:
        yield f"{name}: only format_soql is used; the rest has a session handling of its own"
