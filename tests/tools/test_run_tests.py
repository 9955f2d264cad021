"""`make test`: parts are counted truly, and nothing that went wrong is passed over."""

from __future__ import annotations

import os
import sys
import textwrap
from pathlib import Path

import psutil
import pytest

from tools import check, run_tests
from tools.test_parts import Counts, Part, Result, read_counts

REPORT = """
<testsuites><testsuite>
  <testcase classname="tests.a" name="good"/>
  <testcase classname="tests.a" name="bad"><failure message="no"/></testcase>
  <testcase classname="tests.a" name="broken"><error message="no"/></testcase>
  <testcase classname="tests.a" name="left_out"><skipped message="later"/></testcase>
</testsuite></testsuites>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "logs").mkdir()
    return tmp_path


def python(code: str) -> Part:
    return Part("checks", ["-c", textwrap.dedent(code)])


def pytest_part(folder: Path, tests: str) -> Part:
    """Runs tests of its own, without this project's configuration."""
    file = folder / "test_these.py"
    file.write_text(textwrap.dedent(tests), encoding="utf-8")
    options = ["-q", "-p", "no:cacheprovider", "-c", os.devnull, f"--rootdir={folder}"]
    return Part("unit", ["-m", "pytest", *options, str(file)])


def test_a_report_is_counted(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT, encoding="utf-8")
    assert read_counts(report, "") == Counts(1, 2, ("tests.a::left_out",))


def test_a_report_that_was_not_written_counts_nothing(tmp_path: Path) -> None:
    assert read_counts(tmp_path / "none.xml", "5 passed, 0 failed") == Counts()


def test_the_last_totals_of_an_output_count() -> None:
    assert read_counts(None, "1 passed, 1 failed\nmore\n6 passed, 0 failed\n") == Counts(6, 0)


def test_a_part_that_passes(folder: Path) -> None:
    result = run_tests.run(pytest_part(folder, "def test_one(): pass"), folder)
    assert result.passed
    assert result.counts == Counts(1, 0)


def test_a_part_that_fails(folder: Path) -> None:
    result = run_tests.run(pytest_part(folder, "def test_one(): assert False"), folder)
    assert not result.passed
    assert result.counts == Counts(0, 1)
    assert "def test_one" in result.log.read_text(encoding="utf-8")


def test_a_part_that_ran_no_test_has_not_passed(folder: Path) -> None:
    assert not run_tests.run(pytest_part(folder, ""), folder).passed
    assert not run_tests.run(python("print('0 passed, 0 failed')"), folder).passed


SKIPPING = """
    import pytest
    def test_one(): pass
    @pytest.mark.skip(reason="later")
    def test_two(): pass
"""


def test_a_skip_without_a_reason_that_counts_fails_the_part(folder: Path) -> None:
    result = run_tests.run(pytest_part(folder, SKIPPING), folder)
    assert result.problems == ("skipped: test_these::test_two",)
    assert not result.passed


def test_a_skip_that_is_allowed_is_counted_and_passes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = {"test_these::test_two": "needs a machine that nobody has"}
    monkeypatch.setattr(run_tests, "ALLOWED_SKIPS", allowed)
    result = run_tests.run(pytest_part(folder, SKIPPING), folder)
    assert result.passed
    assert result.counts.skipped == 1


@pytest.mark.slow
def test_a_part_that_leaves_a_process_behind_fails_and_the_process_ends(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.test_parts._LINGER_SECONDS", 0.5)
    code = """
        import subprocess, sys
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        print(f"child {child.pid}\\n1 passed, 0 failed")
    """
    result = run_tests.run(python(code), folder)
    assert result.problems == ("left a process behind",)
    pid = int(result.log.read_text(encoding="utf-8").split()[1])
    gone = not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    assert gone


def test_a_part_that_does_not_end_is_ended(folder: Path) -> None:
    result = run_tests.run(python("import time; time.sleep(60)"), folder, limit=0.5)
    assert result.problems == ("did not end within 0 s",)
    assert result.code is None


def result(name: str, code: int, passed: int, failed: int) -> Result:
    return Result(name, code, 1.0, Counts(passed, failed), (), Path(os.devnull))


def test_the_last_line_has_the_totals(capsys: pytest.CaptureFixture[str]) -> None:
    parts = [result("unit", 0, 10, 0), result("e2e", 1, 2, 3)]
    assert run_tests.report_on(parts) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "12 passed, 3 failed"


def test_a_part_that_broke_before_it_counted_is_one_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_tests.report_on([result("unit", 0, 10, 0), result("e2e", 2, 0, 0)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "10 passed, 1 failed"


def test_all_passed_is_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_tests.report_on([result("unit", 0, 10, 0)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "10 passed, 0 failed"


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(SystemExit):
        run_tests.main(["nonsense"])
    assert check.main(["nonsense"]) == 2


def test_a_check_says_what_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(check.CHECKS, "bad", ["-c", "print('the reason'); raise SystemExit(1)"])
    outcome = check.run_check("bad")
    assert (outcome.passed, outcome.output) == (False, "the reason\n")


def test_the_fast_run_needs_python_alone() -> None:
    fast = run_tests.parts(2, fast=True)["unit-sqlite"]
    assert "not e2e and not sfdx and not slow" in fast.arguments
    assert fast.environment == {"INLAY_TEST_DATABASE": "sqlite"}
    assert sys.executable not in fast.arguments
