"""OAuth scopes: their names, and what the consent page says of each."""

from __future__ import annotations

from collections.abc import Iterable

LABELS: dict[str, str] = {
    "id": "Access the identity URL service",
    "profile": "Access your basic information",
    "email": "Access your email address",
    "openid": "Access unique user identifiers",
    "api": "Manage user data via APIs",
    "web": "Manage user data via Web browsers",
    "full": "Full access",
    "refresh_token": "Perform requests at any time",
    "offline_access": "Perform requests at any time",
    "custom_permissions": "Access custom permissions",
    "lightning": "Access Lightning applications",
    "visualforce": "Access Visualforce applications",
    "content": "Access content resources",
}
NAMES = tuple(LABELS)
# Either name asks for a refresh token.
OFFLINE = frozenset({"refresh_token", "offline_access"})


def encode(scopes: Iterable[str]) -> str:
    """The scopes as a short hexadecimal number, for inside a token."""
    return f"{sum(1 << NAMES.index(each) for each in set(scopes)):x}"


def decode(text: str) -> frozenset[str]:
    """What `encode` wrote."""
    bits = int(text, 16)
    return frozenset(name for at, name in enumerate(NAMES) if bits >> at & 1)


def write(scopes: Iterable[str]) -> str:
    """The `scope` of an answer: names in one order, separated by spaces."""
    return " ".join(sorted(set(scopes), key=NAMES.index))


def opens_api(scopes: frozenset[str]) -> bool:
    """True if a token with these scopes may call the REST API."""
    return bool(scopes & {"api", "full"})
