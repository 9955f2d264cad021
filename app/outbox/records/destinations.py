"""Keeps each Destination as a record in Salesforce, with its counters, at most hourly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from app.outbox.records import calls, current, notes, rests
from app.outbox.records.calls import Refused, Result, Saved
from app.outbox.records.current import LOOKUP, LOOKUPS, OWNER, Current
from app.outbox.records.models import Traffic
from app.outbox.records.rests import Rest
from app.outbox.turns import outcomes
from app.outbox.turns.outcomes import Course, Verdict
from app.salesforce.client import Client
from app.salesforce.errors import SalesforceError
from app.salesforce.gateway import Gateway
from app.salesforce.names import DestinationField, FieldNames
from app.salesforce.profile import profile

TRAFFIC = Traffic.DESTINATIONS
#: A Destination's record is not written more often.
AT_MOST = timedelta(hours=1)
#: Batches of one run: an org with more has its turn again at the next.
_MOST_BATCHES = 10
#: First as it is; without what was refused of it; without the other thing that may be.
_PASSES = 3
_OWNER_CODES = frozenset(
    {"INACTIVE_OWNER_OR_USER", "OP_WITH_INVALID_USER_TYPE_EXCEPTION", "TRANSFER_REQUIRES_READ"}
)
_UNREACHABLE = Verdict(
    Course.PERSON,
    "record_unreachable",
    "Its record is in the recycle bin, or not shared with Inlay. It is written again once it was "
    "restored, purged or shared.",
)
_TARGET_REASONS = frozenset({"record_gone", "lead_converted"})

_Names = FieldNames[DestinationField]
_Done = dict[UUID, tuple[Current, Result]]


def write(gateway: Gateway, pages_url: str, org_id: UUID) -> Mapping[str, int]:
    """Write what changed in the org; how many were saved, unchanged and refused.

    Call it every 15 minutes or so, with no transaction open. Whatever Salesforce does ends in the
    rows: those of single Destinations, or that of the org.
    """
    counts: Counter[str] = Counter()
    for _ in range(_MOST_BATCHES):
        with gateway.database.reading(org_id) as session:
            is_due = current.is_any_due(session)
            if not is_due or not rests.may_run(session, TRAFFIC, goes_on=bool(counts)):
                break
        with gateway.database.writing(org_id) as session:
            claimed = current.claim(session, pages_url)
        if not claimed:
            break
        _write_batch(gateway, org_id, claimed, counts)
        if len(claimed) < current.MOST:
            break
    return counts


def _write_batch(
    gateway: Gateway, org_id: UUID, claimed: Sequence[Current], counts: Counter[str]
) -> None:
    """Send what differs, and write down what became of all."""
    changed = [each for each in claimed if not each.is_unchanged]
    unchanged = [each for each in claimed if each.is_unchanged]
    done: _Done = {}
    rest = _send(gateway, org_id, changed, done) if changed else None
    with gateway.database.writing(org_id) as session:
        if rest is not None:
            rests.rest(session, TRAFFIC, rest)
            notes.put_back(session, [each for each in changed if each.id not in done])
        elif changed:
            rests.went_well(session, TRAFFIC)
        notes.unchanged(session, unchanged)
        notes.answered(session, list(done.values()), AT_MOST)
    results = [result for _, result in done.values()]
    counts["unchanged"] += len(unchanged)
    counts["saved"] += sum(isinstance(result, Saved) for result in results)
    counts["refused"] += sum(isinstance(result, Refused) for result in results)


def _send(gateway: Gateway, org_id: UUID, changed: Sequence[Current], done: _Done) -> Rest | None:
    """Fill ``done``; why the org rests from now on, if it does."""
    try:
        names = profile(gateway, org_id).names.destination
        if DestinationField.EXTERNAL_ID not in names:  # it may have been upgraded by now
            names = profile(gateway, org_id, refresh=True).names.destination
        build = calls.upsert(names.sobject, names.api(DestinationField.EXTERNAL_ID))
        rest = _in_passes(gateway.for_org(org_id), build, names, changed, done)
        if rest is not None and rest.is_about_names:
            profile(gateway, org_id, refresh=True)
    except SalesforceError as error:
        return Rest.of(error)
    return rest


def _in_passes(
    client: Client, build: calls.Build, names: _Names, changed: Sequence[Current], done: _Done
) -> Rest | None:
    """What is refused for its lookup or owner is sent again without: the record matters more."""
    todo = list(changed)
    for _ in range(_PASSES):
        outcome = calls.save(
            client, build, [each.row(names) for each in todo], feature=TRAFFIC.value
        )
        refused = calls.org_refusal(outcome)
        if refused is not None:
            done |= {
                todo[place].id: (todo[place], result)
                for place, result in outcome.results.items()
                if isinstance(result, Saved)
            }
            return Rest.of_refusal(refused)
        again = []
        for place, given in outcome.results.items():
            each, result = todo[place], _in_our_words(given, names)
            if isinstance(result, Refused) and (blamed := _blamed(each, result, names)):
                each.left_out.add(blamed)
                again.append(each)
            done[each.id] = each, result
        if outcome.error is not None:
            return Rest.of(outcome.error)
        todo = again
        if not todo:
            break
    return None


def _in_our_words(result: Result, names: _Names) -> Result:
    """Our own external id is taken by a record that Inlay does not find: deleted, or not shared."""
    key = names.api(DestinationField.EXTERNAL_ID)
    if isinstance(result, Refused) and outcomes.existing_id(result.refusal, key) is not None:
        return replace(result, verdict=_UNREACHABLE)
    return result


def _blamed(each: Current, result: Refused, names: _Names) -> str:
    """Which of the extras the org refused; "" when it was something else."""
    extras, refusal = each.extras(), result.refusal
    if OWNER in extras and (refusal.code in _OWNER_CODES or "OwnerId" in refusal.fields):
        return OWNER
    if names.logical((refusal.fields or ("",))[0]) is LOOKUPS[each.sobject] and LOOKUP in extras:
        return LOOKUP
    is_target = result.verdict.reason in _TARGET_REASONS or refusal.code == calls.HIDDEN_TARGET
    if is_target and not refusal.fields:
        return LOOKUP if LOOKUP in extras else OWNER if OWNER in extras else ""
    return ""
