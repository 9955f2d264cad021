"""What one org suffers from another whose Salesforce hangs: its widget, and its delivery.

Web server and worker are the real processes: gunicorn as configured, and `flask worker`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from sqlalchemy import func, select, update

from app.engagement.models import Source
from app.orgs.models import Org
from app.outbox.models import DeliveryState, OrgDelivery, OutboxRow
from benchmarks import site as sites
from benchmarks.box import ROOT, Box
from benchmarks.rows import Goal, Row
from benchmarks.scale import Scale
from benchmarks.site import Site
from benchmarks.timing import Pair

#: Reps of the hung org, each with a frame that is opened again a second after it failed.
_REPS = 8
_REST_SECONDS = 1.0
_LONGEST_SECONDS = 60
_HANG_SECONDS = 600
#: Opening a widget takes so long at most that nobody notices the difference, in milliseconds.
_NOTHING_MS = 50


@dataclass
class _Pair:
    """A site with a quiet org, and one whose Salesforce can hang."""

    site: Site
    quiet: Box
    hung: Box
    quiet_org: Org
    hung_org: Org
    environment: dict[str, str]


def measure(scale: Scale, url: str, boxes: tuple[Box, Box], port: int, folder: Path) -> list[Row]:
    """Three rows: the quiet org's widget and delivery beside a hung org, and beside a flood."""
    quiet, hung = boxes
    site = Site.on(url, boxes, folder, port)
    orgs = [site.admit(box)[0] for box in boxes]
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT),
        "INLAY_PORT": str(port),
        "INLAY_BIND": f"127.0.0.1:{port}",
        **sites.settings(url, boxes, folder, port),
    }
    pair = _Pair(site, quiet, hung, orgs[0], orgs[1], environment)
    rows = [_widget(scale, pair), _delivery(scale, pair), _flooded(scale, pair)]
    site.close()
    return rows


def _widget(scale: Scale, pair: _Pair) -> Row:
    times = Pair()
    with _process(pair, "web", ["-m", "gunicorn", "-c", "gunicorn.conf.py"]):
        _wait(lambda: _is_ready(pair), "the web server")
        _opens(pair, 6)
        for _ in range(scale.phases):
            times.baseline += _opens(pair, scale.opens_beside)
            with _hanging(pair), _reps(pair):
                times.subject += _opens(pair, scale.opens_beside)
    added = (times.value - times.floor) * 1e3
    worst = max(times.subject) * 1e3, max(times.baseline) * 1e3
    return Row(
        "widget open beside a hung org",
        times.value * 1e3,
        "ms",
        times.floor * 1e3,
        Goal(times.floor * 1e3 + _NOTHING_MS, of_value=True),
        f"p50 over HTTP with Salesforce's time; {added:+.1f} ms beside {_REPS} reps whose "
        f"Salesforce hangs; slowest {worst[0]:.0f} ms, without them {worst[1]:.0f} ms",
    )


def _delivery(scale: Scale, pair: _Pair) -> Row:
    times = Pair()
    with _process(pair, "worker", ["-m", "flask", "--app", "wsgi", "worker"]):
        _deliver(pair)
        for _ in range(scale.deliveries_beside):
            times.baseline.append(_deliver(pair))
            with _hanging(pair):
                _let_hang(pair)
                times.subject.append(_deliver(pair))
            _let_go(pair)
    return Row(
        "delivery beside a hung org",
        times.value,
        "s",
        times.floor,
        Goal(times.floor + 1, of_value=True),
        f"p50 of {scale.deliveries_beside}, from intake to delivered, the worker looking once a "
        f"second; slowest {max(times.subject):.2f} s, without {max(times.baseline):.2f} s",
    )


def _flooded(scale: Scale, pair: _Pair) -> Row:
    """The other org has very many activities waiting all the time."""
    times = Pair()
    with _process(pair, "flooded", ["-m", "flask", "--app", "wsgi", "worker"]):
        _deliver(pair)
        times.baseline += [_deliver(pair) for _ in range(scale.deliveries_beside)]
        people = [row["Id"] for row in pair.hung.records("Contact") if not row["IsDeleted"]]
        _tell(pair, pair.hung_org, people, scale.flood)
        _wait(lambda: _is_held(pair), "the flood")
        times.subject += [_deliver(pair) for _ in range(scale.deliveries_beside)]
        left = _open_rows(pair, pair.hung_org)
    return Row(
        "delivery beside a flooding org",
        times.value,
        "s",
        times.floor,
        Goal(times.floor + 1, of_value=True),
        f"p50 of {scale.deliveries_beside} while {scale.flood:,} activities of another org go out "
        f"({left:,} were left); slowest {max(times.subject):.2f} s, without "
        f"{max(times.baseline):.2f} s",
    )


