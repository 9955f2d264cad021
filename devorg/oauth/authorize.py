"""`/services/oauth2/authorize`: login, consent, and the way back to the app.

All of it happens at one address, whose query is the app's request: each step reads and checks it
again, so nothing of it can be slipped in later, and no page takes a place to go to.
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from devorg import history
from devorg.apps import scopes as scope
from devorg.apps.codes import Code
from devorg.apps.passwords import by_username
from devorg.apps.visits import COOKIE, Visit
from devorg.oauth import asking as asked
from devorg.oauth import clients
from devorg.oauth.asking import Asking, PlainError, RedirectError
from devorg.oauth.blueprint import address, blueprint, the_state
from devorg.oauth.errors import BLOCKED, NOT_APPROVED, NOT_INSTALLED
from devorg.oauth.pages import PEOPLE, consent_page, form_token, login_page
from devorg.users import User

PATH = "/services/oauth2/authorize"
_WRONG = (
    "Please check your username and password. If you still can't log in, contact your Salesforce"
    " administrator."
)
_API_ONLY = "This user works through the APIs only, and can't log in to a page."


@blueprint.errorhandler(PlainError)
def say(error: PlainError) -> Response:
    """A real org's bare line: there is nowhere it would be safe to send this."""
    words = error.message.replace(" ", "%20")
    text = f"error={error.reason}&error_description={words}"
    return Response(text, 400, content_type="text/plain;charset=UTF-8")


@blueprint.errorhandler(RedirectError)
def send_back(error: RedirectError) -> AnyResponse:
    """The app hears of it at its callback."""
    history.tell(note=f"{error.reason}: {error.message}")
    return redirect(error.location, 302)


@blueprint.get(PATH)
def authorize() -> AnyResponse:
    """The next step of the request: login page, consent page, or back with a code."""
    asking = asked.read(request.args, the_state())
    visit = the_state().visits.of(request.cookies.get(COOKIE, ""))
    user = _user_of(visit, asking)
    if visit is None or user is None:
        if "none" in asking.prompts:
            raise asking.refused("immediate_unsuccessful", "user is not logged in")
        return _ask_to_log_in(asking, visit)
    _check_entry(asking, user)
    if _must_consent(asking, user):
        if "none" in asking.prompts:
            raise asking.refused("immediate_unsuccessful", "user has not approved the app")
        token = form_token(visit, f"consent {_request()}")
        return consent_page(asking, user, token=token)
    return _back_with_code(asking, visit, user)


@blueprint.post(PATH)
def answer() -> AnyResponse:
    """What the login page or the consent page was answered."""
    asking = asked.read(request.args, the_state())
    visit = the_state().visits.of(request.cookies.get(COOKIE, ""))
    if request.form.get("step") == "login":
        return _log_in(asking, visit)
    user = _user_of(visit, asking)
    if visit is None or user is None or not _is_ours(visit, "consent"):
        return redirect(_request(), 303)
    if request.form.get("answer") != "allow":
        raise asking.refused("access_denied", "end-user denied authorization")
    _check_entry(asking, user)
    the_state().grants.approve(asking.app, user, asking.scopes)
    return _back_with_code(asking, visit, user)


def _request() -> str:
    """This request as a path: the form's purpose, and where it comes back to.

    Written anew, so that it stays the same however a browser or a proxy escapes it.
    """
    return f"{PATH}?{urlencode(list(request.args.items(multi=True)))}"


def _is_ours(visit: Visit, step: str) -> bool:
    given = request.form.get("token", "")
    return the_state().visits.is_form_token(visit, f"{step} {_request()}", given)


def _user_of(visit: Visit | None, asking: Asking) -> User | None:
    """Who is logged in, unless the app wants the password typed anew for this request."""
    if visit is None or visit.user is None or not the_state().passwords.is_active(visit.user):
        return None
    if asking.prompts & {"login", "select_account"} and _request() not in visit.fresh:
        return None
    return visit.user


def _ask_to_log_in(
    asking: Asking, visit: Visit | None, *, problem: str | None = None
) -> AnyResponse:
    visit = visit or the_state().visits.start()
    token = form_token(visit, f"login {_request()}")
    username = request.form.get("username", "")
    response = login_page(asking, token=token, username=username, problem=problem)
    return _remember(response, visit)


def _remember(response: AnyResponse, visit: Visit) -> AnyResponse:
    # Lax: the browser must bring it when the app sends the user here, but never with a
    # form of another site.
    response.set_cookie(
        COOKIE, visit.sid, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )
    return response


def _log_in(asking: Asking, visit: Visit | None) -> AnyResponse:
    """A form that is not ours, or of another browser, only shows the page again."""
    if visit is None or not _is_ours(visit, "login"):
        return _ask_to_log_in(asking, visit)
    user = by_username(request.form.get("username", "").strip())
    passwords = the_state().passwords
    if user is None or not passwords.opens(user, request.form.get("pw", "")):
        return _ask_to_log_in(asking, visit, problem=_WRONG)
    if not passwords.is_active(user):
        return _ask_to_log_in(asking, visit, problem=_WRONG)
    if user not in PEOPLE:
        return _ask_to_log_in(asking, visit, problem=_API_ONLY)
    the_state().visits.end(visit.sid)
    logged_in = the_state().visits.start(user)
    logged_in.fresh.add(_request())
    return _remember(redirect(_request(), 303), logged_in)


def _check_entry(asking: Asking, user: User) -> None:
    """Raises RedirectError where the app's policies keep this user or this address out."""
    app = asking.app
    if not app.installed:
        raise asking.refused("OAUTH_EC_APP_NOT_FOUND", NOT_INSTALLED)
    if app.blocked:
        raise asking.refused("OAUTH_APP_BLOCKED", BLOCKED)
    if app.preauthorized and not clients.is_preauthorized(app, user):
        raise asking.refused("OAUTH_APP_ACCESS_DENIED", NOT_APPROVED)
    offline = bool(asking.scopes & scope.OFFLINE)
    if not app.allows(address()) or (offline and not app.allows_refresh_tokens(address())):
        raise asking.refused("OAUTH_APP_ACCESS_DENIED", "ip restricted")


def _must_consent(asking: Asking, user: User) -> bool:
    if asking.app.preauthorized:
        return False
    known = the_state().grants.approved(asking.app, user)
    return "consent" in asking.prompts or not asking.scopes <= known


def _back_with_code(asking: Asking, visit: Visit, user: User) -> AnyResponse:
    history.tell(user=user.alias)
    visit.fresh.discard(_request())
    allowed = Code(
        asking.app.client_id, user, asking.scopes, asking.redirect_uri, asking.challenge,
        asking.nonce,
    )  # fmt: skip
    code = the_state().codes.issue(allowed)
    location = asked.with_query(asking.redirect_uri, {"code": code}, asking.state)
    return redirect(location, 302)
