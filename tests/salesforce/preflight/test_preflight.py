"""The preflight against an org in a box: what it costs, tells, keeps, and does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from app.clock import utcnow
from app.crm import preflights
from app.db import Database
from app.orgs.models import Org
from app.salesforce import profile
from app.salesforce.connect import connections, establishing
from app.salesforce.connect.connections import Condition
from app.salesforce.connect.ways import Access
from app.salesforce.errors import SalesforceDown
from app.salesforce.gateway import Gateway
from app.salesforce.models import Method, OrgProfile
from app.salesforce.preflight import service
from app.salesforce.preflight.at_connect import at_connect
from app.salesforce.preflight.errors import OrgNotServed
from app.salesforce.preflight.models import PreflightResult
from app.salesforce.preflight.result import Preflight, Verdict
from app.salesforce.preflight.words import as_text, summary
from devorg.faults import fault_from
from devorg.metadata import Changes
from devorg.package import FOLDER, Package, source_of
from devorg.preferences import PRIVATE
from devorg.rights.sets import API_ONLY, Action
from devorg.server import RunningOrg
from devorg.users import INTEGRATION
from tests.salesforce.preflight.conftest import Switch, hold

ACTIVITY = "activity_to_salesforce"
#: Where names do not matter.
plain = pytest.mark.parametrize("served", [None], ids=["no namespace"], indirect=True)
_PROJECT_VERSION = str(source_of(FOLDER).version)


def told(found: Preflight, check: str) -> list[Verdict]:
    """Verdicts of a check, of the org and of all features."""
    every = [*found.org, *(each for report in found.features for each in report.findings)]
    return [each.verdict for each in every if each.check == check]


def organization(devorg: RunningOrg, **values: object) -> None:
    """Change what the org says of itself."""
    columns = ", ".join(f'"{name}" = :{name}' for name in values)
    with devorg.org.store.writing() as connection:
        connection.execute(f"UPDATE Organization SET {columns}", values)  # noqa: S608 - our names


def test_few_calls_tell_all_and_is_booked(
    connected: Gateway, devorg: RunningOrg, org: Org, switch: Switch, database: Database
) -> None:
    """E7, N2: describes, the package's own word; another, once, for a namespace nobody named."""
    hold(devorg, "Inlay_Activity_Access")
    switch(ACTIVITY)
    connected.for_org(org.id)
    devorg.org.usage.reset()
    found = preflights.run(connected, org.id)
    assert devorg.org.usage.total() == found.calls == (3 if devorg.org.config.namespace else 2)
    assert found.lacks == ()
    assert found.report(ACTIVITY).verdict is found.verdict is Verdict.FINE
    assert [each.name for each in found.report(ACTIVITY).findings] == ["Task.CallType"]
    assert found.facts["address"] == INTEGRATION.username
    assert found.facts["release"] == "0.1"
    assert found.facts["version"] == _PROJECT_VERSION
    assert found.facts["closed_status"] == "Completed"
    assert INTEGRATION.username in as_text(found, org.salesforce_id)
    with database.reading(org.id) as session:
        assert service.last(session) == found


def test_what_describes_told_renews_the_orgs_profile(
    connected: Gateway, devorg: RunningOrg, org: Org, database: Database
) -> None:
    preflights.run(connected, org.id)
    devorg.org.usage.reset()
    found = profile.profile(connected, org.id)
    assert devorg.org.usage.total() == 0
    assert found.has_key_field
    assert found.time_zone == "Europe/London"
    assert found == profile.profile(connected, org.id, refresh=True)
    devorg.org.usage.reset()
    assert preflights.run(connected, org.id).calls == 2  # the namespace is known by now


@plain
def test_a_missing_right_degrades_the_connection_until_it_is_there(
    connected: Gateway, devorg: RunningOrg, org: Org, switch: Switch, database: Database
) -> None:
    hold(devorg)
    preflights.run(connected, org.id)  # nothing is on that needs more
    assert _condition(database, org) is Condition.CONNECTED
    switch(ACTIVITY)
    found = preflights.run(connected, org.id)
    assert [each.right for each in found.lacks][:1] == ["ActivitiesAccess"]
    assert "Inlay_Activity_Access" in as_text(found, org.salesforce_id)
    assert _condition(database, org) is Condition.DEGRADED
    hold(devorg, "Inlay_Activity_Access")
    preflights.run(connected, org.id)
    assert _condition(database, org) is Condition.CONNECTED


