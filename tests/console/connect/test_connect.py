"""The pages of the ways in, against devorg: typed; the way out. The popup: `test_popup`."""

from __future__ import annotations

import re
from contextlib import ExitStack
from threading import Thread
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.clock import utcnow
from app.db import Database
from app.ids import new_id
from app.orgs.models import AuditEntry, Org
from app.salesforce.connect import establishing
from app.salesforce.connect.connections import Condition
from app.salesforce.errors import SalesforceSlow
from app.salesforce.gateway import EXTENSION
from app.salesforce.models import ConnectAttempt, Method
from devorg.apps.app import app_from
from devorg.apps.passwords import DEFAULT_PASSWORD, DEFAULT_SECURITY_TOKEN
from devorg.server import RunningOrg
from tests.console.conftest import Visitor
from tests.console.connect.conftest import (
    KEY,
    PAGE,
    SECRET,
    credentials,
    refresh_token,
    status_of,
)


def test_the_page_shows_every_way_in_the_recommended_first(admin: Visitor) -> None:
    """E7, M7: ways that the operator does not allow are not there; our addresses are."""
    text = admin.get(PAGE).text
    titles = re.findall(r'<summary><span class="head"><h3>(.*?)</h3>', text)
    assert titles == [
        "Integration user, by key and secret",
        "Integration user, by certificate",
        "Log in with Salesforce",
        "Your own app, by refresh token",
    ]
    assert text.index("Recommended") < text.index("by certificate")
    assert "203.0.113.7" in text
    assert "Not connected yet" in text
    assert admin.post(f"{PAGE}/way/{Method.PASSWORD}", address="x").status_code == 404


def test_typed_credentials_connect_and_name_the_user(
    admin: Visitor, database: Database, org: Org, box: RunningOrg
) -> None:
    """M1, E9: who creates what Inlay writes is shown; the secret is not, ever again."""
    assert admin.post(f"{PAGE}/way/client_credentials", **credentials(box)).status_code == 303
    text = admin.get(PAGE).text
    assert 'data-condition="connected"' in text
    assert "inlay.integration@halyard.example" in text
    assert SECRET not in text
    with database.reading(org.id) as session:
        tags = session.scalars(select(AuditEntry.tag)).all()
    assert "admin:connection:create" in tags


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"client_secret": "hush-wrong"}, "does not know this consumer key and secret"),
        ({"address": "https://evil.example"}, "no address of Salesforce"),
        ({"address": "http://169.254.169.254"}, "no address of Salesforce"),
        ({"client_id": ""}, "Please fill in: Consumer key"),
    ],
)
def test_what_does_not_do_is_said_and_secrets_are_not_repeated(
    admin: Visitor,
    database: Database,
    org: Org,
    box: RunningOrg,
    caplog: pytest.LogCaptureFixture,
    changed: dict[str, str],
    sentence: str,
) -> None:
    """M3: what was typed stays in the fields, secrets aside."""
    given = {**credentials(box, "hush-secret"), **changed}
    answer = admin.post(f"{PAGE}/way/client_credentials", **given)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert given["address"] in answer.text
    assert "hush" not in answer.text + caplog.text
    assert status_of(database, org) is None


def test_a_certificate_is_made_shown_and_lets_us_in(
    admin: Visitor, database: Database, org: Org, box: RunningOrg
) -> None:
    """JWT bearer: the certificate goes to the app, the private key nowhere."""
    given = {
        "address": box.url,
        "client_id": KEY,
        "username": "inlay.integration@halyard.example",
    }
    refused = admin.post(f"{PAGE}/way/jwt_bearer", **given)
    assert "Make a certificate first." in refused.text
    shown = admin.post(f"{PAGE}/certificate").text
    too_early = admin.post(f"{PAGE}/way/jwt_bearer", **given)
    assert "Upload this org&#39;s certificate to the app" in too_early.text
    file = admin.get(f"{PAGE}/certificate.crt")
    assert "BEGIN CERTIFICATE" in shown
    assert "PRIVATE" not in shown + file.text
    apps = box.org.oauth.apps
    policies = {
        "certificate": file.text,
        "permittedUsersPolicyType": "AdminApprovedPreAuthorized",
        "permittedUsers": ["integration"],
    }
    apps.save(app_from(policies, apps.find(KEY)))
    assert admin.post(f"{PAGE}/way/jwt_bearer", **given).status_code == 303
    found = status_of(database, org)
    assert found is not None
    assert found.user_name == given["username"]
    assert "BEGIN CERTIFICATE" in found.certificate


