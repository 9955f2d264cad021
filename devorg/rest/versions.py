"""The versions of the API that devorg speaks."""

from __future__ import annotations

from typing import Any

from devorg.errors import ApiError
from devorg.rest.call import not_found

FIRST, LAST = 60, 68
VERSIONS = tuple(f"{number}.0" for number in range(FIRST, LAST + 1))
# Versions 21 to 30 are retired since Summer '25.
_RETIRED = tuple(f"{number}.0" for number in range(21, 31))
_OLDER = tuple(f"{number}.0" for number in range(31, FIRST))
_SEASONS = ("Spring", "Summer", "Winter")


def _release(number: int) -> str:
    """The name of an API version: 60 is Spring '24, three a year."""
    season = _SEASONS[number % 3]
    year = 24 + (number - FIRST) // 3 + (season == "Winter")
    return f"{season} '{year}"


def listed() -> list[dict[str, Any]]:
    """What `/services/data` answers."""
    return [
        {
            "label": _release(number),
            "url": f"/services/data/v{number}.0",
            "version": f"{number}.0",
        }
        for number in range(FIRST, LAST + 1)
    ]


def check(version: str) -> None:
    """Refuse a version that there is not, or not any more. Raises ApiError."""
    number = version.removeprefix("v")
    if version.startswith("v") and number in _RETIRED:
        message = f"The API version {number} is retired."
        raise ApiError(410, "GONE", message)
    if version.startswith("v") and number in _OLDER:
        # A real org answers these; whoever meets this should know why devorg does not.
        message = (
            f"devorg speaks the API versions {FIRST}.0 to {LAST}.0; this call asks for {number}."
        )
        raise ApiError(404, "NOT_FOUND", message)
    if not version.startswith("v") or number not in VERSIONS:
        raise not_found()
