"""Salesforce's answers without Salesforce: asked once in this run, then given at once.

It stands below `requests`, so that all of our own work on a call is still done and measured.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from app.salesforce.gateway import Gateway


class Recorded(HTTPAdapter):
    """Sends a request that is new, and answers the same one from memory afterwards."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked = 0

    def send(
        self, request: requests.PreparedRequest, *_args: Any, **options: Any
    ) -> requests.Response:
        key = _key_of(request)
        if key not in self._answers:
            self.asked += 1
            fresh = super().send(request, **{**options, "stream": False})
            headers = {
                name: value for name, value in fresh.headers.items() if name in _KEPT_HEADERS
            }
            self._answers[key] = fresh.status_code, headers, fresh.content
        return self.build_response(request, _raw(*self._answers[key]))


_KEPT_HEADERS = ("Content-Type", "Sforce-Limit-Info")


def answer_from_memory(gateway: Gateway, origin: str) -> Recorded:
    """Let the gateway's calls to this origin be answered so."""
    adapter = Recorded()
    gateway.transport._session.mount(origin, adapter)  # the one door that all calls go through
    return adapter


def _key_of(request: requests.PreparedRequest) -> str:
    body = request.body or b""
    text = body if isinstance(body, bytes) else str(body).encode()
    return f"{request.method} {request.url} {hashlib.sha256(text).hexdigest()}"


def _raw(status: int, headers: Mapping[str, str], content: bytes) -> HTTPResponse:
    return HTTPResponse(
        io.BytesIO(content), headers=dict(headers), status=status, preload_content=False
    )
