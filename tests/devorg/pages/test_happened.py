"""X16: What happened: which calls are kept, what is shown of them, and what is not."""

from __future__ import annotations

import gzip
import json
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from devorg import history
from devorg.history import MOST_BYTES, MOST_CALLS, Body
from devorg.org import Org
from devorg.pages import reveal
from devorg.users import USERS
from tests.devorg.client import API

LIST = "/lightning/setup/happened"
SECRET = "devorg-client-secret"


@pytest.fixture
def token(org: Org) -> str:
    org.history.clear()
    return org.tokens.issue(USERS[0])


def call(browser: FlaskClient, token: str, method: str, path: str, **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
    return browser.open(f"{API}/{path}", method=method, headers=headers, **more)


def newest(browser: FlaskClient, org: Org) -> str:
    """The page of the newest call."""
    answer = browser.get(f"{LIST}/{org.history.all()[0].number}")
    assert answer.status_code == 200
    return answer.text


def test_a_refused_call_is_listed_with_its_error(
    browser: FlaskClient, org: Org, token: str
) -> None:
    """X16: who, what, status and the code: what a failing test needs first."""
    call(browser, token, "GET", "query", query_string={"q": "SELECT Nope FROM Contact"})
    row = browser.get(LIST).text.split('data-testid="call"')[1]
    assert "/services/data/v68.0/query" in row
    assert "INVALID_FIELD" in row
    assert ">400</span>" in row
    assert "<td>rep</td>" in row
    assert "SELECT Nope FROM Contact" in newest(browser, org)


def test_bodies_are_pretty(browser: FlaskClient, org: Org, token: str) -> None:
    """X16: JSON has a line for each value, on both sides."""
    call(browser, token, "POST", "sobjects/Account", json={"Name": "Kiln & Wick"})
    text = newest(browser, org)
    assert "  &#34;Name&#34;: &#34;Kiln &amp; Wick&#34;" in text
    assert "  &#34;success&#34;: true" in text


def test_the_parts_of_a_composite_are_listed(
    browser: FlaskClient, org: Org, token: str, main: dict[str, str]
) -> None:
    """X16: each with its status, and the rows of a collection that failed."""
    root = f"{API}/"
    rows = [
        {"attributes": {"type": "Contact"}},
        {"attributes": {"type": "Contact"}, "LastName": "A"},
    ]
    parts = [
        {"method": "GET", "url": f"{root}sobjects/Contact/{main['contact']}", "referenceId": "one"},
        {"method": "GET", "url": f"{root}sobjects/Contact/003", "referenceId": "two"},
        {"method": "POST", "url": f"{root}composite/sobjects", "referenceId": "rows",
         "body": {"records": rows}},
    ]  # fmt: skip
    call(browser, token, "POST", "composite", json={"compositeRequest": parts})
    event = org.history.all()[0]
    assert [(part.name, part.status) for part in event.parts] == [
        ("one", 200), ("two", 404), ("rows", 200),
    ]  # fmt: skip
    assert event.parts[2].note == "1 of 2 rows failed: REQUIRED_FIELD_MISSING ×1"
    assert newest(browser, org).count('data-testid="part"') == 3
    assert "2 failed" in browser.get(LIST).text


def test_the_parts_of_a_batch_are_listed(browser: FlaskClient, org: Org, token: str) -> None:
    """X16: they have no reference, so they are numbered."""
    calls = [{"method": "GET", "url": "v68.0/limits"}, {"method": "GET", "url": "v68.0/nothing"}]
    call(browser, token, "POST", "composite/batch", json={"batchRequests": calls})
    parts = org.history.all()[0].parts
    assert [(part.name, part.url, part.status) for part in parts] == [
        ("1", "v68.0/limits", 200), ("2", "v68.0/nothing", 404),
    ]  # fmt: skip


def test_failing_rows_are_told_in_a_line(browser: FlaskClient, org: Org, token: str) -> None:
    """X16: a collection that answers 200 may have failed all the same."""
    records = [{"attributes": {"type": "Contact"}} for _ in range(3)]
    call(browser, token, "POST", "composite/sobjects", json={"records": records})
    assert org.history.all()[0].failed
    listed = browser.get(f"{LIST}?status=errors").text
    assert "3 of 3 rows failed: REQUIRED_FIELD_MISSING ×3" in listed


def test_tokens_and_secrets_are_masked(browser: FlaskClient, org: Org, token: str) -> None:
    """X16: in headers, forms, answers and query strings; their length stays."""
    form = {
        "grant_type": "client_credentials",
        "client_id": "devorg-client",
        "client_secret": SECRET,
    }
    issued = browser.post("/services/oauth2/token", data=form).get_json()["access_token"]
    texts = [newest(browser, org)]
    browser.get("/services/oauth2/userinfo", headers={"Authorization": f"Bearer {issued}"})
    texts.append(newest(browser, org))
    browser.get(f"/services/oauth2/userinfo?access_token={issued}")
    texts.append(newest(browser, org))
    told = json.dumps(browser.get("/_devorg/history").get_json())
    for text in (*texts, told):
        assert SECRET not in text
        assert issued not in text
        assert issued[16:40] not in text
    assert f"client_secret = ••• {len(SECRET)} characters" in texts[0]
    assert f"Bearer ••• {len(issued)} characters" in texts[1]


@pytest.mark.parametrize(
    "text",
    [
        "<password>SECRET</password>", "<n1:password xsi:type='x'>SECRET</n1:password>",
        "<password><![CDATA[SECRET]]></password>", "<urn:sessionId>SECRET", "<password>\nSECRET\n",
    ],
)  # fmt: skip
def test_passwords_of_soap_are_masked(text: str) -> None:
    """X16: however they are written, also where the body ends within them."""
    shown = reveal.body(Body(f"<login><username>ada</username>{text}".encode(), 1, "text/xml"))
    assert "SECRET" not in shown.text
    assert "<username>ada</username>" in shown.text


@given(
    st.binary(max_size=300)
    | st.sampled_from(
        [b"[" * 60_000, b'{"a":' * 10_000, b'"\\ud800"', b'["\\ud800"]', b"[" + b"9" * 5000]
    ),
    st.sampled_from(["application/json", "text/csv", "application/x-www-form-urlencoded", ""]),
    st.sampled_from(["", "gzip", "deflate"]),
)
def test_no_body_is_too_odd_to_be_shown(data: bytes, kind: str, coding: str) -> None:
    """X16: what broke a test must not break the page about it."""
    shown = reveal.body(Body(data, len(data), kind, coding))
    assert shown.text.encode().decode() == shown.text


@pytest.mark.parametrize(
    "piece",
    [
        "<password ",
        "<password>",
        "eyJ",
        "5Aep",
        '"token" : "',
        '\\"token\\"',
        "?code=",
        "A",
        "00D",
        "{",
    ],
)
def test_no_body_takes_long_to_be_masked(piece: str) -> None:
    """X16: whatever it repeats."""
    text = piece * (MOST_BYTES // len(piece))
    started = time.thread_time()
    reveal.hidden(text)
    assert time.thread_time() - started < 2


def test_the_code_that_a_login_leads_back_with_is_masked() -> None:
    """X16: it opens the org to who has the app's secret."""
    back = "http://localhost:8000/cb?code=aPrxSECRETSECRET&state=kept#access_token=00DSECRET"
    (location,) = reveal.headers([("Location", back), ("Content-Length", "0")])
    assert "SECRET" not in location[1]
    assert "state=kept" in location[1]


def test_headers_of_both_sides_are_shown(browser: FlaskClient, org: Org, token: str) -> None:
    """X16: limits, addresses and what a client asked for."""
    call(browser, token, "POST", "sobjects/Account", json={"Name": "A"}, headers={"X-Mark": "here"})
    text = newest(browser, org)
    assert "X-Mark</dt><dd>here</dd>" in text
    assert "Sforce-Limit-Info</dt><dd>api-usage=" in text


def test_a_signed_request_is_masked(
    browser: FlaskClient, org: Org, main: dict[str, str], token: str
) -> None:
    """X16: whoever has one may be its user."""
    path = f"/lightning/signedrequest?sobject=Contact&record={main['contact']}&user=admin"
    signed = browser.put(path).get_json()["response"]
    text = newest(browser, org)
    assert signed[:60] not in text
    assert signed.split(".")[1][:60] not in text
    event = org.history.all()[0]
    assert (event.kind, event.user) == ("Canvas", "admin")
    assert event.note == f"Aura on Contact {main['contact']}"


@given(st.text(alphabet="abcDEF0129-_.", min_size=24, max_size=200), st.integers(0, 30))
def test_a_body_cut_in_its_middle_hides_as_much(secret: str, cut: int) -> None:
    """X16: a text that ends within a secret shows nothing of it, either."""
    whole = json.dumps({"access_token": secret, "id": "x"})
    data = whole.encode()[: whole.index(secret) + len(secret) - cut]
    shown = reveal.body(Body(data, len(whole), "application/json"))
    assert secret[:20] not in shown.text
    assert shown.cut


def test_long_bodies_are_cut_and_said_to_be(browser: FlaskClient, org: Org, token: str) -> None:
    """X16: 64 kB of each are kept, whatever was sent."""
    records = [{"attributes": {"type": "Contact"}, "LastName": "x" * 70} for _ in range(200)]
    description = {"attributes": {"type": "Contact"}, "LastName": "y", "Description": "z" * 30_000}
    body = json.dumps({"records": [*records[:197], *[description] * 3]})
    call(browser, token, "POST", "composite/sobjects", data=body, content_type="application/json")
    event = org.history.all()[0]
    assert (len(event.asked.data), event.asked.size) == (MOST_BYTES, len(body))
    assert "Only the first 64 kB are kept." in newest(browser, org)


def test_packed_bodies_are_unpacked_to_be_shown(browser: FlaskClient, org: Org, token: str) -> None:
    """X16: both ways; a packed bomb is unpacked no further than is shown."""
    packed = gzip.compress(json.dumps({"Name": "Packed & Sent"}).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    call(browser, token, "POST", "sobjects/Account", data=packed, headers=headers)
    assert "Packed &amp; Sent" in newest(browser, org)
    call(browser, token, "GET", "sobjects", headers={"Accept-Encoding": "gzip"})
    assert "&#34;sobjects&#34;: [" in newest(browser, org) or "maxBatchSize" in newest(browser, org)
    bomb = gzip.compress(b"a" * 10_000_000)
    assert len(reveal.body(Body(bomb, len(bomb), "text/plain", "gzip")).text) == MOST_BYTES


def test_a_dropped_connection_is_said_to_be(browser: FlaskClient, org: Org, token: str) -> None:
    """X16: the client saw no status."""
    browser.post("/_devorg/faults", json={"kind": "drop", "times": 1})
    call(browser, token, "GET", "limits")
    assert org.history.all()[0].dropped
    text = browser.get(LIST).text
    assert "dropped</span>" in text
    assert "closed without an answer" in text
    assert "1 fault was set" in text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 4), ("path=LIMITS", 1), ("path=nothing.here", 0), ("status=2", 2), ("status=404", 1),
        ("status=errors", 2), ("who=rep", 2), ("who=admin", 1), ("kind=OAuth", 1),
        ("kind=Bulk", 0), ("kind=REST&status=4xx", 1),
    ],
)  # fmt: skip
def test_calls_are_filtered(
    browser: FlaskClient, org: Org, token: str, query: str, count: int
) -> None:
    """X16: by path, status, user and kind."""
    call(browser, token, "GET", "limits")
    call(browser, token, "GET", "nothing")
    call(browser, org.tokens.issue(USERS[1]), "GET", "sobjects")
    browser.post("/services/oauth2/token", data={"grant_type": "nothing"})
    assert browser.get(f"{LIST}?{query}").text.count('data-testid="call"') == count
    assert len(browser.get(f"/_devorg/history?{query}").get_json()["calls"]) == count


