"""What `make demo` promises about itself, on a folder of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import psutil
import pytest
import requests

from tests.e2e.demo import Demo
from tests.e2e.processes import answers, until

PARTS = {"web", "worker", "devorg"}
#: Seconds that a second start may take.
QUICK = 30


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that these tests may hurt."""
    running = Demo(tmp_path_factory.mktemp("own-demo"))
    try:
        running.start()
        yield running
    finally:
        running.abandon()


def test_demo_json_tells_a_script_all_it_needs(own: Demo) -> None:
    """Issue 2, the two commands: addresses that answer, the org, a key that works, live pids."""
    facts = own.facts
    assert set(facts) == {"app_url", "pages_url", "devorg_url", "org_id", "api_key", "pids"}
    assert answers(f"{facts['app_url']}/readyz")
    assert answers(f"{facts['pages_url']}/what-is-recorded")
    assert answers(facts["devorg_url"])
    assert len(facts["org_id"]) == 18
    assert set(facts["pids"]) == PARTS
    assert all(psutil.pid_exists(pid) for pid in facts["pids"].values())
    assert send_event(own, "first")["status"] == "created"


@pytest.mark.parametrize("name", ["worker", "web", "devorg"])
def test_a_part_that_was_killed_is_started_again(own: Demo, name: str) -> None:
    """Issue 2, the two commands: within seconds, with its new pid in demo.json."""
    others = {other: pid for other, pid in own.pids.items() if other != name}
    own.kill_part(name)
    facts = own.facts
    address = facts["devorg_url"] if name == "devorg" else f"{facts['app_url']}/readyz"
    until(lambda: answers(address), 60, f"{name} answers again")
    assert {other: own.pids[other] for other in others} == others
    assert psutil.Process(own.pids[name]).is_running()


def test_a_second_run_on_the_same_folder_is_refused(own: Demo) -> None:
    """Issue 2, the two commands: it says who runs, and harms nobody."""
    before = own.facts
    second = own.launch()
    assert second.process.wait(100) == 1
    assert "already runs" in second.output
    assert own.facts == before
    assert answers(f"{before['app_url']}/readyz")


def test_data_is_kept_between_runs_and_the_second_start_is_quick(own: Demo) -> None:
    """Issue 2, the two commands: same org, key and events; ready in under 30 s."""
    assert send_event(own, "kept")["status"] == "created"
    before = own.facts
    own.stop()
    seconds = own.start()
    assert seconds < QUICK
    after = own.facts
    assert {**after, "pids": 0} == {**before, "pids": 0}
    assert send_event(own, "kept")["status"] == "duplicate"


def test_nothing_outlives_a_supervisor_that_was_killed(own: Demo) -> None:
    """Issue 2, the two commands: even SIGKILL leaves no part behind, and the folder is free."""
    running = own.processes()
    os.kill(own.program.process.pid, signal.SIGKILL)
    own.program.process.wait()
    _, alive = psutil.wait_procs(running, timeout=40)
    assert not alive
    own.start()
    assert send_event(own, "kept")["status"] == "duplicate"
    own.stop()


def send_event(demo: Demo, event_id: str) -> dict[str, str]:
    """Tell the API of a call with somebody of the seed; what it says about this item."""
    event = {
        "id": event_id,
        "kind": "call",
        "occurred_at": "2026-01-05T10:00:00Z",
        "email": "elena.marquez@brightwater-energy.example",
        "subject": "A call of the tests",
    }
    answer = requests.post(
        f"{demo.facts['app_url']}/api/v1/events",
        json={"events": [event], "imported": True},
        headers={"Authorization": f"Bearer {demo.facts['api_key']}"},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    (result,) = answer.json()["results"]
    return dict(result)
