"""Done 3: what a rep may not see in Salesforce is counted in the widget, and named nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from playwright.sync_api import Route, expect

from tests.e2e.demo import Demo
from tests.e2e.org import Org, Record
from tests.e2e.pages import RecordPage

Rep = Callable[..., RecordPage]


class Heard:
    """Everything that the app answers to one window."""

    def __init__(self, rep: RecordPage, app_url: str) -> None:
        self._page = rep.page
        self._texts: list[str] = []
        rep.page.route(f"{app_url}/**", self._hear)

    def _hear(self, route: Route) -> None:
        answer = route.fetch()
        self._texts.append(f"{answer.url} {answer.headers} {answer.text()}")
        route.fulfill(response=answer)

    def texts(self) -> list[str]:
        """Addresses, headers and bodies of all answers so far; nothing is heard after this."""
        self._page.unroute_all(behavior="wait")
        assert self._texts
        return self._texts


def test_a_rep_without_access_gets_the_no_access_page(
    demo: Demo, org: Org, main: dict[str, str], rep_window: Rep
) -> None:
    """Done 3, X1: 403 in the frame, and nothing of the record on it."""
    hidden = record(org, "Contact", main["contact"])
    assert not org.may_see("norecord", hidden["Id"])
    rep = rep_window()
    heard = Heard(rep, demo.facts["app_url"])
    rep.open(org.page("Contact", hidden["Id"], "norecord", force_canvas="1"))
    expect(rep.heading).to_have_text("You can't see this record")
    expect(rep.card.get_by_text("no_access")).to_be_visible()
    assert_unnamed(names_of(hidden), [rep.frame.content(), *heard.texts()])


def test_a_hidden_contact_of_a_visible_opportunity_is_counted_and_not_named(
    demo: Demo, org: Org, main: dict[str, str], rep_window: Rep
) -> None:
    """Done 3, E3, X1: neither in the card, nor in its answers, nor in its Destination."""
    hidden = record(org, "Contact", main["partial_hidden_contact"])
    assert org.may_see("partial", main["opportunity"])
    assert not org.may_see("partial", hidden["Id"])
    page = org.page("Opportunity", main["opportunity"])
    seeing = rep_window().open(page)
    names = set(seeing.links() or seeing.create())
    assert hidden["Name"] in names
    expect(seeing.rows.filter(has_text=hidden["Name"]).first).to_be_visible()
    rep = rep_window()
    heard = Heard(rep, demo.facts["app_url"])
    rep.open(org.page("Opportunity", main["opportunity"], "partial"))
    expect(rep.card.get_by_text("1 more person you can't see")).to_be_visible()
    assert set(rep.links()) == names - {hidden["Name"]}
    use_everything(rep)
    assert_unnamed(names_of(hidden), [rep.frame.content(), *heard.texts()])


def test_a_hidden_opportunity_of_a_visible_contact_is_counted_and_not_named(
    demo: Demo, org: Org, main: dict[str, str], rep_window: Rep
) -> None:
    """Done 3, X1: the reverse."""
    hidden = record(org, "Opportunity", main["opportunity"])
    assert org.may_see("reverse", main["contact"])
    assert not org.may_see("reverse", hidden["Id"])
    rep = rep_window()
    heard = Heard(rep, demo.facts["app_url"])
    rep.open(org.page("Contact", main["contact"], "reverse"))
    expect(rep.card.get_by_text("1 you can't see")).to_be_visible()
    use_everything(rep)
    assert_unnamed(names_of(hidden), [rep.frame.content(), *heard.texts()])


def test_a_right_that_is_taken_away_ends_with_the_bearer_at_the_latest(
    org: Org, rep_window: Rep
) -> None:
    """X1: the next opening asks Salesforce again."""
    contact = org.named("Contact", "Saoirse Kelly")
    page = org.page("Contact", contact["Id"], "admin", force_canvas="1")
    expect(rep_window().open(page).heading).to_have_text(contact["Name"])
    org.show("admin", contact["Id"], visible=False)
    expect(rep_window().open(page).heading).to_have_text("You can't see this record")


def use_everything(rep: RecordPage) -> None:
    """Make the frame ask all that it can ask."""
    with rep.page.expect_response("**/widget/why"):
        rep.card.get_by_role("button", name="Why is this not in Salesforce?").click()
    rep.card.get_by_role("button", name="Back").click()
    with rep.page.expect_response("**/widget/timeline*"):
        rep.card.get_by_label("Show").select_option("email_sent")
    with rep.page.expect_response("**/widget/timeline*"):
        rep.card.get_by_label("Show").select_option("")
    older = rep.card.get_by_role("button", name="Show older")
    if older.is_visible():
        with rep.page.expect_response("**/widget/timeline*before=*"):
            older.click()
    with rep.page.expect_response("**/widget/changes*", timeout=30_000):
        pass


def record(org: Org, sobject: str, record_id: str) -> Record:
    """A record with all fields."""
    (found,) = [row for row in org.records(sobject) if row["Id"] == record_id]
    return found


def names_of(hidden: Record) -> set[str]:
    """Whatever would tell which record it is."""
    fields = ("Id", "Name", "FirstName", "LastName", "Email", "Phone", "Title", "Amount")
    found = {str(hidden[field]) for field in fields if hidden.get(field)}
    return found | {hidden["Id"][:15]}


def assert_unnamed(names: Iterable[str], texts: Iterable[str]) -> None:
    """None of the names stands in any of the texts."""
    told = {name for name in names for text in texts if name.lower() in text.lower()}
    assert not told
