"""``orgs owners …``: who is Assigned To on activities."""

from __future__ import annotations

from uuid import UUID

import click
from flask.cli import with_appcontext

from app.cli.tenant import operator, org_of
from app.orgs import settings
from app.outbox.owners import service, users
from app.outbox.owners.service import Mapped, Suggestion
from app.salesforce.gateway import current_gateway
from app.web.context import database


def install(orgs: click.Group) -> None:
    """Add this group to the group."""
    orgs.add_command(owners)


@click.group()
def owners() -> None:
    """Who is Assigned To on activities: users of your product, and users of the org."""


@owners.command("list")
@click.argument("salesforce_id")
@with_appcontext
def list_owners(salesforce_id: str) -> None:
    """Whom activities are assigned to, and the owner of the rest."""
    with database().reading(_org_id(salesforce_id)) as session:
        found = service.mappings(session)
        default = settings.read(session).default_owner
    for mapped in found:
        click.echo(_line(mapped))
    click.echo(f"All others: {default or 'the integration user'}.")


@owners.command("map")
@click.argument("salesforce_id")
@click.argument("identity")
@click.argument("user_id")
@with_appcontext
def map_owner(salesforce_id: str, identity: str, user_id: str) -> None:
    """Assign activities of an IDENTITY to a user of the org.

    IDENTITY is what your events name as their user: an e-mail address or an id; or the id of a user
    of the org whose activities another is to have.
    """
    with database().writing(_org_id(salesforce_id)) as session:
        mapped = service.set_mapping(session, identity, user_id, by=operator())
    click.echo(_line(mapped))


@owners.command()
@click.argument("salesforce_id")
@click.argument("identity")
@with_appcontext
def unmap(salesforce_id: str, identity: str) -> None:
    """Forget whom an IDENTITY was mapped to."""
    with database().writing(_org_id(salesforce_id)) as session:
        was_there = service.remove(session, identity, by=operator())
    click.echo(f"{identity} is {'no longer' if was_there else 'not'} mapped.")


@owners.command()
@click.argument("salesforce_id")
@click.argument("user_id")
@with_appcontext
def default(salesforce_id: str, user_id: str) -> None:
    """Assign all other activities to this user; `none` leaves them to the integration user."""
    owner = ""
    if user_id != "none":
        with database().reading(_org_id(salesforce_id)) as reading:
            owner = service.owner_known(reading, user_id).salesforce_id
    with database().system_writing() as session:
        settings.write(session, org_of(session, salesforce_id), default_owner=owner)
    click.echo(f"All others: {owner or 'the integration user'}.")


@owners.command()
@click.argument("salesforce_id")
@click.option("--accept", is_flag=True, help="Map all that are suggested somebody.")
@with_appcontext
def suggest(salesforce_id: str, accept: bool) -> None:
    """Read the org's users (one call or two), and suggest who has the same e-mail address."""
    org_id = _org_id(salesforce_id)
    active = users.refresh(database(), org_id, current_gateway().for_org(org_id))
    click.echo(f"{active:,} active users.")
    with database().writing(org_id) as session:
        for found in service.suggestions(session):
            click.echo(_suggestion(found))
        if accept:
            click.echo(f"{service.accept_suggestions(session, by=operator()):,} are mapped now.")


def _org_id(salesforce_id: str) -> UUID:
    with database().system_reading() as session:
        return org_of(session, salesforce_id).id


def _line(mapped: Mapped) -> str:
    unfit = "" if mapped.is_fit else "  inactive: the default owner has them"
    return f"{mapped.identity:<40}  {mapped.owner}  {mapped.name}{unfit}"


def _suggestion(found: Suggestion) -> str:
    who = f"{found.user.salesforce_id}  {found.user.name}" if found.user else "nobody"
    return f"{found.identity:<40}  {who}  ({found.events:,} events)"
