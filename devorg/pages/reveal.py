"""Recorded calls made readable: unpacked, pretty, and without tokens and secrets.

Masking works on the text that is shown, whatever kind of body it came from, so that a body that
is cut off in its middle hides as much as a whole one.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from devorg.history import MOST_BYTES, Body, Event

_SECRETS: Final = (
    "access_token", "refresh_token", "id_token", "client_secret", "consumerSecret", "password",
    "pw", "code_verifier", "assertion", "client_assertion", "token", "signed_request",
    "oauthToken", "refreshToken", "sessionId", "accessToken", "oauth_token", "session_id",
)  # fmt: skip
# In JSON `code` is the code of an error, in a form it opens the org.
_FORM_SECRETS: Final = frozenset({*_SECRETS, "code", "sid"})
_NAMES = "|".join(_SECRETS)
_JSON_SECRET = re.compile(rf'(\\?"(?:{_NAMES})\\?"\s*:\s*\\?")((?:[^"\\]|\\(?!"))+)')
_XML_SECRET = re.compile(rf"(<(?:\w+:)?(?:{_NAMES})(?:\s[^>]{{0,200}})?>)(.+?)(?=</|\Z)", re.DOTALL)
# In the query or the fragment of an address, such as the one that a login leads back to.
_QUERY_SECRET = re.compile(rf"([?&#](?:{_NAMES}|code|sid)=)([^&#\s\"'<>\\]+)")
# A token of this org or another, a refresh token, a JWT, a signed request.
_SHAPES = re.compile(
    r"00D[A-Za-z0-9]{12}![^\s\"'<>&,\\]+"
    r"|5Aep[\w.]{20,}"
    r"|(?<![\w-])eyJ[\w-]{10,}\.[\w-]+\.[\w-]*"
    r"|[A-Za-z0-9+/]{43}=\.[A-Za-z0-9+/=]{40,}"
)
_HEADERS: Final = frozenset({"authorization", "cookie", "set-cookie", "x-sfdc-session"})
_DULL: Final = frozenset(
    {"host", "connection", "content-length", "accept-encoding", "x-devorg-canvas", "content-type"}
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A body as a page shows it. `cut`: there was more of it than is kept."""

    text: str
    size: int
    cut: bool
    kind: str


def masked(value: str) -> str:
    """What stands for a secret."""
    return f"••• {len(value)} characters"


def hidden(text: str) -> str:
    """A text without the secrets in it."""
    text = _JSON_SECRET.sub(lambda found: found[1] + masked(found[2]), text)
    text = _XML_SECRET.sub(lambda found: found[1] + masked(found[2]), text)
    text = _QUERY_SECRET.sub(lambda found: found[1] + masked(found[2]), text)
    return _SHAPES.sub(lambda found: masked(found[0]), text)


def body(given: Body) -> Shown:
    """A body, ready to be read."""
    data = _unpacked(given)
    kind = given.kind.partition(";")[0].strip().lower()
    cut = given.size > len(given.data) or len(data) > MOST_BYTES
    text = data[:MOST_BYTES].decode("utf-8", "replace")
    if kind == "application/x-www-form-urlencoded":
        text = "\n".join(f"{name} = {value}" for name, value in pairs(text))
    elif kind == "text/html":
        text = ""
    else:
        text = hidden(_pretty(text))
    return Shown(text, given.size, cut, kind)


def _unpacked(given: Body) -> bytes:
    if given.coding not in {"gzip", "deflate"}:
        return given.data
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(given.data, MOST_BYTES + 1)
    except zlib.error:
        return given.data


def _pretty(text: str) -> str:
    """JSON with a line for each value; anything else as it is."""
    if text[:1] not in {"{", "["}:
        return text
    try:
        pretty = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
    # JSON may escape halves of characters, which no page can be made of.
    return pretty.encode("utf-8", "replace").decode()


def pairs(text: str) -> list[tuple[str, str]]:
    """The names and values of a form or a query string, without secrets."""
    return [
        (name, masked(value) if name in _FORM_SECRETS and value else hidden(value))
        for name, value in parse_qsl(text, keep_blank_values=True)
    ]


def headers(given: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers that say something, without secrets."""
    return [
        (name, _header(name.lower(), value)) for name, value in given if name.lower() not in _DULL
    ]


def _header(name: str, value: str) -> str:
    if name not in _HEADERS:
        return hidden(value)
    scheme, space, rest = value.partition(" ")
    return f"{scheme} {masked(rest)}" if space and name == "authorization" else masked(value)


def note(event: Event) -> str:
    """What the answer says in a line: what was noted of it, or its error."""
    if event.dropped:
        return "The connection was closed without an answer"
    if event.note or event.status < 400:
        return hidden(event.note)
    try:
        answered = json.loads(_unpacked(event.answered))
    except (ValueError, RecursionError):
        return ""
    return hidden(_error(answered))


def _error(answered: Any) -> str:
    first = answered[0] if isinstance(answered, list) and answered else answered
    if not isinstance(first, dict):
        return ""
    code = first.get("errorCode") or first.get("error") or ""
    message = first.get("message") or first.get("error_description") or ""
    return f"{code}: {message}"[:200] if code else ""


def as_json(event: Event) -> dict[str, Any]:
    """One call for the control API, as masked as on the page."""
    asked, answered = body(event.asked), body(event.answered)
    return {
        "number": event.number,
        "moment": event.moment.isoformat(timespec="milliseconds"),
        "kind": event.kind,
        "user": event.user,
        "method": event.method,
        "path": event.path,
        "query": dict(pairs(event.query)),
        "status": event.status,
        "ms": round(event.milliseconds, 1),
        "note": note(event),
        "dropped": event.dropped,
        "parts": [
            {
                "referenceId": part.name, "method": part.method, "url": hidden(part.url),
                "status": part.status, "note": part.note,
            }
            for part in event.parts
        ],
        "request": asked.text,
        "response": answered.text,
    }  # fmt: skip
