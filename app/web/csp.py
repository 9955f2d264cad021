"""Content-Security-Policy as data: a policy per room, adjusted per response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NONE = "'none'"
SELF = "'self'"


@dataclass(frozen=True, slots=True)
class Policy:
    """Directives of a policy; what is not named falls to ``default-src 'none'``.

    ``headers`` are further security headers of the room's responses.
    """

    directives: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_directives(self, **directives: str) -> Policy:
        """A copy with directives replaced; underscores stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in directives.items()}
        return Policy({**self.directives, **named}, self.headers)

    def render(self) -> str:
        """The header's value."""
        return "; ".join(f"{name} {value}" for name, value in {**_BASE, **self.directives}.items())


_BASE = {
    "default-src": NONE,
    "base-uri": NONE,
    "form-action": NONE,
    "frame-ancestors": NONE,
}

#: For what is no page: JSON, metrics, errors.
CLOSED = Policy()
