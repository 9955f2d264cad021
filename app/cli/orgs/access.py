"""``orgs apikey…``, ``canvas-app``: who may speak for an org."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.cli.secrets import secret_option
from app.cli.tenant import operator, org_of
from app.orgs import apikeys, apps
from app.web.context import database, keyring


def install(orgs: click.Group) -> None:
    """Add these commands to the group."""
    for command in (apikey, list_apikeys, revoke_apikey, canvas_app):
        orgs.add_command(command)


@click.command()
@click.argument("salesforce_id")
@click.option("--label", default="", help="To tell keys apart.")
@with_appcontext
def apikey(salesforce_id: str, label: str) -> None:
    """Make an API key; it is shown this once."""
    with database().system_writing() as session:
        key = apikeys.create(session, org_of(session, salesforce_id), label, by=operator())
    click.echo(key)


@click.command("apikeys")
@click.argument("salesforce_id")
@with_appcontext
def list_apikeys(salesforce_id: str) -> None:
    """The API keys of an org: first characters, when made, when revoked, label."""
    with database().system_reading() as session:
        for key in apikeys.of_org(session, org_of(session, salesforce_id)):
            ended = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "valid"
            click.echo(f"{key.hint}…  {key.created_at:%Y-%m-%d}  {ended:<18}  {key.label}".rstrip())


@click.command("apikey-revoke")
@click.argument("salesforce_id")
@click.argument("label")
@with_appcontext
def revoke_apikey(salesforce_id: str, label: str) -> None:
    """End an API key at once, named by its LABEL or its first characters."""
    with database().system_writing() as session:
        key = apikeys.named(session, org_of(session, salesforce_id), label)
        apikeys.revoke(session, key, by=operator())
        click.echo(f"The key {key.hint}… ({key.label or 'without label'}) is revoked.")


@click.command("canvas-app")
@secret_option("--secret", "INLAY_CANVAS_SECRET", "One or several, by commas.", required=True)
@click.option("--key", default=apps.PACKAGED, help="Last part of the canvas URL.")
@click.option("--org", "salesforce_id", help="Bind a customer-owned app to its one org.")
@click.option(
    "--developer-name",
    default="",
    help="The canvas app's API name; others are refused. - takes any.",
)
@click.option(
    "--namespace",
    default="",
    help="Namespace of its package; others are refused. - takes any.",
)
@with_appcontext
def canvas_app(
    secret: str, key: str, salesforce_id: str | None, developer_name: str, namespace: str
) -> None:
    """Set a canvas app's consumer secrets (several, newest first, separated by commas)."""
    secrets = tuple(part.strip() for part in secret.split(","))
    with database().system_writing() as session:
        org = org_of(session, salesforce_id) if salesforce_id else None
        names = {"developer_name": developer_name, "namespace": namespace}
        app = apps.put(session, keyring(), key, secrets, org=org, **names)
        taken = [name or "any" for name in (app.developer_name, app.namespace)]
    click.echo(f"The canvas app {key} has {len(secrets)} secret(s).")
    click.echo(f"It takes the API name {taken[0]} and the namespace {taken[1]}.")
