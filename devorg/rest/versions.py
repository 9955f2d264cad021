"""The versions of the API that devorg speaks."""

from __future__ import annotations

from typing import Any

from devorg.errors import ApiError
from devorg.rest.call import not_found

# What devorg knows is how 60 to 68 behave; older ones, which clients still ask for by default,
# are answered as 60 is.
FIRST, LAST = 31, 68
_SPRING_24 = 60
VERSIONS = tuple(f"{number}.0" for number in range(FIRST, LAST + 1))
# Versions 21 to 30 are retired since Summer '25.
_RETIRED = tuple(f"{number}.0" for number in range(21, 31))
_SEASONS = ("Spring", "Summer", "Winter")


def _release(number: int) -> str:
    """The name of an API version: 60 is Spring '24, three a year."""
    season = _SEASONS[number % 3]
    year = 24 + (number - _SPRING_24) // 3 + (season == "Winter")
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
    if not version.startswith("v") or number not in VERSIONS:
        raise not_found()
