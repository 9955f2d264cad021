"""The org's RSA key, which signs its id_tokens; made at first need, kept with the data."""

from __future__ import annotations

import base64
import hashlib
import threading
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from devorg.store import Store

_TABLE = "CREATE TABLE IF NOT EXISTS signing_key (id INTEGER PRIMARY KEY, pem TEXT NOT NULL)"


def _number(value: int) -> str:
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Keys:
    """Signs, and says by which key others can check it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._key: rsa.RSAPrivateKey | None = None
        with store.writing() as connection:
            connection.execute(_TABLE)

    def _private(self) -> rsa.RSAPrivateKey:
        with self._lock:
            if self._key is None:
                self._key = self._load() or self._make()
            return self._key

    def _load(self) -> rsa.RSAPrivateKey | None:
        with self._store.reading() as connection:
            row = connection.execute("SELECT pem FROM signing_key WHERE id = 1").fetchone()
        key = load_pem_private_key(row["pem"].encode(), None) if row else None
        return key if isinstance(key, rsa.RSAPrivateKey) else None

    def _make(self) -> rsa.RSAPrivateKey:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        with self._store.writing() as connection:
            connection.execute("REPLACE INTO signing_key VALUES (1, ?)", (pem,))
        return key

    def _numbers(self) -> dict[str, str]:
        public = self._private().public_key().public_numbers()
        return {"n": _number(public.n), "e": _number(public.e)}

    @property
    def kid(self) -> str:
        """The key's name in `/id/keys` and in the head of what it signs."""
        return hashlib.sha256(self._numbers()["n"].encode()).hexdigest()[:8]

    def jwk(self) -> dict[str, str]:
        """The public half as a JSON Web Key."""
        head = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": self.kid}
        return {**head, **self._numbers()}

    def sign(self, claims: dict[str, Any]) -> str:
        """A JWT over these claims."""
        return jwt.encode(claims, self._private(), algorithm="RS256", headers={"kid": self.kid})