def _condition(database: Database, org: Org) -> Condition:
    with database.reading(org.id) as session:
        status = connections.status(session)
    assert status is not None
    return status.condition


@plain
def test_an_answer_stays_when_the_org_cannot_be_asked(
    connected: Gateway, devorg: RunningOrg, org: Org, database: Database
) -> None:
    first = preflights.run(connected, org.id)
    devorg.org.faults.add(fault_from({"kind": "status", "status": 503, "match": "/composite"}))
    with pytest.raises(SalesforceDown):
        preflights.run(connected, org.id)
    with database.reading(org.id) as session:
        assert service.last(session) == first


@plain
def test_the_same_answer_keeps_the_day_it_was_found(
    connected: Gateway, devorg: RunningOrg, org: Org, database: Database, switch: Switch
) -> None:
    preflights.run(connected, org.id)
    with database.reading(org.id) as session:
        first = session.scalars(select(PreflightResult)).one()
    preflights.run(connected, org.id)
    switch(ACTIVITY)
    hold(devorg)
    with database.reading(org.id) as session:
        second = session.scalars(select(PreflightResult)).one()
    preflights.run(connected, org.id)
    with database.reading(org.id) as session:
        third = session.scalars(select(PreflightResult)).one()
    assert second.changed_at == first.changed_at < second.ran_at
    assert third.changed_at == third.ran_at


@plain
def test_an_edition_without_api_is_refused_in_words(
    connected: Gateway, devorg: RunningOrg, org: Org
) -> None:
    """L1."""
    organization(devorg, OrganizationType="Team Edition")
    found = preflights.run(connected, org.id)
    assert found.refused == "edition"
    assert found.verdict is Verdict.MISSING
    with pytest.raises(OrgNotServed, match="Team Edition, which Inlay cannot serve"):
        service.check_served(found)
    assert "cannot be served" in summary(found)


@pytest.mark.parametrize(
    ("edition", "verdict"),
    [
        ("Enterprise Edition", Verdict.FINE),
        ("Professional Edition", Verdict.FINE),
        ("Partner Edition", Verdict.UNKNOWN),
    ],
)
@plain
def test_other_editions_whose_api_answers_are_served(
    connected: Gateway, devorg: RunningOrg, org: Org, edition: str, verdict: Verdict
) -> None:
    organization(devorg, OrganizationType=edition)
    found = preflights.run(connected, org.id)
    assert told(found, "edition") == [verdict]
    service.check_served(found)


@plain
def test_a_user_without_the_api_is_refused_and_the_right_is_named(
    connected: Gateway, devorg: RunningOrg, org: Org, switch: Switch
) -> None:
    rights = devorg.org.rights
    hold(devorg)
    rights.assign(INTEGRATION, "Inlay_Connection_Access", on=False)
    rights.sets[API_ONLY.name] = replace(API_ONLY, user_permissions=frozenset())
    connected.for_org(org.id)
    found = preflights.run(connected, org.id)
    assert [each.right for each in found.lacks] == ["ApiEnabled"]
    with pytest.raises(OrgNotServed, match="API Enabled"):
        service.check_served(found)


def test_a_package_without_the_key_field_is_told(
    connected: Gateway, devorg: RunningOrg, org: Org, switch: Switch
) -> None:
    """X19: an earlier version. One missing field is one finding."""
    devorg.org.use_package(Package("0.0.1", frozenset({"Inlay_Key__c"})))
    switch(ACTIVITY)
    found = preflights.run(connected, org.id)
    assert [each.right for each in found.lacks] == ["edit Task.Inlay_Key__c"]
    assert "version 0.0.1" in next(each.sentence for each in found.org if each.check == "package")
    assert not found.facts["has_key_field"]
    assert found.facts["release"] == ""


