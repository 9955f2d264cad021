"""The command behind `make demo`; `python -m tools.demo orgs list` asks what it made.

With `--empty` first: `make demo-empty`, without an org and without history, in a folder of its own.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tools.demo.errors import DemoError, StoppedError

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> int:
    """Run the demo until stopped: 0 after a stop that was asked for, 1 when it cannot run.

    With arguments: run `flask --app wsgi` with them on the demo's data, running or not.
    """
    if os.name == "nt":
        print("demo: gunicorn needs Unix; run this inside WSL (`wsl --install`).", file=sys.stderr)
        return 1
    from tools.demo import command  # imports modules that only Unix has
    from tools.demo.run import run

    try:
        is_empty = sys.argv[1:2] == ["--empty"]
        if arguments := sys.argv[2 if is_empty else 1 :]:
            command.become(ROOT, os.environ, arguments, is_empty=is_empty)
        run(ROOT, os.environ, is_empty=is_empty)
    except StoppedError:
        return 0
    except DemoError as problem:
        print(f"demo: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
