"""What can be wrong with a Canvas request, a frame's bearer or a host: a code and a sentence each.

No message ever holds text of the request: it may be shown on a page and written to a log.
"""

from __future__ import annotations

from typing import ClassVar


class CanvasError(Exception):
    """Root of this package's errors: `reason` is the machine code, `message` what a human reads."""

    default_messages: ClassVar[dict[str, str]] = {}

    def __init__(self, reason: str, message: str = "") -> None:
        self.reason = reason
        self.message = message or self.default_messages.get(reason, reason)
        # args carry both, so that the exception survives pickling between processes
        super().__init__(self.reason, self.message)

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


class SignedRequestError(CanvasError):
    """The posted signed request is not to be believed, or not to be used any more."""

    default_messages: ClassVar[dict[str, str]] = {
        "missing": "Salesforce sent no signed request. Reload the record page.",
        "too_large": "The request is too large. An admin should pass fewer parameters or fields.",
        "bad_format": "This is not a signed request of Salesforce. Reload the record page.",
        "bad_signature": "The signature does not fit. An admin should compare the consumer secret.",
        "bad_encoding": "The signed request cannot be decoded. Reload the record page.",
        "bad_payload": "The signed request has an unknown form. Please contact support.",
        "wrong_algorithm": "The signed request names an unknown algorithm. Please contact support.",
        "missing_organization": "The request names no organization. An admin should let the canvas "
        "lifecycle class include it.",
        "missing_user": "The request names no user. An admin should let the canvas lifecycle class "
        "include it.",
        "stale": "The request is too old. Reload the record page.",
        "from_future": "The request is dated in the future. Reload the record page.",
    }


class SessionError(CanvasError):
    """The bearer of a frame is missing, not ours, over, or of somebody else."""

    default_messages: ClassVar[dict[str, str]] = {
        "bearer_missing": "This frame has no session. Reload the record page.",
        "bearer_invalid": "This frame's session is not valid. Reload the record page.",
        "bearer_expired": "This frame's session is over. It is renewed through Salesforce.",
        "other_org": "This session belongs to another organization. Reload the record page.",
        "other_user": "This session belongs to another user. Reload the record page.",
        "other_record": "This session belongs to another record. Reload the record page.",
    }


class HostError(CanvasError):
    """A URL that must be Salesforce's is not (`bad_url`: no plain https URL, `foreign_host`)."""

    default_messages: ClassVar[dict[str, str]] = {
        "bad_url": "The address is not a plain https address of Salesforce.",
        "foreign_host": "The address does not belong to Salesforce.",
    }
