"""Which function answers which path; the same table serves clients and composites."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule

from devorg.errors import ApiError
from devorg.rest.call import Answer, not_found

Handler = Callable[..., Answer]
_handlers: dict[str, Handler] = {}
_map = Map(strict_slashes=False, merge_slashes=False)


def resource(method: str, path: str) -> Callable[[Handler], Handler]:
    """Register a function for a method and a path below the version; it gets the Call, and
    what the path's placeholders stand for.
    """

    def register(handler: Handler) -> Handler:
        endpoint = f"{method} {path}"
        _handlers[endpoint] = handler
        _map.add(Rule(f"/{path}", endpoint=endpoint, methods=[method]))
        return handler

    return register


class Route:
    """A path that leads somewhere."""

    def __init__(self, method: str, path: str) -> None:
        """Find who answers. Raises ApiError 404 or 405."""
        try:
            endpoint, values = _map.bind("").match(f"/{path}", method=method)
        except NotFound as missing:
            raise not_found() from missing
        except MethodNotAllowed as refused:
            allowed = ",".join(sorted(set(refused.valid_methods or ()) - {"OPTIONS"}))
            message = f"HTTP Method '{method}' not allowed. Allowed are {allowed}"
            raise ApiError(
                405, "METHOD_NOT_ALLOWED", message, headers={"Allow": allowed}
            ) from refused
        self.handler = _handlers[endpoint]
        self.values: dict[str, Any] = dict(values)
        self.template = str(endpoint).partition(" ")[2]

    @property
    def resource(self) -> str:
        """The path with the object and the field named and the ids left open."""
        named = {key: self.values[key] for key in ("name", "key") if key in self.values}
        label = self.template.replace("path:", "")
        for key, value in named.items():
            label = label.replace(f"<{key}>", str(value))
        return label.replace("<", "{").replace(">", "}") or "/"
