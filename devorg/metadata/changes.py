"""What a load of metadata changes: objects and fields added to a schema, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from devorg.errors import ControlError
from devorg.metadata.fields import UnsupportedError, field_of
from devorg.metadata.objects import detail_of_master, object_of, sharing_of
from devorg.metadata.source import Source, flag, mapping, several
from devorg.rights import Rights
from devorg.rights.sets import PermissionSet, permission_set
from devorg.schema import Field, Schema, SObject
from devorg.schema.record_types import RecordType

# Fields of Activity are fields of both.
_ACTIVITY = ("Task", "Event")


@dataclass(slots=True)
class Changes:
    """A schema under construction. `namespace` is put before every custom name of the source."""

    schema: Schema
    namespace: str | None = None
    packaged: bool = False
    objects: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    permission_sets: dict[str, PermissionSet] = field(default_factory=dict)
    skipped: list[dict[str, str]] = field(default_factory=list)
    # Global value sets of the source, by name.
    value_sets: dict[str, Source] = field(default_factory=dict)

    def add_object(self, name: str, source: Source) -> None:
        """A custom object, or the sharing model of a standard one."""
        if name == "Activity":
            model = sharing_of(source)
            models = dict.fromkeys(_ACTIVITY, model) if model else {}
            self.schema = self.schema.with_sharing(models)
            return
        name = self.named(name)
        there = self.schema.find(name)
        if there is not None:
            model = sharing_of(source)
            if model:
                self._put(replace(there, sharing_model=model))
            if flag(source, "enableActivities"):
                self._allow_activities(name)
            return
        if not name.endswith("__c"):
            self._skip(name, "is no custom object, and no standard object that devorg has")
            return
        self._put(replace(object_of(source, name, self.schema), packaged=self.packaged))
        self.objects.append(name)
        if flag(source, "enableActivities"):
            self._allow_activities(name)

    def add_field(self, object_name: str, source: Source, *, name: str | None = None) -> None:
        """A custom field; of Activity, one of Task and one of Event."""
        targets = _ACTIVITY if object_name == "Activity" else (self.named(object_name),)
        name = name or str(source.get("fullName", ""))
        if not name.endswith("__c"):
            self._skip(f"{object_name}.{name}", "is a standard field, and stays as it is")
            return
        try:
            one = field_of(self._renamed(self._with_values(source)), name=self.named(name))
        except UnsupportedError as error:
            self._skip(f"{object_name}.{error.name}", error.message)
            return
        for target in targets:
            sobject = self.schema.find(target)
            if sobject is None:
                self._skip(f"{target}.{one.name}", "is of an object that devorg lacks")
                continue
            self._put(detail_of_master(_with_field(sobject, one, packaged=self.packaged)))
            self.fields.append(f"{sobject.name}.{one.name}")

    def add_record_type(self, object_name: str, source: Source, *, name: str) -> None:
        """A record type, and the field that tells it."""
        sobject = self.schema.find(self.named(object_name))
        if sobject is None:
            self._skip(f"{object_name}.{name}", "is of an object that devorg lacks")
            return
        number = sum(len(each.record_types) for each in self.schema.objects.values()) + 1
        made = RecordType.numbered(
            number,
            name,
            str(source.get("label") or name),
            active=flag(source, "active", usual=True),
        )
        self._put(sobject.with_record_type(made))

    def add_permission_set(self, source: Source, *, name: str, profile: bool = False) -> None:
        """A permission set, or a profile."""
        made = permission_set(self._renamed(source), name, profile=profile)
        made = replace(made, fields={self._bare(key): on for key, on in made.fields.items()})
        if self.packaged and not profile:
            made = made.packaged(self.namespace)
        self.permission_sets[made.name] = made

    def define(self, rights: Rights) -> None:
        """Let the rights know the permission sets and profiles."""
        for each in self.permission_sets.values():
            rights.define(each)

    def _bare(self, key: str) -> str:
        """`Task.ns__X__c` as the rights know it, where `X__c` is the package's own field."""
        object_name, _, name = key.partition(".")
        sobject = self.schema.find(object_name)
        bare = name.partition("__")[2] if name.count("__") > 1 else name
        field = sobject.by_name.get(bare) if sobject and name not in sobject.by_name else None
        return f"{object_name}.{bare}" if field and field.packaged else key

    def named(self, name: str) -> str:
        """A custom name under the namespace of this load; what has one keeps it."""
        if not self.namespace or not name.endswith(("__c", "__r")) or name.count("__") > 1:
            return name
        return f"{self.namespace}__{name}"

    def report(self) -> dict[str, Any]:
        """What was done, for whoever asked."""
        return {
            "objects": self.objects,
            "fields": self.fields,
            "permissionSets": sorted(self.permission_sets),
            "skipped": self.skipped,
        }

    def _with_values(self, source: Source) -> Source:
        """The field with the values of the global set that it names, if it names one."""
        known = self.value_sets.get(str(mapping(source, "valueSet").get("valueSetName")))
        if known is None:
            return source
        # A field of a global value set is always restricted.
        values = {"value": several(known.get("customValue"))}
        return {**source, "valueSet": {"restricted": True, "valueSetDefinition": values}}

    def _renamed(self, source: Source) -> dict[str, Any]:
        """The source with the namespace in all the custom names that it mentions."""
        return {key: self._renamed_value(value) for key, value in source.items()}

    def _renamed_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self._renamed(value)
        if isinstance(value, list):
            return [self._renamed_value(each) for each in value]
        if isinstance(value, str) and self.namespace:
            return ".".join(self.named(part) for part in value.split("."))
        return value

    def _allow_activities(self, name: str) -> None:
        for activity in _ACTIVITY:
            sobject = self.schema.objects[activity]
            what = sobject.by_name["WhatId"]
            targets = tuple(sorted({*what.references, name}))
            self._put(sobject.with_fields(replace(what, references=targets)))

    def _put(self, sobject: SObject) -> None:
        self.schema = self.schema.with_objects(sobject)

    def _skip(self, name: str, why: str) -> None:
        self.skipped.append({"name": name, "reason": why})


def _with_field(sobject: SObject, one: Field, *, packaged: bool) -> SObject:
    """The object with the field; one of that name may change, but not its type."""
    there = sobject.by_name.get(one.name)
    if there is not None and there.type != one.type:
        message = f"{sobject.name}.{one.name} is a {there.type}, and cannot become a {one.type}."
        raise ControlError("metadata", message)
    packaged = packaged or bool(there and there.packaged)
    return sobject.with_fields(replace(one, packaged=packaged))


def from_json(changes: Changes, body: Source, items: Iterable[Source]) -> None:
    """Fields given as JSON: the words of metadata, and the object they are of."""
    for item in items:
        target = item.get("object") or body.get("object")
        if not target:
            raise ControlError("object", f"Of which object is the field {item.get('fullName')!r}?")
        changes.add_field(str(target), item)
