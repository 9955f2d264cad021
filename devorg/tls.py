"""HTTPS under a local certificate authority, kept next to the data and used again.

Whoever trusts `ca.pem` trusts this one devorg: its key never leaves the folder, and it vouches
for loopback and for the names that were asked for, not for anybody else's hosts.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

from devorg.errors import ConfigError

_ALWAYS = ("localhost", "127.0.0.1", "::1")
# Apple refuses server certificates that last longer; a new one is made at every start.
_LIFE = timedelta(days=397)


class Authority:
    """A certificate authority in a folder; with no folder, one that ends with this process."""

    def __init__(self, folder: Path | None = None) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="devorg-tls-") if not folder else None
        self._folder = Path(self._temporary.name) if self._temporary else Path(folder or "")
        self._ca = self._read() or self._make()

    @property
    def path(self) -> Path:
        """The certificate that clients must trust (`verify=`, SSL_CERT_FILE)."""
        return self._folder.absolute() / "ca.pem"

    @property
    def _key_path(self) -> Path:
        return self._folder / "ca-key.pem"

    def _read(self) -> trustme.CA | None:
        try:
            certificate, key = self.path.read_bytes(), self._key_path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ConfigError("tls", f"cannot read the authority: {error}") from error
        try:
            return trustme.CA.from_pem(certificate, key)
        except ValueError as error:
            message = f"{self._folder} holds no authority that can be read; remove it for a new one"
            raise ConfigError("tls", message) from error

    def _make(self) -> trustme.CA:
        ca = trustme.CA(organization_name="devorg", organization_unit_name="local authority")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(self._key_path, ca.private_key_pem.bytes(), 0o600)
            self._write(self.path, ca.cert_pem.bytes(), 0o644)
        except OSError as error:
            raise ConfigError("tls", f"cannot keep the authority: {error}") from error
        return ca

    @staticmethod
    def _write(path: Path, data: bytes, mode: int) -> None:
        # Whole or not at all: another start may be reading.
        draft = path.with_suffix(f".{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        draft.replace(path)

    def context(self, names: Sequence[str] = ()) -> ssl.SSLContext:
        """A server's side of TLS, for loopback and these names. Raises ConfigError."""
        wanted = dict.fromkeys((*_ALWAYS, *(each for each in names if each)))
        try:
            leaf = self._ca.issue_cert(*wanted, not_after=datetime.now(UTC) + _LIFE)
        except ValueError as error:
            raise ConfigError("tls-names", f"no certificate for {', '.join(wanted)}") from error
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        leaf.configure_cert(context)
        return context

    def close(self) -> None:
        """Remove a temporary folder."""
        if self._temporary:
            self._temporary.cleanup()


def folder_beside(data: Path | None) -> Path | None:
    """Where the authority of an org with this data file is kept."""
    return None if data is None else data.parent / "devorg-tls"
