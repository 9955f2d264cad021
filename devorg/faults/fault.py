"""One thing that goes wrong, in the words of the control API."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from devorg.errors import ApiError, ControlError, RowError

CALL_KINDS: Final = frozenset({"hang", "delay", "drop"})
# What refuses a call for the whole org, whatever it holds.
SERVICE_KINDS: Final = frozenset({"limit", "maintenance", "expire"})
REFUSING_KINDS: Final = frozenset({"lock", "error"})
ROW_KINDS: Final = REFUSING_KINDS | {"automation", "rewrite", "lag"}
KINDS: Final = CALL_KINDS | SERVICE_KINDS | ROW_KINDS | {"status"}
OPERATIONS: Final = frozenset({"", "create", "update", "upsert", "delete"})
TRANSFORMS: Final = frozenset({"", "upper", "lower", "append", "truncate", "clear"})
_DEFAULT_SECONDS = 30.0
_API = "/services/data"
_CODES = {400: "UNKNOWN_EXCEPTION", 401: "INVALID_SESSION_ID", 403: "REQUEST_LIMIT_EXCEEDED",
          404: "NOT_FOUND", 503: "SERVER_UNAVAILABLE"}  # fmt: skip
_SERVICE_ERRORS: Final = {
    "limit": (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    "maintenance": (503, "SERVER_UNAVAILABLE", "The server is down for maintenance."),
    "expire": (401, "INVALID_SESSION_ID", "Session expired or invalid"),
}
_LOCKED = "unable to obtain exclusive access to this record or 1 records: "
_LIMITS: Final = {
    "cpu": "Apex CPU time limit exceeded",
    "soql": "Too many SOQL queries: 101",
    "dml": "Too many DML statements: 151",
    "rows": "Too many DML rows: 10001",
}


@dataclass(eq=False, slots=True)
class Fault:
    """What goes wrong, where, how often.

    hang: waits `seconds`, then closes the connection. delay: waits `seconds`, and
    `per_row_ms` for each row written. drop: closes the connection. status: the call, or the part
    of a composite, is refused. limit: the day's API calls are used up. maintenance: nobody gets
    in. expire: all sessions end. lock and error: rows are refused. automation: all rows of an
    object are refused when more than `more_than` of them come in one transaction, for a `limit`
    of Apex. rewrite: a before-save flow sets `field` to `value`, or transforms it. lag: rows
    become visible `seconds` after the SystemModstamp that they carry.

    `after` lets the work be done and committed first, which leaves the client with an ambiguous
    answer. A fault strikes where the path contains `match`, and rows of `sobject`, written by
    `operation`, whose JSON has `contains`; after `skip` such calls, at most in `times` calls, and
    in a `share` of them (of the rows, for rows) that `seed` decides.
    """

    kind: str
    match: str = ""
    seconds: float = _DEFAULT_SECONDS
    status: int = 500
    errorCode: str = ""  # noqa: N815 - the word of the control API
    message: str = ""
    fields: Sequence[str] = ()
    times: int | None = None
    skip: int = 0
    share: float = 1.0
    seed: int = 0
    after: bool = False
    per_row_ms: float = 0.0
    contains: str = ""
    sobject: str = ""
    operation: str = ""
    more_than: int = 0
    limit: str = "cpu"
    field: str = ""
    value: Any = None
    transform: str = ""
    # How often it has struck: calls, or rows for faults of rows.
    struck: int = dataclasses.field(default=0, init=False)
    number: int = dataclasses.field(default=0, init=False)
    _dice: random.Random = dataclasses.field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - chance for tests, not a secret

    def shown(self) -> dict[str, Any]:
        """The fault as `GET /_devorg/faults` lists it."""
        names = [each.name for each in fields(self) if not each.name.startswith("_")]
        return {name: getattr(self, name) for name in names}

    def rolls(self) -> bool:
        """Whether chance lets it strike this time."""
        return self.share >= 1 or self._dice.random() < self.share

    def concerns(self, paths: Sequence[str], objects: frozenset[str]) -> bool:
        """Whether it could strike a call on one of these paths that touches these objects."""
        touched = not self.sobject or self.sobject.lower() in objects
        return touched and any(self.match in path for path in paths)

    def api_error(self) -> ApiError:
        """The answer of a `status` fault, or of one of the whole service."""
        if self.kind in SERVICE_KINDS:
            status, code, message = _SERVICE_ERRORS[self.kind]
            return ApiError(status, self.errorCode or code, self.message or message)
        code = self.errorCode or _CODES.get(self.status, "UNKNOWN_EXCEPTION")
        return ApiError(self.status, code, self.message or "A fault of the test made this fail.")

    def rewritten(self, value: Any) -> Any:
        """What a rewrite makes of a value."""
        text = "" if value is None else str(value)
        made: dict[str, Any] = {
            "": self.value,
            "upper": text.upper(),
            "lower": text.lower(),
            "append": f"{text}{self.value}",
            "truncate": text[: self.value if isinstance(self.value, int) else 0],
            "clear": None,
        }
        return made[self.transform]

    def row_error(self, record_id: str = "") -> RowError:
        """The refusal of a row by a `lock`, `error` or `automation` fault."""
        if self.kind == "lock":
            return RowError("UNABLE_TO_LOCK_ROW", self.message or _LOCKED + record_id, self.fields)
        if self.kind == "automation":
            limit = f"{self.sobject or 'Record'}Trigger: System.LimitException: "
            text = self.message or limit + _LIMITS[self.limit]
            return RowError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", text, self.fields)
        code = self.errorCode or "FIELD_CUSTOM_VALIDATION_EXCEPTION"
        return RowError(code, self.message or "A fault of the test refused this row.", self.fields)


def fault_from(body: Mapping[str, Any]) -> Fault:
    """A fault as the control API states it. Raises ControlError."""
    known = {each.name: each for each in fields(Fault) if each.init}
    unknown = sorted(set(body) - set(known))
    if unknown:
        raise ControlError("fault", f"A fault has no {', '.join(unknown)}.")
    if body.get("kind") not in [*KINDS]:
        raise ControlError("fault", f"kind must be one of {', '.join(sorted(KINDS))}.")
    given = dict(body)
    if given["kind"] == "delay":
        given.setdefault("seconds", 0.0)
    if given["kind"] in {"limit", "expire"}:
        # The day's limit and sessions are of the API; a login goes on.
        given.setdefault("match", _API)
    _check_words(given)
    return Fault(**given)


_CHOICES: Final = {"operation": OPERATIONS, "transform": TRANSFORMS, "limit": frozenset(_LIMITS)}
_NUMBERS: Final = ("seconds", "per_row_ms", "share", "skip", "times", "more_than", "status")
_TYPES: Final[Mapping[str, tuple[type, str]]] = {
    **dict.fromkeys(
        ("match", "errorCode", "message", "contains", "sobject", "field"), (str, "a text")
    ),
    "after": (bool, "true or false"),
    "seed": (int, "a whole number"),
    "fields": (list, "a list of names"),
}


def _check_words(given: Mapping[str, Any]) -> None:
    """Refuse words that a fault could not act on. Raises ControlError."""
    for word, value in given.items():
        allowed = _CHOICES.get(word)
        if allowed is not None and value not in [*allowed]:
            known = ", ".join(sorted(each for each in allowed if each))
            raise ControlError("fault", f"{word} must be one of {known}.")
        kind, called = _TYPES.get(word, (object, ""))
        if not isinstance(value, kind):
            raise ControlError("fault", f"{word} must be {called}.")
        if word in _NUMBERS and not _is_count(value) and not (word == "times" and value is None):
            raise ControlError("fault", f"{word} must be a number that is not negative.")
    if given["kind"] == "rewrite" and not (given.get("field") and given.get("sobject")):
        raise ControlError("fault", "A rewrite needs an sobject and a field.")


def _is_count(value: Any) -> bool:
    return isinstance(value, int | float) and value >= 0
