"""Every setting of devorg, from flags or DEVORG_* variables, with defaults for tests."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devorg import ids
from devorg.errors import ConfigError
from devorg.names import checked_namespace
from devorg.package import FOLDER

DEFAULT_ORG_ID = "00D5e000000DEVO" + ids.suffix("00D5e000000DEVO")


@dataclass(frozen=True, slots=True)
class DevorgConfig:
    """What a simulated org is made of.

    `data_path` None keeps the data in a temporary file; `org_id` is in 18-character form;
    the secrets here are defaults for one's own machine, not secrets of anybody.
    """

    data_path: Path | None = None
    canvas_url: str = "http://localhost:8000/canvas"
    consumer_secret: str = "devorg-consumer-secret"  # noqa: S105 - the documented default
    client_id: str = "devorg-client"
    client_secret: str = "devorg-client-secret"  # noqa: S105 - the documented default
    namespace: str | None = None
    org_id: str = DEFAULT_ORG_ID
    org_name: str = "Halyard Software"
    daily_api_requests: int = 100_000
    # An SFDX project's folder whose objects, fields and permission sets the org starts with.
    metadata: Path | None = None
    # The package's folder; None for an org without it.
    package: Path | None = FOLDER
    callback_urls: tuple[str, ...] = (
        "http://localhost:1717/OauthRedirect",
        "http://localhost:8000/oauth/callback",
    )
    # Permission sets of the integration user, who then has the profile for integrations and nothing
    # besides; without any, the Standard User's profile lets it do everything.
    integration_sets: tuple[str, ...] = ()
    password_flow: bool = False
    soap_login: bool = False

    def __post_init__(self) -> None:
        org_id = ids.to_18(self.org_id)
        if org_id is None or not org_id.startswith("00D"):
            raise ConfigError("org_id", f"{self.org_id!r} is not the Id of an organization.")
        object.__setattr__(self, "org_id", org_id)
        checked_namespace(self.namespace)


@dataclass(frozen=True, slots=True)
class Command:
    """A whole command line: where to listen, and the org."""

    host: str
    port: int
    org: DevorgConfig
    tls: bool = False
    tls_names: tuple[str, ...] = ()


_DEFAULTS = DevorgConfig()
_FLAGS: tuple[tuple[str, str, str], ...] = (
    ("host", "127.0.0.1", "address to listen on"),
    ("port", "8001", "port to listen on; 0 for a free one"),
    ("data", "", "SQLite file that keeps the org; without it, nothing is kept"),
    ("canvas-url", _DEFAULTS.canvas_url, "where signed requests are posted to"),
    ("consumer-secret", _DEFAULTS.consumer_secret, "secret that signs Canvas requests"),
    ("client-id", _DEFAULTS.client_id, "OAuth client of the integration user"),
    ("client-secret", _DEFAULTS.client_secret, "its secret"),
    ("namespace", "", "namespace of the package's fields; empty for none"),
    ("org-id", DEFAULT_ORG_ID, "organization Id, 15 or 18 characters"),
    (
        "callback-urls",
        ",".join(_DEFAULTS.callback_urls),
        "callback URLs of the OAuth client, separated by commas",
    ),
    ("package", str(FOLDER), "folder of the Inlay package; none for an org without it"),
    (
        "integration-sets",
        "",
        "all that the integration user has besides the package's: permission sets, by commas",
    ),
    ("metadata", "", "SFDX folder of objects, fields and permission sets to start with"),
    ("tls-names", "", "further host names of the certificate, separated by commas"),
)
_SWITCHES: tuple[tuple[str, str], ...] = (
    ("tls", "serve HTTPS under a local authority, whose file is printed"),
    ("soap-login", "allow SOAP API login(), which new orgs have switched off"),
    ("password-flow", "allow OAuth's username-password flow, which new orgs block"),
)
_WORDS = {"1": True, "true": True, "yes": True, "": False, "0": False, "false": False, "no": False}


def read_command(arguments: Sequence[str], environment: Mapping[str, str]) -> Command:
    """The settings of a command line; a flag wins over its DEVORG_* variable.

    Raises ConfigError for values that cannot be used; `--help` exits, as argparse does.
    """
    parser = argparse.ArgumentParser(
        prog="python -m devorg",
        description="A Salesforce org in a box. Give secrets by environment: flags show in ps.",
    )
    for name, default, meaning in _FLAGS:
        variable = "DEVORG_" + name.upper().replace("-", "_")
        # The value of a variable is never printed by --help: it may be a secret.
        parser.add_argument(
            f"--{name}",
            default=environment.get(variable) or default,
            help=f"{meaning} [{variable}; default {default or 'none'}]",
        )
    for name, meaning in _SWITCHES:
        variable = "DEVORG_" + name.upper().replace("-", "_")
        is_on = _switch(variable, environment.get(variable, ""))
        parser.add_argument(
            f"--{name}",
            action=argparse.BooleanOptionalAction,
            default=is_on,
            help=f"{meaning} [{variable}]",
        )
    chosen = parser.parse_args(arguments)
    if not str(chosen.port).isascii() or not str(chosen.port).isdecimal():
        raise ConfigError("port", f"{chosen.port!r} is not a port.")
    if int(chosen.port) > 65535:
        raise ConfigError("port", f"{chosen.port!r} is not a port.")
    org = DevorgConfig(
        data_path=Path(chosen.data) if chosen.data else None,
        canvas_url=chosen.canvas_url,
        consumer_secret=chosen.consumer_secret,
        client_id=chosen.client_id,
        client_secret=chosen.client_secret,
        namespace=chosen.namespace or None,
        org_id=chosen.org_id,
        metadata=Path(chosen.metadata) if chosen.metadata else None,
        package=None if chosen.package == "none" else Path(chosen.package),
        callback_urls=_list(chosen.callback_urls),
        integration_sets=_list(chosen.integration_sets),
        password_flow=chosen.password_flow,
        soap_login=chosen.soap_login,
    )
    return Command(chosen.host, int(chosen.port), org, chosen.tls, _list(chosen.tls_names))


def _list(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())


def _switch(variable: str, text: str) -> bool:
    if text.lower() not in _WORDS:
        raise ConfigError(variable, f"{variable} must be true or false, not {text!r}.")
    return _WORDS[text.lower()]
