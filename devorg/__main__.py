"""`python -m devorg`: one org, served until SIGTERM or Ctrl-C."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import sys
import threading
from types import FrameType

from devorg.application import create_org_app
from devorg.config import Command, read_command
from devorg.errors import ConfigError, DevorgError
from devorg.org import org_of
from devorg.server import RunningOrg


def _start(command: Command) -> RunningOrg:
    """The org, listening. Raises ConfigError for what it cannot listen on or write to."""
    try:
        app = create_org_app(command.org)
    except (OSError, sqlite3.Error) as error:
        path = command.org.data_path
        raise ConfigError("data", f"cannot keep the org in {path}: {error}") from error
    try:
        return RunningOrg(app, command.host, command.port, tls=command.tls, names=command.tls_names)
    except OSError as error:
        org_of(app).close()
        where = f"{command.host}, port {command.port}"
        if error.errno == errno.EADDRINUSE:
            raise ConfigError("port", f"{where} is in use; choose another --port.") from error
        raise ConfigError("port", f"cannot listen on {where}: {error}") from error


def main() -> int:
    """Serve; the exit code: 0 after a clean stop, 2 for settings that cannot be used."""
    try:
        command = read_command(sys.argv[1:], os.environ)
    except ConfigError as error:
        print(f"devorg: {error.message}", file=sys.stderr)
        return 2
    try:
        served = _start(command)
    except DevorgError as error:
        print(f"devorg: {error.message}", file=sys.stderr)
        return 2

    def stop(_number: int, _frame: FrameType | None) -> None:
        # `stop` waits for the serving loop, which this handler interrupts: another thread.
        threading.Thread(target=served.stop, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    for each in served.org.given.skipped:
        print(f"devorg: left out: {each['name']} {each['reason']}", file=sys.stderr)
    print(f"devorg ready {served.url}", flush=True)
    if served.authority:
        print(f"devorg authority {served.authority}", flush=True)
    served.serve()
    served.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
