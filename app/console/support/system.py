"""What is done to all orgs at once (C6): kill switches by their effect, shares of roll-outs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask import Response, redirect, request, url_for
from sqlalchemy import func, select

from app.console.pages import page
from app.console.permissions import Permission
from app.console.principal import current_principal
from app.console.room import room
from app.console.support import effects
from app.console.support.features import LABELS
from app.orgs import kill_switches
from app.orgs.audit import SystemTag
from app.orgs.catalogue import KILLS, SPECS, Feature, KillSpec, KillSwitch
from app.orgs.errors import SwitchError
from app.orgs.models import SERVED, FeatureShare, KillSwitchState, Org, SystemEntry
from app.web import context
from app.web.i18n import _

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Switch:
    """A kill switch as it stands; ``kept`` is who turned it last."""

    name: KillSwitch
    spec: KillSpec
    kept: KillSwitchState | None

    @property
    def is_pulled(self) -> bool:
        """Whether its effect is there now."""
        return self.kept is not None and self.kept.is_pulled


@dataclass(frozen=True, slots=True)
class Share:
    """A feature's roll-out; ``kept`` is who set it last."""

    feature: Feature
    label: str
    is_default: bool
    kept: FeatureShare | None


@room.get("/console/system")
def system() -> Response:
    """Kill switches, what is pulled first; shares; what was done."""
    return _system()


@room.get("/console/system/switches/<name>")
def ask_kill_switch(name: str) -> Response:
    """What pulling it would do, and whom it concerns at this moment."""
    return _ask(name, {}) if name in set(KillSwitch) else _system(status=404)


@room.post("/console/system/switches/<any(pull, release):way>")
def turn_kill_switch(way: str) -> Response:
    """Pull or release one, with a reason; every process follows with its next statement.

    To pull it, its title is typed, too: it concerns all orgs.
    """
    name, why = request.form.get("switch", ""), request.form.get("why", "").strip()[:_LONGEST]
    if name not in set(KillSwitch):
        return _system(status=404)
    if way == "pull" and (problems := _not_meant(name, why)):
        return _ask(name, problems, status=422)
    try:
        with context.database().system_writing() as session:
            actor = current_principal().actor
            kill_switches.turn(session, KillSwitch(name), way == "pull", by=actor, why=why)
    except SwitchError as error:
        return _system(asked=name, problem=_(error.message), status=422)
    return cast(Response, redirect(url_for("console.system", done=name), 303))


def _not_meant(name: str, why: str) -> dict[str, str]:
    """What is missing before all orgs are touched, by field."""
    problems = {} if why else {"why": _("Say why: it stands in the audit.")}
    title = _(KILLS[KillSwitch(name)].label)
    if _plain(request.form.get("word", "")) != _plain(title):
        problems["word"] = _("This is not its title. Type: %(title)s") % {"title": title}
    return problems


def _plain(typed: str) -> str:
    """What counts of a title that is typed: its words, not their case nor a full stop."""
    return " ".join(typed.split()).rstrip(".").casefold()


def _ask(name: str, problems: Mapping[str, str], status: int = 200) -> Response:
    switch = KillSwitch(name)
    with context.database().system_reading() as session:
        found = effects.concerned(session, switch)
        kept = kill_switches.states(session).get(name)
    return page(
        "support/pull.html",
        status=status,
        switch=Switch(switch, KILLS[switch], kept),
        concerned=found,
        problems=problems,
        typed=request.form if problems else {},
    )


@room.post("/console/system/shares")
def set_share() -> Response:
    """Roll a feature out to a share of all orgs."""
    name, why = request.form.get("feature", ""), request.form.get("why", "").strip()[:_LONGEST]
    percent = request.form.get("percent", "").strip()
    if name not in set(Feature):
        return _system(status=404)
    number = int(percent) if percent.isascii() and percent.isdecimal() and len(percent) < 4 else -1
    try:
        with context.database().system_writing() as session:
            actor = current_principal().actor
            kill_switches.set_share(session, Feature(name), number, by=actor, why=why)
    except SwitchError as error:
        at = "percent" if error.reason == "bad_share" else "why"
        return _system(asked=f"share-{name}", field=at, problem=_(error.message), status=422)
    return cast(Response, redirect(url_for("console.system", done=f"share-{name}"), 303))


def _system(
    *, asked: str = "", field: str = "why", problem: str = "", status: int = 200
) -> Response:
    with context.database().system_reading() as session:
        kept, shares = kill_switches.states(session), kill_switches.shares(session)
        latest = kill_switches.latest(session)
        served = session.scalar(select(func.count(Org.id)).where(Org.state.in_(SERVED))) or 0
    switches = [Switch(name, spec, kept.get(name.value)) for name, spec in KILLS.items()]
    return page(
        "support/system.html",
        status=status,
        switches=sorted(switches, key=lambda each: not each.is_pulled),
        shares=[
            Share(each, _(LABELS.get(each, each.value)), spec.default, shares.get(each.value))
            for each, spec in SPECS.items()
            if not spec.default
        ],
        latest=[(entry, _told(entry)) for entry in latest],
        served=served,
        asked=asked,
        field=field,
        problem=problem,
        typed=request.form if problem else {},
        done=request.args.get("done", ""),
        may_steer=current_principal().may(Permission.STEER_SYSTEM),
    )


def _told(entry: SystemEntry) -> str:
    """The act in words."""
    known = entry.detail
    if entry.tag == SystemTag.KILL_SWITCH:
        name = known.get("switch", "")
        label = _(KILLS[KillSwitch(name)].label) if name in set(KillSwitch) else name
        return f"{label}: {_('pulled') if known.get('pulled') else _('released')}"
    name = known.get("feature", "")
    return f"{_(LABELS.get(name, name))}: {known.get('percent')} %"
