"""Each way in which the widget says no: status, icon, title and a sentence with the next step.

The reason is the machine code of the error; it stands small on the page, in the log and in the
metric. Nothing of the request is repeated on a page.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import InlayError
from app.web.i18n import _
from canvas.errors import CanvasError

#: Seconds after which a page of Salesforce's trouble may be asked for again.
RETRY_AFTER_S = 15


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way to say no. Texts are message ids; ``title_text`` and ``detail_text`` translate."""

    status: int
    icon: str
    title: str
    detail: str

    @property
    def title_text(self) -> str:
        """The title in the reader's language."""
        return _(self.title)

    @property
    def detail_text(self) -> str:
        """The sentence in the reader's language."""
        return _(self.detail)

    @property
    def is_passing(self) -> bool:
        """Whether the same request may succeed a little later."""
        return self.status >= 500


def N_(message: str) -> str:  # noqa: N802  # the name that Babel's extractor looks for
    """Marks a text for translation where it stands; it is translated where it is shown."""
    return message


_RELOAD = N_("Reload the record page to start afresh.")
_ADMIN = N_("Ask your Salesforce admin to check the canvas app, and show them the code below.")

_MALFORMED = Refusal(400, "plug", N_("Salesforce sent something unexpected"), _RELOAD)
_SETUP = Refusal(400, "plug", N_("The set-up is not complete"), _ADMIN)
_OLD = Refusal(401, "clock", N_("This view has expired"), _RELOAD)
_OTHER_APP = Refusal(403, "plug", N_("This app is not set up here"), _ADMIN)
_FRAME_OVER = Refusal(401, "clock", N_("Your session here is over"), _RELOAD)
_OTHER_FRAME = Refusal(
    403, "lock", N_("This view belongs to somebody else"),
    N_("You may have switched users. Reload the record page."),
)  # fmt: skip
_SALESFORCE_SLOW = Refusal(
    503, "cloud", N_("Salesforce is slow right now"),
    N_("Your record is fine; Salesforce took too long to answer. Try again in a moment."),
)  # fmt: skip

_REFUSALS = {
    "missing": Refusal(400, "plug", N_("Nothing to show yet"), _RELOAD),
    "too_large": _SETUP,
    "bad_format": _MALFORMED,
    "bad_encoding": _MALFORMED,
    "bad_payload": _MALFORMED,
    "wrong_algorithm": _MALFORMED,
    "missing_organization": _SETUP,
    "missing_user": _SETUP,
    "no_record": Refusal(
        400, "plug", N_("Which record is this?"),
        N_("Salesforce did not say which record is open. Reload the record page."),
    ),
    "bad_cursor": _MALFORMED,
    "bad_signature": Refusal(401, "lock", N_("This request could not be verified"), _ADMIN),
    "stale": _OLD,
    "from_future": _OLD,
    "replayed": _OLD,
    "bearer_missing": _FRAME_OVER,
    "bearer_invalid": _FRAME_OVER,
    "bearer_expired": _FRAME_OVER,
    "other_user": _OTHER_FRAME,
    "other_record": _OTHER_FRAME,
    "unknown_app": _OTHER_APP,
    "other_app": _OTHER_APP,
    "other_org": _OTHER_APP,
    "wrong_org": _OTHER_APP,
    "foreign_host": _OTHER_APP,
    "bad_url": _OTHER_APP,
    "unknown_org": Refusal(
        403, "plug", N_("Your company is not set up yet"),
        N_("Ask your Salesforce admin to finish the set-up. Nothing is wrong with the record."),
    ),
    "org_pending": Refusal(
        403, "clock", N_("Almost there"),
        N_("Your company's access is being set up. Your Salesforce admin knows how far it is."),
    ),
    "org_suspended": Refusal(
        403, "lock", N_("Paused for your company"),
        N_("Engagement is not shown at the moment. Your Salesforce admin can tell you more."),
    ),
    "org_leaving": Refusal(
        403, "lock", N_("No longer here"),
        N_("Your company's use of Engagement has ended. Your Salesforce admin can tell you more."),
    ),
    "org_archived": Refusal(
        403, "lock", N_("No longer here"),
        N_("This sandbox was refreshed, and its old data are closed. Reload the record page."),
    ),
    "on_a_break": Refusal(
        503, "clock", N_("Engagement takes a short break"),
        N_("Your record is fine, and nothing is lost. Come back in a little while."),
    ),
    "feature_off": Refusal(
        403, "lock", N_("Not switched on"),
        N_("Your company has not switched this on. Ask your Salesforce admin for it."),
    ),
    "too_many_requests": Refusal(
        429, "clock", N_("One moment, please"),
        N_("That was asked several times in this minute. Wait a minute, then try again."),
    ),
    "user_type": Refusal(
        403, "lock", N_("For members of your company"),
        N_("This view is for standard Salesforce users. Log in as one to see it."),
    ),
    "not_admin": Refusal(
        403, "lock", N_("For admins of Inlay"),
        N_("Ask your Salesforce admin for the permission set 'Inlay Admin', then reload."),
    ),
    "package_missing": Refusal(
        403, "plug", N_("Inlay's package is missing"),
        N_("Install Inlay's package in this org, or its newest version, then reload this page."),
    ),
    "no_access": Refusal(
        403, "lock", N_("You can't see this record"),
        N_("Salesforce does not show you this record. Ask its owner to share it with you."),
    ),
    "session_over": Refusal(
        401, "clock", N_("Your Salesforce session is over"),
        N_("Log in to Salesforce again, then reload the record page."),
    ),
    "api_not_allowed": Refusal(
        403, "lock", N_("A right is missing"),
        N_("Your Salesforce user may not use the API. Ask your admin for 'API Enabled'."),
    ),
    "ip_not_allowed": Refusal(
        403, "lock", N_("Blocked by your company's network rules"),
        N_("Salesforce refuses our address. Ask your admin to relax the app's IP restrictions."),
    ),
    "app_not_approved": Refusal(
        403, "plug", N_("Not approved for you yet"),
        N_("Ask your Salesforce admin to approve this app for your profile."),
    ),
    "limit_reached": Refusal(
        503, "cloud", N_("Salesforce's daily limit is reached"),
        N_("Your company has used its API calls for today. This view is back when they are."),
    ),
    "salesforce_slow": _SALESFORCE_SLOW,
    "salesforce_down": Refusal(
        503, "cloud", N_("Salesforce can't be reached"),
        N_("Your record is fine; Salesforce does not answer. Try again in a few minutes."),
    ),
}  # fmt: skip

_UNKNOWN = Refusal(
    500, "cloud", N_("Something went wrong"),
    N_("Try again in a moment. If it stays, show your admin the code below."),
)  # fmt: skip


def is_known(reason: str) -> bool:
    """Whether somebody thought of this reason."""
    return reason in _REFUSALS


def of(error: CanvasError | InlayError) -> Refusal:
    """How to say this no; an error that nobody thought of is said calmly all the same."""
    return _REFUSALS.get(error.reason, _UNKNOWN)
