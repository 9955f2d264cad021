"""Generated queries, answered by devorg and by the slow, obvious interpreter."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from devorg.server import RunningOrg
from devorg.soql.nodes import Query
from tests.devorg.client import Client
from tests.devorg.soql.generator import grouped_queries, queries
from tests.devorg.soql.interpreter import World, plain, unordered
from tests.devorg.soql.printer import text_of

_SETTINGS = settings(max_examples=200)
_OBJECTS = ("Account", "Contact", "Opportunity", "User")
ZONE = ZoneInfo("Europe/Stockholm")


def _plant(client: Client, today: datetime) -> None:
    """Rows that the seed lacks: odd texts, nulls, and days around today."""
    names = ("a_b", "A_B", "100%", "O'Hara", "back\\slash", "axb")
    accounts = [
        {"attributes": {"type": "Account"}, "Name": name, "AccountNumber": name[:2]}
        for name in names
    ]
    made = client.call("POST", "composite/sobjects", {"records": accounts}).json()
    ids = [each["id"] for each in made]
    client.call("PATCH", f"sobjects/Account/{ids[0]}", {"ParentId": ids[1], "BillingCity": "LYON"})
    deals, people = [], []
    for at, step in enumerate((-40, -2, -1, 0, 1, 2, 40)):
        day = (today + timedelta(days=step)).date().isoformat()
        deals.append(
            {
                "attributes": {"type": "Opportunity"}, "Name": names[at % 6], "CloseDate": day,
                "StageName": ("Prospecting", "Closed Won", "not on the list")[at % 3],
                "AccountId": ids[at % 6] if at % 2 else None, "Amount": at * 1.1 if at else None,
            }
        )  # fmt: skip
        people.append(
            {
                "attributes": {"type": "Contact"}, "LastName": names[at % 6].upper(),
                "Birthdate": day, "AccountId": ids[at % 3] if at % 3 else None,
                "Email": f"p{at % 3}@example.com" if at % 2 else None,
            }
        )  # fmt: skip
    for records in (deals, people):
        answer = client.call("POST", "composite/sobjects", {"records": records}).json()
        assert all(each["success"] for each in answer), answer
    client.call("DELETE", f"sobjects/Account/{ids[5]}")
    # The only child of its account, and in the recycle bin.
    gone = client.call("POST", "sobjects/Contact", {"LastName": "Gone", "AccountId": ids[4]}).json()
    client.call("DELETE", f"sobjects/Contact/{gone['id']}")


@pytest.fixture
def world(org: RunningOrg, rep: Client) -> World:
    """The org's rows, with a clock that stands still."""
    org.org.clock.stop()
    now = org.org.clock.now()
    _plant(rep, now.astimezone(ZONE))
    picklists = {
        (sobject, field["name"]): [each["value"] for each in field["picklistValues"]]
        for sobject in _OBJECTS
        for field in rep.call("GET", f"sobjects/{sobject}/describe").json()["fields"]
        if field["picklistValues"]
    }
    tables = {name: rep.records(name) for name in _OBJECTS}
    return World(tables, now.astimezone(ZONE).date(), ZONE, picklists)


@_SETTINGS
@given(queries())
def test_rows_are_those_of_the_interpreter(rep: Client, world: World, query: Query) -> None:
    """X16: fields, parents, children, conditions, semi-joins, order, limit and offset."""
    text = text_of(query)
    answer = rep.call("POST", "composite", _alone(text)).json()["compositeResponse"][0]
    assert answer["httpStatusCode"] == 200, (text, answer)
    assert plain(answer["body"]["records"]) == plain(world.answer(query)), text


@_SETTINGS
@given(grouped_queries())
def test_groups_are_those_of_the_interpreter(rep: Client, world: World, query: Query) -> None:
    """X16: GROUP BY, HAVING, aggregates, aliases."""
    text = text_of(query)
    answer = rep.call("POST", "composite", _alone(text)).json()["compositeResponse"][0]
    assert answer["httpStatusCode"] == 200, (text, answer)
    assert unordered(plain(answer["body"]["records"])) == unordered(world.groups(query)), text


@_SETTINGS
@given(queries())
def test_counts_are_the_number_of_rows(rep: Client, world: World, query: Query) -> None:
    """X16: COUNT() of any condition."""
    counted = Query("", None, query.sobject, (1, 1), query.where, (), None, 0)
    text = text_of(counted)
    body = rep.call("POST", "composite", _alone(text)).json()["compositeResponse"][0]["body"]
    assert body["totalSize"] == len(world.find(counted)), text


def _alone(soql: str) -> dict[str, object]:
    """A composite of one query: an address of any length."""
    url = f"/services/data/v68.0/query?q={quote(soql)}"
    return {"compositeRequest": [{"method": "GET", "referenceId": "q", "url": url}]}
