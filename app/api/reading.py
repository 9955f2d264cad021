"""From a request's body to checked items: one bad item does not spoil the batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
from flask import request
from pydantic import BaseModel, ValidationError

from app.api.errors import ApiError
from app.api.sentences import sentence
from app.web.problem import problem_body

Model = TypeVar("Model", bound=BaseModel)

#: Mistakes of one item, or of the whole body, that an answer names.
MOST_ERRORS = 20
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Checked(Generic[Model]):
    """Items by their place in the batch: the good ones, and why the others are not."""

    good: dict[int, Model]
    problems: dict[int, dict[str, Any]]


def batch(model: type[Model]) -> Model:
    """The body as this model, its items not yet looked into.

    Raises:
        ApiError: Not JSON (415), malformed (400), or of another form (422).
    """
    if request.mimetype != "application/json":
        raise ApiError(
            "Send JSON with the header Content-Type: application/json.",
            reason="unsupported_media_type",
            status=415,
        )
    try:
        body = msgspec.json.decode(request.get_data(cache=False))
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ApiError(_no_json(error), reason="malformed_json") from None
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise ApiError(
            "The body has another form than this address takes; see errors.",
            reason="invalid_request",
            status=422,
            errors=field_errors(error),
        ) from None


def check(model: type[Model], items: Sequence[Any]) -> Checked[Model]:
    """Each item as this model, or a problem with the names of the members that are wrong."""
    checked: Checked[Model] = Checked({}, {})
    for index, item in enumerate(items):
        try:
            checked.good[index] = model.model_validate(item)
        except ValidationError as error:
            checked.problems[index] = problem_body(
                422,
                "invalid_item",
                "This item was left out; mend what errors names and send it again.",
                errors=field_errors(error),
            )
    return checked


def field_errors(error: ValidationError) -> list[dict[str, str]]:
    """What is wrong where, the first of it: an answer must not outgrow what was sent.

    The values themselves are not repeated: they may be personal.
    """
    details = error.errors(include_url=False, include_input=False)
    told = [
        {"field": _name(detail["loc"]), "message": sentence(detail)}
        for detail in details[:MOST_ERRORS]
    ]
    if more := len(details) - len(told):
        told.append({"field": "", "message": f"and {more} more; mend these first"})
    return told


def _name(location: Iterable[int | str]) -> str:
    return ".".join(str(part)[:_LONGEST_NAME] for part in location)


def _no_json(error: Exception) -> str:
    """What is wrong, as far as the decoder tells it in words for others."""
    match error:
        case RecursionError():
            return "The body is nested too deeply."
        case msgspec.ValidationError():
            return "The body holds a number that is too large; send it as text."
        case msgspec.MsgspecError():
            told = str(error).removeprefix("JSON is malformed: ")
            return f"The body is no JSON: {told[:1].lower()}{told[1:]}."
        case _:
            return "The body is no JSON in UTF-8."