def test_only_the_last_calls_are_kept(browser: FlaskClient, org: Org, token: str) -> None:
    """X16: memory is bounded; numbers go on."""
    for _ in range(MOST_CALLS + 5):
        call(browser, token, "GET", "")
    events = org.history.all()
    assert len(events) == MOST_CALLS
    assert events[0].number - events[-1].number == MOST_CALLS - 1
    assert browser.get(f"{LIST}/{events[-1].number - 1}").status_code == 404


def test_one_button_clears(browser: FlaskClient, org: Org, token: str) -> None:
    """X16: and another site cannot press it."""
    call(browser, token, "GET", "limits")
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert browser.post(f"{LIST}/clear", headers=foreign).status_code == 403
    assert len(org.history.all()) == 1
    assert browser.post(f"{LIST}/clear").status_code == 303
    assert "No calls yet" in browser.get(LIST).text


def test_tests_clear_by_the_control_api(browser: FlaskClient, org: Org, token: str) -> None:
    """X16: which leaves no trace of itself."""
    call(browser, token, "GET", "limits")
    assert browser.delete("/_devorg/history").status_code == 200
    assert browser.get("/_devorg/history").get_json() == {"calls": []}


def test_a_reset_forgets_nothing(browser: FlaskClient, org: Org, token: str) -> None:
    """X16: the next test's reset must not take away why this one failed."""
    call(browser, token, "GET", "limits")
    browser.post("/_devorg/reset")
    assert [event.path for event in org.history.all()] == ["/_devorg/reset", f"{API}/limits"]


