"""Every way to say no: status, reason, calm page, and nothing secret on it (C1, X2)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import requests
import structlog
from flask import Flask
from prometheus_client import REGISTRY
from sqlalchemy import func, select
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from app.config import Config
from app.db import Database
from app.keys import Keyring
from app.orgs import apps, service
from app.orgs.features import Feature
from app.orgs.models import Org, OrgState, SeenRequest
from app.widget import refusals, rights
from devorg import DevorgConfig
from tests.support.application import APP_URL, make_org
from tests.widget.conftest import Box, Widget, hurry, set_state, switch

pytestmark = pytest.mark.any_database  # most are refused before it is asked

SECRET = DevorgConfig().consumer_secret


def changed(signed_request: str, change: Callable[[dict[str, Any]], None], secret: str) -> str:
    """The request with another payload, signed with a secret."""
    envelope = json.loads(base64.b64decode(signed_request.partition(".")[2]))
    change(envelope)
    payload = base64.b64encode(json.dumps(envelope).encode())
    mac = hmac.new(secret.encode(), payload, hashlib.sha256).digest()
    return f"{base64.b64encode(mac).decode()}.{payload.decode()}"


@dataclass
class Bench:
    """What a case may turn."""

    box: Box
    database: Database
    keyring: Keyring
    org: Org
    widget: Widget

    def signed(self, change: Callable[[dict[str, Any]], None], secret: str = SECRET) -> str:
        return changed(self.box.sign(), change, secret)

    def state(self, state: OrgState) -> None:
        set_state(self.database, self.org, state)


@pytest.fixture
def bench(box: Box, database: Database, keyring: Keyring, org: Org, widget: Widget) -> Bench:
    return Bench(box, database, keyring, org, widget)


def _unsigned(bench: Bench) -> str:
    return "." + bench.box.sign().partition(".")[2]


def _suspended(bench: Bench) -> str:
    bench.state(OrgState.SUSPENDED)
    return bench.box.sign()


def _pending(bench: Bench) -> str:
    bench.state(OrgState.PENDING)
    return bench.box.sign()


def _feature_off(bench: Bench) -> str:
    switch(bench.database, bench.org, Feature.WIDGET, False)
    return bench.box.sign()


def _other_tenants_secret(bench: Bench) -> str:
    other = make_org(bench.database, "00D5e000000OTHEEA4", "Other")
    with bench.database.system_writing() as session:
        apps.put(session, bench.keyring, "theirs", ("t" * 40,), org=other)
    return bench.signed(lambda _: None, "t" * 40)


def _unknown_org(bench: Bench) -> str:
    def change(envelope: dict[str, Any]) -> None:
        envelope["context"]["organization"]["organizationId"] = "00D5e000000NEWOEA4"

    return bench.signed(change)


def _other_app(bench: Bench) -> str:
    return bench.signed(lambda e: e["context"]["application"].update(developerName="Other"))


def _portal_user(bench: Bench) -> str:
    return bench.signed(lambda e: e["context"]["user"].update(userType="POWER_CUSTOMER_SUCCESS"))


def _without_record(bench: Bench) -> str:
    return bench.signed(lambda e: e["context"]["environment"].update(parameters={}))


def _without_organization(bench: Bench) -> str:
    return bench.signed(lambda e: e["context"].pop("organization"))


def _foreign_host(bench: Bench) -> str:
    return bench.signed(lambda e: e["client"].update(instanceUrl="https://evil.example"))


def _other_orgs_token(bench: Bench) -> str:
    """A genuine envelope of one tenant that brings the token of another."""
    with bench.database.system_writing() as session:
        other = service.create(
            session, "00D5e000000OTHEEA4", "Other", state=OrgState.ACTIVE
        ).salesforce_id
    return bench.signed(lambda e: e["context"]["organization"].update(organizationId=other))


def _ended_token(bench: Bench) -> str:
    text = bench.box.sign()
    bench.box.post("tokens/expire")
    return text


def _refused_by(status: int, code: str) -> Callable[[Bench], str]:
    def make(bench: Bench) -> str:
        bench.box.post(
            "faults", kind="status", match="/services/data", status=status, errorCode=code,
            message="Refused by a test",
        )  # fmt: skip
        return bench.box.sign()

    return make


def _hanging(bench: Bench) -> str:
    hurry(bench.widget.client.application)
    bench.box.post("faults", kind="hang", match="/services/data", seconds=200)
    return bench.box.sign()


def _down(bench: Bench) -> str:
    bench.box.post("faults", kind="drop", match="/services/data")
    return bench.box.sign()


CASES: list[tuple[str, int, str, Callable[[Bench], str]]] = [
    ("nothing at all", 400, "missing", lambda _: ""),
    ("no signed request", 400, "bad_format", lambda _: "hello"),
    ("too large", 400, "too_large", lambda _: "x" * 200_000),
    ("unsigned", 400, "bad_format", _unsigned),
    ("no algorithm", 400, "wrong_algorithm", lambda b: b.signed(lambda e: e.clear())),
    ("no organization", 400, "missing_organization", _without_organization),
    ("wrong secret", 401, "bad_signature", lambda b: b.signed(lambda _: None, "wrong")),
    ("another tenant's secret", 401, "bad_signature", _other_tenants_secret),
    ("stale", 401, "stale", lambda b: b.box.sign(issued_at_offset_seconds=-3600)),
    ("of the future", 401, "from_future", lambda b: b.box.sign(issued_at_offset_seconds=3600)),
    ("no record", 400, "no_record", _without_record),
    ("unknown org", 403, "org_pending", _unknown_org),
    ("pending org", 403, "org_pending", _pending),
    ("suspended org", 403, "org_suspended", _suspended),
    ("feature off", 403, "feature_off", _feature_off),
    ("other app", 403, "other_app", _other_app),
    ("portal user", 403, "user_type", _portal_user),
    ("host that is not Salesforce", 403, "foreign_host", _foreign_host),
    ("token of another org", 403, "wrong_org", _other_orgs_token),
    ("token that ended", 401, "session_over", _ended_token),
    ("no access", 403, "no_access", lambda b: b.box.sign("norecord")),
    ("API right missing", 403, "api_not_allowed", _refused_by(403, "API_DISABLED_FOR_ORG")),
    ("address refused", 403, "ip_not_allowed", _refused_by(403, "INVALID_LOGIN")),
    ("app not approved", 403, "app_not_approved", _refused_by(403, "OAUTH_APP_ACCESS_DENIED")),
    ("daily limit", 503, "limit_reached", _refused_by(403, "REQUEST_LIMIT_EXCEEDED")),
    ("Salesforce hangs", 503, "salesforce_slow", _hanging),
    ("Salesforce is gone", 503, "salesforce_down", _down),
]


@pytest.mark.parametrize(
    ("status", "reason", "make"),
    [pytest.param(*case[1:], id=case[0].replace(" ", "-")) for case in CASES],
)
def test_each_refusal_has_its_status_reason_and_page(
    bench: Bench, status: int, reason: str, make: Callable[[Bench], str]
) -> None:
    """C1, X2: calm, with the code, counted and logged, and with no secret anywhere."""
    text = make(bench)
    before = _count(reason)

    with _logs() as lines:
        answer = bench.widget.post(text)

    assert (answer.status_code, _code_of(answer)) == (status, reason)
    assert _title_of(answer) == refusals.of(opening_error(reason)).title.replace("'", "&#39;")
    assert _count(reason) == before + 1
    assert any(line.get("reason") == reason for line in lines)
    _assert_nothing_secret(text, answer.text, json.dumps(lines, default=str))
    assert "frame-ancestors https://" in answer.headers["Content-Security-Policy"]
    assert ("Retry-After" in answer.headers) == (status == 503)


def opening_error(reason: str) -> Any:
    """Any error of a reason."""
    from app.errors import InlayError

    return InlayError("", reason=reason)


def test_every_reason_that_lower_rooms_know_has_a_page() -> None:
    """C1: nobody meets the page for the unthought-of by a known way."""
    from app.salesforce import errors as salesforce
    from canvas.errors import HostError, SessionError, SignedRequestError

    known = {
        reason
        for kind in (SignedRequestError, SessionError, HostError)
        for reason in kind.default_messages
    }
    known |= {
        kind.reason
        for kind in vars(salesforce).values()
        if isinstance(kind, type) and issubclass(kind, salesforce.SalesforceError)
    }
    known -= {"salesforce_error", "request_refused", "reconnect_needed"}  # of no page
    known -= {"attempt_over", "org_on_hold", "sealed"}  # of the console, and the integration
    assert not [reason for reason in known if not refusals.is_known(reason)]


def test_a_request_may_be_repeated_shortly_and_not_for_ever(bench: Bench, config: Config) -> None:
    """C1: a reload of the frame posts the same request; the sixth time is no reload."""
    text = bench.box.sign()
    for _ in range(config.replay_limit):
        assert bench.widget.post(text).status_code == 200

    answer = bench.widget.post(text)

    assert (answer.status_code, _code_of(answer)) == (401, "replayed")
    with bench.database.reading(bench.org.id) as session:
        assert session.scalar(select(func.count(SeenRequest.id))) == 1


def test_a_replay_asks_salesforce_nothing(bench: Bench, config: Config) -> None:
    """C1: the request is counted before its token is used."""
    text = bench.box.sign()
    for _ in range(config.replay_limit):
        bench.widget.post(text)
    bench.box.post("usage/reset")

    bench.widget.post(text)

    assert bench.box.usage()["counted_calls"] == 0


def test_a_customers_app_has_a_path_of_its_own(bench: Bench) -> None:
    """C1: only its secrets are tried there, and it vouches for its one org."""
    with bench.database.system_writing() as session:
        org = service.required(session, bench.org.salesforce_id)
        apps.put(session, bench.keyring, "halyard", ("h" * 40,), org=org, developer_name="Inlay")
    own = bench.signed(lambda _: None, "h" * 40)

    assert bench.widget.post(own, "/canvas/halyard").status_code == 200
    assert _code_of(bench.widget.post(own)) == "bad_signature"
    assert _code_of(bench.widget.post(bench.box.sign(), "/canvas/halyard")) == "bad_signature"
    assert _code_of(bench.widget.post(own, "/canvas/nobody")) == "unknown_app"


def test_a_customers_app_opens_no_other_org(bench: Bench) -> None:
    """C1: the envelope must name the org that the app is bound to."""
    other = make_org(bench.database, "00D5e000000OTHEEA4", "Other")
    with bench.database.system_writing() as session:
        apps.put(session, bench.keyring, "theirs", ("t" * 40,), org=other)

    answer = bench.widget.post(bench.signed(lambda _: None, "t" * 40), "/canvas/theirs")

    assert (answer.status_code, _code_of(answer)) == (403, "other_org")


def test_an_unknown_org_is_remembered_as_pending(bench: Bench) -> None:
    """C1: so that staff can let it in; it is served from then on."""
    bench.widget.post(_unknown_org(bench))

    with bench.database.system_reading() as session:
        assert service.required(session, "00D5e000000NEWOEA4").state is OrgState.PENDING


def test_an_open_door_lets_unknown_orgs_in(bench: Bench, app: Flask, config: Config) -> None:
    """C1: where the operator chose it, e.g. for a trial."""
    app.extensions["inlay.config"] = replace(config, open_door=True)
    bench.widget.post(_unknown_org(bench))

    with bench.database.system_reading() as session:
        assert service.required(session, "00D5e000000NEWOEA4").state is OrgState.ACTIVE


def test_a_mistake_of_ours_is_a_calm_page_too(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1: without one the frame would stay blank."""

    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(rights, "prove", crash)
    answer = bench.widget.post(bench.box.sign())

    assert (answer.status_code, _code_of(answer)) == (500, "crash")
    assert "secret detail" not in answer.text


