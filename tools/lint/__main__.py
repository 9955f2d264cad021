"""The command `python -m tools.lint`: all rules on all files."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.lint import doors, shape, tenancy
from tools.lint.source import Problem, read

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("app", "canvas", "devorg", "migrations", "tools", "tests", "benchmarks", "wsgi.py")
RULES = (tenancy.problems, doors.problems, shape.problems)


def find(root: Path) -> list[Problem]:
    """Every problem in the project, in order."""
    present = tuple(folder for folder in FOLDERS if (root / folder).exists())
    found = [
        problem for source in read(root, present) for rule in RULES for problem in rule(source)
    ]
    return sorted(found)


def main() -> int:
    """Print the problems; 1 when there are any."""
    found = find(ROOT)
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
