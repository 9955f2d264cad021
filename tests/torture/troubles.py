"""Trouble within one process: what Salesforce, the network, the disk and the clock do."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import requests
import time_machine
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from app.clock import utcnow
from app.outbox.errors import LeaseLostError
from app.outbox.turns.lease import Turn
from app.salesforce.connect import connections, establishing
from app.salesforce.connect.ways import Access
from app.salesforce.errors import SalesforceSlow
from app.salesforce.gateway import Gateway
from app.salesforce.models import Method
from devorg import access, users
from devorg.apps.app import app_from
from tests.outbox.world import World
from tests.support.waiting import wait_until
from tests.torture.stage import DEAD, Scale, finish, serve, struck, tell

_ROWS = "/composite/sobjects/"
_MOST_CUTS = 30


def dropped_before_commit(world: World, scale: Scale, dice: random.Random) -> int:
    """The connection goes before Salesforce did anything."""
    return _faulty(world, scale, dice, kind="drop", match=_ROWS, times=1)


def dropped_after_commit(world: World, scale: Scale, dice: random.Random) -> int:
    """The connection goes when all was written: the answer never comes."""
    return _faulty(world, scale, dice, kind="drop", match=_ROWS, times=1, after=True)


def devorg_down(world: World, scale: Scale, dice: random.Random) -> int:
    """The org cannot be reached at all for a while, its login neither."""
    count = 0
    for _ in range(scale.rounds):
        tell(world, scale, dice)
        world.fault(kind="drop", skip=dice.randrange(2))
        for _ in range(3):
            serve(world)
            world.hurry()
        count += struck(world)
        world.devorg.org.faults.clear()
        serve(world)
    finish(world)
    return count


def limit_reached(world: World, scale: Scale, dice: random.Random) -> int:
    """The day's API calls are used up between two calls of a batch."""
    return _faulty(world, scale, dice, kind="limit", skip=dice.randrange(2), times=3)


def token_revoked(world: World, scale: Scale, dice: random.Random) -> int:
    """All sessions end in mid-batch; every second time the integration is locked out as well."""
    count = 0
    for number in range(scale.rounds):
        tell(world, scale, dice)
        world.fault(kind="expire", skip=dice.randrange(2), times=1)
        if number % 2:
            world.fault(kind="status", match="/oauth2/token", status=400, errorCode="invalid_grant")
        serve(world)
        count += struck(world)
        world.devorg.org.faults.clear()
        world.devorg.org.tokens.end_all()
        with world.writing() as session:  # an admin connects again
            connections.connect(
                session,
                world.keyring,
                instance_url=world.devorg.url,
                client_id="devorg-client",
                client_secret="devorg-client-secret",  # devorg's documented default
                extra_origins=[world.devorg.url],
            )
        world.hurry()
        serve(world)
    finish(world)
    return count


def rotation_raced(world: World, scale: Scale, dice: random.Random) -> int:
    """Sessions end, and two processes fetch the next token by a refresh token that works once."""
    oauth = world.devorg.org.oauth
    app = app_from({"isRefreshTokenRotationEnabled": True}, oauth.apps.all()[0])
    oauth.apps.save(app)
    grant = oauth.grants.open(app, users.USERS[1], frozenset({"api", "refresh_token"}))
    access = Access(
        Method.OWN_APP, world.devorg.url, app.client_id, app.client_secret,
        refresh_token=oauth.grants.issue(grant),
    )  # fmt: skip
    establishing.establish(world.gateway, world.org.id, access, by="torture")
    beside = Gateway(world.config, world.database, world.keyring)
    for _ in range(scale.rounds):
        tell(world, scale, dice)
        world.devorg.org.tokens.end_all()
        with ThreadPoolExecutor(2) as pool:
            other = pool.submit(_call_often, beside, world)
            serve(world)
            other.result()
    beside.close()
    assert len(oauth.grants.all()) == 1, "the family of refresh tokens was ended"
    finish(world)
    return scale.rounds


def late_answer(world: World, scale: Scale, dice: random.Random) -> int:
    """Salesforce answers after another worker has taken the turn and sent the rows itself."""
    count = sum(_be_late(world, scale, dice) for _ in range(scale.rounds))
    finish(world)
    return count


def _be_late(world: World, scale: Scale, dice: random.Random) -> int:
    lost: list[bool] = []
    tell(world, scale, dice)
    turn = world.claim()
    assert turn is not None
    world.fault(kind="delay", match=_ROWS, seconds=200, after=bool(dice.randrange(2)), times=1)
    late = threading.Thread(target=_serve_late, args=(world, turn, lost))
    late.start()
    wait_until(lambda: struck(world) == 1 or not late.is_alive(), what="the call")
    serve(world, DEAD)
    world.devorg.org.faults.clear()  # now it is answered
    late.join()
    return len(lost)


def small_trigger(world: World, scale: Scale, dice: random.Random) -> int:
    """A trigger of the customer fails for its limits when more than 50 rows come at once."""
    world.fault(kind="automation", sobject="Task", more_than=50, limit="soql")
    for _ in range(scale.rounds):
        tell(world, replace(scale, events=max(scale.events, 120)), dice)
        serve(world)
        world.hurry()
    finish(world)
    return struck(world)


