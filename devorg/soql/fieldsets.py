"""What stands for several fields in a SELECT: FIELDS(), TYPEOF, and labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from devorg.errors import ApiError
from devorg.soql.nodes import Function, Path, Typeof
from devorg.soql.operands import Operands
from devorg.soql.paths import Column, TooManyParents, UnknownPath
from devorg.soql.refusals import no_type, unknown

FIELDS_LIMIT = 200
_SETS = frozenset({"ALL", "STANDARD", "CUSTOM"})
_LABELLED = frozenset({"picklist", "multipicklist", "combobox"})


def of_function(operands: Operands, function: Function, limit: int | None) -> Iterator[Column]:
    """The columns of FIELDS(...) or toLabel(field). Raises ApiError."""
    inner = function.argument
    if not isinstance(inner, Path):
        raise operands.refuse(function, "MALFORMED_QUERY", unknown(function.text))
    if function.name == "TOLABEL":
        yield _label(operands, inner)
        return
    which = inner.text.upper()
    if which not in _SETS:
        raise operands.refuse(inner, "MALFORMED_QUERY", f"unexpected token: '{inner.text}'")
    if which != "STANDARD" and (limit is None or limit > FIELDS_LIMIT):
        message = f"The SOQL FIELDS function must have a LIMIT of at most {FIELDS_LIMIT}"
        raise ApiError(400, "MALFORMED_QUERY", message)
    root = operands.paths.root
    for field in operands.paths.shown(root):
        if which == "ALL" or field.custom == (which == "CUSTOM"):
            yield operands.paths.own(root, operands.paths.names.api(field))


def _label(operands: Operands, path: Path) -> Column:
    """The labels of a picklist's values."""
    column = operands.column(path)
    if column.field.type not in _LABELLED:
        message = unknown(f"toLabel() of '{path.text}', which is no picklist")
        raise operands.refuse(path, "MALFORMED_QUERY", message)
    labels = column.field.value_labels
    if not labels:
        return column
    mark = operands.parameters.add
    cases = " ".join(f"WHEN {mark(value)} THEN {mark(label)}" for value, label in labels.items())
    return replace(column, sql=f"(CASE {column.sql} {cases} ELSE {column.sql} END)")


def cases(operands: Operands, typeof: Typeof) -> Iterator[Column]:
    """The columns of a TYPEOF, of each object that the path may lead to. Raises ApiError."""
    try:
        parents = operands.paths.follow(typeof.path.names)
        if not parents[0].polymorphic:
            message = unknown(f"TYPEOF {typeof.path.text}, which leads to one object only")
            raise operands.refuse(typeof.path, "MALFORMED_QUERY", message)
        chosen = {_name(operands, typeof, each.sobject): each.fields for each in typeof.cases}
        for parent in parents:
            for path in chosen.get(parent.sobject.name, typeof.otherwise):
                if len(path.names) > 1:
                    message = unknown("paths inside TYPEOF")
                    raise operands.refuse(path, "MALFORMED_QUERY", message)
                column = operands.paths.own(parent, path.names[0])
                yield replace(column, only=parent.alias)
    except (UnknownPath, TooManyParents) as error:
        raise operands.path_error(typeof.path, error) from error


def _name(operands: Operands, typeof: Typeof, name: str) -> str:
    sobject = operands.asker.sobject(name)
    if sobject is None:
        raise operands.refuse(typeof.path, "INVALID_TYPE", no_type(name))
    return sobject.name
