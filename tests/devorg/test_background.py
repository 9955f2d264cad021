"""The threads that work at jobs, as those who wait for them see them."""

from __future__ import annotations

import threading
import time

import pytest

from devorg import DevorgConfig
from devorg.application import create_org_app
from devorg.bulk.background import MOST_THREADS, Background
from devorg.schema import STANDARD
from devorg.server import RunningOrg
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


def test_work_that_comes_while_all_threads_are_busy_is_done() -> None:
    """X16: each of them may have looked a moment before it came."""
    store = Store(None, STANDARD)
    background = Background(store)
    come, looks, done = threading.Event(), threading.Semaphore(0), threading.Event()

    def work() -> bool:
        if come.is_set():
            done.set()
            return False
        looks.release()  # it has found nothing, and has not said so yet
        come.wait(30)
        return False

    for _ in range(MOST_THREADS):
        background.wake(work)
        assert looks.acquire(timeout=30)
    background.wake(work)
    come.set()
    assert done.wait(30)
    background.close()
    store.close()


def test_an_org_that_is_closed_before_its_thread_came_to_serve_is_not_served() -> None:
    """X16: the thread meets no socket that is gone."""
    org = RunningOrg(create_org_app(DevorgConfig()), "127.0.0.1", 0)
    org.close()
    org.serve()
