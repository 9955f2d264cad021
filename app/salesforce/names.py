"""The one resolver of the package's API names: in a customer's org they carry a namespace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from app.salesforce.errors import SalesforceError


class ActivityField(StrEnum):
    """The fields that the package puts on Activity (and so on Task and Event)."""

    KEY = "Inlay_Key__c"
    KIND = "Inlay_Kind__c"
    OCCURRED_AT = "Inlay_Occurred_At__c"
    CONFIDENCE = "Inlay_Confidence__c"
    LINK = "Inlay_Link__c"


class PackageMissing(SalesforceError):
    """The org's package lacks a field (not installed, not upgraded, or not visible to us)."""

    reason = "package_missing"
    sentence = "The Inlay package lacks a field. Ask an administrator to upgrade the package."


class Names:
    """API names of one org, both ways. Fields that the org lacks have none."""

    def __init__(self, api_names: Mapping[ActivityField, str]) -> None:
        self._api = dict(api_names)
        self._logical = {name.lower(): field for field, name in self._api.items()}

    def __repr__(self) -> str:
        return f"Names({sorted(self._api.values())})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Names) and self._api == other._api

    def __hash__(self) -> int:
        return hash(frozenset(self._api.items()))

    def __contains__(self, field: ActivityField) -> bool:
        return field in self._api

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Names:
        """From the ``facts`` of an org profile: {"names": {enum name in lower case: API name}}."""
        return cls({ActivityField[name.upper()]: api for name, api in facts["names"].items()})

    @classmethod
    def from_fields(cls, fields: Iterable[Mapping[str, Any]]) -> Names:
        """From the ``fields`` of a describe.

        A packaged key is preferred to one that an admin made by hand; the others must be of the
        same namespace, so that two packages are never mixed.
        """
        found = {str(field["name"]) for field in fields}
        keys = [name for name in found if _is(name, ActivityField.KEY)]
        if not keys:
            return cls({})
        key = max(keys, key=lambda name: (len(name), name))
        prefix = key[: -len(ActivityField.KEY)]
        folded = {name.lower(): name for name in found}
        wanted = {field: folded.get(f"{prefix}{field}".lower()) for field in ActivityField}
        return cls({field: name for field, name in wanted.items() if name is not None})

    def facts(self) -> dict[str, str]:
        """The form kept in an org profile, see ``of``."""
        return {field.name.lower(): name for field, name in self._api.items()}

    def api(self, field: ActivityField) -> str:
        """The name to use in paths, bodies and SOQL of this org.

        Raises:
            PackageMissing: The org has no such field.
        """
        try:
            return self._api[field]
        except KeyError:
            raise PackageMissing(code="PACKAGE_FIELD_MISSING", fields=[field.value]) from None

    def logical(self, api_name: str) -> ActivityField | None:
        """The field behind an API name (of an error, a row, a describe); None if not ours."""
        return self._logical.get(api_name.lower())

    def row(self, values: Mapping[ActivityField, Any]) -> dict[str, Any]:
        """Values under the org's names; fields that the org lacks are left out."""
        return {self._api[field]: value for field, value in values.items() if field in self._api}


def _is(api_name: str, field: ActivityField) -> bool:
    name, logical = api_name.lower(), field.value.lower()
    return name == logical or name.endswith(f"__{logical}")
