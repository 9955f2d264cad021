"""Staff come in by the operator's OpenID provider: who it says they are, if they were invited."""

from __future__ import annotations

import structlog
from flask import Response, request, url_for
from sqlalchemy import select

from app.console import sessions, staff
from app.console.errors import ConsoleError
from app.console.guard import require_form_of_nobody
from app.console.models import Staff, StaffAct, Way
from app.console.room import room
from app.console.sign_in import attempts
from app.console.sign_in.entering import arrive, asks_anew, leave, sign_in_page
from app.console.sign_in.provider import Provider, ProviderError, current_provider
from app.db import SystemSession
from app.web import context
from app.web.i18n import _
from app.web.id_tokens import Claims, IdTokenRefusedError

_log = structlog.get_logger("inlay.console")

#: Error codes of an authorization endpoint that mean that the person said no.
_DENIED = frozenset({"access_denied", "login_required", "consent_required", "interaction_required"})


@room.post("/console/sign-in/provider")
def to_provider() -> Response:
    """Send the browser to the provider."""
    require_form_of_nobody()
    provider = current_provider()
    if provider is None:
        return _no_provider()
    begun = attempts.begin(context.database(), context.keyring(), Way.PROVIDER)
    try:
        address = provider.address(begun, _callback(), anew=asks_anew())
    except ProviderError as error:
        return sign_in_page(_(error.message), reason=error.reason, status=503)
    return leave(begun, address)


@room.get("/console/sign-in/callback")
def from_provider() -> Response:
    """Back from the provider: the answer counts once, and in the browser that began."""
    require_form_of_nobody()
    provider = current_provider()
    if provider is None:
        return _no_provider()
    try:
        return arrive(_let_in(_claims(provider)))
    except (ConsoleError, ProviderError, IdTokenRefusedError) as error:
        status = 503 if error.reason == "provider_down" else getattr(error, "status", 400)
        return sign_in_page(_(error.message), reason=error.reason, status=status)


def _claims(provider: Provider) -> Claims:
    """Who came back.

    Raises:
        ConsoleError: ``attempt_over``, ``denied``.
        IdTokenRefusedError, ProviderError: The provider's word cannot be used.
    """
    answered = attempts.answer(
        context.database(), context.keyring(), context.config(), Way.PROVIDER
    )
    provider.check_sender(request.args.get("iss"))
    if "error" in request.args or not request.args.get("code"):
        given = request.args.get("error", "")
        _log.info("provider_said_no", error=given if given in _DENIED else "other")
        raise denied()
    return provider.claims(request.args["code"], answered.verifier, answered.nonce, _callback())


def _let_in(claims: Claims) -> str:
    """A new session of whom an operator invited under this verified address.

    Raises:
        ConsoleError: ``unverified``, ``not_invited``.
    """
    email = _text(claims, "email", 320)
    if email.isascii():  # lower() makes letters of other alphabets into ours
        email = email.lower()
    with context.database().system_writing() as session:
        person, refusal = _person(session, email, claims)
        address = request.remote_addr or ""
        if person is None:
            about = {"reason": refusal.reason, "address": address}
            staff.note(session, StaffAct.REFUSED, "single sign-on", email, **about)
        else:
            by = {"by": "single sign-on", "address": address}
            staff.note(session, StaffAct.CAME_IN, person.email, person.email, **by)
            return sessions.begin(
                session,
                context.keyring(),
                request,
                name=person.name or person.email,
                staff_id=person.id,
            )
    raise refusal  # when what is noted of it is kept


def _person(
    session: SystemSession, email: str, claims: Claims
) -> tuple[Staff | None, ConsoleError]:
    """Who was invited as this; or None, and why not."""
    if not email or not _is_true(claims.get("email_verified")):
        return None, unverified()
    person = session.scalar(select(Staff).where(Staff.email == email).with_for_update())
    if person is None or not person.is_active:
        return None, not_invited(email)
    account = (_text(claims, "iss", 255), _text(claims, "sub", 255))
    if not all(account) or (person.issuer == account[0] and person.subject != account[1]):
        return None, not_invited(email)
    person.issuer, person.subject = account
    person.name = person.name or _text(claims, "name", 255)
    return person, not_invited(email)


def _text(claims: Claims, name: str, most: int) -> str:
    """A claim as it is, or nothing: cut or cleaned it might be somebody else's."""
    value = claims.get(name)
    is_text = isinstance(value, str) and value.isprintable() and len(value) <= most
    return str(value) if is_text else ""


def _is_true(value: object) -> bool:
    """Some providers write it as text."""
    return value is True or value == "true"


def _callback() -> str:
    return context.config().app_url + url_for("console.from_provider")


def _no_provider() -> Response:
    return sign_in_page(
        _("Single sign-on is not set up here. Use a one-time link."),
        reason="no_provider",
        status=404,
    )


def denied() -> ConsoleError:
    """The person, or the provider, said no."""
    return ConsoleError(
        "Your provider did not let you in, or you went back. Nothing happened; try again, or ask "
        "whoever looks after your accounts.",
        reason="denied",
        status=403,
    )


def unverified() -> ConsoleError:
    """The provider vouches for no e-mail address."""
    return ConsoleError(
        "Your provider does not say that your e-mail address is verified. Verify it there, or ask "
        "whoever looks after your accounts to send it along (email, email_verified).",
        reason="unverified",
        status=403,
    )


def not_invited(email: str) -> ConsoleError:
    """Nobody invited this address, or it is another account than the one that came in before."""
    return ConsoleError(
        _(
            "You are signed in at your provider as %(email)s, but this account was not invited "
            "here. Ask an operator of Inlay to invite it on the page Staff."
        )
        % {"email": email},
        reason="not_invited",
        status=403,
    )
