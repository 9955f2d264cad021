"""API names as clients see them: in a subscriber's org a packaged field is `ns__Name__c`.

The store and the rest of devorg know bare names only; this is the one place that maps.
"""

from __future__ import annotations

import re

from devorg.errors import ConfigError
from devorg.schema import Field, Schema, SObject

# Salesforce's rule for namespaces: 1 to 15 letters, digits and single underscores.
_NAMESPACE = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9]){0,14}")


def checked_namespace(namespace: str | None) -> str | None:
    """The namespace, None for none. Raises ConfigError for what can be no namespace."""
    if namespace and not (_NAMESPACE.fullmatch(namespace) and len(namespace) <= 15):
        raise ConfigError("namespace", f"{namespace!r} cannot be the namespace of a package.")
    return namespace or None


class Names:
    """The names of one org: all packaged fields carry the namespace, or none does."""

    def __init__(self, schema: Schema, namespace: str | None) -> None:
        self.schema = schema
        self.namespace = checked_namespace(namespace)
        self._packaged = frozenset(
            name
            for each in schema.objects.values()
            for one in each.fields
            if one.packaged
            for name in (one.name, one.relationship or one.name)
        )
        self._fields = {
            each.name: {self.api(one.name).lower(): one for one in each.fields}
            for each in schema.objects.values()
        }

    def api(self, name: str) -> str:
        """The name a client uses for a bare one, of a field or of a relationship."""
        if self.namespace and name in self._packaged:
            return f"{self.namespace}__{name}"
        return name

    def field(self, sobject: SObject, api_name: str) -> Field | None:
        """The field with this API name (case does not matter), or None."""
        return self._fields[sobject.name].get(api_name.lower())

    def sobject(self, api_name: str) -> SObject | None:
        """The object with this API name (case does not matter), or None."""
        return self.schema.find(api_name)
