"""ORDER BY as SQL: nulls first unless told, picklists in the order of their values."""

from __future__ import annotations

from devorg.soql.asking import Parameters
from devorg.soql.nodes import Ordering
from devorg.soql.operands import Operand


def keys(operand: Operand, ordering: Ordering, parameters: Parameters) -> str:
    """One key of ORDER BY as the SQL that orders so."""
    if not operand.nullable and not operand.values:
        # Without a word on nulls, an index read backwards serves DESC.
        return f"{operand.sql} {'DESC' if ordering.descending else 'ASC'}"
    if not operand.values:
        return _key(operand.sql, ordering)
    # What is not on the list comes behind what is.
    ranks = " ".join(
        f"WHEN {parameters.add(value)} THEN {rank}" for rank, value in enumerate(operand.values)
    )
    rank = (
        f"(CASE WHEN {operand.sql} IS NULL THEN NULL"
        f" ELSE (CASE {operand.sql} {ranks} ELSE {len(operand.values)} END) END)"
    )
    return f"{_key(rank, ordering)}, {_key(operand.sql, ordering)}"


def _key(sql: str, ordering: Ordering) -> str:
    direction = "DESC" if ordering.descending else "ASC"
    nulls = "LAST" if ordering.nulls_last else "FIRST"
    return f"{sql} {direction} NULLS {nulls}"
