"""Everything of an org: taken away as a file, deleted for good; no table is forgotten (X16)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.clock import utcnow
from app.config import Config
from app.db import Database
from app.db.whole import rows_of_org, tables_of_orgs
from app.jobs import deletions
from app.keys import Keyring
from app.models import Base
from app.orgs import service
from app.orgs.data import deletion, export
from app.orgs.data.models import DeletionState, OrgDeletion
from app.orgs.models import AuditEntry, Org, OrgState
from app.salesforce.gateway import Gateway
from tests.support.application import make_org
from tests.support.everything import SECRET, fill


@pytest.fixture
def other(database: Database) -> Org:
    """Somebody else, with as many rows."""
    made = make_org(database, "00D5e000000OTHEAA2", "Pelican Freight")
    fill(database, made.id)
    return made


@pytest.fixture
def gateway(config: Config, database: Database, keyring: Keyring) -> Gateway:
    return Gateway(config, database, keyring)


def rows(database: Database, org: Org) -> dict[str, int]:
    """How many rows an org has in which table."""
    with database.system_reading() as session:
        return {
            table.name: len(rows_of_org(session, table, org.id, [], 1000))
            for table in tables_of_orgs()
        }


def ask(database: Database, org: Org, *, ago: timedelta = deletion.DELAY) -> OrgDeletion:
    """Ask for a deletion, so long ago."""
    with database.system_writing() as session:
        found = deletion.ask(session, service.required(session, org.salesforce_id), "admin:005")
        found.due_at -= ago
        return found


def state(database: Database) -> OrgDeletion:
    with database.system_reading() as session:
        return session.scalars(select(OrgDeletion)).one()


def test_each_table_is_of_orgs_or_known_to_hold_nothing_of_them() -> None:
    """A table without ``org_id`` is neither exported nor deleted, so it is named here."""
    of_orgs = {table.name for table in tables_of_orgs()}
    beside = set(Base.metadata.tables) - of_orgs
    assert "event" in of_orgs
    assert beside == {
        "feature_share", "kill_switch", "org", "org_deletion", "rate_count", "sign_in_attempt",
        "staff", "staff_entry", "system_entry", "worker_heartbeat",
    }, "say here that a new table holds nothing of an org, or give it org_id"  # fmt: skip


def test_the_file_holds_each_row_of_the_org_and_no_secret(
    database: Database, org: Org, other: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rows where a piece has one: every table, this org's rows alone, nothing that opens."""
    monkeypatch.setattr(export, "_CHUNK", 1)
    fill(database, org.id)
    with database.system_writing() as session:
        for name in ("one", "two"):
            session.add(AuditEntry(org_id=org.id, tag="t", actor=name, detail={"address": "::1"}))

    with zipfile.ZipFile(io.BytesIO(b"".join(export.file_of(database, org)))) as archive:
        found = {name: archive.read(name).decode() for name in archive.namelist()}
    manifest = json.loads(found.pop("manifest.json"))

    assert set(found) == {f"{table.name}.jsonl" for table in tables_of_orgs()}
    lines = {name: [json.loads(line) for line in text.splitlines()] for name, text in found.items()}
    assert all(line["org_id"] == str(org.id) for told in lines.values() for line in told)
    assert manifest["org"]["salesforce_id"] == org.salesforce_id
    assert manifest["rows"] == rows(database, org)
    assert manifest["rows"] == {name.removesuffix(".jsonl"): len(t) for name, t in lines.items()}
    assert [line["actor"] for line in lines["audit_entry.jsonl"]][-2:] == ["one", "two"]
    assert SECRET not in "".join(found.values())
    assert "::1" not in found["audit_entry.jsonl"]
    assert "sealed_client_secret" in manifest["left_out"]["connection"]
    assert "digest" in manifest["left_out"]["api_key"]
    assert str(other.id) not in "".join(found.values())


