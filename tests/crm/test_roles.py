"""What Salesforce told is kept in the mirror, and read from it."""

from __future__ import annotations

from datetime import UTC, datetime

from app.crm import queries, service
from app.crm.schemas import ContactFacts, OpportunityFacts, RoleFacts
from app.db import Database
from app.orgs.models import Org

DEAL = OpportunityFacts("006000000000001AAA", "Renewal", datetime(2026, 5, 1, tzinfo=UTC))
OTHER_DEAL = OpportunityFacts("006000000000002AAA", "Expansion", datetime(2026, 6, 1, tzinfo=UTC))
ADA = ContactFacts("003000000000001AAA", "Ada Lind", "ada@example.com")
BOB = ContactFacts("003000000000002AAA", "Bob Maas")


def test_roles_bring_people_and_opportunities_along(database: Database, org: Org) -> None:
    """L13: an opportunity's name is known with its people."""
    with database.writing(org.id) as session:
        service.remember_roles(
            session, [RoleFacts(DEAL, BOB), RoleFacts(DEAL, ADA, "Decision Maker", True)]
        )

        roles = queries.roles_on(session, DEAL.salesforce_id)
        deals = queries.opportunities_of_people(session, [roles[0].person_id])

    assert [(role.name, role.role, role.is_primary) for role in roles] == [
        ("Ada Lind", "Decision Maker", True),
        ("Bob Maas", "", False),
    ]
    assert [(d.name, d.opened_at) for d in deals[roles[0].person_id]] == [
        ("Renewal", DEAL.opened_at)
    ]


def test_a_complete_answer_forgets_roles_that_are_gone(database: Database, org: Org) -> None:
    with database.writing(org.id) as session:
        service.remember_roles(session, [RoleFacts(DEAL, ADA), RoleFacts(DEAL, BOB)])
        service.remember_roles(session, [RoleFacts(OTHER_DEAL, BOB)])

        service.remember_roles(session, [RoleFacts(DEAL, ADA)], complete_for=[DEAL.salesforce_id])

        assert [r.name for r in queries.roles_on(session, DEAL.salesforce_id)] == ["Ada Lind"]
        assert len(queries.roles_on(session, OTHER_DEAL.salesforce_id)) == 1


def test_what_a_user_was_shown_forgets_nothing(database: Database, org: Org) -> None:
    """X2: a user who sees one contact of two must not change what others see."""
    with database.writing(org.id) as session:
        service.remember_roles(session, [RoleFacts(DEAL, ADA), RoleFacts(DEAL, BOB)])

        service.remember_roles(session, [RoleFacts(DEAL, ADA)])

        assert len(queries.roles_on(session, DEAL.salesforce_id)) == 2


def test_an_empty_complete_answer_for_a_contact_ends_its_roles(
    database: Database, org: Org
) -> None:
    with database.writing(org.id) as session:
        service.remember_roles(session, [RoleFacts(DEAL, ADA), RoleFacts(DEAL, BOB)])

        service.remember_roles(session, [], complete_for=[ADA.salesforce_id])

        assert [r.name for r in queries.roles_on(session, DEAL.salesforce_id)] == ["Bob Maas"]


def test_a_blank_takes_nothing_away(database: Database, org: Org) -> None:
    with database.writing(org.id) as session:
        service.remember_opportunities(session, [DEAL])
        service.remember_people(session, [ADA])

        service.remember_opportunities(session, [OpportunityFacts(DEAL.salesforce_id)])
        people = service.remember_people(session, [ContactFacts(ADA.salesforce_id)])

        deal = queries.opportunity_of_record(session, DEAL.salesforce_id)
        person = service.person_for(session, email="ada@example.com")
    assert deal is not None
    assert (deal.name, deal.opened_at) == ("Renewal", DEAL.opened_at)
    assert (person.id, person.name) == (people[ADA.salesforce_id], "Ada Lind")


def test_a_new_name_is_taken_over(database: Database, org: Org) -> None:
    with database.writing(org.id) as session:
        service.remember_people(session, [ADA])
        service.remember_people(session, [ContactFacts(ADA.salesforce_id, "Ada Berg")])
    with database.reading(org.id) as session:
        assert service.person_for(session, email="ada@example.com").name == "Ada Berg"


def test_an_address_that_we_would_not_take_does_not_stop_the_rest(
    database: Database, org: Org
) -> None:
    odd = ContactFacts("003000000000003AAA", "Odd", "not an address")
    with database.writing(org.id) as session:
        people = service.remember_people(session, [odd, ADA])

        assert queries.people_of_records(session, people) == people
        records = queries.records_of_people(session, people.values())
    assert {record.salesforce_id for own in records.values() for record in own} == set(people)
