"""A back-fill through Bulk API 2.0, against raw `requests` that posts the same files."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from sqlalchemy import func, select

from app import memory
from app.config import API_VERSION
from app.engagement.models import Source
from app.ids import new_id
from app.orgs import settings
from app.orgs.models import Org
from app.outbox.backfill import service, turns
from app.outbox.backfill.models import Backfill, BackfillState
from app.outbox.backfill.runner import Runner
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.turns import lease
from app.outbox.turns.delivery import Courier
from app.outbox.turns.lease import LeaseTimes
from app.salesforce.bulk import wait_seconds
from benchmarks.box import Box
from benchmarks.rows import Goal, Row
from benchmarks.scale import Scale
from benchmarks.site import Site
from benchmarks.timing import seconds_of

_SECONDS = 300
_TIMES = LeaseTimes()
_IDLE_SECONDS = 0.2


class _Listening(HTTPAdapter):
    """Sends as ever, and keeps the files of Bulk jobs."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[bytes] = []

    def send(
        self, request: requests.PreparedRequest, *args: Any, **options: Any
    ) -> requests.Response:
        if request.method == "PUT" and isinstance(request.body, bytes):
            self.files.append(request.body)
        return super().send(request, *args, **options)


@dataclass
class _Work:
    """Works at the back-fills of one org in this thread, as a worker's threads do."""

    site: Site
    org: Org

    def __post_init__(self) -> None:
        parts = (self.site.config, self.site.database, self.site.gateway)
        self._runner, self._courier = Runner(*parts), Courier(*parts)

    def finish(self) -> None:
        """Ask for all there is, and see it through."""
        with self.site.database.writing(self.org.id) as session:
            span = service.span_of(session, ["meeting"], None, None)
            service.start(session, span, by="benchmark")
        while not self._is_done():
            if not self._step():
                time.sleep(_IDLE_SECONDS)

    def _is_done(self) -> bool:
        with self.site.database.reading(self.org.id) as session:
            return session.scalar(select(Backfill.state)) is BackfillState.DONE

    def _step(self) -> bool:
        with self.site.database.system_writing() as session:
            hold = turns.claim(session, "benchmark", _TIMES)
            turn = None if hold else lease.claim(session, "benchmark", _TIMES)
        if hold is not None:
            self._runner.serve(hold)
        if turn is not None:
            self._courier.serve(turn)
        return bool(hold or turn)


def measure(scale: Scale, url: str, box: Box, folder: Path) -> list[Row]:
    """So many events of the past, from asking for them until the last one is settled."""
    memory.settle(for_batches=True)  # as a worker does
    site = Site.on(url, [box], folder)
    org, _ = site.admit(box)
    with site.database.system_writing() as session:
        settings.write(session, session.get_one(Org, org.id), api_budget=1_000_000)
    people = site.mirror(org, box)
    events = site.events(people, scale.backfill, ["meeting"], days=90, source=Source.IMPORT)
    site.tell(org, events)
    site.settle()
    heard = _Listening()
    site.gateway.transport._session.mount(box.url, heard)
    box.post("usage/reset")
    seconds = seconds_of(_Work(site, org).finish)
    calls = sum(box.calls().values())
    _check(site, org, scale.backfill)
    raw = _raw(box, heard.files)
    site.close()
    name = f"back-fill of {scale.backfill:,} activities"
    note = f"{len(heard.files)} Bulk jobs; baseline: raw requests posting the same files"
    each = f"{calls} in all, the trial, roles and questions included; baseline: 1 for 1,000"
    return [
        Row(name, seconds, "s", raw, Goal(2.0), note),
        Row(f"counted API calls of a {name}", calls, "calls", scale.backfill / 1000, None, each),
    ]


def _check(site: Site, org: Org, count: int) -> None:
    """Each of them is in the org; otherwise nothing here means anything."""
    statement = select(func.count()).where(OutboxRow.state == DeliveryState.DELIVERED)
    with site.database.reading(org.id) as session:
        assert session.scalar(statement) == count, "some activities were not delivered"


def _raw(box: Box, files: Iterable[bytes]) -> float:
    """Seconds to post the files, wait for the jobs and read what became of the rows."""
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {box.token()}"
    url = f"{box.url}/services/data/v{API_VERSION}/jobs/ingest"
    renamed = [_renamed(file) for file in files]

    def run() -> None:
        jobs = [_post(session, url, file) for file in renamed]
        for job in jobs:
            _wait(session, f"{url}/{job}")
            answer = session.get(f"{url}/{job}/successfulResults", timeout=_SECONDS)
            assert answer.text.count("\n") > 1, "nothing was written"

    return seconds_of(run)


def _post(session: requests.Session, url: str, file: bytes) -> str:
    header = file.partition(b"\n")[0].decode()
    key = next(name for name in header.replace('"', "").split(",") if name.endswith("Inlay_Key__c"))
    body = {"object": "Task", "operation": "upsert", "externalIdFieldName": key, "lineEnding": "LF"}
    made = session.post(url, json={**body, "contentType": "CSV"}, timeout=_SECONDS).json()
    job = f"{url}/{made['id']}"
    headers = {"Content-Type": "text/csv"}
    session.put(f"{job}/batches", data=file, headers=headers, timeout=_SECONDS).raise_for_status()
    session.patch(job, json={"state": "UploadComplete"}, timeout=_SECONDS).raise_for_status()
    return str(made["id"])


def _wait(session: requests.Session, job: str) -> None:
    asked = 0
    while (info := session.get(job, timeout=_SECONDS).json())["state"] != "JobComplete":
        assert info["state"] in {"UploadComplete", "InProgress"}, info
        time.sleep(wait_seconds(asked))
        asked += 1
    assert not info["numberRecordsFailed"], info


def _renamed(file: bytes) -> bytes:
    """The same rows under other keys, so that they are created once more."""
    return file.replace(b'"t:', b'"t:' + new_id().hex[-4:].encode())
