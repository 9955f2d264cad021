"""What can go wrong between Inlay and an org: a reason, a sentence, and how sure we are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from app.errors import InlayError

#: Salesforce's own text is kept up to this many characters.
MAX_DETAIL = 1024


class SalesforceError(InlayError):
    """Root of this room's errors.

    Attributes:
        is_ambiguous: Whether the work may have been done all the same; always False for a read.
        code: Salesforce's own error code (``UNABLE_TO_LOCK_ROW``), empty when it gave none.
        detail: Salesforce's own text, at most 1,024 characters, tokens removed. Not for pages.
        fields: Field API names that Salesforce blamed.
        status: HTTP status of the answer, None when there was none.
    """

    reason = "salesforce_error"
    sentence: ClassVar[str] = "Salesforce could not do this. Try again in a moment."

    def __init__(
        self,
        *,
        code: str = "",
        detail: str = "",
        fields: Sequence[str] = (),
        status: int | None = None,
        is_ambiguous: bool = False,
    ) -> None:
        super().__init__(self.sentence)
        self.code = code
        self.detail = detail[:MAX_DETAIL]
        self.fields = tuple(fields)
        self.status = status
        self.is_ambiguous = is_ambiguous

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(reason={self.reason!r}, code={self.code!r}, "
            f"status={self.status}, is_ambiguous={self.is_ambiguous})"
        )


class SalesforceSlow(SalesforceError):
    """No answer in time, or too many of our own or the org's calls at once; try again soon."""

    reason = "salesforce_slow"
    sentence = "Salesforce is slow to answer. Try again in a moment."


class SalesforceDown(SalesforceError):
    """The org cannot be reached, answers with a server error, or with something unreadable."""

    reason = "salesforce_down"
    sentence = "Salesforce cannot be reached. Try again in a few minutes."


class SessionOver(SalesforceError):
    """The access token is not, or no longer, valid."""

    reason = "session_over"
    sentence = "The Salesforce session is over. Reload the record page."


class ApiNotAllowed(SalesforceError):
    """The edition has no API, or the user may not use it."""

    reason = "api_not_allowed"
    sentence = "Your Salesforce user may not use the API. Ask an administrator for the API right."


class IpNotAllowed(SalesforceError):
    """The org's IP policy refuses calls from this address."""

    reason = "ip_not_allowed"
    sentence = (
        "The organization's IP rules refuse calls from Inlay. Ask an administrator to relax the "
        "IP restrictions of the connected app."
    )


class AppNotApproved(SalesforceError):
    """The app is not installed in the org, or the user is not approved for it."""

    reason = "app_not_approved"
    sentence = "Inlay is not approved for your user. Ask an administrator to approve the app."


class LimitReached(SalesforceError):
    """The org has used up its daily API calls; nothing will pass until the window moves on."""

    reason = "limit_reached"
    sentence = "The organization has used up its Salesforce API calls for now. Try again later."


class RequestRefused(SalesforceError):
    """Salesforce understood and refused: ``code`` says why, and ``fields`` where."""

    reason = "request_refused"
    sentence = "Salesforce refused the request. Ask an administrator to look at the error code."


class WrongOrg(SalesforceError):
    """The token belongs to another org than the tenant's; it was dropped.

    ``code`` is ``wrong_org_left`` where Salesforce did not confirm that it is over.
    """

    reason = "wrong_org"
    sentence = (
        "These Salesforce credentials belong to another organization. Connect again with an app "
        "of this organization."
    )


class OrgOnHold(SalesforceError):
    """The tenant is suspended or archived, maybe since somebody set out: nothing is connected."""

    reason = "org_on_hold"
    sentence = (
        "This organization is suspended or archived here. Nothing was connected, and what "
        "Salesforce had given was taken back."
    )


class ReconnectNeeded(SalesforceError):
    """The integration's access is lost (or never was): an administrator has to connect again."""

    reason = "reconnect_needed"
    sentence = "Inlay has lost its access to Salesforce. Ask an administrator to connect again."


class ForeignHost(SalesforceError):
    """An address that should be the org's is not a host of Salesforce; no token was sent."""

    reason = "foreign_host"
    sentence = "This is not an address of Salesforce. Ask an administrator to check the setting."


class AttemptOver(SalesforceError):
    """Somebody came back from Salesforce too late, twice, or in another browser."""

    reason = "attempt_over"
    sentence = (
        "This attempt to connect is over, or was begun in another window. Close this window and "
        "click Connect again."
    )


class SecretSealed(SalesforceError):
    """What the connection keeps was sealed with a key that is no longer configured."""

    reason = "sealed"
    sentence = (
        "The stored secret of this connection cannot be opened: put the old key back into "
        "INLAY_SECRET_KEYS, or connect again."
    )
