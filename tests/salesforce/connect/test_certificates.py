"""Key pairs for JWT bearer: one per org until it ends soon, sealed, with a certificate to show."""

from __future__ import annotations

from datetime import timedelta

import jwt
from cryptography import x509
from sqlalchemy import update

from app.clock import utcnow
from app.db import Database
from app.keys import Keyring
from app.orgs.models import Org
from app.salesforce.connect import certificates
from app.salesforce.models import ConnectCertificate


def test_a_prepared_certificate_stays_until_it_ends_soon(
    database: Database, keyring: Keyring, org: Org
) -> None:
    with database.writing(org.id) as session:
        first = certificates.prepare(session, keyring, org.salesforce_id).certificate
        assert certificates.prepare(session, keyring, org.salesforce_id).certificate == first
        session.execute(update(ConnectCertificate).values(not_after=utcnow() + timedelta(days=9)))
        session.expire_all()
        made = certificates.prepare(session, keyring, org.salesforce_id)
        assert made.certificate != first
        assert "PRIVATE" not in made.certificate + made.sealed_private_key
        assert not certificates.is_ending(certificates.ends_at(made.certificate))
        assert len(certificates.fingerprint(made.certificate).split(":")) == 32


def test_an_assertion_is_signed_and_short_lived(
    database: Database, keyring: Keyring, org: Org
) -> None:
    with database.writing(org.id) as session:
        made = certificates.prepare(session, keyring, org.salesforce_id)
    text = certificates.assertion(
        keyring.open(made.sealed_private_key),
        client_id="key",
        username="a@b.example",
        audience="https://test.salesforce.com",
    )
    public = x509.load_pem_x509_certificate(made.certificate.encode()).public_key()
    claims = jwt.decode(text, public, algorithms=["RS256"], audience="https://test.salesforce.com")  # type: ignore[arg-type]  # it is an RSA key
    assert (claims["iss"], claims["sub"]) == ("key", "a@b.example")
    assert 0 < claims["exp"] - utcnow().timestamp() <= 300
