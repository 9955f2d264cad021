"""X16: the HTML of devorg's pages, with Flask's own client."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from devorg import DevorgConfig, create_org_app, rows
from devorg.org import Org, org_of
from devorg.pages.security import origin_of
from devorg.schema import STANDARD
from devorg.seed.plant import main_records
from devorg.users import USERS

CANVAS_URL = "https://widget.example:8443/canvas"
Attributes = dict[str, str | None]


class Elements(HTMLParser):
    """All elements of a page as (tag, attributes)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, Attributes]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember one element."""
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str, **wanted: str) -> list[Attributes]:
        """Attributes of the elements with this tag and these attribute values."""
        return [
            attrs
            for name, attrs in self.found
            if name == tag and all(attrs.get(key) == value for key, value in wanted.items())
        ]


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    made = create_org_app(DevorgConfig(canvas_url=CANVAS_URL))
    yield made
    org_of(made).close()


@pytest.fixture
def org(app: Flask) -> Org:
    org = org_of(app)
    org.reset()
    return org


@pytest.fixture
def browser(app: Flask, org: Org) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def main(org: Org) -> dict[str, str]:
    with org.store.reading() as connection:
        return main_records(connection)


def view(sobject: str, record_id: str, query: str = "") -> str:
    return f"/lightning/r/{sobject}/{record_id}/view{query}"


def add_task(org: Org, **fields: Any) -> str:
    """One finished Task of the rep; its id."""
    with org.store.writing() as connection:
        task_id = rows.make_ids(connection, STANDARD.objects["Task"], 1)[0]
        given = {
            "Id": task_id, "Subject": "Opened the proposal", "IsClosed": True,
            "IsArchived": False, "OwnerId": USERS[0].id, **fields,
        }  # fmt: skip
        record = rows.stamped(USERS[0].id, "2026-11-20T10:00:00.000+0000", given)
        rows.insert(connection, STANDARD.objects["Task"], [record])
    return task_id


def envelope(signed_request: str) -> dict[str, Any]:
    decoded = json.loads(base64.b64decode(signed_request.split(".")[1]))
    assert isinstance(decoded, dict)
    return decoded


def test_home_links_the_main_records_first(browser: FlaskClient, main: dict[str, str]) -> None:
    """X16: demos start from the first four links of the page's content."""
    links = Elements(browser.get("/").text).all("a", **{"class": "main-card"})
    paths = ("Contact", "Opportunity", "Lead", "Account")
    assert [link["href"] for link in links] == [view(n, main[n.lower()]) for n in paths]


@pytest.mark.parametrize("name", ["Contact", "Opportunity", "Lead", "Account"])
def test_a_record_page_shows_name_fields_and_frame(
    browser: FlaskClient, main: dict[str, str], name: str
) -> None:
    """X16: each of the four objects has a record page with the canvas frame."""
    answer = browser.get(view(name, main[name.lower()]))
    page = Elements(answer.text)
    assert answer.status_code == 200
    assert page.all("iframe", name="canvas-frame-_:Inlay:446:0:canvasapp", title="Inlay")
    assert page.all("section", id="activity")
    assert "Rosa Lindqvist" in answer.text


def test_the_form_posts_into_the_frame_and_holds_no_signed_request(
    browser: FlaskClient, main: dict[str, str]
) -> None:
    """X16: the request is fetched by the page's script, as in Salesforce."""
    page = Elements(browser.get(view("Contact", main["contact"])).text)
    (form,) = page.all("form", method="post")
    (field,) = page.all("input", name="signed_request")
    assert form["action"] == CANVAS_URL
    assert form["target"] == page.all("iframe")[0]["name"]
    assert field.get("value") is None


