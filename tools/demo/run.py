"""The demo from start to stop."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tools.demo.errors import DemoError
from tools.demo.first_steps import first_steps
from tools.demo.guardian import Guardian
from tools.demo.home import Home
from tools.demo.plan import Plan, Settings, check_ports, read_settings
from tools.demo.supervisor import Supervisor


def run(root: Path, environ: Mapping[str, str], *, is_empty: bool = False) -> None:
    """Start everything, say so, watch until told to stop, stop everything; raises DemoError."""
    settings = read_settings(environ, is_empty=is_empty)
    home = Home(settings.home)
    with home.lock() as lock:
        if is_empty:
            _require_empty(home, settings)
        check_ports(settings)
        home.withdraw()
        guardian = Guardian(lock)
        publisher = _Publisher(home, settings)
        supervisor = Supervisor(home, guardian, root, say=_say, changed=publisher.publish)
        supervisor.stop_on_signals()
        try:
            if is_empty:
                said = _start_empty(supervisor, home, settings, environ)
            else:
                publisher.api_key = _start(supervisor, home, settings, environ)
                said = (
                    f"Inlay is ready: open {settings.devorg_url} (Salesforce in a box); the app is "
                    f"{settings.app_url}, public pages are {settings.pages_url}. Ctrl-C stops it."
                )
            publisher.publish(supervisor.pids)
            _say(said)
            supervisor.watch()
            _say("Stopping.")
        finally:
            home.withdraw()
            supervisor.stop()
            guardian.close()


def _start(
    supervisor: Supervisor, home: Home, settings: Settings, environ: Mapping[str, str]
) -> str:
    """Start the parts in order and give the API key."""
    secrets = home.secrets()
    plan = Plan(settings, secrets, environ)
    _say(f"Starting the Salesforce org in a box (logs are in {home.path / 'logs'}).")
    supervisor.start_all([plan.devorg()])
    _say("Bringing the database up to date.")
    supervisor.run_task(plan.migrate())
    _say("Looking for the demo's people and their history; the first time they are made.")
    seeded = _read_seeded(supervisor.run_task(plan.seed()))
    api_key = seeded or secrets.api_key or supervisor.run_task(plan.new_api_key()).strip()
    if api_key != secrets.api_key:
        home.keep_api_key(api_key)
    _say("Starting web and worker.")
    supervisor.start_all([plan.web(), plan.worker()])
    return api_key


def _require_empty(home: Home, settings: Settings) -> None:
    if home.has_secrets() and home.secrets().api_key:
        raise DemoError(
            f"{home.path} holds the demo with its people. Leave INLAY_HOME out, or name another "
            f"folder: INLAY_HOME=.inlay2 {settings.command}"
        )


def _start_empty(
    supervisor: Supervisor, home: Home, settings: Settings, environ: Mapping[str, str]
) -> str:
    """Start the parts without any org, and give what to do first."""
    secrets = home.secrets()
    plan = Plan(settings, secrets, environ)
    _say(f"Bringing the database up to date (logs are in {home.path / 'logs'}).")
    supervisor.run_task(plan.migrate())
    _say("Telling Inlay of the package's app; inviting the first member of staff.")
    invitation = supervisor.run_task(plan.begin()).strip()
    _say("Starting the Salesforce org in a box, web and worker.")
    supervisor.start_all([plan.devorg(), plan.web(), plan.worker()])
    return first_steps(settings, secrets, invitation)


def _read_seeded(output: str) -> str:
    """The API key in what demo-seed printed last; empty when the org was there already."""
    try:
        facts = json.loads(output.strip().splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise DemoError("demo-seed printed no JSON.") from error
    return facts.get("api_key") or ""


class _Publisher:
    """Writes demo.json, anew whenever a part was started again."""

    def __init__(self, home: Home, settings: Settings) -> None:
        self._home = home
        self._settings = settings
        self.api_key = ""

    def publish(self, pids: dict[str, int]) -> None:
        """Write the file with these process ids."""
        self._home.publish(
            {
                "app_url": self._settings.app_url,
                "pages_url": self._settings.pages_url,
                "devorg_url": self._settings.devorg_url,
                "org_id": self._settings.org_id,
                "api_key": self.api_key,
                "pids": pids,
            }
        )


def _say(text: str) -> None:
    print(text, flush=True)
