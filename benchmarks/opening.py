"""Opening the widget: against its floor, and with a long history against a short one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from app.crm.schemas import person_key
from app.engagement import memberships
from app.engagement.memberships import NewMembership, PersonMemberships
from app.engagement.models import MembershipKind, Source
from app.orgs.models import Org
from benchmarks import calls, floor
from benchmarks.answers import answer_from_memory
from benchmarks.box import Box
from benchmarks.rows import Goal, Row
from benchmarks.scale import Scale
from benchmarks.site import KINDS, Site
from benchmarks.timing import alternate

_MOST_READS = 8
_SESSION = re.compile(rb'<script type="application/json" id="session">(.*?)</script>', re.DOTALL)
_DAYS = 80


class Opener:
    """Opens one record's widget as the server's thread does: the WSGI application, one call."""

    def __init__(self, site: Site, box: Box, record: str) -> None:
        self._site = site
        self._box = box
        self._record = record
        self._waiting: list[calls.Environ] = []

    def prepare(self, count: int) -> None:
        """Have so many signed requests ready: each may be opened once."""
        self._waiting += [self._environ(self._box.sign(self._record)) for _ in range(count)]

    def open(self) -> bytes:
        """The page."""
        return calls.call(self._site.app, self._waiting.pop())

    def share(self) -> None:
        """A Destination for the record, by the rep's click."""
        self.prepare(1)
        found = _SESSION.search(self.open())
        assert found, "the page has no session"
        headers = {"Authorization": f"Bearer {json.loads(found[1])['bearer']}"}
        url, path = self._site.config.app_url, "/widget/destinations"
        calls.call(self._site.app, calls.post(url, path, b"{}", "application/json", headers))

    def _environ(self, text: str) -> calls.Environ:
        body = urlencode({"signed_request": text}).encode()
        form = "application/x-www-form-urlencoded"
        return calls.post(self._site.config.app_url, "/canvas", body, form, {})


@contextmanager
def opener(
    url: str, box: Box, folder: Path, record: str, events: int
) -> Iterator[tuple[Site, Opener]]:
    """A site of its own in which the record has so many events, and its opener."""
    site = Site.on(url, [box], folder)
    org, _ = site.admit(box)
    site.mirror(org, box)
    people = _people_of(box, record)
    history = site.events(people, events, KINDS, days=_DAYS, source=Source.IMPORT)
    site.tell(org, history)
    _join(site, org, people)
    answer_from_memory(site.gateway, box.url)
    opens = Opener(site, box, record)
    opens.share()
    site.settle()
    yield site, opens
    site.close()


def _join(site: Site, org: Org, people: Sequence[str]) -> None:
    """Everybody is in two lists and a campaign."""
    kinds = {
        MembershipKind.LIST: [NewMembership("Newsletter"), NewMembership("Partners")],
        MembershipKind.CAMPAIGN: [NewMembership("Autumn offers", status="sent")],
    }
    with site.database.writing(org.id) as session:
        keys = [person_key(salesforce_id=each) for each in people]
        memberships.replace(session, [PersonMemberships(key, kinds) for key in keys])


def _people_of(box: Box, record: str) -> list[str]:
    """The contact itself, or the contacts of an opportunity."""
    if not record.startswith("006"):
        return [record]
    roles = box.records("OpportunityContactRole")
    return [role["ContactId"] for role in roles if role["OpportunityId"] == record]


def measure_floor(scale: Scale, kind: str, url: str, box: Box, folder: Path) -> list[Row]:
    """An open with a usual history against the same SQL bare and the same template."""
    with opener(url, box, folder, box.main["contact"], scale.events_small) as (site, opens):
        opens.prepare(scale.opens + 10)
        for _ in range(4):
            page = opens.open()  # learns the roles, fills the caches
        site.gateway.accounting.flush()  # the books are written now and then, by whoever comes by
        with floor.recording(site.database, site.app) as tape:
            opens.open()
        connection = floor.connect(site.database)
        with site.app.test_request_context("/canvas", base_url=site.config.app_url):
            play = floor.player(tape, connection)
            pair = alternate(opens.open, play, scale.opens)
        connection.close()
    note = (
        f"p50 of {scale.opens}, {scale.events_small} events, page of {len(page) / 1000:.1f} kB; "
        "Salesforce's own time is left out; floor: the same SQL by the bare driver, same template"
    )
    row = Row(f"widget open, {kind}", pair.value * 1e3, "ms", pair.floor * 1e3, Goal(4), note)
    return [row, *_counts(kind, tape)]


def _counts(kind: str, tape: floor.Tape) -> list[Row]:
    """How often the database is asked; the baseline is what the house allows."""
    allowed = (
        "baseline: what is allowed; the write transaction is one unit, with "
        f"{tape.reads_within_writes} reads of its own"
    )
    return [
        Row(f"widget open, reads, {kind}", tape.reads, "statements", _MOST_READS, Goal(1), allowed),
        Row(f"widget open, writes, {kind}", tape.writes, "transactions", 1, Goal(1), allowed),
    ]


def measure_growth(
    scale: Scale, kind: str, new_url: Callable[[], str], box: Box, folder: Path
) -> list[Row]:
    """Opens of a record with a long history against one with a short history."""
    few, many = scale.events_small, scale.events_large
    rows = []
    for word in ("contact", "opportunity"):
        record = box.main[word]
        with (
            opener(new_url(), box, folder, record, few) as (_small, short),
            opener(new_url(), box, folder, record, many) as (_large, long),
        ):
            for opens in (short, long):
                opens.prepare(scale.opens + 3)
            pair = alternate(long.open, short.open, scale.opens)
        name = f"widget open with {many:,} events, {word}, {kind}"
        note = f"p50 of {scale.opens}; baseline: {few} events, in a database of its own"
        rows.append(Row(name, pair.value * 1e3, "ms", pair.floor * 1e3, Goal(1.15), note))
    return rows
