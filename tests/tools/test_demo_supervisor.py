"""The demo's supervisor, with small programs as its parts: real processes, real signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from tests.support.waiting import wait_until
from tools.demo.errors import DemoError, StoppedError
from tools.demo.guardian import Guardian
from tools.demo.home import Home
from tools.demo.part import Part, lasts
from tools.demo.supervisor import Pace, Supervisor

STAND_IN = Path(__file__).with_name("stand_in.py")
ROOT = STAND_IN.parent.parent.parent
QUICK = Pace(look=0.02, start=60, task=60, grace=60, first_pause=0.05, longest_pause=0.2)


def notes_of(path: Path) -> list[tuple[str, int]]:
    if not path.exists():
        return []
    pairs = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return [(word, int(pid)) for word, pid in pairs]


class Stage:
    """A supervisor with its folder, and what it said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.changes: list[dict[str, int]] = []
        self.home = Home(folder / "home")
        self.lock = self.home.lock()
        self.guardian = Guardian(grace=1)
        self.supervisor = Supervisor(
            self.home,
            self.guardian,
            folder,
            say=self.said.append,
            changed=self.changes.append,
            pace=QUICK,
        )

    def part(self, name: str, behaviour: str = "polite", **options: int) -> Part:
        notes = self.notes_file(name)
        command = (sys.executable, str(STAND_IN), behaviour, str(notes))
        ready = lambda: any(word == "ready" for word, _ in notes_of(notes))  # noqa: E731
        return Part(name, command, dict(os.environ), ready, options.get("stop_rank", 0))

    def notes_file(self, name: str) -> Path:
        return self.folder / f"{name}.notes"

    def pids(self, name: str, word: str) -> list[int]:
        return [pid for said, pid in notes_of(self.notes_file(name)) if said == word]

    def watch_while(self, act: Callable[[], None]) -> None:
        """Watch on this thread; another one acts, then asks to stop as Ctrl-C does."""

        def act_and_stop() -> None:
            try:
                act()
            finally:
                os.kill(os.getpid(), signal.SIGINT)

        actor = threading.Thread(target=act_and_stop)
        actor.start()
        self.supervisor.watch()
        actor.join()

    def close(self) -> None:
        self.supervisor.stop()
        self.guardian.close()
        self.lock.close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    opened = Stage(tmp_path)
    opened.supervisor.stop_on_signals()
    yield opened
    opened.close()
    for number, handler in before.items():
        signal.signal(number, handler)


def test_parts_are_ready_when_starting_returns(stage: Stage) -> None:
    stage.supervisor.start_all([stage.part("web"), stage.part("worker")])
    assert stage.pids("web", "ready") == [stage.supervisor.pids["web"]]
    assert stage.pids("worker", "ready") == [stage.supervisor.pids["worker"]]


def test_a_part_that_fails_to_start_is_shown_with_its_log(stage: Stage) -> None:
    with pytest.raises(DemoError) as failure:
        stage.supervisor.start_all([stage.part("web", "fails")])
    assert "web ended with exit code 3" in str(failure.value)
    assert "cannot open the thing" in str(failure.value)


def test_a_part_that_is_never_ready_is_given_up(stage: Stage) -> None:
    part = stage.part("web")
    never = Part(part.name, part.command, part.environment, ready=lambda: False)
    supervisor = Supervisor(stage.home, stage.guardian, stage.folder, pace=Pace(start=0.3))
    with pytest.raises(DemoError, match="web is not ready after"):
        supervisor.start_all([never])
    supervisor.stop()


def test_a_part_that_died_is_started_again(stage: Stage) -> None:
    stage.supervisor.start_all([stage.part("web")])
    first = stage.supervisor.pids["web"]

    def kill() -> None:
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: len(stage.pids("web", "ready")) == 2)

    stage.watch_while(kill)
    second = stage.pids("web", "ready")[1]
    assert stage.changes == [{"web": second}]
    assert stage.said == ["web was ended by SIGKILL; starting it again in 0.05 s"]


def test_a_part_that_keeps_dying_is_started_ever_more_slowly(stage: Stage) -> None:
    failing = stage.part("worker", "fails")
    lasting = Part(failing.name, failing.command, failing.environment, ready=lambda: True)
    stage.supervisor.start_all([lasting])
    stage.watch_while(lambda: wait_until(lambda: len(stage.said) >= 5))
    pauses = [float(line.split()[-2]) for line in stage.said[:5]]
    assert pauses == [0.05, 0.1, 0.2, 0.2, 0.2]


