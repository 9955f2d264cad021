"""Make the virtual environment that every other command runs in.

Standard library only, since it runs before anything is installed. The packages come from a lock
file with hashes; a stamp in the environment remembers which lock it holds, so that a later run
downloads nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
STAMP = "inlay-lock.sha256"
OLDEST, NEWEST = (3, 11), (3, 14)


class SetupError(Exception):
    """The environment cannot be made; the text says what to do."""


def environment_python(environment: Path) -> Path:
    """The interpreter inside a virtual environment, on this system."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def python_version(command: str) -> tuple[int, int] | None:
    """The (major, minor) of an interpreter, or None when it does not run."""
    answer = _ask(command, "import sys; print(*sys.version_info[:2])")
    return (int(answer.split()[0]), int(answer.split()[1])) if answer else None


def base_interpreter(command: str) -> str:
    """The interpreter behind a virtual environment; itself when there is none."""
    return _ask(command, "import sys; print(getattr(sys, '_base_executable', '') or '')") or command


def _ask(command: str, code: str) -> str:
    """What an interpreter prints for a line of code; empty when it does not run."""
    try:
        answer = subprocess.run(
            [command, "-c", code], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()


def is_supported(version: tuple[int, int] | None) -> bool:
    """Whether Inlay runs on this Python version."""
    return version is not None and OLDEST <= version <= NEWEST


def can_make_environments(command: str) -> bool:
    """Whether the interpreter brings venv and ensurepip (Debian packages them apart)."""
    return _ask(command, "import venv, ensurepip; print('yes')") == "yes"


def find_python(asked: str | None) -> str:
    """The interpreter to build on: the one asked for, else the newest supported one on PATH.

    Raises SetupError when there is none.
    """
    if asked:
        if not is_supported(python_version(asked)):
            raise SetupError(f"PYTHON={asked} is not a Python {_range()}.")
        return base_interpreter(asked)
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    for name in [*names, "python3", "python", sys.executable]:
        path = shutil.which(name)
        if path and is_supported(python_version(path)) and can_make_environments(path):
            return base_interpreter(path)
    raise SetupError(f"No Python {_range()} with venv was found. `make doctor` says how to get it.")


def lock_digest(lock: Path) -> str:
    """What the stamp holds: the lock's name and content, however its lines end."""
    content = lock.read_bytes().replace(b"\r\n", b"\n")
    return f"{lock.name} {hashlib.sha256(content).hexdigest()}"


def holds(environment: Path, lock: Path) -> bool:
    """Whether the environment holds this lock already, or the development lock that has it all."""
    stamp = environment / STAMP
    if not stamp.is_file() or not environment_python(environment).exists():
        return False
    whole = lock.with_name("dev.txt")
    return stamp.read_text(encoding="utf-8") in {lock_digest(lock), lock_digest(whole)}


def can_be_kept(environment: Path, asked: str | None) -> bool:
    """Whether its interpreter still works and is the version that was asked for."""
    version = python_version(str(environment_python(environment)))
    return is_supported(version) and (not asked or version == python_version(asked))


def install(environment: Path, lock: Path, asked: str | None) -> None:
    """Install the lock, in a new environment unless the old one can be kept; raises SetupError."""
    if not can_be_kept(environment, asked):
        base = find_python(asked)
        print(f"setup: creating {environment.name} with {base}", flush=True)
        command = [base, "-m", "venv", "--clear", str(environment)]
        _run(command, "create the virtual environment")
    print(f"setup: installing {lock.parent.name}/{lock.name}", flush=True)
    stamp = environment / STAMP
    stamp.unlink(missing_ok=True)
    pip = [str(environment_python(environment)), "-m", "pip", "install", "--quiet"]
    options = ["--disable-pip-version-check", "--require-hashes", "--no-deps"]
    _run([*pip, *options, "--only-binary=:all:", "-r", str(lock)], "install the locked packages")
    stamp.write_text(lock_digest(lock), encoding="utf-8")


def ensure(environment: Path, lock: Path, asked: str | None = None) -> bool:
    """Bring the environment up to the lock; True when something had to be done."""
    kept = not asked or can_be_kept(environment, asked)
    if kept and holds(environment, lock):
        return False
    install(environment, lock, asked)
    return True


def main(arguments: list[str] | None = None) -> int:
    """The command `make setup`."""
    parser = argparse.ArgumentParser(description="Make Inlay's virtual environment.")
    parser.add_argument("--python", default=os.environ.get("PYTHON") or None)
    parser.add_argument("--environment", type=Path, default=ROOT / ".venv")
    parser.add_argument("--lock", type=Path, default=LOCKS / "dev.txt")
    options = parser.parse_args(arguments)
    try:
        done = ensure(options.environment.absolute(), options.lock.absolute(), options.python)
    except SetupError as problem:
        print(f"setup: {problem}", file=sys.stderr)
        return 1
    if done:
        print("setup: done")
    return 0


def _range() -> str:
    return f"{OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}"


def _run(command: list[str], purpose: str) -> None:
    if subprocess.run(command).returncode:
        raise SetupError(f"Could not {purpose}; the reason stands above.")


if __name__ == "__main__":
    sys.exit(main())
