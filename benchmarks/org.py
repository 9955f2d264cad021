"""What devorg itself costs, so that it is seen that the other rows measure Inlay.

Calls against a bare HTTP server that answers as many bytes; rows against bare sqlite3 on the same
tables. devorg and the bare server run in processes of their own; one client calls, one call after
the other, on one connection.
"""

from __future__ import annotations

import http.client
import itertools
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from benchmarks import box, hello
from benchmarks.bare import Reader, Writer
from benchmarks.rows import Goal, Row
from benchmarks.scale import Scale
from benchmarks.timing import Pair, Work, alternate
from devorg.seed.bulk import mail_of

_API = "/services/data/v68.0"
_BATCH = 200
_PAGE = 2000
_KEY = "Inlay_Key__c"
_COLUMNS = ("Id", "LastName", "Email", "AccountId", "SystemModstamp")
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM Contact"  # noqa: S608 - names from above
_SEARCH_MS = 10
_SECONDS = 600
_POLL_SECONDS = 0.002
_TEXT = "What was said, in the length of a usual note about a call. " * 4


class Client:
    """One connection with one token; every answer must be a good one."""

    def __init__(self, url: str, token: str = "") -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_SECONDS)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.headers: dict[str, str] = {}

    def call(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json"
    ) -> bytes:
        """The body of an answer; its headers stay until the next."""
        headers = {**self._headers, "Content-Type": kind} if body else self._headers
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        assert 200 <= answer.status < 300, (answer.status, content[:400])
        self.headers = dict(answer.getheaders())
        return content

    def json(self, method: str, path: str, body: Any = None) -> Any:
        """A call with JSON in both directions."""
        return json.loads(self.call(method, path, json.dumps(body).encode() if body else None))

    def close(self) -> None:
        """End it."""
        self._connection.close()


@dataclass(frozen=True, slots=True)
class Place:
    """An org full of contacts, a bare server, and bare tables."""

    scale: Scale
    org: Client
    hello: Client
    reader: Reader
    writer: Writer
    first: str

    def tasks(self, mark: str) -> Iterator[list[dict[str, Any]]]:
        """Batches of rows about one contact, each row with a key of its own."""
        for batch in itertools.count():
            yield [
                {
                    "Subject": f"Call {number}: follow-up",
                    "WhoId": self.first,
                    "Status": "Completed",
                    "Priority": "Normal",
                    "ActivityDate": "2026-03-01",
                    "Description": _TEXT,
                    _KEY: f"t:{mark}{batch}-{number}",
                }
                for number in range(_BATCH)
            ]


def measure(scale: Scale, folder: Path) -> list[Row]:
    """All rows about devorg."""
    with ExitStack() as stack:
        org = stack.enter_context(box.running(folder, "full", "http://localhost:8000/canvas"))
        begun = time.perf_counter()
        filled = org.post("fill", contacts=scale.org_contacts)
        seconds = time.perf_counter() - begun
        path = folder / "full.sqlite"
        place = Place(
            scale,
            stack.enter_context(closing(Client(org.url, org.token("admin")))),
            stack.enter_context(closing(Client(stack.enter_context(hello.running())))),
            stack.enter_context(closing(Reader(path))),
            stack.enter_context(closing(Writer(folder / "bare.sqlite", path))),
            str(filled["first"]),
        )
        searches = _searches(place, f"; filled in {seconds:.0f} s")
        return [_calls(place), *_collections(place), _ingest(place), *_queries(place), *searches]


def _rate(name: str, unit: str, pair: Pair, count: int, note: str) -> Row:
    return Row(f"devorg: {name}", count / pair.value, unit, count / pair.floor, None, note)


def _calls(place: Place) -> Row:
    path = f"{_API}/sobjects/Contact/{place.first}"
    size = len(place.org.call("GET", path))
    count = place.scale.org_calls

    def ours() -> None:
        for _ in range(count):
            place.org.call("GET", path)

    def bare() -> None:
        for _ in range(count):
            place.hello.call("GET", f"/{size}")

    pair = alternate(ours, bare, place.scale.org_rounds)
    note = f"one record of {size} bytes; baseline: http.server, as many bytes"
    return _rate("calls, one record each", "calls/s", pair, count, note)


