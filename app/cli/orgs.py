"""``flask --app wsgi orgs …``: what an operator does with tenants until the console does it."""

from __future__ import annotations

import getpass
import os

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.db import SystemSession
from app.errors import ConfigError
from app.orgs import apikeys, apps, features, service, settings
from app.orgs.features import Feature
from app.orgs.models import Org, OrgState
from app.web.context import database, keyring
from canvas.ids import to_18


@click.group()
def orgs() -> None:
    """Tenants: their state, features, settings, keys."""


def _operator() -> str:
    return os.environ.get("INLAY_OPERATOR") or getpass.getuser()


def _org(session: SystemSession, salesforce_id: str) -> Org:
    try:
        return service.required(session, to_18(salesforce_id))
    except ValueError as error:
        raise click.BadParameter(f"{salesforce_id} is no Salesforce organization id") from error


@orgs.command("list")
@with_appcontext
def list_orgs() -> None:
    """All orgs with their state."""
    with database().system_reading() as session:
        for org in session.scalars(select(Org).order_by(Org.created_at)):
            click.echo(f"{org.salesforce_id}  {org.state.value:<9}  {org.name}")


@orgs.command()
@click.argument("salesforce_id")
@click.argument("name")
@with_appcontext
def add(salesforce_id: str, name: str) -> None:
    """Make an org known and serve it."""
    with database().system_writing() as session:
        org = service.create(session, to_18(salesforce_id), name)
        service.set_state(session, org, OrgState.ACTIVE, _operator())
    click.echo(f"{org.salesforce_id} is active.")


@orgs.command()
@click.argument("salesforce_id")
@click.argument("state", type=click.Choice([state.value for state in OrgState]))
@with_appcontext
def state(salesforce_id: str, state: str) -> None:
    """Admit, suspend, or put back to pending."""
    with database().system_writing() as session:
        service.set_state(session, _org(session, salesforce_id), OrgState(state), _operator())
    click.echo(f"{salesforce_id} is {state}.")


@orgs.command()
@click.argument("salesforce_id")
@click.argument("feature", type=click.Choice([feature.value for feature in Feature]))
@click.argument("switch", type=click.Choice(["on", "off"]))
@click.option("--why", default="", help="Stands in the audit.")
@with_appcontext
def feature(salesforce_id: str, feature: str, switch: str, why: str) -> None:
    """Switch a feature on or off."""
    with database().system_writing() as session:
        org = _org(session, salesforce_id)
        features.switch(session, org, Feature(feature), switch == "on", by=_operator(), why=why)
    click.echo(f"{feature} is {switch} for {salesforce_id}.")


@orgs.command("set")
@click.argument("salesforce_id")
@click.argument("name")
@click.argument("value")
@with_appcontext
def set_setting(salesforce_id: str, name: str, value: str) -> None:
    """Change a setting: activity_object, opportunity_rule, company_name, brand_color."""
    with database().system_writing() as session:
        settings.write(session, _org(session, salesforce_id), **{name: value})
    click.echo(f"{name} is {value} for {salesforce_id}.")


@orgs.command()
@click.argument("salesforce_id")
@click.option("--label", default="", help="To tell keys apart.")
@with_appcontext
def apikey(salesforce_id: str, label: str) -> None:
    """Make an API key; it is shown this once."""
    with database().system_writing() as session:
        key = apikeys.create(session, _org(session, salesforce_id), label, by=_operator())
    click.echo(key)


@orgs.command("canvas-app")
@click.option("--secret", envvar="INLAY_CANVAS_SECRET", required=True, help="By environment.")
@click.option("--key", default=apps.PACKAGED, help="Last part of the canvas URL.")
@click.option("--org", "salesforce_id", help="Bind a customer-owned app to its one org.")
@click.option("--developer-name", default="")
@click.option("--namespace", default="")
@with_appcontext
def canvas_app(
    secret: str,
    key: str,
    salesforce_id: str | None,
    developer_name: str,
    namespace: str,
) -> None:
    """Set a canvas app's consumer secrets (several, newest first, separated by commas)."""
    secrets = tuple(part for part in secret.split(",") if part)
    with database().system_writing() as session:
        org = _org(session, salesforce_id) if salesforce_id else None
        try:
            apps.put(
                session,
                keyring(),
                key,
                secrets,
                org=org,
                developer_name=developer_name,
                namespace=namespace,
            )
        except ConfigError as error:
            raise click.ClickException(error.message) from error
    click.echo(f"The canvas app {key} has {len(secrets)} secret(s).")
