"""X1: a frame lives without cookies, on a bearer that is its own, short, and small enough."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canvas.errors import SessionError
from canvas.session import MAX_TOKEN_BYTES, FrameClaims, issue, read, require_same

KEY = bytes(range(32))
NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
CLAIMS = FrameClaims(
    org_id="0199a7a0-0000-7000-8000-000000000001",
    user_id="005000000000001AAA",
    record_id="006000000000001AAA",
    sobject="Opportunity",
    people={"003000000000001AAA": "Zoë Łukasiewicz", "00Q00000000000AEAQ": "李 雷"},
    opportunities={"006000000000001AAA": ("Pilot", "2026-10-01T08:00:00.000+0000")},
    others=2,
    hidden_opportunities=1,
    time_zone="Europe/Paris",
    locale="fr_FR",
    issued_for="the-signed-request",
)


def refusal(token: str, key: bytes = KEY, now: datetime = NOW, **more: Any) -> str:
    with pytest.raises(SessionError) as refused:
        read(token, key, now=now, **more)
    return refused.value.reason


def forged(key: bytes = KEY, typ: str = "inlay-frame+jwt", **changes: Any) -> str:
    """A token with the right key and one thing wrong."""
    token = issue(CLAIMS, KEY, now=NOW, lifetime_s=600)
    claims = jwt.decode(token, options={"verify_signature": False}) | changes
    return jwt.encode(claims, key, "HS256", headers={"typ": typ})


def test_claims_come_back_with_their_end() -> None:
    """X1: what was proven when the frame opened is what the next call reads."""
    token = issue(CLAIMS, KEY, now=NOW, lifetime_s=600)
    assert read(token, KEY, now=NOW) == replace(CLAIMS, expires_at=NOW + timedelta(seconds=600))


def test_bearer_ends_on_the_second_without_leeway() -> None:
    """X1: rights last as long as they were proven for, not longer."""
    token = issue(CLAIMS, KEY, now=NOW, lifetime_s=60)
    assert read(token, KEY, now=NOW + timedelta(seconds=59))
    assert refusal(token, now=NOW + timedelta(seconds=60)) == "bearer_expired"


def test_renewal_may_read_a_bearer_that_just_ended() -> None:
    """X1: to renew, the old bearer is read a while longer, and no longer than allowed."""
    token = issue(CLAIMS, KEY, now=NOW, lifetime_s=60)
    late = NOW + timedelta(seconds=60 + 299)
    assert read(token, KEY, now=late, allow_expired_s=300).user_id == CLAIMS.user_id
    after = late + timedelta(seconds=1)
    assert refusal(token, now=after, allow_expired_s=300) == "bearer_expired"


def test_missing_and_foreign_bearers() -> None:
    token = issue(CLAIMS, KEY, now=NOW, lifetime_s=60)
    assert refusal("") == "bearer_missing"
    assert refusal(token, key=bytes(32)) == "bearer_invalid"


@pytest.mark.parametrize(
    "changes",
    [
        {"typ": "JWT"},
        {"typ": "inlay-invite+jwt"},
        {"aud": "inlay:console"},
        {"aud": None},
        {"pur": "invite"},
        {"oth": "2"},
        {"sub": 5},
        {"sub": None},
        {"ppl": {"nonsense": "Name"}},
        {"opp": {"006000000000001": ["only a name"]}},
        {"exp": "tomorrow"},
        {"exp": 10**30},
        {"jti": None},
    ],
)
def test_a_token_for_anything_else_is_invalid(changes: dict[str, Any]) -> None:
    """X1: a token of the same key but another type, audience, purpose or shape opens nothing."""
    assert read(forged(), KEY, now=NOW).user_id == CLAIMS.user_id
    assert refusal(forged(**changes)) == "bearer_invalid"


@pytest.mark.parametrize("algorithm", ["none", "HS384", "HS512"])
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_other_algorithms_are_invalid(algorithm: str) -> None:
    """X1: the algorithm is ours, never the token's."""
    claims = jwt.decode(forged(), options={"verify_signature": False})
    key: str | bytes = "" if algorithm == "none" else KEY
    token = jwt.encode(claims, key, algorithm, headers={"typ": "inlay-frame+jwt"})
    assert refusal(token) == "bearer_invalid"


@given(st.text() | st.from_regex(r"[\w-]{4,40}\.[\w-]{4,40}\.[\w-]{4,60}"))
def test_arbitrary_text_is_missing_or_invalid(text: str) -> None:
    assert refusal(text) in {"bearer_missing", "bearer_invalid"}


