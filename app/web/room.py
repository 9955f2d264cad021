"""A room with pages: a blueprint that knows its origin, its policy and its static files."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    request,
    send_from_directory,
)

from app.web import context
from app.web.csp import CLOSED, Policy
from app.web.ports import own_hosts_of

_YEAR = 365 * 24 * 3600


class Origin(StrEnum):
    """Which host a room answers on; what a rep writes on a page never shares one with the app.

    Rooms of the pages' host answer on the orgs' own domains, too (``host_org``).
    """

    APP = "app"
    PAGES = "pages"
    ANY = "any"


class Room(Blueprint):
    """A blueprint with an origin, a policy, templates, and static files.

    Static files live at ``/static/<room>/<version>/<file>``: modules that import one another by
    relative address so come from one version, and browsers may keep them for a year.
    """

    def __init__(
        self,
        name: str,
        import_name: str,
        *,
        origin: Origin = Origin.APP,
        policy: Policy = CLOSED,
        **options: Any,
    ) -> None:
        super().__init__(name, import_name, template_folder="templates", **options)
        self.origin = origin
        self.policy = policy
        self._files = Path(self.root_path) / "static"
        if self._files.is_dir():
            self._version = _digest(self._files)
            self.add_url_rule(
                f"/static/{name}/<version>/<path:filename>", "static", self._send_static
            )
            self.url_defaults(self._add_version)

    def _add_version(self, endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == f"{self.name}.static":
            values.setdefault("version", self._version)

    def _send_static(self, version: str, filename: str) -> Response:
        response = send_from_directory(self._files, filename, max_age=_YEAR)
        if version == self._version:
            response.cache_control.immutable = True
        else:  # a page of another release, still open while we are being replaced
            response.cache_control.max_age = 60
        return response


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def set_policy(policy: Policy) -> None:
    """Use this policy for the present response instead of the room's."""
    g.policy = policy


def install(app: Flask) -> None:
    """Check the host before each request, and set the headers after it."""
    app.before_request(_check_host)
    app.after_request(_set_headers)


def current_room() -> Room | None:
    """The room that the present request goes to."""
    blueprint = current_app.blueprints.get(request.blueprint or "")
    return blueprint if isinstance(blueprint, Room) else None


def _check_host() -> None:
    room = current_room()
    if room is None or room.origin is Origin.ANY:
        return
    config = context.config()
    expected = config.app_host if room.origin is Origin.APP else config.pages_host
    if request.host == expected:
        return
    g.own_host = own_hosts_of(current_app)(request.host) if room.origin is Origin.PAGES else None
    if g.own_host is None:
        abort(404)


def host_org() -> UUID | None:
    """The org whose own domain the present request names; None on the operator's own host."""
    found: UUID | None = g.get("own_host")
    return found


def _set_headers(response: Response) -> Response:
    room = current_room()
    policy: Policy = g.get("policy") or (room.policy if room else CLOSED)
    headers = {**_HEADERS, **policy.headers, "Content-Security-Policy": policy.render()}
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    if context.config().is_https:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}")
    return response


_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
