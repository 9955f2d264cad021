"""The vendor's backend: posts events through the API until each batch was answered."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import requests

from app.clock import utcnow

_BATCH = 100
#: No more than so many activities wait at once, so that there is always something to interrupt.
_AHEAD = 1500
_DAYS = (0, 30, 200, 400)


class Backend:
    """A client that repeats what was not answered: the same ids are the same events."""

    def __init__(self, url: str, api_key: str, people: Sequence[str], seed: int) -> None:
        self._url = url
        self._people = list(people)
        self._dice = random.Random(seed)  # made-up data, not a secret
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {api_key}"
        self._numbers = itertools.count(1)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backend", daemon=True)
        self.sent = 0
        self.repeated = 0
        self.delivered = 0  # told by the test, for the distance that is kept

    def start(self) -> None:
        """Begin to post."""
        self._thread.start()

    def stop(self) -> None:
        """Post no further batch; the last one is still answered."""
        self._stopping.set()
        self._thread.join(60)
        assert not self._thread.is_alive(), "the last batch was never answered"

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self.sent - self.delivered > _AHEAD:
                time.sleep(0.05)
                continue
            events = [self._event() for _ in range(_BATCH)]
            while not self._is_taken(events):
                self.repeated += 1
                time.sleep(0.05)
            self.sent += len(events)

    def _event(self) -> dict[str, Any]:
        moment = utcnow() - timedelta(days=self._dice.choice(_DAYS))
        number = next(self._numbers)
        return {
            "id": f"torture-{number}",
            "kind": "email_replied",
            "occurred_at": moment.isoformat(),
            "salesforce_id": self._dice.choice(self._people),
            "subject": f"Offer {number}",
        }

    def _is_taken(self, events: list[dict[str, Any]]) -> bool:
        try:
            answer = self._session.post(
                f"{self._url}/api/v1/events", json={"events": events}, timeout=(2, 30)
            )
        except requests.RequestException:
            return False
        if answer.status_code != 200:
            return False
        outcomes = {result["status"] for result in answer.json()["results"]}
        assert outcomes <= {"created", "duplicate"}, answer.text
        return True
