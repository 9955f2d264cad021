"""SOAP login: who gets in, who does not, and what a hostile envelope can do."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

import pytest
import requests
from defusedxml import ElementTree

from devorg import DevorgConfig
from devorg.apps.passwords import DEFAULT_PASSWORD, DEFAULT_SECURITY_TOKEN
from devorg.server import RunningOrg, running
from devorg.users import USERS

ROSA = "rosa.lindqvist@halyard.example"
GOOD = DEFAULT_PASSWORD + DEFAULT_SECURITY_TOKEN
PARTNER = "urn:partner.soap.sforce.com"
ENVELOPE = """<?xml version="1.0" encoding="utf-8"?>
<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/">
<env:Header>{head}</env:Header><env:Body>{body}</env:Body></env:Envelope>"""


@pytest.fixture(scope="module")
def served() -> Iterator[RunningOrg]:
    """An org with SOAP login switched on."""
    with running(DevorgConfig(soap_login=True)) as org:
        yield org


def call(org: RunningOrg, body: str, head: str = "", path: str = "u/60.0") -> requests.Response:
    """One call of the SOAP API."""
    text = ENVELOPE.format(head=head, body=body)
    headers = {"Content-Type": "text/xml", "SOAPAction": "login"}
    url = f"{org.url}/services/Soap/{path}"
    return requests.post(url, text.encode(), headers=headers, timeout=30)


def login(
    org: RunningOrg, username: str, password: str, path: str = "u/60.0", namespace: str = PARTNER
) -> requests.Response:
    """A login with these."""
    arguments = f"<username>{escape(username)}</username><password>{escape(password)}</password>"
    return call(org, f'<login xmlns="{namespace}">{arguments}</login>', path=path)


def texts(answer: requests.Response) -> dict[str, str | None]:
    """Every element's text, by its name without a namespace."""
    root = ElementTree.fromstring(answer.content)
    return {each.tag.rpartition("}")[2]: each.text for each in root.iter()}


@pytest.mark.parametrize(
    ("path", "namespace"), [("u/60.0", PARTNER), ("c/58.0", "urn:enterprise.soap.sforce.com")]
)
def test_password_and_security_token_give_a_session(
    org: RunningOrg, path: str, namespace: str
) -> None:
    """X16: a session id that opens the REST API, and where to go with it."""
    answer = login(org, ROSA.upper(), GOOD, path, namespace)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/xml")
    found = texts(answer)
    kind, version = path.split("/")
    assert found["serverUrl"] == f"{org.url}/services/Soap/{kind}/{version}/{org.org_id[:15]}"
    assert found["userName"] == ROSA
    assert found["organizationName"] == "Halyard Software"
    assert found["passwordExpired"] == "false"
    header = {"Authorization": f"Bearer {found['sessionId']}"}
    limits = requests.get(f"{org.url}/services/data/v60.0/limits", headers=header, timeout=30)
    assert limits.status_code == 200


@pytest.mark.parametrize(
    ("username", "password", "code"),
    [
        (ROSA, "wrong", "INVALID_LOGIN"),
        (ROSA, "", "INVALID_LOGIN"),
        ("nobody@halyard.example", GOOD, "INVALID_LOGIN"),
        ("rep", GOOD, "INVALID_LOGIN"),
        (ROSA, DEFAULT_PASSWORD, "LOGIN_MUST_USE_SECURITY_TOKEN"),
    ],
)
def test_others_are_refused(org: RunningOrg, username: str, password: str, code: str) -> None:
    """X16: status 500 and a fault with the code and the words of a real org."""
    answer = login(org, username, password)
    assert answer.status_code == 500
    found = texts(answer)
    assert found["faultcode"] == f"sf:{code}"
    assert found["exceptionCode"] == code
    assert str(found["exceptionMessage"]).startswith(
        "Invalid username, password, security token; or user locked out."
    )


def test_without_the_switch_login_is_off() -> None:
    """X16: as in every new org."""
    with running(DevorgConfig()) as org:
        answer = login(org, ROSA, GOOD)
    assert answer.status_code == 500
    assert texts(answer)["faultstring"] == (
        "INVALID_OPERATION: SOAP API login() is disabled by default in this org."
        " Contact the org administrator to enable SOAP API login()."
    )


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ("65.0", "INVALID_OPERATION"),
        ("68", "INVALID_OPERATION"),
        ("30.0", "UNSUPPORTED_API_VERSION"),
        ("99.0", "UNSUPPORTED_API_VERSION"),
        ("sixty", "UNSUPPORTED_API_VERSION"),
    ],
)
def test_versions_without_a_login_say_so(org: RunningOrg, version: str, code: str) -> None:
    """X16: login ended with version 64, the oldest versions are retired."""
    found = texts(login(org, ROSA, GOOD, f"u/{version}"))
    assert found["exceptionCode"] == code


