"""`Sforce-Call-Options: client=…, defaultNamespace=…`: a package's names without their prefix.

Source: REST guide, Call Options Header: for rows, external ids, queries and Bulk API 2.0; not for
composites and collections; describe ignores it. Answers leave the prefix out as well (SOAP guide).
"""

from __future__ import annotations

from functools import lru_cache

from devorg.names import Names
from devorg.schema import Field, Schema, SObject

_ELSEWHERE = ("composite", "ui-api")


class _Default(Names):
    """Names with the prefix left out; with it they are understood, too."""

    def __init__(self, schema: Schema, namespace: str) -> None:
        super().__init__(schema, None)
        self._prefix = f"{namespace}__".lower()

    def field(self, sobject: SObject, api_name: str) -> Field | None:
        """The field with this API name (case does not matter), or None."""
        found = super().field(sobject, api_name)
        bare = api_name.lower()
        if found is None and bare.startswith(self._prefix):
            found = super().field(sobject, bare.removeprefix(self._prefix))
            return found if found and found.packaged else None
        return found


@lru_cache(maxsize=8)
def _default(schema: Schema, namespace: str) -> Names:
    return _Default(schema, namespace)


def names_for(names: Names, header: str, path: str) -> Names:
    """The names that a call with this header, on this path, uses."""
    if not header or path.startswith(_ELSEWHERE) or path.rstrip("/").endswith("describe"):
        return names
    options = dict(each.strip().partition("=")[::2] for each in header.split(","))
    if names.namespace is None or options.get("defaultNamespace") != names.namespace:
        return names
    return _default(names.schema, names.namespace)
