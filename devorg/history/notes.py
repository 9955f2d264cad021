"""What a call consisted of, and how it fared, in a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from devorg.history.events import ROWS_FAILED, Part

_MOST_PARTS = 25
_MOST_WORDS = 200


def parts_of(asked: Any, answered: Any) -> tuple[Part, ...]:
    """The calls inside a composite or a batch, each with its status."""
    if not isinstance(asked, dict) or not isinstance(answered, dict):
        return ()
    for wanted, given, body, status in (
        ("compositeRequest", "compositeResponse", "body", "httpStatusCode"),
        ("batchRequests", "results", "result", "statusCode"),
    ):
        calls, answers = asked.get(wanted), answered.get(given)
        if isinstance(calls, list) and isinstance(answers, list):
            pairs = zip(calls[:_MOST_PARTS], answers, strict=False)
            return tuple(
                _part(number, call, answer.get(status), answer.get(body))
                for number, (call, answer) in enumerate(pairs, start=1)
                if isinstance(call, dict) and isinstance(answer, dict)
            )
    return ()


def _part(number: int, call: dict[str, Any], status: Any, body: Any) -> Part:
    name = str(call.get("referenceId") or number)
    known = status if isinstance(status, int) else 0
    return Part(name, str(call.get("method")), str(call.get("url")), known, note_of(body))


def note_of(answered: Any) -> str:
    """An answer's errors in a line: its code and message, or how many rows failed and why."""
    if not isinstance(answered, list) or not answered:
        return ""
    first = answered[0]
    if isinstance(first, dict) and "errorCode" in first:
        return f"{first['errorCode']}: {first.get('message', '')}"[:_MOST_WORDS]
    if isinstance(first, dict) and "success" in first:
        return _rows(answered)
    return ""


def _rows(results: Sequence[Any]) -> str:
    failed = [each for each in results if isinstance(each, dict) and not each.get("success")]
    if not failed:
        return f"{len(results)} rows"
    codes = Counter(_code(each.get("errors")) for each in failed)
    why = ", ".join(f"{code} ×{count}" for code, count in codes.most_common(3))
    return f"{len(failed)} of {len(results)}{ROWS_FAILED}{why}"[:_MOST_WORDS]


def _code(errors: Any) -> str:
    """The status code of a row's first error."""
    first = errors[0] if isinstance(errors, list) and errors else None
    return str(first.get("statusCode")) if isinstance(first, dict) else "no reason"
