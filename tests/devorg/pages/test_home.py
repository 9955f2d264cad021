"""X16: the home page: today's tasks, recent records, people and deals."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient

from devorg.org import Org
from devorg.users import USERS
from tests.devorg.pages.elements import Elements, add_task, view


def test_home_links_the_main_records_first(browser: FlaskClient, main: dict[str, str]) -> None:
    """X16: demos start from the first four links of the page's content."""
    links = Elements(browser.get("/").text).all("a", **{"class": "main-card"})
    paths = ("Contact", "Opportunity", "Lead", "Account")
    assert [link["href"] for link in links] == [view(n, main[n.lower()]) for n in paths]


def test_home_leads_to_where_a_right_is_taken_away(browser: FlaskClient) -> None:
    """X16: and to what happened, and to the package's page for admins; whoever looks."""
    text = browser.get("/?user=norecord").text
    links = [each["href"] for each in Elements(text).all("a", **{"class": "main-card behind-card"})]
    assert len(links) == 3
    for link in links:
        assert browser.get(str(link)).status_code == 200
    assert 'id="sets"' in browser.get(str(links[0])).text


def test_home_names_no_main_record_that_is_hidden(browser: FlaskClient) -> None:
    """X16: a start card of a hidden record carries no name."""
    text = browser.get("/?user=norecord").text
    assert "No access" in text
    assert "Brightwater" not in text


def open_task(org: Org, days: int, **fields: object) -> str:
    """An open Task of the rep, due so many days from now; its id."""
    day = (org.clock.now() + timedelta(days=days)).date().isoformat()
    return add_task(org, **{"IsClosed": False, "ActivityDate": day, **fields})


def test_tasks_that_are_due_are_listed(
    browser: FlaskClient, org: Org, main: dict[str, str]
) -> None:
    """X16: those of the last weeks too, marked; not what comes, is done, or is another's."""
    org.clock.stop()
    due = open_task(org, 0, WhoId=main["contact"], Subject="Call Elena")
    late = open_task(org, -3, Subject="Send the offer")
    hidden = [
        open_task(org, 2), open_task(org, -40), open_task(org, 0, OwnerId=USERS[1].id),
        open_task(org, 0, IsClosed=True),
    ]  # fmt: skip
    text = browser.get("/").text
    assert text.count('data-testid="todo"') == 2
    assert text.index(view("Task", due)) < text.index(view("Task", late))
    assert "Elena Marquez" in text.split("Call Elena")[1].split("</li>")[0]
    assert ", overdue" in text.split("Send the offer")[1].split("</li>")[0]
    assert not any(view("Task", each) in text for each in hidden)


def test_the_clock_of_the_org_decides_what_is_due(browser: FlaskClient, org: Org) -> None:
    """X16: time travel reaches the pages."""
    open_task(org, 2, Subject="Later")
    assert "Later" not in browser.get("/").text
    org.clock.advance(2 * 86_400)
    assert "Later" in browser.get("/").text


def test_records_that_were_opened_are_recent(browser: FlaskClient, main: dict[str, str]) -> None:
    """X16: newest first, each user's own, and only while the user may see them."""
    browser.get(view("Contact", main["contact"]))
    browser.get(view("Account", main["account"]))
    browser.get(view("Lead", main["lead"], "?user=admin"))
    seen = browser.get("/?user=rep").text.split('data-testid="seen"')[1:]
    assert "Brightwater Energy" in seen[0]
    assert "Elena Marquez" in seen[1]
    assert not any("Nadia" in each for each in seen)
    hide = {"user": "rep", "record": main["contact"], "visible": False}
    assert browser.post("/_devorg/access", json=hide).status_code == 200
    assert "Elena" not in browser.get("/").text.split('id="seen"')[1].split("</section>")[0]


def test_tables_show_the_newest_of_each_object(browser: FlaskClient, org: Org) -> None:
    """X16: with their number; 'View all' leads to the list."""
    links = Elements(browser.get("/").text).all("a", **{"class": "more"})
    lists = [
        f"/lightning/o/{n}/list" for n in ("Task", "Contact", "Opportunity", "Lead", "Account")
    ]
    assert [link["href"] for link in links] == lists
