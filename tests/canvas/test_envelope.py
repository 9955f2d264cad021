"""C1: the typed content of a request, what may be missing in it, and that it stays quiet."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from canvas.envelope import Envelope, RecordReference
from canvas.errors import CanvasError, HostError, SessionError, SignedRequestError
from canvas.signed_request import verify

Payload = dict[str, Any]
Read = Callable[[Payload], Envelope]


@pytest.fixture
def read(sign: Callable[..., str], secret: str) -> Read:
    return lambda payload: verify(sign(payload), [secret])


def refusal(read: Read, payload: Payload) -> str:
    with pytest.raises(SignedRequestError) as refused:
        read(payload)
    return refused.value.reason


def test_fields_of_a_full_request(read: Read, payload: Payload) -> None:
    """C1: what the app needs is there, typed, under its own names."""
    envelope = read(payload)
    assert envelope.user.time_zone == "Europe/Paris"
    assert envelope.client.oauth_token == payload["client"]["oauthToken"]
    assert envelope.organization.name == "Example & Sons"
    assert envelope.application.namespace == "demo_ns"
    assert envelope.environment.version.api == "68.0"
    assert envelope.environment.display_location == "Aura"


def test_ids_of_15_characters_become_18(read: Read, payload: Payload) -> None:
    """C1: Salesforce sends either form; a tenant must not have two names."""
    payload["userId"] = payload["context"]["user"]["userId"] = "005000000000001"
    payload["context"]["organization"]["organizationId"] = "00D000000000001"
    envelope = read(payload)
    assert envelope.organization.id == "00D000000000001EAA"
    assert envelope.user_id == envelope.user.id == "005000000000001AAA"


@pytest.mark.parametrize(
    ("top", "inner", "outcome"),
    [
        ("005000000000001", "005000000000001AAA", "005000000000001AAA"),
        ("005000000000001AAA", "005000000000001", "005000000000001AAA"),
        (None, "005000000000001", "005000000000001AAA"),
        ("005000000000001", None, "005000000000001AAA"),
        ("005000000000001", "005000000000002", "bad_payload"),
        ("005000000000001", "nonsense", "bad_payload"),
        ("003000000000001", None, "bad_payload"),
        (None, None, "missing_user"),
    ],
)
def test_both_places_of_the_user_id_must_agree(
    top: str | None, inner: str | None, outcome: str, read: Read, payload: Payload
) -> None:
    """C1: a request that names two users is believed for neither."""
    payload["userId"] = top
    payload["context"]["user"] = None if inner is None else {"userId": inner}
    if outcome.startswith("005"):
        assert read(payload).user_id == outcome
    else:
        assert refusal(read, payload) == outcome


@pytest.mark.parametrize(
    ("organization", "reason"),
    [
        (None, "missing_organization"),
        ({}, "missing_organization"),
        ({"organizationId": "005000000000001"}, "bad_payload"),
        ({"organizationId": "00D000000000001AAA"}, "bad_payload"),
    ],
)
def test_organization_must_be_there_and_be_one(
    organization: Payload | None, reason: str, read: Read, payload: Payload
) -> None:
    """C1: without an org there is no tenant."""
    payload["context"]["organization"] = organization
    assert refusal(read, payload) == reason


def test_what_is_optional_may_be_missing_or_null(read: Read, payload: Payload) -> None:
    """C1: payloads of 2013 and lifecycle exclusions leave out much."""
    context = {"organization": payload["context"]["organization"]}
    bare = {"algorithm": "HMACSHA256", "userId": payload["userId"], "context": context}
    nulls = {"client": None, "context": {**context, "environment": None, "links": None}}
    for sent in (bare, bare | nulls):
        envelope = read(sent)
        assert envelope.issued_at is None
        assert envelope.client.oauth_token is None
        assert (envelope.environment.parameters, envelope.environment.record) == ({}, {})
        assert envelope.record_reference() is None


@pytest.mark.parametrize("issued_at", ["2026-11-16", 1.5, True, [], {}])
def test_issued_at_of_a_new_form_is_unknown(
    issued_at: object, read: Read, payload: Payload
) -> None:
    """C1: Salesforce calls the field internal and has changed it before."""
    payload["issuedAt"] = issued_at
    assert read(payload).issued_at is None


def test_unknown_fields_are_ignored(read: Read, payload: Payload) -> None:
    payload["new"] = payload["context"]["new"] = payload["context"]["user"]["new"] = {"a": [1]}
    assert read(payload).user.full_name == "Ada Example"


CONTACT, CONTACT18 = "003000000000001", "003000000000001AAA"
OPPORTUNITY, OPPORTUNITY18 = "006000000000001", "006000000000001AAA"


@pytest.mark.parametrize(
    ("record", "parameters", "expected"),
    [
        ({"attributes": {"type": "Contact"}, "Id": CONTACT}, {}, ("Contact", CONTACT18)),
        ({"Id": CONTACT}, {"recordId": OPPORTUNITY}, ("Contact", CONTACT18)),
        ({}, {"recordId": OPPORTUNITY18}, ("Opportunity", OPPORTUNITY18)),
        ({}, {"recordId": "00Q000000000001"}, ("Lead", "00Q000000000001EAA")),
        ({}, {"recordId": "001000000000001"}, ("Account", "001000000000001AAA")),
        ({}, {"recordId": CONTACT, "sObjectName": "Opportunity"}, None),
        ({"attributes": {"type": "Lead"}, "Id": CONTACT}, {}, None),
        ({"attributes": "Contact", "Id": CONTACT}, {}, ("Contact", CONTACT18)),
        ({}, {"recordId": "500000000000001", "sObjectName": "Case"}, None),
        ({}, {"recordId": "003000000000001'--", "sObjectName": "Contact"}, None),
        ({}, {"recordId": "003000000000001AAB"}, None),
        ({}, {"recordId": 3}, None),
        ({}, {}, None),
    ],
)
def test_record_reference(
    record: Payload,
    parameters: Payload,
    expected: tuple[str, str] | None,
    read: Read,
    payload: Payload,
) -> None:
    """C2: the record first, then the parameters, and only ids of objects the widget shows."""
    payload["context"]["environment"] |= {"record": record, "parameters": parameters}
    found = read(payload).record_reference()
    assert found == (None if expected is None else RecordReference(*expected))


def test_envelope_shows_no_token_and_no_content(read: Read, payload: Payload) -> None:
    """C1: an envelope that ends in a log line or a traceback gives nothing away."""
    payload["context"]["environment"]["parameters"]["note"] = "PRIVATE"
    envelope = read(payload)
    parts = [envelope, envelope.client, envelope.user, envelope.environment, envelope.organization]
    shown = "".join(f"{part!r}{part!s}{part.__rich_repr__()}" for part in parts)
    assert "00D000000000001EAA" in shown
    for private in ("TOKEN", "Ada", "ada@", "Sons", "PRIVATE", "acme"):
        assert private not in shown


def test_envelope_cannot_be_pickled(read: Read, payload: Payload) -> None:
    """C1: a live token must not reach a queue, a cache or another process by accident."""
    envelope = read(payload)
    for part in (envelope, envelope.client, envelope.environment):
        for dump in (pickle.dumps, copy.deepcopy):
            with pytest.raises(TypeError, match="live token"):
                dump(part)


def test_refresh_token_is_not_kept(read: Read, payload: Payload) -> None:
    assert not hasattr(read(payload).client, "refresh_token")


def test_envelope_cannot_be_changed(read: Read, payload: Payload) -> None:
    with pytest.raises(AttributeError):
        read(payload).user_id = "005000000000002AAA"  # type: ignore[misc]


@pytest.mark.parametrize("kind", [SignedRequestError, SessionError, HostError])
def test_errors_survive_pickling_and_speak_in_sentences(kind: type[CanvasError]) -> None:
    for reason, message in kind.default_messages.items():
        back = pickle.loads(pickle.dumps(kind(reason)))
        assert type(back) is kind
        assert (back.reason, back.message) == (reason, message)
        assert message.endswith(".")
    assert kind("x", "Own words.").message == "Own words."
