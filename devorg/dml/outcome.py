"""What became of the rows of a batch."""

from __future__ import annotations

from dataclasses import dataclass, field

from devorg.errors import RowError


@dataclass(slots=True)
class Outcome:
    """What became of one row. `created` is told for upserts only."""

    id: str | None = None
    created: bool | None = None
    errors: list[RowError] = field(default_factory=list)

    @property
    def success(self) -> bool:
        """True if the row was written."""
        return not self.errors
