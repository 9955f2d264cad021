"""One batch of one org on its way: whose rows are next, where to, freeze, send (C4, E2, X3, X4)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import select

from app.clock import utcnow
from app.config import Config
from app.db import Database, TenantSession
from app.orgs import features, settings
from app.orgs.features import Feature
from app.orgs.kill_switches import may_send
from app.orgs.models import Org
from app.orgs.settings import OpportunityRule, OrgSettings
from app.outbox.composing.payload import OrgForm, Writable
from app.outbox.errors import UnfitError
from app.outbox.models import ActivityObject
from app.outbox.owners.lookup import unfit
from app.outbox.turns import batch, breakers, roles
from app.outbox.turns.batch import Unit
from app.outbox.turns.lease import Turn
from app.outbox.turns.outcomes import BUDGET_SPENT, FIELD_MISSING, judge
from app.outbox.turns.reconcile import reconcile
from app.outbox.turns.sending import FEATURE, Written, send, write
from app.outbox.turns.settlement import Learnt, Settlement
from app.salesforce import budget
from app.salesforce.budget import Standing
from app.salesforce.client import Client
from app.salesforce.errors import SalesforceError
from app.salesforce.gateway import Gateway
from app.salesforce.profile import Profile, profile
from app.salesforce.refusals import Refusal

_log = structlog.get_logger()


#: Codes of an object that is kept from Inlay's user as a whole.
_NOT_FOR_US = frozenset({"NOT_FOUND", "INVALID_TYPE"})
#: So often new people may turn up between reading roles and freezing rows.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Terms:
    """What an org wants and is like, for the length of one turn."""

    client: Client
    form: OrgForm
    rule: OpportunityRule
    role_refresh: timedelta


@dataclass(frozen=True, slots=True)
class Prepared:
    """Frozen rows, and what it takes to send them."""

    turn: Turn
    terms: Terms
    units: Sequence[Unit]
    written: Written = field(default_factory=dict)
    breakers: frozenset[str] = frozenset()


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
            standing = self._standing(session)
            unfit_owners = unfit(session)
        if standing.exhausted:
            raise UnfitError(BUDGET_SPENT, standing.resumes_at)
        client = self.gateway.for_org(turn.org_id)
        form = _form(chosen, profile(self.gateway, turn.org_id), unfit_owners)
        usual = timedelta(seconds=self.config.role_refresh_seconds)
        return Terms(client, form, chosen.opportunity_rule, standing.interval(usual))

    def _standing(self, session: TenantSession) -> Standing:
        organization = session.scalar(select(Org.salesforce_id)) or ""
        unwritten = self.gateway.accounting.unwritten(organization)
        return budget.standing(session, unwritten, feature=FEATURE)

    def first(self, turn: Turn, terms: Terms) -> Prepared | None:
        """The first batch of a turn: roles that it lacks are read before it is put together.

        Raises:
            LeaseLostError: Another worker has taken the org over.
            SalesforceError: The org did not tell what targets are chosen by.
        """
        if terms.rule is not OpportunityRule.NONE:
            since = utcnow() - terms.role_refresh
            with self.database.reading(turn.org_id) as session:
                unread = roles.unread_of_next(session, turn, since, rows=turn.batch_size)
                if unread:  # there is a call anyway, so it covers those who come after
                    unread = roles.unread_of_next(session, turn, since)
            if unread:
                roles.refresh(self.database, turn.org_id, terms.client, unread)
        return self.prepare(turn, terms)

    def prepare(self, turn: Turn, terms: Terms) -> Prepared | None:
        """Freeze the org's next batch; None when nothing is due.

        Raises:
            LeaseLostError: Another worker has taken the org over.
            SalesforceError: The org did not tell what targets are chosen by.
        """
        since = utcnow() - terms.role_refresh
        for _ in range(_TRIES):
            with self.database.writing(turn.org_id) as session:
                if not may_send(session):
                    return None  # suspended, or all writes stopped, since the turn began
                known = breakers.before_batch(session)
                frozen = batch.freeze(session, turn, terms.form, terms.rule, since)
            if not frozen.unread:
                # in its form for the wire now, while the call before is under way
                written = write(terms.form, frozen.units)
                return Prepared(turn, terms, frozen.units, written, known) if frozen.units else None
            roles.refresh(self.database, turn.org_id, terms.client, frozen.unread)
        raise UnfitError("roles_unread")

    def send(self, prepared: Prepared) -> Settlement:
        """Send a batch; whatever Salesforce does ends in the settlement."""
        done = Settlement(prepared.turn, prepared.terms.form, breakers=prepared.breakers)
        units = self._reconciled(done, prepared)
        if units:
            begun = time.monotonic()
            done.add(send(prepared.terms.client, prepared.terms.form, units, prepared.written))
            done.seconds = time.monotonic() - begun
            done.sent = len(units)
        if done.without_field:
            done.judge_missing_fields(self._learn_anew(prepared))
        return done

    def _reconciled(self, done: Settlement, prepared: Prepared) -> Sequence[Unit]:
        """What may be sent now: rows that are not unsure, and those that are surely missing."""
        unsure = [unit for unit in prepared.units if unit.is_unsure]
        if not unsure:
            return prepared.units
        try:
            found = reconcile(prepared.terms.client, prepared.terms.form, unsure)
        except SalesforceError as error:
            reason = error.reason
            if judge(Refusal(error.code, error.detail)).reason == FIELD_MISSING:
                reason = FIELD_MISSING  # the key went with the package: ask in another way
                self._learn_anew(prepared)
            done.put_back(prepared.units, reason=reason)
            return []
        done.add(found.settled)
        done.park_unsure(found.undecidable)
        missing = {unit.seq for unit in found.missing}
        return [unit for unit in prepared.units if not unit.is_unsure or unit.seq in missing]

    def _learn_anew(self, prepared: Prepared) -> Learnt:
        """Whether the package is another now."""
        org_id, form = prepared.turn.org_id, prepared.terms.form
        try:
            facts = profile(self.gateway, org_id, refresh=True)
        except SalesforceError as error:
            _log.warning("outbox.no_profile", org=str(org_id), reason=error.reason)
            return Learnt.HIDDEN if error.code in _NOT_FOR_US else Learnt.UNTOLD
        learnt = (facts.names, facts.has_key_field, _writable(facts))
        is_same = learnt == (form.names, form.has_key_field, form.writable)
        return Learnt.SAME if is_same else Learnt.ANOTHER


def _form(chosen: OrgSettings, facts: Profile, unfit_owners: frozenset[str]) -> OrgForm:
    if facts.closed_status is None:
        raise UnfitError("no_closed_status")
    return OrgForm(
        ActivityObject(chosen.activity_object),
        facts.names,
        facts.closed_status,
        facts.has_key_field,
        objects={kind: ActivityObject(name) for kind, name in chosen.objects.items()},
        writable=_writable(facts),
        time_zone=chosen.time_zone or facts.time_zone,
        default_owner=chosen.default_owner,
        unfit_owners=unfit_owners,
    )


def _writable(facts: Profile) -> dict[ActivityObject, Writable]:
    told = {sobject: facts.writable(sobject) for sobject in ActivityObject}
    return {sobject: fields for sobject, fields in told.items() if fields is not None}
