"""The client's words against devorg over real HTTP, with the package's namespace and without."""

from __future__ import annotations

import pytest

from app.clock import utcnow
from app.db import Database
from app.orgs.models import Org
from app.salesforce.client import Client
from app.salesforce.composite import Subrequest, data_url
from app.salesforce.errors import (
    ApiNotAllowed,
    LimitReached,
    RequestRefused,
    SalesforceDown,
    SalesforceSlow,
    SessionOver,
)
from app.salesforce.gateway import Gateway
from app.salesforce.names import ActivityField
from app.salesforce.profile import profile
from app.salesforce.soql import soql
from canvas.ids import to_18
from devorg import access, users
from devorg.faults import fault_from
from devorg.seed.more import grow
from devorg.server import RunningOrg
from tests.salesforce.conftest import MakeGateway, token_of
from tests.salesforce.test_accounting import booked

pytestmark = pytest.mark.any_database  # calls are its subject


def client_of(
    alias: str, devorg: RunningOrg, make_gateway: MakeGateway, **options: float
) -> Client:
    """A page's client with the token of a user of devorg."""
    token = token_of(devorg, alias)
    return make_gateway(devorg.url, **options).for_user(devorg.org_id, devorg.url, token)


@pytest.fixture
def rep(devorg: RunningOrg, make_gateway: MakeGateway) -> Client:
    """A client of the rep, who sees everything."""
    return client_of("rep", devorg, make_gateway)


@pytest.fixture
def contacts(rep: Client) -> list[str]:
    """Ids of the seeded contacts."""
    rows = rep.query("SELECT Id FROM Contact ORDER BY CreatedDate, Id", feature="test")
    return [row["Id"] for row in rows]


def _fault(devorg: RunningOrg, **fault: object) -> None:
    devorg.org.faults.add(fault_from(fault))


def test_a_query_gives_rows_and_parents(rep: Client) -> None:
    rows = rep.query(
        soql("SELECT Id, Account.Name FROM Contact WHERE AccountId != {} LIMIT 3", None),
        feature="test",
    )
    assert len(rows) == 3
    assert all(row["Account"]["Name"] for row in rows)


def test_a_query_follows_its_pages(rep: Client, devorg: RunningOrg) -> None:
    with devorg.org.store.writing() as connection:
        grow(connection, people=2100, events=0, seed=1)
    devorg.org.usage.reset()
    rows = rep.query("SELECT Id FROM Contact", feature="test")
    assert len({row["Id"] for row in rows}) == len(rows) > 2000
    assert devorg.org.usage.total() == 2


def test_a_query_that_is_wrong_is_refused_with_its_code(rep: Client) -> None:
    with pytest.raises(RequestRefused) as caught:
        rep.query("SELECT Nope__c FROM Contact", feature="test")
    assert caught.value.code == "INVALID_FIELD"
    assert not caught.value.is_ambiguous


def test_a_hidden_record_is_none_and_a_visible_one_has_its_fields(
    devorg: RunningOrg, make_gateway: MakeGateway, rep: Client, contacts: list[str]
) -> None:
    """X2: what the user may not see is not there, in the same call."""
    hidden, shown = contacts[:2]
    user = users.find("norecord")
    assert user is not None
    with devorg.org.store.writing() as connection:
        access.set_record(connection, user.id, hidden, visible=False)
        access.set_record(connection, user.id, shown, visible=True)
    fields = ["Contact.Name", "Contact.Email", "Contact.Account.Name", "Contact.Nope__c"]
    client = client_of("norecord", devorg, make_gateway)
    found = client.ui_records([hidden, shown[:15], to_18("003000000000001")], fields, feature="w")
    assert found[hidden] is None
    assert found[to_18("003000000000001")] is None
    record = found[shown]
    assert record is not None
    assert (record.id, record.sobject) == (shown, "Contact")
    assert record.text("Name")
    assert "Nope__c" not in record.fields
    assert rep.ui_records([hidden], fields, feature="w")[hidden] is not None


def test_two_hundred_records_cost_one_call(
    devorg: RunningOrg, rep: Client, contacts: list[str]
) -> None:
    devorg.org.usage.reset()
    rep.ui_records(contacts[:200], ["Contact.Name"], feature="test")
    assert devorg.org.usage.total() == 1


