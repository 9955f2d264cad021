"""Which page of the widget a canvas asks for, by its parameter ``view``.

The parameter is chosen by the browser before it is signed: a wish, not a right.
"""

from __future__ import annotations

from enum import StrEnum

from canvas.envelope import Envelope


class View(StrEnum):
    """Names as the package's components send them; they are frozen with the package."""

    CARD = "card"
    #: The quick action: one click makes the Destination, and its link is there to copy.
    NEW_DESTINATION = "new_destination"
    #: The quick glance (L10): what there is to know at once, read only.
    GLANCE = "glance"
    #: For admins: another room's page.
    CONSOLE = "console"


def view_named(wish: object) -> View:
    """The view of that name; the card for any other."""
    known: dict[object, View] = {view.value: view for view in View}
    return known.get(wish, View.CARD) if isinstance(wish, str) else View.CARD


def view_of(envelope: Envelope) -> View:
    """The view that a request asks for."""
    return view_named(envelope.environment.parameters.get("view"))
