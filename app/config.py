"""Every setting of Inlay, typed, read once from ``INLAY_*``; the README has the table."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import click
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.errors import ConfigError

#: Salesforce API version of this release, pinned: every released version is tested against it.
API_VERSION = "66.0"


@dataclass(frozen=True, slots=True)
class Config:
    """All settings. Times are seconds, URLs have no trailing slash.

    ``secret_keys`` are newest first: the first one seals and signs, all of them open and verify.
    ``connect_client_id`` and its secret are those of the vendor's own Connect app; without them
    nobody can connect by logging in. ``outbound_addresses`` are what customers let in.
    ``staff_oidc_*`` name the OpenID provider of the operator's own people; without it they come in
    by one-time links alone.
    """

    app_url: str
    pages_url: str
    secret_keys: tuple[str, ...] = field(repr=False)
    database_url: str = field(repr=False)
    home: Path = Path(".inlay")
    jobs_database_url: str = field(default="", repr=False)
    salesforce_extra_origins: tuple[str, ...] = ()
    salesforce_extra_domains: tuple[str, ...] = ()
    connect_client_id: str = ""
    connect_client_secret: str = field(default="", repr=False)
    allow_password_login: bool = False
    staff_oidc_issuer: str = ""
    staff_oidc_client_id: str = ""
    staff_oidc_client_secret: str = field(default="", repr=False)
    outbound_addresses: tuple[str, ...] = ()
    docs_url: str = ""
    frame_ancestors_extra: tuple[str, ...] = ()
    frame_ancestors_narrow: bool = False
    canvas_sdk_from_org: bool = False
    open_door: bool = False
    allowed_user_types: tuple[str, ...] = ("STANDARD",)
    freshness_seconds: int = 600
    skew_seconds: int = 300
    replay_window_seconds: int = 300
    replay_limit: int = 5
    bearer_seconds: int = 600
    salesforce_connect_seconds: float = 2.0
    salesforce_read_seconds: float = 5.0
    salesforce_in_flight: int = 4
    role_refresh_seconds: int = 300
    visit_silence_seconds: int = 120
    visit_settle_seconds: float = 2.0
    sweep_seconds: float = 1.0
    api_rate_per_minute: int = 600
    page_rate_per_minute: int = 240
    proxy_hops: int = 0
    metrics_token: str = field(default="", repr=False)
    log_level: str = "INFO"

    @property
    def app_host(self) -> str:
        """Host with port of the app's own origin, e.g. ``localhost:8000``."""
        return urlsplit(self.app_url).netloc

    @property
    def pages_host(self) -> str:
        """Host with port of the origin that public Destination pages live on."""
        return urlsplit(self.pages_url).netloc

    @property
    def is_https(self) -> bool:
        """Whether people reach the app by HTTPS (cookies are then ``__Host-`` and Secure)."""
        return self.app_url.startswith("https://")


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read the settings from the environment.

    Raises:
        ConfigError: A variable is missing or malformed; the message names it.
        click.ClickException: The same within a command, which then ends with that one line: the
            application is loaded before any command of ours could catch it.
    """
    try:
        return _read(_Environment(os.environ if environ is None else environ))
    except ConfigError as error:
        if click.get_current_context(silent=True) is None:
            raise
        raise click.ClickException(error.message) from error


def _read(env: _Environment) -> Config:
    home = Path(env.text("INLAY_HOME", ".inlay"))
    defaults = Config("", "", (), "")
    config = Config(
        app_url=env.origin("INLAY_APP_URL", "http://localhost:8000"),
        pages_url=env.origin("INLAY_PAGES_URL", "http://127.0.0.1:8000"),
        secret_keys=env.secret_keys("INLAY_SECRET_KEYS"),
        database_url=env.database_url(home),
        home=home,
        jobs_database_url=env.jobs_database_url(home),
        salesforce_extra_origins=env.origins("INLAY_SALESFORCE_EXTRA_ORIGINS"),
        salesforce_extra_domains=env.domains("INLAY_SALESFORCE_EXTRA_DOMAINS"),
        connect_client_id=env.text("INLAY_CONNECT_CLIENT_ID", ""),
        connect_client_secret=env.text("INLAY_CONNECT_CLIENT_SECRET", ""),
        allow_password_login=env.flag("INLAY_ALLOW_PASSWORD_LOGIN"),
        staff_oidc_issuer=env.address("INLAY_STAFF_OIDC_ISSUER"),
        staff_oidc_client_id=env.text("INLAY_STAFF_OIDC_CLIENT_ID", ""),
        staff_oidc_client_secret=env.text("INLAY_STAFF_OIDC_CLIENT_SECRET", ""),
        outbound_addresses=env.addresses("INLAY_OUTBOUND_ADDRESSES"),
        docs_url=env.address("INLAY_DOCS_URL"),
        frame_ancestors_extra=env.origins("INLAY_FRAME_ANCESTORS_EXTRA"),
        frame_ancestors_narrow=env.flag("INLAY_FRAME_ANCESTORS_NARROW"),
        canvas_sdk_from_org=env.flag("INLAY_CANVAS_SDK_FROM_ORG"),
        open_door=env.flag("INLAY_OPEN_DOOR"),
        allowed_user_types=env.words("INLAY_ALLOWED_USER_TYPES", ("STANDARD",)),
        metrics_token=env.text("INLAY_METRICS_TOKEN", ""),
        log_level=env.text("INLAY_LOG_LEVEL", defaults.log_level).upper(),
        **env.numbers(defaults),  # type: ignore[arg-type]  # names and types come from Config itself
    )
    _check_origins(config)
    if bool(config.connect_client_id) != bool(config.connect_client_secret):
        raise ConfigError(
            "INLAY_CONNECT_CLIENT_ID and INLAY_CONNECT_CLIENT_SECRET belong together: set both, or "
            "neither."
        )
    provider = (
        config.staff_oidc_issuer,
        config.staff_oidc_client_id,
        config.staff_oidc_client_secret,
    )
    if any(provider) and not all(provider):
        raise ConfigError(
            "INLAY_STAFF_OIDC_ISSUER, INLAY_STAFF_OIDC_CLIENT_ID and "
            "INLAY_STAFF_OIDC_CLIENT_SECRET belong together: set all three, or none."
        )
    return config


def _check_origins(config: Config) -> None:
    if config.app_host == config.pages_host:
        raise ConfigError(
            "INLAY_APP_URL and INLAY_PAGES_URL name the same host; public pages need an origin of "
            "their own, so that what a rep writes can never reach a signed-in session."
        )


def is_safe_address(url: object, *, may_be_local: bool) -> bool:
    """Whether secrets may go there: HTTPS, without a query; HTTP only to this very machine."""
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
        host = parts.hostname or ""
    except ValueError:  # brackets that hold no address
        return False
    if not host or parts.query or parts.fragment or parts.username is not None:
        return False
    is_local = may_be_local and host in {"localhost", "127.0.0.1", "::1"}
    return parts.scheme == "https" or (parts.scheme == "http" and is_local)


def normalise_database_url(url: str) -> str:
    """``postgres://`` and ``postgresql://`` as SQLAlchemy wants them for psycopg 3."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _checked_database_url(url: str) -> str:
    """The same URL, when it is one of a database that Inlay knows; it is not repeated in errors."""
    try:
        known = make_url(url).get_backend_name() in {"sqlite", "postgresql"}
    except ArgumentError:
        known = False
    if not known:
        raise ConfigError(
            "DATABASE_URL (or INLAY_DATABASE_URL) must be an address such as "
            "postgres://user:password@host/name, or sqlite:////folder/inlay.sqlite."
        )
    return url


