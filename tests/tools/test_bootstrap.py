"""`make setup`: an environment is made once per lock, and later runs need no network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import bootstrap


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    folder = tmp_path / "requirements"
    folder.mkdir()
    (folder / "dev.txt").write_text("# everything\n", encoding="utf-8")
    (folder / "runtime.txt").write_text("# what runs\n", encoding="utf-8")
    return folder / "runtime.txt"


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A folder that looks like an environment of this Python."""
    made = tmp_path / "venv"
    python = bootstrap.environment_python(made)
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    return made


def stamp(environment: Path, lock: Path) -> None:
    text = bootstrap.lock_digest(lock)
    (environment / bootstrap.STAMP).write_text(text, encoding="utf-8")


def test_an_environment_without_a_stamp_is_not_current(environment: Path, lock: Path) -> None:
    assert not bootstrap.holds(environment, lock)


def test_a_stamped_environment_is_current_until_the_lock_changes(
    environment: Path, lock: Path
) -> None:
    stamp(environment, lock)
    assert bootstrap.holds(environment, lock)
    lock.write_text("# something else\n", encoding="utf-8")
    assert not bootstrap.holds(environment, lock)


def test_a_lock_with_other_line_ends_is_the_same_lock(lock: Path) -> None:
    before = bootstrap.lock_digest(lock)
    lock.write_bytes(lock.read_bytes().replace(b"\n", b"\r\n"))
    assert bootstrap.lock_digest(lock) == before


def test_the_development_lock_holds_the_runtime_lock(environment: Path, lock: Path) -> None:
    stamp(environment, lock.with_name("dev.txt"))
    assert bootstrap.holds(environment, lock)


def test_the_runtime_lock_does_not_hold_the_development_lock(environment: Path, lock: Path) -> None:
    stamp(environment, lock)
    assert not bootstrap.holds(environment, lock.with_name("dev.txt"))


def test_an_environment_whose_python_is_gone_is_not_current(environment: Path, lock: Path) -> None:
    stamp(environment, lock)
    bootstrap.environment_python(environment).unlink()
    assert not bootstrap.holds(environment, lock)
    assert not bootstrap.can_be_kept(environment, None)


def test_a_python_that_was_asked_for_and_is_too_old_is_refused(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\necho 3 9\n", encoding="utf-8")
    old.chmod(0o755)
    with pytest.raises(bootstrap.SetupError, match=r"is not a Python 3\.11 to 3\.14"):
        bootstrap.find_python(str(old))


def test_no_python_at_all_is_said_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    with pytest.raises(bootstrap.SetupError, match="make doctor"):
        bootstrap.find_python(None)


def test_the_python_inside_an_environment_leads_to_the_one_outside() -> None:
    found = bootstrap.find_python(sys.executable)
    prefix = [found, "-c", "import sys; print(sys.prefix == sys.base_prefix)"]
    assert subprocess.run(prefix, capture_output=True, text=True).stdout.strip() == "True"


@pytest.mark.slow
def test_it_makes_a_working_environment_and_then_has_nothing_to_do(
    tmp_path: Path, lock: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "made"
    arguments = ["--environment", str(made), "--lock", str(lock), "--python", sys.executable]
    assert bootstrap.main(arguments) == 0
    python = str(bootstrap.environment_python(made))
    assert subprocess.run([python, "-c", "import pip"], env={**os.environ}).returncode == 0
    capfd.readouterr()
    assert bootstrap.main(arguments) == 0
    assert capfd.readouterr().out == ""


@pytest.mark.slow
def test_a_failed_installation_is_not_stamped(tmp_path: Path, lock: Path) -> None:
    lock.write_text("inlay-no-such-package==1.0\n", encoding="utf-8")  # no hash: refused unasked
    made = tmp_path / "made"
    assert bootstrap.main(["--environment", str(made), "--lock", str(lock)]) == 1
    assert not bootstrap.holds(made, lock)
