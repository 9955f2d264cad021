"""Record types: kinds of one object, each with an id; `MASTER` is the one that every object has."""

from __future__ import annotations

from dataclasses import dataclass

from devorg import ids


@dataclass(frozen=True, slots=True)
class RecordType:
    """One record type of an object."""

    id: str
    developer_name: str
    name: str
    active: bool = True
    description: str | None = None

    @classmethod
    def numbered(cls, number: int, developer_name: str, name: str, *, active: bool) -> RecordType:
        """The `number`-th record type of an org."""
        return cls(ids.make("012", number), developer_name, name, active)


MASTER = RecordType("012000000000000AAA", "Master", "Master")
