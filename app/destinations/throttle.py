"""How often one address may tell something of one link; addresses are kept as short-lived codes."""

from __future__ import annotations

import hashlib
import hmac
from ipaddress import IPv6Network, ip_address

from flask import request

from app.destinations.door import Entry
from app.keys import Purpose
from app.web import context, limits


def throttle(what: str, entry: Entry, per_minute: int) -> None:
    """Count a request of this link and address (of IPv6: of the network, one household's /64).

    Raises:
        TooManyRequestsError: Over the limit in this minute.
    """
    key = context.keyring().keys_for(Purpose.VISITOR)[0]
    told = f"{entry.link_id}|{_network_of(request.remote_addr or '')}".encode()
    code = hmac.new(key, told, hashlib.sha256).hexdigest()[:32]
    limits.hit(context.database(), f"{what}:{code}", per_minute)


def _network_of(address: str) -> str:
    """What one visitor can hardly change: the IPv4 address, or the first half of an IPv6 one."""
    try:
        known = ip_address(address)
    except ValueError:  # a socket, or a proxy that names no address
        return address
    if known.version == 4:
        return address
    mapped = known.ipv4_mapped
    return str(mapped or IPv6Network((known, 64), strict=False))
