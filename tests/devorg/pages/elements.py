"""What the tests of pages share: a page's elements, addresses, a Task, an opened envelope."""

from __future__ import annotations

import base64
import json
from html.parser import HTMLParser
from typing import Any

from devorg import rows
from devorg.org import Org
from devorg.users import USERS

CANVAS_URL = "https://widget.example:8443/canvas"
Attributes = dict[str, str | None]


class Elements(HTMLParser):
    """All elements of a page as (tag, attributes)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, Attributes]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember one element."""
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str, **wanted: str) -> list[Attributes]:
        """Attributes of the elements with this tag and these attribute values."""
        return [
            attrs
            for name, attrs in self.found
            if name == tag and all(attrs.get(key) == value for key, value in wanted.items())
        ]


def view(sobject: str, record_id: str, query: str = "") -> str:
    return f"/lightning/r/{sobject}/{record_id}/view{query}"


def add_task(org: Org, **fields: Any) -> str:
    """One finished Task of the rep; its id."""
    with org.store.writing() as connection:
        task_id = rows.make_ids(connection, org.schema.objects["Task"], 1)[0]
        given = {
            "Id": task_id, "Subject": "Opened the proposal", "IsClosed": True,
            "IsArchived": False, "OwnerId": USERS[0].id, **fields,
        }  # fmt: skip
        record = rows.stamped(USERS[0].id, "2026-11-20T10:00:00.000+0000", given)
        rows.insert(connection, org.schema.objects["Task"], [record])
    return task_id


def envelope(signed_request: str) -> dict[str, Any]:
    decoded = json.loads(base64.b64decode(signed_request.split(".")[1]))
    assert isinstance(decoded, dict)
    return decoded
