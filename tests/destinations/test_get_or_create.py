"""One Destination per record, a link per person, whoever asks and however often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from app.crm.models import SObject
from app.db import Database
from app.destinations.models import Block, BlockKind, Destination, Link
from app.destinations.queries import for_record
from app.destinations.schemas import RecordFacts
from app.destinations.service import get_or_create
from app.orgs.models import AuditEntry, Org
from tests.destinations.conftest import REP, SETTINGS, Shared, share, without_people
from tests.support.application import make_org

WRITTEN = [kind for kind in BlockKind if kind is not BlockKind.UNKNOWN]


def test_the_first_click_makes_a_page_a_link_per_person_and_a_general_one(
    database: Database, org: Org, shared: Shared
) -> None:
    """C3, X11."""
    with database.reading(org.id) as session:
        view = for_record(session, shared.record.id)
        kinds = session.scalars(select(Block.kind).order_by(Block.position)).all()
        audited = session.scalars(select(AuditEntry)).one()
    assert view is not None
    assert view.title == "Prepared for Acme Ltd"
    assert [link.person_id for link in view.links] == [None, shared.ada_id, shared.ben_id]
    assert view.links[1].url("https://pages.example") == f"https://pages.example/d/{shared.ada}"
    assert (view.views, view.viewers, view.anonymous_views) == (0, [], 0)
    assert kinds == WRITTEN
    assert audited.tag == "rep:destination:create"
    assert audited.actor == REP.user_id


def test_a_second_click_opens_the_same_one(database: Database, org: Org, shared: Shared) -> None:
    """X11."""
    with database.writing(org.id) as session:
        destination, created = get_or_create(session, shared.record, REP, SETTINGS)
    assert not created
    assert destination.id == shared.destination_id
    assert destination.version == 1
    with database.reading(org.id) as session:
        assert session.scalar(select(func.count()).select_from(Link)) == 3


def test_a_later_click_adds_links_for_new_people_and_changes_nothing_else(
    database: Database, org: Org, record: RecordFacts
) -> None:
    """X11."""
    general = share(database, org, without_people(record)).general
    with database.writing(org.id) as session:
        destination, created = get_or_create(session, record, REP, SETTINGS)
    assert (created, destination.version) == (False, 2)
    with database.reading(org.id) as session:
        view = for_record(session, record.id)
        blocks = session.scalar(select(func.count()).select_from(Block))
    assert view is not None
    assert view.links[0].token == general
    assert len(view.links) == 3
    assert blocks == len(WRITTEN)


def test_reps_at_once_make_one_destination(
    database: Database, org: Org, record: RecordFacts
) -> None:
    """X11: whoever comes second takes what the first one made."""
    together = Barrier(4)

    def click(_number: int) -> tuple[str, bool]:
        together.wait()
        with database.writing(org.id) as session:
            destination, created = get_or_create(session, record, REP, SETTINGS)
        return str(destination.id), created

    with ThreadPoolExecutor(4) as pool:
        clicks = list(pool.map(click, range(4)))
    assert len({destination for destination, _ in clicks}) == 1
    assert sorted(created for _, created in clicks) == [False, False, False, True]
    with database.reading(org.id) as session:
        assert session.scalar(select(func.count()).select_from(Link)) == 3
        assert session.scalar(select(func.count()).select_from(Block)) == len(WRITTEN)


def test_another_org_has_its_own_destination_of_the_same_record(
    database: Database, shared: Shared
) -> None:
    other = make_org(database, "00D5e000000OTHEAA2", "Other")
    with database.reading(other.id) as session:
        assert for_record(session, shared.record.id) is None
        assert session.scalars(select(Destination)).all() == []


def test_an_opportunity_keeps_its_own_name_to_itself(
    database: Database, org: Org, shared: Shared
) -> None:
    """What sellers call a deal is not for those who buy."""
    with database.reading(org.id) as session:
        contents = session.scalars(select(Block.content)).all()
    assert "ACME upsell 2026" not in repr(contents)


def test_a_contact_without_an_account_is_named(database: Database, org: Org) -> None:
    lonely = RecordFacts(SObject.CONTACT, "0035e000000ADAAAA2", "Ada Lindqvist")
    with database.writing(org.id) as session:
        destination, _ = get_or_create(session, lonely, REP, SETTINGS)
    assert destination.title == "Prepared for Ada Lindqvist"


def test_reading_costs_two_statements(
    database: Database, shared: Shared, count_statements: list[str]
) -> None:
    with database.reading(shared.org_id) as session:
        count_statements.clear()
        for_record(session, shared.record.id)
        selects = [text for text in count_statements if text.startswith("SELECT")]
    assert len([text for text in selects if "set_config" not in text]) == 2
