"""HTTP as this room needs it: one pool, no cookies, no redirects, bounded in time and size."""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.request import getproxies

import msgspec
import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError, ReadTimeoutError

#: An answer larger than this is not read on; the describe of a big object has a few megabytes.
MAX_ANSWER_BYTES = 64 * 1024 * 1024
_CHUNK = 64 * 1024
#: Hundreds of a status that says all is well.
_FINE = 2


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to connect, to wait for each part of an answer, and for the whole of it."""

    connect: float
    read: float

    @property
    def total(self) -> float:
        """After so many seconds an answer that only drips in is given up."""
        return self.connect + self.read


@dataclass(frozen=True, slots=True)
class Request:
    """One call; ``token`` goes into the Authorization header, ``form``, ``body`` or ``content`` is
    sent: a form, what becomes JSON, or bytes whose Content-Type stands in ``headers``.

    ``read`` takes a successful answer piece by piece, for what is not JSON; what it returns is the
    answer's ``body``. Its ValueError says that the answer cannot be read. With ``reads_errors`` it
    takes any answer.
    """

    method: str
    url: str
    token: str | None = field(default=None, repr=False)
    params: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None
    body: Any = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    content: bytes | None = field(default=None, repr=False)
    read: Callable[[Iterator[bytes]], Any] | None = None
    reads_errors: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``body`` is decoded JSON, None when empty or not JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any = field(repr=False)
    is_readable: bool = True


class NoAnswer(Exception):
    """No whole answer came. ``was_sent``: Salesforce may have the request; ``is_slow``: time."""

    def __init__(self, *, was_sent: bool, is_slow: bool) -> None:
        super().__init__("no answer from Salesforce")
        self.was_sent = was_sent
        self.is_slow = is_slow


class Transport:
    """A pool of connections for one process, safe to use from many threads.

    The session's own state (cookies, headers) is never changed after it is made.
    """

    def __init__(self, *, hosts: int = 64, per_host: int = 16) -> None:
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.update({"Accept": "application/json", "User-Agent": "Inlay"})
        _heed_environment(self._session)
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=hosts, pool_maxsize=per_host))

    def send(self, request: Request, timeouts: Timeouts) -> Answer:
        """Send once and read the whole answer.

        Raises:
            NoAnswer: Nothing whole came back. It carries no text of the request or the answer.
        """
        until = time.monotonic() + timeouts.total
        try:
            with self._open(request, timeouts) as response:
                return _answer(response, _pieces(response, until), request)
        except (requests.RequestException, HTTPError) as error:
            failure = _failure_of(error)
        raise failure  # outside the handler: requests' errors hold the token and the URL

    def _open(self, request: Request, timeouts: Timeouts) -> requests.Response:
        headers: dict[str, Any] = {**self._session.headers, **(request.headers or {})}
        data: Any = request.form if request.content is None else request.content
        if request.body is not None:
            data = msgspec.json.encode(request.body)
            headers["Content-Type"] = "application/json; charset=utf-8"
        prepared = requests.PreparedRequest()  # the session's own way merges what it has not
        prepared.prepare(
            method=request.method,
            url=request.url,
            params=request.params,
            data=data,
            headers=headers,
            auth=_Bearer(request.token),
        )
        return self._session.send(
            prepared,
            timeout=(timeouts.connect, timeouts.read),
            allow_redirects=False,
            stream=True,
        )

    def close(self) -> None:
        """Close all idle connections."""
        self._session.close()


def _heed_environment(session: requests.Session) -> None:
    """Proxies and authorities of the environment, read once: requests reads them on each call.

    Only where proxies are set it has to, since they may be switched off for a host.
    """
    session.trust_env = bool(getproxies())
    session.verify = (
        os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or session.verify
    )


class _Bearer(AuthBase):
    """Sets our header, or none; given always, since requests would look into .netrc otherwise."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _pieces(response: requests.Response, until: float) -> Iterator[bytes]:
    size = 0
    # read1 gives what has come, so that the deadline is looked at while an answer drips in
    while part := response.raw.read1(_CHUNK, decode_content=True):
        size += len(part)
        if size > MAX_ANSWER_BYTES:
            raise NoAnswer(was_sent=True, is_slow=False)
        if time.monotonic() > until:
            raise NoAnswer(was_sent=True, is_slow=True)
        yield part


def _answer(
    response: requests.Response,
    pieces: Iterator[bytes],
    request: Request,
) -> Answer:
    is_taken = request.reads_errors or response.status_code // 100 == _FINE
    read = (request.read if is_taken else None) or _decoded
    try:
        return Answer(response.status_code, response.headers, read(pieces))
    except ValueError:
        return Answer(response.status_code, response.headers, None, is_readable=False)


def _decoded(pieces: Iterator[bytes]) -> Any:
    """JSON, or None for nothing. Raises ValueError."""
    content = b"".join(pieces)
    return msgspec.json.decode(content) if content.strip() else None


def _failure_of(error: requests.RequestException | HTTPError) -> NoAnswer:
    if isinstance(error, requests.ConnectTimeout):
        return NoAnswer(was_sent=False, is_slow=True)
    if isinstance(error, (requests.ReadTimeout, ReadTimeoutError)):
        return NoAnswer(was_sent=True, is_slow=True)
    cause = error.args[0] if error.args else None
    return NoAnswer(was_sent=not _never_connected(cause), is_slow=False)


def _never_connected(cause: object) -> bool:
    """Whether no byte can have left: refused, unknown host, untrusted certificate."""
    if not isinstance(cause, MaxRetryError):
        return False
    reason = cause.reason
    certificate = reason.args[0] if reason is not None and reason.args else None
    return isinstance(reason, NewConnectionError) or isinstance(
        certificate, ssl.SSLCertVerificationError
    )
