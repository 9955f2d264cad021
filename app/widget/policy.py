"""Who may frame the widget, and what its pages may load."""

from __future__ import annotations

from app.config import Config
from app.web.csp import SELF, Policy
from canvas.envelope import Envelope
from canvas.framing import frame_ancestors

#: ``unsafe-none``: the popup in which a user approves the app needs its opener.
POLICY = Policy(
    {
        "script-src": SELF,
        "style-src": SELF,
        "img-src": f"{SELF} data:",
        "connect-src": SELF,
    },
    {"Cross-Origin-Opener-Policy": "unsafe-none"},
)


def policy_for(config: Config, envelope: Envelope | None, sdk_origin: str = "") -> Policy:
    """The room's policy for one response: framed by Salesforce, scripts of the org if chosen."""
    ancestors = frame_ancestors(
        envelope=envelope,
        narrow=config.frame_ancestors_narrow,
        extra=config.frame_ancestors_extra,
    )
    scripts = f"{SELF} {sdk_origin}" if sdk_origin else SELF
    return POLICY.with_directives(frame_ancestors=ancestors, script_src=scripts)
