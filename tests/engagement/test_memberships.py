"""Memberships: what is given replaces what was kept, kind by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

from app.crm.schemas import person_key
from app.db import Database
from app.engagement import memberships, queries
from app.engagement.memberships import NewMembership, PersonMemberships
from app.engagement.models import MembershipKind
from app.orgs.models import Org

LIST, CAMPAIGN = MembershipKind.LIST, MembershipKind.CAMPAIGN


def put(
    database: Database, org: Org, kinds: Mapping[MembershipKind, Sequence[NewMembership]]
) -> None:
    item = PersonMemberships(person_key(email="ada@example.com"), kinds)
    with database.writing(org.id) as session:
        memberships.replace(session, [item])


def names(database: Database, org: Org, ada: UUID, kind: MembershipKind = LIST) -> list[str]:
    with database.reading(org.id) as session:
        return [one.name for one in queries.memberships(session, [ada])[kind]]


def test_only_the_kinds_that_are_given_are_replaced(
    database: Database, org: Org, ada: UUID
) -> None:
    put(database, org, {LIST: [NewMembership("b"), NewMembership("A")],
                        CAMPAIGN: [NewMembership("Autumn", "sent")]})  # fmt: skip

    put(database, org, {LIST: [NewMembership("c")]})

    assert names(database, org, ada) == ["c"]
    assert names(database, org, ada, CAMPAIGN) == ["Autumn"]


def test_an_empty_list_removes(database: Database, org: Org, ada: UUID) -> None:
    put(database, org, {LIST: [NewMembership("a")]})
    put(database, org, {LIST: []})

    assert names(database, org, ada) == []


def test_everything_told_is_kept_and_widgets_hear_of_it(
    database: Database, org: Org, ada: UUID
) -> None:
    since = datetime(2026, 1, 2, tzinfo=UTC)
    put(database, org, {LIST: [NewMembership("a", "active", "https://example.com", since)]})

    with database.reading(org.id) as session:
        (kept,) = queries.memberships(session, [ada])[LIST]
        assert queries.versions(session, [ada]) == {ada: 1}
    assert (kept.status, kept.url, kept.since) == ("active", "https://example.com", since)


def test_threads_that_set_the_same_person_leave_one_answer(
    database: Database, org: Org, ada: UUID
) -> None:
    def work(turn: int) -> None:
        put(database, org, {LIST: [NewMembership(f"{turn}-{n}") for n in range(3)]})

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(12)))

    found = names(database, org, ada)
    assert len(found) == 3
    assert len({name.split("-")[0] for name in found}) == 1
