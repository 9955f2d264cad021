"""Threads of an org that work through its jobs; there are none while there is nothing to do."""

from __future__ import annotations

import threading
from collections.abc import Callable

from devorg.bulk import tables
from devorg.store import Store

MOST_THREADS = 4


class Background:
    """Runs work until there is none left. Jobs in hand are known by their ids."""

    def __init__(self, store: Store) -> None:
        with store.writing() as connection:
            tables.prepare(connection)
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._in_hand: set[str] = set()
        self._is_asked_again = False
        self.closing = threading.Event()

    def wake(self, work: Callable[[], bool]) -> None:
        """See to it that somebody calls `work` until it says that nothing is left."""
        with self._lock:
            if self.closing.is_set():
                return
            if len(self._threads) >= MOST_THREADS:
                self._is_asked_again = True  # each of them may have found nothing a moment ago
                return
            thread = threading.Thread(
                target=self._run, args=[work], name="devorg-bulk", daemon=True
            )
            self._threads.add(thread)
            thread.start()

    def _run(self, work: Callable[[], bool]) -> None:
        try:
            while not self.closing.is_set() and (work() or self._look_again()):
                pass
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _look_again(self) -> bool:
        """Whether work has come since somebody looked; if not, this thread is on its way out."""
        with self._lock:
            is_asked, self._is_asked_again = self._is_asked_again, False
            if not is_asked:
                self._threads.discard(threading.current_thread())
            return is_asked

    def in_hand(self) -> list[str]:
        """The jobs that a thread is working at."""
        with self._lock:
            return sorted(self._in_hand)

    def take(self, job_id: str) -> None:
        """This job is being worked at."""
        with self._lock:
            self._in_hand.add(job_id)

    def leave(self, job_id: str) -> None:
        """This job is not being worked at any more."""
        with self._lock:
            self._in_hand.discard(job_id)

    def close(self) -> None:
        """Stop at the next chunk; what is left of a job is kept for the next start."""
        self.closing.set()
        self.wait(30)

    def wait(self, seconds: float) -> None:
        """Wait for the threads that are at work now, up to so long for each."""
        with self._lock:  # a thread is listed and started under it, never seen in between
            threads = list(self._threads)
        for thread in threads:
            thread.join(seconds)
