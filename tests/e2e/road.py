"""Pieces of the main road that several tests walk."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.org import Org, Record
from tests.e2e.pages import SOON, Prospect, RecordPage


def visit(rep: RecordPage, prospect: Prospect, link: str, person: str = "") -> str:
    """A prospect opens the link, reads, clicks; the widget shows it; the prospect leaves.

    Gives the text of the link that was clicked.
    """
    known = rep.visits.count()
    prospect.open(link)
    prospect.read()
    clicked = prospect.click_first_link()
    expect(rep.visits).to_have_count(known + 1, timeout=SOON)
    expect(rep.visits.first).to_contain_text(person)
    expect(rep.visits.first).to_contain_text("1 link clicked", timeout=SOON)
    prospect.leave()
    return clicked


def new_tasks(org: Org, before: set[str], person: str) -> list[Record]:
    """Tasks of that person which were not there before."""
    rows = org.records("Task")
    return [row for row in rows if row["WhoId"] == person and row["Id"] not in before]