def test_nobody_guesses_secrets_at_salesforce_through_us(
    admin: Visitor, box: RunningOrg, org: Org
) -> None:
    """Ten tries in a minute for an org, whoever makes them and from wherever."""
    with time_machine.travel(utcnow(), tick=False):
        wrong = credentials(box, "hush")
        tries = [admin.post(f"{PAGE}/way/client_credentials", **wrong) for _ in range(11)]
    assert [answer.status_code for answer in tries] == [422] * 10 + [429]


@pytest.mark.parametrize("is_right", [True, False])
def test_a_double_click_shows_a_refresh_token_once(
    admin: Visitor,
    app: Flask,
    database: Database,
    org: Org,
    box: RunningOrg,
    monkeypatch: pytest.MonkeyPatch,
    is_right: bool,
) -> None:
    """M1: shown twice, a token that rotates ends all access; the second click hears of the first.

    A form that was corrected, or shown anew, is another try.
    """
    apps = box.org.oauth.apps
    apps.save(app_from({"isRefreshTokenRotationEnabled": True}, apps.find(KEY)))
    secret = SECRET if is_right else "hush-wrong"
    marked = re.search(r'name="mark" value="([^"]+)"', admin.get(PAGE).text)
    assert marked is not None
    given = {
        **credentials(box, secret),
        "refresh_token": refresh_token(box),
        "mark": marked[1],
    }
    second, answers = Visitor(app), list[TestResponse]()
    cookie = admin.client.get_cookie("inlay")
    assert cookie is not None
    second.client.set_cookie("inlay", cookie.value)
    second.csrf = admin.csrf
    clicked = Thread(target=lambda: answers.append(second.post(f"{PAGE}/way/own_app", **given)))
    establish = establishing.establish

    def slowly(*args: Any, **options: Any) -> None:
        clicked.start()
        establish(*args, **options)

    monkeypatch.setattr(establishing, "establish", slowly)
    before = len(box.org.history.all())
    answers.append(admin.post(f"{PAGE}/way/own_app", **given))
    clicked.join()
    monkeypatch.undo()
    asked = [each.path for each in box.org.history.all()[before:]]
    assert asked.count("/services/oauth2/token") == 1
    assert {answer.status_code for answer in answers} == {303 if is_right else 422}
    if is_right:
        assert admin.post(f"{PAGE}/again").status_code == 303
    else:
        assert all("does not know this consumer key" in answer.text for answer in answers)
        assert admin.post(f"{PAGE}/way/own_app", **{**given, "client_id": ""}).status_code == 422
        mended = {**given, "client_secret": SECRET}
        assert admin.post(f"{PAGE}/way/own_app", **mended).status_code == 303


def test_an_org_that_hangs_holds_few_threads_and_who_comes_then_is_told_so(
    admin: Visitor, app: Flask, database: Database, org: Org, box: RunningOrg
) -> None:
    """House: a hung org delays nobody else; nothing was sent, so the same form works afterwards.

    Of those who sent a form twice one waits for the first, the others are answered at once.
    """
    ways_in = app.extensions[EXTENSION].ways_in
    marked = re.search(r'name="mark" value="([^"]+)"', admin.get(PAGE).text)
    assert marked is not None
    given = {**credentials(box), "mark": marked[1]}
    way = f"{PAGE}/way/client_credentials"
    before = len(box.org.history.all())
    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(ways_in.turn(org.id))
        busy = admin.post(way, **given)
        assert busy.status_code == 422
        assert "Other tries to connect are under way" in busy.text
        with pytest.raises(SalesforceSlow):
            establishing.try_again(app.extensions[EXTENSION], org.id)
        for _ in range(4):  # other orgs take their turns, of which there are six
            held.enter_context(ways_in.turn(new_id()))
        with pytest.raises(SalesforceSlow):
            held.enter_context(ways_in.turn(new_id()))
    assert len(box.org.history.all()) == before
    assert admin.post(way, **given).status_code == 303
    assert admin.post(way, **given).status_code == 303, "the second click hears of the first"
    with database.writing(org.id) as session:
        session.execute(update(ConnectAttempt).values(outcome=""))
    with ways_in.waiting(org.id):
        assert "still being tried" in admin.post(way, **given).text


