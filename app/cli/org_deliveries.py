"""``orgs parked``: what Salesforce refused for good, and in which words."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.cli.tenant import org_of
from app.outbox.models import DeliveryState, OutboxRow
from app.web.context import database


def install(orgs: click.Group) -> None:
    """Add this command to the group."""
    orgs.add_command(parked)


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
    if not rows:
        click.echo(f"No activity of {salesforce_id} is parked.")


def _line(row: OutboxRow) -> str:
    why = row.error_code or row.error_reason
    words = " ".join(row.error_message.split())
    return f"{row.created_at:%Y-%m-%d %H:%M}  {row.kind:<18}  {why}: {words}"
