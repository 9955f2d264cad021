"""The command `make doctor`: what this machine lacks, and the line that installs it.

Standard library only, and it changes nothing: it runs before anything is downloaded.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":  # run as a file, before there is an environment to run modules in
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import bootstrap, browser, ports, systems

#: RETURNING, which the outbox needs, came with this version.
OLDEST_SQLITE = (3, 35, 0)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    `ok` is None when it is missing but not needed by every command.
    """

    what: str
    ok: bool | None
    detail: str
    remedy: str = ""


def look() -> Iterator[Finding]:
    """Everything, in the order in which it is needed."""
    system = systems.current()
    checks: tuple[Callable[[systems.System], Finding], ...] = (
        platform_of_processes, python, sqlite, browser_for_tests, wheels_for_tests, make,
        npm_for_package, java_for_package,
    )  # fmt: skip
    for check in checks:
        yield check(system)
    yield home(Path(os.environ.get("INLAY_HOME") or ".inlay").absolute())
    for name, fallback in (("INLAY_PORT", 8000), ("DEVORG_PORT", 8001)):
        yield port(name, os.environ.get(name) or str(fallback), spare=fallback + 100)


def platform_of_processes(system: systems.System) -> Finding:
    """gunicorn needs Unix."""
    if system is systems.WINDOWS:
        detail = "the server needs Unix: run the commands inside WSL"
        return Finding("system", False, detail, "wsl --install")
    return Finding("system", True, f"{system.name} ({platform.machine()})")


def python(system: systems.System) -> Finding:
    """A supported Python that can make virtual environments."""
    try:
        found = bootstrap.find_python(os.environ.get("PYTHON") or None)
    except bootstrap.SetupError as problem:
        return Finding("python", False, str(problem).split(" `make doctor`")[0], system.python)
    version = ".".join(map(str, bootstrap.python_version(found) or ()))
    return Finding("python", True, f"{version} with venv ({found})")


def sqlite(system: systems.System) -> Finding:
    """The SQLite library inside that Python."""
    try:
        command = bootstrap.find_python(os.environ.get("PYTHON") or None)
        code = "import sqlite3; print(sqlite3.sqlite_version)"
        asked = subprocess.run([command, "-c", code], capture_output=True, text=True, timeout=20)
        text = asked.stdout.strip()
    except (bootstrap.SetupError, OSError, subprocess.SubprocessError):
        text = sqlite3.sqlite_version
    version = tuple(int(part) for part in text.split(".") if part.isdigit())
    if version >= OLDEST_SQLITE:
        return Finding("sqlite", True, text)
    least = ".".join(map(str, OLDEST_SQLITE[:2]))
    return Finding("sqlite", False, f"{text or 'none'}; {least} is needed", system.python)


def browser_for_tests(system: systems.System) -> Finding:
    """A browser for the end-to-end tests; the demo opens in any browser of yours."""
    try:
        found = browser.find()
    except browser.NoBrowserError as problem:
        return Finding("browser", False, str(problem), system.browser)
    return Finding("browser", True, found)


def wheels_for_tests(system: systems.System) -> Finding:
    """PostgreSQL and Playwright come as wheels, which systems with musl have not."""
    if system.name != "Alpine":
        return Finding("wheels", True, f"{platform.system()} {platform.machine()}")
    detail = "`make demo` runs here; `make test` does not: PostgreSQL and Playwright need glibc"
    return Finding("wheels", None, detail, "use a Debian or Ubuntu machine for `make test`")


def make(system: systems.System) -> Finding:
    """GNU make, for the short commands."""
    found = shutil.which("make") or shutil.which("gmake")
    if found:
        return Finding("make", True, found)
    return Finding("make", None, "not found; CONTRIBUTING.md has the commands", system.make)


def home(folder: Path) -> Finding:
    """The demo's folder, or the nearest above it that is there: whether it can be written."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return Finding("INLAY_HOME", True, str(folder))
    detail = f"{folder} cannot be written"
    return Finding("INLAY_HOME", False, detail, "INLAY_HOME=~/inlay-demo make demo")


def npm_for_package(system: systems.System) -> Finding:
    """npm, which brings the tools that check the Salesforce package."""
    found = shutil.which("npm")
    if found:
        return Finding("npm", True, found)
    return Finding("npm", False, "not found; `make test` needs it once", system.node)


def java_for_package(system: systems.System) -> Finding:
    """Java, which Salesforce's type checker and analyzer run on."""
    found = shutil.which("java")
    if found:
        return Finding("java", True, found)
    return Finding("java", False, "not found; `make test` needs it", system.java)


def port(name: str, value: str, spare: int) -> Finding:
    """Whether a port of the demo is free; if not, one from `spare` on that is (of 100)."""
    if not value.isdigit() or not 0 < int(value) < 65536:
        return Finding(name, False, f"{value!r} is no port", f"{name}={spare} make demo")
    if ports.is_free(int(value)):
        return Finding(name, True, f"{value} is free")
    other = next((one for one in range(spare, spare + 100, 2) if ports.is_free(one)), spare)
    detail = f"{value} is in use (by the demo itself?)"
    return Finding(name, None, detail, f"{name}={other} make demo")


def main(arguments: list[str] | None = None) -> int:
    """Print what was found; 1 when something that is needed is missing."""
    argparse.ArgumentParser(description=main.__doc__).parse_args(arguments)
    findings = list(look())
    for finding in findings:
        sign = {True: "ok", None: "note", False: "MISSING"}[finding.ok]
        print(f"{finding.what:<12} {sign:<8} {finding.detail}")
        if finding.remedy:
            print(f"{'':<12} {'':<8} -> {finding.remedy}")
    missing = [finding.what for finding in findings if finding.ok is False]
    print(f"Missing: {', '.join(missing)}." if missing else "Everything that is needed is here.")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
