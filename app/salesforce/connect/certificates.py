"""Key pairs for the JWT bearer flow: the private key stays sealed here, the certificate is shown.

An admin uploads the certificate to the app in Salesforce. It is signed by its own key: Salesforce
compares it with the signature, and asks no authority.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from app.clock import utcnow
from app.db import TenantSession
from app.ids import new_id
from app.keys import Keyring
from app.salesforce.models import ConnectCertificate

VALID_FOR = timedelta(days=2 * 365)
#: From then on a new one is made, and people are warned.
RENEW_BEFORE = timedelta(days=30)
#: Salesforce takes no assertion that lives longer than five minutes.
_ASSERTION_FOR = timedelta(minutes=3)
_KEY_BITS = 2048


@dataclass(frozen=True, slots=True)
class KeyPair:
    """PEM texts."""

    certificate: str
    private_key: str = field(repr=False)


def prepare(session: TenantSession, keyring: Keyring, salesforce_id: str) -> ConnectCertificate:
    """The org's prepared certificate, made anew when there is none or it ends within a month."""
    kept = prepared(session)
    if kept is not None and not is_ending(kept.not_after):
        return kept
    pair = make(salesforce_id)
    now = utcnow()
    row = {
        "id": new_id(),
        "sealed_private_key": keyring.seal(pair.private_key),
        "certificate": pair.certificate,
        "not_after": now + VALID_FOR,
        "created_at": now,
    }
    changed = ["sealed_private_key", "certificate", "not_after", "created_at"]
    session.upsert_many(ConnectCertificate, [row], key=["org_id"], set_=changed)
    made = session.scalars(select(ConnectCertificate).execution_options(populate_existing=True))
    return made.one()


def is_ending(not_after: datetime) -> bool:
    """Whether it is time for a new one."""
    return not_after < utcnow() + RENEW_BEFORE


def prepared(session: TenantSession) -> ConnectCertificate | None:
    """The org's prepared certificate, if there is one."""
    return session.scalar(select(ConnectCertificate))


def make(salesforce_id: str) -> KeyPair:
    """A new RSA key with a certificate that names the org."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"inlay-{salesforce_id}")])
    begin = datetime.now(UTC) - timedelta(minutes=5)  # clocks differ
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + VALID_FOR)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return KeyPair(
        certificate.public_bytes(serialization.Encoding.PEM).decode("ascii"),
        private.decode("ascii"),
    )


def assertion(private_key: str, *, client_id: str, username: str, audience: str) -> str:
    """A signed assertion for one token request (Help: OAuth 2.0 JWT Bearer Flow)."""
    ends = int((utcnow() + _ASSERTION_FOR).timestamp())
    claims = {"iss": client_id, "sub": username, "aud": audience, "exp": ends}
    return jwt.encode(claims, private_key, algorithm="RS256")


def fingerprint(certificate: str) -> str:
    """SHA-256 of a certificate, as Salesforce and OpenSSL print it: pairs with colons."""
    digest = x509.load_pem_x509_certificate(certificate.encode()).fingerprint(hashes.SHA256())
    return digest.hex(":").upper()


def ends_at(certificate: str) -> datetime:
    """Until when a certificate is good."""
    return x509.load_pem_x509_certificate(certificate.encode()).not_valid_after_utc
