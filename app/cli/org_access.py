"""``orgs connect``, ``apikey…``, ``canvas-app``: how we reach an org, and who may speak for it."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.cli.tenant import operator, org_of
from app.errors import ConfigError
from app.orgs import apikeys, apps, audit
from app.salesforce import connections
from app.salesforce.errors import ForeignHost, SalesforceError, WrongOrg
from app.salesforce.gateway import current_gateway
from app.web.context import config, database, keyring


def install(orgs: click.Group) -> None:
    """Add these commands to the group."""
    for command in (connect, apikey, list_apikeys, revoke_apikey, canvas_app):
        orgs.add_command(command)


@click.command()
@click.argument("salesforce_id")
@click.option("--instance-url", required=True, help="https://….my.salesforce.com")
@click.option("--client-id", required=True, help="Consumer key of the app in the org.")
@click.option(
    "--client-secret", envvar="INLAY_CLIENT_SECRET", required=True, help="By environment."
)
@with_appcontext
def connect(salesforce_id: str, instance_url: str, client_id: str, client_secret: str) -> None:
    """Connect an org as its integration user (client credentials), and log in once."""
    with database().system_reading() as reading:
        org = org_of(reading, salesforce_id)
    try:
        with database().writing(org.id) as session:
            connections.connect(
                session,
                keyring(),
                instance_url=instance_url.rstrip("/"),
                client_id=client_id,
                client_secret=client_secret,
                extra_origins=config().salesforce_extra_origins,
            )
            audit.record(session, audit.Tag.CONNECTION_CREATED, operator(), url=instance_url)
        current_gateway().for_org(org.id)
    except ForeignHost as error:
        raise ConfigError(
            f"{instance_url} is no address of Salesforce's ({error.code}); give the org's own, "
            "such as https://yourname.my.salesforce.com."
        ) from error
    except SalesforceError as error:
        raise ConfigError(_no_entry(error)) from error
    click.echo(f"{salesforce_id} is connected: {instance_url} let us in.")


def _no_entry(error: SalesforceError) -> str:
    """What to look at when the connection stands and the log-in failed."""
    if isinstance(error, WrongOrg):
        return error.message
    return (
        f"The org does not let us in ({error.code or error.reason}). Check the client id and "
        "secret, and that the app has the client credentials flow with a user to run as; then "
        "give the command again."
    )


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
@click.option("--secret", envvar="INLAY_CANVAS_SECRET", required=True, help="By environment.")
@click.option("--key", default=apps.PACKAGED, help="Last part of the canvas URL.")
@click.option("--org", "salesforce_id", help="Bind a customer-owned app to its one org.")
@click.option("--developer-name", default="")
@click.option("--namespace", default="")
@with_appcontext
def canvas_app(
    secret: str, key: str, salesforce_id: str | None, developer_name: str, namespace: str
) -> None:
    """Set a canvas app's consumer secrets (several, newest first, separated by commas)."""
    secrets = tuple(part.strip() for part in secret.split(","))
    with database().system_writing() as session:
        org = org_of(session, salesforce_id) if salesforce_id else None
        names = {"developer_name": developer_name, "namespace": namespace}
        apps.put(session, keyring(), key, secrets, org=org, **names)
    click.echo(f"The canvas app {key} has {len(secrets)} secret(s).")