def test_nothing_of_the_org_is_left_and_all_of_the_others(
    database: Database, org: Org, other: Org, gateway: Gateway
) -> None:
    """Both databases: each tenant table, the org itself; the receipt counts what went."""
    fill(database, org.id)
    before, theirs = rows(database, org), rows(database, other)
    assert all(before.values())
    ask(database, org)

    assert deletions.run_all(database, gateway) == 1

    assert not any(rows(database, org).values())
    assert rows(database, other) == theirs
    with database.system_reading() as session:
        assert service.by_salesforce_id(session, org.salesforce_id) is None
    receipt = state(database)
    assert (receipt.state, receipt.salesforce_id) == (DeletionState.DONE, org.salesforce_id)
    assert receipt.done_at is not None
    counted = dict(receipt.counts)
    assert counted.pop("org") == 1
    # the audit has gained two lines: that it was asked for, that the org was suspended
    assert counted == before | {"audit_entry": before["audit_entry"] + 2}
    assert deletions.run_all(database, gateway) == 0


def test_what_was_broken_off_goes_on_and_counts_each_row_once(
    database: Database, org: Org, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of one row; time runs out at once, then a crash, then it is finished."""
    monkeypatch.setattr(deletion, "BATCH", 1)
    fill(database, org.id)
    before = rows(database, org)
    asked = ask(database, org)
    assert deletions.run_all(database, gateway, seconds=0.0) == 0
    with database.system_writing() as session:
        assert deletion.begin(session, asked.id) == org.id
    assert not deletion.run(database, asked.id, lambda: False)
    going = state(database)
    assert (going.state, sum(going.counts.values())) == (DeletionState.RUNNING, 1)
    with database.system_reading() as session:
        assert service.required(session, org.salesforce_id).state is OrgState.SUSPENDED

    steps = iter([True, True])
    with pytest.raises(StopIteration):
        deletion.run(database, asked.id, lambda: next(steps))
    assert deletions.run_all(database, gateway) == 1

    counted = state(database).counts
    assert {name: counted[name] for name in before if name != "audit_entry"} == {
        name: number for name, number in before.items() if name != "audit_entry"
    }


def test_one_orgs_trouble_is_none_of_anothers(
    database: Database, org: Org, other: Org, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one is left for the next run, and then goes too."""
    ask(database, org)
    ask(database, other)
    run, failed = deletion.run, list[str]()

    def fail_first(database: Database, deletion_id: UUID, go_on: Callable[[], bool]) -> bool:
        if not failed:
            failed.append(str(deletion_id))
            raise RuntimeError("something unexpected")
        return run(database, deletion_id, go_on)

    monkeypatch.setattr(deletion, "run", fail_first)
    assert deletions.run_all(database, gateway) == 1
    assert deletions.run_all(database, gateway) == 1
    assert not any(rows(database, org).values())
    assert not any(rows(database, other).values())


def test_it_waits_for_its_day_and_can_be_called_off(
    database: Database, org: Org, gateway: Gateway
) -> None:
    """Asked twice it stays at the first date; called off, nothing happens; then too late."""
    first = ask(database, org, ago=timedelta(days=6))
    assert ask(database, org, ago=timedelta()).id == first.id
    assert deletions.run_all(database, gateway) == 0
    with database.system_writing() as session:
        known = service.required(session, org.salesforce_id)
        assert deletion.cancel(session, known, "admin:005")
        assert not deletion.cancel(session, known, "admin:005")
    assert state(database).state is DeletionState.CANCELLED
    with database.system_writing() as session:
        session.scalars(select(OrgDeletion)).one().due_at = utcnow()
    assert deletions.run_all(database, gateway) == 0
    with database.system_writing() as session:
        assert deletion.begin(session, first.id) is None
        assert service.required(session, org.salesforce_id).state is OrgState.ACTIVE


def test_an_org_whose_last_day_is_over_is_deleted_a_week_later(
    database: Database, org: Org, gateway: Gateway
) -> None:
    """Leaving until a time: then the same week to call it off, once."""
    with database.system_writing() as session:
        known = service.required(session, org.salesforce_id)
        end = utcnow() + timedelta(days=30)
        service.set_state(session, known, OrgState.LEAVING, "staff:x", why="ends", until=end)
    assert deletions.run_all(database, gateway) == 0
    with database.system_writing() as session:
        known = service.required(session, org.salesforce_id)
        assert deletion.of_org(session, known.id) is None
        known.state_until = utcnow()
    assert deletions.run_all(database, gateway) == 0
    assert state(database).due_at > utcnow() + timedelta(days=6)
    with database.system_writing() as session:
        assert deletion.cancel(session, service.required(session, org.salesforce_id), "admin:005")
    assert deletions.run_all(database, gateway) == 0
    assert state(database).state is DeletionState.CANCELLED
