"""devorg in a process of its own, so that it shares no interpreter lock with what is measured."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parent.parent
CONSUMER_SECRET = "devorg-consumer-secret"  # noqa: S105  # devorg's documented default
_SECONDS = 120


class Box:
    """A running Salesforce org in a box, spoken to by its control addresses."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        self.main: dict[str, str] = self._get("main")
        self.org_id: str = self.records("Organization")[0]["Id"]

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """One control call."""
        answer = self._session.post(f"{self.url}/_devorg/{path}", json=body, timeout=_SECONDS)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def sign(self, record: str, user: str = "rep") -> str:
        """A fresh signed request."""
        text: str = self.post("sign", user=user, record=record)["signed_request"]
        return text

    def token(self, user: str = "integration") -> str:
        """An access token."""
        token: str = self.post("token", user=user)["access_token"]
        return token

    def records(self, sobject: str) -> list[dict[str, Any]]:
        """All rows of an object."""
        rows: list[dict[str, Any]] = self._get(f"records/{sobject}")["records"]
        return rows

    def calls(self) -> dict[str, int]:
        """Counted API calls by resource, since the last reset."""
        calls: dict[str, int] = self._get("usage")["calls"]
        return calls

    def calm(self) -> None:
        """No faults; whatever hangs is let go."""
        self._session.delete(f"{self.url}/_devorg/faults", timeout=_SECONDS).raise_for_status()

    def _get(self, path: str) -> dict[str, Any]:
        answer = self._session.get(f"{self.url}/_devorg/{path}", timeout=_SECONDS)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def running(folder: Path, name: str, canvas_url: str, org_id: str = "") -> Iterator[Box]:
    """An org that is gone when the block ends."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT),
        "DEVORG_PORT": "0",
        "DEVORG_DATA": str(folder / f"{name}.sqlite"),
        "DEVORG_CANVAS_URL": canvas_url,
        "DEVORG_CONSUMER_SECRET": CONSUMER_SECRET,
        "DEVORG_ORG_ID": org_id,
    }
    command = [sys.executable, "-m", "devorg"]
    with (
        (folder / f"{name}.log").open("wb") as log,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log
        ) as process,
    ):
        try:
            yield Box(_address(process))
        finally:
            process.terminate()


def _address(process: subprocess.Popen[bytes]) -> str:
    """From the line that devorg prints when it serves."""
    assert process.stdout is not None
    words = process.stdout.readline().decode().split()
    if words[:2] != ["devorg", "ready"]:
        raise RuntimeError("devorg did not start")
    return words[2]
