"""What of the package is in the org at present: a version, what that lacks, and who holds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from devorg.errors import ControlError
from devorg.package.source import PackageSource
from devorg.rights import PermissionSet, Rights
from devorg.schema import Schema, SObject
from devorg.users import USERS

REP, ADMIN, INTEGRATION = "Inlay_Rep", "Inlay_Admin", "Inlay_Integration"
_HOLDERS = {"admin": ADMIN, "integration": INTEGRATION}


@dataclass(frozen=True, slots=True)
class Package:
    """A version of the package, None while it is not installed.

    `without` are the fields and objects that an older version lacks: `Inlay_Key__c` on every
    object, `Contact.Inlay_Score__c` on one.
    """

    version: str | None
    without: frozenset[str] = frozenset()

    @property
    def installed(self) -> bool:
        """False for an org whose admin has not installed it, or has uninstalled it."""
        return self.version is not None


def installed_in(
    schema: Schema, source: PackageSource, package: Package, namespace: str | None
) -> Schema:
    """The schema with what that version brings. Raises ControlError for unknown names."""
    if not package.installed:
        return schema
    full = source.into(schema, namespace).schema
    unknown = package.without - _names(full)
    if unknown:
        message = f"The package has no {', '.join(sorted(unknown))} that it could lack."
        raise ControlError("without", message)
    return _kept(full, lambda sobject, name: not {name, f"{sobject}.{name}"} & package.without)


def bare(schema: Schema) -> Schema:
    """The schema without anything of the package."""
    return _kept(schema, lambda _sobject, _name: False)


def common(schema: Schema, other: Schema) -> Schema:
    """The schema without what of the package the other lacks."""

    def keeps(name: str, field: str) -> bool:
        there = other.objects.get(name)
        return there is not None and (name == field or field in there.by_name)

    return _kept(schema, keeps)


def without_formulas(schema: Schema) -> Schema:
    """The schema without the package's formulas, whose text has the namespace in it."""
    formulas = {
        f"{sobject.name}.{field.name}"
        for sobject in schema.objects.values()
        for field in sobject.fields
        if field.packaged and field.formula
    }
    return _kept(schema, lambda sobject, name: f"{sobject}.{name}" not in formulas)


def _names(schema: Schema) -> set[str]:
    found: set[str] = set()
    for sobject in schema.objects.values():
        found |= {sobject.name} if sobject.packaged else set()
        for field in sobject.fields:
            found |= {field.name, f"{sobject.name}.{field.name}"} if field.packaged else set()
    return found


def _kept(schema: Schema, keeps: Callable[[str, str], bool]) -> Schema:
    """The schema without the packaged objects and fields that `keeps` refuses."""

    def trimmed(sobject: SObject) -> SObject:
        fields = tuple(
            field
            for field in sobject.fields
            if not field.packaged or keeps(sobject.name, field.name)
        )
        same = len(fields) == len(sobject.fields)
        return sobject if same else replace(sobject, fields=fields)

    return Schema(
        trimmed(each)
        for each in schema.objects.values()
        if not each.packaged or keeps(each.name, each.name)
    )


def grant(sets: Mapping[str, PermissionSet], rights: Rights, namespace: str | None) -> None:
    """Bring the permission sets, and give each user the one of their role."""
    bring(sets, rights, namespace)
    for user in USERS:
        name = _HOLDERS.get(user.alias, REP)
        if name in sets:
            rights.assign(user, name)


def bring(sets: Mapping[str, PermissionSet], rights: Rights, namespace: str | None) -> None:
    """Bring the permission sets as those of a package with this namespace."""
    for each in sets.values():
        rights.define(replace(each, namespace=namespace))
