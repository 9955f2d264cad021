"""``orgs set`` and ``orgs kind``: how an org wants it."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.cli.tenant import org_of
from app.engagement.kinds import asked_for
from app.errors import ConfigError
from app.orgs import settings
from app.orgs.settings import DEFAULT_KINDS, KindPolicy
from app.web.context import database


def install(orgs: click.Group) -> None:
    """Add these commands to the group."""
    for command in (set_setting, kind):
        orgs.add_command(command)


@click.command("set")
@click.argument("salesforce_id")
@click.argument("name")
@click.argument("value")
@with_appcontext
def set_setting(salesforce_id: str, name: str, value: str) -> None:
    """Change a setting of an org.

    \b
    opportunity_rule  one | all | none: opportunities that an activity is written to
    activity_object   Task | Event
    company_name      shown on Destinations
    website           https://www.example.com, linked on Destinations
    brand_color       #0b5cab
    api_budget        calls that Inlay may make in 24 hours; 0: a share of the org's own

    What becomes of a kind of event: `orgs kind`.
    """  # noqa: D301  # click's mark of a paragraph that keeps its lines
    if name == "kinds":
        raise ConfigError(f"Kinds are set one by one: orgs kind {salesforce_id} KIND each|off.")
    with database().system_writing() as session:
        settings.write(session, org_of(session, salesforce_id), **{name: value})
    click.echo(f"{name} is {value} for {salesforce_id}.")


@click.command()
@click.argument("salesforce_id")
@click.argument("kind")
@click.argument("policy", type=click.Choice([policy.value for policy in KindPolicy]))
@with_appcontext
def kind(salesforce_id: str, kind: str, policy: str) -> None:
    """Say whether each event of a KIND (email_opened) becomes an activity, or none."""
    if not asked_for(kind):
        raise ConfigError(f"{kind} is no kind; one is named like email_opened or custom.webinar.")
    with database().system_writing() as session:
        settings.set_kind(session, org_of(session, salesforce_id), kind, KindPolicy(policy))
    known = "" if kind in DEFAULT_KINDS else " Inlay does not know this kind: it is one of yours."
    click.echo(f"{kind} is {policy} for {salesforce_id}.{known}")
