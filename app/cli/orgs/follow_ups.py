"""``orgs follow-up-…``: rules that make follow-up tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import click
from flask.cli import with_appcontext

from app.cli.tenant import operator, org_of
from app.engagement.kinds import Kind
from app.errors import ConfigError
from app.orgs import features
from app.outbox.follow_ups import queries, rules
from app.outbox.follow_ups.models import OwnerRule, Part
from app.outbox.follow_ups.noticing import NEEDED
from app.outbox.follow_ups.preview import preview as look_back
from app.outbox.follow_ups.rules import NewRule
from app.web.context import database


def install(orgs: click.Group) -> None:
    """Add these commands to the group."""
    for command in (add, list_rules, switch, remove, preview):
        orgs.add_command(command)


@click.command("follow-up-add")
@click.argument("salesforce_id")
@click.argument("subject")
@click.option("--kind", default=Kind.DESTINATION_VISIT.value, show_default=True)
@click.option("--block", help="Words of a block that was seen; a visit counts once.")
@click.option("--link", help="Words in the text or address of a link that was clicked.")
@click.option("--document", help="Words in the name of a document that was opened.")
@click.option("--times", default=1, show_default=True)
@click.option("--within-days", default=7, show_default=True, help="It then rests as long.")
@click.option("--anybody", is_flag=True, help="Also people without an open opportunity.")
@click.option(
    "--owner",
    default=OwnerRule.OPPORTUNITY.value,
    show_default=True,
    help="opportunity (its owner), record (the owner of the Contact or Lead), or a user's id.",
)
@click.option("--due-days", default=1, show_default=True)
@click.option("--any-day", is_flag=True, help="Saturdays and Sundays count as well.")
@click.option("--priority", default="Normal", show_default=True)
@with_appcontext
def add(salesforce_id: str, subject: str, **chosen: Any) -> None:
    """Make a rule: a task with this SUBJECT; {person} and {page} in it are filled in.

    \b
    orgs follow-up-add 00D… "Call {person} about pricing" --block pricing --times 2
    """  # noqa: D301  # click's mark of a paragraph that keeps its lines
    wanted = _wanted(subject, chosen)
    with database().writing(_org_id(salesforce_id)) as session:
        number = rules.add(session, wanted, operator())
        session.flush()
        words = rules.in_words(rules.get(session, number))
        missing = NEEDED - features.enabled(session)
    click.echo(f"Rule {number}: {words}.")
    for feature in sorted(missing):
        click.echo(f"It does nothing until this is on: orgs feature {salesforce_id} {feature} on")


@click.command("follow-ups")
@click.argument("salesforce_id")
@with_appcontext
def list_rules(salesforce_id: str) -> None:
    """The org's rules, and what they came to of late: for how many people, and why not."""
    with database().reading(_org_id(salesforce_id)) as session:
        found = rules.list_rules(session)
        outcomes = queries.outcomes(session)
    for rule in found:
        click.echo(
            f"{rule.number:>3}  {'on ' if rule.is_active else 'off'}  {rules.in_words(rule)}"
        )
        for outcome in outcomes.get(rule.id, ()):
            click.echo(f"          {outcome.in_words()}")
    if not found:
        click.echo(f"{salesforce_id} has no rules; `orgs follow-up-add` makes one.")


@click.command("follow-up-switch")
@click.argument("salesforce_id")
@click.argument("number", type=int)
@click.argument("switch", type=click.Choice(["on", "off"]))
@with_appcontext
def switch(salesforce_id: str, number: int, switch: str) -> None:
    """Let a rule work, or rest."""
    with database().writing(_org_id(salesforce_id)) as session:
        rules.switch(session, number, switch == "on", operator())
    click.echo(f"Rule {number} of {salesforce_id} is {switch}.")


@click.command("follow-up-remove")
@click.argument("salesforce_id")
@click.argument("number", type=int)
@with_appcontext
def remove(salesforce_id: str, number: int) -> None:
    """Take a rule away; the tasks that it made stay."""
    with database().writing(_org_id(salesforce_id)) as session:
        rules.remove(session, number, operator())
    click.echo(f"Rule {number} of {salesforce_id} is removed.")


@click.command("follow-up-preview")
@click.argument("salesforce_id")
@click.argument("number", type=int)
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 365))
@with_appcontext
def preview(salesforce_id: str, number: int, days: int) -> None:
    """How many tasks a rule would have made; nothing is written or asked of Salesforce."""
    with database().reading(_org_id(salesforce_id)) as session:
        seen = look_back(session, rules.as_rule(rules.get(session, number)), days)
    click.echo(
        f"Rule {number} would have made {seen.tasks} tasks for {seen.people} people in the last "
        f"{seen.days} days."
    )
    if seen.without:
        click.echo(
            f"{seen.without} times it was met by people without a record or an open opportunity, "
            "as far as Inlay knows today."
        )


def _org_id(salesforce_id: str) -> UUID:
    with database().system_reading() as session:
        return org_of(session, salesforce_id).id


def _wanted(subject: str, chosen: Mapping[str, Any]) -> NewRule:
    parts = {part: chosen[part.value] for part in Part if chosen.get(part.value) is not None}
    if len(parts) > 1:
        raise ConfigError("A rule looks for one thing: --block, --link or --document.")
    part, target = next(iter(parts.items()), (Part.ANY, ""))
    owner = chosen["owner"]
    is_user = owner not in (OwnerRule.OPPORTUNITY, OwnerRule.RECORD)
    return NewRule(
        subject=subject,
        kind=chosen["kind"],
        part=part,
        target=target.strip(),
        times=chosen["times"],
        within_days=chosen["within_days"],
        needs_opportunity=not chosen["anybody"],
        owner=OwnerRule.USER if is_user else OwnerRule(owner),
        owner_id=owner if is_user else None,
        due_days=chosen["due_days"],
        working_days=not chosen["any_day"],
        priority=chosen["priority"],
    )
