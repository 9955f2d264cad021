"""API names as clients see them: in a subscriber's org what is packaged is `ns__Name__c`.

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
    """The names of one org: all that is packaged carries the namespace, or nothing does."""

    def __init__(self, schema: Schema, namespace: str | None) -> None:
        self.schema = schema
        self.namespace = checked_namespace(namespace)
        self._objects = {self.entity(each).lower(): each for each in schema.objects.values()}
        self._fields = {
            each.name: {self.api(one).lower(): one for one in each.fields}
            for each in schema.objects.values()
        }

    def _prefixed(self, name: str, packaged: bool) -> str:
        return f"{self.namespace}__{name}" if self.namespace and packaged else name

    def api(self, field: Field) -> str:
        """The name a client uses for a field."""
        return self._prefixed(field.name, field.packaged)

    def path(self, field: Field) -> str | None:
        """The name of a lookup's path to its parent, None for none."""
        return self._prefixed(field.relationship, field.packaged) if field.relationship else None

    def children(self, field: Field) -> str | None:
        """What a lookup's parent calls its children, None for nothing."""
        return self._prefixed(field.children, field.packaged) if field.children else None

    def entity(self, sobject: SObject) -> str:
        """The name a client uses for an object."""
        return self._prefixed(sobject.name, sobject.packaged)

    def entity_named(self, name: str) -> str:
        """The same for the bare name of an object, which this org may lack."""
        sobject = self.schema.objects.get(name)
        return self.entity(sobject) if sobject else name

    def field(self, sobject: SObject, api_name: str) -> Field | None:
        """The field with this API name (case does not matter), or None."""
        return self._fields[sobject.name].get(api_name.lower())

    def sobject(self, api_name: str) -> SObject | None:
        """The object with this API name (case does not matter), or None."""
        return self._objects.get(api_name.lower())
