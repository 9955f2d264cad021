"""``orgs list``, ``add``, ``state``, ``plan``, ``feature``: tenants, and how they are served."""

from __future__ import annotations

from datetime import UTC, datetime, time

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.cli.orgs.condition import lines
from app.cli.tenant import operator, org_of, organization_id
from app.orgs import features, plans, service
from app.orgs.catalogue import Plan
from app.orgs.features import Feature
from app.orgs.models import Org, OrgState
from app.outbox.queries import condition
from app.salesforce.connect import connections
from app.web.context import database


def install(orgs: click.Group) -> None:
    """Add these commands to the group."""
    for command in (list_orgs, add, state, plan, feature):
        orgs.add_command(command)


@click.command("list")
@with_appcontext
def list_orgs() -> None:
    """All orgs with their state."""
    with database().system_reading() as session:
        for org in session.scalars(select(Org).order_by(Org.created_at)):
            click.echo(f"{org.salesforce_id}  {org.state.value:<9}  {org.name}")


@click.command()
@click.argument("salesforce_id")
@click.argument("name")
@with_appcontext
def add(salesforce_id: str, name: str) -> None:
    """Make an org known and serve it."""
    with database().system_writing() as session:
        org = service.create(session, organization_id(salesforce_id), name)
        service.set_state(session, org, OrgState.ACTIVE, operator())
    click.echo(f"{org.salesforce_id} is active.")


_DAY = click.DateTime(formats=["%Y-%m-%d"])


def _end_of(day: datetime | None) -> datetime | None:
    return datetime.combine(day, time.max, UTC) if day else None


@click.command()
@click.argument("salesforce_id")
@click.argument("state", required=False, type=click.Choice([s.value for s in OrgState]))
@click.option("--until", type=_DAY, help="Last day of a trial, or of an org that leaves.")
@click.option("--message", default="", help="What reps are told while suspended or leaving.")
@click.option("--why", default="", help="Stands in the audit.")
@with_appcontext
def state(
    salesforce_id: str, state: str | None, until: datetime | None, message: str, why: str
) -> None:
    """Admit, try, suspend, let go, or put back to pending; without STATE: how the org stands."""
    if state is None:
        _show(salesforce_id)
        return
    with database().system_writing() as session:
        org, wanted = org_of(session, salesforce_id), OrgState(state)
        service.set_state(
            session, org, wanted, operator(), why=why, message=message, until=_end_of(until)
        )
    click.echo(f"{salesforce_id} is {state}.")


@click.command()
@click.argument("salesforce_id")
@click.argument("plan", type=click.Choice([*(plan.value for plan in Plan), "none"]))
@click.option("--why", default="", help="Stands in the audit.")
@with_appcontext
def plan(salesforce_id: str, plan: str, why: str) -> None:
    """Give an org a plan, which its sandboxes share, or none."""
    with database().system_writing() as session:
        org = org_of(session, salesforce_id)
        plans.set_plan(session, org, features.plan_named(plan), by=operator(), why=why)
    click.echo(f"{salesforce_id} has {'no plan' if plan == 'none' else f'the plan {plan}'}.")


@click.command()
@click.argument("salesforce_id")
@click.argument("feature", type=click.Choice([feature.value for feature in Feature]))
@click.argument("switch", type=click.Choice(["on", "off", "usual"]))
@click.option("--until", type=_DAY, help="Last day of it, as in a trial.")
@click.option("--why", default="", help="Stands in the audit.")
@with_appcontext
def feature(
    salesforce_id: str, feature: str, switch: str, until: datetime | None, why: str
) -> None:
    """Switch a feature on or off, or leave it to the org's plan, roll-out and default."""
    named, ends = Feature(feature), _end_of(until)
    with database().system_writing() as session:
        org = org_of(session, salesforce_id)
        if switch == "usual":
            features.leave_to_plan(session, org, named, by=operator(), why=why)
        else:
            is_on = switch == "on"
            features.switch(session, org, named, is_on, by=operator(), why=why, until=ends)
    click.echo(f"{feature} is {'as usual' if switch == 'usual' else switch} for {salesforce_id}.")


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
