"""Why the console says no."""

from __future__ import annotations

from app.errors import InlayError


class ConsoleError(InlayError):
    """A no with its HTTP status.

    Reasons: ``signed_out``, ``not_allowed``, ``unknown_org``, ``org_not_served``, ``link_over``,
    ``forged_form``, ``no_text``, ``unknown_page``, ``ask_again``.
    """

    reason = "console_error"
    status = 400

    def __init__(self, message: str, *, reason: str, status: int) -> None:
        super().__init__(message, reason=reason)
        self.status = status


def signed_out() -> ConsoleError:
    """Nobody is known by this cookie or bearer, or no longer."""
    return ConsoleError(
        "You are signed out. Come in again by your link, or from Salesforce.",
        reason="signed_out",
        status=401,
    )


def ask_again() -> ConsoleError:
    """Salesforce's word that this is an admin is too old; a page is asked for by way of it."""
    return ConsoleError(
        "It is a while since Salesforce said that you are an admin of Inlay. Open the console in "
        "another tab, so that Salesforce is asked; then go back and send this once more.",
        reason="ask_again",
        status=401,
    )


def not_allowed() -> ConsoleError:
    """The role lacks the permission of this route."""
    return ConsoleError(
        "Your role does not include this. Somebody with a wider role can do it or change yours.",
        reason="not_allowed",
        status=403,
    )


def unknown_org() -> ConsoleError:
    """There is no such org, or it is not yours: which of the two is not told."""
    return ConsoleError(
        "No such org is known here. Check the id: Salesforce shows it in Setup, "
        "Company Information.",
        reason="unknown_org",
        status=404,
    )


def org_not_served() -> ConsoleError:
    """The admin's org is pending or suspended."""
    return ConsoleError(
        "Your org is not served at the moment. Ask the people who run Inlay for you.",
        reason="org_not_served",
        status=403,
    )


def link_over() -> ConsoleError:
    """A one-time link that was used, has expired, or never was: which of them is not told."""
    return ConsoleError(
        "This link was used already, or its time is over. Ask for a new one.",
        reason="link_over",
        status=410,
    )


def no_text() -> ConsoleError:
    """What was sent holds a character that no text has, and that not every database takes."""
    return ConsoleError(
        "What you typed holds a character that cannot be kept. Type it anew.",
        reason="no_text",
        status=400,
    )


def forged_form() -> ConsoleError:
    """The form does not come from a page of this session."""
    return ConsoleError(
        "This form is out of date. Go back, reload the page, and send it again.",
        reason="forged_form",
        status=403,
    )
