"""`python -m devorg`: one org, served until SIGTERM or Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

from devorg.application import create_org_app
from devorg.config import read_command
from devorg.errors import ConfigError
from devorg.server import RunningOrg


def main() -> int:
    """Serve; the exit code: 0 after a clean stop, 2 for settings that cannot be used."""
    try:
        command = read_command(sys.argv[1:], os.environ)
    except ConfigError as error:
        print(f"devorg: {error.message}", file=sys.stderr)
        return 2
    try:
        served = RunningOrg(create_org_app(command.org), command.host, command.port)
    except OSError as error:
        print(f"devorg: cannot listen on port {command.port}: {error}", file=sys.stderr)
        return 2

    def stop(_number: int, _frame: FrameType | None) -> None:
        # `stop` waits for the serving loop, which this handler interrupts: another thread.
        threading.Thread(target=served.stop, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    print(f"devorg ready {served.url}", flush=True)
    served.serve()
    served.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
