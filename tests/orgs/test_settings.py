"""Settings of an org: least noise by default (X20), strict names and values."""

from __future__ import annotations

from typing import Any

import pytest

from app.db import Database
from app.errors import ConfigError
from app.orgs import settings
from app.orgs.models import Org
from app.orgs.settings import KindPolicy, OpportunityRule, OrgSettings


def read(database: Database, org: Org) -> OrgSettings:
    with database.reading(org.id) as session:
        return settings.read(session)


def write(database: Database, org: Org, **changes: Any) -> None:
    with database.system_writing() as session:
        settings.write(session, session.merge(org), **changes)


def test_opens_and_page_visits_are_off_by_default() -> None:
    defaults = OrgSettings()
    assert defaults.policy_of("email_opened") is KindPolicy.OFF
    assert defaults.policy_of("page_visit") is KindPolicy.OFF
    assert defaults.policy_of("destination_visit") is KindPolicy.EACH
    assert defaults.policy_of("custom.anything") is KindPolicy.OFF
    assert defaults.policy_of("email_clicked") is KindPolicy.FIRST


def test_what_is_written_is_read(database: Database, org: Org) -> None:
    write(database, org, activity_object="Event", opportunity_rule="all")
    write(database, org, kinds={"email_opened": "each"})
    found = read(database, org)
    assert found.activity_object == "Event"
    assert found.opportunity_rule is OpportunityRule.ALL
    assert found.policy_of("email_opened") is KindPolicy.EACH


@pytest.mark.parametrize(
    "changes",
    [
        {"no_such_setting": 1},
        {"activity_object": "Case"},
        {"opportunity_rule": "some"},
        {"kinds": {"email_opened": "sometimes"}},
        {"objects": {"meeting": "Case"}},
        {"time_zone": "Europe/Atlantis"},
        {"default_owner": "003000000000001AAA"},
        {"default_owner": "somebody"},
    ],
)
def test_what_no_setting_takes_is_refused_and_loses_nothing(
    database: Database, org: Org, changes: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError):
        write(database, org, **changes)
    assert read(database, org) == OrgSettings()


def test_kinds_may_be_written_as_something_else(database: Database, org: Org) -> None:
    """C4: meetings as Event, the rest as Task."""
    with database.system_writing() as session:
        kept = session.merge(org)
        settings.set_kind(session, kept, "meeting", sobject="Event")
        settings.set_kind(session, kept, "call", KindPolicy.DIGEST)
        settings.set_kind(session, kept, "call", sobject="Event")
    found = read(database, org)
    assert [found.object_of(kind) for kind in ("meeting", "call", "email_sent")] == [
        "Event", "Event", "Task",
    ]  # fmt: skip
    assert found.policy_of("call") is KindPolicy.DIGEST
    assert found.policy_of("meeting") is KindPolicy.EACH


def test_a_rule_that_was_stored_under_its_first_name_is_read(database: Database, org: Org) -> None:
    """E2: settings of an earlier release stay readable."""
    write(database, org, opportunity_rule="one")
    assert read(database, org).opportunity_rule is OpportunityRule.PRIMARY