def hidden_activities(world: World, scale: Scale, dice: random.Random) -> int:
    """Activities are private, a flow gives them to others, and we no longer see our own."""
    _control(world, "sharing", Activity="Private")
    owner = users.find("rep")
    assert owner is not None
    world.fault(kind="rewrite", sobject="Task", field="OwnerId", value=owner.id)
    count = 0
    for _ in range(scale.rounds):
        tell(world, scale, dice)
        world.fault(kind="drop", match=_ROWS, times=1, after=True)
        serve(world)
        with world.devorg.org.store.writing() as connection:
            for task in world.activities():
                access.set_record(connection, users.INTEGRATION.id, task["Id"], visible=False)
                count += 1
        world.hurry()
        serve(world)
    finish(world)
    return count


def deleted_by_rep(world: World, scale: Scale, dice: random.Random) -> int:
    """A rep deletes activities whose answer never came: they are not written again."""
    for _ in range(scale.rounds):
        tell(world, scale, dice)
        world.fault(kind="drop", match=_ROWS, times=1, after=True)
        serve(world)
        ids = [task["Id"] for task in world.activities() if not task["IsDeleted"]]
        _delete(world, dice.sample(ids, min(len(ids), 20)))
        world.hurry()
        serve(world)
    finish(world)
    return struck(world)


def disk_full(world: World, scale: Scale, dice: random.Random) -> int:
    """The disk of the embedded default is full at any moment: intake, freezing, settling."""
    count = 0
    for _ in range(scale.rounds * 3):
        tell(world, scale, dice)
        with _full(world, pages=dice.randrange(8)):
            try:
                tell(world, scale, dice)
            except OperationalError:  # the sender is told so, and sends it again later
                count += 1
            count += serve(world)
        serve(world, DEAD)
    finish(world)
    return count


def clock_moved(world: World, scale: Scale, dice: random.Random) -> int:
    """The machine's clock and Salesforce's are put forward and back by up to an hour."""
    for _ in range(scale.rounds):
        tell(world, scale, dice)
        world.fault(kind="drop", match=_ROWS, times=1, after=bool(dice.randrange(2)))
        ours = utcnow() + timedelta(minutes=dice.randrange(-60, 60))
        _control(world, "clock", advance_seconds=dice.randrange(-3600, 3600))
        with time_machine.travel(ours, tick=True):
            serve(world)
            world.hurry()
            serve(world)
        _control(world, "clock", reset=True)
        world.hurry()
        serve(world)
    finish(world)
    return struck(world)


def connections_cut(world: World, scale: Scale, dice: random.Random) -> int:
    """PostgreSQL ends all connections of the database, as a restart does, at any moment."""
    count = 0
    for number in range(_MOST_CUTS):
        if number >= scale.rounds * 3 and count:
            break  # a cut between two statements is no trouble: it goes on until one was
        tell(world, scale, dice)
        cut = threading.Timer(dice.uniform(0.0, 0.15), _cut, args=(world,))
        cut.start()
        count += serve(world)
        cut.join()
        serve(world, DEAD)
    finish(world)
    return count


def _faulty(world: World, scale: Scale, dice: random.Random, **fault: Any) -> int:
    """The same fault in each round; then everything is tried again."""
    for _ in range(scale.rounds):
        tell(world, scale, dice)
        world.fault(**fault)
        serve(world)
        world.hurry()
        serve(world)
    finish(world)
    return struck(world)


def _serve_late(world: World, turn: Turn, lost: list[bool]) -> None:
    try:
        world.courier().serve(turn)
    except LeaseLostError:
        lost.append(True)


def _call_often(gateway: Gateway, world: World) -> None:
    for _ in range(5):
        with suppress(SalesforceSlow):  # the other is fetching it
            gateway.for_org(world.org.id).resources(feature="connect")


def _control(world: World, path: str, **words: Any) -> None:
    url = f"{world.devorg.url}/_devorg/{path}"
    requests.post(url, json=words, timeout=30).raise_for_status()


def _delete(world: World, ids: list[str]) -> None:
    """As somebody who may delete anything: through the API."""
    admin = users.find("admin")
    assert admin is not None
    token = world.devorg.org.tokens.issue(admin)
    url = f"{world.devorg.url}/services/data/v60.0/composite/sobjects"
    headers = {"Authorization": f"Bearer {token}"}
    requests.delete(
        url, params={"ids": ",".join(ids)}, headers=headers, timeout=30
    ).raise_for_status()


@contextmanager
def _full(world: World, pages: int) -> Iterator[None]:
    """SQLite finds no room for more than so many pages, on every connection."""
    engine = world.database.engine
    with engine.connect() as connection:
        most = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + pages

    def limit(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={most}")

    engine.dispose()
    event.listen(engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(engine, "connect", limit)
        engine.dispose()


def _cut(world: World) -> None:
    statement = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with world.database.engine.connect() as connection:
        connection.execute(statement)
