"""What can go wrong in the simulated org, each with the body a real org answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class DevorgError(Exception):
    """Root of devorg's own errors: a machine code and a sentence for a human."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message


class ConfigError(DevorgError):
    """The settings cannot be used."""


class ControlError(DevorgError):
    """A call of the control API that cannot be understood; answered with status 400."""


class ApiError(DevorgError):
    """A whole request refused by the REST API.

    `fields` is None where a real org leaves the key out (INVALID_SESSION_ID, NOT_FOUND);
    `headers` go with the answer, `details` with the error, `others` after it.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: Sequence[str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        details: Mapping[str, Any] | None = None,
        others: Sequence[ApiError] = (),
    ) -> None:
        super().__init__(code, message)
        self.status = status
        self.fields = fields
        self.headers = dict(headers or {})
        self.details = dict(details or {})
        self.others = others

    def body(self) -> list[dict[str, Any]]:
        """The REST error body: a list of one, or of all that is wrong with a row."""
        entry: dict[str, Any] = {
            **self.details,
            "message": self.message,
            "errorCode": self.reason,
        }
        if self.fields is not None:
            entry["fields"] = list(self.fields)
        return [entry, *(each for other in self.others for each in other.body())]


class RowError(DevorgError):
    """One row refused: a body of its own in CRUD, an entry of `errors` in a collection.

    `details` are told by single-row calls alone; `others` are further errors of the row.
    """

    def __init__(
        self,
        code: str,
        message: str,
        fields: Sequence[str] = (),
        *,
        status: int = 400,
        details: Mapping[str, Any] | None = None,
        others: Sequence[RowError] = (),
    ) -> None:
        super().__init__(code, message)
        self.fields = list(fields)
        self.status = status
        self.details = details
        self.others = others

    def all(self) -> list[RowError]:
        """Everything that is wrong with the row."""
        return [self, *self.others]

    def entry(self) -> dict[str, Any]:
        """The form inside a collection's result (the key is `statusCode` there)."""
        return {"statusCode": self.reason, "message": self.message, "fields": self.fields}

    def as_api_error(self) -> ApiError:
        """The form of a single-row call."""
        return ApiError(
            self.status, self.reason, self.message,
            # A recorded DUPLICATES_DETECTED has its details in place of the fields.
            None if self.details else self.fields,
            details=self.details, others=[each.as_api_error() for each in self.others],
        )  # fmt: skip


class DropError(DevorgError):
    """A fault: the connection ends without an answer."""

    def __init__(self) -> None:
        super().__init__("dropped", "The connection is closed without an answer.")
