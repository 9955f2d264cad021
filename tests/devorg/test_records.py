"""What the record pages read, as each user."""

from __future__ import annotations

from devorg import records, users
from devorg.server import RunningOrg
from devorg.users import User


def user(alias: str) -> User:
    """A user that exists."""
    found = users.find(alias)
    assert found is not None
    return found


def test_a_record_is_read_only_by_who_may_see_it(org: RunningOrg, main: dict[str, str]) -> None:
    """X16: the page of a hidden record has nothing to show."""
    store = org.org.store
    found = records.get(store, user("rep"), "Contact", main["contact"])
    assert found is not None
    assert found["Name"] == "Elena Marquez"
    assert records.get(store, user("norecord"), "Contact", main["contact"]) is None
    assert records.get(store, user("rep"), "Contact", "0035e00000zzzzzAAA") is None


def test_lists_hold_what_the_user_may_see(org: RunningOrg) -> None:
    """X16: the home page of each user."""
    store = org.org.store
    assert len(records.listing(store, user("rep"), "Contact")) == 40
    assert len(records.listing(store, user("norecord"), "Contact")) == 35
    assert len(records.listing(store, user("rep"), "Contact", limit=3)) == 3


def test_roles_may_name_a_contact_the_user_cannot_open(
    org: RunningOrg, main: dict[str, str]
) -> None:
    """X16: five roles, one of them without its contact."""
    found = records.related(org.org.store, user("partial"), "Opportunity", main["opportunity"])
    assert len(found.roles) == 5
    hidden = [role["ContactId"] for role, contact in found.roles if contact is None]
    assert hidden == [main["partial_hidden_contact"]]
    assert found.account is not None
    assert found.account["Name"] == "Brightwater Energy"


def test_a_contact_page_lists_the_opportunities_of_its_roles(
    org: RunningOrg, main: dict[str, str]
) -> None:
    """X16: also only those that the user may see."""
    store = org.org.store
    by_rep = records.related(store, user("rep"), "Contact", main["contact"])
    by_reverse = records.related(store, user("reverse"), "Contact", main["contact"])
    assert main["opportunity"] in [each["Id"] for each in by_rep.opportunities]
    assert main["opportunity"] not in [each["Id"] for each in by_reverse.opportunities]


def test_a_timeline_is_newest_first_and_hides_what_is_about_hidden_records(
    org: RunningOrg, main: dict[str, str]
) -> None:
    """X16: `partial` does not see the call with the contact hidden from them."""
    store = org.org.store
    seen = records.timeline(store, user("rep"), "Opportunity", main["opportunity"])
    assert [each.when for each in seen] == sorted((each.when for each in seen), reverse=True)
    assert seen[0].record["Subject"] == "Call: questions on payment terms"
    assert seen[0].who == (main["partial_hidden_contact"], "Grace Okafor")
    fewer = records.timeline(store, user("partial"), "Opportunity", main["opportunity"])
    assert len(fewer) == len(seen) - 1
    assert len(records.timeline(store, user("rep"), "Account", main["account"], limit=2)) == 2
