"""What is wrong with a member, in sentences of ours: the caller knows no library that we use."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic_core import ErrorDetails

TIME = "must be a time as RFC 3339 writes it, e.g. 2026-11-21T09:30:00Z"

_SENTENCES: Mapping[str, str] = {
    # type of pydantic's error: sentence, with what its context holds
    "missing": "is needed",
    "extra_forbidden": "is no member that this address takes; look for a typo",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "string_too_long": "must not be longer than {max_length} characters",
    "list_type": "must be a list",
    "dict_type": "must be a JSON object",
    "model_type": "must be a JSON object",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "timezone_aware": "must name its zone, e.g. 2026-11-21T09:30:00Z",
    "datetime_type": TIME,
    "datetime_parsing": TIME,
    "datetime_from_date_parsing": TIME,
}
_ONE_AT_LEAST = "must hold at least one item"
_ONE_AT_MOST_SO_MANY = "must not hold more than {max_length} items"


def sentence(detail: ErrorDetails) -> str:
    """The sentence for an error; those that our own checks raise are sentences already."""
    context = detail.get("ctx", {})
    match detail["type"]:
        case "value_error":
            return str(context["error"])
        case "too_short":
            return _ONE_AT_LEAST
        case "too_long":
            is_list = context.get("field_type") == "List"
            text = _ONE_AT_MOST_SO_MANY if is_list else _SENTENCES["string_too_long"]
            return text.format_map(context)
        case kind:
            return _SENTENCES.get(kind, "has another form than is taken here").format_map(context)
