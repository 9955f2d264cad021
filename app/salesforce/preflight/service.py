"""Runs the preflight of an org, and keeps its answer: at connect, every day, on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from app.clock import utcnow
from app.db import TenantSession
from app.ids import new_id
from app.orgs import features, settings
from app.orgs.models import Org
from app.salesforce import profile
from app.salesforce.connect import connections
from app.salesforce.errors import ApiNotAllowed
from app.salesforce.gateway import Gateway
from app.salesforce.models import OrgProfile
from app.salesforce.names import Names
from app.salesforce.preflight import checks, org_checks, sharing
from app.salesforce.preflight.errors import OrgNotServed
from app.salesforce.preflight.granted import Judge
from app.salesforce.preflight.models import PreflightResult
from app.salesforce.preflight.org_checks import User
from app.salesforce.preflight.reading import Seen, read, with_known, with_version
from app.salesforce.preflight.result import (
    FORM,
    OF_REPS,
    FeatureReport,
    Finding,
    Preflight,
    Verdict,
)
from app.salesforce.preflight.rights import CONNECTION, FEATURES, Access
from app.salesforce.transport import Timeouts

#: A person may be waiting for the answer, so a hung org is given up before the worker would.
TIMEOUTS = Timeouts(connect=5, read=20)
#: Some ids (18) of records that Inlay knows, by object, as far as the mirror has them.
KnownRecords = Callable[[TenantSession], Mapping[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is known before the org is asked."""

    organization: str
    user: User
    on: frozenset[str]
    activities: frozenset[str]
    guesses: set[str]


def run(gateway: Gateway, org_id: UUID, known: KnownRecords = lambda session: {}) -> Preflight:
    """Ask the org, judge, and keep the answer; the connection is degraded while rights are missing.

    Two counted calls, one without the package; one more where only records can tell who sees them,
    and one the first time that the package's namespace is met. What describes told goes into the
    org's profile as well. Must not be called with a transaction open.

    Raises:
        SalesforceError: The org could not be asked; the answer of before stays.
    """
    client = gateway.for_org(org_id, TIMEOUTS)
    with gateway.database.reading(org_id) as session:
        asked = _asked(session)  # with whom the token is for, if it was fetched just now
    try:
        seen = read(client, asked.organization, asked.user.id, asked.guesses)
    except ApiNotAllowed as error:
        return _keep(gateway, org_id, _refused_by_api(asked, error), None)
    seen = with_version(client, seen)
    undecided = sharing.undecided(seen)
    if undecided:
        with gateway.database.reading(org_id) as session:
            told = known(session)
        seen = with_known(client, seen, {name: told.get(name, ()) for name in undecided})
    return _keep(gateway, org_id, _judged(asked, seen), seen)


def check_served(found: Preflight) -> None:
    """For every way in: refuse an org that cannot be served, in words.

    Raises:
        OrgNotServed: Its edition has no API, or its integration user may not use it.
    """
    if found.refused:
        raise OrgNotServed(refusal_code(found), _refusal(found))


def refusal_code(found: Preflight) -> str:
    """The machine code of why an org is refused, as its connection keeps it."""
    return {"edition": "edition_not_served", "api": ApiNotAllowed.reason}[found.refused]


def last(session: TenantSession) -> Preflight | None:
    """What the last preflight of the session's org found; None when none was run.

    Features count as on that are on by now: what one needs is known before it is switched on.
    """
    kept = session.scalar(select(PreflightResult))
    if kept is None or kept.result.get("form") != FORM:
        return None
    found, on = Preflight.of_json(kept.result), _switched_on(session)
    reports = (replace(each, is_on=each.feature in on) for each in found.features)
    return replace(found, features=tuple(reports))


def _asked(session: TenantSession) -> _Asked:
    organization = session.scalars(select(Org.salesforce_id)).one()
    status = connections.status(session)
    chosen = settings.read(session)
    return _Asked(
        organization=organization,
        user=User(
            id=status.user_id if status else "",
            name=status.user_label if status else "",
            username=status.user_name if status else "",
            address=status.user_address if status else "",
        ),
        on=_switched_on(session),
        activities=frozenset({chosen.activity_object, *chosen.objects.values()}),
        guesses=_known_objects(session) or profile.own_object_guesses(session),
    )


def _known_objects(session: TenantSession) -> set[str]:
    """The package's object, as the org's profile has it."""
    kept = session.scalar(select(OrgProfile))
    return (
        {name for name in kept.facts.get("seen", ()) if name not in profile.STANDARD}
        if kept
        else set()
    )


