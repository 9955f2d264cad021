"""One round for one org: whose rows are next, where to, freeze, send, settle (C4, E2, X3, X4)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from app.config import Config
from app.db import Database
from app.orgs import features, settings
from app.orgs.features import Feature
from app.orgs.settings import OpportunityRule, OrgSettings
from app.outbox import batch, ledger, roles
from app.outbox.batch import Unit
from app.outbox.lease import Turn
from app.outbox.models import ActivityObject
from app.outbox.outcomes import FIELD_MISSING
from app.outbox.payload import OrgForm
from app.outbox.reconcile import reconcile
from app.outbox.roles import Concerned
from app.outbox.sending import send
from app.outbox.settlement import Settlement
from app.salesforce.client import Client
from app.salesforce.errors import SalesforceError
from app.salesforce.gateway import Gateway
from app.salesforce.profile import Profile, profile
from app.web.metrics import DELIVERIES

_log = structlog.get_logger()


class RoundError(SalesforceError):
    """The org is not fit to be delivered to at the moment; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Courier:
    """Delivers one batch per turn. One for all threads of a process."""

    config: Config
    database: Database
    gateway: Gateway

    def serve(self, turn: Turn) -> int:
        """Send the next batch of the org, and give the turn back; how many were delivered.

        Whatever Salesforce does ends in the rows; it raises only for mistakes of ours.

        Raises:
            LeaseLostError: Another worker has taken the org over.
        """
        try:
            done = self._round(turn)
        except SalesforceError as error:
            _log.warning("outbox.org_rests", org=str(turn.org_id), reason=error.reason)
            done = Settlement(turn, pause_reason=error.reason)
        with self.database.writing(turn.org_id) as session:
            ledger.write(session, done)
        self._report(done)
        return done.counts["delivered"]

    def _round(self, turn: Turn) -> Settlement:
        with self.database.reading(turn.org_id) as session:
            chosen = settings.read(session)
            is_on = features.is_enabled(session, Feature.ACTIVITY_TO_SALESFORCE)
            concerned = roles.concerned(session, turn.batch_size, self._interval)
        if not is_on:
            raise RoundError("feature_off")
        if not concerned.people:
            return Settlement(turn)
        client = self.gateway.for_org(turn.org_id)
        self._refresh_roles(turn, client, chosen, concerned)
        form = _form(chosen, profile(self.gateway, turn.org_id))
        with self.database.writing(turn.org_id) as writing:
            units = batch.freeze(writing, turn, form, chosen.opportunity_rule, concerned.people)
        return self._deliver(Settlement(turn, form), form, client, units)

    def _refresh_roles(
        self, turn: Turn, client: Client, chosen: OrgSettings, concerned: Concerned
    ) -> None:
        if concerned.unread and chosen.opportunity_rule is not OpportunityRule.NONE:
            roles.refresh(self.database, turn.org_id, client, concerned.unread)

    def _deliver(
        self, done: Settlement, form: OrgForm, client: Client, units: Sequence[Unit]
    ) -> Settlement:
        fresh = self._reconciled(done, form, client, units)
        if fresh:
            begun = time.monotonic()
            done.add(send(client, form, fresh))
            done.seconds = time.monotonic() - begun
            done.sent = len(fresh)
        if done.pause_reason == FIELD_MISSING:
            self._learn_anew(done.turn)
        return done

    def _learn_anew(self, turn: Turn) -> None:
        """The package may have been upgraded, and its fields be called otherwise now."""
        try:
            profile(self.gateway, turn.org_id, refresh=True)
        except SalesforceError as error:
            _log.warning("outbox.no_profile", org=str(turn.org_id), reason=error.reason)

    def _reconciled(
        self, done: Settlement, form: OrgForm, client: Client, units: Sequence[Unit]
    ) -> Sequence[Unit]:
        """What may be sent now: rows that are not unsure, and those that are surely missing."""
        unsure = [unit for unit in units if unit.is_unsure]
        if not unsure:
            return units
        try:
            found = reconcile(client, form, unsure)
        except SalesforceError as error:
            done.put_back([unit for unit in units if not unit.is_unsure])
            done.put_back(unsure, reason=error.reason)
            return []
        done.add(found.settled)
        done.park_unsure(found.undecidable)
        missing = {unit.seq for unit in found.missing}
        return [unit for unit in units if not unit.is_unsure or unit.seq in missing]

    @property
    def _interval(self) -> timedelta:
        return timedelta(seconds=self.config.role_refresh_seconds)

    def _report(self, done: Settlement) -> None:
        for outcome, count in done.counts.items():
            DELIVERIES.labels(outcome=outcome).inc(count)
        _log.info("outbox.round", org=str(done.turn.org_id), sent=done.sent, **done.counts)


def _form(chosen: OrgSettings, facts: Profile) -> OrgForm:
    if facts.closed_status is None:
        raise RoundError("no_closed_status")
    return OrgForm(
        ActivityObject(chosen.activity_object),
        facts.names,
        facts.closed_status,
        facts.has_key_field,
    )
