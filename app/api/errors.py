"""What a caller of the API is told when a whole request is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.errors import InlayError


class ApiError(InlayError):
    """A refused request, answered with problem+json.

    Attributes:
        status: HTTP status.
        errors: What is wrong where: ``{"field", "message"}`` each.
        headers: Of the answer.
    """

    reason = "api_error"
    status = 400

    def __init__(
        self,
        message: str,
        *,
        reason: str | None = None,
        status: int | None = None,
        errors: Sequence[dict[str, Any]] = (),
    ) -> None:
        super().__init__(message, reason=reason)
        self.status = status or self.status
        self.errors = list(errors)

    @property
    def headers(self) -> dict[str, str]:
        """Headers that the answer carries."""
        return {}


class NotAuthenticatedError(ApiError):
    """No API key, or one that is unknown or revoked."""

    reason = "bad_api_key"
    status = 401

    @property
    def headers(self) -> dict[str, str]:
        """How to authenticate (RFC 9110, 11.6.1)."""
        return {"WWW-Authenticate": 'Bearer realm="inlay"'}


class OrgNotServedError(ApiError):
    """The key is right, but its org is not served."""

    reason = "org_not_served"
    status = 403