def test_approval_is_asked_for_at_salesforce_only(bench: Bench) -> None:
    """C1: anybody can write loginUrl."""
    good = _approval(bench, f"{bench.box.url}/services/oauth2/authorize?client_id=x&a=b")
    evil = _approval(bench, "https://login.salesforce.com.evil.example/")
    script = _approval(bench, "javascript:alert(1)")

    assert f'href="{bench.box.url}/services/oauth2/authorize?client_id=x&amp;a=b"' in good
    assert "evil.example" not in evil
    assert "javascript:" not in script
    assert "Ask your Salesforce admin" in evil


def test_a_plain_visit_says_where_the_widget_lives(bench: Bench) -> None:
    """C1: somebody opened the address by itself."""
    answer = bench.widget.client.get("/canvas", base_url=APP_URL)

    assert answer.status_code == 200
    assert "belongs inside Salesforce" in answer.text


def test_the_widget_is_not_on_the_pages_host(bench: Bench) -> None:
    """X2: what visitors reach shares no address with it."""
    answer = bench.widget.client.post(
        "/canvas", data={"signed_request": bench.box.sign()}, base_url="http://127.0.0.1:8000"
    )
    assert answer.status_code == 404


def _approval(bench: Bench, login_url: str) -> str:
    query = {"_sfdc_canvas_auth": "user_approval_required", "loginUrl": login_url}
    answer = bench.widget.client.get("/canvas", query_string=query, base_url=APP_URL)
    assert answer.status_code == 200
    return answer.text


