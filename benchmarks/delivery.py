"""Delivering activities: against raw `requests` posting the same calls, and a plain create loop."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from sqlalchemy import delete, func, select

from app import memory
from app.config import API_VERSION
from app.engagement.models import Source
from app.ids import new_id
from app.orgs.models import Org
from app.outbox.models import DeliveryState, OutboxRow, RoleRead
from app.outbox.turns import lease
from app.outbox.turns.delivery import Courier
from app.outbox.turns.lease import LeaseTimes
from benchmarks.box import Box
from benchmarks.rows import Goal, Row
from benchmarks.scale import Scale
from benchmarks.site import Site
from benchmarks.timing import Pair, seconds_of

_SECONDS = 300
_TIMES = LeaseTimes()
#: A new org starts with calls of 200 rows, and has reached 1,000 after 1,400 of them.
_FIRST_ROWS = 1600


class _Listening(HTTPAdapter):
    """Sends as ever, and keeps the bodies of composites that write."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[bytes] = []

    def send(
        self, request: requests.PreparedRequest, *args: Any, **options: Any
    ) -> requests.Response:
        body = request.body
        if isinstance(body, bytes) and b"/composite/sobjects/" in body:
            self.bodies.append(body)
        return super().send(request, *args, **options)


@dataclass
class _Post:
    """Delivers from one org's outbox, in this thread, as a worker's thread does."""

    site: Site
    box: Box
    org: Org
    people: list[str]

    def __post_init__(self) -> None:
        self.heard = _Listening()
        self.site.gateway.transport._session.mount(self.box.url, self.heard)
        self._courier = Courier(self.site.config, self.site.database, self.site.gateway)

    def fill(self, count: int) -> None:
        """So many events that are to be delivered; roles have to be read anew."""
        kinds = ["meeting"]
        events = self.site.events(self.people, count, kinds, days=1, source=Source.API)
        self.site.tell(self.org, events)
        with self.site.database.writing(self.org.id) as session:
            session.execute(delete(RoleRead))
        self.heard.bodies.clear()

    def drain(self) -> None:
        """Until nothing is due."""
        while True:
            with self.site.database.system_writing() as session:
                turn = lease.claim(session, "benchmark", _TIMES)
            if turn is None:
                return
            self._courier.serve(turn)

    def check_delivered(self) -> None:
        """Everything is in the org; otherwise nothing here means anything."""
        statement = select(func.count()).where(OutboxRow.state != DeliveryState.DELIVERED)
        with self.site.database.reading(self.org.id) as session:
            assert session.scalar(statement) == 0, "some activities were not delivered"


def measure(scale: Scale, url: str, box: Box, folder: Path) -> list[Row]:
    """Calls, time without latency and at 8 ms a row, each beside the plain loop."""
    memory.settle(for_batches=True)  # as a worker does
    site = Site.on(url, [box], folder)
    org, _ = site.admit(box)
    post = _Post(site, box, org, site.mirror(org, box))
    post.fill(_FIRST_ROWS)
    post.drain()
    rows = [*_timed(post, 0, scale.activities, scale.rounds, scale.created)]
    rows.insert(0, _calls(post, scale))
    rows += _timed(post, 8, scale.slow_activities, scale.slow_rounds, scale.created // 2)
    box.post("config", per_row_ms=0)
    site.close()
    return rows


def _calls(post: _Post, scale: Scale) -> Row:
    """Counted calls of one delivery, against those of a loop that creates one by one."""
    post.fill(scale.activities)
    post.box.post("usage/reset")
    post.drain()
    post.check_delivered()
    calls = post.box.calls()
    writes = calls.get("composite", 0)
    others = {name: count for name, count in calls.items() if name != "composite"}
    post.box.post("usage/reset")
    sample = 20
    _create(post, sample)
    loop = sum(post.box.calls().values())
    return Row(
        "counted API calls per 1,000 activities",
        writes / scale.activities * 1000,
        "calls",
        loop / sample * 1000,
        Goal(1 if scale.activities >= 1000 else 1000 / scale.activities, of_value=True),
        f"{scale.activities:,} activities at full batch size; beside them {others} for the roles, "
        "once an org and 5 minutes; baseline: one create each",
    )


def _timed(post: _Post, per_row_ms: int, count: int, rounds: int, sample: int) -> list[Row]:
    post.box.post("config", per_row_ms=per_row_ms)
    pair = Pair()
    batches: list[int] = []
    for _ in range(rounds):
        post.fill(count)
        pair.subject.append(seconds_of(post.drain))
        post.check_delivered()
        batches.append(len(post.heard.bodies))
        pair.baseline.append(_raw(post, _renamed(post.heard.bodies)))
    loop = _create(post, sample) / sample * count
    words = f"{count:,} activities, {per_row_ms} ms a row"
    note = f"p50 of {rounds}; {statistics.median(batches):g} composites; baseline: raw requests"
    beside = f"for scale; baseline: a create each, {sample} timed and scaled up"
    return [
        Row(f"delivery of {words}", pair.value, "s", pair.floor, Goal(1.2), note),
        Row(f"delivery of {words}, beside a create loop", pair.value, "s", loop, None, beside),
    ]


def _raw(post: _Post, bodies: Iterable[bytes]) -> float:
    """Seconds to post the bodies with nothing around."""
    session = _session(post)
    url = f"{post.box.url}/services/data/v{API_VERSION}/composite"

    answers: list[dict[str, Any]] = []

    def send() -> None:
        answers.extend(session.post(url, data=body, timeout=_SECONDS).json() for body in bodies)

    seconds = seconds_of(send)
    for answer in answers:
        parts = answer["compositeResponse"]
        assert all(row["created"] for part in parts for row in part["body"]), "not all were created"
    return seconds


def _renamed(bodies: list[bytes]) -> list[bytes]:
    """The same rows under other keys, so that they are created once more."""
    found = []
    for number, body in enumerate(bodies):
        old = body.partition(b'__c":"t:')[2][:6]
        assert old, "no key in the body"
        fresh = f"{number:02d}{new_id().hex[-4:]}".encode()
        found.append(body.replace(b'"t:' + old, b'"t:' + fresh))
    return found


def _create(post: _Post, count: int) -> float:
    """Seconds for so many creates, one by one."""
    session = _session(post)
    url = f"{post.box.url}/services/data/v{API_VERSION}/sobjects/Task"

    def loop() -> None:
        for number in range(count):
            row = {
                "Subject": f"Meeting: your offer of today, number {number}",
                "Status": "Completed",
                "ActivityDate": "2026-01-01",
                "WhoId": post.people[number % len(post.people)],
            }
            answer = session.post(url, json=row, timeout=_SECONDS)
            assert answer.status_code == 201, answer.text

    return seconds_of(loop)


def _session(post: _Post) -> requests.Session:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {post.box.token()}"
    session.headers["Content-Type"] = "application/json"
    return session
