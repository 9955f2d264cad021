"""``orgs invite``: who may set an org up before Salesforce can say it."""

from __future__ import annotations

from datetime import timedelta

import click
from flask.cli import with_appcontext

from app.cli.tenant import operator, org_of
from app.console import links
from app.console.models import LinkPurpose
from app.orgs import audit
from app.web.context import config, database, keyring


def install(orgs: click.Group) -> None:
    """Add this command to the group."""
    orgs.add_command(invite)


@click.command()
@click.argument("salesforce_id")
@click.option("--hours", type=click.IntRange(1, 168), default=24, show_default=True)
@with_appcontext
def invite(salesforce_id: str, hours: int) -> None:
    """Print a link that makes its holder an admin of this org, once: for those who set it up."""
    with database().system_writing() as session:
        org = org_of(session, salesforce_id)
        token = links.make(
            session,
            keyring(),
            LinkPurpose.ORG_INVITE,
            by=operator(),
            lasts=timedelta(hours=hours),
            org_id=org.id,
        )
        audit.record_for(session, org.id, audit.Tag.ADMIN_INVITED, operator(), hours=hours)
    click.echo(f"{config().app_url}/console/enter/{token}")
