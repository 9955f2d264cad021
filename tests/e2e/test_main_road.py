"""Done 1: a rep opens a record, clicks once, shares; a visit comes back as one activity."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.org import Org
from tests.e2e.pages import Prospect, RecordPage, at_all_times
from tests.e2e.road import new_tasks, visit

Rep = Callable[..., RecordPage]
Phone = Callable[[], Prospect]
#: A page that lets its frame write the clipboard, as one with a more generous parent would.
_PASS_THE_CLIPBOARD_ON = """
new MutationObserver(() => {
    document.querySelector("iframe")?.setAttribute("allow", "clipboard-write *");
}).observe(document, { childList: true, subtree: true });
"""
#: A browser that has forgotten how to copy without the clipboard's right.
_NO_OLD_WAY = "document.execCommand = () => false;"


def test_a_visit_of_a_contact_becomes_one_activity_on_contact_and_opportunity(
    org: Org, main: dict[str, str], rep_window: Rep, prospect_window: Phone
) -> None:
    """Done 1, C2, C3, C4, E2, X11: the main road, from the seeded history to Salesforce."""
    rep = rep_window().open(org.page("Contact", main["contact"]))
    expect(rep.heading).to_have_text("Elena Marquez")
    expect(rep.rows).to_have_count(20)
    before = rep.activity_ids()
    link = rep.create()["Elena Marquez"]
    clicked = visit(rep, prospect_window(), link)
    rep.wait_for_activities(len(before) + 1)
    (task,) = new_tasks(org, before, main["contact"])
    assert (task["WhoId"], task["WhatId"]) == (main["contact"], main["opportunity"])
    assert task["Status"] == "Completed"
    assert clicked in task["Description"]
    assert {task["Id"]} == rep.activity_ids() - before
    again = rep_window().open(org.page("Contact", main["contact"]))
    assert again.links()["Elena Marquez"] == link
    assert at_all_times(lambda: len(new_tasks(org, before, main["contact"])) == 1, 10, rep.page)
    rep.wait_for_activities(len(before) + 1)


def test_a_visit_of_an_opportunity_is_of_the_person_whose_link_it_was(
    org: Org, rep_window: Rep, prospect_window: Phone
) -> None:
    """Done 1, C3, E3: a link per contact role; the visit and the activity name that person."""
    deal = org.named("Opportunity", "Dovetail Robotics - Second plant")
    joris = org.named("Contact", "Joris Bakker")
    rep = rep_window().open(org.page("Opportunity", deal["Id"]))
    before = rep.activity_ids()
    links = rep.create()
    assert set(links) == {"Sanne de Wit", "Joris Bakker", "Anybody else"}
    assert len(set(links.values())) == 3
    visit(rep, prospect_window(), links["Joris Bakker"], person="Joris Bakker")
    rep.wait_for_activities(len(before) + 1)
    (task,) = new_tasks(org, before, joris["Id"])
    assert task["WhatId"] == deal["Id"]


def test_two_reps_who_click_at_once_get_the_same_destination(org: Org, rep_window: Rep) -> None:
    """C3: one Destination per record, whoever clicks, however often."""
    contact = org.named("Contact", "Niamh Doyle")["Id"]
    reps = [rep_window().open(org.page("Contact", contact, user)) for user in ("rep", "admin")]
    for rep in reps:
        rep.create_button.evaluate("button => { button.click(); button.click(); }")
    for rep in reps:
        expect(rep.card.locator("input[readonly]").first).to_be_visible()
    assert reps[0].links() == reps[1].links()


@pytest.mark.parametrize(
    ("scripts", "is_copied"),
    [
        ((), True),  # the right is not passed on: the old way
        ((_NO_OLD_WAY, _PASS_THE_CLIPBOARD_ON), True),
        ((_NO_OLD_WAY,), False),
    ],
    ids=["as it is", "by right", "by hand"],
)
def test_the_link_is_copied_or_else_selected_for_copying(
    org: Org, rep_window: Rep, scripts: tuple[str, ...], *, is_copied: bool
) -> None:
    """C3: a page around the frame may or may not pass the clipboard's right on to it."""
    contact = org.named("Contact", "Oisín Byrne")["Id"]
    rep = rep_window(permissions=["clipboard-read", "clipboard-write"])
    for script in scripts:
        rep.page.add_init_script(script)
    rep.open(org.page("Contact", contact))
    link = (rep.links() or rep.create())["Oisín Byrne"]
    rep.card.get_by_role("button", name="Copy Oisín Byrne").click()
    said = "Link copied" if is_copied else "The link is selected"
    expect(rep.card.locator("#toasts")).to_contain_text(said)
    read = "navigator.clipboard.readText()" if is_copied else "getSelection().toString()"
    assert (rep.page if is_copied else rep.frame).evaluate(read) == link


@pytest.mark.parametrize("sobject", ["Lead", "Account"])
def test_the_card_works_on_leads_and_accounts(
    org: Org, main: dict[str, str], rep_window: Rep, sobject: str
) -> None:
    """C2: name, score and timeline there too."""
    rep = rep_window().open(org.page(sobject, main[sobject.lower()]))
    name = next(r["Name"] for r in org.records(sobject) if r["Id"] == main[sobject.lower()])
    expect(rep.heading).to_have_text(name)
    expect(rep.rows.first).to_be_visible()


def test_both_ways_of_embedding_show_the_same_card(
    org: Org, main: dict[str, str], rep_window: Rep
) -> None:
    """X16: Visualforce fills `record`, Aura the parameters."""
    shown = []
    for variant in ("aura", "visualforce"):
        rep = rep_window().open(org.page("Lead", main["lead"], variant=variant))
        shown.append((rep.heading.inner_text(), rep.rows.all_inner_texts()))
    assert shown[0] == shown[1]


def test_the_timeline_filters_by_kind_and_shows_older_pages(
    org: Org, main: dict[str, str], rep_window: Rep
) -> None:
    """C2: a kind alone, then everything, then what is further down."""
    rep = rep_window().open(org.page("Opportunity", main["opportunity"]))
    rep.card.get_by_label("Show").select_option("email_clicked")
    expect(rep.rows.filter(has_not_text="E-mail link clicked")).to_have_count(0)
    assert rep.rows.count() > 0
    rep.card.get_by_label("Show").select_option("")
    expect(rep.rows).to_have_count(20)
    rep.card.get_by_role("button", name="Show older").click()
    expect(rep.rows.nth(20)).to_be_visible()
    ids = [row.get_attribute("data-event") for row in rep.rows.all()]
    assert len(ids) == len(set(ids))
