"""The ways into an org: what each needs, how each gets a token, how each is kept.

=================== ======================================== ======================
way                 what is kept, sealed                     how a token is renewed
=================== ======================================== ======================
client credentials  the secret of an app in the org          asked for anew
JWT bearer          a private key made here                  asked for anew
web server          the refresh token                        by it; it may rotate
own app             the app's secret, the refresh token      by it; it may rotate
password            user name, password with security token  asked for anew
=================== ======================================== ======================
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from app.config import Config
from app.keys import Keyring
from app.salesforce.connect import certificates, oauth, soap_login
from app.salesforce.connect.hosts import audience
from app.salesforce.connect.oauth import App, NewToken
from app.salesforce.errors import ReconnectNeeded
from app.salesforce.models import Connection, Method
from app.salesforce.transport import Transport


@dataclass(frozen=True, slots=True)
class Access:
    """What opens an org by one way in; a way leaves empty what it does not need."""

    method: Method
    instance_url: str
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    login_url: str = ""
    username: str = ""
    refresh_token: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def app(self) -> App:
        """The client app that asks."""
        return App(self.client_id, self.client_secret)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator allows: the vendor's own Connect app, and whether passwords are taken."""

    vendor: App | None = None
    passwords: bool = False

    @classmethod
    def of(cls, config: Config) -> Self:
        """As configured."""
        vendor = App(config.connect_client_id, config.connect_client_secret)
        return cls(vendor if vendor.client_id else None, config.allow_password_login)

    def allows(self, method: Method) -> bool:
        """Whether an org may connect by this way."""
        if method is Method.WEB_SERVER:
            return self.vendor is not None
        return method is not Method.PASSWORD or self.passwords


#: Ways whose token is renewed by a refresh token, which must be kept before it is used.
BY_REFRESH_TOKEN = frozenset({Method.WEB_SERVER, Method.OWN_APP})


def fetch(transport: Transport, access: Access) -> NewToken:
    """A new token by this way in. A refresh token in the answer must be kept before it is used.

    Raises:
        SalesforceDown, SalesforceSlow: Try again later.
        IpNotAllowed, AppNotApproved, ReconnectNeeded: Only a person can mend it.
    """
    url = access.instance_url
    if access.method is Method.CLIENT_CREDENTIALS:
        return oauth.client_credentials(transport, url, access.app)
    if access.method is Method.JWT_BEARER:
        return oauth.jwt_bearer(transport, url, _assertion(access))
    if access.method in BY_REFRESH_TOKEN:
        return oauth.refresh(transport, url, access.app, access.refresh_token)
    if access.client_id:
        return oauth.password(transport, url, access.app, access.username, access.password)
    return soap_login.login(transport, url, access.username, access.password)


def opened(connection: Connection, keyring: Keyring, policy: Policy) -> Access:
    """What a stored connection holds, unsealed; the secret of the vendor's app is not among it.

    Raises:
        ReconnectNeeded: It was made by a way that is no longer allowed, or through another app than
            the one that is configured now.
        SealedError: No present key opens it.
    """
    secret = keyring.open(connection.sealed_client_secret)
    if connection.method is Method.WEB_SERVER:
        if policy.vendor is None or policy.vendor.client_id != connection.client_id:
            raise ReconnectNeeded(code="app_changed")
        secret = policy.vendor.client_secret
    elif not policy.allows(connection.method):
        raise ReconnectNeeded(code="password_not_allowed")
    return Access(
        method=connection.method,
        instance_url=connection.instance_url,
        client_id=connection.client_id,
        client_secret=secret,
        login_url=connection.login_url,
        username=connection.username,
        refresh_token=_open(keyring, connection.sealed_refresh_token),
        private_key=_open(keyring, connection.sealed_private_key),
        certificate=connection.certificate or "",
        password=_open(keyring, connection.sealed_password),
    )


def sealed(access: Access, keyring: Keyring) -> dict[str, Any]:
    """The columns of a connection that keep this way in."""
    own_secret = "" if access.method is Method.WEB_SERVER else access.client_secret
    return {
        "method": access.method,
        "instance_url": access.instance_url,
        "login_url": access.login_url,
        "client_id": access.client_id,
        "username": access.username,
        "sealed_client_secret": keyring.seal(own_secret),
        "sealed_refresh_token": _seal(keyring, access.refresh_token),
        "sealed_private_key": _seal(keyring, access.private_key),
        "certificate": access.certificate or None,
        "sealed_password": _seal(keyring, access.password),
    }


def _assertion(access: Access) -> str:
    return certificates.assertion(
        access.private_key,
        client_id=access.client_id,
        username=access.username,
        audience=access.login_url or audience(access.instance_url),
    )


def _open(keyring: Keyring, sealed_text: str | None) -> str:
    return keyring.open(sealed_text) if sealed_text else ""


def _seal(keyring: Keyring, plain: str) -> str | None:
    return keyring.seal(plain) if plain else None
