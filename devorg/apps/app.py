"""One external client app with its policies, under the names of Salesforce's metadata."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from devorg import users
from devorg.apps import scopes
from devorg.apps.certificates import public_key
from devorg.apps.networks import Network, networks
from devorg.errors import ControlError

_HOST = re.compile(r"[A-Za-z0-9.\-\[\]:]+", re.ASCII)
_UNITS = {"Hours": 3600, "Days": 86_400, "Months": 30 * 86_400}


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("must be a text")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _count(value: object) -> int | None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise ValueError("must be a whole number above 0, or null")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise ValueError("must be a list of texts")
    return tuple(value)


def _one_of(*names: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in names:
            raise ValueError(f"must be one of {', '.join(names)}")
        return value

    return read


def _callbacks(value: object) -> tuple[str, ...]:
    for each in _texts(value):
        parts = urlsplit(each)
        printable = each.isascii() and each.isprintable() and " " not in each
        # Scripts and documents made of text would run as the org itself.
        if not parts.scheme or parts.scheme in {"javascript", "data", "vbscript", "file"}:
            raise ValueError(f"{each!r} is no callback URL")
        # The host goes into a header; a fragment never reaches the app.
        odd_host = parts.scheme[:4] == "http" and not _HOST.fullmatch(parts.netloc)
        if not printable or parts.fragment or odd_host:
            raise ValueError(f"{each!r} is no callback URL")
    return _texts(value)


def _scopes(value: object) -> tuple[str, ...]:
    unknown = [each for each in _texts(value) if each not in scopes.LABELS]
    if unknown:
        raise ValueError(f"unknown scope {unknown[0]!r}; there are {', '.join(scopes.NAMES)}")
    return _texts(value)


def _user(value: object) -> str | None:
    user = None if value is None else users.find(_text(value))
    if value is not None and user is None:
        raise ValueError(f"no user {value!r}")
    return user.alias if user else None


def _people(value: object) -> tuple[str, ...]:
    return tuple(_user(each) or "" for each in _texts(value))


def _networks(value: object) -> tuple[str, ...]:
    networks(_texts(value))
    return _texts(value)


def _certificate(value: object) -> str | None:
    if value is not None:
        public_key(_text(value))
    return value if isinstance(value, str) else None


def _of(json_name: str, read: Callable[[object], Any], default: Any) -> Any:
    return field(default=default, metadata={"json": json_name, "read": read})


@dataclass(frozen=True, slots=True)
class ClientApp:
    """An external client app; the names in JSON are those of the metadata types
    ExtlClntAppOauthSettings, ExtlClntAppGlobalOauthSettings and
    ExtlClntAppOauthConfigurablePolicies, as far as they say it.
    """

    client_id: str = field(metadata={"json": "consumerKey", "read": _text})
    client_secret: str = field(metadata={"json": "consumerSecret", "read": _text})
    label: str = _of("label", _text, "External Client App")
    callback_urls: tuple[str, ...] = _of("callbackUrls", _callbacks, ())
    scopes: tuple[str, ...] = _of("oauthScopes", _scopes, ("api", "refresh_token"))
    pkce_required: bool = _of("isPkceRequired", _flag, default=False)
    secret_optional: bool = _of("isConsumerSecretOptional", _flag, default=False)
    secret_to_refresh: bool = _of("isSecretRequiredForRefreshToken", _flag, default=True)
    rotates: bool = _of("isRefreshTokenRotationEnabled", _flag, default=False)
    introspects_all: bool = _of("isIntrospectAllTokens", _flag, default=False)
    client_credentials: bool = _of("isClientCredentialsFlowEnabled", _flag, default=False)
    run_as: str | None = _of("clientCredentialsFlowUser", _user, None)
    permitted_users_policy: str = _of(
        "permittedUsersPolicyType",
        _one_of("AllSelfAuthorized", "AdminApprovedPreAuthorized"),
        "AllSelfAuthorized",
    )
    permitted_users: tuple[str, ...] = _of("permittedUsers", _people, ())
    profiles: tuple[str, ...] = _of("profiles", _texts, ())
    permission_sets: tuple[str, ...] = _of("permissionSets", _texts, ())
    ip_policy: str = _of(
        "ipRelaxationPolicyType", _one_of("Enforce", "Bypass", "Enforce_RelaxRefresh"), "Bypass"
    )
    ip_ranges: tuple[str, ...] = _of("ipRanges", _networks, ())
    refresh_ip_allowlist: tuple[str, ...] = _of("refreshTokenIpAllowlist", _networks, ())
    installed: bool = _of("isInstalled", _flag, default=True)
    blocked: bool = _of("isBlocked", _flag, default=False)
    session_minutes: int | None = _of("sessionTimeoutInMinutes", _count, None)
    refresh_policy: str = _of(
        "refreshTokenPolicyType",
        _one_of("Infinite", "Immediate", "SpecificLifetime", "SpecificInactivity"),
        "Infinite",
    )
    refresh_period: int | None = _of("refreshTokenValidityPeriod", _count, None)
    refresh_unit: str = _of("refreshTokenValidityUnit", _one_of(*_UNITS), "Days")
    certificate: str | None = _of("certificate", _certificate, None)

    @property
    def preauthorized(self) -> bool:
        """True if an administrator says who may use the app, and nobody is asked."""
        return self.permitted_users_policy == "AdminApprovedPreAuthorized"

    @property
    def refresh_seconds(self) -> int | None:
        """How long a refresh token lives, by its policy; None for ever."""
        if self.refresh_policy == "Immediate":
            return 0
        if self.refresh_policy == "Infinite":
            return None
        return (self.refresh_period or 30) * _UNITS[self.refresh_unit]

    def allows(self, address: str, *, refresh: bool = False) -> bool:
        """True if the app's IP policy lets a call from this address in."""
        relaxed = self.ip_policy == "Bypass" or (
            refresh and self.ip_policy == "Enforce_RelaxRefresh"
        )
        return relaxed or any(each.holds(address) for each in _read(self.ip_ranges))

    def allows_refresh_tokens(self, address: str) -> bool:
        """True if a refresh token may be got or used from this address; no list, no limit."""
        listed = _read(self.refresh_ip_allowlist)
        return not listed or any(each.holds(address) for each in listed)

    def as_json(self) -> dict[str, Any]:
        """The app as the control API shows it."""
        values = {each: getattr(self, each.name) for each in fields(self)}
        return {
            each.metadata["json"]: list(value) if isinstance(value, tuple) else value
            for each, value in values.items()
        }


def _read(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return networks(texts)


def app_from(body: Mapping[str, Any], base: ClientApp | None = None) -> ClientApp:
    """An app from JSON; what is not named stays as in `base`. Raises ControlError."""
    known = {each.metadata["json"]: each for each in fields(ClientApp)}
    values: dict[str, Any] = (
        {each.name: getattr(base, each.name) for each in fields(base)} if base else {}
    )
    for name, value in body.items():
        if name not in known:
            raise ControlError(name, f"No setting {name!r}; there are {', '.join(known)}.")
        try:
            values[known[name].name] = known[name].metadata["read"](value)
        except ValueError as error:
            raise ControlError(name, f"{name}: {error}.") from error
    for name in ("consumerKey", "consumerSecret"):
        if known[name].name not in values:
            raise ControlError(name, f"{name} is missing.")
    return ClientApp(**values)
