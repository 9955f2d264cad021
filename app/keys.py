"""Keys derived from ``INLAY_SECRET_KEYS``: one per purpose, so that none serves for another."""

from __future__ import annotations

import base64
from enum import StrEnum

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import InlayError


class Purpose(StrEnum):
    """What a derived key is for."""

    BEARER = "bearer"
    COLUMN = "column"
    CONSOLE = "console"
    COOKIE = "cookie"
    GATE = "gate"
    INVITE = "invite"
    ONE_TIME_PAGE = "one-time-page"
    VISITOR = "visitor"


class SealedError(InlayError):
    """A stored secret cannot be opened with the present keys; put the old key back and rotate."""

    reason = "sealed"


class Keyring:
    """Derives keys and seals column values; the newest secret key comes first."""

    def __init__(self, secret_keys: tuple[str, ...]) -> None:
        self._secret_keys = secret_keys
        self._fernet = MultiFernet([Fernet(_fernet_key(key)) for key in secret_keys])
        self._keys = {
            purpose: tuple(_derive(key, purpose) for key in secret_keys) for purpose in Purpose
        }

    def __repr__(self) -> str:
        return f"<Keyring of {len(self._secret_keys)}>"

    def keys_for(self, purpose: Purpose) -> tuple[bytes, ...]:
        """32-byte keys of a purpose, newest first: sign with the first, verify with all."""
        return self._keys[purpose]

    def seal(self, plain: str) -> str:
        """Encrypt a column value (Fernet token, ASCII)."""
        return self._fernet.encrypt(plain.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """Decrypt a column value.

        Raises:
            SealedError: No present key opens it.
        """
        try:
            return self._fernet.decrypt(sealed.encode("ascii")).decode()
        except InvalidToken:
            raise SealedError(
                "A stored secret was sealed with a key that INLAY_SECRET_KEYS no longer holds."
            ) from None

    def reseal(self, sealed: str) -> str:
        """The same value under the newest key."""
        return self.seal(self.open(sealed))


def _derive(secret_key: str, purpose: Purpose) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"inlay/{purpose}".encode())
    return hkdf.derive(secret_key.encode())


def _fernet_key(secret_key: str) -> bytes:
    return base64.urlsafe_b64encode(_derive(secret_key, Purpose.COLUMN))
