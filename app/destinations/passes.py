"""Who opened a gate: a row, and the cookie that names it to one link alone.

The cookie is bound to its host and to the address of its link, so that a browser shows it to no
other page; what stands in it is the row's id and a seal for this link. Lists are looked at again at
each request: who is taken from a list is out.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from flask import request, url_for
from sqlalchemy import Exists, Select, SQLColumnExpression, exists, or_, select, update
from werkzeug.wrappers import Response as BaseResponse

from app.crm.models import Person
from app.db import TenantSession
from app.destinations.door import Entry
from app.destinations.errors import GateClosedError
from app.destinations.models import GatePass, Link
from app.ids import new_id
from app.keys import Purpose
from app.web import context

#: Who comes back after so long is asked again.
LASTS = timedelta(days=30)
#: How long it is kept who came in, under which notice; of who objected, only as long as it lasts.
KEPT = timedelta(days=365)
#: How many come in by one link on a day, in all and from one address (of IPv6: one network).
MOST_OF_LINK, MOST_OF_VISITOR = 1000, 100


class Passed(NamedTuple):
    """What was typed at the gate, the notice that was agreed to, and when; the row's id.

    ``objected``: they do not want to be known.
    """

    id: UUID
    email: str
    agreed: str
    at: datetime
    objected: bool = False


def require(session: TenantSession, entry: Entry, now: datetime) -> Passed | None:
    """How the visitor came through the gate; None where nothing was asked of them.

    Raises:
        GateClosedError: They have to open it first.
    """
    if not entry.gate.asks(entry.email):
        return None
    pass_id = _read_cookie(entry)
    row = session.execute(_found(entry, pass_id, now)).one_or_none() if pass_id else None
    if row is None or not entry.gate.lets_in(row.email, is_invited=row.is_invited):
        raise GateClosedError(entry)
    return Passed(row.id, row.email, row.agreed, row.passed_at, row.objected)


def object_to(session: TenantSession, passed: Passed) -> None:
    """Who came in does not want to be known: nobody is told what they typed (X13)."""
    session.execute(
        update(GatePass)
        .where(GatePass.id == passed.id)
        .values(objected=True)
        .execution_options(synchronize_session=False)
    )


def lets_in(session: TenantSession, entry: Entry, email: str, now: datetime) -> bool:
    """Whether the address opens the gate."""
    is_invited = session.scalar(select(_is_invited(entry, email, now)))
    return entry.gate.lets_in(email, is_invited=bool(is_invited))


def note(session: TenantSession, entry: Entry, email: str, agreed: str, now: datetime) -> UUID:
    """Note who comes in; the id of the pass."""
    passed = GatePass(
        id=new_id(), destination_id=entry.destination_id, link_id=entry.link_id,
        email=email, agreed=agreed, passed_at=now,
    )  # fmt: skip
    session.add(passed)
    return passed.id


def give_cookie(response: BaseResponse, entry: Entry, pass_id: UUID) -> None:
    """Let the browser come in again, by this link alone."""
    key = context.keyring().keys_for(Purpose.GATE)[0]
    response.set_cookie(
        _cookie_name(),
        f"{pass_id.hex}.{_seal(key, entry, pass_id)}",
        max_age=int(LASTS.total_seconds()),
        path=url_for("destinations.show", token=entry.token),
        secure=_is_https(),
        httponly=True,
        samesite="Lax",
    )


def _found(entry: Entry, pass_id: UUID, now: datetime) -> Select[*tuple[Any, ...]]:
    return select(
        GatePass.id,
        GatePass.email,
        GatePass.agreed,
        GatePass.passed_at,
        GatePass.objected,
        _is_invited(entry, GatePass.email, now).label("is_invited"),
    ).where(
        GatePass.id == pass_id, GatePass.link_id == entry.link_id, GatePass.passed_at > now - LASTS
    )


def _is_invited(entry: Entry, email: str | SQLColumnExpression[str], now: datetime) -> Exists:
    """Whether somebody with the address has a link of their own, neither revoked nor over."""
    return exists().where(
        Link.destination_id == entry.destination_id,
        Link.revoked_at.is_(None),
        or_(Link.expires_at.is_(None), Link.expires_at > now),
        Person.org_id == Link.org_id,
        Person.id == Link.person_id,
        Person.email == email,
    )


def _read_cookie(entry: Entry) -> UUID | None:
    told, _dot, seal = request.cookies.get(_cookie_name(), "").partition(".")
    try:
        pass_id = UUID(hex=told)
    except ValueError:
        return None
    keys = context.keyring().keys_for(Purpose.GATE)
    told_seal = seal.encode()  # of whatever signs a browser may send
    fits = any(hmac.compare_digest(_seal(key, entry, pass_id).encode(), told_seal) for key in keys)
    return pass_id if fits else None


def _seal(key: bytes, entry: Entry, pass_id: UUID) -> str:
    return hmac.new(key, f"{entry.link_id.hex}|{pass_id.hex}".encode(), hashlib.sha256).hexdigest()


def _cookie_name() -> str:
    return "__Secure-inlay-gate" if _is_https() else "inlay-gate"


def _is_https() -> bool:
    """Of the pages' host, whatever the app's is."""
    return context.config().pages_url.startswith("https://")
