"""Every list, search, filter and chart of the console, with many orgs and long logs."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import event

from app.console import staff
from app.console.permissions import Role
from benchmarks.crowd import Crowd, contact_id, fill, org_id
from benchmarks.rows import Goal, Row
from benchmarks.scale import Scale
from benchmarks.site import Site
from benchmarks.timing import seconds_of

#: The small crowd is so much smaller than the measured one.
SMALLER = 100
_MOST_MS = 100
_URL = "http://localhost:8000"


def pages(crowd: Crowd) -> dict[str, str]:
    """What is opened, by what it is called: at the org that has a fifth of everything."""
    org = f"/console/orgs/{org_id(0)}"
    near = crowd.people // 10
    return {
        "orgs": "/console/orgs",
        "orgs, second page": "next",
        "orgs, part of a name": f"/console/orgs?q=company {crowd.orgs // 2:05d}",
        "orgs, name of nobody": "/console/orgs?q=zebra",
        "orgs, part of a domain": f"/console/orgs?q=company-{crowd.orgs // 2:05d}.my",
        "orgs, a user's address": f"/console/orgs?q=rep{crowd.orgs:06d}@company.example",
        "orgs, a record's id": f"/console/orgs?q={contact_id(near)}",
        "orgs, pending": "/console/orgs?state=pending",
        "health with its chart": f"{org}/",
        "activity log": f"{org}/activity",
        "activity log, second page": "next",
        "activity log, parked": f"{org}/activity?state=parked",
        "activity log, delivered": f"{org}/activity?state=delivered",
        "activity log, dropped (none)": f"{org}/activity?state=dropped",
        "activity log, calls": f"{org}/activity?kind=call",
        "activity log, parked calls": f"{org}/activity?state=parked&kind=call",
        "activity log, of a day": f"{org}/activity?from=2026-11-15&to=2026-11-15",
        "activity log, of a record": f"{org}/activity?q={contact_id(near)}",
        "activity log, of an address": f"{org}/activity?q=person{near:07d}@example.com",
        "activity log, of a name": f"{org}/activity?q=Person 00001",
        "activity log, of nobody": f"{org}/activity?q=Zebra",
        "drop all of a cause: how many": f"{org}/activity/drop?reason=validation_rule",
        "why not in Salesforce": f"{org}/why?q=person{near:07d}@example.com",
        "Destinations": f"{org}/destinations",
        "Destinations, second page": "next",
        "Destinations, part of a title": f"{org}/destinations?q=company 0000",
        "Destinations, title of nobody": f"{org}/destinations?q=zebra",
        "people with suggestions": f"{org}/setup/people?suggest=1",
        "audit of all orgs": "/console/audit",
        "audit of all orgs, second page": "next",
        "audit of all orgs, an act": "/console/audit?tag=staff:org:state",
        "audit of all orgs, by nobody": "/console/audit?q=zebra",
        "audit of an org": f"{org}/audit",
        "audit of an org, by nobody": f"{org}/audit?q=zebra",
        "deletions": "/console/deletions",
        "kill switches": "/console/system",
        "kill switch of all writes": "/console/system/switches/salesforce_writes",
        "kill switch of Destinations": "/console/system/switches/new_destinations",
        "kill switch of the widget": "/console/system/switches/widget",
        "staff": "/console/staff",
    }


def measure(scale: Scale, kind: str, url: Callable[[], str], folder: Path) -> list[Row]:
    """A row for each page: the measured crowd's, beside the small one's."""
    large = Crowd(scale.list_orgs, scale.list_lines)
    small = Crowd(max(large.orgs // SMALLER, 3), max(large.lines // SMALLER, 400))
    found = {crowd: _times(scale, crowd, url(), folder) for crowd in (small, large)}
    return [
        Row(
            f"{name}, {kind}",
            statistics.median(times),
            "ms",
            statistics.median(found[small][name][0]),
            Goal(_MOST_MS, of_value=True),
            f"p50 of {len(times)}, longest {max(times):.0f} ms; {statements} statements; "
            f"{large.orgs:,} orgs, {large.lines:,} lines; baseline: {small.orgs:,} and "
            f"{small.lines:,}",
        )
        for name, (times, statements) in found[large].items()
    ]


def _times(
    scale: Scale, crowd: Crowd, url: str, folder: Path
) -> dict[str, tuple[list[float], int]]:
    """Milliseconds of each page, and how many statements it takes."""
    fill(url, crowd)
    site = Site.on(url, [], folder)
    client = _signed_in(site)
    found: dict[str, tuple[list[float], int]] = {}
    following = address = ""
    for name, path in pages(crowd).items():
        # of so few that there is no second page, the first
        address = path if path != "next" else following or address
        with _counted(site) as statements:
            following = _next(client, address)
        times = [1e3 * seconds_of(lambda: _next(client, address)) for _ in range(scale.list_rounds)]  # noqa: B023
        found[name] = times, len(statements)
    site.close()
    return found


def _next(client: FlaskClient, address: str) -> str:
    """Open a page, which must be a good one; where its next page is."""
    answer = client.get(address, base_url=_URL)
    assert answer.status_code == 200, (address, answer.status_code, answer.text[-400:])
    found = re.search(r'rel="next" href="([^"]+)"', answer.text)
    return found[1].replace("&amp;", "&") if found else ""


def _signed_in(site: Site) -> FlaskClient:
    """A browser of an operator."""
    with site.database.system_writing() as session:
        token = staff.invite(
            session, site.keyring, "mara@example.com", Role.OPERATOR, by="benchmark"
        )
    client = site.app.test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html"
    answer = client.post(f"/console/enter/{token}", base_url=_URL, headers={"Origin": _URL})
    assert answer.status_code == 303, answer.text
    return client


@contextmanager
def _counted(site: Site) -> Iterator[list[str]]:
    """Statements that are sent meanwhile."""
    sent: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    engines = {site.database.reader, site.database.writer}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", hear)
    yield sent
    for engine in engines:
        event.remove(engine, "before_cursor_execute", hear)
