"""``orgs backfill…``: activities for what happened before a kind was switched on."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import click
from flask.cli import with_appcontext

from app.cli.tenant import operator, org_of
from app.outbox.backfill import service, words
from app.outbox.backfill.preview import preview
from app.outbox.backfill.span import Span
from app.salesforce.gateway import current_gateway
from app.web.context import database


def install(orgs: click.Group) -> None:
    """Add these commands to the group."""
    for command in (backfill_preview, backfill, backfills, backfill_stop):
        orgs.add_command(command)


_KINDS = click.option("--kind", "kinds", multiple=True, help="A kind of event; several are fine.")
_SINCE = click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day (UTC).")
_UNTIL = click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="First day left out.")


@click.command("backfill-preview")
@click.argument("salesforce_id")
@_KINDS
@_SINCE
@_UNTIL
@with_appcontext
def backfill_preview(
    salesforce_id: str,
    kinds: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Show what a back-fill would take: activities, API calls, storage, time. Nothing is written.

    Without --kind: all kinds that the org wants.
    """
    org_id = _org_id(salesforce_id)
    click.echo(_preview(org_id, _span(org_id, kinds, since, until)))


@click.command()
@click.argument("salesforce_id")
@_KINDS
@_SINCE
@_UNTIL
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def backfill(
    salesforce_id: str,
    kinds: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    yes: bool,
) -> None:
    """Write activities for events of the past that have none; shows the preview and asks first."""
    org_id = _org_id(salesforce_id)
    span = _span(org_id, kinds, since, until)
    if not yes:
        click.echo(_preview(org_id, span))
        click.confirm("Write these activities to Salesforce?", abort=True)
    with database().writing(org_id) as session:
        started = service.start(session, span, operator())
    click.echo(
        f"{started.expected:,} events are on their way. How far it is: orgs backfills "
        f"{salesforce_id}"
    )


@click.command()
@click.argument("salesforce_id")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 100))
@with_appcontext
def backfills(salesforce_id: str, limit: int) -> None:
    """The latest back-fills of an org and how far they are, newest first."""
    with database().reading(_org_id(salesforce_id)) as session:
        found = service.progress(session, limit)
    for one in found:
        click.echo(words.of_progress(one))
    if not found:
        click.echo(f"Nobody has asked for the history of {salesforce_id}.")


@click.command("backfill-stop")
@click.argument("salesforce_id")
@with_appcontext
def backfill_stop(salesforce_id: str) -> None:
    """Send nothing more of the back-fill under way; what is sent stays."""
    with database().writing(_org_id(salesforce_id)) as session:
        service.stop(session, operator())
    click.echo(f"It is stopping. How far it came: orgs backfills {salesforce_id}")


def _org_id(salesforce_id: str) -> UUID:
    with database().system_reading() as session:
        return org_of(session, salesforce_id).id


def _span(
    org_id: UUID, kinds: tuple[str, ...], since: datetime | None, until: datetime | None
) -> Span:
    with database().reading(org_id) as session:
        return service.span_of(session, kinds, _utc(since), _utc(until))


def _utc(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=UTC) if day else None


def _preview(org_id: UUID, span: Span) -> str:
    return words.of_preview(span, preview(current_gateway(), database(), org_id, span))
