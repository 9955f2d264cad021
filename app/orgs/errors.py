"""Why an org or its caller is not admitted."""

from __future__ import annotations

from app.errors import InlayError


class NotAdmittedError(InlayError):
    """The signed request is genuine, but this org, app or user is not served.

    Reasons: ``unknown_app``, ``other_app``, ``other_org``, ``unknown_org``, ``org_pending``,
    ``org_suspended``, ``user_type``, ``replayed``, ``feature_off``.

    ``told`` is what staff wrote for the people of this org, if anything.
    """

    reason = "not_admitted"
    told = ""


class UnknownOrgError(InlayError):
    """There is no such org; `flask --app wsgi orgs list` shows those that exist."""

    reason = "unknown_org"
