"""The one root of Inlay's errors.

Every error that people or machines may meet carries a machine ``reason`` (snake_case, used in logs,
metrics and problem+json) and a ``message``: one sentence for a human that says the next step.
"""

from __future__ import annotations


class InlayError(Exception):
    """Root of all errors raised by the application.

    Attributes:
        reason: Stable machine code, e.g. ``unknown_org``.
        message: A sentence for a human, with the next step. Never holds a secret.
    """

    reason: str = "error"

    def __init__(self, message: str, *, reason: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if reason is not None:
            self.reason = reason


class ConfigError(InlayError):
    """A setting is missing or wrong; the message names the variable and what it takes."""

    reason = "bad_config"


class TenancyError(InlayError):
    """Code tried to touch a row of another org, or a tenant table without an org."""

    reason = "tenancy"
