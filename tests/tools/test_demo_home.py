"""The demo's folder, its settings and its commands."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from tools.demo.errors import DemoError
from tools.demo.first_steps import first_steps
from tools.demo.home import Home, Secrets, tail
from tools.demo.plan import Plan, Settings, check_ports, read_settings

SECRETS = Secrets("key-of-the-app", "canvas-secret", "client-secret", "api-key")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.lock().close()
    return home


def test_a_second_demo_on_the_same_folder_is_refused(home: Home) -> None:
    with home.lock(), pytest.raises(DemoError) as refusal:
        home.lock()
    assert f"A demo already runs on {home.path} (process {os.getpid()})" in str(refusal.value)
    assert "INLAY_HOME=" in str(refusal.value)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DemoError, match=r"INLAY_HOME=\S+ cannot be written"):
        Home(tmp_path / "file" / "home").lock()


def test_the_folder_is_free_again_after_the_first_demo(home: Home) -> None:
    home.lock().close()
    home.lock().close()


def test_secrets_are_made_once_and_for_the_owner_only(home: Home) -> None:
    made = home.secrets()
    assert home.secrets() == made
    assert len({made.secret_keys, made.canvas_secret, made.client_secret}) == 3
    assert min(map(len, (made.secret_keys, made.canvas_secret, made.client_secret))) >= 32
    assert (home.path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert home.path.stat().st_mode & 0o777 == 0o700


def test_secrets_are_not_shown_by_accident() -> None:
    assert "canvas-secret" not in repr(SECRETS)
    assert "canvas-secret" not in repr(plan().web())
    assert "canvas-secret" not in repr(plan().seed())


def test_secrets_that_cannot_be_read_stop_the_demo(home: Home) -> None:
    (home.path / "secrets.json").write_text("{", encoding="utf-8")
    with pytest.raises(DemoError, match=r"secrets\.json cannot be read"):
        home.secrets()


def test_the_api_key_of_the_first_seeding_is_kept(home: Home) -> None:
    before = home.secrets()
    home.keep_api_key("key")
    assert home.secrets() == Secrets(
        before.secret_keys, before.canvas_secret, before.client_secret, "key"
    )


def test_demo_json_is_replaced_and_withdrawn(home: Home) -> None:
    home.publish({"pids": {"web": 1}})
    home.publish({"pids": {"web": 2}})
    path = home.path / "demo.json"
    assert json.loads(path.read_text(encoding="utf-8")) == {"pids": {"web": 2}}
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in home.path.iterdir() if file.name.endswith(".new")] == []
    home.withdraw()
    assert not path.exists()


def test_a_large_log_is_set_aside(home: Home) -> None:
    path = home.path / "logs" / "web.log"
    path.write_bytes(b"x" * 5_000_001)
    assert home.log("web") == path
    assert not path.exists()
    assert path.with_suffix(".log.1").exists()


def test_the_tail_of_a_log_is_its_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("".join(f"{n}\n" for n in range(50)), encoding="utf-8")
    assert tail(log, 2) == "48\n49"
    assert tail(tmp_path / "none.log") == ""


def test_the_settings_have_defaults() -> None:
    settings = read_settings({})
    assert settings.home == Path(".inlay")
    assert (settings.app_url, settings.pages_url, settings.devorg_url) == (
        "http://localhost:8000",
        "http://127.0.0.1:8000",
        "http://127.0.0.1:8001",
    )


def test_the_empty_one_has_a_folder_of_its_own() -> None:
    """Issue 6: beside the other, which keeps its people."""
    settings = read_settings({}, is_empty=True)
    assert (settings.home, settings.command) == (Path(".inlay-empty"), "make demo-empty")
    assert read_settings({"INLAY_HOME": "here"}, is_empty=True).home == Path("here")
    steps = first_steps(settings, SECRETS, "http://localhost:8000/console/enter/token")
    assert "http://127.0.0.1:8001/lightning/r/Contact/0035e0000000001AAA/view?user=rep" in steps
    for told in ("/console/enter/token", "inlay-demo", "client-secret", "users/integration"):
        assert told in steps


@pytest.mark.parametrize(
    "environ",
    [
        {"INLAY_PORT": "eighty"},
        {"INLAY_PORT": "0"},
        {"DEVORG_PORT": "70000"},
        {"INLAY_PORT": "8001"},
    ],
)
def test_ports_that_make_no_sense_are_refused(environ: dict[str, str]) -> None:
    with pytest.raises(DemoError, match="PORT"):
        read_settings(environ)


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(DemoError) as refusal:
            check_ports(Settings(Path(), port, port + 1, ""))
    assert f"Port {port} is in use" in str(refusal.value)
    assert f"INLAY_PORT={port + 100} make demo" in str(refusal.value)


def plan(environ: dict[str, str] | None = None) -> Plan:
    return Plan(read_settings({}), SECRETS, environ or {})


def test_secrets_go_by_environment_and_never_by_command_line() -> None:
    made = plan()
    parts = [made.migrate(), made.seed(), made.new_api_key(), made.begin()]
    parts += [made.devorg(), made.web(), made.worker()]
    for part in parts:
        assert not {"key-of-the-app", "canvas-secret", "client-secret"} & set(part.command)
    assert made.web().environment["INLAY_SECRET_KEYS"] == "key-of-the-app"
    assert made.devorg().environment["DEVORG_CONSUMER_SECRET"] == "canvas-secret"


def test_a_database_of_the_shell_is_not_the_demos() -> None:
    shell = {"DATABASE_URL": "postgres://production", "PORT": "80", "LANG": "C.UTF-8"}
    environment = plan(shell).web().environment
    assert "DATABASE_URL" not in environment
    assert "PORT" not in environment
    assert environment["LANG"] == "C.UTF-8"


def test_devorg_is_stopped_after_those_that_use_it() -> None:
    made = plan()
    assert made.devorg().stop_rank > max(made.web().stop_rank, made.worker().stop_rank)
