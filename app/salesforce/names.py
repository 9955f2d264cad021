"""The one resolver of the package's API names: in a customer's org they carry a namespace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import product
from typing import Any, Generic, TypeVar

from app.salesforce.errors import SalesforceError
from app.salesforce.package import (
    DESTINATION,
    ME,
    ActivityField,
    DestinationField,
    PersonField,
    Release,
    since,
)

__all__ = ["ActivityField", "DestinationField", "Names", "PackageMissing", "PersonField"]

F = TypeVar("F", bound=StrEnum)


class PackageMissing(SalesforceError):
    """The org's package lacks a field (not installed, not upgraded, or not visible to us)."""

    reason = "package_missing"
    sentence = "The Inlay package lacks a field. Ask an administrator to upgrade the package."


class FieldNames(Generic[F]):
    """API names of the package's fields of one object, both ways. Fields the org lacks have none.

    ``sobject`` is the object's own API name; None where the org does not have it, or hides it.
    """

    def __init__(self, api_names: Mapping[F, str], sobject: str | None = None) -> None:
        self._api = dict(api_names)
        self._logical = {name.lower(): field for field, name in self._api.items()}
        self._sobject = sobject

    def __repr__(self) -> str:
        return f"{type(self).__name__}({sorted(self._api.values())})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, FieldNames)
            and self._api == other._api
            and self._sobject == other._sobject
        )

    def __hash__(self) -> int:
        return hash(frozenset(self._api.items()))

    def __contains__(self, field: F) -> bool:
        return field in self._api

    def __iter__(self) -> Iterator[F]:
        return iter(self._api)

    @property
    def sobject(self) -> str:
        """API name of the object.

        Raises:
            PackageMissing: The org has no such object.
        """
        if self._sobject is None:
            raise PackageMissing(code="PACKAGE_OBJECT_MISSING", fields=[DESTINATION])
        return self._sobject

    @property
    def has_object(self) -> bool:
        """Whether the org has the object and lets us see it."""
        return self._sobject is not None

    def api(self, field: F) -> str:
        """The name to use in paths, bodies and SOQL of this org.

        Raises:
            PackageMissing: The org has no such field.
        """
        try:
            return self._api[field]
        except KeyError:
            raise PackageMissing(code="PACKAGE_FIELD_MISSING", fields=[field.value]) from None

    def logical(self, api_name: str) -> F | None:
        """The field behind an API name (of an error, a row, a describe); None if not ours."""
        return self._logical.get(api_name.lower())

    def row(self, values: Mapping[F, Any]) -> dict[str, Any]:
        """Values under the org's names; fields that the org lacks are left out."""
        return {self._api[field]: value for field, value in values.items() if field in self._api}


_PARTS: Mapping[str, tuple[str, type[StrEnum]]] = {
    "activity": ("Task", ActivityField),
    "contact": ("Contact", PersonField),
    "lead": ("Lead", PersonField),
    "destination": (DESTINATION, DestinationField),
}


