"""The way in by a popup, against devorg: "Log in with Salesforce"."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

from flask import Flask

from app.clock import utcnow
from app.console import bearer
from app.console.permissions import Role
from app.db import Database
from app.keys import Keyring
from app.orgs.models import Org
from app.salesforce.connect.connections import Condition
from canvas.ids import to_18
from devorg import users
from devorg.apps.codes import Code
from devorg.server import RunningOrg
from tests.console.conftest import Visitor
from tests.console.connect.conftest import (
    CALLBACK,
    KEY,
    PAGE,
    SignedIn,
    credentials,
    status_of,
)
from tests.support.application import APP_URL, ORG_ID

REFRESHED = to_18("00D5e000000OTHE")


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


def test_nobody_is_sent_to_log_in_at_an_address_outside_the_table(admin: Visitor) -> None:
    """SSRF and phishing: login hosts, too, are those of the table."""
    answer = admin.post(f"{PAGE}/popup", login="https://evil.example")
    assert answer.status_code == 422
    assert "no address of Salesforce" in answer.text
