"""gunicorn.conf.py: who can reach the server, and what it leaves on the machine."""

from __future__ import annotations

import runpy
import stat
from pathlib import Path
from typing import Any

import pytest

CONF = Path(__file__).resolve().parents[2] / "gunicorn.conf.py"


@pytest.fixture
def conf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Reads the file with these variables; everything it makes lies in the test's folder."""

    def read(**variables: str) -> dict[str, Any]:
        for name in ("PORT", "INLAY_PORT", "INLAY_BIND"):
            monkeypatch.delenv(name, raising=False)
        given = {
            "INLAY_HOME": str(tmp_path / "home"),
            "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "home" / "metrics"),
        }
        for name, value in (given | variables).items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(CONF))

    return read


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "127.0.0.1:8000"),
        ({"INLAY_PORT": "8100"}, "127.0.0.1:8100"),
        ({"PORT": "5000", "INLAY_PORT": "8100"}, "0.0.0.0:5000"),  # as platforms want
        ({"PORT": "5000", "INLAY_BIND": "unix:/run/inlay.sock"}, "unix:/run/inlay.sock"),
    ],
)
def test_only_a_platform_opens_the_server_to_the_network(
    conf: Any, variables: dict[str, str], expected: str
) -> None:
    assert conf(**variables)["bind"] == expected


def test_two_instances_share_no_socket(conf: Any) -> None:
    assert conf()["control_socket_disable"] is True


def test_old_metrics_go_and_what_else_is_there_stays(conf: Any, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    for name in ("counter_12.db", "somebody.else"):
        (shared / name).touch()
    conf(PROMETHEUS_MULTIPROC_DIR=str(shared))["on_starting"](None)
    assert [file.name for file in shared.iterdir()] == ["somebody.else"]
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700
