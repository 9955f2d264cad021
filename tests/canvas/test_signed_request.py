"""C1: only what Salesforce signed gets through, and whatever else comes in has a reason code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from canvas.errors import SignedRequestError
from canvas.signed_request import MAX_CHARACTERS, mac_of, verify

Sign = Callable[..., str]
Payload = dict[str, Any]


def reason_of(text: str, *secrets: str) -> str:
    with pytest.raises(SignedRequestError) as refused:
        verify(text, secrets)
    return refused.value.reason


def test_every_secret_of_a_rotation_is_tried(sign: Sign, payload: Payload, secret: str) -> None:
    """C1: the old and the new consumer secret both verify while a rotation lasts."""
    for secrets in ([secret, "new"], ["new", secret], ["x", secret, "y"]):
        assert verify(sign(payload), secrets).user_id == "005000000000001AAA"
    assert reason_of(sign(payload), "new", "other") == "bad_signature"


def test_without_a_usable_secret_nothing_verifies(sign: Sign, payload: Payload) -> None:
    """C1: a secret left empty in a configuration must not let anybody sign."""
    assert reason_of(sign(payload, secret=""), "") == "bad_signature"
    assert reason_of(sign(payload)) == "bad_signature"


def test_a_bare_string_of_secrets_is_a_mistake_of_the_caller(sign: Sign, payload: Payload) -> None:
    """C1: else each letter of the secret would be a secret, quickly guessed."""
    with pytest.raises(TypeError):
        verify(sign(payload, secret="a"), "a-consumer-secret")


def test_missing_and_oversized_requests(sign: Sign, payload: Payload, secret: str) -> None:
    text = sign(payload)
    assert reason_of("", secret) == "missing"
    assert reason_of("a" * (MAX_CHARACTERS + 1), secret) == "too_large"
    with pytest.raises(SignedRequestError, match="too_large"):
        verify(text, [secret], max_characters=len(text) - 1)
    assert verify(text, [secret], max_characters=len(text))


@pytest.mark.parametrize("text", ["x", ".", "a.b", "é.é", "a" * 44 + ".e30=", "=" * 44 + "."])
def test_malformed_text_is_refused_before_any_secret_is_used(text: str, secret: str) -> None:
    assert reason_of(text, secret) == "bad_format"


def test_signature_is_checked_before_the_payload_is_decoded(sign: Sign, secret: str) -> None:
    """C1: garbage with a wrong signature is a wrong signature, with a right one bad payload."""
    assert reason_of(sign(b"not json", secret="forged"), secret) == "bad_signature"
    assert reason_of(sign(b"not json"), secret) == "bad_payload"


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"1", b'"a"', b"{", b'{"userId":5}'])
def test_signed_payload_must_be_an_object_of_the_known_form(
    content: bytes, sign: Sign, secret: str
) -> None:
    expected = "bad_format" if content == b"" else "bad_payload"
    assert reason_of(sign(content), secret) == expected


def test_deeply_nested_payload_is_refused(sign: Sign, payload: Payload, secret: str) -> None:
    """C1: parameters are the browser's; nesting them must not crash the process."""
    nested = json.dumps(payload).replace(
        '"recordId"', '"deep": ' + "[" * 20_000 + "]" * 20_000 + ', "recordId"'
    )
    assert reason_of(sign(nested.encode()), secret) == "bad_payload"


def test_payload_of_another_base64_spelling_is_refused(secret: str) -> None:
    """C1: the signature is right, but the text is not how base64 is written."""
    for encoded in (b"e30", b"e31=", b"e3 0=", b"e30=e30=", b"e30=\n", b"e3-_"):
        mac = base64.b64encode(hmac.new(secret.encode(), encoded, hashlib.sha256).digest())
        assert reason_of(f"{mac.decode()}.{encoded.decode()}", secret) == "bad_encoding"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "hmacsha256", "HMACSHA256 ", "", None])
def test_any_other_algorithm_is_refused(
    algorithm: str | None, sign: Sign, payload: Payload, secret: str
) -> None:
    payload["algorithm"] = algorithm
    assert reason_of(sign(payload), secret) == "wrong_algorithm"


