"""How a real org refuses a query: code, message, and the place it points to."""

from __future__ import annotations

from devorg.errors import ApiError

# How much of a line a real org shows around the place, before it goes on to the next gap.
_AROUND = 30
_GAPS = " \t,"

_REFERENCE = "Please reference your WSDL or the describe call for the appropriate names."


def refusal(text: str, line: int, column: int, code: str, message: str) -> ApiError:
    """The 400 of a query, with the place it points to as real orgs show it.

    They show some 30 characters to each side, to the ends of the words that stand there
    (so in the recorded messages of long queries).
    """
    lines = text.split("\n")
    whole = lines[line - 1] if 0 < line <= len(lines) else text
    start, end = max(0, column - 1 - _AROUND), column - 1 + _AROUND
    while start and whole[start - 1] not in _GAPS:
        start -= 1
    while end < len(whole) and whole[end] not in _GAPS:
        end += 1
    pointer = " " * (column - 1 - start) + "^"
    return ApiError(
        400,
        code,
        f"\n{whole[start:end]}\n{pointer}\nERROR at Row:{line}:Column:{column}\n{message}",
    )


class Malformed(Exception):
    """Raised while a tree is built; the parser knows the text to show."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


def unknown(what: str) -> str:
    """What devorg says where a real org would answer."""
    return f"devorg does not support {what}"


def no_type(name: str) -> str:
    """INVALID_TYPE of a FROM."""
    return (
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object,"
        f" be sure to append the '__c' after the entity name. {_REFERENCE}"
    )


def no_column(name: str, entity: str) -> str:
    """INVALID_FIELD of a field."""
    return (
        f"No such column '{name}' on entity '{entity}'. If you are attempting to use a custom"
        f" field, be sure to append the '__c' after the custom field name. {_REFERENCE}"
    )


def no_relationship(name: str) -> str:
    """INVALID_FIELD of a path."""
    return (
        f"Didn't understand relationship '{name}' in field path. If you are attempting to"
        " use a custom relationship, be sure to append the '__r' after the custom relationship"
        f" name. {_REFERENCE}"
    )


def no_children(name: str) -> str:
    """INVALID_TYPE of a child query."""
    return (
        f"Didn't understand relationship '{name}' in FROM part of query call. If you are"
        " attempting to use a custom relationship, be sure to append the '__r' after the custom"
        f" relationship name. {_REFERENCE}"
    )
