"""Every way in which POST /canvas says no, over real HTTP (unit tests cover the rest)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.e2e import tenants as world
from tests.e2e.tenants import Tenants, signed_again

Make = Callable[[Tenants, str], str]


def signed(tenants: Tenants, contact: str) -> str:
    """A good request."""
    return tenants.a.sign(contact)


def aged(seconds: float) -> Make:
    """A good request of another time."""
    return lambda tenants, contact: tenants.a.sign(contact, issued_at_offset_seconds=seconds)


def of_org(org_id: str, secret: str = world.PACKAGED_SECRET) -> Make:
    """A request that names another org."""

    def change(envelope: dict[str, Any]) -> None:
        envelope["context"]["organization"]["organizationId"] = org_id

    return lambda tenants, contact: signed_again(tenants.a.sign(contact), change, secret)


def without_signature(tenants: Tenants, contact: str) -> str:
    return "." + tenants.a.sign(contact).partition(".")[2]


def with_changed_payload(tenants: Tenants, contact: str) -> str:
    text = tenants.a.sign(contact)
    return text[:-12] + ("A" if text[-12] != "A" else "B") + text[-11:]


def with_token_of_another_org(tenants: Tenants, contact: str) -> str:
    """B's envelope around A's token: its org is asked for before any right is derived."""

    def change(envelope: dict[str, Any]) -> None:
        envelope["context"]["organization"]["organizationId"] = world.ORG_B

    return signed_again(tenants.a.sign(contact), change)


CASES: list[tuple[str, Make, int, str, str]] = [
    ("nothing", lambda *_: "", 400, "missing", ""),
    ("malformed", lambda *_: "hello", 400, "bad_format", ""),
    ("unsigned", without_signature, 400, "bad_format", ""),
    ("changed", with_changed_payload, 401, "bad_signature", ""),
    ("stale", aged(-3600), 401, "stale", ""),
    ("of the future", aged(3600), 401, "from_future", ""),
    ("unknown org", of_org(world.UNKNOWN), 403, "org_pending", ""),
    ("pending org", of_org(world.PENDING), 403, "org_pending", ""),
    ("suspended org", of_org(world.SUSPENDED), 403, "org_suspended", ""),
    ("feature off", of_org(world.FEATURE_OFF), 403, "feature_off", ""),
    ("another tenant's secret", of_org(world.ORG_A, world.OTHER_SECRET), 401, "bad_signature", ""),
    ("another tenant's app", of_org(world.ORG_A, world.OTHER_SECRET), 403, "other_org", "/other"),
    ("another tenant's token", with_token_of_another_org, 403, "wrong_org", ""),
]


@pytest.mark.parametrize(
    ("make", "status", "reason", "path"),
    [case[1:] for case in CASES],
    ids=[case[0].replace(" ", "-") for case in CASES],
)
def test_each_refusal_has_its_status_and_a_calm_page(
    tenants: Tenants, make: Make, status: int, reason: str, path: str
) -> None:
    """C1, X2: status, reason code, and nothing secret on the page."""
    contact = tenants.a.main()["contact"]
    text = make(tenants, contact)
    answer = post(tenants, text, path)
    assert (answer.status_code, code_on(answer)) == (status, reason)
    assert_calm(answer, text)


def test_a_request_is_served_a_few_times_and_then_refused(tenants: Tenants) -> None:
    """X2: Salesforce's repost sends the same text again; nobody needs it more than a few times."""
    text = tenants.a.sign(tenants.a.main()["contact"])
    statuses = [post(tenants, text).status_code for _ in range(7)]
    assert statuses[:2] == [200, 200]
    assert statuses[-1] == 401
    refused = post(tenants, text)
    assert code_on(refused) == "replayed"
    assert_calm(refused, text)


def test_a_request_is_refused_after_its_window(tenants: Tenants) -> None:
    """X2: even the second time, when it comes late."""
    text = tenants.a.sign(tenants.a.main()["contact"])
    assert post(tenants, text).status_code == 200
    time.sleep(world.REPLAY_SECONDS + 0.5)  # nothing but time ends the window
    refused = post(tenants, text)
    assert (refused.status_code, code_on(refused)) == (401, "replayed")


def post(tenants: Tenants, text: str, path: str = "") -> requests.Response:
    """What the form in the record page does."""
    form = {"signed_request": text}
    return requests.post(f"{tenants.app_url}/canvas{path}", data=form, timeout=30)


def code_on(answer: requests.Response) -> str:
    """The reason code at the foot of a calm page."""
    return answer.text.partition("<code>")[2].partition("</code>")[0]


def assert_calm(answer: requests.Response, text: str) -> None:
    """A page with a sentence, and without anything that the request brought."""
    assert "<h1" in answer.text
    assert "Traceback" not in answer.text
    secrets = {world.PACKAGED_SECRET, world.OTHER_SECRET, *text.split(".")}
    assert not [each for each in secrets if len(each) > 8 and each in answer.text]
    assert "00D5e000000" not in answer.text
    assert "set-cookie" not in answer.headers
