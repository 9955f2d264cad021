"""One REST call, from a client or from inside a composite, and its answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from devorg.errors import ApiError
from devorg.names import Names
from devorg.org import Org
from devorg.rest.call_options import names_for
from devorg.schema import Field, SObject
from devorg.users import User

NOT_FOUND = "The requested resource does not exist"


def not_found() -> ApiError:
    """The answer to a path that leads nowhere, or to a record that the user may not see."""
    return ApiError(404, "NOT_FOUND", NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Call:
    """What a resource needs to answer. `path` is what follows the version, without a slash at
    its start; header names are in lower case; `hidden` are (object, bare field) pairs.
    """

    org: Org
    user: User
    connection: sqlite3.Connection
    version: str
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    base_url: str
    hidden: frozenset[tuple[str, str]]

    @property
    def names(self) -> Names:
        """API names in the org's namespace, or without it for who asks for that."""
        return names_for(self.org.names, self.headers.get("sforce-call-options", ""), self.path)

    @property
    def root(self) -> str:
        """The beginning of every path of this version."""
        return f"/services/data/{self.version}"

    def sobject(self, name: str) -> SObject:
        """The object of that name. Raises the 404 of a real org, which it gives as well for an
        object that the user may not read.
        """
        sobject = self.names.sobject(name)
        if sobject is None or not self.org.rights.may(self.user, sobject, "read"):
            raise not_found()
        return sobject

    def field(self, sobject: SObject, api_name: str) -> Field | None:
        """The field of that API name, unless it is hidden from the user."""
        found = self.names.field(sobject, api_name)
        return None if found and (sobject.name, found.name) in self.hidden else found

    def url_of(self, sobject: SObject, record_id: str) -> str:
        """The path of a record."""
        return f"{self.root}/sobjects/{self.names.entity(sobject)}/{record_id}"

    def object_body(self) -> dict[str, Any]:
        """The body, which must be a JSON object. Raises ApiError."""
        if not isinstance(self.body, dict):
            raise ApiError(400, "JSON_PARSER_ERROR", "The body must be a JSON object.")
        return self.body


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart body: its parts by name."""

    parts: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, JSON body (None for none) and headers; `raw` is a body that is not JSON."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
