"""Every page of the console, as whoever meets it: light, dark and narrow, looked at by axe-core.

The pictures are in ``.inlay-test/screenshots``. A page that is added without one fails here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect
from werkzeug.exceptions import MethodNotAllowed

from app.console.models import LinkPurpose
from app.console.permissions import Role
from tests.e2e.conftest import Windows
from tests.e2e.lived_in import CONTACT, OWN_HOST, PERSON, REP_EMAIL, LivedIn, lived_in
from tests.e2e.looks import DESK, look
from tests.e2e.samples import png
from tests.support.databases import Databases

Press = Callable[[Page], None]
ORGS = "/console/orgs"
#: An address that no org has.
WRONG = {
    "client_credentials__address": "elsewhere.example",
    "client_credentials__client_id": "id",
    "client_credentials__client_secret": "x",
}
#: What a GET answers with that is no page: files, data for scripts, and ways to elsewhere.
NO_PAGES = {
    "console.static", "console.page_style", "console.front", "console.certificate_file",
    "console.attempt", "console.go", "console.activity_csv", "console.preflight_text",
    "console.ask_salesforce", "console.audit_csv", "console.org_audit_csv", "console.export_data",
}  # fmt: skip


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the address, what is done there before.

    The first of a page is looked at in the dark, too.
    """

    name: str
    path: str
    press: Press | None = None


def press(name: str, /, **fields: str) -> Press:
    """Fill these fields by their ids, then press the button of this name."""

    def act(page: Page) -> None:
        for field, text in fields.items():
            page.locator(f"#{field.replace('__', '-')}").fill(text)
        page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()
        page.wait_for_load_state()

    return act


def open_all(page: Page) -> None:
    """What is folded, unfolded."""
    page.locator("main details").evaluate_all("all => all.forEach(each => (each.open = true))")


def save_with(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).fill(text)
    press("Save")(page)


def choose_logo(page: Page) -> None:
    page.locator("#logo").set_input_files(
        {"name": "notes.png", "mimeType": "image/png", "buffer": png()[4:]}
    )
    press("Show this logo")(page)


def type_headline(page: Page) -> None:
    """The preview follows, in the style of the public page."""
    heading = page.frame_locator("#preview").get_by_role("heading", level=1)
    expect(heading).to_have_css("font-weight", "720")
    page.locator("#headline").fill("For {{account}} and {{rep|us}}")
    expect(heading).to_contain_text("For Acme and")
    page.locator("#headline").blur()


def shots(world: LivedIn) -> dict[Role | None, list[Shot]]:
    """All pictures, by whom they are taken."""
    return {
        None: of_nobody(world),
        Role.ORG_ADMIN: of_an_admin(world),
        Role.SUPPORT: of_support(world),
        Role.OPERATOR: of_an_operator(world),
    }


def of_nobody(world: LivedIn) -> list[Shot]:
    """What is seen before anybody is known."""
    staff_link = world.link(LinkPurpose.STAFF_INVITE, role=Role.VIEWER)
    org_link = world.link(LinkPurpose.ORG_INVITE, world.calm)
    secret = world.link(LinkPurpose.CONNECT_SECRET, world.fresh)
    return [
        Shot("doorstep", "/"),
        Shot("sign-in", "/console/sign-in"),
        Shot("sign-in-refused", "/console/sign-in/callback?state=nobody"),
        Shot("popup-over", "/oauth/callback?state=nobody"),
        Shot("enter-staff", staff_link),
        Shot("enter-admin", org_link),
        Shot("link-over", "/console/enter/nobody"),
        Shot("secret", secret, open_all),
        Shot("secret-refused", secret, press("Connect", **WRONG)),
    ]  # fmt: skip


