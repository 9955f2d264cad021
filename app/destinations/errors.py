"""What can go wrong on a public page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.errors import InlayError

if TYPE_CHECKING:
    from app.destinations.door import Entry


class BeaconError(InlayError):
    """A beacon that no page of ours sends; nothing is kept of it."""

    reason = "bad_beacon"


class GateClosedError(InlayError):
    """The visitor has to open the gate first; ``entry`` is the link that they came by."""

    reason = "gate_closed"

    def __init__(self, entry: Entry) -> None:
        super().__init__("This page asks for an e-mail address first.")
        self.entry = entry
