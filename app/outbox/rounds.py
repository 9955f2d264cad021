"""One batch of one org on its way: whose rows are next, where to, freeze, send (C4, E2, X3, X4)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from app.clock import utcnow
from app.config import Config
from app.db import Database
from app.orgs import features, settings
from app.orgs.features import Feature
from app.orgs.settings import OpportunityRule, OrgSettings
from app.outbox import batch, roles
from app.outbox.batch import Unit
from app.outbox.errors import UnfitError
from app.outbox.lease import Turn
from app.outbox.models import ActivityObject
from app.outbox.outcomes import FIELD_MISSING
from app.outbox.payload import OrgForm
from app.outbox.reconcile import reconcile
from app.outbox.sending import send
from app.outbox.settlement import Settlement
from app.salesforce.client import Client
from app.salesforce.errors import SalesforceError
from app.salesforce.gateway import Gateway
from app.salesforce.profile import Profile, profile

_log = structlog.get_logger()


#: So often new people may turn up between reading roles and freezing rows.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Terms:
    """What an org wants and is like, for the length of one turn."""

    client: Client
    form: OrgForm
    rule: OpportunityRule


@dataclass(frozen=True, slots=True)
class Prepared:
    """Frozen rows, and what it takes to send them."""

    turn: Turn
    terms: Terms
    units: Sequence[Unit]


@dataclass(frozen=True, slots=True)
class Rounds:
    """Prepares and sends batches; one for all threads of a process."""

    config: Config
    database: Database
    gateway: Gateway

    def terms(self, turn: Turn) -> Terms:
        """How this org is delivered to.

        Raises:
            SalesforceError: There is no way in, or the org could not be asked what it is like.
            UnfitError: The org is not to be delivered to at the moment.
        """
        with self.database.reading(turn.org_id) as session:
            chosen = settings.read(session)
            if not features.is_enabled(session, Feature.ACTIVITY_TO_SALESFORCE):
                raise UnfitError("feature_off")
        client = self.gateway.for_org(turn.org_id)
        form = _form(chosen, profile(self.gateway, turn.org_id))
        return Terms(client, form, chosen.opportunity_rule)

    def prepare(self, turn: Turn, terms: Terms) -> Prepared | None:
        """Freeze the org's next batch; None when nothing is due.

        Raises:
            LeaseLostError: Another worker has taken the org over.
            SalesforceError: The org did not tell what targets are chosen by.
        """
        since = utcnow() - timedelta(seconds=self.config.role_refresh_seconds)
        for _ in range(_TRIES):
            with self.database.writing(turn.org_id) as session:
                frozen = batch.freeze(session, turn, terms.form, terms.rule, since)
            if not frozen.unread:
                return Prepared(turn, terms, frozen.units) if frozen.units else None
            roles.refresh(self.database, turn.org_id, terms.client, frozen.unread)
        raise UnfitError("roles_unread")

    def send(self, prepared: Prepared) -> Settlement:
        """Send a batch; whatever Salesforce does ends in the settlement."""
        done = Settlement(prepared.turn, prepared.terms.form)
        units = self._reconciled(done, prepared)
        if units:
            begun = time.monotonic()
            done.add(send(prepared.terms.client, prepared.terms.form, units))
            done.seconds = time.monotonic() - begun
            done.sent = len(units)
        if done.pause_reason == FIELD_MISSING:
            self._learn_anew(prepared.turn)
        return done

    def _reconciled(self, done: Settlement, prepared: Prepared) -> Sequence[Unit]:
        """What may be sent now: rows that are not unsure, and those that are surely missing."""
        unsure = [unit for unit in prepared.units if unit.is_unsure]
        if not unsure:
            return prepared.units
        try:
            found = reconcile(prepared.terms.client, prepared.terms.form, unsure)
        except SalesforceError as error:
            done.put_back(prepared.units, reason=error.reason)
            return []
        done.add(found.settled)
        done.park_unsure(found.undecidable)
        missing = {unit.seq for unit in found.missing}
        return [unit for unit in prepared.units if not unit.is_unsure or unit.seq in missing]

    def _learn_anew(self, turn: Turn) -> None:
        """The package may have been upgraded, and its fields be called otherwise now."""
        try:
            profile(self.gateway, turn.org_id, refresh=True)
        except SalesforceError as error:
            _log.warning("outbox.no_profile", org=str(turn.org_id), reason=error.reason)


def _form(chosen: OrgSettings, facts: Profile) -> OrgForm:
    if facts.closed_status is None:
        raise UnfitError("no_closed_status")
    return OrgForm(
        ActivityObject(chosen.activity_object),
        facts.names,
        facts.closed_status,
        facts.has_key_field,
    )
