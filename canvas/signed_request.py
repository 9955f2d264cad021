"""A Canvas signed request: text in, `Envelope` out, or `SignedRequestError` with its reason.

Form (Canvas Developer Guide, "Verifying and Decoding a Signed Request"): base64 of HMAC-SHA256 over
the *encoded* payload text, a period, base64 of the JSON. The key is the consumer secret as text.
"""

from __future__ import annotations

import binascii
import hmac
from collections.abc import Sequence

from canvas._wire import read_payload
from canvas.envelope import Envelope
from canvas.errors import SignedRequestError

# Real requests have 3 to 5 kB; Apex parameters may add 32 kB, before base64.
MAX_CHARACTERS = 128_000
_DIGEST_BYTES = 32
_SIGNATURE_CHARACTERS = 44  # the digest in padded base64


def verify(text: str, secrets: Sequence[str], *, max_characters: int = MAX_CHARACTERS) -> Envelope:
    """The envelope of `text`, if one of `secrets` signed it.

    Nothing of the payload is decoded before the signature fits. Every secret is tried, so the time
    does not tell which one it was; an empty secret signs nothing. For any `text` it raises
    SignedRequestError only; TypeError for a bare string of secrets.
    """
    if isinstance(secrets, str):
        raise TypeError("secrets is a list: of a string each letter would count as a secret")
    signature, payload = _parts(text, max_characters)
    if not _is_signed(signature, payload, secrets):
        raise SignedRequestError("bad_signature")
    decoded = _strict_base64(payload)
    if decoded is None:
        raise SignedRequestError("bad_encoding")
    return read_payload(decoded)


def mac_of(text: str) -> str:
    """The signature of a request as canonical base64: the key under which a repeat is recognised.

    Four spellings decode to the same 32 bytes; all give the same key. Raises SignedRequestError.
    """
    signature, _ = _parts(text, max(len(text), 1))
    try:
        digest = binascii.a2b_base64(signature, strict_mode=True)
    except ValueError:
        digest = b""
    if len(digest) != _DIGEST_BYTES:
        raise SignedRequestError("bad_format")
    return _base64(digest).decode("ascii")


def _parts(text: str, max_characters: int) -> tuple[bytes, bytes]:
    """Signature and payload, still encoded."""
    if not text:
        raise SignedRequestError("missing")
    if len(text) > max_characters:
        raise SignedRequestError("too_large")
    if not text.isascii() or text.count(".") != 1:
        raise SignedRequestError("bad_format")
    signature, _, payload = text.encode("ascii").partition(b".")
    if len(signature) != _SIGNATURE_CHARACTERS or not signature.endswith(b"=") or not payload:
        raise SignedRequestError("bad_format")
    return signature, payload


def _is_signed(signature: bytes, payload: bytes, secrets: Sequence[str]) -> bool:
    """Compares base64 text, not bytes: only the canonical spelling of a signature fits."""
    matched = False
    for secret in secrets:
        expected = _base64(hmac.digest(secret.encode("utf-8"), payload, "sha256"))
        matched |= hmac.compare_digest(expected, signature) and bool(secret)
    return matched


def _base64(raw: bytes) -> bytes:
    return binascii.b2a_base64(raw, newline=False)


def _strict_base64(encoded: bytes) -> bytes | None:
    """The decoded bytes; None unless `encoded` is the canonical, padded spelling of them."""
    try:
        decoded = binascii.a2b_base64(encoded, strict_mode=True)
    except ValueError:
        return None
    # strict mode forgives unused bits in the last group only
    last = encoded[-4:]
    canonical = _base64(binascii.a2b_base64(last)) == last
    return decoded if canonical else None