def test_replay_key_needs_a_signature(sign: Sign, payload: Payload) -> None:
    text = sign(payload)
    assert mac_of(text) == text.partition(".")[0]
    for broken in ("", "x.y", "!" * 43 + "=.e30="):
        with pytest.raises(SignedRequestError):
            mac_of(broken)


def test_refusals_show_nothing_of_the_request(sign: Sign, payload: Payload, secret: str) -> None:
    """C1: neither message nor traceback of a refusal holds a token or text of the payload."""
    payload["context"]["user"]["fullName"] = {"not": "a text"}
    with pytest.raises(SignedRequestError) as refused:
        verify(sign(payload), [secret])
    shown = "".join(traceback.format_exception(refused.value)) + repr(refused.value)
    assert refused.value.__context__ is None
    assert "LIVE.TOKEN" not in shown
    assert "Ada" not in shown


@given(st.text() | st.from_regex(r"[A-Za-z0-9+/]{43}=\.[A-Za-z0-9+/]{4,40}={0,2}"))
@example("\ud800.")
def test_arbitrary_text_never_raises_anything_else(text: str) -> None:
    """C1: a forged post can be anything; it is always a refusal, never a crash."""
    with pytest.raises(SignedRequestError):
        verify(text, ["a-secret"])


@given(st.binary())
def test_arbitrary_signed_bytes_never_raise_anything_else(sign: Sign, content: bytes) -> None:
    """C1: also content that carries a good signature."""
    with pytest.raises(SignedRequestError):
        verify(sign(content), ["a-consumer-secret-of-the-tests"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
PLACES = ("algorithm", "issuedAt", "userId", "client", "context", "context.user", "context.links")


@given(place=st.sampled_from(PLACES), value=JSON)
def test_any_json_in_any_place_is_read_or_refused(sign: Sign, place: str, value: Any) -> None:
    """C1: a field of an unexpected type gives a refusal or is ignored, never another exception."""
    content: Payload = {"algorithm": "HMACSHA256", "userId": "005000000000001", "context": {}}
    content["context"]["organization"] = {"organizationId": "00D000000000001"}
    target, _, name = place.rpartition(".")
    (content[target] if target else content)[name] = value
    try:
        outcome = verify(sign(content), ["a-consumer-secret-of-the-tests"]).organization.id
    except SignedRequestError as refused:
        outcome = refused.reason
    assert outcome.startswith(("00D", "bad_payload", "missing_", "wrong_algorithm"))


@given(position=st.integers(min_value=0), change=st.integers(min_value=1, max_value=255))
def test_any_changed_byte_is_refused(sign: Sign, position: int, change: int) -> None:
    """C1: no byte of a request can be changed."""
    secret = "a-consumer-secret-of-the-tests"
    raw = bytearray(sign({"algorithm": "HMACSHA256", "userId": "005000000000001"}).encode())
    raw[position % len(raw)] ^= change
    with pytest.raises(SignedRequestError) as refused:
        verify(raw.decode("latin-1"), [secret])
    assert refused.value.reason in {"bad_signature", "bad_format"}


NAMES = st.text(st.characters(codec="utf-8"), max_size=40)


@given(
    user_name=NAMES,
    org_name=NAMES,
    issued_at=st.none() | st.integers(-(2**31), 2**31 - 1),
    parameters=st.dictionaries(NAMES, NAMES | st.integers(-(2**63), 2**63 - 1), max_size=4),
    secret=st.text(st.characters(codec="utf-8"), min_size=1, max_size=80),
)
def test_what_was_signed_comes_back(
    sign: Sign,
    user_name: str,
    org_name: str,
    issued_at: int | None,
    parameters: dict[str, Any],
    secret: str,
) -> None:
    """C1: sign, verify, and the values are the same, in every script."""
    content: Payload = {"algorithm": "HMACSHA256", "issuedAt": issued_at}
    content["context"] = {
        "user": {"userId": "005000000000001", "fullName": user_name},
        "organization": {"organizationId": "00D000000000001", "name": org_name},
        "environment": {"parameters": parameters},
    }
    envelope = verify(sign(content, secret), [secret])
    assert (envelope.user.full_name, envelope.organization.name) == (user_name, org_name)
    assert envelope.issued_at == issued_at
    assert envelope.environment.parameters == parameters
