"""API names as clients see them: in a subscriber's org a packaged field is `ns__Name__c`.

The store and the rest of devorg know bare names only; this is the one place that maps.
"""

from __future__ import annotations

import re
from functools import cache

from devorg.errors import ConfigError
from devorg.schema import OBJECTS, Field, SObject

# Salesforce's rule for namespaces: 1 to 15 letters, digits and single underscores.
_NAMESPACE = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9]){0,14}")


class Names:
    """The names of one org: all packaged fields carry the namespace, or none does."""

    def __init__(self, namespace: str | None) -> None:
        if namespace and not (_NAMESPACE.fullmatch(namespace) and len(namespace) <= 15):
            raise ConfigError("namespace", f"{namespace!r} cannot be the namespace of a package.")
        self.namespace = namespace or None
        self._objects = {name.lower(): each for name, each in OBJECTS.items()}
        self._fields = {
            each.name: {self.api(one.name).lower(): one for one in each.fields}
            for each in OBJECTS.values()
        }

    def api(self, name: str) -> str:
        """The name a client uses for a bare one."""
        if self.namespace and name.endswith("__c"):
            return f"{self.namespace}__{name}"
        return name

    def field(self, sobject: SObject, api_name: str) -> Field | None:
        """The field with this API name (case does not matter), or None."""
        return self._fields[sobject.name].get(api_name.lower())

    def sobject(self, api_name: str) -> SObject | None:
        """The object with this API name (case does not matter), or None."""
        return self._objects.get(api_name.lower())


@cache
def names_with(namespace: str | None) -> Names:
    """The names of an org with this namespace; None or empty for none."""
    return Names(namespace)
