"""The login and consent pages: their templates, their headers, and the callback they may go to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, render_template

from devorg.apps import scopes as scope
from devorg.apps.visits import Visit
from devorg.oauth.asking import Asking
from devorg.oauth.blueprint import the_org, the_state
from devorg.users import INTEGRATION, USERS, User

# The integration user's licence is for the APIs only.
PEOPLE = tuple(user for user in USERS if user is not INTEGRATION)


def protect(response: Response, callback: str | None = None) -> Response:
    """Own files only, never in a frame; forms may end at the app's callback and nowhere else."""
    target = f" {_source_of(callback)}" if callback else ""
    policy = {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        # Chromium holds the redirect that follows a form to this rule, too.
        "form-action": f"'self'{target}",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    response.headers["Content-Security-Policy"] = "; ".join(
        f"{name} {sources}" for name, sources in policy.items()
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    return response


def _source_of(callback: str) -> str:
    parts = urlsplit(callback)
    if parts.scheme in {"http", "https"}:
        return f"{parts.scheme}://{parts.netloc}"
    return f"{parts.scheme}:"


def _page(template: str, asking: Asking, **more: Any) -> Response:
    text = render_template(
        f"oauth/{template}", app=asking.app, org_name=the_org().config.org_name, **more
    )
    response = make_response(text)
    return protect(response, asking.redirect_uri)


def login_page(asking: Asking, *, token: str, username: str, problem: str | None) -> Response:
    """Asks for user name and password; `problem` says why the last try did not do."""
    name = username or asking.login_hint
    return _page("login.html", asking, token=token, username=name, problem=problem, people=PEOPLE)


def consent_page(asking: Asking, user: User, *, token: str) -> Response:
    """Asks the user to let the app in."""
    names = [name for name in scope.NAMES if name in asking.scopes]
    labels = list(dict.fromkeys(scope.LABELS[name] for name in names))
    return _page("consent.html", asking, token=token, user=user, labels=labels)


def form_token(visit: Visit, purpose: str) -> str:
    """What the form must carry back."""
    return the_state().visits.form_token(visit, purpose)
