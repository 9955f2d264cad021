"""What the web asks of higher rooms: whose own domain a host is.

Public pages answer on the operator's host for them, and on domains of the orgs' own, which a higher
room knows. ``create_app`` plugs it in.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from app.web.port import Port

#: The org whose own domain this host (as the request names it, with a port) is; None of nobody's.
OwnHosts = Callable[[str], UUID | None]

_PORT = Port[OwnHosts]("own_hosts", "Nobody knows own domains; create_app plugs them in.")
plug_own_hosts, own_hosts_of = _PORT.plug, _PORT.of