def _opens(pair: _Pair, count: int) -> list[float]:
    session = requests.Session()
    texts = [pair.quiet.sign(pair.quiet.main["contact"]) for _ in range(count)]
    found = []
    for text in texts:
        begun = time.perf_counter()
        answer = _open(session, pair, text)
        found.append(time.perf_counter() - begun)
        assert answer.status_code == 200, answer.text[:400]
    return found


def _open(session: requests.Session, pair: _Pair, text: str) -> requests.Response:
    url = f"{pair.site.config.app_url}/canvas"
    return session.post(url, data={"signed_request": text}, timeout=_LONGEST_SECONDS)


@contextmanager
def _hanging(pair: _Pair) -> Iterator[None]:
    """Every call to the other org's Salesforce hangs."""
    pair.hung.post("faults", kind="hang", match="/services/", seconds=_HANG_SECONDS)
    try:
        yield
    finally:
        pair.hung.calm()


@contextmanager
def _reps(pair: _Pair) -> Iterator[None]:
    """Reps of the hung org who try again and again."""
    ended = threading.Event()

    def rep() -> None:
        session = requests.Session()
        while not ended.is_set():
            _open(session, pair, pair.hung.sign(pair.hung.main["contact"]))
            ended.wait(_REST_SECONDS)

    threads = [threading.Thread(target=rep) for _ in range(_REPS)]
    for thread in threads:
        thread.start()
    time.sleep(_REST_SECONDS)  # by then all of them wait
    try:
        yield
    finally:
        ended.set()
        pair.hung.calm()
        for thread in threads:
            thread.join()


def _deliver(pair: _Pair) -> float:
    """Seconds from one event's intake until it is in the quiet org."""
    _tell(pair, pair.quiet_org, [pair.quiet.main["contact"]], 1)
    begun = time.perf_counter()
    _wait(lambda: _open_rows(pair, pair.quiet_org) == 0, "delivery to the quiet org", 0.01)
    return time.perf_counter() - begun


def _let_hang(pair: _Pair) -> None:
    """Give the hung org something to deliver, and wait until the worker is stuck in it."""
    with pair.site.database.writing(pair.hung_org.id) as session:
        session.execute(update(OrgDelivery).values(paused_until=None, failures=0))
    _tell(pair, pair.hung_org, [pair.hung.main["contact"]], 5)
    _wait(lambda: _is_held(pair), "a call to the hung org")


def _let_go(pair: _Pair) -> None:
    """After the fault: until the turn was given back."""
    _wait(lambda: not _is_held(pair), "the end of the call")


def _tell(pair: _Pair, org: Org, people: Sequence[str], count: int) -> None:
    pair.site.tell(org, pair.site.events(people, count, ["meeting"], days=1, source=Source.API))


def _open_rows(pair: _Pair, org: Org) -> int:
    statement = select(func.count()).where(OutboxRow.state != DeliveryState.DELIVERED)
    with pair.site.database.reading(org.id) as session:
        return session.scalar(statement) or 0


def _is_held(pair: _Pair) -> bool:
    with pair.site.database.reading(pair.hung_org.id) as session:
        return session.scalar(select(OrgDelivery.lease_id)) is not None


@contextmanager
def _process(pair: _Pair, name: str, arguments: list[str]) -> Iterator[None]:
    """A process of the product, stopped in order at the end."""
    folder = Path(pair.environment["INLAY_HOME"])
    folder.mkdir(parents=True, exist_ok=True)
    with (
        (folder / f"{name}.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=pair.environment, stdout=log, stderr=log
        ) as process,
    ):
        try:
            yield
        finally:
            process.terminate()


def _is_ready(pair: _Pair) -> bool:
    try:
        return requests.get(f"{pair.site.config.app_url}/readyz", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def _wait(condition: Callable[[], bool], what: str, look_seconds: float = 0.05) -> None:
    until = time.monotonic() + _LONGEST_SECONDS
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"{what} did not come within {_LONGEST_SECONDS} s")
        time.sleep(look_seconds)
