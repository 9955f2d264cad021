"""What the demo consists of: addresses, settings of each part, and the commands."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devorg.config import DEFAULT_ORG_ID
from tools import ports
from tools.demo.errors import DemoError
from tools.demo.home import Secrets
from tools.demo.part import Part, Ready, answers, lasts, python_environment

CLIENT_ID = "inlay-demo"
#: What the guide has an admin give to the integration user, for all that the demo switches on.
INTEGRATION_SETS = (
    "Inlay_Connection_Access",
    "Inlay_Activity_Access",
    "Inlay_Destination_Access",
    "Inlay_Score_Access",
)
#: Who is invited to look after an install that is empty.
OPERATOR = "support@example.com"
#: Variables of the shell that are meant for other programs or for production.
_NOT_FOR_THE_DEMO = ("DATABASE_URL", "PORT", "WEB_CONCURRENCY", "PROMETHEUS_MULTIPROC_DIR")


@dataclass(frozen=True)
class Settings:
    """Where the demo lives. `is_empty`: Inlay begins without an org, without history."""

    home: Path
    port: int
    devorg_port: int
    org_id: str
    is_empty: bool = False

    @property
    def app_url(self) -> str:
        """The app's own origin; another site than devorg's pages, as Salesforce's is."""
        return f"http://localhost:{self.port}"

    @property
    def pages_url(self) -> str:
        """The origin of public pages: the same server by its other name."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def devorg_url(self) -> str:
        """The Salesforce org in a box."""
        return f"http://127.0.0.1:{self.devorg_port}"

    @property
    def command(self) -> str:
        """What starts it."""
        return "make demo-empty" if self.is_empty else "make demo"


def read_settings(environ: Mapping[str, str], *, is_empty: bool = False) -> Settings:
    """INLAY_HOME, INLAY_PORT, DEVORG_PORT; raises DemoError."""
    settings = Settings(
        home=Path(environ.get("INLAY_HOME") or (".inlay-empty" if is_empty else ".inlay")),
        port=_port(environ, "INLAY_PORT", 8000),
        devorg_port=_port(environ, "DEVORG_PORT", 8001),
        org_id=environ.get("DEVORG_ORG_ID") or DEFAULT_ORG_ID,
        is_empty=is_empty,
    )
    if settings.port == settings.devorg_port:
        raise DemoError("INLAY_PORT and DEVORG_PORT must differ.")
    return settings


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise DemoError(f"{name}={text} is no port; a number from 1024 to 65535 is.")
    return int(text)


def check_ports(settings: Settings) -> None:
    """Raises DemoError when another program uses one of the ports."""
    for name, number in (("INLAY_PORT", settings.port), ("DEVORG_PORT", settings.devorg_port)):
        if not ports.is_free(number):
            raise DemoError(
                f"Port {number} is in use by another program. Stop that, or choose another port: "
                f"{name}={number + 100} {settings.command}"
            )


class Plan:
    """The commands, with secrets in the environment and never on the command line."""

    def __init__(self, settings: Settings, secrets: Secrets, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._secrets = secrets
        kept = {name: text for name, text in environ.items() if name not in _NOT_FOR_THE_DEMO}
        self._environment = python_environment(kept)

    def migrate(self) -> Part:
        """Bring the schema up to date."""
        return self._flask("upgrade", "upgrade")

    def seed(self) -> Part:
        """Make the org and its history, the first time; prints JSON with `org_id`, `api_key`."""
        return self._flask(
            "seed",
            "demo-seed",
            INLAY_DEMO_INSTANCE_URL=self._settings.devorg_url,
            INLAY_DEMO_ORG_ID=self._settings.org_id,
            INLAY_DEMO_CLIENT_ID=CLIENT_ID,
            INLAY_DEMO_CLIENT_SECRET=self._secrets.client_secret,
            INLAY_DEMO_CANVAS_SECRET=self._secrets.canvas_secret,
        )

    def begin(self) -> Part:
        """What an operator does before the first org comes; prints a link for support."""
        secret = self._secrets.canvas_secret
        return self._flask("begin", "demo-begin", OPERATOR, INLAY_DEMO_CANVAS_SECRET=secret)

    def new_api_key(self) -> Part:
        """Make an API key; prints it."""
        return self._flask("apikey", "orgs", "apikey", self._settings.org_id, "--label", "demo")

    def command(self, *arguments: str) -> Part:
        """Any `flask --app wsgi …` on the demo's own data."""
        return self._flask("command", *arguments)

    def devorg(self) -> Part:
        """The Salesforce org; stopped last, since the worker may still be delivering to it."""
        settings = self._settings
        own = {
            "DEVORG_HOST": "127.0.0.1",
            "DEVORG_PORT": str(settings.devorg_port),
            "DEVORG_DATA": str(settings.home.absolute() / "devorg.sqlite"),
            "DEVORG_CANVAS_URL": f"{settings.app_url}/canvas",
            "DEVORG_CONSUMER_SECRET": self._secrets.canvas_secret,
            "DEVORG_CLIENT_ID": CLIENT_ID,
            "DEVORG_CLIENT_SECRET": self._secrets.client_secret,
            "DEVORG_ORG_ID": settings.org_id,
            "DEVORG_CALLBACK_URLS": f"{settings.app_url}/oauth/callback",
            "DEVORG_INTEGRATION_SETS": ",".join(INTEGRATION_SETS),
        }
        ready = answers(f"{settings.devorg_url}/_devorg/users")
        return self._python("devorg", ("-m", "devorg"), own, ready, stop_rank=1)

    def web(self) -> Part:
        """The web app: gunicorn, two processes of 16 threads (gunicorn.conf.py)."""
        own = self._inlay() | {"INLAY_BIND": f"127.0.0.1:{self._settings.port}"}
        return self._python(
            "web",
            ("-m", "gunicorn"),
            own,
            answers(f"http://127.0.0.1:{self._settings.port}/readyz"),
        )

    def worker(self) -> Part:
        """Delivers activities and ends visits."""
        command = ("-m", "flask", "--app", "wsgi", "worker")
        return self._python("worker", command, self._inlay(), lasts(1.5))

    def _inlay(self) -> dict[str, str]:
        settings = self._settings
        return {
            "INLAY_HOME": str(settings.home.absolute()),
            "INLAY_APP_URL": settings.app_url,
            "INLAY_PAGES_URL": settings.pages_url,
            "INLAY_SECRET_KEYS": self._secrets.secret_keys,
            "INLAY_SALESFORCE_EXTRA_ORIGINS": settings.devorg_url,
            "INLAY_FRAME_ANCESTORS_EXTRA": settings.devorg_url,
            "INLAY_CONNECT_CLIENT_ID": CLIENT_ID,
            "INLAY_CONNECT_CLIENT_SECRET": self._secrets.client_secret,
        }

    def _flask(self, name: str, *arguments: str, **variables: str) -> Part:
        command = ("-m", "flask", "--app", "wsgi", *arguments)
        return self._python(name, command, self._inlay() | variables)

    def _python(
        self,
        name: str,
        arguments: tuple[str, ...],
        variables: Mapping[str, str],
        ready: Ready = lambda: True,
        stop_rank: int = 0,
    ) -> Part:
        environment = {**self._environment, **variables}
        return Part(name, (sys.executable, *arguments), environment, ready, stop_rank)
