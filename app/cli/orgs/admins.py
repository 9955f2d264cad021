"""``orgs invite``, ``invites``, ``invite-withdraw``: admins, before Salesforce says who is one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import click
from flask.cli import with_appcontext

from app.cli.tenant import operator, org_of
from app.console import links
from app.errors import ConfigError
from app.web.context import config, database, keyring


def install(orgs: click.Group) -> None:
    """Add these commands to the group."""
    for command in (invite, list_invites, withdraw):
        orgs.add_command(command)


@click.command()
@click.argument("salesforce_id")
@click.option("--hours", type=click.IntRange(1, 168), default=24, show_default=True)
@with_appcontext
def invite(salesforce_id: str, hours: int) -> None:
    """Print a link that makes its holder an admin of this org, once: for those who set it up."""
    lasts = timedelta(hours=hours)
    with database().system_writing() as session:
        org = org_of(session, salesforce_id)
        token = links.invite_admin(session, keyring(), org.id, by=operator(), lasts=lasts)
    click.echo(f"{config().app_url}/console/enter/{token}")


@click.command("invites")
@click.argument("salesforce_id")
@with_appcontext
def list_invites(salesforce_id: str) -> None:
    """Invitations of this org that nobody used yet: id, until when, by whom."""
    with database().system_reading() as session:
        found = links.open_invitations(session, org_of(session, salesforce_id).id)
        for each in found:
            click.echo(f"{each.id}  until {each.expires_at:%Y-%m-%d %H:%M} UTC  {each.made_by}")
    if not found:
        click.echo(f"No invitation of {salesforce_id} is open.")


@click.command("invite-withdraw")
@click.argument("salesforce_id")
@click.argument("invitation", type=click.UUID)
@with_appcontext
def withdraw(salesforce_id: str, invitation: UUID) -> None:
    """End an INVITATION that nobody used, named by its id: its link opens nothing any more."""
    with database().system_writing() as session:
        org = org_of(session, salesforce_id)
        if not links.withdraw(session, org.id, invitation, by=operator()):
            raise ConfigError(
                "No such invitation is open: it was used, or its time is over. See: orgs invites. "
                "Who came in by it is signed out on the console's page Staff."
            )
    click.echo("Withdrawn.")
