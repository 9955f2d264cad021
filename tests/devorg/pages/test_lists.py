"""X16: list views and search: sorted, filtered, page by page, as the viewer sees them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from devorg import rows
from devorg.org import Org
from devorg.pages import reading, web
from devorg.schema import STANDARD
from devorg.users import USERS
from tests.devorg.pages.elements import Elements, view

CONTACTS = "/lightning/o/Contact/list"


def names(text: str) -> list[str]:
    """The names in a page's first table, in order."""
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', text)


def add_contacts(org: Org, count: int, **fields: object) -> None:
    """Contacts `Person 0001` and so on."""
    with org.store.writing() as connection:
        contact = STANDARD.objects["Contact"]
        records = [
            rows.stamped(USERS[0].id, "2026-11-20T10:00:00.000+0000", {
                "Id": record_id, "LastName": f"Person {number:04}", "Name": f"Person {number:04}",
                "OwnerId": USERS[0].id, **fields,
            })
            for number, record_id in enumerate(rows.make_ids(connection, contact, count))
        ]  # fmt: skip
        rows.insert(connection, contact, records)


def test_a_list_is_sorted_by_name_and_says_how_many(browser: FlaskClient) -> None:
    """X16: as Lightning's lists are at first."""
    answer = browser.get(CONTACTS)
    found = names(answer.text)
    assert found == sorted(found, key=str.lower)
    assert 'aria-sort="ascending"><a href="?sort=Name&amp;order=desc"' in answer.text
    assert f"{len(found)} that Rosa may see" in answer.text


@pytest.mark.parametrize("way", ["asc", "desc"])
def test_a_head_sorts_by_its_column(browser: FlaskClient, way: str) -> None:
    """X16: a lookup by the name of what it points at; amounts as numbers."""
    text = browser.get(f"/lightning/o/Opportunity/list?sort=Amount&order={way}").text
    amounts = [int(each.replace(",", "")) for each in re.findall(r"\$([\d,]+)<", text)]
    assert amounts == sorted(amounts, reverse=way == "desc")
    text = browser.get(f"{CONTACTS}?sort=AccountId&order={way}").text
    accounts = re.findall(r'<td><a href="/lightning/r/Account/\w+/view">([^<]+)</a>', text)
    assert accounts == sorted(accounts, key=str.lower, reverse=way == "desc")


def test_a_column_that_is_none_sorts_by_name(browser: FlaskClient) -> None:
    """X16: what comes in the address is no SQL."""
    odd = browser.get(f"{CONTACTS}?sort=Id;DROP TABLE Contact&page=-1")
    assert odd.status_code == 200
    assert names(odd.text) == names(browser.get(CONTACTS).text)


def test_words_filter_a_list_in_all_its_columns(browser: FlaskClient) -> None:
    """X16: every word must be somewhere: in the name, the e-mail or the account's name."""
    found = names(browser.get(f"{CONTACTS}?q=brightwater+elena").text)
    assert found == ["Elena Marquez"]
    assert "Nothing here has “nobody”" in browser.get(f"{CONTACTS}?q=nobody").text


@pytest.mark.parametrize("words", ["%", "_", "\\", "'", '"; --', "%%%"])
def test_signs_of_sql_are_searched_as_they_are(browser: FlaskClient, words: str) -> None:
    """X16: no contact has them in a name."""
    answer = browser.get(CONTACTS, query_string={"q": words})
    assert answer.status_code == 200
    assert names(answer.text) == []


def test_long_lists_have_pages(browser: FlaskClient, org: Org) -> None:
    """X16: 50 rows each; sort and filter stay."""
    add_contacts(org, 120)
    first = browser.get(f"{CONTACTS}?q=person&sort=Name&order=desc").text
    second = browser.get(f"{CONTACTS}?q=person&sort=Name&order=desc&page=2").text
    assert "Page 1 of 3" in first
    assert names(first)[0] == "Person 0119"
    assert names(second)[0] == "Person 0069"
    (following,) = Elements(first).all("a", rel="next")
    assert following["href"] == "?sort=Name&order=desc&q=person&page=2"
    assert len(names(browser.get(f"{CONTACTS}?q=person&page=99").text)) == 20


