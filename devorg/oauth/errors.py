"""OAuth's refusals, with the codes and descriptions of a real org."""

from __future__ import annotations

from flask import Response, jsonify

from devorg.errors import DevorgError


class OAuthError(DevorgError):
    """A refusal of the token endpoint and its neighbours: status 400 and a JSON object."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error, description)
        self.status = status

    def answer(self) -> tuple[Response, int]:
        """The body of a real org."""
        return jsonify(error=self.reason, error_description=self.message), self.status


def invalid_grant(description: str) -> OAuthError:
    """What was shown does not hold."""
    return OAuthError("invalid_grant", description)


EXPIRED_TOKEN = "expired access/refresh token"  # noqa: S105 - a sentence
NOT_INSTALLED = "External client app is not installed in this org"
BLOCKED = "this app is blocked by admin"
NOT_APPROVED = "user is not admin approved to access this app"
