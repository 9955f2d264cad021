"""Headers of devorg's own pages: nothing but what they need, and the canvas app's origin."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response

_DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL as a browser writes them: lower case, no default port."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def protect(response: Response, canvas_origin: str) -> None:
    """Set the policy: own files only, one origin to frame and to post to."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": "'self'",
        "frame-src": canvas_origin,
        "form-action": f"'self' {canvas_origin}",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    response.headers["Content-Security-Policy"] = "; ".join(
        f"{name} {sources}" for name, sources in policy.items()
    )
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
