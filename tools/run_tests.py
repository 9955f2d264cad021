"""The command behind `make test`: the parts side by side, the time of each, one line of totals.

Each part is a process group of its own, with its output in `.inlay-test/logs/<part>.log`. The run
fails when a test fails, when a part runs no test, when it leaves a process behind, and when a test
is skipped that ALLOWED_SKIPS does not excuse.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

from tools.test_parts import Group, Part, Result, read_counts

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".inlay-test"
#: Test names (`file::name`) that may be skipped, each with the reason a user would accept.
ALLOWED_SKIPS: Mapping[str, str] = {}
LONGEST_SECONDS = 30 * 60
#: Parts at a time, each with one worker on two cores: tests wait about half of their time.
LANES = 3
#: Where Linux keeps files in memory, and how much must be free: a commit there waits for no disk.
MEMORY = Path("/dev/shm")  # noqa: S108  # only a folder of our own in it is used
_ENOUGH = 4 * 2**30
#: The Salesforce org in a box is a package apart: those who work on Inlay need not wait for it.
DEVORG = ("tests/devorg", "tests/contract")
_SHOWN_LINES = 300
_SHOWN_COLUMNS = 300


def parts(cores: int, *, fast: bool = False) -> dict[str, Part]:
    """The parts by name, longest first; ``LANES`` run at a time."""
    # tests wait about half of their time: one worker more than there are cores
    workers = cores + 1 if fast else max(1, cores // 2)
    unit = "not e2e and not sfdx and not slow" if fast else "not e2e and not sfdx"
    pytest = ["-m", "pytest", "-q", "--durations=10", *([f"-n{workers}"] if workers > 1 else [])]
    apart = [f"--ignore={folder}" for folder in DEVORG]
    return {
        "e2e": Part("e2e", [*pytest[:4], "-m", "e2e", *apart], {}),
        "unit-postgresql": Part(
            "unit-postgresql",
            [*pytest, "-m", "data and not e2e"],
            {"INLAY_TEST_DATABASE": "postgresql"},
        ),
        "unit-sqlite": Part(
            "unit-sqlite",
            [*pytest, "-m", unit, *apart],
            {"INLAY_TEST_DATABASE": "sqlite"},
        ),
        "devorg": Part("devorg", [*pytest, *DEVORG], {}),
        "sfdx": Part("sfdx", ["-m", "tools.sfdx"], {}),
        "checks": Part("checks", ["-m", "tools.check"], {}),
    }


def run(part: Part, folder: Path, limit: float = LONGEST_SECONDS) -> Result:
    """Run one part to its end, or to the limit in seconds."""
    log, report = folder / "logs" / f"{part.name}.log", folder / f"{part.name}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, *part.arguments]
    if part.is_pytest:
        command.append(f"--junitxml={report}")
    begun = time.monotonic()
    with log.open("wb") as output:
        group = Group.start(
            command, cwd=ROOT, env={**os.environ, **part.environment}, output=output
        )
        code = group.wait(limit)
    leftover = group.end()
    text = log.read_text(encoding="utf-8", errors="replace")
    counts = read_counts(report if part.is_pytest else None, text)
    problems = _problems(code, leftover, counts.skipped_names, limit)
    return Result(part.name, code, time.monotonic() - begun, counts, problems, log)


def _problems(
    code: int | None, leftover: bool, skipped: tuple[str, ...], limit: float
) -> tuple[str, ...]:
    found = []
    if code is None:
        found.append(f"did not end within {limit:.0f} s")
    if leftover:
        found.append("left a process behind")
    found += [f"skipped: {name}" for name in skipped if name not in ALLOWED_SKIPS]
    return tuple(found)


def main(arguments: list[str] | None = None) -> int:
    """Run the named parts, or all of them; 0 when everything passed."""
    known = list(parts(1))
    parser = argparse.ArgumentParser(description="Run Inlay's tests.")
    parser.add_argument("names", nargs="*", metavar="part", help=", ".join(known))
    parser.add_argument("--fast", action="store_true", help="leave out what is slow")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in known]
    if unknown:
        parser.error(f"no part is called {unknown[0]}; there are {', '.join(known)}")
    available = parts(os.cpu_count() or 2, fast=options.fast)
    wanted = [part for name, part in available.items() if name in (options.names or known)]
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "logs").mkdir(parents=True)
    with scratch() as folder:
        os.environ["TMPDIR"] = str(folder)
        return report_on(run_all(wanted))


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for what the parts write and nobody looks at; in memory where there is room."""
    is_roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > _ENOUGH
    with tempfile.TemporaryDirectory(
        prefix="inlay-", dir=MEMORY if is_roomy else None, ignore_cleanup_errors=True
    ) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL, which refuses root, comes through to its own folder
        yield Path(folder)


def run_all(wanted: list[Part]) -> list[Result]:
    """Run ``LANES`` parts at a time; what each did wrong is printed when it ends."""
    results = []
    with ThreadPoolExecutor(LANES) as pool:
        futures = [pool.submit(run, part, FOLDER) for part in wanted]
        try:
            for future in as_completed(futures):
                results.append(future.result())
                show(results[-1])
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            Group.end_all()
            raise
    return results


def show(result: Result) -> None:
    """One line when a part ended; its output too when it did not pass."""
    print(
        f"{result.name}: {'ok' if result.passed else 'FAILED'} in {result.seconds:.1f} s",
        flush=True,
    )
    if result.passed:
        return
    lines = result.log.read_text(encoding="utf-8", errors="replace").splitlines()
    if len(lines) > _SHOWN_LINES:
        print(f"… {len(lines) - _SHOWN_LINES} lines before, in {result.log.relative_to(ROOT)}")
    print("\n".join(f"  {line[:_SHOWN_COLUMNS]}" for line in lines[-_SHOWN_LINES:]))
    for problem in result.problems:
        print(f"  {result.name}: {problem}")
    sys.stdout.flush()


def report_on(results: list[Result]) -> int:
    """Print the table and the totals; 0 when everything passed."""
    print(f"\n{'part':<16} {'passed':>6} {'failed':>6} {'skipped':>7} {'seconds':>8}")
    for result in results:
        counts = result.counts
        failed = max(counts.failed, 0 if result.passed else 1)
        row = f"{result.name:<16} {counts.passed:>6} {failed:>6} {counts.skipped:>7}"
        print(f"{row} {result.seconds:>8.1f}")
    passed = sum(result.counts.passed for result in results)
    failed = sum(max(r.counts.failed, 0 if r.passed else 1) for r in results)
    skipped = sum(result.counts.skipped for result in results)
    print(f"\n{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
