"""ID tokens: who signed in, by their provider's signature (OpenID Connect Core 1.0, 3.1.3.7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from app.clock import utcnow
from app.errors import InlayError

_log = structlog.get_logger("inlay.web")

#: Signatures by a key pair alone: whoever knows only what is public can make none of them.
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
)  # fmt: skip
_KINDS: Mapping[str, type[RSAKey | ECKey]] = {"RSA": RSAKey, "EC": ECKey}
_FAMILIES = {"RS": "RSA", "PS": "RSA", "ES": "EC"}
#: What a token says.
Claims = Mapping[str, Any]
#: Clocks differ by so many seconds.
_LEEWAY = 60
#: What is longer is not looked at.
_LONGEST = 16 * 1024


class IdTokenRefusedError(InlayError):
    """The token does not prove who signed in; the log says what is wrong with it."""

    reason = "id_token_refused"


class UnknownKeyError(IdTokenRefusedError):
    """None of the keys is the token's; the provider may have a new one."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token has to say: by whom, for whom, and in answer to which request."""

    issuers: tuple[str, ...]
    client_id: str
    nonce: str


def verified(
    token: object, keys: Sequence[object], expected: Expected, access_token: str
) -> Claims:
    """The claims of a token.

    Args:
        token: As the token endpoint gave it.
        keys: The provider's, as its JWK set holds them; what is no public key is passed over.
        expected: Of this request.
        access_token: That came with it.

    Raises:
        UnknownKeyError: It is signed by a key that is not among them.
        IdTokenRefusedError: Signature, algorithm, issuer, audience, time or nonce are wrong.
    """
    if not isinstance(token, str) or len(token) > _LONGEST:
        raise _refused("missing")
    try:
        header = jws.extract_compact(token.encode()).headers()
        key = _key(header, keys)
        found = jwt.decode(token, key, algorithms=ALGORITHMS)
        _check(CodeIDToken, found, expected, access_token)
    except (JoseError, ValueError, TypeError) as error:
        kind = getattr(error, "error", type(error).__name__)
        raise _refused(f"{kind} {getattr(error, 'claim', '')}".strip()) from None
    return found.claims


def _check(kind: type[Any], found: jwt.Token, expected: Expected, access_token: str) -> None:
    claims = kind(
        found.claims,
        found.header,
        {
            "iss": {"essential": True, "values": list(expected.issuers)},
            "aud": {"essential": True, "value": expected.client_id},
            "sub": {"essential": True},
        },
        {
            "nonce": expected.nonce,
            "client_id": expected.client_id,
            "access_token": access_token,
        },
    )
    claims.validate(now=int(utcnow().timestamp()), leeway=_LEEWAY)


def _key(header: Mapping[str, Any], keys: Sequence[object]) -> RSAKey | ECKey:
    """The one key that may have signed: of the algorithm's kind, and of the name if it has one."""
    algorithm, name = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise _refused("algorithm")
    fitting = list(_fitting(keys, _FAMILIES[algorithm[:2]], name))
    if len(fitting) != 1:
        raise _refused("unknown_key", UnknownKeyError)
    try:
        return fitting[0][0].import_key(dict(fitting[0][1]))
    except (JoseError, ValueError) as error:
        raise _refused(f"key: {type(error).__name__}") from None


def _fitting(
    keys: Sequence[object], kind: str, name: object
) -> Iterator[tuple[type[RSAKey | ECKey], Mapping[str, Any]]]:
    for key in keys:
        if not isinstance(key, dict) or key.get("kty") != kind or key.get("use", "sig") != "sig":
            continue
        if name is None or key.get("kid") == name:
            yield _KINDS[kind], key


def _refused(
    why: str, kind: type[IdTokenRefusedError] = IdTokenRefusedError
) -> IdTokenRefusedError:
    _log.warning("id_token_refused", why=why[:100])
    return kind("What the provider sent does not prove who you are. Sign in again.")
