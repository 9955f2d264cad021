"""Issue 6, done: an empty install becomes an org that writes; what breaks is found in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect

from app.clock import utcnow
from app.salesforce.preflight.rights import SETS, Access
from devorg.rights.sets import API_ONLY
from tests.e2e.conftest import Windows
from tests.e2e.looks import DESK, look
from tests.e2e.pages import LOADED, RecordPage, soon
from tests.e2e.processes import answers
from tests.e2e.tenants import CLIENT_ID, CLIENT_SECRET, ORG_A, PACKAGED_SECRET, Tenants

Rep = Callable[..., RecordPage]
SET = SETS["Inlay_Activity_Access"]
EMAIL = "elena.marquez@brightwater-energy.example"
#: The words of a permission set's metadata.
_WORDS = {Access.READ: "allowRead", Access.VIEW_ALL: "viewAllRecords"}


class FromNothing(Tenants):
    """The app with a fresh database and its worker, and one org that nobody has told it of."""

    def _start(self) -> None:
        (self._folder / "home").mkdir()
        self._begin("org", ["-m", "devorg"], self._org(self.a, ORG_A))
        self.command(["upgrade"], ["orgs", "canvas-app", "--secret", PACKAGED_SECRET])
        web = self._begin("web", ["-m", "gunicorn"], self._variables)
        self._begin("worker", ["-m", "flask", "--app", "wsgi", "worker"], self._variables)
        web.wait_for(lambda: answers(f"{self.app_url}/readyz"), 60, "the app is ready")
        web.wait_for(lambda: answers(self.a.url), 60, "the org is ready")

    def hold(self, *lacks: str) -> None:
        """The integration user holds what the guide says, but for these user permissions."""
        granted = {
            "fullName": SET.name,
            "userPermissions": [
                {"name": name, "enabled": True} for name in SET.users if name not in lacks
            ],
            "objectPermissions": [
                {"object": name, **{_WORDS[each]: True for each in access}}
                for name, access in SET.objects.items()
            ],
            "fieldPermissions": [
                {"field": name, "readable": True, "editable": name in SET.edits}
                for name in (*SET.reads, *SET.edits)
            ],
        }
        self._tell("metadata", {"permissionSets": [granted]})
        self._tell("assign", {"user": "integration", "profile": API_ONLY.name})
        for name in ("Inlay_Connection_Access", SET.name):
            self._tell("assign", {"user": "integration", "permission_set": name})

    def _tell(self, path: str, body: dict[str, object]) -> None:
        requests.post(f"{self.a.url}/_devorg/{path}", json=body, timeout=60).raise_for_status()

    def send_call(self, key: str, subject: str) -> None:
        """What an engagement tool tells of a call that just took place."""
        event = {"id": subject, "kind": "call", "email": EMAIL, "subject": subject}
        answer = requests.post(
            f"{self.app_url}/api/v1/events",
            json={"events": [{**event, "occurred_at": utcnow().isoformat()}]},
            headers={"Authorization": f"Bearer {key}"},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text


@pytest.fixture
def install(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FromNothing]:
    """An empty install."""
    with FromNothing(tmp_path_factory.mktemp("nothing")) as started:
        started.hold()
        yield started


def test_from_an_empty_install_to_a_delivery_that_was_mended(
    install: FromNothing, rep_window: Rep, browser: Browser, windows: Windows
) -> None:
    """N1, P7, X6: approved, connected, turned on, delivered; a right breaks, is named, is back."""

    def come_in(link: str) -> Page:
        page = windows.watch(browser.new_context(viewport=DESK)).new_page()
        page.set_default_timeout(LOADED)
        page.goto(link.strip())
        page.get_by_role("main").get_by_role("button", name="Continue").click()
        return page

    contact = install.a.main()["contact"]
    rep = rep_window().open(install.a.page("Contact", contact))
    expect(rep.card.locator("body")).to_contain_text("access is being set up")
    staff = come_in(install.command(["staff", "invite", "mara@example.com", "--role", "operator"]))
    invitation = _approve(staff)
    rep.open(install.a.page("Contact", contact))
    expect(rep.heading).to_contain_text("Elena")

    admin = come_in(invitation)
    expect(admin.get_by_text("invited by mara@example.com")).to_be_visible()
    key = _set_up(admin, install)
    install.send_call(key, "A call that goes well")
    _log_says(admin, "A call that goes well", "Delivered")
    expect(rep.rows.filter(has_text="A call that goes well")).to_be_visible(timeout=soon())

    install.hold("EditTask")
    install.send_call(key, "A call that is refused")
    _log_says(admin, "A call that is refused", "Needs you")
    _find_the_cause(admin)
    install.hold()
    admin.get_by_role("link", name="Try all of them again").click()
    admin.get_by_role("button", name="Send 1 activity again").click()
    _log_says(admin, "A call that is refused", "Delivered")
    tasks = [row["Subject"] for row in install.a.records("Task")]
    assert sum("A call that" in subject for subject in tasks) == 2


def _approve(staff: Page) -> str:
    """Let the org in that knocked; the link that makes its holder an admin of it."""
    staff.get_by_text("1 org waits to be let in.").get_by_role("link", name="Show").click()
    staff.get_by_role("main").get_by_role("listitem").get_by_role("link").click()
    staff.get_by_role("link", name="State").click()
    let_in = staff.locator("section", has=staff.get_by_role("heading", name="Let the org in"))
    let_in.get_by_label("Why").fill("Signed on Monday")
    let_in.get_by_role("button").click()
    expect(staff.get_by_role("status")).to_be_visible(timeout=LOADED)
    staff.get_by_role("button", name="Make a link").click()
    return staff.get_by_label("The link").input_value()


def _set_up(admin: Page, install: FromNothing) -> str:
    """Connect, look at the rights, turn on; an API key for the engagement tool."""
    admin.get_by_role("link", name="Set-up").click()
    admin.get_by_role("link", name="Connect (Connect)").click()
    way = admin.locator("#way-client_credentials")
    way.get_by_label("My Domain address").fill(install.a.url)
    way.get_by_label("Consumer key").fill(CLIENT_ID)
    way.get_by_label("Consumer secret").fill(CLIENT_SECRET)
    way.get_by_role("button", name="Connect").click()
    expect(admin.locator("[data-condition]")).to_have_attribute(
        "data-condition", "connected", timeout=LOADED
    )
    admin.get_by_role("link", name="Preflight").click()
    expect(admin.locator("[data-verdict]")).not_to_have_attribute(
        "data-verdict", "missing", timeout=LOADED
    )
    admin.get_by_role("link", name="Set-up").click()
    admin.get_by_role("button", name="Turn on").click()
    expect(admin.get_by_role("status")).to_contain_text(
        "writes to Salesforce from now on", timeout=LOADED
    )
    admin.get_by_role("link", name="API keys").click()
    admin.get_by_label("What is it for?").fill("Engagement tool")
    admin.get_by_role("button", name="Make a key").click()
    return admin.get_by_label("Key", exact=True).input_value()


def _find_the_cause(admin: Page) -> None:
    """The page names the right and the permission set that grants it."""
    admin.get_by_role("link", name="Why not in Salesforce?").click()
    admin.get_by_label("Record id, link or e-mail address").fill(EMAIL)
    admin.get_by_role("button", name="Explain").click()
    cause = admin.locator("section.notice")
    expect(cause).to_contain_text("Salesforce refuses 1 activity")
    cause.get_by_role("button", name="Find the missing right").click()
    expect(cause).to_contain_text("Edit Tasks", timeout=LOADED)
    expect(cause).to_contain_text(SET.name)
    look(admin, "console-why-right")


def _log_says(admin: Page, subject: str, state: str) -> None:
    """Look at the activity log until it says so."""
    line: Locator = admin.get_by_role("listitem").filter(has_text=subject)
    for _ in range(LOADED // 250):
        admin.get_by_role("link", name="Activity log").click()
        if line.locator(".tag").all_inner_texts() == [state]:
            return
        admin.wait_for_timeout(250)
    expect(line.locator(".tag")).to_have_text(state)
