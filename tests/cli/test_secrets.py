"""A secret reaches a command without standing in the list of processes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.orgs import apps

COMMAND = ["orgs", "canvas-app", "--secret"]
GIVEN = "s" * 40


def run(app: Flask, *rest: str, typed: str | None = None) -> Result:
    return app.test_cli_runner().invoke(args=[*COMMAND, *rest], input=typed)


def kept(app: Flask) -> tuple[str, ...]:
    with app.extensions["inlay.database"].system_reading() as session:
        found = apps.find(session, apps.PACKAGED)
        return apps.secrets_of(found, app.extensions["inlay.keyring"])


def test_a_secret_is_read_from_a_file_or_from_standard_input(app: Flask, tmp_path: Path) -> None:
    """`-` and `@FILE`: nothing of it is in the command, nor in what is printed."""
    done = run(app, "-", typed=f"{GIVEN}\n")
    assert (done.exit_code, kept(app)) == (0, (GIVEN,))
    file = tmp_path / "secret"
    file.write_text(f"{'t' * 40},{GIVEN}\n")
    other = run(app, f"@{file}")
    assert (other.exit_code, kept(app)) == (0, ("t" * 40, GIVEN))
    assert GIVEN not in done.output + other.output


def test_at_a_terminal_it_is_asked_for_and_not_shown(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)
    done = run(app, "-", typed=f"{GIVEN}\n")
    assert (done.exit_code, kept(app)) == (0, (GIVEN,))
    assert "Secret:" in done.output
    assert GIVEN not in done.output


def test_a_secret_in_the_command_is_taken_with_a_warning(app: Flask) -> None:
    """Scripts of earlier releases go on; whoever reads along learns to renew it."""
    done = run(app, GIVEN)
    assert (done.exit_code, kept(app)) == (0, (GIVEN,))
    assert "Give it by INLAY_CANVAS_SECRET, as - or as @FILE" in done.stderr
    assert GIVEN not in done.output
    quiet = app.test_cli_runner(env={"INLAY_CANVAS_SECRET": GIVEN}).invoke(args=COMMAND[:2])
    assert (quiet.exit_code, "Warning" in quiet.output) == (0, False)


@pytest.mark.parametrize(("given", "hint"), [("-", "nothing was given"), ("@nowhere", "nowhere")])
def test_what_cannot_be_read_is_said(app: Flask, given: str, hint: str) -> None:
    done = run(app, given, typed="")
    assert done.exit_code == 2
    assert hint in done.output