def test_the_frame_is_named_as_in_visualforce_with_the_namespace(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: the instance id depends on the variant and the namespace."""
    org.use_namespace("acme")
    page = browser.get(view("Contact", main["contact"], "?variant=visualforce")).text
    assert 'name="canvas-frame-acme:Inlay:j_id0:j_id1:canvasapp"' in page


def test_related_people_are_links_with_their_role(
    browser: FlaskClient, main: dict[str, str]
) -> None:
    """X16: an opportunity lists its contact roles."""
    text = browser.get(view("Opportunity", main["opportunity"])).text
    assert f'href="{view("Contact", main["contact"])}">Elena Marquez</a>' in text
    assert "Decision Maker" in text
    assert len(Elements(text).all("li", **{"data-testid": "related"})) == 5


def test_a_hidden_contact_is_listed_without_its_name(
    browser: FlaskClient, main: dict[str, str]
) -> None:
    """X16: who may see the opportunity but not a contact reads no name of it."""
    text = browser.get(view("Opportunity", main["opportunity"], "?user=partial")).text
    assert "A contact you cannot open" in text
    assert "Grace" not in text
    assert main["partial_hidden_contact"] not in text


def test_a_hidden_opportunity_is_not_listed(browser: FlaskClient, main: dict[str, str]) -> None:
    """X16: who may see the contact but not the opportunity finds no trace of it."""
    text = browser.get(view("Contact", main["contact"], "?user=reverse")).text
    assert "Field service platform" not in text
    assert main["opportunity"] not in text


def test_a_field_hidden_from_the_user_is_not_shown(
    browser: FlaskClient, main: dict[str, str]
) -> None:
    """X16: field access holds on pages too."""
    grant = {"user": "rep", "field": "Contact.Email", "visible": False}
    browser.post("/_devorg/access", json=grant)
    assert "elena.marquez@" not in browser.get(view("Contact", main["contact"])).text


def test_without_access_the_page_says_so_and_shows_no_frame(
    browser: FlaskClient, main: dict[str, str]
) -> None:
    """X16: what Lightning shows to a user without the right."""
    answer = browser.get(view("Contact", main["contact"], "?user=norecord"))
    assert answer.status_code == 403
    assert "don’t have access to this record" in answer.text
    assert "Elena" not in answer.text
    assert not Elements(answer.text).all("iframe")


def test_the_frame_can_be_forced_without_access(browser: FlaskClient, main: dict[str, str]) -> None:
    """X16: so that the app's own refusal can be tested."""
    query = "?user=norecord&force_canvas=1"
    text = browser.get(view("Contact", main["contact"], query)).text
    assert Elements(text).all("iframe")
    assert "Elena" not in text


def test_home_names_no_main_record_that_is_hidden(browser: FlaskClient) -> None:
    """X16: a start card of a hidden record carries no name."""
    text = browser.get("/?user=norecord").text
    assert "No access" in text
    assert "Brightwater" not in text


def test_a_choice_by_query_is_remembered(browser: FlaskClient) -> None:
    """X16: the cookie keeps user and variant for the pages that follow."""
    browser.get("/?user=admin&variant=visualforce")
    text = browser.get("/").text
    assert "Hello, Amir" in text
    assert '<a href="/?user=admin&amp;variant=visualforce" aria-current="true">' in text


def test_a_broken_cookie_means_the_rep(browser: FlaskClient) -> None:
    """X16: whatever the cookie says, the page opens."""
    browser.set_cookie("devorg", "nobody.nothing")
    assert "Hello, Rosa" in browser.get("/").text


@pytest.mark.parametrize("query", ["user=nobody", "variant=classic"])
def test_an_unknown_choice_is_refused_with_the_known_ones(browser: FlaskClient, query: str) -> None:
    """X16: a typing error in a test must not silently mean the rep."""
    answer = browser.get(f"/?{query}")
    assert answer.status_code == 400
    assert "rep" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/lightning/r/Contact/003/view",
        "/lightning/r/Contact/0035e000000zzzzAAA/view",
        "/lightning/r/Opportunity/0035e0000000001AAA/view",
        "/lightning/r/Task/00T5e0000000001AAA/view",
        "/lightning/o/Nothing/list",
        "/lightning/o/Profile/list",
    ],
)
def test_what_is_not_there_gets_the_404_page(browser: FlaskClient, path: str) -> None:
    """X16: one simple page for wrong addresses, with the same policy as the others."""
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_apis_keep_their_own_404(browser: FlaskClient) -> None:
    """X16: the page is for people only."""
    assert "Page not found" not in browser.get("/_devorg/nothing").text


def test_a_deleted_record_has_no_page(browser: FlaskClient, org: Org, main: dict[str, str]) -> None:
    """X16: the recycle bin is not shown."""
    with org.store.writing() as connection:
        rows.update(connection, STANDARD.objects["Lead"], main["lead"], {"IsDeleted": True})
    assert browser.get(view("Lead", main["lead"])).status_code == 404


def test_a_short_id_leads_to_the_long_one(browser: FlaskClient, main: dict[str, str]) -> None:
    """X16: the query survives the redirect."""
    answer = browser.get(view("Contact", main["contact"][:15], "?user=admin"))
    assert answer.status_code == 302
    assert answer.location == view("Contact", main["contact"], "?user=admin")


