"""The demo as `make demo` runs it, in a folder and on ports of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import psutil

from tests.e2e.org import Org
from tests.e2e.processes import Program, until
from tests.support.ports import free_port


class Demo:
    """One folder with its ports; may be started and stopped several times."""

    def __init__(
        self, folder: Path, variables: Mapping[str, str] | None = None, *, is_empty: bool = False
    ) -> None:
        self.folder = folder
        self.is_empty = is_empty
        self.home = folder / "home"
        self.variables = {
            "INLAY_HOME": str(self.home),
            "INLAY_PORT": str(free_port()),
            "DEVORG_PORT": str(free_port()),
            **(variables or {}),
        }
        self._program: Program | None = None
        self._starts = 0

    def start(self, seconds: float = 110) -> float:
        """Start it and wait for the line with `ready`; how many seconds that took."""
        self._program = self.launch()
        return self._program.wait_for(
            lambda: " ready" in self.output, seconds, "the demo says that it is ready"
        )

    def launch(self) -> Program:
        """Start the command alone."""
        self._starts += 1
        log = self.folder / f"demo-{self._starts}.log"
        how = ["--empty"] if self.is_empty else []
        return Program(["-m", "tools.demo", *how], self.variables, log)

    @property
    def program(self) -> Program:
        """The supervisor that runs."""
        assert self._program is not None, "the demo was not started"
        return self._program

    @property
    def output(self) -> str:
        """What the supervisor printed since it was started."""
        return self.program.output

    @property
    def facts(self) -> dict[str, Any]:
        """demo.json."""
        text = (self.home / "demo.json").read_text(encoding="utf-8")
        return cast("dict[str, Any]", json.loads(text))

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of the parts, as demo.json tells them."""
        return cast("dict[str, int]", self.facts["pids"])

    @property
    def org(self) -> Org:
        """The org in a box."""
        return Org(self.facts["devorg_url"])

    def processes(self) -> list[psutil.Process]:
        """The supervisor and all that it started."""
        supervisor = psutil.Process(self.program.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def stop(self) -> None:
        """SIGTERM; fails when it complains or leaves a process behind."""
        running = self.processes()
        assert self.program.stop() == 0, self.output
        _, alive = psutil.wait_procs(running, timeout=30)
        assert not alive, f"left behind: {alive}"
        assert not (self.home / "demo.json").exists()

    def abandon(self) -> None:
        """End whatever still runs, after a test that failed."""
        if self._program is not None and self._program.process.poll() is None:
            self._program.stop()

    def kill_part(self, name: str) -> float:
        """SIGKILL a part; seconds until demo.json names a new process for it."""
        old = self.pids[name]
        psutil.Process(old).kill()
        return until(lambda: self.pids.get(name, old) != old, 60, f"{name} is started again")
