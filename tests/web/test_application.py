"""The application as a whole: hosts, headers, health, errors."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from app.db import Database, schema
from app.web.csp import Policy
from app.web.room import Origin, Room

TOKEN = "metrics-token-of-the-tests-0123456789"


@pytest.fixture
def with_rooms(app: Flask) -> FlaskClient:
    for name, origin in (("inside", Origin.APP), ("outside", Origin.PAGES)):
        room = Room(name, __name__, origin=origin, policy=Policy({"img-src": "'self'"}))
        room.add_url_rule(f"/{name}", "page", lambda: "page")
        app.register_blueprint(room)
    return app.test_client()


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/inside", "localhost:8000", 200),
        ("/inside", "127.0.0.1:8000", 404),
        ("/outside", "127.0.0.1:8000", 200),
        ("/outside", "localhost:8000", 404),
        ("/inside", "evil.example.com", 404),
        ("/healthz", "10.0.0.7:8000", 200),
    ],
)
def test_a_room_answers_on_its_own_host_only(
    with_rooms: FlaskClient, path: str, host: str, status: int
) -> None:
    answer = with_rooms.get(path, headers={"Host": host})
    assert answer.status_code == status


def test_every_answer_has_a_closed_policy_and_no_store(with_rooms: FlaskClient) -> None:
    page = with_rooms.get("/inside", headers={"Host": "localhost:8000"})
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "img-src 'self'" in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Frame-Options" not in page.headers


def test_health_readiness_and_metrics(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json() == {"status": "ready"}
    metrics = client.get("/metrics").get_data(as_text=True)
    assert "inlay_requests_total" in metrics
    assert 'inlay_outbox_rows{state="parked"} 0.0' in metrics


@pytest.mark.parametrize(
    ("url", "token", "presented", "status"),
    [
        ("http://localhost:8000", "", "", 200),
        ("https://app.example.com", "", "", 404),
        ("https://app.example.com", "", "Bearer ", 404),
        ("https://app.example.com", TOKEN, "", 404),
        ("https://app.example.com", TOKEN, "Bearer wrong", 404),
        ("https://app.example.com", TOKEN, "Bearer ü", 404),
        ("https://app.example.com", TOKEN, f"Bearer {TOKEN}", 200),
        ("http://localhost:8000", TOKEN, "", 404),
    ],
)
def test_metrics_are_not_for_the_public(
    config: Config, database: Database, url: str, token: str, presented: str, status: int
) -> None:
    """In production only who knows the token reads them; without one nobody does."""
    app = create_app(replace(config, app_url=url, metrics_token=token), database=database)
    headers = {"Authorization": presented} if presented else {}
    assert app.test_client().get("/metrics", headers=headers).status_code == status
    assert TOKEN not in repr(replace(config, metrics_token=TOKEN))


def test_metrics_come_without_what_the_database_cannot_tell_yet(
    config: Config, empty_database_url: str
) -> None:
    """Before the first release step, and while the database is down."""
    database = Database(empty_database_url)
    client = create_app(config, database=database).test_client()
    assert client.get("/readyz").status_code == 503
    answer = client.get("/metrics")
    database.dispose()
    assert answer.status_code == 200
    assert "inlay_requests_total" in answer.get_data(as_text=True)
    assert "inlay_outbox_rows" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("host", "status", "told"),
    [
        ("localhost:8000", 200, "Support staff"),
        ("127.0.0.1:8000", 200, "the whole link that you were sent"),
        ("evil.example.com", 404, "nothing at this address"),
    ],
)
def test_the_roots_say_calmly_what_is_here(
    client: FlaskClient, host: str, status: int, told: str
) -> None:
    """X1: the host of public pages names neither product nor customer."""
    answer = client.get("/", headers={"Host": host, "Accept": "text/html"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert told in page
    assert ("Inlay" in page) == (host == "localhost:8000")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    styled = "style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert styled == (answer.headers.get("X-Frame-Options") == "DENY") == (host == "localhost:8000")
    assert ("/console/" in page) == (host == "localhost:8000")


def test_the_apps_root_leads_everybody_on(
    config: Config, database: Database, client: FlaskClient
) -> None:
    """X14: support, admins, docs; nothing of tenants, and nothing that is not set up."""
    root = client.get("/", base_url=config.app_url).get_data(as_text=True)
    places = re.findall(r'<p class="foot"><a class="[^"]*" href="([^"]*)">([^<]*)', root)
    assert places == [("/console/", "I am signed in: to the console")]
    assert "Documentation" not in root
    more = replace(
        config,
        docs_url="https://docs.example.com/inlay",
        connect_client_id="key",
        connect_client_secret="s" * 20,
        staff_oidc_issuer="https://login.example.com",
        staff_oidc_client_id="key",
        staff_oidc_client_secret="s" * 20,
    )
    client = create_app(more, database=database).test_client()
    root = client.get("/", base_url=config.app_url).get_data(as_text=True)
    assert '<a class="button brand" href="/console/sign-in">Log in with Salesforce' in root
    assert 'href="/console/sign-in#h-staff">Log in as support staff' in root
    for link in ("https://docs.example.com/inlay", "/api/v1/openapi.json"):
        assert f'href="{link}"' in root


def test_readiness_does_not_read_the_migrations_each_time(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody may ask; asking must stay cheap."""
    client.get("/readyz")
    monkeypatch.setattr(schema, "ScriptDirectory", None)
    assert client.get("/readyz").get_json() == {"status": "ready"}


def test_an_unknown_address_is_a_problem_or_a_page(client: FlaskClient) -> None:
    problem = client.get("/nowhere")
    assert problem.status_code == 404
    assert problem.mimetype == "application/problem+json"
    assert problem.get_json()["reason"] == "not_found"
    page = client.get("/nowhere", headers={"Accept": "text/html"})
    assert page.mimetype == "text/html"
    assert "nothing at this address" in page.get_data(as_text=True)


def test_a_crash_shows_nothing_of_itself(capsys: pytest.CaptureFixture[str], app: Flask) -> None:
    @app.get("/crash")
    def crash() -> str:
        raise RuntimeError("secret detail")

    answer = app.test_client().get("/crash")
    assert answer.status_code == 500
    assert "secret detail" not in answer.get_data(as_text=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert any(line["event"] == "crash" and line["kind"] == "RuntimeError" for line in lines)


def test_the_request_line_names_the_rule_not_the_address(
    capsys: pytest.CaptureFixture[str], app: Flask
) -> None:
    app.add_url_rule("/d/<token>", "shared", lambda token: "ok")
    app.test_client().get("/d/unguessable")
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line["rule"] == "/d/<token>"
    assert "unguessable" not in json.dumps(line)
