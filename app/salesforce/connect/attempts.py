"""Attempts to log in at Salesforce (web server flow): one ticket, one browser, one answer.

1. ``offer``: whoever may connect the org gets a ticket, for the address that the popup opens.
2. ``begin``: the popup spends the ticket; its browser gets a secret in a cookie, Salesforce gets
   the state and the challenge. The verifier of PKCE stays here, sealed.
3. ``answer``: the browser comes back with the state, once, and with the secret of step 2: a state
   that leaks is worth nothing in another browser.

A form of secrets is an attempt, too (``claim``), so that it is tried once however often it is sent.

Ticket and state begin with the org's own id, since no session need know the org; all but digests
of them stays with the browser.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import delete, select, update

from app.clock import utcnow
from app.db import TenantSession
from app.keys import Keyring
from app.salesforce.connect.connections import alone
from app.salesforce.errors import AttemptOver
from app.salesforce.models import ConnectAttempt

LIFE = timedelta(minutes=15)
#: What the vendor's app asks for; both names are those of the app's own settings.
SCOPES = "api refresh_token"


@dataclass(frozen=True, slots=True)
class Begun:
    """What the popup's browser needs on its way: ``secret`` for its cookie, and where to go."""

    login_url: str
    state: str = field(repr=False)
    secret: str = field(repr=False)
    challenge: str = field(repr=False)

    def address(self, client_id: str, redirect_uri: str) -> str:
        """The page of Salesforce that asks the person (PKCE with S256: RFC 7636)."""
        asked = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPES,
            "state": self.state,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            # whoever is logged in by chance is not connected unasked
            "prompt": "consent",
            "display": "popup",
        }
        return f"{self.login_url}/services/oauth2/authorize?{urlencode(asked)}"


@dataclass(frozen=True, slots=True)
class Answered:
    """An attempt whose one answer came."""

    attempt_id: UUID
    actor: str
    opener_digest: str
    login_url: str
    verifier: str = field(repr=False)


def digest(text: str) -> str:
    """SHA-256 in hex: what is kept of a random value."""
    return hashlib.sha256(text.encode()).hexdigest()


def org_of(value: str) -> UUID | None:
    """The org that a ticket or a state names; it proves nothing yet."""
    try:
        return UUID(hex=value.partition(".")[0])
    except ValueError:
        return None


def offer(session: TenantSession, *, actor: str, opener: str, login_url: str) -> str:
    """A ticket for one popup. ``opener`` names the session, or is empty where a frame opened it."""
    now = utcnow()
    session.execute(delete(ConnectAttempt).where(ConnectAttempt.expires_at < now))
    ticket = _random(session.org_id)
    session.add(
        ConnectAttempt(
            actor=actor[:255],
            opener_digest=digest(opener) if opener else "",
            login_url=login_url,
            ticket_digest=digest(ticket),
            expires_at=now + LIFE,
        )
    )
    return ticket


def begin(session: TenantSession, keyring: Keyring, ticket: str, opener: str) -> Begun:
    """Spend a ticket in the browser that shows it.

    Raises:
        AttemptOver: It was spent, is too old, or belongs to another session than ``opener``.
    """
    state, secret, verifier = _random(session.org_id), _random(), _random()
    begun = session.execute(
        update(ConnectAttempt)
        .where(
            ConnectAttempt.ticket_digest == digest(ticket),
            ConnectAttempt.state_digest.is_(None),
            ConnectAttempt.expires_at > utcnow(),
            ConnectAttempt.opener_digest.in_(("", digest(opener))),
        )
        .values(
            state_digest=digest(state),
            browser_digest=digest(secret),
            sealed_verifier=keyring.seal(verifier),
        )
        .execution_options(synchronize_session=False)
        .returning(ConnectAttempt.login_url)
    ).scalar_one_or_none()
    if begun is None:
        raise AttemptOver(code="TICKET")
    return Begun(begun, state, secret, _challenge(verifier))


def answer(session: TenantSession, keyring: Keyring, state: str, secret: str) -> Answered:
    """Take the one answer to an attempt, from the browser that began it.

    Raises:
        AttemptOver: It was answered, is too old, is of another browser, or never was.
    """
    mine = (
        ConnectAttempt.state_digest == digest(state),
        ConnectAttempt.browser_digest == digest(secret),
        ConnectAttempt.answered_at.is_(None),
        ConnectAttempt.expires_at > utcnow(),
    )
    kept = session.scalar(select(ConnectAttempt).where(*mine).with_for_update())
    if kept is None or kept.sealed_verifier is None:
        raise AttemptOver(code="STATE")
    verifier = keyring.open(kept.sealed_verifier)
    kept.answered_at, kept.sealed_verifier = utcnow(), None
    return Answered(kept.id, kept.actor, kept.opener_digest, kept.login_url, verifier)


def conclude(session: TenantSession, attempt_id: UUID, outcome: str) -> None:
    """Note how it ended, for the page that waits."""
    session.execute(
        update(ConnectAttempt)
        .where(ConnectAttempt.id == attempt_id)
        .values(outcome=outcome[:64])
        .execution_options(synchronize_session=False)
    )


def claim(session: TenantSession, ticket: str, *, actor: str) -> UUID | None:
    """The attempt of a form that was sent; None where the same was sent before.

    It leads to no page of Salesforce's: it is answered from the beginning.
    """
    alone(session)
    if outcome_of(session, ticket) is not None:
        return None
    now = utcnow()
    made = ConnectAttempt(
        actor=actor[:255],
        opener_digest="",
        login_url="",
        ticket_digest=digest(ticket),
        state_digest=digest(_random()),
        expires_at=now + LIFE,
        answered_at=now,
    )
    session.add(made)
    session.flush()
    return made.id


def outcome_of(session: TenantSession, ticket: str) -> str | None:
    """How the attempt of a ticket ended; empty while it has not, None where there is none."""
    return session.scalar(
        select(ConnectAttempt.outcome).where(ConnectAttempt.ticket_digest == digest(ticket))
    )


def forget(session: TenantSession, attempt_id: UUID) -> None:
    """It came to nothing before Salesforce was asked: the same may be sent again."""
    session.execute(delete(ConnectAttempt).where(ConnectAttempt.id == attempt_id))


def _challenge(verifier: str) -> str:
    hashed = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()


def _random(org_id: UUID | None = None) -> str:
    """43 characters of 256 random bits, behind the id of an org if one is given."""
    text = secrets.token_urlsafe(32)
    return text if org_id is None else f"{org_id.hex}.{text}"