def test_a_package_that_was_removed_is_told_once_per_feature(
    connected: Gateway, devorg: RunningOrg, org: Org, switch: Switch, database: Database
) -> None:
    """X19: no list of twenty fields, one sentence; and delivery goes on without the key."""
    preflights.run(connected, org.id)
    devorg.org.use_package(Package(None))
    switch(ACTIVITY)
    found = preflights.run(connected, org.id)
    assert [each.check for each in found.report(ACTIVITY).missing] == ["package"]
    assert [each.check for each in found.report("destination_records").missing] == ["package"]
    assert [each.verdict for each in found.org if each.check == "package"] == [Verdict.MISSING]
    kept = profile.profile(connected, org.id)
    assert not kept.names.is_installed
    assert not kept.has_key_field


@plain
def test_activities_without_a_right_on_tasks_leave_the_profile_alone(
    connected: Gateway, devorg: RunningOrg, org: Org, database: Database, switch: Switch
) -> None:
    """Delivery goes on with the names it knows: they are not gone, only hidden."""
    before = profile.profile(connected, org.id)
    hold(devorg)
    devorg.org.rights.assign(INTEGRATION, "Inlay_Connection_Access", on=True)
    with database.writing(org.id) as session:
        session.execute(update(OrgProfile).values(read_at=utcnow()))
    preflights.run(connected, org.id)
    assert profile.profile(connected, org.id) == before


@plain
def test_what_an_admin_chose_is_told(
    connected: Gateway, devorg: RunningOrg, org: Org, switch: Switch
) -> None:
    """A required field of the customer's, and Shared Activities; no closed status; a sandbox."""
    devorg.org.use_preferences(replace(devorg.org.preferences, shared_activities=True))
    organization(devorg, IsSandbox=True)
    with devorg.org.store.writing() as connection:
        connection.execute("UPDATE TaskStatus SET IsClosed = 0")
    switch(ACTIVITY)
    found = preflights.run(connected, org.id)
    assert told(found, "shared_activities") == [Verdict.NOTE, Verdict.NOTE]
    assert [each.check for each in found.lacks] == ["closed_status"]
    assert found.facts["is_sandbox"]


@plain
def test_only_tasks_need_the_right_to_edit_tasks(
    connected: Gateway, devorg: RunningOrg, org: Org, switch: Switch
) -> None:
    """Rights on calendar events are asked for where something is written as an event."""
    hold(devorg, "Inlay_Activity_Access")
    held = devorg.org.rights.sets["Inlay_Activity_Access"]
    lesser = replace(held, user_permissions=held.user_permissions - {"EditEvent"})
    devorg.org.rights.define(lesser)
    devorg.org.rights_changed()
    switch(ACTIVITY)
    assert preflights.run(connected, org.id).lacks == ()


@plain
def test_every_way_in_ends_with_the_preflight_and_refuses_what_cannot_be_served(
    connected: Gateway, devorg: RunningOrg, org: Org, database: Database
) -> None:
    """L1, E7: the refusal is in words, and the connection says so until somebody tries again."""
    access = Access(Method.CLIENT_CREDENTIALS, devorg.url, "devorg-client", "devorg-client-secret")
    establishing.establish(connected, org.id, access, by="test")
    with database.reading(org.id) as session:
        assert service.last(session) is not None
    organization(devorg, OrganizationType="Group Edition")
    with pytest.raises(OrgNotServed, match="Group Edition, which Inlay cannot serve"):
        establishing.establish(connected, org.id, access, by="test")
    with database.reading(org.id) as session:
        status = connections.status(session)
    assert status is not None
    assert (status.condition, status.reason) == (
        Condition.RECONNECT_NEEDED, "edition_not_served",
    )  # fmt: skip
    organization(devorg, OrganizationType="Enterprise Edition")
    establishing.try_again(connected, org.id)
    assert _condition(database, org) is Condition.CONNECTED


