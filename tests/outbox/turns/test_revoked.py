"""M5: a customer revokes access in the middle: all stops at once, nothing is lost, all resumes."""

from __future__ import annotations

import pytest

from app.outbox import service
from app.salesforce.connect import connections, establishing
from app.salesforce.connect.connections import Condition
from app.salesforce.connect.ways import Access
from app.salesforce.models import Method
from devorg import users
from tests.outbox.world import World

KEY, SECRET = "devorg-client", "devorg-client-secret"


def _connect(world: World) -> None:
    """With a refresh token that an admin got for an app of their own."""
    oauth, user = world.devorg.org.oauth, users.find("integration")
    app = oauth.apps.find(KEY)
    assert app is not None
    assert user is not None
    grant = oauth.grants.open(app, user, frozenset({"api", "refresh_token"}))
    token = oauth.grants.issue(grant)
    access = Access(Method.OWN_APP, world.devorg.url, KEY, SECRET, refresh_token=token)
    establishing.establish(world.gateway, world.org.id, access, by="test")
    with world.writing() as session:
        service.resume(session)


def _requests(world: World) -> int:
    return len(world.devorg.org.history.all())


@pytest.mark.parametrize("how", ["revoked by the customer", "disconnected by an admin"])
def test_activities_wait_without_a_request_and_go_out_once_after_the_reconnect(
    world: World, how: str
) -> None:
    """M5, X3: rows in the outbox when access ends, and rows that come while it is away."""
    contacts = world.contacts()
    _connect(world)
    world.record(contacts, 30)
    world.drain()
    world.record(contacts, 20, subject="While it works")
    if how.startswith("revoked"):
        world.devorg.org.oauth.grants.end_all_of(KEY)
    else:
        assert establishing.disconnect(world.gateway, world.org.id)
    world.drain()
    with world.database.reading(world.org.id) as session:
        status = connections.status(session)
    assert status is not None
    assert status.condition in {Condition.RECONNECT_NEEDED, Condition.DISCONNECTED}
    assert world.states().count("delivered") == 30

    world.devorg.org.history.clear()
    world.record(contacts, 10, subject="While it is away")
    for _ in range(3):
        world.hurry()
        world.drain()
    assert _requests(world) == 0
    assert world.delivery().pause_reason == "reconnect_needed"

    _connect(world)
    assert world.delivery().paused_until is None
    world.drain()
    assert set(world.states()) == {"delivered"}
    assert len(world.activities()) == 60
