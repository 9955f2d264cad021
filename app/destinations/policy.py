"""What a public page may do: its own script, its own style by hash, its own addresses."""

from __future__ import annotations

import base64
import hashlib

from app.web.csp import SELF, Policy

POLICY = Policy(
    {
        "script-src": SELF,
        "connect-src": SELF,
        "style-src": SELF,
        "img-src": f"{SELF} data:",
        "form-action": SELF,
    },
    {"X-Robots-Tag": "noindex, nofollow, noarchive", "Cross-Origin-Opener-Policy": "same-origin"},
)


def policy_for(style: str) -> Policy:
    """The policy of a page with exactly this inline style sheet."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return POLICY.with_directives(style_src=f"{SELF} 'sha256-{digest}'")
