"""X16: the set-up area: who may what, which apps there are, what is switched on."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from devorg import DevorgConfig, create_org_app
from devorg.errors import ControlError
from devorg.org import Org, org_of
from devorg.rights import PermissionSet
from devorg.rights.sets import API_ONLY
from devorg.users import INTEGRATION, USERS
from tests.devorg.pages.elements import Elements

SETUP = "/lightning/setup"
PAGES = (
    "", "/home", "/happened", "/users", "/users/rep", "/users/integration", "/permission-sets",
    "/permission-sets/System Administrator", "/apps", "/apps/devorg-client", "/usage", "/faults",
    "/org", "/objects", "/objects/Contact", "/objects/UserRecordAccess",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_from_the_menu(browser: FlaskClient, path: str) -> None:
    """X16: and marks its place there; with a namespace, too."""
    browser.post("/_devorg/namespace", json={"namespace": "acme"})
    answer = browser.get(SETUP + path)
    assert answer.status_code == 200
    here = [link for link in Elements(answer.text).all("a") if "aria-current" in link]
    assert path == "/home" or any(str(link["href"]).startswith(SETUP) for link in here)


@pytest.mark.parametrize(
    "path",
    ["/users/nobody", "/permission-sets/None", "/apps/none", "/objects/Nope", "/happened/99999"],
)
def test_what_is_not_there_is_not_found(browser: FlaskClient, path: str) -> None:
    """X16: with the page that says so."""
    answer = browser.get(SETUP + path)
    assert answer.status_code == 404
    assert "Page not found" in answer.text


def test_users_show_profile_and_permission_sets(browser: FlaskClient, org: Org) -> None:
    """X16: and each user what they add up to."""
    made = PermissionSet(
        "Planner", "Planner", objects={"Campaign": frozenset({"read"})},
        fields={"Contact.Level__c": False}, custom_permissions=frozenset({"May_Plan"}),
    )  # fmt: skip
    org.rights.define(made)
    org.rights.assign(USERS[0], "Planner")
    row = browser.get(f"{SETUP}/users").text.split("/users/rep")[1].split("</tr>")[0]
    assert "Standard User" in row
    assert "Planner" in row
    assert "May_Plan" in browser.get(f"{SETUP}/users/rep").text
    page = browser.get(f"{SETUP}/permission-sets/Planner").text
    assert "Contact.Level__c" in page
    listed = browser.get(f"{SETUP}/permission-sets").text
    assert "<td>1</td></tr>" in listed.split("permission-sets/Planner")[1]


def test_a_set_is_taken_away_and_given_on_the_users_page(browser: FlaskClient, org: Org) -> None:
    """X16: so that whoever tries the product breaks a right, and mends it, by clicking."""
    user = next(each for each in USERS if each.alias == "rep")
    org.rights.define(PermissionSet("Planner", "Planner"))
    for do, offered in (("give", "take"), ("take", "give")):
        answer = browser.post(
            f"{SETUP}/users/rep/permission-sets", data={"set": "Planner", "do": do}
        )
        assert answer.status_code == 303
        assert ("Planner" in org.rights.assigned[user.id]) is (do == "give")
        row = browser.get(str(answer.location)).text.split('value="Planner"')[1].split("</tr>")[0]
        assert f'value="{offered}"' in row
    answer = browser.post(f"{SETUP}/users/rep/permission-sets", data={"set": "No", "do": "give"})
    assert answer.status_code == 404


def test_the_integration_user_may_hold_what_the_guide_says_and_no_more() -> None:
    """X16, E7: from the start and after a reset; its page says what taking a set away does."""
    config = DevorgConfig(integration_sets=("Inlay_Connection_Access", "Inlay_Activity_Access"))
    app = create_org_app(config)
    org = org_of(app)
    task = org.schema.objects["Task"]
    for _ in range(2):
        assert org.rights.profile_of[INTEGRATION.id] == API_ONLY.name
        assert org.rights.assigned[INTEGRATION.id] == {
            "Inlay_Integration",
            *config.integration_sets,
        }
        assert org.rights.may(INTEGRATION, task, "create")
        org.rights.assign(INTEGRATION, "Inlay_Activity_Access", on=False)
        assert not org.rights.may(INTEGRATION, task, "create")
        org.reset()
    page = app.test_client().get(f"{SETUP}/users/integration").text
    assert "Inlay writes as this user." in page
    assert "grants every object" in app.test_client().get(f"{SETUP}/users/rep").text
    org.close()
    with pytest.raises(ControlError, match="No set or profile 'Inlay_Typo'"):
        create_org_app(DevorgConfig(integration_sets=("Inlay_Typo",)))


def test_a_user_shows_what_is_hidden(browser: FlaskClient, main: dict[str, str]) -> None:
    """X16: fields and records that were hidden one by one."""
    for grant in ({"record": main["contact"]}, {"field": "Contact.Email"}):
        browser.post("/_devorg/access", json={"user": "rep", "visible": False, **grant})
    page = browser.get(f"{SETUP}/users/rep").text
    assert "<code>Contact.Email</code>" in page
    assert "Records hidden one by one</dt><dd>1</dd>" in page


def test_an_app_shows_policies_callbacks_and_grants_but_no_secret(
    browser: FlaskClient, org: Org
) -> None:
    """X16: what an administrator would look for."""
    app = org.oauth.apps.find("devorg-client")
    assert app is not None
    grant = org.oauth.grants.open(app, USERS[1], frozenset({"api", "refresh_token"}))
    refresh_token = org.oauth.grants.issue(grant)
    page = browser.get(f"{SETUP}/apps/devorg-client").text
    assert "http://localhost:8000/oauth/callback" in page
    assert "All users may self-authorize" in page
    assert "Amir Haddad" in page.split('id="grants"')[1]
    assert "api, refresh_token" in page
    assert org.config.client_secret not in page
    assert refresh_token not in page


def test_usage_counts_by_resource(browser: FlaskClient, org: Org) -> None:
    """X16: against the limit of a day; parts of a composite apart."""
    org.usage.count("limits")
    org.usage.count_subrequest("query")
    page = browser.get(f"{SETUP}/usage").text
    assert 'max="100000" value="1"' in page
    assert "<code>limits</code></th><td>1</td><td>0</td>" in page
    assert "<code>query</code></th><td>0</td><td>1</td>" in page


def test_faults_show_what_they_do_and_how_often(browser: FlaskClient) -> None:
    """X16: those that are used up, too, until they are cleared."""
    assert "Nothing is switched on" in browser.get(f"{SETUP}/faults").text
    fault = {"kind": "status", "status": 503, "match": "limits", "times": 1}
    browser.post("/_devorg/faults", json=fault)
    browser.post("/_devorg/config", json={"per_row_ms": 2.5})
    page = browser.get(f"{SETUP}/faults").text
    assert "1 more time" in page
    assert "takes 2.5 ms" in page
    assert "match</dt><dd>limits</dd>" in page


def test_the_org_shows_clock_namespace_shape_and_rules(browser: FlaskClient, org: Org) -> None:
    """X16: what differs from a new org explains many a surprise."""
    browser.post("/_devorg/clock", json={"at": "2027-02-03T04:05:06Z"})
    browser.post("/_devorg/namespace", json={"namespace": "acme"})
    page = browser.get(f"{SETUP}/org").text
    assert "Feb 3, 2027, 04:05:" in page
    assert "Namespace of the package</dt><dd>acme</dd>" in page
    assert "Shared activities</dt><dd>No</dd>" in page
    assert "No validation, duplicate or assignment rule was added." in page
    assert org.config.org_id in page


def test_objects_show_the_names_that_clients_use(browser: FlaskClient) -> None:
    """X16: with the namespace; lists only of what has records for people."""
    browser.post("/_devorg/namespace", json={"namespace": "acme"})
    page = browser.get(f"{SETUP}/objects").text
    assert "/lightning/o/Campaign/list" in page
    assert "/lightning/o/Profile/list" not in page
    fields = browser.get(f"{SETUP}/objects/Task").text
    assert "<code>acme__Inlay_Key__c</code>" in fields
    assert "reference(Contact, Lead)" in fields
