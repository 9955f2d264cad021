"""What an open frame does when its bearer ends (here after 8 seconds)."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.pages import RecordPage, at_all_times
from tests.e2e.tenants import BEARER_SECONDS, Tenants

Rep = Callable[..., RecordPage]
#: The widget waits 3 s for the page around it; the rest is for a busy machine.
ANSWER_MS = 3_000
SLACK_MS = 15_000


def test_the_frame_renews_through_the_parent_and_goes_on(tenants: Tenants, rep_window: Rep) -> None:
    """X1, X17: a fresh signed request, no reload; the card stays usable beyond its first bearer."""
    rep = rep_window()
    asked = rep.requests()
    with rep.page.expect_response("**/widget/renew", timeout=30_000) as renewal:
        rep.open(tenants.a.page("Contact", tenants.a.main()["contact"]))
    assert renewal.value.status == 200
    shown = at_all_times(lambda: rep.card.locator("#card").is_visible(), BEARER_SECONDS, rep.page)
    assert shown, "the card went away although the parent answers"
    assert set(rep.create()) == {"Elena Marquez", "Anybody else"}
    assert len([each for each in asked if each.url.endswith("/canvas")]) == 1


def test_a_mute_parent_leads_to_reload(tenants: Tenants, rep_window: Rep) -> None:
    """X17: 3 s without an answer; then Reload, and with the bearer's end the names go."""
    rep = rep_window().open(tenants.a.page("Contact", tenants.a.main()["contact"], parent="mute"))
    name = rep.heading.inner_text()
    asked_after = BEARER_SECONDS * 1000 / 2
    reload = rep.card.get_by_role("button", name="Reload")
    expect(reload).to_be_visible(timeout=asked_after + ANSWER_MS + SLACK_MS)
    expect(rep.card.get_by_text("does not answer").first).to_be_visible()
    expect(rep.card.locator("#card")).to_be_hidden(timeout=BEARER_SECONDS * 1000 + SLACK_MS)
    expect(rep.heading).to_have_text("Salesforce does not answer", timeout=ANSWER_MS + SLACK_MS)
    assert name not in rep.card.locator("body").inner_text()
    reload.click()
    expect(rep.card.locator("#toasts")).to_contain_text(
        "Reload this browser page", timeout=SLACK_MS
    )