def test_rows_are_upserted_by_the_packages_key(
    connected: Gateway, org: Org, contacts: list[str], devorg: RunningOrg
) -> None:
    """X4, X19: the same key twice is one Task, whatever the namespace."""
    found = profile(connected, org.id)
    client = connected.for_org(org.id)
    key = found.names.api(ActivityField.KEY)
    row = {
        **found.names.row(
            {
                ActivityField.KEY: "t:1",
                ActivityField.KIND: "email_sent",
                ActivityField.OCCURRED_AT: utcnow(),
            }
        ),
        "Subject": "Sent",
        "Status": found.closed_status,
        "WhoId": contacts[0],
    }
    parts = [Subrequest.upsert(name, "Task", key, [row]) for name in ("first", "second")]
    devorg.org.usage.reset()
    first, second = client.composite(parts, feature="delivery")
    assert first.body[0]["created"] is True
    assert second.body[0]["created"] is False
    assert first.body[0]["id"] == second.body[0]["id"]
    assert devorg.org.usage.total() == 1
    asked = soql("SELECT Id FROM Task WHERE {:literal} IN {}", key, ["t:1"])
    assert len(client.query(asked, feature="delivery", include_deleted=True)) == 1


def test_a_part_that_fails_has_its_own_error(connected: Gateway, org: Org) -> None:
    client = connected.for_org(org.id)
    good, bad = client.composite(
        [
            Subrequest.query("good", "SELECT Id FROM Organization"),
            Subrequest("GET", data_url("sobjects/Nope/describe"), "bad"),
        ],
        feature="test",
    )
    assert [row["Id"] for row in good.records()] == [client_org(connected, org)]
    error = bad.error()
    assert error is not None
    assert (type(error), error.code) == (RequestRefused, "NOT_FOUND")


def client_org(gateway: Gateway, org: Org) -> str:
    """The org's Salesforce id as we know it."""
    with gateway.database.reading(org.id) as session:
        found = session.get(Org, org.id)
        assert found is not None
        return found.salesforce_id


def test_a_describe_is_not_sent_again_while_unchanged(connected: Gateway, org: Org) -> None:
    client = connected.for_org(org.id)
    first = client.describe("Task", feature="test")
    assert first is not None
    assert any(field["name"] == "Subject" for field in first.fields)
    since = first.last_modified
    assert since
    assert client.describe("Task", feature="test", if_modified_since=since) is None


def test_resources_name_the_identity(rep: Client) -> None:
    assert "identity" in rep.resources(feature="test")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "status", "status": 403, "errorCode": "REQUEST_LIMIT_EXCEEDED"}, LimitReached),
        ({"kind": "status", "status": 403, "errorCode": "API_DISABLED_FOR_ORG"}, ApiNotAllowed),
        ({"kind": "status", "status": 401}, SessionOver),
        ({"kind": "status", "status": 503}, SalesforceDown),
        ({"kind": "drop"}, SalesforceDown),
    ],
)
def test_trouble_of_the_org_has_its_name(
    devorg: RunningOrg, rep: Client, fault: dict[str, object], kind: type[Exception]
) -> None:
    _fault(devorg, match="/query", **fault)
    with pytest.raises(kind):
        rep.query("SELECT Id FROM Contact", feature="test")


def test_an_org_that_hangs_is_slow(devorg: RunningOrg, make_gateway: MakeGateway) -> None:
    _fault(devorg, kind="hang", match="/query", seconds=200)
    rep = client_of("rep", devorg, make_gateway, read_seconds=0.3)
    with pytest.raises(SalesforceSlow):
        rep.query("SELECT Id FROM Contact", feature="test")


def test_a_write_that_was_done_and_then_lost_is_in_doubt(
    connected: Gateway, org: Org, devorg: RunningOrg
) -> None:
    """X4: done, then dropped: the error says that it may have been done."""
    key = profile(connected, org.id).names.api(ActivityField.KEY)
    client = connected.for_org(org.id)
    _fault(devorg, kind="drop", match="/composite", times=1, after=True)
    part = Subrequest.upsert("u", "Task", key, [{key: "t:2", "Subject": "x"}])
    with pytest.raises(SalesforceDown) as caught:
        client.composite([part], feature="delivery")
    assert caught.value.is_ambiguous
    asked = soql("SELECT Id FROM Task WHERE {:literal} = {}", key, "t:2")
    assert len(client.query(asked, feature="delivery")) == 1


def test_an_ended_session_is_renewed_once(connected: Gateway, org: Org, devorg: RunningOrg) -> None:
    client = connected.for_org(org.id)
    devorg.org.tokens.end_all()
    assert client.query("SELECT Id FROM Organization", feature="test")


def test_the_books_agree_with_the_org(
    connected: Gateway, org: Org, devorg: RunningOrg, database: Database, contacts: list[str]
) -> None:
    """X14: what we book is what the org counts."""
    client = connected.for_org(org.id)
    devorg.org.usage.reset()
    client.query("SELECT Id FROM Contact LIMIT 1", feature="roles")
    client.ui_records(contacts[:3], ["Contact.Name"], feature="widget")
    client.composite([Subrequest.query("q", "SELECT Id FROM Lead LIMIT 1")], feature="roles")
    connected.accounting.flush()
    assert booked(database, org) == {"roles": 2, "widget": 1}
    assert devorg.org.usage.total() == 3
    usage = connected.usage(devorg.org_id)
    assert usage is not None
    assert usage.used == 3
