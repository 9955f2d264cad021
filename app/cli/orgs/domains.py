"""``orgs domains``: which hosts the proxy has to know."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.destinations import domains
from app.web.context import database


def install(orgs: click.Group) -> None:
    """Add this command to the group."""
    orgs.add_command(list_domains)


@click.command("domains")
@click.option("--open", "only_open", is_flag=True, help="Host names alone, of those that answer.")
@with_appcontext
def list_domains(*, only_open: bool) -> None:
    """Orgs' own domains: the host, whether it answers, whose it is, what its TXT record says."""
    with database().system_reading() as session:
        found = domains.of_all_orgs(session)
    for each in found:
        if not only_open:
            state = "open" if each.is_open else "waits"
            click.echo(f"{each.host}  {state:<5}  {each.salesforce_id}  {each.proof}")
        elif each.is_open:
            click.echo(each.host)
