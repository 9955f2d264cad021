"""What a client's headers say about how its rows are to be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_DUPLICATES = "sforce-duplicate-rule-header"
_ASSIGNMENT = "sforce-auto-assign"


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How to write: duplicates that only alert may be saved; leads and cases get their owner."""

    allow_duplicates: bool = False
    show_duplicates: bool = False
    auto_assign: bool = True


def options_of(headers: Mapping[str, str]) -> WriteOptions:
    """The options in headers whose names are in lower case."""
    words = {
        name.strip().lower(): value.strip().lower()
        for name, _, value in (
            part.partition("=") for part in headers.get(_DUPLICATES, "").split(";")
        )
    }
    return WriteOptions(
        allow_duplicates=words.get("allowsave") == "true",
        show_duplicates=words.get("includerecorddetails") == "true",
        # Absent, TRUE or the Id of a rule: the active rule runs.
        auto_assign=headers.get(_ASSIGNMENT, "").strip().lower() != "false",
    )
