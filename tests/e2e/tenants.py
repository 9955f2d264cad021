"""Two Salesforce orgs on one app, whose bearers and replay window end after seconds."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.e2e.org import Org
from tests.e2e.processes import Program, answers, run
from tests.support.ports import free_port

#: Signs for all orgs, as the vendor's packaged app does.
PACKAGED_SECRET = "secret-of-the-packaged-canvas-app"
#: Of a customer's own app, which vouches for that customer alone.
OTHER_SECRET = "secret-of-another-tenants-canvas-app"
#: The app of each org: the vendor's Connect app, and the one with client credentials.
CLIENT_ID, CLIENT_SECRET = "app-of-the-tests", "secret-of-the-app-of-the-tests"
BEARER_SECONDS = 8
REPLAY_SECONDS = 4
#: Salesforce ids of orgs, 18 characters.
ORG_A, ORG_B = "00D5e000000AAAAEA4", "00D5e000000BBBBEA4"
SUSPENDED, FEATURE_OFF, PENDING = "00D5e000000CCCCEA4", "00D5e000000DDDDEA4", "00D5e000000EEEEEA4"
UNKNOWN = "00D5e000000FFFFEA4"


class Tenants:
    """Starts the app's web process and two orgs; `a` and `b` steer them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._programs: list[Program] = []
        port = free_port()
        self.app_url = f"http://localhost:{port}"
        self.a = Org(f"http://127.0.0.1:{free_port()}")
        self.b = Org(f"http://127.0.0.1:{free_port()}")
        orgs = f"{self.a.url},{self.b.url}"
        self._variables = {
            "INLAY_HOME": str(folder / "home"),
            "INLAY_APP_URL": self.app_url,
            "INLAY_PAGES_URL": f"http://127.0.0.1:{port}",
            "INLAY_BIND": f"127.0.0.1:{port}",
            "INLAY_SECRET_KEYS": "key-of-the-end-to-end-tests-alone-40-long",
            "INLAY_SALESFORCE_EXTRA_ORIGINS": orgs,
            "INLAY_FRAME_ANCESTORS_EXTRA": orgs,
            "INLAY_BEARER_SECONDS": str(BEARER_SECONDS),
            "INLAY_REPLAY_WINDOW_SECONDS": str(REPLAY_SECONDS),
            "INLAY_CONNECT_CLIENT_ID": CLIENT_ID,
            "INLAY_CONNECT_CLIENT_SECRET": CLIENT_SECRET,
            "INLAY_OUTBOUND_ADDRESSES": "203.0.113.7",
        }

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _start(self) -> None:
        (self._folder / "home").mkdir()
        self._begin("org-a", ["-m", "devorg"], self._org(self.a, ORG_A))
        self._begin("org-b", ["-m", "devorg"], self._org(self.b, ORG_B))
        self._make_orgs()
        web = self._begin("web", ["-m", "gunicorn"], self._variables)
        web.wait_for(lambda: answers(f"{self.app_url}/readyz"), 60, "the app is ready")
        for org in (self.a, self.b):
            web.wait_for(lambda url=org.url: answers(url), 60, "the org is ready")  # type: ignore[misc]

    def _begin(self, name: str, arguments: list[str], variables: Mapping[str, str]) -> Program:
        self._programs.append(Program(arguments, variables, self._folder / f"{name}.log"))
        return self._programs[-1]

    def _org(self, org: Org, org_id: str) -> dict[str, str]:
        return {
            "DEVORG_PORT": org.url.rpartition(":")[2],
            "DEVORG_CANVAS_URL": f"{self.app_url}/canvas",
            "DEVORG_CONSUMER_SECRET": PACKAGED_SECRET,
            "DEVORG_ORG_ID": org_id,
            "DEVORG_CLIENT_ID": CLIENT_ID,
            "DEVORG_CLIENT_SECRET": CLIENT_SECRET,
            "DEVORG_CALLBACK_URLS": f"{self.app_url}/oauth/callback",
        }

    def _make_orgs(self) -> None:
        """The app's own commands, as an operator gives them."""
        known = (ORG_A, ORG_B, SUSPENDED, FEATURE_OFF, PENDING)
        commands = [
            ["upgrade"],
            *(["orgs", "add", org, f"Org {org[11]}"] for org in known),
            ["orgs", "canvas-app", "--secret", PACKAGED_SECRET],
            ["orgs", "canvas-app", "--key", "other", "--org", ORG_B, "--secret", OTHER_SECRET],
            ["orgs", "state", SUSPENDED, "suspended"],
            ["orgs", "state", PENDING, "pending"],
            ["orgs", "feature", FEATURE_OFF, "widget", "off"],
            ["orgs", "feature", ORG_A, "create_destination", "on"],
        ]
        self.command(*commands)

    def command(self, *commands: list[str]) -> str:
        """The app's own commands, as an operator gives them; what they printed."""
        return run(["-m", "tests.e2e.commands", json.dumps(commands)], self._variables)

    def _stop(self) -> None:
        codes = [program.stop() for program in reversed(self._programs)]
        assert codes == [0] * len(codes), codes


def signed_again(
    signed_request: str, change: Callable[[dict[str, Any]], None], secret: str = PACKAGED_SECRET
) -> str:
    """A signed request with another payload."""
    envelope = json.loads(base64.b64decode(signed_request.partition(".")[2]))
    change(envelope)
    payload = base64.b64encode(json.dumps(envelope).encode())
    mac = hmac.new(secret.encode(), payload, hashlib.sha256).digest()
    return f"{base64.b64encode(mac).decode()}.{payload.decode()}"
