"""X19: the whole package in an org, an old one, none: what its names are, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.clock import utcnow
from app.db import Database
from app.keys import Keyring
from app.orgs import apps
from app.orgs.models import Org
from app.salesforce.gateway import Gateway
from app.salesforce.models import OrgProfile
from app.salesforce.profile import profile
from devorg import DevorgConfig
from devorg.metadata import Changes, read_folder
from devorg.schema import Schema
from devorg.server import RunningOrg, running
from tests.salesforce.scripted import ORGANIZATION
from tools.sfdx.project import ROOT


@pytest.fixture(scope="module", params=[None], ids=["no namespace"])
def served(request: pytest.FixtureRequest) -> Iterator[RunningOrg]:
    """An org in a box for all tests of the module."""
    with running(DevorgConfig(org_id=ORGANIZATION, namespace=request.param)) as org:
        yield org


def make_old(database: Database, org: Org) -> None:
    """As if the profile had been read the day before yesterday."""
    with database.writing(org.id) as session:
        session.execute(update(OrgProfile).values(read_at=utcnow() - timedelta(days=2)))


def install(devorg: RunningOrg) -> str:
    """The whole package in devorg; the prefix of its names."""
    namespace = devorg.org.config.namespace
    changes = Changes(devorg.org.schema, namespace, packaged=True)
    devorg.org.use_schema(read_folder(ROOT / "force-app", changes).schema)
    return f"{namespace}__" if namespace else ""


def test_the_whole_package_is_known_and_later_reads_are_one_call(
    connected: Gateway, org: Org, devorg: RunningOrg, database: Database
) -> None:
    """X19: fields of people and the package's own object, under the org's namespace."""
    prefix = install(devorg)
    connected.for_org(org.id)
    devorg.org.usage.reset()
    found = profile(connected, org.id)
    assert found.names.missing() == []
    assert found.names.destination.sobject == f"{prefix}Inlay_Destination__c"
    assert found.release == (1, 0)
    # a namespace that nobody named costs one more call, once
    assert devorg.org.usage.total() == (2 if prefix else 1)
    make_old(database, org)
    devorg.org.usage.reset()
    assert profile(connected, org.id).names == found.names
    assert devorg.org.usage.total() == 1


def test_an_app_that_signs_tells_the_namespace(
    connected: Gateway, org: Org, devorg: RunningOrg, database: Database, keyring: Keyring
) -> None:
    prefix = install(devorg)
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
    schema = devorg.org.schema
    install(devorg)
    assert profile(connected, org.id).names.is_installed
    devorg.org.clock.advance(60)
    devorg.org.use_schema(
        Schema(
            replace(each, fields=tuple(field for field in each.fields if not field.packaged))
            for each in schema.objects.values()
        )
    )
    make_old(database, org)
    found = profile(connected, org.id)
    assert not found.names.is_installed
    assert not found.has_key_field
    assert not found.names.destination.has_object
