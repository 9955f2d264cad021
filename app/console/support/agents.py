"""Which browser somebody uses, from what it says of itself: enough to know one's own session."""

from __future__ import annotations

from app.web.i18n import _

#: The first that is found counts: browsers name those, too, that they descend from.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"),
    ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def agent_of(text: str) -> str:
    """``Chrome, Linux`` for the header of a browser; other programs' own words, in part."""
    names = [
        next((name for sign, name in known if sign in text), "") for known in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(filter(None, names)) or text[:40] or _("unknown browser")
