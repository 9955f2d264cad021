"""X16: record pages, their frames and what they hide."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from devorg import rows
from devorg.org import Org
from devorg.schema import STANDARD
from tests.devorg.pages.elements import CANVAS_URL, Elements, envelope, view


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
