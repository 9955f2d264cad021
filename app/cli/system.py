"""``flask --app wsgi system …``: kill switches and roll-outs, when the console is out of reach."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.cli.tenant import operator
from app.orgs import kill_switches
from app.orgs.catalogue import KILLS, Feature, KillSwitch
from app.web.context import database


@click.group()
def system() -> None:
    """What concerns all orgs at once: kill switches, shares of roll-outs."""


@system.command()
@with_appcontext
def switches() -> None:
    """All kill switches, which are pulled, by whom and why."""
    with database().system_reading() as session:
        known = kill_switches.states(session)
        for name, spec in KILLS.items():
            row = known.get(name.value)
            told = f"pulled by {row.changed_by}: {row.reason}" if row and row.is_pulled else ""
            click.echo(f"{name.value:<18} {spec.label:<32} {told or '-'}")


@system.command()
@click.argument("switch", type=click.Choice([each.value for each in KillSwitch]))
@click.option("--why", required=True, help="Stands in the audit.")
@with_appcontext
def pull(switch: str, why: str) -> None:
    """Pull a kill switch for all orgs."""
    _turn(switch, True, why)


@system.command()
@click.argument("switch", type=click.Choice([each.value for each in KillSwitch]))
@click.option("--why", required=True, help="Stands in the audit.")
@with_appcontext
def release(switch: str, why: str) -> None:
    """Release a kill switch: what waits goes on."""
    _turn(switch, False, why)


@system.command()
@click.argument("feature", type=click.Choice([each.value for each in Feature]))
@click.argument("percent", type=click.IntRange(0, 100))
@click.option("--why", required=True, help="Stands in the audit.")
@with_appcontext
def share(feature: str, percent: int, why: str) -> None:
    """Roll a feature out to a share of all orgs."""
    with database().system_writing() as session:
        kill_switches.set_share(session, Feature(feature), percent, by=operator(), why=why)
    click.echo(f"{feature} is on for {percent} % of all orgs.")


def _turn(switch: str, is_pulled: bool, why: str) -> None:
    name = KillSwitch(switch)
    with database().system_writing() as session:
        kill_switches.turn(session, name, is_pulled, by=operator(), why=why)
    click.echo(f"{KILLS[name].label}: {'pulled' if is_pulled else 'released'}.")