def test_a_password_can_be_changed(org: RunningOrg) -> None:
    """X16: by a control call; an empty security token asks for none; reset brings both back."""
    body = {"user": "rep", "password": "<s&cret>", "security_token": ""}
    assert requests.post(f"{org.url}/_devorg/passwords", json=body, timeout=30).ok
    assert login(org, ROSA, GOOD).status_code == 500
    assert login(org, ROSA, "<s&cret>").status_code == 200
    org.org.reset()
    assert login(org, ROSA, GOOD).status_code == 200


def test_the_login_tells_the_shape_of_the_org(org: RunningOrg) -> None:
    """X16: person accounts and currencies, as SOAP clients read them from here."""
    plain = texts(login(org, ROSA, GOOD))
    assert (plain["orgHasPersonAccounts"], plain["organizationMultiCurrency"]) == ("false",) * 2
    assert plain["orgDefaultCurrencyIsoCode"] == "USD"
    shape = {"person_accounts": True, "multi_currency": True}
    assert requests.post(f"{org.url}/_devorg/shape", json=shape, timeout=30).ok
    shaped = texts(login(org, ROSA, GOOD))
    assert (shaped["orgHasPersonAccounts"], shaped["organizationMultiCurrency"]) == ("true",) * 2
    assert shaped["orgDefaultCurrencyIsoCode"] is None


def test_a_session_says_whose_it_is_until_it_logs_out(org: RunningOrg) -> None:
    """X16: getUserInfo and logout, by the session in the header."""
    session = str(texts(login(org, ROSA, GOOD))["sessionId"])
    head = f'<SessionHeader xmlns="{PARTNER}"><sessionId>{session}</sessionId></SessionHeader>'
    ask = f'<getUserInfo xmlns="{PARTNER}"/>'
    assert texts(call(org, ask, head))["userName"] == ROSA
    assert call(org, f'<logout xmlns="{PARTNER}"/>', head).status_code == 200
    over = call(org, ask, head)
    assert over.status_code == 500
    assert texts(over)["exceptionCode"] == "INVALID_SESSION_ID"


def test_a_session_without_the_api_scope_opens_no_soap(org: RunningOrg) -> None:
    """X16: an app's token is a session id here, too, as far as its scopes go."""
    apps, rep = org.org.oauth.apps, USERS[0]
    app = apps.all()[0]
    for scope, status in (("api", 200), ("openid", 500)):
        session = org.org.tokens.issue(rep, app, frozenset({scope}))
        head = f'<SessionHeader xmlns="{PARTNER}"><sessionId>{session}</sessionId></SessionHeader>'
        answer = call(org, f'<getUserInfo xmlns="{PARTNER}"/>', head)
        assert answer.status_code == status
    assert texts(answer)["exceptionMessage"] == "This session is not valid for use with the API"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not xml",
        "<login/>",
        ENVELOPE.format(head="", body=""),
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        + ENVELOPE.format(head="", body="<a>&x;</a>").partition("?>")[2],
        '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;">]>'
        + ENVELOPE.format(head="", body="<a>&y;</a>").partition("?>")[2],
    ],
)
def test_what_is_no_envelope_is_a_fault_of_the_client(org: RunningOrg, text: str) -> None:
    """X16: no entity is looked up or blown up."""
    url = f"{org.url}/services/Soap/u/60.0"
    answer = requests.post(url, text.encode(), timeout=30)
    assert answer.status_code == 500
    assert texts(answer)["faultcode"] == "soapenv:Client"
    assert "root:" not in answer.text


def test_a_call_that_is_not_there_is_named(org: RunningOrg) -> None:
    """X16: and what it is called cannot break the answer."""
    answer = call(org, f'<create xmlns="{PARTNER}&lt;b&gt;"/>')
    assert answer.status_code == 500
    assert "No operation available for request" in str(texts(answer)["faultstring"])


@pytest.mark.parametrize("path", ["m/60.0", "T/60.0", f"m/60.0/{'0' * 15}"])
def test_other_soap_apis_say_in_soap_that_they_are_not_here(org: RunningOrg, path: str) -> None:
    """X16: so that a SOAP client can show it."""
    answer = call(org, '<listMetadata xmlns="http://soap.sforce.com/2006/04/metadata"/>', path=path)
    assert answer.status_code == 500
    assert str(texts(answer)["faultstring"]).startswith("devorg does not have the ")


def test_a_fault_of_the_org_strikes_login_too(org: RunningOrg) -> None:
    """X16: an org that is down logs nobody in."""
    fault = {"kind": "status", "match": "Soap", "status": 503}
    requests.post(f"{org.url}/_devorg/faults", json=fault, timeout=30)
    assert login(org, ROSA, GOOD).status_code == 503
