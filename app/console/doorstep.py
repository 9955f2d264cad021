"""The root of the app's own host: what is here, and where each kind of reader goes on.

It asks no database and knows nobody: whoever finds the address reads the same.
"""

from __future__ import annotations

from flask import Response

from app.console.pages import page
from app.console.room import POLICY
from app.console.sign_in.provider import current_provider
from app.destinations.template import ABOUT_PATH
from app.salesforce.gateway import current_gateway
from app.web import context
from app.web.room import set_policy


def doorstep() -> Response:
    """The page, in the console's dress and under its policy."""
    config = context.config()
    set_policy(POLICY)
    return page(
        "doorstep.html",
        has_login=current_gateway().policy.vendor is not None,
        has_provider=current_provider() is not None,
        docs_url=config.docs_url,
        recorded_url=config.pages_url + ABOUT_PATH,
    )
