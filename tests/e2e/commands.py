"""Runs several `flask --app wsgi …` commands in one process: loading the app is what takes time.

`python -m tests.e2e.commands '[["upgrade"], ["orgs", "list"]]'`
"""

from __future__ import annotations

import json
import sys

from wsgi import app


def main(commands: list[list[str]]) -> int:
    """Run them in turn, and print what they print; stop at the first that fails."""
    runner = app.test_cli_runner()
    for command in commands:
        done = runner.invoke(args=command)
        if done.exit_code:
            print(command, done.output, done.exception)  # noqa: T201
            return 1
        print(done.output, end="")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