def test_pages_and_polling_are_not_kept(browser: FlaskClient, org: Org, token: str) -> None:
    """X16: the list is of what clients asked, not of who looked."""
    browser.get("/")
    browser.get("/_devorg/usage")
    assert org.history.all() == []


def test_the_body_of_a_call_is_whole_for_who_answers_it(
    browser: FlaskClient, org: Org, token: str
) -> None:
    """X16: keeping the beginning takes nothing away, in any way of reading."""
    records = [{"attributes": {"type": "Account"}, "Name": f"A{n}" + "x" * 200} for n in range(200)]
    answer = call(browser, token, "POST", "composite/sobjects", json={"records": records})
    assert all(each["success"] for each in answer.get_json())
    event = org.history.all()[0]
    assert event.note == "200 rows"
    assert event.asked.size > len(event.asked.data) or event.asked.size == len(event.asked.data)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=4)
                    | st.dictionaries(st.sampled_from(["compositeRequest", "compositeResponse",
                      "batchRequests", "results", "body", "success", "errors", "errorCode",
                      "url"]), inner, max_size=4), max_leaves=20))  # fmt: skip
def test_no_answer_is_too_odd_to_be_kept(value: Any) -> None:
    """X16: recording must never be what breaks a call."""
    assert isinstance(history.parts_of(value, value), tuple)
    assert isinstance(history.note_of(value), str)
