"""How often one address may tell something of one link; addresses are kept as short-lived codes."""

from __future__ import annotations

import hashlib
import hmac

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
    key = context.keyring().keys_for(Purpose.VISITOR)[0]
    told = f"{entry.link_id}|{visitor_of(request.remote_addr or '')}".encode()
    code = hmac.new(key, told, hashlib.sha256).hexdigest()[:32]
    limits.hit(context.database(), f"{what}:{code}", per_minute)
