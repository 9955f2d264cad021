"""One long-running part of the demo: how it is started, when it is ready, how it is ended."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tools.demo.guardian import send

#: Asked again and again while a part starts.
Ready = Callable[[], bool]


@dataclass(frozen=True)
class Part:
    """What to run.

    Attributes:
        ready: Whether it can be used; asked only while it runs.
        stop_rank: Parts are stopped by rank, lowest first; a rank is stopped when the one before
            has ended.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    ready: Ready = lambda: True
    stop_rank: int = 0


class Running:
    """A started part, in a process group of its own.

    With `keep_output` its standard output is kept for `output()` instead of going to the log.
    """

    def __init__(self, part: Part, log: Path, cwd: Path, *, keep_output: bool = False) -> None:
        self.part = part
        self.log = log
        self.started_at = time.monotonic()
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                part.command,
                cwd=cwd,
                env=dict(part.environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if keep_output else output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops in order
            )

    @property
    def pid(self) -> int:
        """Of its first process, which is its group as well."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def output(self) -> str:
        """What it printed, when that was kept: all of it, once it has ended."""
        if self._process.stdout is None:
            return ""
        with self._process.stdout as stream:
            return stream.read().decode("utf-8", errors="replace")

    def seconds(self) -> float:
        """How long ago it was started."""
        return time.monotonic() - self.started_at

    def ask_to_end(self) -> None:
        """SIGTERM, to its first process alone: it knows how to end its own."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def make_end(self) -> None:
        """SIGKILL to all that is left of the group."""
        send(self.pid, signal.SIGKILL)
        self._process.wait()


def answers(url: str, seconds: float = 2.0) -> Ready:
    """Ready when a GET of this address is answered with 200."""
    parts = urlsplit(url)

    def ask() -> bool:
        connection = http.client.HTTPConnection(parts.netloc, timeout=seconds)
        try:
            connection.request("GET", parts.path or "/")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ask


def lasts(seconds: float) -> Ready:
    """Ready when it still runs this long after it was first asked: for parts without an address."""
    first: list[float] = []

    def ask() -> bool:
        first.append(time.monotonic())
        return first[-1] - first[0] >= seconds

    return ask


def describe_exit(code: int) -> str:
    """An exit code in words."""
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def python_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What a Python part needs besides: output that reaches the log at once."""
    return {**environment, "PYTHONUNBUFFERED": "1", "PATH": environment.get("PATH", os.defpath)}
