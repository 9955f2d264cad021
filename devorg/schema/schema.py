"""The objects of one org, found by name and by key prefix. Immutable: a change makes a new one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from devorg.schema.fields import SObject


class Schema:
    """What objects there are; a request keeps the one it began with."""

    def __init__(self, objects: Iterable[SObject]) -> None:
        by_name = {each.name: each for each in objects}
        self.objects: Mapping[str, SObject] = MappingProxyType(by_name)
        self.by_prefix: Mapping[str, SObject] = MappingProxyType(
            {each.prefix: each for each in by_name.values()}
        )
        self._by_lower_name = {name.lower(): each for name, each in by_name.items()}

    def object_of(self, record_id: str) -> SObject | None:
        """The object that a record id belongs to, by its key prefix."""
        return self.by_prefix.get(record_id[:3])

    def find(self, name: str) -> SObject | None:
        """The object with this bare name (case does not matter), or None."""
        return self._by_lower_name.get(name.lower())

    def with_objects(self, *changed: SObject) -> Schema:
        """The same schema with these objects added, or put in place of those of their names."""
        return Schema({**self.objects, **{each.name: each for each in changed}}.values())