@plain
def test_an_org_that_cannot_be_asked_just_now_is_connected_all_the_same(
    connected: Gateway, devorg: RunningOrg, org: Org, database: Database
) -> None:
    at_connect(connected, org.id)
    fault = {"kind": "status", "status": 503, "match": "/composite", "times": 9}
    devorg.org.faults.add(fault_from(fault))
    access = Access(Method.CLIENT_CREDENTIALS, devorg.url, "devorg-client", "devorg-client-secret")
    establishing.establish(connected, org.id, access, by="test")  # forgets what another user saw
    with database.reading(org.id) as session:
        assert service.last(session) is None


@plain
def test_features_count_as_on_from_the_moment_they_are(
    connected: Gateway, devorg: RunningOrg, org: Org, switch: Switch, database: Database
) -> None:
    """What a feature lacks is known before it is switched on."""
    hold(devorg)
    assert preflights.run(connected, org.id).lacks == ()
    switch(ACTIVITY)
    with database.reading(org.id) as session:
        found = service.last(session)
    assert found is not None
    assert found.lacks[0].right == "ActivitiesAccess"


@plain
def test_an_admin_user_is_told_to_be_too_much_and_its_sets_decide(
    connected: Gateway, devorg: RunningOrg, org: Org, switch: Switch
) -> None:
    """E9, and View All where permission sets are visible: no record has to be a witness."""
    switch(ACTIVITY)
    rights = devorg.org.rights
    hold(devorg, "Inlay_Activity_Access")
    viewer = replace(API_ONLY, user_permissions=API_ONLY.user_permissions | {"ViewSetup"})
    rights.sets[API_ONLY.name] = viewer
    devorg.org.use_schema(devorg.org.schema.with_sharing({"Lead": "Private"}))
    devorg.org.rights_changed()
    found = preflights.run(connected, org.id)
    assert (found.lacks, found.calls) == ((), 2)
    assert "Inlay_Activity_Access" in found.facts["sets"]
    held = rights.sets["Inlay_Activity_Access"]
    lesser: dict[str, frozenset[Action]] = {**held.objects, "Lead": frozenset({"read"})}
    rights.define(replace(held, objects=lesser))
    devorg.org.rights_changed()
    assert [each.right for each in preflights.run(connected, org.id).lacks] == ["view all Lead"]
    rights.assign(INTEGRATION, "System Administrator")
    devorg.org.rights_changed()
    found = preflights.run(connected, org.id)
    assert found.lacks == ()
    assert told(found, "more_than_needed") == [Verdict.NOTE]


@plain
def test_private_records_of_which_inlay_knows_none_are_unknown(
    connected: Gateway, devorg: RunningOrg, org: Org, switch: Switch
) -> None:
    """No guess: an org without leads is no org that lacks View All."""
    switch(ACTIVITY)
    hold(devorg, "Inlay_Activity_Access")
    devorg.org.use_schema(devorg.org.schema.with_sharing({"Lead": "Private"}))
    found = preflights.run(connected, org.id)
    assert found.lacks == ()
    unknown = [each for each in found.report(ACTIVITY).findings if each.check == "right"]
    assert [(each.right, each.verdict) for each in unknown] == [("view all Lead", Verdict.UNKNOWN)]


@plain
def test_private_activities_and_required_fields_of_the_customers_are_told(
    connected: Gateway, devorg: RunningOrg, org: Org, switch: Switch
) -> None:
    """E7: what would refuse every activity is found before it does."""
    switch(ACTIVITY)
    devorg.org.use_preferences(replace(devorg.org.preferences, activity_sharing=PRIVATE))
    changes = Changes(devorg.org.schema)
    required = {"fullName": "Budget__c", "type": "Number", "precision": "9", "required": "true"}
    changes.add_field("Activity", {**required, "scale": "0", "label": "Budget"})
    devorg.org.use_schema(changes.schema)
    found = preflights.run(connected, org.id)
    assert found.facts["activity_sharing"] == "Private"
    assert told(found, "activity_sharing") == [Verdict.NOTE, Verdict.NOTE]
    assert [each.name for each in found.lacks] == ["Task.Budget__c"]
