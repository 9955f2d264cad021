"""A small program that stands in for a part of the demo; its first argument says how it behaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    behaviour, notes = sys.argv[1], Path(sys.argv[2])
    with notes.open("a", encoding="utf-8") as file:
        file.write(f"start {os.getpid()}\n")
    if behaviour == "fails":
        sys.stderr.write("cannot open the thing\n")
        sys.exit(3)
    if behaviour == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if behaviour == "with-child":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(120)"])
        with notes.open("a", encoding="utf-8") as file:
            file.write(f"child {child.pid}\n")
    if behaviour == "polite":
        signal.signal(signal.SIGTERM, lambda *_: stop(notes))
    write(notes, "ready")
    time.sleep(120)


def stop(notes: Path) -> None:
    write(notes, "stopped")
    sys.exit(0)


def write(notes: Path, line: str) -> None:
    with notes.open("a", encoding="utf-8") as file:
        file.write(f"{line} {os.getpid()}\n")


if __name__ == "__main__":
    main()
