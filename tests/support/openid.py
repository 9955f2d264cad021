"""An OpenID provider in process: real keys, real signatures, and every way to get them wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from joserfc import jws
from joserfc.jwk import RSAKey

from app.clock import utcnow

CLIENT_ID, CLIENT_SECRET = "inlay-console", "a secret: of tests/alone"

Claims = dict[str, Any]


class OpenIdProvider:
    """What it gives is set by a test before a browser comes back."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.key = _first_key()
        self.published = [self.key]
        self.person: Claims = {
            "sub": "u-1",
            "email": "mara@example.com",
            "email_verified": True,
            "name": "Mara Lind",
        }
        self.changed: Claims = {}
        self.metadata: Claims = {}
        self.sign: Callable[[Claims], str] = self.signed
        self.status = 200
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def allow(self, address: str) -> tuple[str, dict[str, str]]:
        """The person signs in at the address: the code, and what was asked."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.url}/authorize"
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        return code, asked

    def signed(self, claims: Claims, **header: Any) -> str:
        """A token by the provider's own key."""
        head = {"alg": "RS256", "kid": self.key.kid, **header}
        return jws.serialize_compact(head, json.dumps(claims).encode(), self.key)

    def metadata_now(self) -> Claims:
        """As the discovery address gives it."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            **self.metadata,
        }

    def keys(self) -> Claims:
        """The JWK set."""
        return {"keys": [key.as_dict(private=False) for key in self.published]}

    def trade(self, authorization: str, form: dict[str, str]) -> tuple[int, Claims]:
        """What the token endpoint answers."""
        basic = base64.b64decode(authorization.partition(" ")[2]).decode().split(":")
        asked = self._codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        if [unquote(each) for each in basic] != [CLIENT_ID, CLIENT_SECRET]:
            return 401, {"error": "invalid_client"}
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        if asked["code_challenge"] != proof:
            return 400, {"error": "invalid_grant"}
        now = int(utcnow().timestamp())
        standard = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        claims = {**standard, "nonce": asked["nonce"], **self.person, **self.changed}
        given = {name: value for name, value in claims.items() if value is not None}
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": self.sign(given)}


@cache
def _first_key() -> RSAKey:
    """Making one takes longer than all else here."""
    return RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})


@contextmanager
def provider() -> Iterator[OpenIdProvider]:
    """A provider on loopback."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.provider = OpenIdProvider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    provider: OpenIdProvider


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        found = self.server.provider
        found.asked.append(self.path)
        if self.path.startswith("/authorize"):
            return self._send_back()
        answers: dict[str, Callable[[], Claims]] = {
            "/.well-known/openid-configuration": found.metadata_now,
            "/keys": found.keys,
            "/userinfo": lambda: found.person,
        }
        return self._answer(found.status, answers[self.path]())

    def do_POST(self) -> None:
        found = self.server.provider
        found.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(*found.trade(self.headers.get("Authorization", ""), form))

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""

    def _send_back(self) -> None:
        found = self.server.provider
        code, asked = found.allow(found.url + self.path)
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?code={code}&state={asked['state']}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, status: int, body: Claims) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
