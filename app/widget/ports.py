"""What the canvas address asks of a room beside: the console, for admins who come from Salesforce.

Salesforce posts every canvas of the package to one address; which page is wanted stands in the
request. ``create_app`` plugs the console in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.orgs.admission import Verified
from app.web.port import Port

#: From a verified request, and how the frame reaches its parent, to the HTML of the frame.
OpenConsole = Callable[[Verified, Mapping[str, str]], str]

_PORT = Port[OpenConsole](
    "open_console", "Nothing opens the console in a frame; create_app plugs it in."
)
plug_console, console_of = _PORT.plug, _PORT.of
