"""``orgs preflight``: what an org lacks for what is switched on, asked now."""

from __future__ import annotations

import json
from uuid import UUID

import click
from flask.cli import with_appcontext

from app.cli.tenant import org_of
from app.crm import preflights
from app.salesforce.gateway import current_gateway
from app.salesforce.preflight import service
from app.salesforce.preflight.result import Preflight
from app.salesforce.preflight.words import as_text
from app.web.context import database


def _last(org_id: UUID) -> Preflight | None:
    with database().reading(org_id) as session:
        return service.last(session)


def install(orgs: click.Group) -> None:
    """Add this command to the group."""
    orgs.add_command(preflight)


@click.command()
@click.argument("salesforce_id")
@click.option("--json", "as_json", is_flag=True, help="As data.")
@click.option("--last", "kept", is_flag=True, help="Show what the last one found; ask nothing.")
@click.pass_context
@with_appcontext
def preflight(ctx: click.Context, salesforce_id: str, as_json: bool, kept: bool) -> None:
    """Ask an org what is missing for what is switched on; ends with 1 when something is.

    It costs one API call, at most three. The text can go into a ticket as it is.
    """
    with database().system_reading() as session:
        org = org_of(session, salesforce_id)
    found = _last(org.id) if kept else preflights.run(current_gateway(), org.id)
    if found is None:
        click.echo(f"No preflight of {salesforce_id} was run yet.")
        return
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2))
    else:
        click.echo(as_text(found, f"{org.name} ({org.salesforce_id})"), nl=False)
    if found.lacks or found.refused:
        ctx.exit(1)