def test_a_check_finds_out_at_once_what_a_customer_revoked(
    admin: Visitor, database: Database, org: Org, box: RunningOrg
) -> None:
    """M5: a quiet org need not wait for the next call; a check that is fine leaves no audit."""
    assert admin.post(f"{PAGE}/again").status_code == 404
    given = {**credentials(box), "refresh_token": refresh_token(box)}
    admin.post(f"{PAGE}/way/own_app", **given)
    assert admin.post(f"{PAGE}/again").status_code == 303
    with database.reading(org.id) as session:
        made = select(AuditEntry).where(AuditEntry.tag == "admin:connection:create")
        assert len(session.scalars(made).all()) == 1
    box.org.oauth.grants.end_all_of(KEY)
    assert "no longer accepts" in admin.post(f"{PAGE}/again").text
    assert "Salesforce no longer accepts what was given" in admin.get(PAGE[: -len("connect")]).text
    assert 'data-condition="reconnect_needed"' in admin.get(PAGE).text


def test_an_app_without_a_user_to_run_as_is_told_of_in_words(
    admin: Visitor, box: RunningOrg
) -> None:
    """Salesforce says invalid_grant of this, too; what to do is another thing."""
    apps = box.org.oauth.apps
    apps.save(app_from({"clientCredentialsFlowUser": None}, apps.find(KEY)))
    answer = admin.post(f"{PAGE}/way/client_credentials", **credentials(box))
    assert "The app has no user to run as" in answer.text


def test_a_password_is_taken_where_allowed_and_marked_as_ending(
    admin: Visitor, database: Database, org: Org, box: RunningOrg
) -> None:
    """L4: by the SOAP login, with the security token; neither is ever shown."""
    assert '<span class="tag warn">Ending</span>' in admin.get(PAGE).text
    given = {
        "address": box.url,
        "username": "rosa.lindqvist@halyard.example",
        "password": DEFAULT_PASSWORD,
    }
    assert "security token" in admin.post(f"{PAGE}/way/password", **given).text
    done = admin.post(f"{PAGE}/way/password", **given, security_token=DEFAULT_SECURITY_TOKEN)
    assert done.status_code == 303
    text = admin.get(PAGE).text
    assert "Salesforce ends logins by password with Summer" in text
    assert DEFAULT_PASSWORD not in text


def test_disconnecting_asks_first_and_forgets_everything(
    admin: Visitor, database: Database, org: Org, box: RunningOrg
) -> None:
    admin.post(f"{PAGE}/way/client_credentials", **credentials(box))
    assert "Keep the connection" in admin.get(f"{PAGE}/disconnect").text
    assert admin.post(f"{PAGE}/disconnect").status_code == 303
    found = status_of(database, org)
    assert found is not None
    assert found.condition is Condition.DISCONNECTED
    assert "An admin disconnected Inlay" in admin.get(PAGE).text


def test_after_a_policy_was_mended_try_again_is_enough(
    admin: Visitor, database: Database, org: Org, box: RunningOrg
) -> None:
    """M5: the page says why, since when, and offers the button."""
    given = {**credentials(box), "refresh_token": refresh_token(box)}
    admin.post(f"{PAGE}/way/own_app", **given)
    apps = box.org.oauth.apps
    apps.save(app_from({"isBlocked": True}, apps.find(KEY)))
    refused = admin.post(f"{PAGE}/again")
    assert refused.status_code == 422
    text = admin.get(PAGE).text
    assert 'data-condition="reconnect_needed"' in text
    assert "Since" in text
    apps.save(app_from({"isBlocked": False}, apps.find(KEY)))
    assert admin.post(f"{PAGE}/again").status_code == 303
    assert 'data-condition="connected"' in admin.get(PAGE).text
