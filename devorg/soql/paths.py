"""From a field path to SQL: columns of the object itself, and joins to its parents."""

from __future__ import annotations

from dataclasses import dataclass

from devorg import access
from devorg.names import Names
from devorg.schema import Field, SObject

# What a polymorphic parent (Who, What, Owner) shows: the fields of Salesforce's object Name.
_SHARED = ("Id", "Name", "FirstName", "LastName", "Email", "Title", "Phone")


class UnknownPath(LookupError):
    """No such field or relationship; `name` is the first part that does not exist."""

    def __init__(self, name: str, entity: str, *, relationship: bool) -> None:
        super().__init__(name)
        self.name, self.entity, self.relationship = name, entity, relationship


@dataclass(frozen=True, slots=True)
class Parent:
    """One joined parent: its alias, the object, and how clients call the path to it."""

    alias: str
    sobject: SObject
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A value in SQL: the expression, the field it is of, and the API names leading to it."""

    sql: str
    field: Field
    path: tuple[str, ...]


class Paths:
    """All paths of one query; `joins` is what they need in FROM."""

    def __init__(self, names: Names, sobject: SObject, hidden: frozenset[tuple[str, str]]) -> None:
        self.names = names
        self.root = Parent("t", sobject, ())
        self.joins: list[str] = []
        self.parents: dict[tuple[str, ...], tuple[Parent, ...]] = {(): (self.root,)}
        self._hidden = hidden

    def column(self, path: tuple[str, ...]) -> Column:
        """The SQL of a path. Raises UnknownPath."""
        steps = path
        if len(steps) > 1 and steps[0].lower() == self.root.sobject.name.lower():
            steps = steps[1:]  # `Contact.Name` in a query on Contact
        parents: tuple[Parent, ...] = (self.root,)
        for name in steps[:-1]:
            parents = self._follow(parents, name)
        if len(parents) > 1:
            return self._shared(parents, steps[-1])
        field = self._field(parents[0].sobject, steps[-1])
        sql = f'{parents[0].alias}."{field.name}"'
        return Column(sql, field, (*parents[0].path, self.names.api(field.name)))

    def _field(self, sobject: SObject, name: str) -> Field:
        field = self.names.field(sobject, name)
        if field is None or (sobject.name, field.name) in self._hidden:
            raise UnknownPath(name, sobject.name, relationship=False)
        return field

    def _follow(self, parents: tuple[Parent, ...], name: str) -> tuple[Parent, ...]:
        parent = parents[0]
        fields = [] if len(parents) > 1 else parent.sobject.fields
        field = next((f for f in fields if (f.relationship or "").lower() == name.lower()), None)
        if field is None or (parent.sobject.name, field.name) in self._hidden:
            raise UnknownPath(name, parent.sobject.name, relationship=True)
        path = (*parent.path, str(field.relationship))
        if path not in self.parents:
            self.parents[path] = tuple(
                self._join(parent, field, self.names.schema.objects[target], path)
                for target in field.references
            )
        return self.parents[path]

    def _join(self, parent: Parent, field: Field, target: SObject, path: tuple[str, ...]) -> Parent:
        alias = f"j{len(self.joins)}"
        seen = access.condition(target, alias)
        if parent.sobject.sharing == "opportunity":
            seen = "1"  # a role names its contact, whoever may open it
        self.joins.append(
            f'LEFT JOIN "{target.name}" AS {alias}'
            f' ON {alias}.Id = {parent.alias}."{field.name}" AND {seen}'
        )
        return Parent(alias, target, path)

    def _shared(self, parents: tuple[Parent, ...], name: str) -> Column:
        path = (*parents[0].path, name)
        known = {each.lower(): each for each in (*_SHARED, "Type")}
        shown = known.get(name.lower())
        if shown is None:
            raise UnknownPath(name, "Name", relationship=False)
        path = (*parents[0].path, shown)
        label = parents[0].sobject.by_name["Name"]
        if shown == "Type":
            cases = " ".join(
                f"WHEN {p.alias}.Id IS NOT NULL THEN '{p.sobject.name}'" for p in parents
            )
            return Column(f"(CASE {cases} END COLLATE NOCASE)", label, path)
        having = [p for p in parents if shown in p.sobject.by_name]
        values = ", ".join([*(f'{p.alias}."{shown}"' for p in having), "NULL"])
        # A function's result forgets how its columns compare.
        collation = "" if shown == "Id" else " COLLATE NOCASE"
        return Column(f"(COALESCE({values}){collation})", having[0].sobject.by_name[shown], path)
