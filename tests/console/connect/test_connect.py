"""The pages of the ways in, against devorg: typed, by popup; the way out."""

from __future__ import annotations

import re
from contextlib import ExitStack
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.clock import utcnow
from app.console import bearer
from app.console.permissions import Role
from app.db import Database
from app.ids import new_id
from app.keys import Keyring
from app.orgs.models import AuditEntry, Org
from app.salesforce.connect import establishing
from app.salesforce.connect.connections import Condition
from app.salesforce.errors import SalesforceSlow
from app.salesforce.gateway import EXTENSION
from app.salesforce.models import ConnectAttempt, Method
from canvas.ids import to_18
from devorg import users
from devorg.apps.app import app_from
from devorg.apps.codes import Code
from devorg.apps.passwords import DEFAULT_PASSWORD, DEFAULT_SECURITY_TOKEN
from devorg.server import RunningOrg
from tests.console.conftest import Visitor
from tests.console.connect.conftest import (
    CALLBACK,
    KEY,
    PAGE,
    SECRET,
    SignedIn,
    credentials,
    refresh_token,
    status_of,
)
from tests.support.application import APP_URL, ORG_ID

REFRESHED = to_18("00D5e000000OTHE")


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


def _to_salesforce(admin: Visitor, box: RunningOrg) -> dict[str, str]:
    """Click the button and follow the ticket: what Salesforce is asked."""
    headers = {"Origin": APP_URL, "Accept": "application/problem+json, application/json"}
    answer = admin.client.post(
        f"{PAGE}/popup",
        base_url=APP_URL,
        headers=headers,
        data={"login": box.url, "csrf": admin.csrf},
    )
    gone = admin.get(answer.json["url"])  # type: ignore[index]  # the answer is JSON
    assert gone.status_code == 302
    address = urlsplit(gone.location)
    assert gone.location.startswith(f"{box.url}/services/oauth2/authorize?")
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    return {**asked, "attempt": answer.json["attempt"]}  # type: ignore[index]


def _code(box: RunningOrg, asked: dict[str, str], alias: str = "admin") -> str:
    user = users.find(alias)
    assert user is not None
    scopes = frozenset(asked["scope"].split())
    allowed = Code(KEY, user, scopes, CALLBACK, asked["code_challenge"], None)
    return box.org.oauth.codes.issue(allowed)


def test_the_popup_connects_once_and_tells_its_opener_alone(
    admin: Visitor, database: Database, org: Org, box: RunningOrg
) -> None:
    """M2, P1: PKCE, one-time state, the answer to the exact origin, the page that waits hears."""
    asked = _to_salesforce(admin, box)
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == CALLBACK
    assert admin.get(asked["attempt"]).json == {"outcome": ""}
    back = f"/oauth/callback?code={_code(box, asked)}&state={asked['state']}"
    done = admin.get(back)
    assert done.status_code == 200
    assert f'"origin": "{APP_URL}"' in done.text
    assert done.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert admin.get(asked["attempt"]).json == {"outcome": "connected"}
    found = status_of(database, org)
    assert found is not None
    assert (found.condition, found.user_label) == (Condition.CONNECTED, "Amir Haddad")
    assert "Amir Haddad holds more than Inlay needs: Modify All Data" in admin.get(PAGE).text
    assert admin.get(back).status_code == 400


def test_the_popup_of_a_frame_needs_no_session_but_the_ticket(
    app: Flask, keyring: Keyring, database: Database, org: Org, box: RunningOrg
) -> None:
    """P1: inside Salesforce there is no cookie; the popup's own browser is bound all the same."""
    who = bearer.Admin(org.id, "0055e0000000002AAA", "Amir Haddad")
    token = bearer.issue(who, keyring, now=utcnow(), lifetime_s=60)
    answer = app.test_client().post(
        f"{PAGE}/popup",
        base_url=APP_URL,
        headers={"Authorization": f"Bearer {token}", "Accept": "application/problem+json"},
        data={"login": box.url},
    )
    popup, stranger = Visitor(app), Visitor(app)
    gone = popup.get(answer.json["url"])  # type: ignore[index]  # the answer is JSON
    asked = {name: values[0] for name, values in parse_qs(urlsplit(gone.location).query).items()}
    back = f"/oauth/callback?code={_code(box, asked)}&state={asked['state']}"
    assert stranger.get(back).status_code == 400
    assert popup.get(back).status_code == 200
    found = status_of(database, org)
    assert found is not None
    assert found.connected_by == "admin:0055e0000000002AAA"


def test_an_answer_in_another_browser_or_session_is_nothing(
    admin: Visitor, signed_in: SignedIn, app: Flask, database: Database, org: Org, box: RunningOrg
) -> None:
    """State is bound to the session and the browser that opened it."""
    asked = _to_salesforce(admin, box)
    back = f"/oauth/callback?code={_code(box, asked)}&state={asked['state']}"
    for stranger in (signed_in(Role.ORG_ADMIN), Visitor(app)):
        assert stranger.get(back).status_code == 400
    admin.post("/console/sign-out")
    refused = admin.get(back)
    assert refused.status_code == 400
    assert "begun in another window" in refused.text
    assert status_of(database, org) is None
    for address in ("/oauth/callback", "/oauth/callback?state=x.y", "/console/connect/go/x"):
        assert admin.get(address).status_code == 400


def test_what_salesforce_or_the_person_refuses_is_said_in_words(
    admin: Visitor, database: Database, org: Org, box: RunningOrg
) -> None:
    asked = _to_salesforce(admin, box)
    denied = admin.get(f"/oauth/callback?error=access_denied&state={asked['state']}")
    assert "Access was denied at Salesforce" in denied.text
    asked = _to_salesforce(admin, box)
    told = "<script>alert(1)</script>"
    odd = admin.get(f"/oauth/callback?error={quote(told)}&state={asked['state']}")
    assert told not in odd.text
    assert status_of(database, org) is None


def test_a_user_of_another_org_is_refused_and_the_grant_taken_back(
    admin: Visitor, database: Database, org: Org, box: RunningOrg
) -> None:
    """House: also where a sandbox was refreshed and so became another org."""
    with database.system_writing() as session:
        session.get_one(Org, org.id).salesforce_id = REFRESHED
    other_page = PAGE.replace(ORG_ID, REFRESHED)
    answer = admin.post(f"{other_page}/way/client_credentials", **credentials(box))
    assert "another Salesforce org" in answer.text
    assert status_of(database, org) is None


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


def test_nobody_is_sent_to_log_in_at_an_address_outside_the_table(admin: Visitor) -> None:
    """SSRF and phishing: login hosts, too, are those of the table."""
    answer = admin.post(f"{PAGE}/popup", login="https://evil.example")
    assert answer.status_code == 422
    assert "no address of Salesforce" in answer.text
