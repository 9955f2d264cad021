"""Which addresses a Destination may point to: the web and e-mail, never a script."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

_WEB = frozenset({"http", "https"})
_UNSEEN = re.compile(r"[\x00-\x20\x7f\\]")


def safe_address(url: str) -> str:
    """The address if it is http, https (with a host) or mailto, or a path of this site; else "".

    Browsers drop tabs and line breaks and take a backslash for a slash: none may be in it.
    """
    if not url or _UNSEEN.search(url):
        return ""
    if url.startswith("/") and not url.startswith("//"):
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme in _WEB:
        return url if parts.netloc else ""
    return url if parts.scheme == "mailto" and parts.path else ""


def mailto(email: str) -> str:
    """The address that writes to somebody, or "" when there is none."""
    return f"mailto:{quote(email, safe='@+._-')}" if "@" in email else ""