def of_an_admin(world: LivedIn) -> list[Shot]:
    """Of the org that has trouble."""
    org = f"{ORGS}/{world.troubled}"
    return [
        Shot("health", f"{org}/"),
        Shot("setup", f"{org}/setup"),
        Shot("setup-off", f"{org}/setup", press("Turn off")),
        Shot("setup-on", f"{org}/setup", press("Turn on")),
        Shot("sending", f"{org}/setup/sending"),
        Shot("sending-wrong", f"{org}/setup/sending", press("Save", api_budget="many")),
        Shot("syncing", f"{org}/setup/syncing"),
        Shot("syncing-wrong", f"{org}/setup/syncing", press("Save", sync_hours="often")),
        Shot("fields", f"{org}/setup/fields"),
        Shot("people", f"{org}/setup/people?suggest=1"),
        Shot("people-wrong", f"{org}/setup/people", press("Map", identity="")),
        Shot("keys", f"{org}/keys"),
        Shot("keys-made", f"{org}/keys", press("Make a key", label="Marketing tool")),
        Shot("keys-wrong", f"{org}/keys", press("Make a key")),
        Shot("connect", f"{org}/connect", open_all),
        Shot("connect-link", f"{org}/connect", press("Make a link")),
        Shot("disconnect", f"{org}/connect/disconnect"),
        Shot("preflight", f"{org}/preflight", open_all),
        Shot("activity", f"{org}/activity"),
        Shot("activity-wrong", f"{org}/activity?from=yesterday&state=parked"),
        Shot("activity-nothing", f"{org}/activity?q=nobody"),
        Shot("activity-retry", f"{org}/activity/retry?reason=rule"),
        Shot("activity-drop", f"{org}/activity/drop?reason=rule"),
        Shot("activity-moved", f"{org}/activity/drop?reason=none"),
        Shot("why", f"{org}/why"),
        Shot("why-wrong", f"{org}/why?q=hello"),
        Shot("why-story", f"{org}/why?q={PERSON}"),
        Shot("why-nobody", f"{org}/why?q=nobody@example.com"),
        Shot("destinations", f"{org}/destinations"),
        Shot("destination", f"{org}/destinations/{world.destination}"),
        Shot("destination-wrong", f"{org}/destinations/{world.destination}",
             press("Save expiry", until="2020-01-01")),
        Shot("destination-revoked", f"{org}/destinations/{world.revoked}"),
        Shot("template", f"{org}/destinations/template", type_headline),
        Shot("template-wrong", f"{org}/destinations/template",
             press("Save", headline="Ideas for {{nobody}}")),
        Shot("defaults", f"{org}/destinations/defaults"),
        Shot("defaults-wrong", f"{org}/destinations/defaults",
             lambda page: save_with(page, "Let in", "acme.example\nno domain")),
        Shot("domain", f"{org}/destinations/domain"),
        Shot("domain-wrong", f"{org}/destinations/domain", press("Ask for it", host="acme")),
        Shot("brand", f"{org}/destinations/brand"),
        Shot("brand-wrong", f"{org}/destinations/brand", press("Save", brand_color="blue")),
        Shot("brand-logo-wrong", f"{org}/destinations/brand", choose_logo),
        Shot("features-admin", f"{org}/features"),
        Shot("audit-admin", f"{org}/audit"),
        Shot("data", f"{org}/data"),
        Shot("data-wrong", f"{org}/data",
             press("Delete everything in 7 days", name="halyard")),
        Shot("not-for-your-role", ORGS),
    ]  # fmt: skip


def of_support(world: LivedIn) -> list[Shot]:
    """Over all orgs, and of those that are in some way."""
    org = f"{ORGS}/{world.troubled}"
    return [
        Shot("orgs", ORGS),
        Shot("orgs-one", f"{ORGS}?q=halyard"),
        Shot("orgs-nothing", f"{ORGS}?q=nobody"),
        Shot("audit", "/console/audit"),
        Shot("audit-nothing", "/console/audit?q=nobody"),
        Shot("system-support", "/console/system"),
        Shot("deletions", "/console/deletions"),
        Shot("nowhere", f"{ORGS}/nowhere/"),
        Shot("features", f"{org}/features"),
        Shot("features-wrong", f"{org}/features", press("Switch off Widget")),
        Shot("features-done", f"{org}/features",
             press("Switch on Follow-up tasks", why__follow_ups="Asked for, case 4711")),
        Shot("state", f"{org}/state"),
        Shot("state-trial", f"{ORGS}/{world.trial}/state"),
        Shot("state-wrong", f"{ORGS}/{world.trial}/state",
             press("Change the trial's end", until__trial="2020-01-01")),
        Shot("state-refreshed", f"{ORGS}/{world.refreshed}/state"),
        Shot("state-leaving", f"{ORGS}/{world.leaving}/state"),
        Shot("view-as", f"{org}/view-as"),
        Shot("view-as-wrong", f"{org}/view-as", press("Look", rep="nobody@example.com")),
        Shot("as-seen", f"{org}/view-as",
             press("Look", rep=REP_EMAIL, record=CONTACT, why="Case 4711")),
        Shot("health-calm", f"{ORGS}/{world.calm}/"),
        Shot("health-fresh", f"{ORGS}/{world.fresh}/"),
        Shot("health-lost", f"{ORGS}/{world.lost}/"),
        Shot("health-leaving", f"{ORGS}/{world.leaving}/"),
        Shot("data-leaving", f"{ORGS}/{world.leaving}/data"),
        Shot("activity-empty", f"{ORGS}/{world.fresh}/activity"),
        Shot("destinations-empty", f"{ORGS}/{world.fresh}/destinations"),
        Shot("domain-empty", f"{ORGS}/{world.fresh}/destinations/domain"),
        Shot("preflight-empty", f"{ORGS}/{world.fresh}/preflight"),
        Shot("setup-empty", f"{ORGS}/{world.fresh}/setup"),
        Shot("people-empty", f"{ORGS}/{world.fresh}/setup/people"),
    ]  # fmt: skip


