"""``flask --app wsgi orgs …``: what an operator does with tenants until the console does it."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.cli.deliveries import lines
from app.cli.tenant import operator, org_of, organization_id
from app.orgs import features, service
from app.orgs.features import Feature
from app.orgs.models import Org, OrgState
from app.outbox.queries import condition
from app.salesforce.connect import connections
from app.web.context import database


@click.group()
def orgs() -> None:
    """Tenants: their state, features, settings, keys, connection."""


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
        org = service.create(session, organization_id(salesforce_id), name)
        service.set_state(session, org, OrgState.ACTIVE, operator())
    click.echo(f"{org.salesforce_id} is active.")


@orgs.command()
@click.argument("salesforce_id")
@click.argument("state", required=False, type=click.Choice([s.value for s in OrgState]))
@with_appcontext
def state(salesforce_id: str, state: str | None) -> None:
    """Admit, suspend, or put back to pending; without STATE: how the org stands."""
    if state is None:
        _show(salesforce_id)
        return
    with database().system_writing() as session:
        service.set_state(session, org_of(session, salesforce_id), OrgState(state), operator())
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
        org = org_of(session, salesforce_id)
        features.switch(session, org, Feature(feature), switch == "on", by=operator(), why=why)
    click.echo(f"{feature} is {switch} for {salesforce_id}.")


def _show(salesforce_id: str) -> None:
    """The org's state, its connection, its deliveries and its API calls."""
    with database().system_reading() as session:
        org = org_of(session, salesforce_id)
    with database().reading(org.id) as tenant:
        connection = connections.status(tenant)
        found = condition(tenant)
    click.echo(f"{org.salesforce_id} is {org.state.value}.")
    if connection is None:
        click.echo("Not connected.")
    elif connection.is_connected:
        click.echo("Connected.")
    else:
        click.echo(f"Connection lost: {connection.reason}.")
    for line in lines(found):
        click.echo(line)