def test_the_policy_allows_own_files_and_the_apps_origin(browser: FlaskClient) -> None:
    """X16: only the canvas app's origin is framed and posted to."""
    policy = browser.get("/").headers["Content-Security-Policy"].split("; ")
    assert "frame-src https://widget.example:8443" in policy
    assert "form-action 'self' https://widget.example:8443" in policy
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= set(policy)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://App.Example:443/canvas?x=1", "https://app.example"),
        ("http://localhost:8000/canvas", "http://localhost:8000"),
        ("http://localhost:80/", "http://localhost"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_written_as_browsers_do(url: str, origin: str) -> None:
    """X16: it is compared with the origin of messages, letter by letter."""
    assert origin_of(url) == origin


@pytest.mark.parametrize("variant", ["aura", "visualforce"])
def test_a_fresh_signed_request_for_user_and_variant(
    browser: FlaskClient, main: dict[str, str], variant: str
) -> None:
    """X16: Aura carries the record in parameters, Visualforce in record."""
    record = main["opportunity"]
    query = f"sobject=Opportunity&record={record}&user=admin&variant={variant}"
    answer = browser.put(f"/lightning/signedrequest?{query}")
    signed = envelope(answer.get_json()["response"])
    environment = signed["context"]["environment"]
    parameters = {"recordId": record, "sObjectName": "Opportunity"}
    assert signed["context"]["user"]["userName"] == "amir.haddad@halyard.example"
    assert environment["parameters"] == (parameters if variant == "aura" else {})
    assert environment["record"].get("Id") == (None if variant == "aura" else record)
    assert answer.headers["Cache-Control"] == "no-store"


def test_no_signed_request_for_a_record_that_is_not_there(browser: FlaskClient) -> None:
    """X16: the page's script shows its error card then."""
    query = "sobject=Contact&record=0035e000000zzzzAAA"
    assert browser.put(f"/lightning/signedrequest?{query}").status_code == 404


def test_an_activity_shows_subject_date_kind_person_and_deal(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: in the reader's zone (Stockholm: one hour ahead of UTC in November)."""
    task = add_task(
        org, WhoId=main["contact"], WhatId=main["opportunity"], Inlay_Kind__c="document_opened",
        Inlay_Occurred_At__c="2026-11-20T09:30:00.000+0000", Inlay_Confidence__c="high",
        Inlay_Link__c="https://pages.example/d/1",
    )  # fmt: skip
    text = browser.get(view("Contact", main["contact"])).text
    item = text.split(f'data-id="{task}"')[1].split("</li>")[0]
    assert "Opened the proposal" in item
    assert "Nov 20, 2026, 10:30" in item
    assert "Document opened" in item
    assert f'href="{view("Contact", main["contact"])}"' in item
    assert f'href="{view("Opportunity", main["opportunity"])}"' in item
    assert "Confidence: high" in item
    assert 'href="https://pages.example/d/1"' in item


def test_the_newest_activity_comes_first(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: sorted by when it happened, not by when the row was made."""
    late = add_task(org, WhoId=main["contact"], Inlay_Occurred_At__c="2030-01-02T00:00:00.000+0000")
    early = add_task(org, WhoId=main["contact"], ActivityDate="2020-01-01")
    items = Elements(browser.get(view("Contact", main["contact"])).text).all(
        "li", **{"data-testid": "activity"}
    )
    assert items[0]["data-id"] == late
    assert items[-1]["data-id"] == early


def test_a_link_that_is_no_web_address_is_not_a_link(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: rows come from API clients; none may put a script into the page."""
    add_task(
        org, WhoId=main["contact"], Inlay_Link__c="javascript:alert(1)",
        Subject="<script>alert(1)</script>",
    )  # fmt: skip
    text = browser.get(view("Contact", main["contact"])).text
    assert "javascript:" not in text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_record_without_activities_says_so(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: the empty state."""
    with org.store.writing() as connection:
        connection.execute("UPDATE Task SET IsDeleted = 1")
    assert "No activities yet" in browser.get(view("Lead", main["lead"])).text


def test_only_the_newest_activities_are_shown_and_all_are_counted(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: a record with thousands of activities keeps a light page."""
    for _ in range(60):
        add_task(org, WhoId=main["lead"])
    text = browser.get(view("Lead", main["lead"])).text
    assert len(Elements(text).all("li", **{"data-testid": "activity"})) == 50
    assert "The newest 50 of 6" in text


def test_the_timeline_answers_304_until_something_happens(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: the page starts from the version it was made with."""
    page = Elements(browser.get(view("Contact", main["contact"])).text)
    (timeline,) = [attrs for _, attrs in page.found if "data-timeline" in attrs]
    path, known = str(timeline["data-timeline"]), {"If-None-Match": str(timeline["data-etag"])}
    assert browser.get(path, headers=known).status_code == 304
    add_task(org, WhoId=main["contact"])
    answer = browser.get(path, headers=known)
    assert answer.status_code == 200
    assert "Opened the proposal" in answer.text


def test_the_timeline_of_a_hidden_record_is_refused(
    browser: FlaskClient, main: dict[str, str]
) -> None:
    """X16: the page's right is the timeline's right."""
    path = f"/lightning/r/Contact/{main['contact']}/activities?user=norecord"
    answer = browser.get(path)
    assert answer.status_code == 403
    assert "Elena" not in answer.text


def test_an_account_shows_the_activities_of_its_people(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: Salesforce rolls activities of contacts up to their account."""
    task = add_task(org, WhoId=main["contact"], AccountId=main["account"])
    assert task in browser.get(view("Account", main["account"])).text
