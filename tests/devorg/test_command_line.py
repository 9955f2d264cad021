"""`python -m devorg`: settings, the ready line, data that stays, a clean stop."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from devorg.config import read_command
from devorg.errors import ConfigError


def test_a_flag_wins_over_its_variable() -> None:
    """X16: DEVORG_* variables, flags above them, defaults below."""
    environment = {"DEVORG_PORT": "9100", "DEVORG_CONSUMER_SECRET": "from the environment"}
    command = read_command(["--port", "9200", "--namespace", "inlay"], environment)
    assert command.port == 9200
    assert command.org.namespace == "inlay"
    assert command.org.consumer_secret == "from the environment"
    assert command.org.client_id == "devorg-client"
    assert command.org.canvas_url == "http://localhost:8000/canvas"


@pytest.mark.parametrize(
    "arguments", [["--port", "many"], ["--org-id", "0035e0000000001AAA"], ["--namespace", "a__b"]]
)
def test_settings_that_cannot_be_used_are_refused(arguments: list[str]) -> None:
    """X16: said at the start, not at the first call."""
    with pytest.raises(ConfigError):
        read_command(arguments, {})


def test_help_shows_no_secret_of_the_environment(capsys: pytest.CaptureFixture[str]) -> None:
    """X16: --help names the variable, not its value."""
    with pytest.raises(SystemExit):
        read_command(["--help"], {"DEVORG_CONSUMER_SECRET": "keep-this-quiet"})
    assert "keep-this-quiet" not in capsys.readouterr().out


def test_switches_are_flags_or_variables() -> None:
    """X16: off unless asked for; `--no-…` wins over the variable."""
    assert not read_command([], {}).org.soap_login
    on = read_command(["--tls", "--soap-login"], {"DEVORG_PASSWORD_FLOW": "1"})
    assert (on.tls, on.org.soap_login, on.org.password_flow) == (True, True, True)
    assert not read_command(["--no-tls"], {"DEVORG_TLS": "true"}).tls
    with pytest.raises(ConfigError):
        read_command([], {"DEVORG_TLS": "perhaps"})


def test_callback_urls_are_a_list() -> None:
    """X16: separated by commas."""
    urls = read_command(["--callback-urls", "https://a.example/b, app://c"], {}).org.callback_urls
    assert urls == ("https://a.example/b", "app://c")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A devorg that is expected to refuse."""
    command = [sys.executable, "-m", "devorg", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


def test_a_taken_port_is_said_in_one_line() -> None:
    """X16: exit code 2, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("--port", port)
    assert done.returncode == 2
    assert done.stderr == f"devorg: 127.0.0.1, port {port} is in use; choose another --port.\n"


def test_a_callback_that_is_no_url_is_said_in_one_line() -> None:
    """X16: the org does not start with a hole in it."""
    done = run("--port", "0", "--callback-urls", "javascript:alert(1)")
    assert done.returncode == 2
    assert "is no callback URL" in done.stderr
    assert done.stderr.count("\n") == 1


def test_data_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    """X16: no traceback."""
    done = run("--port", "0", "--data", str(tmp_path / "no" / "such" / "folder" / "org.sqlite"))
    assert done.returncode == 2
    assert done.stderr.startswith("devorg: cannot keep the org in")
    assert done.stderr.count("\n") == 1


@contextmanager
def started(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A devorg process and its address."""
    command = [sys.executable, "-m", "devorg", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        words = process.stdout.readline().split()
        assert words[:2] == ["devorg", "ready"]
        yield process, words[2]
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_ready_keeps_its_data_and_stops_cleanly(
    tmp_path: Path, number: signal.Signals
) -> None:
    """X16: two runs on one file; the second finds what the first was told."""
    data = tmp_path / "org.sqlite"
    hidden = {"user": "rep", "record": "0035e0000000001AAA", "visible": False}
    with started(data) as (process, url):
        assert requests.post(f"{url}/_devorg/access", json=hidden, timeout=60).ok
        process.send_signal(number)
        assert process.wait(timeout=60) == 0
    with started(data) as (_, url):
        asked = {"user": "rep", "record": "0035e0000000001AAA"}
        answer = requests.get(f"{url}/_devorg/access", params=asked, timeout=60)
        assert answer.json() == {"visible": False}
