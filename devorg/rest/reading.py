"""From an HTTP request to a method and a body: overrides, compression, JSON, CSV and forms."""

from __future__ import annotations

import json
import zlib
from typing import Any, NoReturn

from flask import Request

from devorg.errors import ApiError
from devorg.rest.call import Form

# What an unpacked body may have; larger ones are bombs, or mistakes.
_MOST_BYTES = 400 * 1024 * 1024
_REFUSED = ("application/xml", "text/xml", "application/x-www-form-urlencoded")


def method_of(request: Request) -> str:
    """The method meant: a POST may carry another one in `_HttpMethod`, for old proxies."""
    if request.method == "HEAD":
        return "GET"
    meant = request.args.get("_HttpMethod", "").upper()
    return meant if request.method == "POST" and meant else request.method


def check_accept(request: Request) -> None:
    """Refuse clients that want XML alone, which real orgs speak too and devorg does not."""
    wanted = request.headers.get("Accept", "")
    if "xml" in wanted and not any(each in wanted for each in ("json", "*/*", "text/csv")):
        message = f"devorg answers JSON only; this request accepts only {wanted}."
        raise ApiError(406, "NOT_ACCEPTABLE", message)


def body_of(request: Request) -> Any:
    """JSON as values, CSV as bytes, a form as its parts; None for no body. Raises ApiError."""
    kind = request.mimetype
    if kind == "multipart/form-data":
        return _form(request)
    data = _unpacked(request)
    if not data:
        return b"" if kind == "text/csv" else None
    if kind == "text/csv":
        return _utf8(request, data)
    if kind in _REFUSED:
        message = f"Content-Type header specified in HTTP request is not supported: {kind}"
        raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", message)
    return parsed(data)


def _utf8(request: Request, data: bytes) -> bytes:
    """CSV as it came. Raises ApiError for other encodings, which nobody would convert."""
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        message = f"Files must be in UTF-8, not in {charset}."
        raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", message)
    return data


def _form(request: Request) -> Form:
    files = {name: each.read() for name, each in request.files.items()}
    fields = {name: str(value).encode() for name, value in request.form.items()}
    return Form({**fields, **files})


def _unpacked(request: Request) -> bytes:
    """The body as sent, or unpacked where it says it is packed. Raises ApiError."""
    data = request.get_data(cache=False)
    packed = request.headers.get("Content-Encoding", "identity").lower()
    if packed == "identity" or not data:
        return data
    if packed not in {"gzip", "deflate"}:
        message = f"Content-Encoding {packed} is not supported."
        raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", message)
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)  # either header, by what is there
    try:
        plain = unpacking.decompress(data, _MOST_BYTES)
    except zlib.error as error:
        message = f"The body is not in {packed} format: {error}"
        raise ApiError(400, "UNKNOWN_EXCEPTION", message) from error
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise ApiError(400, "UNKNOWN_EXCEPTION", f"The {packed} body is too large or cut off.")
    return plain


def parsed(data: bytes) -> Any:
    """The value of a JSON text. Raises ApiError as a real org does."""
    try:
        return json.loads(data, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ApiError(400, "JSON_PARSER_ERROR", _told(error)) from error
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "JSON_PARSER_ERROR", str(error)) from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"Non-standard token '{name}': not allowed in JSON")


def _told(error: json.JSONDecodeError) -> str:
    """A parser's complaint with the place, in the words of the real one."""
    place = f"at [line:{error.lineno}, column:{error.colno + 1}]"
    if error.pos >= len(error.doc):
        return f"Unexpected end-of-input: {error.msg} {place}"
    char = error.doc[error.pos]
    return f"Unexpected character ('{char}' (code {ord(char)})): {error.msg} {place}"
