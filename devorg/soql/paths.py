"""From a field path to SQL: columns of the object itself, and joins to its parents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from devorg import access
from devorg.names import Names
from devorg.schema import Field, SObject
from devorg.soql.nodes import Path

# What a polymorphic parent (Who, What, Owner) shows: the fields of Salesforce's object Name.
_SHARED = (
    "Id", "Name", "FirstName", "LastName", "Email", "Title", "Phone", "Username", "Alias",
    "IsActive", "ProfileId", "UserRoleId",
)  # fmt: skip
MAX_PARENTS = 5
# As many as a real org joins; SQLite allows 64 tables, and a polymorphic parent needs several.
MAX_JOINS = 55


class UnknownPath(LookupError):
    """No such field or relationship; `name` is the first part that does not exist."""

    def __init__(self, name: str, entity: str, *, relationship: bool) -> None:
        super().__init__(name)
        self.name, self.entity, self.relationship = name, entity, relationship


class TooManyParents(Exception):
    """A path of too many parents, or too many paths."""


@dataclass(frozen=True, slots=True)
class Parent:
    """One joined parent: its alias, the object, how clients call the path to it, and whether it
    is one of several objects that the path may lead to.
    """

    alias: str
    sobject: SObject
    path: tuple[str, ...]
    polymorphic: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A value in SQL: the expression, the field it is of, and the API names leading to it.

    With `only`, it is shown where the parent of that alias is the one found (TYPEOF).
    """

    sql: str
    field: Field
    path: tuple[str, ...]
    only: str | None = None


def _everybody(_: SObject) -> bool:
    return True


class Paths:
    """All paths of one query; `joins` is what they need in FROM."""

    def __init__(
        self,
        names: Names,
        sobject: SObject,
        hidden: frozenset[tuple[str, str]],
        aliases: tuple[tuple[str, Path], ...] = (),
        readable: Callable[[SObject], bool] = _everybody,
    ) -> None:
        self.names = names
        self.root = Parent("t", sobject, ())
        self.joins: list[str] = []
        self.parents: dict[tuple[str, ...], tuple[Parent, ...]] = {(): (self.root,)}
        self._hidden = hidden
        self._readable = readable
        self._aliases: dict[str, tuple[str, ...]] = {}
        for alias, path in aliases:
            self._aliases[alias.lower()] = self._spelled(path.names)

    def _spelled(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """The path without aliases, and without the object's own name before it."""
        if path and path[0].lower() in self._aliases:
            return (*self._aliases[path[0].lower()], *path[1:])
        if len(path) > 1 and path[0].lower() == self.names.entity(self.root.sobject).lower():
            return path[1:]  # `Contact.Name` in a query on Contact
        return path

    def own_name(self, name: str) -> str:
        """A child relationship without the object's own name before it: `Account.Contacts`."""
        return ".".join(self._spelled(tuple(name.split("."))))

    def column(self, path: tuple[str, ...]) -> Column:
        """The SQL of a path. Raises UnknownPath, TooManyParents."""
        steps = self._spelled(path) if len(path) > 1 else path
        if not steps:
            raise UnknownPath(path[-1], self.root.sobject.name, relationship=False)
        parents = self.follow(steps[:-1])
        if parents[0].polymorphic:
            return self._shared(parents, steps[-1])
        return self.own(parents[0], steps[-1])

    def follow(self, steps: tuple[str, ...]) -> tuple[Parent, ...]:
        """The parents at the end of relationships. Raises UnknownPath, TooManyParents."""
        if len(steps) > MAX_PARENTS:
            raise TooManyParents
        parents: tuple[Parent, ...] = (self.root,)
        for name in steps:
            parents = self._step(parents, name)
        return parents

    def own(self, parent: Parent, name: str) -> Column:
        """A field of one parent, or of the object itself. Raises UnknownPath."""
        field = self.names.field(parent.sobject, name)
        if field is None or (parent.sobject.name, field.name) in self._hidden:
            raise UnknownPath(name, self.names.entity(parent.sobject), relationship=False)
        sql = f'{parent.alias}."{field.name}"'
        return Column(sql, field, (*parent.path, self.names.api(field)))

    def shown(self, parent: Parent) -> list[Field]:
        """All fields that the user may see."""
        sobject = parent.sobject
        return [each for each in sobject.fields if (sobject.name, each.name) not in self._hidden]

    def _step(self, parents: tuple[Parent, ...], name: str) -> tuple[Parent, ...]:
        parent = parents[0]
        fields = [] if parent.polymorphic else parent.sobject.fields
        field = next((f for f in fields if self._is_called(f, name)), None)
        targets = self._targets(parent, field)
        if field is None or not targets:
            raise UnknownPath(name, self.names.entity(parent.sobject), relationship=True)
        path = (*parent.path, str(self.names.path(field)))
        if path not in self.parents:
            several = len(field.references) + len(field.elsewhere) > 1
            self.parents[path] = tuple(
                self._join(parent, field, target, path, several) for target in targets
            )
        return self.parents[path]

    def _is_called(self, field: Field, name: str) -> bool:
        called = self.names.path(field)
        return called is not None and called.lower() == name.lower()

    def _targets(self, parent: Parent, field: Field | None) -> list[SObject]:
        if field is None or (parent.sobject.name, field.name) in self._hidden:
            return []
        found = [self.names.schema.objects[each] for each in field.references]
        return [each for each in found if self._readable(each)]

    def _join(
        self, parent: Parent, field: Field, target: SObject, path: tuple[str, ...], several: bool
    ) -> Parent:
        if len(self.joins) >= MAX_JOINS:
            raise TooManyParents
        alias = f"j{len(self.joins)}"
        seen = access.condition(target, alias)
        if parent.sobject.sharing == "opportunity":
            seen = "1"  # a role names its contact, whoever may open it
        self.joins.append(
            f'LEFT JOIN "{target.name}" AS {alias}'
            f' ON {alias}.Id = {parent.alias}."{field.name}" AND {seen}'
        )
        return Parent(alias, target, path, several)

    def _shared(self, parents: tuple[Parent, ...], name: str) -> Column:
        path = parents[0].path
        known = {each.lower(): each for each in (*_SHARED, "Type")}
        shown = known.get(name.lower())
        if shown is None:
            raise UnknownPath(name, "Name", relationship=False)
        label = Field("Name", "string", "Name", 255)
        if shown == "Type":
            cases = " ".join(
                f"WHEN {p.alias}.Id IS NOT NULL THEN '{self.names.entity(p.sobject)}'"
                for p in parents
            )
            return Column(f"(CASE {cases} END COLLATE NOCASE)", label, (*path, shown))
        having = [(p, field) for p in parents if (field := self._shown_by(p, shown))]
        values = ", ".join([*(f'{p.alias}."{each.name}"' for p, each in having), "NULL", "NULL"])
        field = having[0][1] if having else label
        # A function's result forgets how its columns compare.
        exact = field.type in {"id", "reference", "boolean"}
        sql = f"(COALESCE({values}){'' if exact else ' COLLATE NOCASE'})"
        return Column(sql, field, (*path, shown))

    def _shown_by(self, parent: Parent, name: str) -> Field | None:
        """The field that an object shows under a name of `_SHARED`."""
        field = parent.sobject.by_name.get(name)
        if field is None and name == "Name":
            field = next((each for each in parent.sobject.fields if each.name_field), None)
        hidden = field is None or (parent.sobject.name, field.name) in self._hidden
        return None if hidden else field
