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
    code = "import sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [command, "-c", code], capture_output=True, text=True, timeout=20, check=True
        )
        major, minor = answer.stdout.split()
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return int(major), int(minor)


def is_supported(version: tuple[int, int] | None) -> bool:
    """Whether Inlay runs on this Python version."""
    return version is not None and OLDEST <= version <= NEWEST


def can_make_environments(command: str) -> bool:
    """Whether the interpreter brings venv and ensurepip (Debian packages them apart)."""
    check = subprocess.run([command, "-c", "import venv, ensurepip"], capture_output=True)
    return check.returncode == 0


def find_python(asked: str | None) -> str:
    """The interpreter to build on: the one asked for, else the newest supported one on PATH.

    Raises SetupError when there is none.
    """
    if asked:
        if not is_supported(python_version(asked)):
            raise SetupError(f"PYTHON={asked} is not a Python {_range()}.")
        return asked
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    for name in [*names, "python3", "python", sys.executable]:
        path = shutil.which(name)
        if path and is_supported(python_version(path)) and can_make_environments(path):
            return path
    raise SetupError(f"No Python {_range()} with venv was found. `make doctor` says how to get it.")


def lock_digest(lock: Path, python: Path) -> str:
    """What the stamp holds: the lock's content, and the interpreter it was installed for."""
    content = lock.read_bytes().replace(b"\r\n", b"\n")
    return f"{hashlib.sha256(content).hexdigest()} {lock.name} {python_version(str(python))}"


def is_current(environment: Path, lock: Path) -> bool:
    """Whether the environment already holds exactly this lock."""
    stamp, python = environment / STAMP, environment_python(environment)
    return (
        stamp.is_file()
        and python.exists()
        and stamp.read_text(encoding="utf-8") == lock_digest(lock, python)
    )


def install(environment: Path, lock: Path, asked: str | None) -> None:
    """Create the environment anew and install the lock into it; raises SetupError."""
    base = find_python(asked)
    print(f"setup: creating {environment.name} with {base}", flush=True)
    _run([base, "-m", "venv", "--clear", str(environment)], "create the virtual environment")
    python = environment_python(environment)
    print(f"setup: installing {lock.relative_to(lock.parent.parent)}", flush=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    options = ["--require-hashes", "--no-deps", "--only-binary", ":all:"]
    _run([*pip, *options, "-r", str(lock)], "install the locked packages")
    (environment / STAMP).write_text(lock_digest(lock, python), encoding="utf-8")


def ensure(environment: Path, lock: Path, asked: str | None = None) -> bool:
    """Bring the environment up to the lock; True when something had to be done."""
    if is_current(environment, lock):
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
