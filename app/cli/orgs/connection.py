"""``orgs connect``, ``certificate``, ``connection``, ``disconnect``: how we reach an org."""

from __future__ import annotations

from dataclasses import replace

import click
from flask.cli import with_appcontext

from app.cli.secrets import secret_option
from app.cli.tenant import operator, org_of
from app.console.connect import words
from app.errors import ConfigError
from app.orgs import audit
from app.orgs.models import Org
from app.outbox import service as outbox
from app.salesforce.connect import certificates, connections, establishing
from app.salesforce.connect.connections import ConnectionStatus
from app.salesforce.connect.hosts import audience
from app.salesforce.connect.ways import Access
from app.salesforce.errors import ForeignHost, OrgOnHold, SalesforceError, WrongOrg
from app.salesforce.gateway import current_gateway
from app.salesforce.models import Method
from app.salesforce.preflight.errors import OrgNotServed
from app.web.context import database, keyring


def install(orgs: click.Group) -> None:
    """Add these commands to the group."""
    for command in (connect, certificate, connection, disconnect):
        orgs.add_command(command)


@click.command()
@click.argument("salesforce_id")
@click.option("--instance-url", required=True, help="https://….my.salesforce.com")
@click.option("--client-id", required=True, help="Consumer key of the app in the org.")
@secret_option("--client-secret", "INLAY_CLIENT_SECRET", "For client credentials.")
@click.option("--username", help="By certificate (JWT bearer) instead: the user to act as.")
@with_appcontext
def connect(
    salesforce_id: str,
    instance_url: str,
    client_id: str,
    client_secret: str | None,
    username: str | None,
) -> None:
    """Connect an org as its integration user, and log in once.

    By client credentials, or with --username by the certificate of `orgs certificate`. Where that
    fails, an earlier connection that worked stays.
    """
    org = _org(salesforce_id)
    if username:
        access = _by_certificate(org, instance_url, client_id, username)
    elif client_secret:
        access = Access(Method.CLIENT_CREDENTIALS, instance_url, client_id, client_secret)
    else:
        raise ConfigError(
            "Set INLAY_CLIENT_SECRET, give --client-secret - to be asked for it, or --username to "
            "log in by certificate."
        )
    try:
        url = current_gateway().hosts.typed(instance_url)
        establishing.establish(current_gateway(), org.id, _at(access, url), by=operator())
    except SalesforceError as error:
        raise ConfigError(_sentence(error, instance_url)) from error
    with database().writing(org.id) as writing:
        tag = audit.Tag.CONNECTION_CREATED
        audit.record(writing, tag, operator(), instance_url=url, way=access.method.value)
        outbox.resume(writing)
    click.echo(f"{salesforce_id} is connected: {url} let us in.")


@click.command()
@click.argument("salesforce_id")
@with_appcontext
def certificate(salesforce_id: str) -> None:
    """Print the org's certificate for JWT bearer, made at the first call; its key stays sealed."""
    org = _org(salesforce_id)
    with database().writing(org.id) as session:
        found = certificates.prepare(session, keyring(), org.salesforce_id)
    click.echo(found.certificate.strip())


@click.command()
@click.argument("salesforce_id")
@with_appcontext
def connection(salesforce_id: str) -> None:
    """How the org is connected: its condition, why, since when, as whom."""
    org = _org(salesforce_id)
    with database().reading(org.id) as session:
        status = connections.status(session)
    if status is None:
        click.echo("not connected")
        return
    for line in _lines(status):
        click.echo(line)


@click.command()
@click.argument("salesforce_id")
@click.confirmation_option(prompt="End this org's connection? Its activities will wait.")
@with_appcontext
def disconnect(salesforce_id: str) -> None:
    """End the connection, forget its secrets, and take the access back at Salesforce."""
    org = _org(salesforce_id)
    was_confirmed = establishing.disconnect(current_gateway(), org.id)
    with database().writing(org.id) as session:
        audit.record(session, audit.Tag.DISCONNECTED, operator(), confirmed=was_confirmed)
    click.echo(f"{salesforce_id} is disconnected.")
    if not was_confirmed:
        click.echo("Salesforce did not confirm the end: have the access revoked there, too.")


def _org(salesforce_id: str) -> Org:
    with database().system_reading() as session:
        return org_of(session, salesforce_id)


def _at(access: Access, url: str) -> Access:
    """The same at the org's own address; a sandbox's login host follows from it."""
    is_signed = access.method is Method.JWT_BEARER
    return replace(access, instance_url=url, login_url=audience(url) if is_signed else "")


def _by_certificate(org: Org, instance_url: str, client_id: str, username: str) -> Access:
    with database().reading(org.id) as session:
        pair = certificates.prepared(session)
    if pair is None:
        raise ConfigError(
            f"There is no certificate yet: give `orgs certificate {org.salesforce_id}`, upload "
            "what it prints to the app in Salesforce, then give this command again."
        )
    return Access(
        Method.JWT_BEARER,
        instance_url,
        client_id,
        username=username,
        private_key=keyring().open(pair.sealed_private_key),
        certificate=pair.certificate,
    )


def _lines(status: ConnectionStatus) -> list[str]:
    since = f" since {status.since:%Y-%m-%d %H:%M} UTC" if status.since else ""
    holds = ", ".join(status.power.holds) if status.power is not None else ""
    found = [
        f"{status.condition.value}{since}",
        f"why: {status.reason}: {words.sentence(status.reason)}" if status.reason else "",
        f"way: {status.method.value} at {status.instance_url}",
        f"user: {status.user_label} ({status.user_name}, {status.user_id})"
        if status.user_id
        else "",
        f"user holds more than is needed: {holds}" if holds else "",
        f"by: {status.connected_by}" if status.connected_by else "",
        f"token: {status.refreshed_at:%Y-%m-%d %H:%M} UTC" if status.refreshed_at else "",
    ]
    return [line for line in found if line]


def _sentence(error: SalesforceError, instance_url: str) -> str:
    """What to look at."""
    if isinstance(error, ForeignHost):
        return (
            f"{instance_url} is no address of Salesforce's ({error.code}); give the org's "
            "own, such as https://yourname.my.salesforce.com."
        )
    if isinstance(error, (OrgOnHold, OrgNotServed)):
        return error.message
    if isinstance(error, WrongOrg):
        return words.sentence(words.reason_of(error))
    reason = words.reason_of(error)
    return (
        f"The org does not let us in ({error.code or error.reason}). {words.sentence(reason)} Then "
        "give the command again."
    )
