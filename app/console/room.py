"""The room of the console: on the app's own host, never framed, guarded route by route."""

from __future__ import annotations

from app.console import guard
from app.web.csp import SELF, Policy
from app.web.room import Origin, Room

#: Forms need an Origin header to be told from forged ones, hence ``same-origin``.
POLICY = Policy(
    {
        "script-src": SELF,
        "style-src": SELF,
        "img-src": f"{SELF} data:",
        "connect-src": SELF,
        "form-action": SELF,
    },
    {
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    },
)

room = Room("console", __name__, origin=Origin.APP, policy=POLICY)
guard.install(room)
