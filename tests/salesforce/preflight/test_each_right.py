"""E8: each right is taken away in turn, and the preflight names that one right and nothing else.

The org is private and the integration user holds what the guide says for one feature, so that every
right counts. One org for all cases: what a case takes away is given back after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from app.crm import preflights
from app.crm.models import Company, Opportunity, Person, RecordLink, SObject
from app.db import Database
from app.ids import new_id
from app.orgs import settings
from app.orgs.models import Org
from app.salesforce.gateway import Gateway
from app.salesforce.preflight.result import Preflight, name_of
from app.salesforce.preflight.rights import FEATURES, Access, Right
from devorg.rights.sets import API_ONLY, PermissionSet
from devorg.server import RunningOrg
from devorg.users import INTEGRATION
from tests.salesforce.preflight.conftest import Switch, hold

pytestmark = pytest.mark.any_database  # what is asked of it is in test_preflight

_FOUR = ("Account", "Contact", "Lead", "Opportunity")
_TRIED = (
    "connection", "activity_to_salesforce", "destination_records", "scores", "sync_to_salesforce",
)  # fmt: skip


def _rights_of(feature: str) -> list[Right]:
    """The rights that are tried with a feature: those that none before it has."""
    before = _TRIED[: _TRIED.index(feature)]
    tried = {right for each in before for right in FEATURES[each].grants()}
    return [right for right in FEATURES[feature].grants() if right not in tried]


def test_all_rights_are_tried() -> None:
    granted = {right for each in FEATURES.values() for right in each.grants()}
    assert {right for each in _TRIED for right in _rights_of(each)} == granted


@pytest.fixture(scope="module")
def private(served: RunningOrg) -> RunningOrg:
    """The org with the package, in which nobody sees what is another's."""
    hold(served)
    served.org.use_schema(served.org.schema.with_sharing(dict.fromkeys(_FOUR, "Private")))
    return served


def _remember_everything(devorg: RunningOrg, database: Database, org: Org) -> None:
    """As if reps had opened the page of every record."""
    targets: dict[str, tuple[str, type[Any]]] = {
        "Account": ("company_id", Company),
        "Contact": ("person_id", Person),
        "Lead": ("person_id", Person),
        "Opportunity": ("opportunity_id", Opportunity),
    }
    with database.writing(org.id) as session, devorg.org.store.reading() as connection:
        for sobject, (column, table) in targets.items():
            for row in connection.execute(f'SELECT Id FROM "{sobject}"').fetchall():  # noqa: S608
                target = table(id=new_id())
                session.add(target)
                session.flush()
                link = {"sobject": SObject(sobject), "salesforce_id": row["Id"], column: target.id}
                session.add(RecordLink(**link))


@contextmanager
def _changed(
    devorg: RunningOrg, change: Callable[[PermissionSet], PermissionSet]
) -> Iterator[None]:
    """Profiles and permission sets of the org, each changed for a while."""
    rights, before = devorg.org.rights, dict(devorg.org.rights.sets)
    rights.sets = {name: change(each) for name, each in before.items()}
    rights.assign(INTEGRATION, API_ONLY.name)  # what was known of rights is forgotten
    devorg.org.rights_changed()
    yield
    rights.sets = before


def _without(right: Right, each: PermissionSet) -> PermissionSet:
    """A set that does not grant the right, nor what Salesforce grants only with it."""
    if right.is_user_permission:
        return replace(each, user_permissions=each.user_permissions - {right.name})
    if right.field:
        return replace(each, fields={n: may for n, may in each.fields.items() if n != right.name})
    if right.access is Access.READ:
        return replace(each, objects={n: may for n, may in each.objects.items() if n != right.name})
    gone = {right.access.value.replace(" ", "_"), "modify_all"}
    kept = {n: may - gone if n == right.name else may for n, may in each.objects.items()}
    return replace(each, objects=kept)


def _read_only(right: Right, each: PermissionSet) -> PermissionSet:
    fields = {n: may and n != right.name for n, may in each.fields.items()}
    return replace(each, fields=fields)


@pytest.mark.parametrize("feature", _TRIED)
def test_each_right_that_is_taken_away_is_named_with_its_set_and_nothing_else(
    feature: str,
    private: RunningOrg,
    connected: Gateway,
    org: Org,
    database: Database,
    switch: Switch,
) -> None:
    """Done when: for each real right behind E8 (object, field, user permission)."""
    _remember_everything(private, database, org)
    with database.system_writing() as session:
        settings.write(session, org, objects={"meeting": "Event"})
    switch(feature)
    hold(private, *FEATURES[feature].sets)
    grants = FEATURES[feature].grants()
    rights = _rights_of(feature)
    if private.org.config.namespace:  # where only the package's own names are others
        rights = [right for right in rights if right.name.endswith("__c")]
    told: dict[str, object] = {}
    wanted: dict[str, object] = {"nothing": []}
    with _changed(private, lambda each: each):
        told["nothing"] = _lacks(preflights.run(connected, org.id), feature)
    for right in rights:
        wanted[name_of(right)] = [(name_of(right), (grants[right],))]
        with _changed(private, partial(_without, right)):
            told[name_of(right)] = _lacks(preflights.run(connected, org.id), feature)
        if right.field and right.access is Access.EDIT:
            wanted[f"only read {right.name}"] = wanted[name_of(right)]
            with _changed(private, partial(_read_only, right)):
                told[f"only read {right.name}"] = _lacks(preflights.run(connected, org.id), feature)
    assert told == wanted


def _lacks(found: Preflight, feature: str) -> list[tuple[str, tuple[str, ...]]]:
    """What is missing, of the connection and of one feature: there may be no switch for it yet."""
    reports = {name: found.report(name) for name in ("connection", feature)}
    missing = [each for report in reports.values() for each in report.missing]
    return [(each.right or each.check, each.sets) for each in missing]
