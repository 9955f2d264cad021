"""One JSON value for one field: normalised as a real org stores it, or refused."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from devorg import ids, moments
from devorg.errors import ApiError, RowError
from devorg.schema import Field, Schema
from devorg.schema.fields import TEXT_TYPES

_EMAIL = re.compile(r"[^@\s,;:<>()\[\]\\\"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_SHOWN = 100


def stored(schema: Schema, field: Field, api_name: str, value: Any) -> Any:
    """The value as stored; blanks are null.

    Raises RowError for a value that breaks a rule, ApiError for one of the wrong JSON type,
    which makes a real org refuse the whole request.
    """
    if value is None or value == "":
        return False if field.type == "boolean" else None
    if isinstance(value, dict | list):
        raise _unreadable(field, value)
    if field.type in {"id", "reference"}:
        return _reference(schema, field, api_name, value)
    if field.type in TEXT_TYPES:
        return _choice(field, api_name, _text(field, api_name, value))
    if field.type in {"date", "datetime", "time"}:
        return _moment(field, value)
    if field.type == "boolean":
        return _boolean(field, value)
    return _number(field, api_name, value)


def _unreadable(field: Field, value: Any) -> ApiError:
    kind = "START_OBJECT" if isinstance(value, dict | list) else f"VALUE_STRING value {value}"
    message = (
        f"Cannot deserialize instance of {field.type} from {kind} or request may be missing a"
        " required field"
    )
    return ApiError(400, "JSON_PARSER_ERROR", message)


def _text(field: Field, api_name: str, value: Any) -> str | None:
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    text = text.strip()
    if len(text) > field.length:
        message = (
            f"{field.label}: data value too large: {text[:_SHOWN]} (max length={field.length})"
        )
        raise RowError("STRING_TOO_LONG", message, [api_name])
    if field.type == "email" and text and not _EMAIL.fullmatch(text):
        message = f"{field.label}: invalid email address: {text}"
        raise RowError("INVALID_EMAIL_ADDRESS", message, [api_name])
    return text or None


def _choice(field: Field, api_name: str, text: str | None) -> str | None:
    """A restricted picklist takes the values on its list alone, a multi-select several of them."""
    if text is None or field.type not in {"picklist", "multipicklist"}:
        return text
    chosen = [text] if field.type == "picklist" else _several(text)
    wrong = [each for each in chosen if each not in field.values]
    if field.restricted and wrong:
        message = f"{field.label}: bad value for restricted picklist field: {wrong[0]}"
        raise RowError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [api_name])
    return ";".join(chosen) or None


def _several(text: str) -> list[str]:
    return list(dict.fromkeys(each.strip() for each in text.split(";") if each.strip()))


def _reference(schema: Schema, field: Field, api_name: str, value: Any) -> str:
    record_id = ids.to_18(str(value))
    if record_id is None:
        message = f"{field.label}: id value of incorrect type: {value}"
        raise RowError("MALFORMED_ID", message, [api_name])
    target = schema.object_of(record_id)
    if target is None or target.name not in field.references:
        message = f"{field.label}: id value of incorrect type: {value}"
        raise RowError("FIELD_INTEGRITY_EXCEPTION", message, [api_name])
    return record_id


def _moment(field: Field, value: Any) -> str:
    text = str(value)
    if field.type == "time":
        clock = moments.clock(text)
        if clock is None:
            raise _unreadable(field, value)
        return clock
    if field.type == "date":
        if not moments.is_date(text[:10]) or (len(text) > 10 and moments.read(text) is None):
            raise _unreadable(field, value)
        return text[:10]
    moment = moments.read(text)
    if moment is None:
        raise _unreadable(field, value)
    return moments.write(moment)


def _boolean(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in {"true", "false"}:
        return str(value).lower() == "true"
    raise _unreadable(field, value)


def _number(field: Field, api_name: str, value: Any) -> int | float:
    if isinstance(value, bool):
        raise _unreadable(field, value)
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise _unreadable(field, value) from error
    whole = field.precision - field.scale if field.precision else 18
    # Far beyond the range, before it is rounded: what has no digits to round to.
    outside = not number.is_finite() or abs(number) > 10**whole
    rounded = Decimal(0) if outside else number.quantize(_step(field), ROUND_HALF_UP)
    if outside or abs(rounded) >= 10**whole:
        message = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise RowError("NUMBER_OUTSIDE_VALID_RANGE", message, [api_name])
    return int(rounded) if field.type == "int" else float(rounded)


def _step(field: Field) -> Decimal:
    return Decimal(1).scaleb(-field.scale)
