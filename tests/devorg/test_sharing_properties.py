"""Record access in SQL against a slow, obvious reading of the same rules."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devorg import access, rows
from devorg.rights import Rights, stored
from devorg.schema import STANDARD, Schema
from devorg.store import Store
from devorg.users import USERS

PEOPLE = USERS[:4]
IDS = [each.id for each in PEOPLE]
STAMP = "2026-11-20T10:00:00.000+0000"
MODELS = st.sampled_from(["Private", "Read", "ReadWrite"])


@dataclass(frozen=True)
class World:
    """Owners of accounts, contacts as (owner, account), who is above whom, and exceptions."""

    models: dict[str, str]
    accounts: list[int]
    contacts: list[tuple[int, int | None]]
    above: dict[int, int]
    shared: list[tuple[int, int]]
    hidden: list[tuple[int, int]]

    def may(self, user: int, account: int, *, edit: bool) -> bool:
        """Whether the user reaches an account."""
        if (user, account) in self.hidden:
            return False
        model = self.models["Account"]
        if model == "ReadWrite" or (model == "Read" and not edit):
            return True
        return self.owns(user, self.accounts[account]) or (user, account) in self.shared

    def may_contact(self, user: int, contact: int, *, edit: bool) -> bool:
        """Whether the user reaches a contact."""
        owner, account = self.contacts[contact]
        model = self.models["Contact"]
        if model == "ReadWrite" or (model == "Read" and not edit):
            return True
        if model == "ControlledByParent" and account is not None:
            return self.may(user, account, edit=edit)
        return self.owns(user, owner)

    def owns(self, user: int, owner: int) -> bool:
        """The user is the owner, or above the owner."""
        boss: int | None = owner
        while boss is not None:
            if boss == user:
                return True
            boss = self.above.get(boss)
        return False


@st.composite
def worlds(draw: st.DrawFn) -> World:
    who = st.integers(0, len(PEOPLE) - 2)  # not the administrator, who sees everything
    accounts = draw(st.lists(who, min_size=1, max_size=4))
    account = st.integers(0, len(accounts) - 1)
    contacts = draw(st.lists(st.tuples(who, st.none() | account), max_size=4))
    contact_model = draw(MODELS | st.just("ControlledByParent"))
    models = {"Account": draw(MODELS), "Contact": contact_model}
    pairs = st.lists(st.tuples(who, account), max_size=3)
    # A boss always has a higher number, so that nobody is above themselves.
    above = {
        low: draw(st.integers(low + 1, len(PEOPLE) - 2))
        for low in range(len(PEOPLE) - 2)
        if draw(st.booleans())
    }
    shared, hidden = draw(pairs), draw(pairs)
    return World(models, accounts, contacts, above, shared, hidden)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An empty store."""
    path: Path = tmp_path_factory.mktemp("sharing") / "org.sqlite"
    made = Store(path, STANDARD)
    yield made
    made.close()


# People in the order of the world: the administrator, who sees all, comes last and is not asked.
ORDER = [IDS[0], IDS[2], IDS[3], IDS[1]]


def build(connection: sqlite3.Connection, world: World, schema: Schema) -> dict[str, list[str]]:
    for table in ("Account", "Contact", "User", "UserRole", "hidden_record", "shared_record"):
        connection.execute(f'DELETE FROM "{table}"')  # noqa: S608 - names of devorg's own tables
    objects = schema.objects

    def add(name: str, number: int, **values: object) -> str:
        record_id = f"{objects[name].prefix}{number:015d}"
        row = rows.stamped(IDS[0], STAMP, {"Id": record_id, **values})
        rows.insert(connection, objects[name], [row])
        return record_id

    roles = {
        number: add(
            "UserRole", number, Name=str(number),
            ParentRoleId=f"00E{world.above[number]:015d}" if number in world.above else None,
        )
        for number in range(len(ORDER))
    }  # fmt: skip
    for number, user_id in enumerate(ORDER):
        row = rows.stamped(IDS[0], STAMP, {"Id": user_id, "UserRoleId": roles[number]})
        rows.insert(connection, objects["User"], [row])
    accounts = [
        add("Account", number, Name="A", OwnerId=ORDER[owner])
        for number, owner in enumerate(world.accounts)
    ]
    contacts = [
        add(
            "Contact", number, LastName="C", OwnerId=ORDER[owner],
            AccountId=None if account is None else accounts[account],
        )
        for number, (owner, account) in enumerate(world.contacts)
    ]  # fmt: skip
    for user, account in world.shared:
        access.set_record(connection, ORDER[user], accounts[account], visible=True)
    for user, account in world.hidden:
        key = (ORDER[user], accounts[account])
        connection.execute("INSERT OR IGNORE INTO hidden_record VALUES (?, ?)", key)
    stored.write(connection, Rights(schema), schema)
    return {"Account": accounts, "Contact": contacts}


def reached(
    connection: sqlite3.Connection, schema: Schema, name: str, user: int, *, edit: bool
) -> set[str]:
    make = access.edit_condition if edit else access.condition
    where = make(schema.objects[name], "t")
    query = f'SELECT t.Id FROM "{name}" AS t WHERE {where}'  # noqa: S608 - names of devorg's own tables
    return {row[0] for row in connection.execute(query, {"user": ORDER[user]})}


@given(worlds())
def test_sql_reaches_the_records_that_the_rules_say(store: Store, world: World) -> None:
    """X16: accounts, contacts of their own or by their account; UserRecordAccess as well."""
    schema = STANDARD.with_sharing(world.models)
    with store.writing() as connection:
        store.shape(connection, schema)
        ids = build(connection, world, schema)
        for user in range(len(ORDER) - 1):
            for edit in (False, True):
                for name, asked in (("Account", world.may), ("Contact", world.may_contact)):
                    wanted = {
                        record_id
                        for number, record_id in enumerate(ids[name])
                        if asked(user, number, edit=edit)
                    }
                    assert reached(connection, schema, name, user, edit=edit) == wanted
                    assert told(connection, ids[name], user, edit=edit) == wanted


def told(
    connection: sqlite3.Connection, record_ids: list[str], user: int, *, edit: bool
) -> set[str]:
    column = "HasEditAccess" if edit else "HasReadAccess"
    query = f"SELECT RecordId FROM UserRecordAccess WHERE UserId = ? AND RecordId = ? AND {column}"  # noqa: S608 - names of devorg's own tables
    values: Mapping[str, tuple[str, str]] = {each: (ORDER[user], each) for each in record_ids}
    return {each for each, key in values.items() if connection.execute(query, key).fetchone()}