def of_an_operator(world: LivedIn) -> list[Shot]:
    """What operators alone may do."""
    org = f"{ORGS}/{world.troubled}"
    return [
        Shot("connect-fresh", f"{ORGS}/{world.fresh}/connect"),
        Shot("connect-lost", f"{ORGS}/{world.lost}/connect"),
        Shot("connect-refused", f"{ORGS}/{world.fresh}/connect",
             press("Connect", **WRONG)),
        Shot("domain-check", f"{org}/destinations/domain"),
        Shot("domain-opened", f"{org}/destinations/domain",
             press(f"Open {OWN_HOST}", why="dig shows the proof")),
        Shot("system", "/console/system"),
        Shot("pull", "/console/system/switches/salesforce_writes"),
        Shot("system-wrong", "/console/system", press("Set Scores on contacts and leads")),
        Shot("state-invitation", f"{org}/state", press("Make a link")),
        Shot("staff", "/console/staff"),
        Shot("staff-made", "/console/staff", press("Make a link", email="kim@example.com")),
        Shot("staff-wrong", "/console/staff", press("Make a link", email=f"{65 * 'k'}@k.org")),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def world(
    databases_of_run: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LivedIn]:
    """One for all pictures."""
    with (
        databases_of_run.migrated() as url,
        lived_in(tmp_path_factory.mktemp("lived-in"), url) as started,
    ):
        yield started


@pytest.mark.parametrize("role", [None, Role.ORG_ADMIN, Role.SUPPORT, Role.OPERATOR])
def test_every_page_is_looked_at(
    world: LivedIn, browser: Browser, windows: Windows, role: Role | None
) -> None:
    """X18, E7, P7: nothing to complain of for axe-core, eyes in the dark, and narrow windows."""
    page = windows.watch(browser.new_context(viewport=DESK)).new_page()
    if role is Role.ORG_ADMIN:
        come_in(page, world.link(LinkPurpose.ORG_INVITE, world.troubled))
    elif role is not None:
        come_in(page, world.link(LinkPurpose.STAFF_INVITE, role=role))
    seen = set[str]()
    for shot in shots(world)[role]:
        page.goto(shot.path if shot.path.startswith("http") else world.url + shot.path)
        if shot.press is not None:
            shot.press(page)
        endpoint = endpoint_of(world, shot.path)
        look(page, f"console-{shot.name}", dark=endpoint not in seen)
        seen.add(endpoint)


def test_every_page_has_a_picture(world: LivedIn) -> None:
    """By the map of addresses; what is no page is named, and is there."""
    rules = {
        rule.endpoint
        for rule in world.app.url_map.iter_rules()
        if rule.endpoint.startswith("console.") and "GET" in (rule.methods or ())
    }
    assert rules >= NO_PAGES
    seen = {endpoint_of(world, shot.path) for some in shots(world).values() for shot in some}
    assert rules - NO_PAGES - seen == set()


def test_outside_salesforce_a_form_is_sent_once_too(
    world: LivedIn, browser: Browser, windows: Windows
) -> None:
    """X12: two clicks make one key, however long the answer takes."""
    page = windows.watch(browser.new_context(viewport=DESK)).new_page()
    come_in(page, world.link(LinkPurpose.ORG_INVITE, world.calm))
    page.goto(f"{world.url}/console/orgs/{world.calm}/keys")
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))  # noqa: PLW0108  # see RecordPage
    page.locator("#label").fill("Clicked twice")
    button = page.get_by_role("button", name="Make a key")
    button.evaluate("button => { button.click(); button.click(); }")
    expect(page.get_by_label("Key", exact=True)).to_be_visible()
    expect(page.get_by_role("rowheader", name="Clicked twice")).to_have_count(1)
    assert [each.method for each in sent if each.url.endswith("/keys")] == ["POST"]


def endpoint_of(world: LivedIn, path: str) -> str:
    """Which page stands at an address."""
    adapter = world.app.url_map.bind("localhost")
    try:
        endpoint, _values = adapter.match(urlsplit(path).path, method="GET")
    except MethodNotAllowed:
        return ""
    return str(endpoint)


def come_in(page: Page, link: str) -> None:
    """Use a link of an invitation."""
    page.goto(link)
    page.get_by_role("main").get_by_role("button", name="Continue").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
