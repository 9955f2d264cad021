"""``orgs parked``, ``orgs breakers``: what Salesforce refuses, and in which words."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.cli.orgs.condition import breaker_line
from app.cli.tenant import operator, org_of
from app.errors import ConfigError
from app.orgs import audit
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.queries import condition
from app.outbox.turns import breakers
from app.web.context import database


def install(orgs: click.Group) -> None:
    """Add these commands to the group."""
    for command in (parked, list_breakers, reset_breaker):
        orgs.add_command(command)


@click.command()
@click.argument("salesforce_id")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@with_appcontext
def parked(salesforce_id: str, limit: int) -> None:
    """The latest activities that Salesforce refused for good, newest first, with the reasons."""
    with database().system_reading() as session:
        org = org_of(session, salesforce_id)
        rows = session.scalars(
            select(OutboxRow)
            .where(OutboxRow.org_id == org.id, OutboxRow.state == DeliveryState.PARKED)
            .order_by(OutboxRow.seq.desc())
            .limit(limit)
        ).all()
        for row in rows:
            click.echo(_line(row))
    with database().reading(org.id) as tenant:
        found = condition(tenant)
    if not rows:
        click.echo(f"No activity of {salesforce_id} is parked.")
    if found.pause_reason or found.breakers:
        click.echo(f"Others wait: orgs state {salesforce_id}.")


@click.command("breakers")
@click.argument("salesforce_id")
@with_appcontext
def list_breakers(salesforce_id: str) -> None:
    """Kinds of which the org refuses everything: how many wait, why, when some are tried again."""
    with database().system_reading() as session:
        org = org_of(session, salesforce_id)
    with database().reading(org.id) as tenant:
        found = breakers.opened(tenant)
    for breaker in found:
        click.echo(breaker_line(breaker))
    if not found:
        click.echo(f"No kind of {salesforce_id} waits.")


@click.command("breaker-reset")
@click.argument("salesforce_id")
@click.argument("kind")
@with_appcontext
def reset_breaker(salesforce_id: str, kind: str) -> None:
    """The rule was mended: try some activities of KIND at once; if one passes, all follow."""
    with database().system_reading() as session:
        org = org_of(session, salesforce_id)
    with database().writing(org.id) as tenant:
        if not breakers.reset(tenant, kind):
            raise ConfigError(f"Nothing of the kind {kind} waits; see: orgs breakers.")
        audit.record(tenant, audit.Tag.BREAKER_RESET, operator(), kind=kind)
    click.echo(f"Some of {kind} are tried at once; if Salesforce takes one, the others follow.")


def _line(row: OutboxRow) -> str:
    why = row.error_code or row.error_reason
    words = " ".join(row.error_message.split())
    return f"{row.created_at:%Y-%m-%d %H:%M}  {row.kind:<18}  {why}: {words}"
