"""Features per org (C6): defaults, rows that differ, other providers."""

from __future__ import annotations

import threading

import pytest
from openfeature.provider.in_memory_provider import InMemoryFlag, InMemoryProvider
from sqlalchemy import select

from app.db import Database
from app.orgs import features
from app.orgs.features import SPECS, Feature
from app.orgs.models import AuditEntry, Org
from tests.support.application import make_org


def enabled(database: Database, org: Org) -> frozenset[Feature]:
    with database.reading(org.id) as session:
        return features.enabled(session)


def switch(database: Database, org: Org, feature: Feature, on: bool) -> None:
    with database.system_writing() as session:
        features.switch(session, session.merge(org), feature, on, by="staff@vendor", why="asked")


def test_every_feature_has_a_spec() -> None:
    assert set(SPECS) == set(Feature)


def test_an_org_starts_with_the_defaults(database: Database, org: Org) -> None:
    features.install()
    assert enabled(database, org) == {Feature.WIDGET}


def test_features_count_from_the_first_moment_of_a_process(
    database: Database, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C6: also on a machine so busy that no thread has run yet."""
    switch(database, org, Feature.ACTIVITY_TO_SALESFORCE, True)
    monkeypatch.setattr(threading.Thread, "start", lambda _thread: None)
    features.install()
    assert Feature.ACTIVITY_TO_SALESFORCE in enabled(database, org)


def test_a_switch_counts_for_its_org_alone(database: Database, org: Org) -> None:
    features.install()
    other = make_org(database, "00D5e000000OTHEAA2", "Other")
    switch(database, org, Feature.CREATE_DESTINATION, True)
    assert Feature.CREATE_DESTINATION in enabled(database, org)
    assert Feature.CREATE_DESTINATION not in enabled(database, other)
    switch(database, org, Feature.CREATE_DESTINATION, False)
    assert Feature.CREATE_DESTINATION not in enabled(database, org)


def test_a_switch_is_audited_and_open_widgets_hear_of_it(database: Database, org: Org) -> None:
    switch(database, org, Feature.WIDGET, False)
    with database.reading(org.id) as session:
        entry = session.scalars(select(AuditEntry)).one()
        version = session.scalars(select(Org.version)).one()
    assert (entry.tag, entry.actor, entry.detail["on"]) == (
        "staff:feature:switch",
        "staff@vendor",
        False,
    )
    assert version == org.version + 1


def test_an_operator_can_bring_another_provider(database: Database, org: Org) -> None:
    flag = InMemoryFlag("on", {"on": True, "off": False})
    features.install(InMemoryProvider({Feature.ACTIVITY_TO_SALESFORCE.value: flag}))
    try:
        assert Feature.ACTIVITY_TO_SALESFORCE in enabled(database, org)
    finally:
        features.install()
