"""What the platform itself does to a row of each object: derived fields, and refusals.

Sources: the public object reference of Task, Event, Opportunity and Lead.
"""

from __future__ import annotations

from collections.abc import Callable

from devorg.dml import activities
from devorg.dml.context import Context
from devorg.errors import RowError
from devorg.rows import Record
from devorg.schema.sales import STAGES, forecast_of
from devorg.shapes import person_accounts


def apply(name: str, record: Record, changed: frozenset[str], context: Context) -> None:
    """Complete a whole record in place; `changed` are the bare names being written.

    Raises RowError.
    """
    rule = _RULES.get(name)
    if rule is not None:
        rule(record, changed, context)


def _person(record: Record, changed: frozenset[str], _context: Context) -> None:
    if record.get("IsConverted"):
        raise RowError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    if changed & {"FirstName", "LastName"}:
        parts = (record.get("FirstName"), record.get("LastName"))
        record["Name"] = " ".join(part for part in parts if part)


def _opportunity(record: Record, changed: frozenset[str], _context: Context) -> None:
    if "StageName" in changed:
        # A stage that the picklist does not know is accepted, and open.
        probability, closed, won = STAGES.get(record["StageName"] or "", (0, False, False))
        record["IsClosed"], record["IsWon"] = closed, won
        if "Probability" not in changed:
            record["Probability"] = probability
        if "ForecastCategoryName" not in changed:
            record["ForecastCategoryName"] = forecast_of(closed=closed, won=won)


def _account(record: Record, changed: frozenset[str], _context: Context) -> None:
    person_accounts.complete(record, changed)


_RULES: dict[str, Callable[[Record, frozenset[str], Context], None]] = {
    "Account": _account,
    "Contact": _person,
    "Lead": _person,
    "Opportunity": _opportunity,
    "Task": activities.task,
    "Event": activities.event,
}
