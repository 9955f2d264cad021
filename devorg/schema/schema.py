"""The objects of one org, found by name and by key prefix. Immutable: a change makes a new one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from devorg.schema.fields import Field, SObject


def _resolved(sobject: SObject, known: frozenset[str]) -> SObject:
    """The object with references to what this org has; the rest is for describe to tell."""
    fields = tuple(_targets(each, known) if each.targets else each for each in sobject.fields)
    return sobject if fields == sobject.fields else replace(sobject, fields=fields)


def _targets(field: Field, known: frozenset[str]) -> Field:
    here = tuple(name for name in field.targets if name in known)
    elsewhere = tuple(name for name in field.targets if name not in known)
    return replace(field, references=here, elsewhere=elsewhere)


def _with_parents(objects: Mapping[str, SObject]) -> dict[str, SObject]:
    """The objects, each knowing those that its sharing depends on."""
    done: dict[str, SObject] = {}

    def complete(sobject: SObject, path: frozenset[str]) -> SObject:
        if sobject.name in done:
            return done[sobject.name]
        targets = {
            target
            for name in sobject.parent_fields
            for target in sobject.by_name[name].references
            if target not in path
        }
        inner = path | {sobject.name}
        parents = {name: complete(objects[name], inner) for name in sorted(targets)}
        done[sobject.name] = replace(sobject, parents=parents) if parents else sobject
        return done[sobject.name]

    return {name: complete(each, frozenset({name})) for name, each in objects.items()}


class Schema:
    """What objects there are; a request keeps the one it began with."""

    def __init__(self, objects: Iterable[SObject]) -> None:
        by_name = {each.name: each for each in objects}
        by_name = {name: _resolved(each, frozenset(by_name)) for name, each in by_name.items()}
        by_name = _with_parents(by_name)
        self.objects: Mapping[str, SObject] = MappingProxyType(by_name)
        self.by_prefix: Mapping[str, SObject] = MappingProxyType(
            {each.prefix: each for each in by_name.values() if each.prefix}
        )
        self._by_lower_name = {name.lower(): each for name, each in by_name.items()}

    def object_of(self, record_id: str) -> SObject | None:
        """The object that a record id belongs to, by its key prefix."""
        return self.by_prefix.get(record_id[:3])

    def find(self, name: str) -> SObject | None:
        """The object with this bare name (case does not matter), or None."""
        return self._by_lower_name.get(name.lower())

    def with_sharing(self, models: Mapping[str, str]) -> Schema:
        """The same schema with other org-wide defaults; itself if none changes."""
        changed = [
            replace(self.objects[name], sharing_model=model)
            for name, model in models.items()
            if self.objects[name].sharing_model != model
        ]
        return self.with_objects(*changed) if changed else self

    def with_objects(self, *changed: SObject) -> Schema:
        """The same schema with these objects added, or put in place of those of their names."""
        return Schema({**self.objects, **{each.name: each for each in changed}}.values())
