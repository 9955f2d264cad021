"""What the tests of `canvas` share: a signer of their own, so that no mistake is on both sides."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

SECRET = "a-consumer-secret-of-the-tests"
TOKEN = "00D000000000001!LIVE.TOKEN.OF.THE.USER"

PAYLOAD: dict[str, Any] = {
    "algorithm": "HMACSHA256",
    "issuedAt": -465929728,
    "userId": "005000000000001AAA",
    "client": {
        "refreshToken": "REFRESH.TOKEN",
        "instanceId": "_:Demo_Canvas:446:0:canvasapp",
        "targetOrigin": "https://acme.my.salesforce.com",
        "instanceUrl": "https://acme.my.salesforce.com",
        "oauthToken": TOKEN,
    },
    "context": {
        "user": {
            "userId": "005000000000001AAA",
            "userName": "ada@example.com",
            "fullName": "Ada Example",
            "email": "ada@example.com",
            "locale": "en_US",
            "language": "en_US",
            "timeZone": "Europe/Paris",
            "userType": "STANDARD",
        },
        "organization": {"organizationId": "00D000000000001EAA", "name": "Example & Sons"},
        "application": {"developerName": "Demo_Canvas", "namespace": "demo_ns"},
        "environment": {
            "locationUrl": "https://acme--c.vf.force.com/apex/Page?id=1",
            "displayLocation": "Aura",
            "parameters": {"recordId": "003000000000001AAA", "sObjectName": "Contact"},
            "record": {},
            "version": {"season": "WINTER", "api": "68.0"},
        },
    },
}

Sign = Callable[..., str]


def sign_bytes(raw: bytes, secret: str = SECRET) -> str:
    encoded = base64.b64encode(raw)
    mac = hmac.new(secret.encode(), encoded, hashlib.sha256).digest()
    return f"{base64.b64encode(mac).decode()}.{encoded.decode()}"


@pytest.fixture(scope="session")
def secret() -> str:
    return SECRET


@pytest.fixture
def payload() -> dict[str, Any]:
    """A full request as Salesforce sends it, free to be changed."""
    return deepcopy(PAYLOAD)


@pytest.fixture(scope="session")
def sign() -> Sign:
    """Signs a JSON value, or bytes as they are."""

    def signed(content: Any, secret: str = SECRET) -> str:
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        return sign_bytes(raw, secret)

    return signed
