"""X16: the home page: today's tasks, recent records, people and deals."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.devorg.pages.elements import Elements, view


def test_home_links_the_main_records_first(browser: FlaskClient, main: dict[str, str]) -> None:
    """X16: demos start from the first four links of the page's content."""
    links = Elements(browser.get("/").text).all("a", **{"class": "main-card"})
    paths = ("Contact", "Opportunity", "Lead", "Account")
    assert [link["href"] for link in links] == [view(n, main[n.lower()]) for n in paths]


def test_home_names_no_main_record_that_is_hidden(browser: FlaskClient) -> None:
    """X16: a start card of a hidden record carries no name."""
    text = browser.get("/?user=norecord").text
    assert "No access" in text
    assert "Brightwater" not in text