class Names(FieldNames[ActivityField]):
    """API names of one org. Itself those of activities; ``contact``, ``lead``, ``destination``.

    ``namespace`` is "" without one, None where nothing of the package is to be seen.
    """

    def __init__(
        self,
        api_names: Mapping[ActivityField, str],
        *,
        contact: FieldNames[PersonField] | None = None,
        lead: FieldNames[PersonField] | None = None,
        destination: FieldNames[DestinationField] | None = None,
        namespace: str | None = None,
    ) -> None:
        super().__init__(api_names, "Task")
        self.contact = contact or FieldNames[PersonField]({}, "Contact")
        self.lead = lead or FieldNames[PersonField]({}, "Lead")
        self.destination = destination or FieldNames[DestinationField]({})
        self.namespace = namespace

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Names) and self.facts() == other.facts()

    __hash__ = FieldNames.__hash__

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Names:
        """From the ``facts`` of an org profile, see ``facts``. What is not there is missing."""
        more: Mapping[str, Any] = facts.get("package") or {}
        kept = {"activity": facts["names"], **more}
        return _assembled(
            lambda part, field: kept.get(part, {}).get(field.name.lower()),
            more.get("object"),
            more.get("namespace"),
        )

    @classmethod
    def from_fields(cls, fields: Iterable[Mapping[str, Any]]) -> Names:
        """From the ``fields`` of the describe of Task alone."""
        return cls.from_seen({"Task": [str(field["name"]) for field in fields]})

    @classmethod
    def from_seen(cls, seen: Mapping[str, Iterable[str]]) -> Names:
        """From the names of fields by object; the package's own object by its API name.

        A packaged key is preferred to one that an admin made by hand; all must be of the same
        namespace, so that two packages are never mixed.
        """
        prefix = _prefix(seen)
        if prefix is None:
            return cls({})
        own = f"{prefix}{DESTINATION}".lower()
        folded = {
            name.lower(): {field.lower(): field for field in fields}
            for name, fields in seen.items()
        }

        def find(part: str, field: StrEnum) -> str | None:
            sobject = own if part == "destination" else _PARTS[part][0].lower()
            return folded.get(sobject, {}).get(f"{prefix}{field}".lower())

        there = next((name for name in seen if name.lower() == own), None)
        return _assembled(find, there, prefix.removesuffix("__"))

    @property
    def is_installed(self) -> bool:
        """Whether anything of the package is to be seen at all."""
        return self.namespace is not None

    @property
    def release(self) -> Release | None:
        """The newest release of which every field is there: "at least" this one.

        None when fields of the first release are missing: an older one, or some are hidden from
        us, which describe cannot tell apart.
        """
        missing = [since(f"{sobject}.{field}") for sobject, field in self.missing()]
        known = sorted({since(f"{sobject}.{field}") for sobject, field in everything()})
        complete = [each for each in known if not missing or each < min(missing)]
        return complete[-1] if complete else None

    def missing(self) -> list[tuple[str, StrEnum]]:
        """(bare object, field) of what the package has in its newest release and this org lacks."""
        parts = self._parts()
        return [
            (sobject, field)
            for part, (sobject, fields) in _PARTS.items()
            for field in fields
            if field not in parts[part]
        ]

    def person(self, sobject: str) -> FieldNames[PersonField]:
        """The fields of people: of ``Contact`` or of ``Lead``."""
        return {"Contact": self.contact, "Lead": self.lead}[sobject]

    def expected(self, name: str) -> str:
        """What a bare name of the package (field or object) is called here, there or not."""
        return f"{self.namespace}__{name}" if self.namespace else name

    @property
    def me(self) -> str:
        """Path of the package's REST resource that tells who a user's token is."""
        return (
            f"/services/apexrest/{self.namespace}/{ME}"
            if self.namespace
            else (f"/services/apexrest/{ME}")
        )

    def facts(self) -> dict[str, Any]:
        """The form kept in an org profile, see ``of``: "names" of activities, and "package"."""
        kept = {
            part: {field.name.lower(): names.api(field) for field in names}
            for part, names in self._parts().items()
        }
        own = self.destination.sobject if self.destination.has_object else None
        return {
            "names": kept.pop("activity"),
            "package": {"namespace": self.namespace, "object": own, **kept},
        }

    def _parts(self) -> Mapping[str, FieldNames[Any]]:
        return {
            "activity": self,
            "contact": self.contact,
            "lead": self.lead,
            "destination": self.destination,
        }


def everything() -> Iterator[tuple[str, StrEnum]]:
    """(bare object, field) of all the package's fields; those of activities under Task."""
    for sobject, fields in _PARTS.values():
        yield from ((sobject, field) for field in fields)


def ours(sobject: str, fields: Iterable[Mapping[str, Any]]) -> list[str]:
    """The names of a describe's ``fields`` that may be the package's, under any namespace."""
    is_own = _prefix_of(sobject, DESTINATION) is not None
    known: tuple[StrEnum, ...] = (
        tuple(DestinationField) if is_own else (*ActivityField, *PersonField)
    )
    names = (str(field["name"]) for field in fields)
    return sorted(name for name in names if any(_prefix_of(name, one) is not None for one in known))


def own_objects(children: Iterable[Mapping[str, Any]]) -> set[str]:
    """API names of the package's object among the ``childRelationships`` of a describe."""
    names = {str(each.get("childSObject")) for each in children}
    return {name for name in names if _prefix_of(name, DESTINATION) is not None}


def _assembled(
    find: Callable[[str, StrEnum], str | None], own: str | None, namespace: str | None
) -> Names:
    def names(part: str, fields: type[F]) -> dict[F, str]:
        found = {field: find(part, field) for field in fields}
        return {field: name for field, name in found.items() if name is not None}

    return Names(
        names("activity", ActivityField),
        contact=FieldNames(names("contact", PersonField), "Contact"),
        lead=FieldNames(names("lead", PersonField), "Lead"),
        destination=FieldNames(names("destination", DestinationField), own),
        namespace=namespace,
    )


def _prefix(seen: Mapping[str, Iterable[str]]) -> str | None:
    """The prefix of the package's names: that of a packaged key, else that of most of the rest."""
    found: Counter[str] = Counter()
    keys = set()
    for sobject, names in seen.items():
        own = _prefix_of(sobject, DESTINATION)
        if own is not None:
            found[own] += 1
            continue  # the fields in it have names that are not ours alone
        for name, field in product(names, (*ActivityField, *PersonField)):
            prefix = _prefix_of(name, field)
            if prefix is not None:
                found[prefix] += 1
                keys |= {prefix} if field is ActivityField.KEY else set()
    if not found:
        return None
    return max(found, key=lambda each: (each in keys, bool(each), found[each], each))


def _prefix_of(api_name: str, logical: str) -> str | None:
    """What stands before a bare name, in the case it has: "", "ns__", None if it is another."""
    prefix = api_name[: len(api_name) - len(logical)]
    if api_name[len(prefix) :].lower() != logical.lower():
        return None
    is_namespace = prefix.endswith("__") and "__" not in prefix[:-2]
    return prefix if is_namespace or not prefix else None
