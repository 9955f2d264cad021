"""What the calls do."""

from __future__ import annotations

from collections.abc import Callable

from flask import request

from devorg import history
from devorg.apps.passwords import by_username
from devorg.apps.scopes import opens_api
from devorg.org import Org
from devorg.soap.envelope import SoapCall, SoapError, Value
from devorg.tokens import LIFETIME_MS
from devorg.users import User

_WRONG = "Invalid username, password, security token; or user locked out."
_TOKEN_MISSING = (
    f"{_WRONG} Are you at a new location? When accessing Salesforce--either via a desktop client"
    " or the API--from outside of your company's trusted networks, you must add a security token"
    " to your password to log in. To get your new security token, log in to Salesforce. From your"
    " personal settings, enter Reset My Security Token in the Quick Find box, then select Reset My"
    " Security Token."
)
_SWITCHED_OFF = (
    "SOAP API login() is disabled by default in this org. Contact the org administrator to enable"
    " SOAP API login()."
)
# From version 65 on the API has no login; what a real org says then is not known to us.
_LAST_WITH_LOGIN = 64
_NO_LOGIN = "SOAP API login() is not available in API version 65.0 and later."


def _login(org: Org, call: SoapCall, kind: str, version: int) -> Value:
    if version > _LAST_WITH_LOGIN:
        raise SoapError("INVALID_OPERATION", _NO_LOGIN)
    if not org.config.soap_login:
        raise SoapError("INVALID_OPERATION", _SWITCHED_OFF)
    user = by_username(call.arguments.get("username", ""))
    given = call.arguments.get("password", "")
    if user is None or not org.oauth.passwords.opens_api(user, given):
        right_without = user is not None and org.oauth.passwords.opens(user, given)
        if right_without:
            raise SoapError("LOGIN_MUST_USE_SECURITY_TOKEN", _TOKEN_MISSING)
        raise SoapError("INVALID_LOGIN", _WRONG)
    if not org.oauth.passwords.is_active(user):
        raise SoapError("INVALID_LOGIN", _WRONG)
    history.tell(user=user.alias)
    base, org_id = request.host_url.rstrip("/"), org.config.org_id[:15]
    return {
        "metadataServerUrl": f"{base}/services/Soap/m/{version}.0/{org_id}",
        "passwordExpired": False,
        "sandbox": False,
        "serverUrl": f"{base}/services/Soap/{kind}/{version}.0/{org_id}",
        "sessionId": org.tokens.issue(user),
        "userId": user.id,
        "userInfo": _user_info(org, user),
    }


def _user_info(org: Org, user: User) -> dict[str, Value]:
    with org.store.reading() as connection:
        row = connection.execute('SELECT * FROM "User" WHERE "Id" = ?', (user.id,)).fetchone()
    kept = dict(row) if row else {}
    objects = org.schema.objects
    many_currencies = "CurrencyType" in objects
    return {
        "accessibilityMode": False,
        "chatterExternal": False,
        # With many currencies the org has no default one, and each user has.
        "currencySymbol": None if many_currencies else "$",
        "orgAttachmentFileSizeLimit": 26_214_400,
        "orgDefaultCurrencyIsoCode": None if many_currencies else "USD",
        "orgDefaultCurrencyLocale": None if many_currencies else "en_US",
        "orgDisallowHtmlAttachments": False,
        "orgHasPersonAccounts": "IsPersonAccount" in objects["Account"].by_name,
        "organizationId": org.config.org_id,
        "organizationMultiCurrency": many_currencies,
        "organizationName": org.config.org_name,
        "profileId": kept.get("ProfileId"),
        "roleId": kept.get("UserRoleId"),
        "sessionSecondsValid": LIFETIME_MS // 1000,
        "userDefaultCurrencyIsoCode": kept.get("DefaultCurrencyIsoCode"),
        "userEmail": user.username,
        "userFullName": user.name,
        "userId": user.id,
        "userLanguage": user.language,
        "userLocale": user.locale,
        "userName": user.username,
        "userTimeZone": user.time_zone,
        "userType": "Standard",
        "userUiSkin": "Theme3",
    }


def _get_user_info(org: Org, call: SoapCall, _kind: str, _version: int) -> Value:
    return _user_info(org, _session_user(org, call))


def _logout(org: Org, call: SoapCall, _kind: str, _version: int) -> Value:
    _session_user(org, call)
    session = org.tokens.session_of(call.session_id)
    if session is not None:
        org.tokens.revoke(session)
    return None


def _session_user(org: Org, call: SoapCall) -> User:
    session = org.tokens.session_of(call.session_id, use=True)
    if session is None:
        message = "Invalid Session ID found in SessionHeader: Illegal Session"
        raise SoapError("INVALID_SESSION_ID", message)
    allowed = session.app is None or session.app.allows(request.remote_addr or "")
    if not opens_api(session.scopes) or not allowed:
        raise SoapError("INVALID_SESSION_ID", "This session is not valid for use with the API")
    return session.user


CALLS: dict[str, Callable[[Org, SoapCall, str, int], Value]] = {
    "login": _login,
    "logout": _logout,
    "getUserInfo": _get_user_info,
}