def _switched_on(session: TenantSession) -> frozenset[str]:
    return frozenset(feature.value for feature in features.enabled(session)) | {CONNECTION}


def _judged(asked: _Asked, seen: Seen) -> Preflight:
    names = Names.of(seen.facts)
    user = _user(asked.user, seen)
    edition = str(seen.one.get("organization", {}).get("OrganizationType") or "")
    return Preflight(
        ran_at=utcnow(),
        calls=seen.calls,
        refused="edition" if org_checks.refused(edition) else "",
        org=tuple(org_checks.findings(seen, names, user)),
        features=tuple(_report(feature, asked, seen, names) for feature in FEATURES),
        facts=org_checks.facts(seen, names, user),
    )


def _report(feature: str, asked: _Asked, seen: Seen, names: Names) -> FeatureReport:
    needs = FEATURES[feature]
    if needs.of_reps:
        return FeatureReport(feature, feature in asked.on, (_of_reps(needs.sets),))
    activities = frozenset({"Task"}) if feature == "follow_ups" else asked.activities
    findings, fine = Judge(seen, names, activities).judge(needs)
    findings += checks.of_feature(feature, seen, names, sorted(activities))
    return FeatureReport(feature, feature in asked.on, tuple(findings), fine)


def _of_reps(sets: tuple[str, ...]) -> Finding:
    return Finding(
        OF_REPS,
        Verdict.UNKNOWN,
        "Each rep's own rights count here, and only a rep's own visit shows them: the widget tells "
        f"a rep what is missing. Inlay_Rep and {', '.join(sets)} grant all of it.",
        sets=("Inlay_Rep", *sets),
    )


def _user(known: User, seen: Seen) -> User:
    """Who the org says the integration user is, else what was known from connecting."""
    row = seen.one.get("user", {})
    return User(
        id=known.id,
        name=str(row.get("Name") or known.name),
        username=str(row.get("Username") or known.username),
        address=str(row.get("Email") or known.address),
        profile=str(seen.one.get("userprofile", {}).get("Name") or ""),
    )


def _refused_by_api(asked: _Asked, error: ApiNotAllowed) -> Preflight:
    """The code is the same for an edition without API and for a user without the right."""
    finding = Finding(
        "right",
        Verdict.MISSING,
        "Salesforce does not let the integration user use its API "
        f"({error.code or error.reason}): the user lacks API Enabled (ApiEnabled), or the edition "
        "has no API. Assign Inlay_Connection_Access; if it is assigned, the edition needs the API.",
        access=Access.USE.value,
        name="ApiEnabled",
        sets=("Inlay_Connection_Access",),
        right="ApiEnabled",
    )
    reports = [FeatureReport(CONNECTION, True, (finding,))]
    reports += [
        FeatureReport(feature, feature in asked.on) for feature in FEATURES if feature != CONNECTION
    ]
    return Preflight(ran_at=utcnow(), calls=1, refused="api", features=tuple(reports))


def _refusal(found: Preflight) -> str:
    """The sentence of what the org is refused for."""
    told = [*found.org, *(each for report in found.features for each in report.findings)]
    wanted = {"edition": "edition", "api": "right"}[found.refused]
    return next((each.sentence for each in told if each.check == wanted), "")


def _keep(gateway: Gateway, org_id: UUID, found: Preflight, seen: Seen | None) -> Preflight:
    with gateway.database.writing(org_id) as session:
        _store(session, found)
        connections.mark_rights(session, are_missing=bool(found.lacks or found.refused))
        if seen is not None and seen.describe("Task") is not None:
            profile.keep(session, dict(seen.facts))
    return found


def _store(session: TenantSession, found: Preflight) -> None:
    before = session.scalar(select(PreflightResult))
    earlier = last(session)
    is_same = earlier is not None and _told(earlier) == _told(found)
    row = {
        "id": new_id(),
        "verdict": found.verdict,
        "refused": found.refused,
        "lacks": len(found.lacks),
        "calls": found.calls,
        "result": found.as_json(),
        "ran_at": found.ran_at,
        "changed_at": before.changed_at if before is not None and is_same else found.ran_at,
    }
    session.upsert_many(
        PreflightResult, [row], key=["org_id"], set_=[name for name in row if name != "id"]
    )


def _told(found: Preflight) -> object:
    """What people are told of, without numbers that move all the time."""
    return found.refused, found.features
