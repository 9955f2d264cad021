"""``orgs records``: Destinations and scores in Salesforce: how they stand, and a retry."""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import with_appcontext

from app.cli.tenant import org_of
from app.outbox.records import queries, service
from app.outbox.records.models import Traffic
from app.outbox.records.queries import Failure, Overview
from app.salesforce import budget
from app.web.context import database


def install(orgs: click.Group) -> None:
    """Add these commands to the group."""
    for command in (records, retry):
        orgs.add_command(command)


@click.command()
@click.argument("salesforce_id")
@with_appcontext
def records(salesforce_id: str) -> None:
    """Destinations and scores in Salesforce: what stands, what waits, what is refused and why.

    They are switched by `orgs feature SALESFORCE_ID destination_records|scores on`.
    """
    with database().reading(_org_id(salesforce_id)) as session:
        calls = budget.standing(session).by_feature
        seen = [(queries.overview(session, t), queries.failures(session, t)) for t in Traffic]
    for overview, failures in seen:
        click.echo(_headline(overview, calls.get(overview.traffic.value, 0)))
        if overview.reason:
            click.echo(f"    rests since {overview.since:%Y-%m-%d %H:%M}: {overview.message}")
        for failure in failures:
            click.echo(f"    {_line(failure)}")
    spent = ", ".join(f"{feature} {count}" for feature, count in calls.items())
    click.echo(f"API calls of the last 24 hours: {spent or 'none'}")


@click.command("records-retry")
@click.argument("salesforce_id")
@click.argument("traffic", type=click.Choice([traffic.value for traffic in Traffic]))
@with_appcontext
def retry(salesforce_id: str, traffic: str) -> None:
    """Try again at the next run: the right was given, the rule was changed."""
    with database().writing(_org_id(salesforce_id)) as session:
        service.retry(session, Traffic(traffic))
    click.echo(f"{traffic} of {salesforce_id} are tried again within the hour.")


def _org_id(salesforce_id: str) -> UUID:
    with database().system_reading() as session:
        return org_of(session, salesforce_id).id


def _headline(overview: Overview, calls: int) -> str:
    return (
        f"{overview.traffic.value:<20}{'on ' if overview.is_on else 'off'}  "
        f"{overview.written} in Salesforce, {overview.due} due, {overview.failing} refused, "
        f"{calls} calls in 24 hours"
    )


def _line(failure: Failure) -> str:
    when = f"{failure.failed_at:%Y-%m-%d %H:%M}" if failure.failed_at else ""
    why = failure.code or failure.reason
    return f"{when}  {failure.name}  {why}: {' '.join(failure.message.split())}"