def test_a_list_shows_what_the_viewer_may_see(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: hidden records are neither listed nor counted, hidden fields no column, and a filter
    finds nothing by them.
    """
    total = len(names(browser.get(CONTACTS).text))
    for grant in ({"record": main["contact"]}, {"field": "Contact.Email"}):
        browser.post("/_devorg/access", json={"user": "rep", "visible": False, **grant})
    text = browser.get(CONTACTS).text
    assert len(names(text)) == total - 1
    assert '<th scope="col"><a href="?sort=Email' not in text
    assert "grace.okafor@" not in text
    assert names(browser.get(f"{CONTACTS}?q=grace.okafor@").text) == []


def test_a_filter_tells_nothing_of_a_hidden_account(
    browser: FlaskClient, main: dict[str, str]
) -> None:
    """X16: whose name the viewer does not see in the list, either."""
    for grant in ({"record": main["account"]}, {"field": "Contact.Email"}):
        assert names(browser.get(f"{CONTACTS}?q=Brightwater+Energy").text)
        browser.post("/_devorg/access", json={"user": "rep", "visible": False, **grant})
    found = names(browser.get(f"{CONTACTS}?q=Brightwater+Energy").text)
    assert found == []


def test_other_objects_have_lists_and_pages(browser: FlaskClient) -> None:
    """X16: Tasks and users, with the columns that fit them."""
    text = browser.get("/lightning/o/Task/list").text
    href = re.findall(r'<th scope="row"><a href="(/lightning/r/Task/\w+/view)"', text)[0]
    page = browser.get(href).text
    assert ">Related To</dt>" in page
    assert "canvas-frame" not in page
    assert "Rosa Lindqvist" in browser.get(f"/lightning/r/User/{USERS[0].id}/view").text


def test_search_finds_names_mails_and_companies(browser: FlaskClient) -> None:
    """X16: over all objects at once, five of each, with the way to the rest."""
    text = browser.get("/lightning/search?q=brightwater").text
    for sobject in ("Contact", "Opportunity", "Account"):
        assert f'id="found-{sobject}"' in text
    assert 'id="found-Lead"' not in text
    assert "/lightning/o/Contact/list?q=brightwater" in text or "(5)" in text
    assert "Elena Marquez" in browser.get("/lightning/search?q=elena.marquez@").text
    assert "Nadia Kowalski" in browser.get("/lightning/search?q=kowalski").text


def test_search_finds_nothing_that_is_hidden(browser: FlaskClient) -> None:
    """X16: as the user sees the org."""
    assert "Nothing found" in browser.get("/lightning/search?q=elena&user=norecord").text


def test_an_empty_search_asks_for_words(browser: FlaskClient) -> None:
    """X16: and reads nothing."""
    assert "What are you looking for?" in browser.get("/lightning/search?q=+").text


@pytest.fixture
def large(browser: FlaskClient, org: Org, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """An org whose contacts are too many to be read: 300 of them, where 100 are many."""
    add_contacts(org, 300, Title="Planner")
    monkeypatch.setattr(reading, "WINDOW", 100)
    return browser


def test_in_a_large_list_beginnings_are_found_everywhere(large: FlaskClient) -> None:
    """X16: names by their index, whatever their age; it says so."""
    answer = large.get(f"{CONTACTS}?q=elena")
    assert names(answer.text) == ["Elena Marquez"]
    assert "This list is large" in answer.text


def test_in_a_large_list_the_rest_is_found_among_the_newest(large: FlaskClient) -> None:
    """X16: middles of names, titles and companies: an index answers none of them."""
    assert "100 with" in large.get(f"{CONTACTS}?q=planner").text
    assert names(large.get(f"{CONTACTS}?q=arquez").text) == []


def test_a_large_list_sorts_by_what_has_an_index(large: FlaskClient) -> None:
    """X16: the other heads are no links."""
    text = large.get(CONTACTS).text
    heads = re.findall(r'<a href="\?sort=(\w+)', text)
    assert heads == ["Name"]
    assert names(text) == names(large.get(f"{CONTACTS}?sort=Title").text)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many steps SQLite's machine has taken for pages since last asked, in hundreds."""
    counted = [0]

    def watch(_until: float) -> Callable[[], bool]:
        def step() -> bool:
            counted[0] += 100
            return False

        return step

    def taken() -> int:
        found, counted[0] = counted[0], 0
        return found

    monkeypatch.setattr(web, "_watch", watch)
    monkeypatch.setattr(web, "_STEPS", 100)
    return taken


def test_no_page_reads_a_large_table(
    large: FlaskClient, org: Org, steps: Callable[[], int]
) -> None:
    """X16: it takes fewer steps than reading all rows once would."""
    add_contacts(org, 30_000, Title="Planner")
    contact = view("Contact", "0035e0000000001AAA")
    queries = ("", "?page=3", "?q=nobody", "?q=planner", "?sort=Title", "?sort=Name&order=desc")
    for path in (*(CONTACTS + each for each in queries), "/", "/lightning/search?q=no", contact):
        assert large.get(path).status_code == 200
        assert 0 < steps() < 200_000, path


def test_a_page_that_takes_too_long_is_given_up(
    browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X16: who may see few of a million records waits for an answer, not for ever."""
    monkeypatch.setattr(web, "_STEPS", 1)
    monkeypatch.setattr(web, "_MOST_SECONDS", -1.0)
    answer = browser.get(CONTACTS)
    assert answer.status_code == 503
    assert "This took too long" in answer.text
    monkeypatch.undo()
    assert browser.get(CONTACTS).status_code == 200


def test_a_record_page_of_the_namespace_works(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: names of fields change for clients, not for people."""
    before = browser.get(view("Contact", main["contact"])).text
    org.use_namespace("acme")
    assert browser.get(CONTACTS).status_code == 200
    assert browser.get("/lightning/search?q=elena").status_code == 200
    after = browser.get(view("Contact", main["contact"])).text
    assert len(before.split("<dt>")) == len(after.split("<dt>"))
    assert "acme__" in browser.get("/lightning/setup/objects/Task").text
