"""What the console asks of a room beside: the widget, which draws a card as a user saw it.

``create_app`` plugs the widget in.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from app.crm.models import Sight
from app.db import Database
from app.orgs.models import OrgUser
from app.web.port import Port

#: From an org, its user and what they were shown, to HTML.
ViewAs = Callable[[Database, UUID, OrgUser, Sight], str]

_PORT = Port[ViewAs]("view_as", "Nothing draws a card as seen; create_app plugs the widget in.")
plug_view_as, view_as_of = _PORT.plug, _PORT.of
