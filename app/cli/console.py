"""``staff …`` and ``orgs invite``: who may come into the console."""

from __future__ import annotations

from datetime import timedelta

import click
from flask.cli import with_appcontext

from app.cli.tenant import operator, org_of
from app.console import links
from app.console import staff as people
from app.console.models import LinkPurpose
from app.console.permissions import STAFF_ROLES, Role
from app.orgs import audit
from app.web.context import config, database, keyring


def install(orgs: click.Group) -> None:
    """Add the command about one org."""
    orgs.add_command(invite_admin)


@click.group()
def staff() -> None:
    """The operator's own people, who look after all orgs."""


@staff.command("invite")
@click.argument("email")
@click.option(
    "--role",
    type=click.Choice([role.value for role in STAFF_ROLES]),
    default=Role.SUPPORT.value,
    show_default=True,
    help="What they may do.",
)
@click.option("--name", default="", help="As it is shown.")
@with_appcontext
def invite(email: str, role: str, name: str) -> None:
    """Print a link by which a person signs in, once, within a day; also to change their role."""
    with database().system_writing() as session:
        token = people.invite(session, keyring(), email, Role(role), name=name, by=operator())
    click.echo(_address(token))


@staff.command("list")
@with_appcontext
def list_staff() -> None:
    """Everybody, with role, and who was let go."""
    with database().system_reading() as session:
        for person in people.everybody(session):
            state = "" if person.is_active else "  (let go)"
            click.echo(f"{person.role.value:<9}  {person.email}{state}")


@staff.command("remove")
@click.argument("email")
@with_appcontext
def remove(email: str) -> None:
    """Close the console to a person at once."""
    with database().system_writing() as session:
        person = people.let_go(session, email, by=operator())
    click.echo(f"{person.email} is signed out and can no longer come in.")


@click.command("invite")
@click.argument("salesforce_id")
@click.option("--hours", type=click.IntRange(1, 168), default=24, show_default=True)
@with_appcontext
def invite_admin(salesforce_id: str, hours: int) -> None:
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
    click.echo(_address(token))


def _address(token: str) -> str:
    return config().app_url + f"/console/enter/{token}"
