"""``orgs connect``: how we reach an org, tried at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.cli.tenant import operator, org_of
from app.errors import ConfigError
from app.keys import SealedError
from app.orgs import audit
from app.salesforce import connections
from app.salesforce.errors import ForeignHost, SalesforceError, WrongOrg
from app.salesforce.gateway import current_gateway
from app.salesforce.models import Connection, ConnectionState
from app.salesforce.preflight.at_connect import at_connect
from app.salesforce.preflight.errors import OrgNotServed
from app.web.context import config, database, keyring


@dataclass(frozen=True, slots=True)
class _Access:
    """Client credentials of an app in the org."""

    instance_url: str
    client_id: str
    client_secret: str = field(repr=False)


def install(orgs: click.Group) -> None:
    """Add this command to the group."""
    orgs.add_command(connect)


@click.command()
@click.argument("salesforce_id")
@click.option("--instance-url", required=True, help="https://….my.salesforce.com")
@click.option("--client-id", required=True, help="Consumer key of the app in the org.")
@click.option("--client-secret", envvar="INLAY_CLIENT_SECRET", required=True)
@with_appcontext
def connect(salesforce_id: str, **given: str) -> None:
    """Connect an org as its integration user (client credentials), and log in once.

    Where that fails, an earlier connection that worked stays. The secret goes by environment:
    INLAY_CLIENT_SECRET.
    """
    access = _Access(**{**given, "instance_url": given["instance_url"].rstrip("/")})
    with database().system_reading() as session:
        org = org_of(session, salesforce_id)
    earlier = _working(org.id)
    try:
        _store(org.id, access)
        current_gateway().for_org(org.id)
        at_connect(current_gateway(), org.id)
    except SalesforceError as error:
        if earlier is not None and not isinstance(error, ForeignHost):
            _store(org.id, earlier)
        raise ConfigError(_sentence(error, access)) from error
    with database().writing(org.id) as writing:
        audit.record(
            writing, audit.Tag.CONNECTION_CREATED, operator(), instance_url=access.instance_url
        )
    click.echo(f"{salesforce_id} is connected: {access.instance_url} let us in.")


def _working(org_id: UUID) -> _Access | None:
    """The connection that the org has now, unless it was lost or nobody can open it."""
    with database().reading(org_id) as session:
        kept = session.scalar(select(Connection))
    if kept is None or kept.state is not ConnectionState.CONNECTED:
        return None
    try:
        secret = keyring().open(kept.sealed_client_secret)
    except SealedError:  # it does not work either: its key is lost
        return None
    return _Access(kept.instance_url, kept.client_id, secret)


def _store(org_id: UUID, access: _Access) -> None:
    with database().writing(org_id) as session:
        connections.connect(
            session,
            keyring(),
            instance_url=access.instance_url,
            client_id=access.client_id,
            client_secret=access.client_secret,
            extra_origins=config().salesforce_extra_origins,
        )


def _sentence(error: SalesforceError, access: _Access) -> str:
    """What to look at."""
    if isinstance(error, ForeignHost):
        return (
            f"{access.instance_url} is no address of Salesforce's ({error.code}); give the org's "
            "own, such as https://yourname.my.salesforce.com."
        )
    if isinstance(error, (WrongOrg, OrgNotServed)):
        return error.message
    return (
        f"The org does not let us in ({error.code or error.reason}). Check the client id and "
        "secret, and that the app has the client credentials flow with a user to run as; then "
        "give the command again."
    )
