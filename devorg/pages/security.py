"""Headers of devorg's own pages: nothing but what they need, and the canvas app's origin."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Response

_DEFAULT_PORTS = {"http": 80, "https": 443}
# The two names of this machine that every browser knows; to it they are two sites.
_TWINS = {"127.0.0.1": "localhost", "localhost": "127.0.0.1", "::1": "localhost"}


@dataclass(frozen=True, slots=True)
class Policy:
    """What a page may frame and post to, and who may frame it (nobody unless told)."""

    canvas_origin: str
    framed: str = ""
    framed_by: str = ""


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL as a browser writes them: lower case, no default port."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def twin_of(origin: str) -> str | None:
    """The same server under this machine's other name; None if it is called otherwise."""
    parts = urlsplit(origin)
    twin = _TWINS.get(parts.hostname or "")
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{twin}{port}" if twin else None


def protect(response: Response, policy: Policy) -> None:
    """Set the policy: own files only, one origin to frame and to post to."""
    words = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "frame-src": policy.framed or policy.canvas_origin,
        "form-action": f"'self' {policy.canvas_origin}",
        "base-uri": "'none'",
        "frame-ancestors": policy.framed_by or "'none'",
    }
    response.headers["Content-Security-Policy"] = "; ".join(
        f"{name} {sources}" for name, sources in words.items()
    )
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
