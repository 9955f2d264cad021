"""What a SOQL query says: the syntax tree, in the order of its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

LiteralKind = Literal[
    "string", "datetime", "date", "time", "number", "boolean", "null", "date literal", "currency"
]


@dataclass(frozen=True, slots=True)
class Path:
    """A field, perhaps of a parent: `("Account", "Name")`; `column` counts from 1."""

    names: tuple[str, ...]
    line: int
    column: int

    @property
    def text(self) -> str:
        """As written."""
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a field, `CALENDAR_YEAR(convertTimezone(CreatedDate))`; names in capitals."""

    name: str
    argument: Expression | None
    line: int
    column: int

    @property
    def text(self) -> str:
        """In the form by which two of them are known to be the same."""
        return f"{self.name}({self.argument.text if self.argument else ''})"

    @property
    def path(self) -> Path | None:
        """The field inside, however deep."""
        inner = self.argument
        while isinstance(inner, Function):
            inner = inner.argument
        return inner


Expression = Path | Function


@dataclass(frozen=True, slots=True)
class Value:
    """A literal: its kind, and what it stands for (datetimes and dates as stored text).

    A date literal is its name, `LAST_N_DAYS:3`. Line and column are 0 where code made it.
    """

    kind: LiteralKind
    value: str | float | int | bool | None
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Compare:
    """`left operator value`; LIKE is an operator whose value is a pattern."""

    path: Expression
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class Among:
    """`left IN (values)`, or NOT IN."""

    path: Expression
    values: tuple[Value, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Within:
    """`left IN (SELECT selected FROM sobject WHERE ...)`: a semi-join, or an anti-join."""

    path: Expression
    query: Query
    negated: bool


@dataclass(frozen=True, slots=True)
class Includes:
    """`left INCLUDES ('A;B', 'C')`: A and B, or C, are chosen; EXCLUDES is the opposite."""

    path: Expression
    values: tuple[Value, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Both:
    """All (AND) or one (OR) of several conditions."""

    word: Literal["AND", "OR"]
    conditions: tuple[Condition, ...]


Condition = Compare | Among | Within | Includes | Not | Both


@dataclass(frozen=True, slots=True)
class Ordering:
    """One key of ORDER BY."""

    path: Expression
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Aliased:
    """A selected function, and the name it is to have in the answer."""

    expression: Expression
    alias: str | None


@dataclass(frozen=True, slots=True)
class When:
    """`WHEN sobject THEN fields` of a TYPEOF."""

    sobject: str
    fields: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Typeof:
    """`TYPEOF relationship WHEN ... ELSE fields END`."""

    path: Path
    cases: tuple[When, ...]
    otherwise: tuple[Path, ...]


Selected: TypeAlias = "Path | Aliased | Typeof | Query"


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query; `fields` is None for COUNT(), and may hold child queries."""

    text: str
    fields: tuple[Selected, ...] | None
    sobject: str
    sobject_at: tuple[int, int]
    where: Condition | None
    order: tuple[Ordering, ...]
    limit: int | None
    offset: int
    # `FROM Contact c, c.Account a`: alias -> the path it stands for; `c` stands for ().
    aliases: tuple[tuple[str, Path], ...] = ()
    scope: str | None = None
    group: tuple[Expression, ...] = ()
    having: Condition | None = None
    # The words of clauses that only say how to treat the rows: "FOR VIEW", "ALL ROWS".
    clauses: tuple[tuple[str, int, int], ...] = ()
