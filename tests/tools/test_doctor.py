"""`make doctor` names what is missing and the line that installs it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools import browser, doctor, systems

DOCTOR = Path(doctor.__file__)


@pytest.mark.slow
def test_what_runs_the_tests_is_found() -> None:
    findings = {finding.what: finding for finding in doctor.look()}
    assert findings["python"].ok
    assert findings["sqlite"].ok


@pytest.mark.slow
def test_it_runs_as_a_file_with_the_standard_library_alone() -> None:
    alone = [sys.executable, "-I", "-S", str(DOCTOR)]
    done = subprocess.run(alone, capture_output=True, text=True, env={**os.environ})
    assert "python" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_machine_without_anything_gets_the_lines_to_install_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(DOCTOR)],
        capture_output=True,
        text=True,
        env={"PATH": str(tmp_path), "INLAY_BROWSER": "no-browser"},
    )
    assert done.returncode == 1
    assert "INLAY_BROWSER=no-browser is no program" in done.stdout
    assert f"-> {systems.current().browser}" in done.stdout
    assert f"-> {systems.current().make}" in done.stdout
    assert f"-> {systems.current().node}" in done.stdout
    assert f"-> {systems.current().java}" in done.stdout
    assert "Missing: browser, npm, java." in done.stdout


def test_a_python_that_is_too_old_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON", str(tmp_path / "python2"))
    finding = doctor.python(systems.DEBIAN)
    assert (finding.ok, finding.remedy) == (False, systems.DEBIAN.python)


def test_a_port_in_use_is_noted_and_a_free_one_proposed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        taken = busy.getsockname()[1]
        finding = doctor.port("INLAY_PORT", str(taken), spare=taken)
    assert finding.ok is None
    assert "in use" in finding.detail
    assert f"INLAY_PORT={taken} " not in finding.remedy


@pytest.mark.slow
def test_two_ports_in_use_are_not_sent_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        for name in ("INLAY_PORT", "DEVORG_PORT"):
            monkeypatch.setenv(name, str(busy.getsockname()[1]))
        remedies = {one.what: one.remedy for one in doctor.look()}
    proposed = {remedies[name].split()[0].split("=")[1] for name in ("INLAY_PORT", "DEVORG_PORT")}
    assert len(proposed) == 2


def test_a_folder_is_looked_at_before_it_is_made(tmp_path: Path) -> None:
    assert doctor.home(tmp_path / "not" / "there").ok
    assert not (tmp_path / "not").exists()
    (tmp_path / "file").touch()
    assert doctor.home(tmp_path / "file" / "home").ok is False


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        ('ID=debian\nVERSION_ID="12"\n', systems.DEBIAN),
        ("ID=ubuntu\nID_LIKE=debian\n", systems.UBUNTU),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', systems.UBUNTU),
        ("ID=fedora\n", systems.FEDORA),
        ('ID="rocky"\nID_LIKE="rhel centos fedora"\n', systems.FEDORA),
        ("ID=manjaro\nID_LIKE=arch\n", systems.ARCH),
        ("ID=alpine\n", systems.ALPINE),
        ("ID=haiku\n", systems.OTHER),
    ],
)
def test_a_system_is_known_by_its_release_file(release: str, expected: systems.System) -> None:
    assert systems.of_release(release) == expected


def test_windows_is_sent_to_wsl() -> None:
    finding = doctor.platform_of_processes(systems.WINDOWS)
    assert (finding.ok, finding.remedy) == (False, "wsl --install")


def test_a_browser_is_taken_from_the_variable_first(tmp_path: Path) -> None:
    own = tmp_path / "my-browser"
    own.write_text("", encoding="utf-8")
    own.chmod(0o755)
    assert browser.find({"INLAY_BROWSER": str(own), "PATH": os.defpath}) == str(own)


def test_a_browser_is_found_where_macos_and_windows_keep_it(tmp_path: Path) -> None:
    for variable, place in (
        ("HOME", "Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
        ("PROGRAMFILES", "Microsoft/Edge/Application/msedge.exe"),
    ):
        program = tmp_path / variable / place
        program.parent.mkdir(parents=True)
        program.touch()
        environ = {"PATH": str(tmp_path / "nothing"), variable: str(tmp_path / variable)}
        assert browser.find(environ) == str(program)


def test_no_browser_is_said(tmp_path: Path) -> None:
    with pytest.raises(browser.NoBrowserError, match="INLAY_BROWSER can name one"):
        browser.find({"PATH": str(tmp_path)})
