"""Signed requests, checked here with nothing but the standard library."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest

from devorg.signing import issued_at
from tests.devorg.client import Client

SECRET = b"devorg-consumer-secret"


def opened(text: str) -> dict[str, Any]:
    """The payload, after the signature was checked as the documentation says."""
    signature, _, payload = text.partition(".")
    mac = hmac.new(SECRET, payload.encode(), hashlib.sha256).digest()
    assert base64.b64encode(mac).decode() == signature
    envelope = json.loads(base64.b64decode(payload, validate=True))
    assert isinstance(envelope, dict)
    return envelope


def sign(client: Client, **body: Any) -> dict[str, Any]:
    """The envelope of one signed request."""
    return opened(client.control("POST", "sign", body)["signed_request"])


def test_the_aura_container_gives_the_record_in_parameters_only(
    rep: Client, main: dict[str, str]
) -> None:
    """X16: as real Aura envelopes, `record` is empty."""
    environment = sign(rep, user="rep", record=main["contact"], variant="aura")["context"][
        "environment"
    ]
    assert environment["record"] == {}
    assert environment["parameters"] == {"recordId": main["contact"], "sObjectName": "Contact"}
    assert environment["displayLocation"] == "Aura"
    assert environment["locationUrl"].startswith(rep.url)


def test_the_visualforce_container_echoes_the_record(rep: Client, main: dict[str, str]) -> None:
    """X16: attributes, Id and the entity fields."""
    environment = sign(rep, user="rep", record=main["opportunity"], variant="visualforce")[
        "context"
    ]["environment"]
    assert environment["parameters"] == {}
    assert environment["record"]["attributes"]["type"] == "Opportunity"
    assert environment["record"]["Id"] == main["opportunity"]
    assert environment["record"]["StageName"] == "Proposal/Price Quote"


def test_visualforce_echoes_no_fields_of_a_hidden_record(rep: Client, main: dict[str, str]) -> None:
    """X16: a user without access gets the id that the page had, and nothing else."""
    envelope = sign(rep, user="norecord", record=main["contact"], variant="visualforce")
    assert set(envelope["context"]["environment"]["record"]) == {"attributes", "Id"}


def test_the_envelope_says_who_and_which_org(rep: Client, main: dict[str, str]) -> None:
    """X16: user, organization, links to the host it was called by."""
    envelope = sign(rep, user="partial", record=main["contact"][:15], variant="aura")
    context = envelope["context"]
    assert envelope["userId"] == context["user"]["userId"]
    assert context["user"]["fullName"] == "Paolo Ferri"
    assert context["organization"]["organizationId"] == "00D5e000000DEVOEA4"
    assert envelope["client"]["instanceUrl"] == rep.url
    assert envelope["client"]["oauthToken"].startswith("00D5e000000DEVO!")


def test_issued_at_is_the_signed_low_half_of_the_time(rep: Client, main: dict[str, str]) -> None:
    """X16: wraps every 49.7 days and may be negative."""
    assert issued_at(2**32 + 5) == 5
    assert issued_at(2**31) == -(2**31)
    envelope = sign(
        rep, user="rep", record=main["contact"], variant="aura", issued_at_offset_seconds=-3600
    )
    age = (int(time.time() * 1000) - envelope["issuedAt"]) % 2**32
    assert 3_600_000 <= age < 3_605_000


@pytest.mark.parametrize(
    "body",
    [
        {"user": "nobody", "record": "0035e0000000001AAA"},
        {"user": "rep", "record": "0035e0000000001AAB"},
        {"user": "rep", "record": "0035e0000000001AAA", "variant": "lwc"},
        {"user": "rep", "record": "0035e0000000001AAA", "issued_at_offset_seconds": "soon"},
    ],
)
def test_what_cannot_be_signed_is_explained(rep: Client, body: dict[str, Any]) -> None:
    """X16: the control API answers 400 with a sentence."""
    answer = rep.http.post(f"{rep.url}/_devorg/sign", json=body, timeout=30)
    assert answer.status_code == 400
    assert answer.json()["message"]
