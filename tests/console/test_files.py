"""Files of the console: so many a minute, so many at once, by person and by org."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine

from app.console.files import TURNS, Turns
from app.console.permissions import Role
from app.orgs.models import Org
from app.web.limits import TooManyRequestsError
from tests.console.conftest import Visitor
from tests.console.rows import START
from tests.support.application import APP_URL

SignedIn = Callable[[Role], Visitor]


@pytest.fixture(params=["activity.csv", "audit.csv"])
def path(request: pytest.FixtureRequest, org: Org) -> str:
    return f"/console/orgs/{org.salesforce_id}/{request.param}"


def test_a_person_and_an_org_have_so_many_in_a_minute(path: str, signed_in: SignedIn) -> None:
    """Whoever asks for more is told to wait; another person is not, until the org has its most."""
    admin, viewer, support = (
        signed_in(role) for role in (Role.ORG_ADMIN, Role.VIEWER, Role.SUPPORT)
    )
    with time_machine.travel(START, tick=False):
        answers = [admin.get(path).status_code for _ in range(7)]
        assert answers == [200] * 6 + [429]
        assert [viewer.get(path).status_code for _ in range(6)] == [200] * 6
        assert support.get(path).headers["Retry-After"] == "60"
        if path.endswith("audit.csv"):
            assert support.get("/console/audit.csv").status_code == 200


def test_only_so_many_are_made_at_once(path: str, org: Org, signed_in: SignedIn) -> None:
    """Each holds a thread; it is given back at the end, and where only the head was asked for."""
    admin, viewer = signed_in(Role.ORG_ADMIN), signed_in(Role.VIEWER)
    person, tenant = f"person:{org.id}:admin:invited by tests", f"org:{org.salesforce_id}"
    of_admin = {person: 9, tenant: 9, "all": 9}
    with time_machine.travel(START, tick=False):
        under_way = [TURNS.take(of_admin) for _ in range(2)]
        refused = admin.get(path)
        assert refused.status_code == 429
        assert "Wait until they are there" in refused.text
        for _ in range(3):
            viewer.get(path).close()
            viewer.client.head(path, base_url=APP_URL).close()
        under_way.append(TURNS.take(of_admin))
        assert viewer.get(path).status_code == 429
        for give_back in under_way:
            give_back()
        assert admin.get(path).text.count("\n") >= 1
        assert TURNS.taken == 0


def test_a_turn_is_given_back_once() -> None:
    """A response may be closed twice, by the server and by whoever reads."""
    turns = Turns()
    give_back = turns.take({"ada": 2})
    turns.take({"ada": 2})
    give_back()
    give_back()
    turns.take({"ada": 2})
    with pytest.raises(TooManyRequestsError):
        turns.take({"ada": 2, "all": 9})
