"""All static checks, side by side: `make check`. Every one is run, also after one has failed."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = ("app", "canvas", "devorg")
CHECKS: dict[str, list[str]] = {
    "ruff": ["-m", "ruff", "check", "--quiet", "."],
    "format": ["-m", "ruff", "format", "--quiet", "--check", "--diff", "."],
    "mypy": ["-m", "mypy", "--no-error-summary"],
    "doors": ["-c", "from importlinter.cli import lint_imports_command as run; run()"],
    "rules": ["-m", "tools.lint"],
    # B608 and B704 are asked by ruff (S608, S704), where each exception stands on its line
    "bandit": ["-m", "bandit", "-q", "-r", "--severity-level=medium", "--skip=B608,B704", *CODE],
}
_PARALLEL = 2


@dataclass(frozen=True)
class Outcome:
    """What one check said."""

    name: str
    passed: bool
    seconds: float
    output: str


def run_check(name: str) -> Outcome:
    """Run one check of CHECKS to its end."""
    begun = time.monotonic()
    command = [sys.executable, *CHECKS[name]]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return Outcome(name, done.returncode == 0, time.monotonic() - begun, done.stdout)


def main(names: list[str]) -> int:
    """Run the named checks, or all; 1 when one failed."""
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"check: no check is called {unknown[0]}; there are {', '.join(CHECKS)}.")
        return 2
    with ThreadPoolExecutor(_PARALLEL) as pool:
        outcomes = list(pool.map(run_check, names or CHECKS))
    for outcome in outcomes:
        verdict = "ok" if outcome.passed else "FAILED"
        print(f"{outcome.name:<8} {verdict:<6} {outcome.seconds:5.1f} s")
        if not outcome.passed:
            print(outcome.output.rstrip())
    passed = sum(outcome.passed for outcome in outcomes)
    print(f"{passed} passed, {len(outcomes) - passed} failed")
    return 0 if passed == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
