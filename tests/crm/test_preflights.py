"""E8: the preflight's witnesses are the newest records of this org, some of each object."""

from __future__ import annotations

from app.crm.models import Opportunity, Person, RecordLink, SObject
from app.crm.preflights import known_records
from app.db import Database
from app.ids import new_id
from app.orgs.models import Org
from app.salesforce.preflight.reading import KNOWN_RECORDS
from canvas.ids import to_18
from tests.support.application import make_org


def _remember(database: Database, org: Org, prefix: str, count: int, first: int = 0) -> list[str]:
    ids = [to_18(f"{prefix}5e00000{number:05d}AAA"[:15]) for number in range(first, first + count)]
    with database.writing(org.id) as session:
        for salesforce_id in ids:
            deal = prefix == "006"
            target = (Opportunity if deal else Person)(id=new_id())
            session.add(target)
            session.flush()
            session.add(
                RecordLink(
                    sobject=SObject.OPPORTUNITY if deal else SObject.CONTACT,
                    salesforce_id=salesforce_id,
                    **{"opportunity_id" if deal else "person_id": target.id},
                )
            )
    return ids


def test_known_records_are_the_orgs_own_and_the_newest(database: Database, org: Org) -> None:
    other = make_org(database, "00D5e000000OTHEAA2", "Pelican Freight")
    contacts = _remember(database, org, "003", KNOWN_RECORDS + 5)
    deals = _remember(database, org, "006", 2)
    theirs = _remember(database, other, "003", 3, first=500)
    with database.reading(org.id) as session:
        found = known_records(session)
    assert set(found) == {each.value for each in SObject}
    assert set(found["Contact"]) == set(contacts[5:])
    assert set(found["Opportunity"]) == set(deals)
    assert not found["Lead"]
    with database.reading(other.id) as session:
        assert set(known_records(session)["Contact"]) == set(theirs)