@given(position=st.integers(min_value=0), change=st.integers(1, 127))
def test_any_changed_byte_is_refused(position: int, change: int) -> None:
    token = bytearray(issue(CLAIMS, KEY, now=NOW, lifetime_s=60).encode())
    # the last character has two bits that base64 does not use
    token[position % (len(token) - 1)] ^= change
    assert refusal(token.decode("latin-1")) == "bearer_invalid"


def test_no_token_of_the_user_is_in_the_bearer() -> None:
    """X1: the bearer carries ids and names only."""
    claims = jwt.decode(forged(), options={"verify_signature": False})
    ours = {"aud", "pur", "org", "sub", "rec", "obj", "ppl", "opp", "oth", "hid", "tz", "loc"}
    assert set(claims) == ours | {"jti", "iat", "exp"}


def crowd(people: int, opportunities: int, name: str) -> FrameClaims:
    chance = random.Random(1)
    ids = [f"{chance.randrange(62**6):012d}"[-12:] for _ in range(people + opportunities)]
    return replace(
        CLAIMS,
        people={f"003{i}": f"{name} {n}" for n, i in enumerate(ids[:people])},
        opportunities={
            f"006{i}": (f"{name} {n}", "2026-10-01T08:00:00.000+0000")
            for n, i in enumerate(ids[people:])
        },
    )


@pytest.mark.parametrize(
    ("people", "opportunities", "name"),
    [
        (60, 0, "Alexandra Montgomery"),
        (60, 10, "Alexandra Montgomery"),
        (60, 0, "Александра Монтгомери-Каменская"),
        (60, 40, "x" * 120),
        (60, 20, "漢" * 120),
    ],
)
def test_sixty_people_fit_into_a_header(people: int, opportunities: int, name: str) -> None:
    """X1: servers refuse header fields beyond 8 kB; long names are cut, nobody is dropped."""
    claims = crowd(people, opportunities, name)
    token = issue(claims, KEY, now=NOW, lifetime_s=600)
    assert len(token) < MAX_TOKEN_BYTES
    back = read(token, KEY, now=NOW)
    assert len(back.people) == people
    assert len(back.opportunities) == opportunities
    assert all(shown.rstrip("…") in f"{name} {n}" for n, shown in enumerate(back.people.values()))


def test_usual_names_are_not_cut() -> None:
    claims = crowd(60, 10, "Alexandra Montgomery")
    back = read(issue(claims, KEY, now=NOW, lifetime_s=600), KEY, now=NOW)
    assert list(back.people.values()) == list(claims.people.values())


def test_more_people_than_fit_are_refused_not_dropped() -> None:
    with pytest.raises(ValueError, match="show fewer"):
        issue(crowd(300, 0, "Name"), KEY, now=NOW, lifetime_s=600)


def test_issue_refuses_what_would_be_unsafe() -> None:
    """X1: weak keys, long lives, wrong ids and naive times are mistakes of the caller."""
    for lifetime_s in (0, -1, 601):
        with pytest.raises(ValueError, match="seconds"):
            issue(CLAIMS, KEY, now=NOW, lifetime_s=lifetime_s)
    with pytest.raises(ValueError, match="key"):
        issue(CLAIMS, b"short", now=NOW, lifetime_s=9)
    with pytest.raises(ValueError, match="key"):
        read("any", b"short", now=NOW)
    with pytest.raises(ValueError, match="Salesforce id"):
        issue(replace(CLAIMS, record_id="1"), KEY, now=NOW, lifetime_s=9)
    with pytest.raises(ValueError, match="aware"):
        issue(CLAIMS, KEY, now=datetime(2026, 1, 1), lifetime_s=9)  # noqa: DTZ001  # the point of the test


def test_bearers_without_a_reference_get_their_own() -> None:
    tokens = [issue(replace(CLAIMS, issued_for=""), KEY, now=NOW, lifetime_s=9) for _ in range(2)]
    first, second = (read(token, KEY, now=NOW).issued_for for token in tokens)
    assert first
    assert first != second


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"org_id": "another"}, "other_org"),
        ({"user_id": "005000000000002AAA"}, "other_user"),
        ({"record_id": "006000000000002AAA"}, "other_record"),
        ({"org_id": "another", "user_id": "005000000000002AAA"}, "other_org"),
    ],
)
def test_a_frame_renewed_by_somebody_else_is_refused(other: dict[str, str], reason: str) -> None:
    """C1: the fresh signed request must be of the same org, user and record."""
    require_same(CLAIMS, org_id=CLAIMS.org_id, user_id=CLAIMS.user_id, record_id=CLAIMS.record_id)
    with pytest.raises(SessionError) as refused:
        require_same(CLAIMS, **other)
    assert refused.value.reason == reason


def test_claims_do_not_show_people() -> None:
    assert "Zoë" not in repr(CLAIMS)
    assert "Pilot" not in repr(CLAIMS)
    assert "the-signed-request" not in repr(CLAIMS)
