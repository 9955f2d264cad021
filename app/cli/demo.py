"""``flask --app wsgi demo-seed``: an org, its connection and believable engagement, once.

``demo-begin`` is for the demo that is empty: the package's app is known, and somebody is invited.

Everything is made through the same services as in production; the people come from the Salesforce
org that the demo runs, read as its integration user. Run again, it changes nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from app.cli.history import Colleague, events_of, memberships_of
from app.cli.tenant import organization_id
from app.config import Config
from app.console import staff
from app.console.permissions import Role
from app.crm.schemas import ContactFacts
from app.crm.service import remember_people
from app.db import Database
from app.engagement import intake, memberships
from app.engagement.ports import recorded_of
from app.keys import Keyring
from app.orgs import apikeys, apps, features, service, settings
from app.orgs.features import Feature
from app.orgs.models import ApiKey, Org, OrgState
from app.salesforce.client import Client
from app.salesforce.connect import connections
from app.salesforce.gateway import current_gateway
from app.web import context

_ACTOR = "demo"
_BATCH = 500


@dataclass(frozen=True, slots=True)
class _Access:
    """How to reach the demo's Salesforce org."""

    org_id: str
    instance_url: str
    client_id: str
    client_secret: str
    canvas_secret: str


@click.command("demo-seed")
@click.option("--instance-url", envvar="INLAY_DEMO_INSTANCE_URL", required=True)
@click.option("--org-id", envvar="INLAY_DEMO_ORG_ID", required=True)
@click.option("--client-id", envvar="INLAY_DEMO_CLIENT_ID", required=True)
@click.option("--client-secret", envvar="INLAY_DEMO_CLIENT_SECRET", required=True)
@click.option("--canvas-secret", envvar="INLAY_DEMO_CANVAS_SECRET", required=True)
@with_appcontext
def demo_seed(**given: str) -> None:
    """Seed the demo; prints JSON with org_id and, the first time, api_key."""
    access = _Access(**{**given, "org_id": organization_id(given["org_id"])})
    database, ring = context.database(), context.keyring()
    if _is_seeded(database, access.org_id):
        click.echo(json.dumps({"org_id": access.org_id, "api_key": None}))
        return
    org = _make_org(database, ring, access)
    _connect(context.config(), database, ring, org, access)
    _fill(database, org, current_gateway().for_org(org.id))
    # the key comes last: it says that all the rest is there
    with database.system_writing() as session:
        api_key = apikeys.create(session, org, _ACTOR, by=_ACTOR)
    click.echo(json.dumps({"org_id": access.org_id, "api_key": api_key}))


@click.command("demo-begin")
@click.argument("email")
@click.option("--canvas-secret", envvar="INLAY_DEMO_CANVAS_SECRET", required=True)
@with_appcontext
def demo_begin(email: str, canvas_secret: str) -> None:
    """Know the package's app, without any org; prints a link by which an operator comes in."""
    ring = context.keyring()
    with context.database().system_writing() as session:
        apps.put(session, ring, apps.PACKAGED, (canvas_secret,))
        token = staff.invite(session, ring, email, Role.OPERATOR, by=_ACTOR)
    click.echo(f"{context.config().app_url}/console/enter/{token}")


def _is_seeded(database: Database, org_id: str) -> bool:
    """Whether an earlier run came to its end; each step may be done twice."""
    with database.system_reading() as session:
        keys = select(ApiKey.id).join(Org, Org.id == ApiKey.org_id)
        ours = keys.where(Org.salesforce_id == org_id, ApiKey.label == _ACTOR)
        return session.scalar(ours.limit(1)) is not None


def _make_org(database: Database, ring: Keyring, access: _Access) -> Org:
    with database.system_writing() as session:
        org = service.create(session, access.org_id, "Devorg", state=OrgState.ACTIVE)
        apps.put(session, ring, apps.PACKAGED, (access.canvas_secret,))
        for feature in Feature:
            features.switch(session, org, feature, True, by=_ACTOR)
        settings.write(session, org, company_name="Halyard Software")
        return org


def _connect(config: Config, database: Database, ring: Keyring, org: Org, access: _Access) -> None:
    with database.writing(org.id) as session:
        connections.connect(
            session,
            ring,
            instance_url=access.instance_url,
            client_id=access.client_id,
            client_secret=access.client_secret,
            extra_origins=config.salesforce_extra_origins,
        )


def _fill(database: Database, org: Org, client: Client) -> None:
    """Mirror the org's people, and give them a history that is not delivered."""
    colleagues = _read_people(client)
    with database.writing(org.id) as session:
        remember_people(session, [one.facts for one in colleagues])
        memberships.replace(session, memberships_of(colleagues))
    events = events_of(colleagues)
    for start in range(0, len(events), _BATCH):
        with database.writing(org.id) as session:
            intake.record(session, events[start : start + _BATCH], recorded_of(current_app))


def _read_people(client: Client) -> list[Colleague]:
    contacts = client.query(
        "SELECT Id, Name, Email, Account.Name FROM Contact ORDER BY Id", feature="demo"
    )
    leads = client.query("SELECT Id, Name, Email, Company FROM Lead ORDER BY Id", feature="demo")
    return [
        Colleague(
            ContactFacts(row["Id"], row["Name"] or "", row["Email"]),
            company=(row.get("Account") or {}).get("Name") or row.get("Company") or "",
        )
        for row in (*contacts, *leads)
        if row["Email"]
    ]
