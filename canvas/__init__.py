"""Salesforce Canvas as a library: no Flask, no database, imports nothing of ours."""

from canvas import freshness, session
from canvas.clouds import CLOUDS, Cloud
from canvas.envelope import Envelope, RecordReference
from canvas.errors import CanvasError, HostError, SessionError, SignedRequestError
from canvas.framing import (
    check_instance_url,
    check_login_url,
    check_page_origin,
    frame_ancestors,
    is_salesforce_host,
)
from canvas.ids import to_18
from canvas.session import FrameClaims
from canvas.signed_request import mac_of, verify

__all__ = [
    "CLOUDS",
    "CanvasError",
    "Cloud",
    "Envelope",
    "FrameClaims",
    "HostError",
    "RecordReference",
    "SessionError",
    "SignedRequestError",
    "check_instance_url",
    "check_login_url",
    "check_page_origin",
    "frame_ancestors",
    "freshness",
    "is_salesforce_host",
    "mac_of",
    "session",
    "to_18",
    "verify",
]
