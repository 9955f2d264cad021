"""OpenID Connect: discovery, id tokens, userinfo and the identity URL."""

from __future__ import annotations

import jwt
import pytest
import requests

from devorg.server import RunningOrg
from tests.devorg.oauth.flow import ROSA, Browser


def test_discovery_names_endpoints_that_are_there(app_org: RunningOrg) -> None:
    """X16: each of them answers something else than 404."""
    found = requests.get(f"{app_org.url}/.well-known/openid-configuration", timeout=30).json()
    assert found["issuer"] == app_org.url
    assert {"openid", "api", "refresh_token"} <= set(found["scopes_supported"])
    endpoints = [key for key in found if key.endswith("_endpoint") or key == "jwks_uri"]
    assert len(endpoints) == 6
    for name in endpoints:
        for method in ("GET", "POST"):
            assert requests.request(method, found[name], timeout=30).status_code != 404


def test_an_id_token_says_who_logged_in(app_org: RunningOrg, visitor: Browser) -> None:
    """X16: signed by the key that the discovery names, for this app and this nonce."""
    grant = visitor.tokens(scope="openid api", nonce="n-1")
    keys = jwt.PyJWKClient(f"{app_org.url}/id/keys")
    key = keys.get_signing_key_from_jwt(grant["id_token"])
    claims = jwt.decode(
        grant["id_token"], key, algorithms=["RS256"], audience="test-app", issuer=app_org.url
    )
    assert claims["sub"] == grant["id"]
    assert claims["nonce"] == "n-1"
    assert claims["exp"] > claims["iat"]


def test_without_openid_there_is_no_id_token(visitor: Browser) -> None:
    """X16: who did not ask gets none."""
    assert "id_token" not in visitor.tokens(scope="api")


def test_userinfo_and_identity_speak_of_the_same_person(
    app_org: RunningOrg, visitor: Browser
) -> None:
    """X16: in their two vocabularies; by GET or POST, with the token in the header or not."""
    grant = visitor.tokens()
    header = {"Authorization": f"Bearer {grant['access_token']}"}
    url = f"{app_org.url}/services/oauth2/userinfo"
    info = requests.get(url, headers=header, timeout=30).json()
    assert requests.post(url, headers=header, timeout=30).json() == info
    person = requests.get(grant["id"], headers=header, timeout=30).json()
    by_parameter = {"oauth_token": grant["access_token"]}
    assert requests.get(grant["id"], params=by_parameter, timeout=30).json() == person
    assert info["sub"] == person["id"] == grant["id"]
    assert info["preferred_username"] == person["username"] == ROSA
    assert info["zoneinfo"] == person["timezone"] == "Europe/Stockholm"
    assert info["utcOffset"] == person["utcOffset"] == 3_600_000
    assert info["urls"] == person["urls"]
    assert info["urls"]["rest"] == f"{app_org.url}/services/data/v{{version}}/"
    expected = {
        "id", "asserted_user", "user_id", "organization_id", "username", "nick_name",
        "display_name", "email", "email_verified", "first_name", "last_name", "timezone", "photos",
        "addr_street", "addr_city", "addr_state", "addr_country", "addr_zip", "mobile_phone",
        "mobile_phone_verified", "is_lightning_login_user", "status", "urls", "active",
        "user_type", "language", "locale", "utcOffset", "last_modified_date", "is_app_installed",
    }  # fmt: skip
    assert set(person) == expected


@pytest.mark.parametrize(
    ("path", "token", "status", "word"),
    [
        ("/services/oauth2/userinfo", None, 403, "Missing_OAuth_Token"),
        ("/services/oauth2/userinfo", "forged", 403, "Bad_OAuth_Token"),
        ("/id/00D5e000000ZZZZEA4/0055e0000000001AAA", "good", 403, "Wrong_Org"),
        ("/id/{org}/0055e0000000002AAB", "good", 404, "Bad_Id"),
        ("/id/{org}/nonsense", "good", 404, "Bad_Id"),
    ],
)
def test_a_refusal_is_one_word(
    app_org: RunningOrg, visitor: Browser, path: str, token: str | None, status: int, word: str
) -> None:
    """X16: as Salesforce documents them."""
    given = visitor.tokens()["access_token"] if token == "good" else token
    header = {"Authorization": f"Bearer {given}"} if given else {}
    url = app_org.url + path.replace("{org}", app_org.org_id)
    answer = requests.get(url, headers=header, timeout=30)
    assert (answer.status_code, answer.text) == (status, word)
