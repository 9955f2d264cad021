"""Every vector of the file gets the verdict it states; where it says "policy", ours is here."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from canvas import freshness
from canvas.envelope import Envelope, RecordReference
from canvas.errors import SignedRequestError
from canvas.signed_request import mac_of, verify

FILE = json.loads((Path(__file__).parents[1] / "data" / "canvas_vectors.json").read_text("utf-8"))
VECTORS: dict[str, dict[str, Any]] = {vector["id"]: vector for vector in FILE["vectors"]}
NOW_MS = int(datetime.fromisoformat(FILE["clock"].split()[0]).timestamp() * 1000)

ACCEPTED = "accepted"
VERDICTS = {
    "synthetic/contact-aura": ACCEPTED,
    "synthetic/opportunity-visualforce-namespaced": ACCEPTED,
    "synthetic/issuedAt-null": ACCEPTED,  # policy: freshness unknown, so it passes
    "synthetic/stale-3h": "stale",
    "synthetic/future-10min": "from_future",
    "synthetic/wrapped-49.7-days-old": ACCEPTED,  # only the store of seen MACs can tell
    "synthetic/alg-none": "wrong_algorithm",
    "synthetic/alg-HMACSHA1": "wrong_algorithm",
    "synthetic/alg-hmacsha256": "wrong_algorithm",  # policy: Salesforce writes upper case
    "synthetic/alg-empty": "wrong_algorithm",
    "synthetic/flipped-bit": "bad_signature",
    "synthetic/trailing-space": "bad_signature",  # decided: nothing is stripped
    "synthetic/extra-part": "bad_format",
    "synthetic/unpadded-signature": "bad_format",  # policy: Salesforce pads
    "synthetic/plus-became-space": "bad_signature",
    "synthetic/plus-and-slash": ACCEPTED,
    "synthetic/json-not-object": "bad_payload",
    "synthetic/not-utf8": "bad_encoding",
    "synthetic/organization-excluded-by-lifecycle-handler": "missing_organization",
    "synthetic/malleable-signature-1": "bad_signature",
    "synthetic/malleable-signature-2": "bad_signature",
    "synthetic/malleable-signature-3": "bad_signature",
    "synthetic/duplicate-signature-newline": "bad_format",
}


def judge(text: str, secret: str) -> tuple[str, Envelope | None]:
    try:
        envelope = verify(text, [secret])
        freshness.check(envelope.issued_at, NOW_MS)
    except SignedRequestError as refused:
        return refused.reason, None
    return ACCEPTED, envelope


@pytest.mark.parametrize("vector_id", VECTORS)
def test_vector_gets_its_verdict(vector_id: str) -> None:
    """C1: each stored request is accepted, or refused for the stated reason."""
    vector = VECTORS[vector_id]
    verdict, envelope = judge(vector["signed_request"], vector["secret"])
    assert verdict == VERDICTS[vector_id]
    if envelope is not None and "expected_payload" in vector:
        sent, record = vector["expected_payload"], vector["expected_record"]
        assert envelope.issued_at == sent["issuedAt"]
        assert envelope.organization.id == sent["context"]["organization"]["organizationId"]
        assert envelope.client.oauth_token == sent["client"]["oauthToken"]
        assert envelope.application.namespace == sent["context"]["application"]["namespace"]
        assert envelope.record_reference() == RecordReference(record["sobject"], record["id"])


def test_no_vector_is_left_out() -> None:
    assert VERDICTS.keys() == VECTORS.keys()


def test_form_body_decides_over_plus_and_slash() -> None:
    """C1: parsed as a form the request is good; with a bare + it was damaged on the way."""
    vector = VECTORS["synthetic/plus-and-slash"]
    right = parse_qs(vector["raw_form_body"], strict_parsing=True)["signed_request"][0]
    wrong = parse_qs(vector["raw_form_body_wrong"])["signed_request"][0]
    assert judge(right, vector["secret"])[0] == ACCEPTED
    assert judge(wrong, vector["secret"])[0] == "bad_signature"


def test_respelled_signature_has_the_same_replay_key() -> None:
    """C1: a replay store keyed on `mac_of` is not got round by another base64 spelling."""
    first = VECTORS["synthetic/contact-aura"]["signed_request"]
    respelled = VECTORS["synthetic/malleable-signature-1"]["signed_request"]
    assert first != respelled
    assert mac_of(first) == mac_of(respelled) == first.partition(".")[0]
