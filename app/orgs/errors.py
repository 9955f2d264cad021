"""Why an org or its caller is not admitted."""

from __future__ import annotations

from app.errors import InlayError


class NotAdmittedError(InlayError):
    """The signed request is genuine, but this org, app or user is not served.

    Reasons: ``unknown_app``, ``other_app``, ``other_org``, ``unknown_org``, ``org_pending``,
    ``org_suspended``, ``org_leaving``, ``org_archived``, ``user_type``, ``replayed``,
    ``feature_off``, ``on_a_break``.

    ``told`` is what staff wrote for the people of this org, if anything.
    """

    reason = "not_admitted"
    told = ""


class UnknownOrgError(InlayError):
    """There is no such org; `flask --app wsgi orgs list` shows those that exist."""

    reason = "unknown_org"


class SwitchError(InlayError):
    """A switch, a share or a plan was asked for in a way that cannot be; the sentence says why."""

    reason = "bad_switch"


class StateChangeError(InlayError):
    """An org cannot go from its state to the one asked for; ``life.ALLOWED`` says which can."""

    reason = "state_change"
