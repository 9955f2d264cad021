"""Ends the demo's parts when the supervisor is gone, even if it was killed with SIGKILL.

The supervisor writes one line per part, `+pid` or `-pid`, into this process's standard input. The
input ends when the supervisor does, however it does; then every process group that is still listed
is asked to end, and after a while made to. It also holds the folder's lock until that is done.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

GRACE_SECONDS = 25.0


class Guardian:
    """The supervisor's end: tells the guarding process which groups to look after."""

    def __init__(self, lock: IO[str] | None = None, grace: float = GRACE_SECONDS) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(Path(__file__)), str(grace)],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
            pass_fds=[lock.fileno()] if lock else [],
        )

    def watch(self, pid: int) -> None:
        """Look after a process group."""
        self._tell(f"+{pid}")

    def forget(self, pid: int) -> None:
        """It ended."""
        self._tell(f"-{pid}")

    def close(self) -> None:
        """Let the guardian end what is still listed, and wait for it."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it was made with a pipe
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()


def send(group: int, number: int) -> bool:
    """Signal a process group; False when nobody is left in it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def end(groups: set[int], grace: float) -> None:
    """SIGTERM to all groups, SIGKILL to those that are still there after the grace in seconds."""
    for group in groups:
        send(group, signal.SIGTERM)
    until = time.monotonic() + grace
    while groups and time.monotonic() < until:
        time.sleep(0.1)
        groups = {group for group in groups if send(group, 0)}
    for group in groups:
        send(group, signal.SIGKILL)


def main(grace: float) -> None:
    """Read lines until the supervisor is gone, then end what is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        pid = int(line[1:])
        if line.startswith("+"):
            groups.add(pid)
        else:
            groups.discard(pid)
    end(groups, grace)


if __name__ == "__main__":
    main(float(sys.argv[1]))
