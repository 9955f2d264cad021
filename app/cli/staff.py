"""``flask --app wsgi staff …``: who of the operator's own may come into the console."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.cli.tenant import operator
from app.console import staff as people
from app.console.permissions import STAFF_ROLES, Role
from app.web.context import config, database, keyring


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


def _address(token: str) -> str:
    return config().app_url + f"/console/enter/{token}"
