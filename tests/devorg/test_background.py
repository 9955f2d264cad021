"""The threads that work at jobs, as those who wait for them see them."""

from __future__ import annotations

import threading
import time

import pytest

from devorg.bulk.background import Background
from devorg.schema import STANDARD
from devorg.store import Store


@pytest.fixture
def slowly_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine: time goes by before a new thread is under way."""
    start = threading.Thread.start

    def start_late(thread: threading.Thread) -> None:
        if thread.name == "devorg-bulk":
            time.sleep(0.1)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_late)


@pytest.mark.usefixtures("slowly_started")
def test_waiting_while_a_thread_starts_waits_for_its_work() -> None:
    """X16: a thread that is listed and not yet started can't be joined."""
    store = Store(None, STANDARD)
    background = Background(store)
    done = threading.Event()

    def work() -> bool:
        done.set()
        return False

    waker = threading.Thread(target=background.wake, args=[work])
    waker.start()
    while not background._threads:
        time.sleep(0.001)
    background.wait(5)
    assert done.is_set()
    waker.join()
    background.close()
    store.close()
