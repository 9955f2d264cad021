"""The demo's folder: its lock, its secrets, its logs, and `demo.json` for scripts."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any

from tools.demo.errors import DemoError

_ROTATE_BYTES = 5_000_000


@dataclass(frozen=True)
class Secrets:
    """What is made once per folder; `api_key` comes with the first seeding."""

    secret_keys: str
    canvas_secret: str
    client_secret: str
    api_key: str = ""

    def __repr__(self) -> str:
        return "Secrets(…)"


class Home:
    """The folder named by INLAY_HOME."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    def lock(self) -> IO[str]:
        """Take the folder for this run; closing the answer gives it back.

        Raises DemoError when another demo runs on it, or when nothing can be written to it.
        """
        try:
            file = self._open_lock()
        except OSError as error:
            raise DemoError(
                f"INLAY_HOME={self.path} cannot be written ({error.strerror}). Give yourself the "
                "right to, or name another folder: INLAY_HOME=~/inlay-demo make demo"
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            owner = file.read().strip()
            file.close()
            by = f" (process {owner})" if owner else ""
            raise DemoError(
                f"A demo already runs on {self.path}{by}. Stop it first, or give this one a folder "
                "and ports of its own: "
                "INLAY_HOME=.inlay2 INLAY_PORT=8100 DEVORG_PORT=8101 make demo"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        return file

    def _open_lock(self) -> IO[str]:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)  # the databases hold what the demo's people did
        (self.path / "logs").mkdir(exist_ok=True)
        return (self.path / "demo.lock").open("a+", encoding="utf-8")

    def has_secrets(self) -> bool:
        """Whether a demo has run here before."""
        return (self.path / "secrets.json").exists()

    def secrets(self) -> Secrets:
        """The secrets of this folder, made at the first call and readable by the owner only."""
        path = self.path / "secrets.json"
        if path.exists():
            try:
                return Secrets(**json.loads(path.read_text(encoding="utf-8")))
            except (ValueError, TypeError) as error:
                raise DemoError(
                    f"{path} cannot be read. Without it the demo's data cannot be opened: put it "
                    f"back, or remove {self.path} to begin anew."
                ) from error
        made = Secrets(secrets.token_hex(32), secrets.token_urlsafe(32), secrets.token_urlsafe(32))
        write_json(path, asdict(made))
        return made

    def keep_api_key(self, api_key: str) -> Secrets:
        """Remember the key that the first seeding showed."""
        kept = replace(self.secrets(), api_key=api_key)
        write_json(self.path / "secrets.json", asdict(kept))
        return kept

    def log(self, name: str) -> Path:
        """The log file of a part; an old one that grew large is set aside first."""
        path = self.path / "logs" / f"{name}.log"
        if path.exists() and path.stat().st_size > _ROTATE_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return path

    def publish(self, facts: dict[str, Any]) -> None:
        """Write demo.json in one step: a reader sees the old text or the new one."""
        write_json(self.path / "demo.json", facts)

    def withdraw(self) -> None:
        """Remove demo.json: nothing is running."""
        (self.path / "demo.json").unlink(missing_ok=True)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Replace a file in one step, readable by its owner only."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
