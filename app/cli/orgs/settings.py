"""``orgs set`` and ``orgs kind``: how an org wants it."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.cli.tenant import org_of
from app.engagement.kinds import asked_for
from app.errors import ConfigError
from app.orgs import settings
from app.orgs.settings import DEFAULT_KINDS, DIGEST, KindPolicy, OrgSettings
from app.salesforce import budget
from app.salesforce.budget import BUDGETED
from app.web.context import database


def install(orgs: click.Group) -> None:
    """Add these commands to the group."""
    for command in (set_setting, kind, api_budget):
        orgs.add_command(command)


@click.command("set")
@click.argument("salesforce_id")
@click.argument("name")
@click.argument("value")
@with_appcontext
def set_setting(salesforce_id: str, name: str, value: str) -> None:
    """Change a setting of an org.

    \b
    opportunity_rule  primary | latest | all | none: opportunities of an activity
    activity_object   Task | Event: what kinds are written as that say nothing else
    time_zone         Europe/Berlin: whose days a digest tells of
    company_name      shown on Destinations
    website           https://www.example.com, linked on Destinations
    brand_color       #0b5cab
    api_budget        calls that Inlay may make in 24 hours; 0: a share of the org's own

    What becomes of a kind of event: `orgs kind`. Who is Assigned To: `orgs owners`.
    What single features may spend of the calls: `orgs budget`.
    """  # noqa: D301  # click's mark of a paragraph that keeps its lines
    if name == "api_budgets":
        raise ConfigError(f"Features are set one by one: orgs budget {salesforce_id} scores 500.")
    if name in {"kinds", "objects"}:
        raise ConfigError(f"Kinds are set one by one: orgs kind {salesforce_id} KIND each|off.")
    with database().system_writing() as session:
        settings.write(session, org_of(session, salesforce_id), **{name: value})
    click.echo(f"{name} is {value} for {salesforce_id}.")


@click.command()
@click.argument("salesforce_id")
@click.argument("kind")
@click.argument("policy", required=False, type=click.Choice([each.value for each in KindPolicy]))
@click.option(
    "--as", "sobject", type=click.Choice(["Task", "Event"]), help="What it is written as."
)
@with_appcontext
def kind(salesforce_id: str, kind: str, policy: str | None, sobject: str | None) -> None:
    """What becomes of events of a KIND (email_opened); with a POLICY, set it.

    \b
    off     no activity
    each    an activity of each
    first   of the first on the same link by the same person
    digest  one activity of all that a person did on a day

    What digests are written as: `orgs kind … digest --as Event`.
    """  # noqa: D301  # click's mark of a paragraph that keeps its lines
    if not asked_for(kind) or (kind == DIGEST and policy):
        raise ConfigError(f"{kind} is no kind; one is named like email_opened or custom.webinar.")
    chosen = KindPolicy(policy) if policy else None
    with database().system_writing() as session:
        org = org_of(session, salesforce_id)
        if chosen or sobject:
            settings.set_kind(session, org, kind, chosen, sobject)
        org_id = org.id
    with database().reading(org_id) as reading:
        click.echo(_words_of(settings.read(reading), kind))


def _words_of(found: OrgSettings, kind: str) -> str:
    written = f"written as {found.object_of(kind)}"
    if kind == DIGEST:
        return f"Digests are {written}."
    is_known = kind in DEFAULT_KINDS
    known = "" if is_known else " Inlay does not know this kind: it is one of yours."
    return f"{kind} is {found.policy_of(kind).value}, {written}.{known}"


@click.command("budget")
@click.argument("salesforce_id")
@click.argument("feature", required=False)
@click.argument("calls", required=False, type=click.IntRange(0))
@with_appcontext
def api_budget(salesforce_id: str, feature: str | None, calls: int | None) -> None:
    """API calls of the last 24 hours; with FEATURE and CALLS, what a feature may make of them.

    0 takes a feature's limit away. Features: delivery, activity_to_salesforce (contact roles),
    destination_records, scores, follow_ups, backfill.
    """
    with database().system_reading() as session:
        org = org_of(session, salesforce_id)
    if feature is not None and calls is not None:
        if feature not in BUDGETED:
            raise ConfigError(f"{feature} is none of {', '.join(BUDGETED)}.")
        with database().system_writing() as writing:
            settings.set_budget(writing, org_of(writing, salesforce_id), feature, calls)
    with database().reading(org.id) as tenant:
        found = budget.standing(tenant)
    for name in sorted({*found.by_feature, *found.feature_limits}):
        most = found.feature_limits.get(name)
        of = f" of {most}" if most is not None else ""
        click.echo(f"{name:<24} {found.by_feature.get(name, 0)}{of}")
    click.echo(f"{'all that Inlay does':<24} {found.spent} of {found.limit}")
