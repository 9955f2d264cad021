"""How often one address may tell something of one link; addresses are kept as codes alone."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from flask import request

from app.destinations.door import Entry
from app.keys import Purpose
from app.web import context, limits
from app.web.addresses import visitor_of


def throttle(what: str, entry: Entry, per_minute: int) -> None:
    """Count a request of this link and address (of IPv6: of its network).

    Raises:
        TooManyRequestsError: Over the limit in this minute.
    """
    limits.hit(context.database(), f"{what}:{visitor_at(entry.link_id)}", per_minute)


def throttle_day(what: str, entry: Entry, *, of_visitor: int, of_link: int) -> None:
    """The same by the day (UTC), and of all visitors of the link together.

    One visitor alone cannot use up what all have.

    Raises:
        TooManyTodayError: Over either limit on this day.
    """
    database = context.database()
    limits.hit_of_day(database, f"{what}-day:{visitor_at(entry.link_id)}", of_visitor)
    limits.hit_of_day(database, f"{what}-day:{entry.link_id}", of_link)


def visitor_at(place: UUID) -> str:
    """The visitor's address at this place alone: a code from which it cannot be read."""
    key = context.keyring().keys_for(Purpose.VISITOR)[0]
    told = f"{place}|{visitor_of(request.remote_addr or '')}".encode()
    return hmac.new(key, told, hashlib.sha256).hexdigest()[:32]
