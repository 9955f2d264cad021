"""Who is meant: resolving people by address and record."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from app.crm import service
from app.crm.models import Person, RecordLink
from app.crm.schemas import PersonKey, person_key
from app.db import Database
from app.orgs.models import Org
from canvas.ids import to_18
from tests.support.application import make_org

CONTACT = "003000000000001AAA"
OTHER_CONTACT = "003000000000002AAA"
LEAD = to_18("00Q000000000001")


def resolve(database: Database, org: Org, *keys: PersonKey) -> list[UUID]:
    with database.writing(org.id) as session:
        people = service.people_for(session, keys)
    return [people[key] for key in keys]


def count(database: Database, org: Org, model: type[Any]) -> int:
    with database.reading(org.id) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_same_address_is_the_same_person(database: Database, org: Org) -> None:
    first = resolve(database, org, person_key(email="ada@example.com"))
    again = resolve(database, org, person_key(email="ADA@example.com"))

    assert first == again
    assert count(database, org, Person) == 1


def test_an_unknown_record_makes_a_person_with_a_link(database: Database, org: Org) -> None:
    (person,) = resolve(database, org, person_key(salesforce_id=LEAD))

    with database.reading(org.id) as session:
        link = session.scalars(select(RecordLink)).one()
    assert (link.salesforce_id, link.sobject, link.person_id) == (LEAD, "Lead", person)


@pytest.mark.parametrize("address_first", [True, False])
def test_address_and_record_given_together_are_tied(
    database: Database, org: Org, address_first: bool
) -> None:
    single = {"email": "ada@example.com"} if address_first else {"salesforce_id": CONTACT}
    (known,) = resolve(database, org, person_key(**single))

    (both,) = resolve(database, org, person_key(email="ada@example.com", salesforce_id=CONTACT))

    later = resolve(
        database, org, person_key(email="ada@example.com"), person_key(salesforce_id=CONTACT)
    )
    assert both == known
    assert later == [known, known]


def test_a_tie_within_the_batch_holds_for_the_whole_batch(database: Database, org: Org) -> None:
    people = resolve(
        database,
        org,
        person_key(email="ada@example.com"),
        person_key(salesforce_id=CONTACT),
        person_key(email="ada@example.com", salesforce_id=CONTACT),
    )

    assert len(set(people)) == 1
    assert count(database, org, Person) == 1


def test_two_contacts_with_one_address_stay_two_people(database: Database, org: Org) -> None:
    first, second = resolve(
        database,
        org,
        person_key(email="info@example.com", salesforce_id=CONTACT),
        person_key(email="info@example.com", salesforce_id=OTHER_CONTACT),
    )

    assert first != second
    assert resolve(database, org, person_key(email="info@example.com")) == [first]


def test_contact_and_lead_with_one_address_are_one_person(database: Database, org: Org) -> None:
    first, second = resolve(
        database,
        org,
        person_key(email="ada@example.com", salesforce_id=CONTACT),
        person_key(email="ada@example.com", salesforce_id=LEAD),
    )

    assert first == second


def test_the_record_decides_when_address_and_record_are_of_two(
    database: Database, org: Org
) -> None:
    by_address, by_record = resolve(
        database, org, person_key(email="ada@example.com"), person_key(salesforce_id=CONTACT)
    )

    (both,) = resolve(database, org, person_key(email="ada@example.com", salesforce_id=CONTACT))

    assert by_address != by_record
    assert both == by_record


def test_an_org_does_not_see_people_of_another(database: Database, org: Org) -> None:
    other = make_org(database, to_18("00D000000000002"), "Other")
    key = person_key(email="ada@example.com", salesforce_id=CONTACT)

    assert resolve(database, org, key) != resolve(database, other, key)
    assert count(database, org, Person) == count(database, other, Person) == 1


def test_500_people_take_a_handful_of_statements(database: Database, org: Org) -> None:
    keys = [person_key(email=f"p{n}@example.com", salesforce_id=f"003{n:012d}") for n in range(500)]
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    resolve(database, org, *keys)
    new = len(statements)
    resolve(database, org, *keys)

    assert new <= 9  # seven, begin, and the org's name on PostgreSQL
    assert len(statements) - new <= 4


def test_threads_come_to_the_same_people(database: Database, org: Org) -> None:
    keys = [person_key(email=f"p{n}@example.com", salesforce_id=f"003{n:012d}") for n in range(40)]
    keys += [person_key(salesforce_id=f"003{n:012d}") for n in range(40)]

    def work(turn: int) -> dict[PersonKey, UUID]:
        mine: Sequence[PersonKey] = keys[::-1] if turn % 2 else keys
        with database.writing(org.id) as session:
            return service.people_for(session, mine)

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(work, range(12)))

    assert all(one == found[0] for one in found)
    assert count(database, org, Person) == 40


def test_threads_that_give_one_address_to_two_people_do_not_fail(
    database: Database, org: Org
) -> None:
    resolve(
        database,
        org,
        person_key(salesforce_id=CONTACT),
        person_key(salesforce_id=OTHER_CONTACT),
    )

    def work(record: str) -> UUID:
        key = person_key(email="info@example.com", salesforce_id=record)
        with database.writing(org.id) as session:
            return service.people_for(session, [key])[key]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(work, [CONTACT, OTHER_CONTACT] * 4))

    assert len(set(found)) == 2


_KEYS = st.builds(
    lambda email, record: person_key(
        email=f"p{email}@example.com" if email is not None else None,
        salesforce_id=f"003{record:012d}" if record is not None else None,
    ),
    st.none() | st.integers(0, 3),
    st.integers(0, 3),
) | st.integers(0, 3).map(lambda n: person_key(email=f"p{n}@example.com"))


@settings(max_examples=40)
@given(batches=st.lists(st.lists(_KEYS, min_size=1, max_size=6), min_size=1, max_size=4))
def test_every_key_finds_the_same_person_again(
    database: Database, batches: list[list[PersonKey]]
) -> None:
    org = make_org(database, _fresh_org_id(), "Property")
    for batch in batches:
        first = resolve(database, org, *batch)
        assert resolve(database, org, *batch) == first


_numbers = iter(range(1, 10_000))


def _fresh_org_id() -> str:
    return to_18(f"00D{next(_numbers):012d}")


def test_a_person_is_given_by_address_or_record(database: Database, org: Org) -> None:
    with database.writing(org.id) as session:
        person = service.person_for(session, email="ada@example.com", name="Ada")
        same = service.person_for(session, email="ada@example.com", salesforce_id=CONTACT)
        held = service.link(session, same.id, CONTACT)

    assert (person.email, person.name, person.id) == ("ada@example.com", "Ada", same.id)
    assert held == person.id


def test_a_record_that_belongs_to_somebody_stays_theirs(database: Database, org: Org) -> None:
    with database.writing(org.id) as session:
        ada = service.person_for(session, email="ada@example.com", salesforce_id=CONTACT)
        bob = service.person_for(session, email="bob@example.com")

        assert service.link(session, bob.id, CONTACT) == ada.id
        assert service.link(session, bob.id, LEAD) == bob.id
