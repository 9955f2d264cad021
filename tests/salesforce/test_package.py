"""X19: the whole package in an org, an old one, none: what its names are, and what that costs."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from app.clock import utcnow
from app.db import Database
from app.keys import Keyring
from app.orgs import apps
from app.orgs.models import Org
from app.salesforce.gateway import Gateway
from app.salesforce.models import OrgProfile
from app.salesforce.names import ActivityField
from app.salesforce.profile import profile
from devorg.package import Package
from devorg.server import RunningOrg


def make_old(database: Database, org: Org) -> None:
    """As if the profile had been read the day before yesterday."""
    with database.writing(org.id) as session:
        session.execute(update(OrgProfile).values(read_at=utcnow() - timedelta(days=2)))


def prefix_of(devorg: RunningOrg) -> str:
    """What the package's names begin with in this org."""
    namespace = devorg.org.config.namespace
    return f"{namespace}__" if namespace else ""


def test_the_whole_package_is_known_and_later_reads_are_one_call(
    connected: Gateway, org: Org, devorg: RunningOrg, database: Database
) -> None:
    """X19: fields of people and the package's own object, under the org's namespace."""
    prefix = prefix_of(devorg)
    connected.for_org(org.id)
    devorg.org.usage.reset()
    found = profile(connected, org.id)
    assert found.names.missing() == []
    assert found.names.destination.sobject == f"{prefix}Inlay_Destination__c"
    assert found.release == (0, 1)
    # a namespace that nobody named costs one more call, once
    assert devorg.org.usage.total() == (2 if prefix else 1)
    make_old(database, org)
    devorg.org.usage.reset()
    assert profile(connected, org.id).names == found.names
    assert devorg.org.usage.total() == 1


def test_an_app_that_signs_tells_the_namespace(
    connected: Gateway, org: Org, devorg: RunningOrg, database: Database, keyring: Keyring
) -> None:
    prefix = prefix_of(devorg)
    with database.system_writing() as session:
        namespace = prefix.removesuffix("__")
        apps.put(session, keyring, "packaged", ("s" * 40,), namespace=namespace)
    connected.for_org(org.id)
    devorg.org.usage.reset()
    assert profile(connected, org.id).names.missing() == []
    assert devorg.org.usage.total() == 1


def test_a_package_that_was_removed_is_seen_to_be(
    connected: Gateway, org: Org, devorg: RunningOrg, database: Database
) -> None:
    """X19: nothing is left of its names, whatever was known before."""
    assert profile(connected, org.id).names.is_installed
    devorg.org.clock.advance(60)
    devorg.org.use_package(Package(None))
    make_old(database, org)
    found = profile(connected, org.id)
    assert not found.names.is_installed
    assert not found.has_key_field
    assert not found.names.destination.has_object


def test_a_package_without_the_key_is_still_ours(
    connected: Gateway, org: Org, devorg: RunningOrg
) -> None:
    """X19: an earlier version: everything but the key keeps its name."""
    devorg.org.use_package(Package("0.0.1", frozenset({"Inlay_Key__c"})))
    found = profile(connected, org.id)
    assert not found.has_key_field
    assert found.names.missing() == [("Task", ActivityField.KEY)]
    assert found.names.api(ActivityField.LINK) == f"{prefix_of(devorg)}Inlay_Link__c"
    assert found.release is None