def _code_of(answer: TestResponse) -> str:
    found = re.search(r"<code>(\w+)</code>", answer.text)
    return found[1] if found else ""


def _title_of(answer: TestResponse) -> str:
    found = re.search(r"<h1>(.*?)</h1>", answer.text)
    return found[1] if found else ""


def _count(reason: str) -> float:
    return REGISTRY.get_sample_value("inlay_canvas_requests_total", {"outcome": reason}) or 0.0


def _logs() -> Any:
    return capture_logs(processors=[structlog.contextvars.merge_contextvars])


def _assert_nothing_secret(text: str, *outputs: str) -> None:
    """No part of the request, no secret, no token."""
    signature, _, payload = text.partition(".")
    tokens = re.findall(r"00D\w{12}![\w.!]+", _decoded(payload))
    for output in outputs:
        assert SECRET not in output
        assert len(signature) < 20 or signature not in output
        assert len(payload) < 20 or payload[:200] not in output
        assert not [token for token in tokens if token in output]


def _decoded(payload: str) -> str:
    try:
        return base64.b64decode(payload).decode(errors="replace")
    except ValueError:
        return ""


@pytest.fixture(autouse=True)
def _faults_end(box: Box) -> Iterator[None]:
    yield
    requests.delete(f"{box.url}/_devorg/faults", timeout=60)
