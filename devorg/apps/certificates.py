"""The certificate of an app, with which it signs its JWTs."""

from __future__ import annotations

from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key


@lru_cache(maxsize=64)
def public_key(pem: str) -> RSAPublicKey:
    """The RSA key of an X.509 certificate, or of a bare public key. Raises ValueError."""
    data = pem.encode()
    if "BEGIN CERTIFICATE" in pem:
        key = x509.load_pem_x509_certificate(data).public_key()
    else:
        key = load_pem_public_key(data)  # type: ignore[assignment]
    if not isinstance(key, RSAPublicKey):
        raise ValueError("must hold an RSA key, as RS256 needs")
    return key