def test_nothing_of_a_dead_part_is_left_when_it_is_started_again(stage: Stage) -> None:
    stage.supervisor.start_all([stage.part("web", "with-child")])
    child = stage.pids("web", "child")[0]

    def kill() -> None:
        os.kill(stage.supervisor.pids["web"], signal.SIGKILL)
        wait_until(lambda: len(stage.pids("web", "ready")) == 2)

    stage.watch_while(kill)
    assert not is_alive(child)


def test_stopping_asks_politely_and_in_order(stage: Stage) -> None:
    stage.supervisor.start_all([stage.part("devorg", stop_rank=1), stage.part("web")])
    pids = list(stage.supervisor.pids.values())
    stage.supervisor.stop()
    assert stage.pids("web", "stopped")
    assert stage.pids("devorg", "stopped")
    web, devorg = stage.notes_file("web"), stage.notes_file("devorg")
    assert web.stat().st_mtime_ns < devorg.stat().st_mtime_ns
    assert not any(is_alive(pid) for pid in pids)


def test_a_part_that_will_not_end_is_killed(stage: Stage) -> None:
    said: list[str] = []
    impatient = Supervisor(
        stage.home, stage.guardian, stage.folder, say=said.append, pace=replace(QUICK, grace=1)
    )
    impatient.start_all([stage.part("web", "stubborn")])
    pid = impatient.pids["web"]
    impatient.stop()
    assert said == ["web did not end within 1 s; killed"]
    assert not is_alive(pid)


def test_a_wish_to_stop_while_starting_is_heard(stage: Stage) -> None:
    part = stage.part("web")
    never = Part(part.name, part.command, part.environment, ready=lambda: False)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    with pytest.raises(StoppedError):
        stage.supervisor.start_all([never])
    timer.join()


def python_task(name: str, code: str) -> Part:
    return Part(name, (sys.executable, "-c", code), dict(os.environ))


def test_a_task_gives_its_output_which_no_log_keeps(stage: Stage) -> None:
    code = "import sys; print('the key'); print('a note', file=sys.stderr)"
    assert stage.supervisor.run_task(python_task("seed", code)) == "the key\n"
    log = (stage.home.path / "logs" / "seed.log").read_text(encoding="utf-8")
    assert log == "a note\n"


def test_a_task_that_fails_is_shown_with_its_log(stage: Stage) -> None:
    with pytest.raises(DemoError, match=r"(?s)upgrade ended with exit code 1.*no such table"):
        stage.supervisor.run_task(python_task("upgrade", "raise SystemExit('no such table')"))


def test_a_task_that_does_not_end_is_given_up(stage: Stage) -> None:
    supervisor = Supervisor(stage.home, stage.guardian, stage.folder, pace=Pace(task=0.3))
    with pytest.raises(DemoError, match="is not ready after"):
        supervisor.run_task(python_task("seed", "import time; time.sleep(60)"))


def test_a_part_without_an_address_is_ready_once_it_has_lasted() -> None:
    ready = lasts(0.5)
    assert not ready()
    wait_until(ready)


def test_parts_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    notes = tmp_path / "web.notes"
    supervisor = subprocess.Popen([sys.executable, "-c", OTHER_SUPERVISOR, str(tmp_path)], cwd=ROOT)
    wait_until(lambda: any(word == "ready" for word, _ in notes_of(notes)))
    pids = [pid for word, pid in notes_of(notes) if word in ("start", "child")]
    supervisor.kill()
    supervisor.wait()
    wait_until(lambda: not any(is_alive(pid) for pid in pids))
    wait_until(lambda: can_lock(tmp_path / "home"))


OTHER_SUPERVISOR = textwrap.dedent(
    f"""
    import os, sys
    from pathlib import Path
    from tools.demo.guardian import Guardian
    from tools.demo.home import Home
    from tools.demo.part import Part
    from tools.demo.supervisor import Supervisor
    folder = Path(sys.argv[1])
    home = Home(folder / "home")
    lock = home.lock()
    supervisor = Supervisor(home, Guardian(lock, grace=1), folder)
    command = (sys.executable, {str(STAND_IN)!r}, "with-child", str(folder / "web.notes"))
    supervisor.start_all([Part("web", command, dict(os.environ))])
    supervisor.watch()
    """
)


def can_lock(folder: Path) -> bool:
    try:
        Home(folder).lock().close()
    except DemoError:
        return False
    return True


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
