"""Who asks a query, and when: what names, rights and date literals depend on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from devorg.names import Names
from devorg.schema import SObject
from devorg.soql import dates


def _everything(_: SObject) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Asker:
    """The user of a query, by what the query needs to know of the user."""

    names: Names
    user_id: str
    hidden: frozenset[tuple[str, str]]
    zone: str = "UTC"
    locale: str = "en_US"
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    # False for objects that the user's profile does not let read.
    readable: Callable[[SObject], bool] = _everything

    @property
    def today(self) -> date:
        """The day it is for the user."""
        return dates.today(self.now, ZoneInfo(self.zone))

    def sobject(self, api_name: str) -> SObject | None:
        """The object of that name, if the user may read it."""
        found = self.names.sobject(api_name)
        return found if found is not None and self.readable(found) else None


class Parameters:
    """The values of one statement; they travel beside its text, never inside it."""

    def __init__(self, user_id: str) -> None:
        self.values: dict[str, Any] = {"user": user_id}

    def add(self, value: Any) -> str:
        """Keep a value; the mark that stands for it."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f":{name}"
