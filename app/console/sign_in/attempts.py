"""On the way to a provider and back: one state, one browser, one answer.

The browser gets a secret in a cookie, the provider the state, the nonce and the challenge; the
verifier of PKCE stays here, sealed. A state that leaks is worth nothing in another browser.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import request
from sqlalchemy import delete

from app.clock import utcnow
from app.config import Config
from app.console.cookies import Cookie
from app.console.errors import ConsoleError
from app.console.models import SignInAttempt, Way
from app.console.tokens import digest, digests, new_token
from app.db import Database
from app.keys import Keyring, Purpose

LIFE = timedelta(minutes=15)
COOKIE = Cookie("inlay-sign-in", LIFE)
#: Tells our states from those of attempts to connect, which come back to the same address.
_PREFIX = "in."
_STATE, _BROWSER = "sign-in state", "sign-in browser"


@dataclass(frozen=True, slots=True)
class Begun:
    """What goes along: ``secret`` for the browser's cookie, the rest for the provider."""

    state: str = field(repr=False)
    secret: str = field(repr=False)
    nonce: str = field(repr=False)
    challenge: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """An attempt whose one answer came."""

    login_url: str
    session_id: UUID | None
    goes_to: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


def is_state(text: str) -> bool:
    """Whether this may be the state of somebody who signs in."""
    return text.startswith(_PREFIX)


def begin(
    database: Database,
    keyring: Keyring,
    way: Way,
    login_url: str = "",
    *,
    session_id: UUID | None = None,
    goes_to: str = "",
) -> Begun:
    """A new attempt; those whose time is over are forgotten.

    ``session_id`` and ``goes_to``: of an admin who is asked about again on their way to a page.
    """
    state, secret, nonce = _PREFIX + new_token(), new_token(), new_token()
    verifier = secrets.token_urlsafe(48)
    with database.system_writing() as session:
        session.execute(delete(SignInAttempt).where(SignInAttempt.expires_at < utcnow()))
        session.add(
            SignInAttempt(
                way=way,
                login_url=login_url,
                state_digest=digest(keyring, Purpose.COOKIE, state, _STATE),
                browser_digest=digest(keyring, Purpose.COOKIE, secret, _BROWSER),
                nonce=nonce,
                sealed_verifier=keyring.seal(verifier),
                session_id=session_id,
                goes_to=goes_to,
                expires_at=utcnow() + LIFE,
            )
        )
    return Begun(state, secret, nonce, create_s256_code_challenge(verifier))


def answer(database: Database, keyring: Keyring, config: Config, way: Way) -> Answered:
    """Take the one answer to an attempt, from the browser that began it.

    Raises:
        ConsoleError: ``attempt_over``: answered, too old, of another browser, or never was.
    """
    secret = COOKIE.read(request, config)
    states = digests(keyring, Purpose.COOKIE, request.args.get("state", ""), _STATE)
    browsers = digests(keyring, Purpose.COOKIE, secret, _BROWSER)
    with database.system_writing() as session:
        row = session.execute(
            delete(SignInAttempt)
            .where(
                SignInAttempt.way == way,
                SignInAttempt.state_digest.in_(states),
                SignInAttempt.browser_digest.in_(browsers),
                SignInAttempt.expires_at > utcnow(),
            )
            .returning(
                SignInAttempt.login_url,
                SignInAttempt.session_id,
                SignInAttempt.goes_to,
                SignInAttempt.nonce,
                SignInAttempt.sealed_verifier,
            )
            .execution_options(synchronize_session=False)
        ).one_or_none()
    if row is None:
        raise _over()
    verifier = keyring.open(row.sealed_verifier)
    return Answered(row.login_url, row.session_id, row.goes_to, row.nonce, verifier)


def _over() -> ConsoleError:
    return ConsoleError(
        "This attempt to sign in is over, or was begun in another window. Begin again.",
        reason="attempt_over",
        status=400,
    )
