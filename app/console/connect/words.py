"""What people are told of a connection: machine codes in, sentences with the next step out.

Codes are ours (``app/salesforce/errors.py``) or those of Salesforce's endpoints (Help: "OAuth 2.0
Authorization Errors", "SOAP API login"). The command line says the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.salesforce.connect import connections
from app.salesforce.connect.connections import Condition
from app.salesforce.connect.power import Excess
from app.salesforce.errors import ReconnectNeeded, SalesforceError
from app.salesforce.models import Method
from app.web.i18n import N_, _

CONDITIONS: Mapping[Condition, str] = {
    Condition.CONNECTED: N_("Connected"),
    Condition.DEGRADED: N_("Connected, with trouble"),
    Condition.RECONNECT_NEEDED: N_("Reconnect needed"),
    Condition.DISCONNECTED: N_("Disconnected"),
}

METHODS: Mapping[Method, str] = {
    Method.CLIENT_CREDENTIALS: N_("Integration user, by key and secret"),
    Method.JWT_BEARER: N_("Integration user, by certificate"),
    Method.WEB_SERVER: N_("Log in with Salesforce"),
    Method.OWN_APP: N_("Your own app, by refresh token"),
    Method.PASSWORD: N_("User name and password"),
}

EXCESS: Mapping[Excess, str] = {
    Excess.MODIFY_ALL_DATA: N_("Modify All Data"),
    Excess.VIEW_ALL_DATA: N_("View All Data"),
    Excess.MANAGE_USERS: N_("Manage Users"),
}

_WRONG_CLIENT = N_(
    "Salesforce does not know this consumer key and secret. Copy both anew from the app's "
    "settings; a new app takes up to ten minutes before it works."
)
_REVOKED = N_(
    "Salesforce no longer accepts what was given: access was revoked, has expired, or the user's "
    "password was changed. Connect again."
)
_NOT_INSTALLED = N_(
    "The app is not installed or not approved in the org. In Setup, Connected Apps OAuth Usage, "
    "install it or approve the user, then try again."
)
_BLOCKED = N_("The app is blocked in the org. Unblock it in Setup, Connected Apps OAuth Usage.")
_FLOW_OFF = N_(
    "This way of logging in is switched off for the app or the org. Allow the flow in the app's "
    "OAuth settings, or choose another way."
)
_WRONG_PASSWORD = N_(
    "User name, password or security token is wrong, or the user is locked. Check the login "
    "history of the user in Setup."
)

#: Machine code to sentence.
REASONS: Mapping[str, str] = {
    "not_connected": N_("Nobody has connected this org yet."),
    "disconnected": N_("An admin disconnected Inlay. Connect again to go on."),
    "invalid_grant": _REVOKED,
    "invalid_client": _WRONG_CLIENT,
    "invalid_client_id": _WRONG_CLIENT,
    "app_not_found": _NOT_INSTALLED,
    "app_not_approved": _NOT_INSTALLED,
    "OAUTH_EC_APP_NOT_FOUND": _NOT_INSTALLED,
    "OAUTH_APP_ACCESS_DENIED": _NOT_INSTALLED,
    "OAUTH_APPROVAL_ERROR_GENERIC": _NOT_INSTALLED,
    "OAUTH_APP_BLOCKED": _BLOCKED,
    "inactive_user": N_("The integration user is inactive. Activate it, then try again."),
    "inactive_org": N_("The org is locked or closed. Ask Salesforce."),
    "wrong_org": N_(
        "These credentials open another Salesforce org than this one. They were taken back and "
        "forgotten. Connect with a user or an app of this org; a refreshed sandbox is a new org."
    ),
    "wrong_org_left": N_(
        "These credentials open another Salesforce org than this one. Inlay has forgotten them, "
        "but Salesforce did not confirm their end: revoke them there, in Setup, Connected Apps "
        "OAuth Usage. Then connect with a user or an app of this org."
    ),
    "still_trying": N_(
        "What you sent before is still being tried: Salesforce has not answered yet. Reload this "
        "page in a minute before you send it again."
    ),
    "connect_busy": N_(
        "Other tries to connect are under way, and Salesforce has not answered them yet. Nothing "
        "was sent. Wait half a minute, then send this again."
    ),
    "org_on_hold": N_(
        "This org is suspended here, so nothing was connected. Ask the people who run Inlay for "
        "you."
    ),
    "ip_not_allowed": N_(
        "The org's IP rules keep Inlay out. Relax the IP restrictions of the app, or add Inlay's "
        "addresses to its trusted ranges, then try again."
    ),
    "app_changed": N_("The app that this connection was made through is gone. Connect again."),
    "way_not_allowed": N_("This way in is not offered here. Choose another."),
    "password_not_allowed": N_(
        "User names and passwords are no longer accepted here. Connect by one of the other ways."
    ),
    "foreign_host": N_(
        "This is no address of Salesforce's. Give the My Domain address of the org, such as "
        "yourname.my.salesforce.com."
    ),
    "sealed": N_(
        "The stored secret cannot be opened any more. Ask the operator to put the old key back, or "
        "connect again."
    ),
    "no_refresh_token": N_(
        "Salesforce gave no lasting access. The app needs the scope “Perform requests at any time”."
    ),
    "access_denied": N_("Access was denied at Salesforce. Nothing was connected."),
    "attempt_over": N_(
        "This attempt is over, or was begun in another window. Close this window and click "
        "Connect again."
    ),
    "redirect_uri_mismatch": N_(
        "The app at Salesforce does not know this address to come back to."
    ),
    "invalid_scope": N_("The app at Salesforce does not allow what Inlay asks for: api, offline."),
    "unsupported_grant_type": _FLOW_OFF,
    "no_run_as_user": N_(
        "The app has no user to run as. In its policies enable the Client Credentials Flow and "
        "choose the integration user as Run As."
    ),
    "assertion_refused": N_(
        "Salesforce does not take the signature. Upload this org's certificate to the app, and "
        "check the consumer key and the user name."
    ),
    "wrong_password": _WRONG_PASSWORD,
    "INVALID_LOGIN": _WRONG_PASSWORD,
    "LOGIN_MUST_USE_SECURITY_TOKEN": N_(
        "Salesforce wants the user's security token. It is mailed to the user from personal "
        "settings, Reset My Security Token."
    ),
    "INVALID_OPERATION": _FLOW_OFF,
    "salesforce_down": N_("Salesforce cannot be reached at the moment. Inlay keeps trying."),
    "salesforce_slow": N_("Salesforce does not answer in time. Inlay keeps trying."),
    "limit_reached": N_(
        "The org has used up its Salesforce API calls. Inlay goes on when the 24 hours allow it."
    ),
    "api_not_allowed": N_(
        "The user may not use the API, or the edition has none. Give it the permission API Enabled."
    ),
    "edition_not_served": N_(
        "The org's edition has no API, which Inlay needs: Enterprise, Unlimited, Performance, "
        "Developer, or Professional with the API."
    ),
    "session_over": N_("Salesforce refuses every session of the user. Check its login policies."),
    "rights_missing": N_("The user lacks a right that a feature needs. Preflight says which."),
}


def reason_of(error: SalesforceError) -> str:
    """The code that has the most fitting words: Salesforce's own, or ours."""
    if error.code in REASONS and not isinstance(error, ReconnectNeeded):
        return error.code
    return connections.reason_of(error)


def sentence(reason: str) -> str:
    """What to do; for a code without words, the code itself, which support can look up."""
    found = REASONS.get(reason)
    if found is not None:
        return _(found)
    return _("Salesforce refused (%(code)s). Try again, or ask support with this code.") % {
        "code": reason
    }
