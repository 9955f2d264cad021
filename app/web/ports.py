"""What the web asks of higher rooms: whose own domain a host is, and what stands at the app's root.

Public pages answer on the operator's host for them, and on domains of the orgs' own, which a higher
room knows. ``create_app`` plugs both in.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Response

from app.web.port import Port

#: The org whose own domain this host (as the request names it, with a port) is; None of nobody's.
OwnHosts = Callable[[str], UUID | None]

_PORT = Port[OwnHosts]("own_hosts", "Nobody knows own domains; create_app plugs them in.")
plug_own_hosts, own_hosts_of = _PORT.plug, _PORT.of

#: The page at the root of the app's own host.
Doorstep = Callable[[], Response]

_DOORSTEP = Port[Doorstep]("doorstep", "Nobody answers at the root; create_app plugs it in.")
plug_doorstep, doorstep_of = _DOORSTEP.plug, _DOORSTEP.of
