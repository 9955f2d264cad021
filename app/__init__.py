"""Inlay: the part of an engagement product that lives inside somebody else's Salesforce.

``create_app`` is the one place where the parts are put together, for web, worker and tests alike.
"""

from __future__ import annotations

from functools import partial

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli
from app.api import routes as api
from app.config import Config, load
from app.console import frame as console_frame
from app.console import routes as console
from app.console.doorstep import doorstep
from app.console.ports import plug_view_as, view_as_of
from app.db import Database
from app.destinations import routes as destinations
from app.destinations.door import org_at
from app.engagement.ports import plug_recorded, recorded_of
from app.errors import ConfigError
from app.jobs import gauges
from app.jobs.cli import worker
from app.keys import Keyring
from app.orgs import features
from app.outbox.plan import planner
from app.salesforce.gateway import EXTENSION, Gateway
from app.web import errors, health, i18n, logs, room
from app.web.metrics import add_gauges
from app.web.ports import doorstep_of, own_hosts_of, plug_doorstep, plug_own_hosts
from app.widget import routes as widget
from app.widget import viewas
from app.widget.ports import console_of, plug_console

#: The largest body that any address takes; rooms set smaller limits of their own.
_MAX_BODY_BYTES = 2 * 1024 * 1024


def create_app(config: Config | None = None, *, database: Database | None = None) -> Flask:
    """Put the application together.

    Args:
        config: Settings; read from the environment when not given.
        database: An open database to use (tests); by default one is opened from the settings.

    Raises:
        ConfigError: A setting is missing or wrong, or a port of a room was left unplugged.
    """
    config = config or load()
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    app.config["MAX_CONTENT_LENGTH"] = _MAX_BODY_BYTES
    app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        app.wsgi_app, x_for=config.proxy_hops, x_proto=config.proxy_hops, x_host=0
    )
    app.extensions["inlay.config"] = config
    app.extensions["inlay.database"] = database or Database(config.database_url)
    app.extensions["inlay.keyring"] = Keyring(config.secret_keys)
    logs.configure(config.log_level)
    for part in (logs, room, errors, i18n):
        part.install(app)
    _plug(app, config)
    _register(app)
    return app


def _plug(app: Flask, config: Config) -> None:
    """Fill the ports by which lower rooms reach higher ones; a port left open is an error."""
    features.install()
    gateway = Gateway(config, app.extensions["inlay.database"], app.extensions["inlay.keyring"])
    app.extensions[EXTENSION] = gateway
    plug_recorded(app, planner(config.visit_settle_seconds))
    recorded_of(app)
    plug_console(app, console_frame.open_console)
    console_of(app)
    plug_view_as(app, viewas.show)
    view_as_of(app)
    plug_own_hosts(app, partial(org_at, app.extensions["inlay.database"], config.pages_url))
    own_hosts_of(app)
    plug_doorstep(app, doorstep)
    doorstep_of(app)
    add_gauges(app, partial(gauges.outbox_rows, app.extensions["inlay.database"]))


def _register(app: Flask) -> None:
    for part in (health.room, widget.room, console.room, destinations.room, api.room):
        app.register_blueprint(part)
    cli.install(app)
    app.cli.add_command(worker)


__all__ = ["ConfigError", "create_app"]