_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.){{2,}}{_LABEL}", re.ASCII)

#: Numeric settings: field name to variable.
_NUMBERS = (
    "freshness_seconds", "skew_seconds", "replay_window_seconds", "replay_limit", "bearer_seconds",
    "salesforce_connect_seconds", "salesforce_read_seconds", "salesforce_in_flight",
    "role_refresh_seconds", "visit_silence_seconds", "visit_settle_seconds", "sweep_seconds",
    "api_rate_per_minute", "page_rate_per_minute", "proxy_hops",
)  # fmt: skip


class _Environment:
    """Typed access to a mapping of variables; each method raises ConfigError with the name."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, name: str, default: str) -> str:
        return self._values.get(name, "").strip() or default

    def flag(self, name: str) -> bool:
        value = self.text(name, "no").lower()
        if value not in {"yes", "no", "1", "0", "true", "false"}:
            raise ConfigError(f"{name} must be yes or no.")
        return value in {"yes", "1", "true"}

    def words(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        found = tuple(w.strip() for w in self._values.get(name, "").split(",") if w.strip())
        return found or default

    def origin(self, name: str, default: str) -> str:
        value = self.text(name, default).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query:
            raise ConfigError(f"{name} must be an origin such as https://app.example.com.")
        return value

    def address(self, name: str) -> str:
        """An address exactly as it was written; HTTP only on this very machine."""
        value = self.text(name, "")
        if value and not is_safe_address(value, may_be_local=True):
            raise ConfigError(f"{name} must be an address such as https://login.example.com.")
        return value

    def origins(self, name: str) -> tuple[str, ...]:
        return tuple(_Environment({name: word}).origin(name, "") for word in self.words(name))

    def domains(self, name: str) -> tuple[str, ...]:
        """Suffixes below which orgs have their hosts; one label alone would let anybody in."""
        found = tuple(word.lower().lstrip("*.") for word in self.words(name))
        if not all(_DOMAIN.fullmatch(domain) for domain in found):
            raise ConfigError(f"{name} must hold domains such as my.salesforce.example.")
        return found

    def addresses(self, name: str) -> tuple[str, ...]:
        found = self.words(name)
        for word in found:
            try:
                ip_network(word)
            except ValueError as error:
                raise ConfigError(f"{name}: {word} is no IP address or network.") from error
        return found

    def secret_keys(self, name: str) -> tuple[str, ...]:
        keys = self.words(name)
        if not keys or any(len(key) < 32 for key in keys):
            raise ConfigError(
                f"{name} must hold one or more keys of at least 32 characters, newest first, "
                "separated by commas; `python -c 'import secrets; print(secrets.token_hex(32))'` "
                "makes one."
            )
        return keys

    def database_url(self, home: Path) -> str:
        named = self.text("INLAY_DATABASE_URL", "") or self.text("DATABASE_URL", "")
        if named:
            return _checked_database_url(normalise_database_url(named))
        return f"sqlite:///{home.absolute() / 'inlay.sqlite'}"

    def jobs_database_url(self, home: Path) -> str:
        named = self.text("INLAY_JOBS_DATABASE_URL", "") or self.database_url(home)
        if named.startswith("sqlite"):
            return f"sqlite:///{home.absolute() / 'jobs.sqlite'}"
        return normalise_database_url(named)

    def numbers(self, defaults: Config) -> dict[str, float]:
        return {name: self._number(name, getattr(defaults, name)) for name in _NUMBERS}

    def _number(self, name: str, default: float) -> float:
        variable = f"INLAY_{name.upper()}"
        try:
            value = type(default)(self.text(variable, str(default)))
        except ValueError as error:
            raise ConfigError(f"{variable} must be a number.") from error
        if value < 0:
            raise ConfigError(f"{variable} must not be negative.")
        return value