def _collections(place: Place) -> list[Row]:
    note = f"{_BATCH} tasks a call; baseline: sqlite3, {_BATCH} rows a transaction, same table"
    rounds = place.scale.org_rounds
    made = list(itertools.islice(place.tasks("a"), rounds + 3))
    create = _posting(place, "POST", "composite/sobjects", made)
    pair = alternate(create, place.writer.work("Task", iter(made)), rounds)
    rows = [_rate("rows created by collections", "rows/s", pair, _BATCH, note)]
    # Half of each batch is there already.
    old, new = made[0][: _BATCH // 2], itertools.islice(place.tasks("b"), rounds + 3)
    mixed = [[*old, *batch[_BATCH // 2 :]] for batch in new]
    upsert = _posting(place, "PATCH", f"composite/sobjects/Task/{_KEY}", mixed)
    pair = alternate(upsert, place.writer.work("Task", iter(mixed), _KEY), rounds)
    note = f"{note}; half of the rows are there already"
    return [*rows, _rate("rows upserted by collections", "rows/s", pair, _BATCH, note)]


def _posting(place: Place, method: str, path: str, batches: list[list[dict[str, Any]]]) -> Work:
    kind = {"attributes": {"type": "Task"}}
    bodies = iter(
        [
            json.dumps({"allOrNone": False, "records": [{**kind, **row} for row in batch]}).encode()
            for batch in batches
        ]
    )

    def post() -> None:
        answer = place.org.call(method, f"{_API}/{path}", next(bodies))
        assert answer.count(b'"success":true') == _BATCH, answer[:400]

    return post


def _ingest(place: Place) -> Row:
    count, rounds = place.scale.org_rows, place.scale.org_jobs
    chunks = [
        [
            {"FirstName": "Ada", "LastName": f"Bulk {mark} {number}", "Title": "Engineer"}
            for number in range(count)
        ]
        for mark in range(rounds + 1)
    ]
    names = list(chunks[0][0])
    texts = iter(
        [
            "\n".join([",".join(names), *(",".join(row.values()) for row in chunk), ""]).encode()
            for chunk in chunks
        ]
    )

    def load() -> None:
        job = {"operation": "insert", "object": "Contact", "lineEnding": "LF"}
        path = f"{_API}/jobs/ingest/{place.org.json('POST', f'{_API}/jobs/ingest', job)['id']}"
        place.org.call("PUT", f"{path}/batches", next(texts), "text/csv")
        place.org.json("PATCH", path, {"state": "UploadComplete"})
        assert _ended(place.org, path)["numberRecordsFailed"] == 0

    bare = place.writer.work("Contact", iter(chunks))
    pair = alternate(load, bare, rounds, warm_up=1)
    note = f"jobs of {count:,} contacts, from making one to its end; baseline: sqlite3, same table"
    return _rate("rows through Bulk ingest", "rows/s", pair, count, note)


def _ended(client: Client, path: str) -> dict[str, Any]:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        info: dict[str, Any] = client.json("GET", path)
        if info["state"] == "JobComplete":
            return info
        assert info["state"] in {"UploadComplete", "InProgress"}, info
        time.sleep(_POLL_SECONDS)
    raise AssertionError(f"{path} did not end")


def _queries(place: Place) -> list[Row]:
    following = [place.org.json("GET", f"{_API}/query?q={quote(_SELECT)}")["nextRecordsUrl"]]

    def page() -> None:
        found = place.org.json("GET", following[0])
        assert len(found["records"]) == _PAGE
        following[0] = found["nextRecordsUrl"]

    pair = alternate(page, place.reader.pages(_COLUMNS, _PAGE), place.scale.org_rounds)
    note = f"{_PAGE:,} rows of {len(_COLUMNS)} fields; baseline: sqlite3 and json.dumps, same file"
    pages = _rate("query pages", "pages/s", pair, 1, note)
    count = place.scale.org_rows * 2

    def extract() -> None:
        job = {"operation": "query", "query": f"{_SELECT} LIMIT {count}"}
        path = f"{_API}/jobs/query/{place.org.json('POST', f'{_API}/jobs/query', job)['id']}"
        _ended(place.org, path)
        lines = place.org.call("GET", f"{path}/results?maxRecords={count}").count(b"\n")
        assert lines == count + 1

    pair = alternate(
        extract, lambda: place.reader.as_csv(_COLUMNS, count), place.scale.org_jobs, warm_up=1
    )
    note = f"{count:,} rows of {len(_COLUMNS)} fields; baseline: sqlite3 and csv, same file"
    return [pages, _rate("rows through Bulk query", "rows/s", pair, count, note)]


def _searches(place: Place, filled: str) -> list[Row]:
    count = place.scale.org_contacts
    row = place.reader.rows("SELECT Id, Email, SystemModstamp FROM Contact WHERE Email = ?",
                            mail_of(count // 2))[0]  # fmt: skip
    return [_search(place, *each, filled) for each in zip(_COLUMNS_SEARCHED, row, strict=True)]


_COLUMNS_SEARCHED = ("Id", "Email", "SystemModstamp")


def _search(place: Place, field: str, value: str, filled: str) -> Row:
    literal = value if field == "SystemModstamp" else f"'{value}'"
    soql = f"{_SELECT} WHERE {field} = {literal.replace('+0000', 'Z')}"
    path = f"{_API}/query?q={quote(soql)}"

    def ours() -> None:
        assert place.org.call("GET", path).startswith(b'{"totalSize":1,')

    def bare() -> None:
        assert len(place.reader.rows(f"{_SELECT} WHERE {field} = ?", value)) == 1

    pair = alternate(ours, bare, place.scale.org_rounds * 3)
    name = f"devorg: one of {place.scale.org_contacts:,} contacts by {field}"
    note = f"the whole call; baseline: sqlite3, same file{filled}"
    return Row(
        name, pair.value * 1e3, "ms", pair.floor * 1e3, Goal(_SEARCH_MS, of_value=True), note
    )
