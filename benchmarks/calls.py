"""Requests to the application without a server: made beforehand, then one call of WSGI each."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder

Environ = dict[str, Any]


def post(
    base_url: str, path: str, body: bytes, content_type: str, headers: Mapping[str, str]
) -> Environ:
    """A request, ready to be given to ``call`` once."""
    builder = EnvironBuilder(
        path,
        base_url=base_url,
        method="POST",
        input_stream=io.BytesIO(body),
        content_type=content_type,
        content_length=len(body),
        headers=list(headers.items()),
    )
    return builder.get_environ()


def call(app: Flask, environ: Environ) -> bytes:
    """The whole answer, which must be a good one."""
    answered: list[str] = []

    def start(status: str, _headers: Any, _error: Any = None) -> Callable[[bytes], object]:
        answered.append(status)
        return lambda _data: None

    body = b"".join(app.wsgi_app(environ, start))
    assert answered[0].startswith("20"), (answered[0], body[-400:])
    return body
