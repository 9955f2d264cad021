"""The project's own lints find what they are for, and leave the rest alone."""

from __future__ import annotations

import textwrap

import pytest

from tools.lint import doors, shape, tenancy
from tools.lint.__main__ import ROOT, find
from tools.lint.source import Problem, Source


def source(path: str, text: str) -> Source:
    return Source.of(path, textwrap.dedent(text))


def tenancy_of(text: str, path: str = "app/crm/queries.py") -> list[Problem]:
    return list(tenancy.problems(source(path, text)))


AROUND_THE_SESSION = {
    "text": "from sqlalchemy import text\nsession.execute(text('SELECT 1'))",
    "text of sql": "from sqlalchemy.sql import text\nquery = text('SELECT 1')",
    "text by another name": "from sqlalchemy import text as raw",
    "text of the package": "import sqlalchemy as sa\nsa.text('SELECT 1')",
    "text of a module": "from sqlalchemy import sql\nsql.text('SELECT 1')",
    "text of a nested module": "import sqlalchemy\nsqlalchemy.sql.expression.text('x')",
    "import in a function": "def f():\n    from sqlalchemy import text\n    return text('x')",
    "literal column": "from sqlalchemy import literal_column",
    "core table": "from sqlalchemy import Table",
    "table of a model": "rows = select(Person.__table__)",
    "table by getattr": "getattr(Person, '__table__')",
    "table by mapper": "inspect(Person).local_table",
    "table by metadata": "Base.metadata.tables['person']",
    "statement": "select(Person).from_statement(other)",
    "insert": "from sqlalchemy import insert",
    "insert of a dialect": "from sqlalchemy.dialects.postgresql import insert",
    "bulk update by key": "session.execute(update(Person), [{'id': 1, 'name': 'x'}])",
    "bulk update by keyword": "session.execute(update(Person), params=rows)",
    "bulk update of a name": "WRITE = update(Person)\nsession.execute(WRITE, rows)",
    "what a function made": "def f() -> Update: return x\nq = f()\nsession.execute(q, rows)",
    "a name that is a select at times": "q = select(x)\nq = update(P)\nsession.execute(q, rows)",
    "bulk save": "session.bulk_save_objects(rows)",
    "bulk mappings": "session.bulk_update_mappings(Person, rows)",
    "driver": "import sqlite3",
    "driver of postgres": "import psycopg",
    "driver text": "connection.exec_driver_sql('SELECT 1')",
    "session of all orgs": "with database.system_reading() as session:\n    pass",
    "session class of all orgs": "SystemSession(engine)",
}


@pytest.mark.parametrize("name", AROUND_THE_SESSION)
def test_a_way_around_the_tenant_session_is_found(name: str) -> None:
    assert tenancy_of(AROUND_THE_SESSION[name]), name


WITHIN_THE_SESSION = {
    "select": "from sqlalchemy import select\nsession.execute(select(Person))",
    "select with values": "session.execute(select(Person).where(x), {'id': 1})",
    "select made by a function": (
        "def f() -> Select[Any]: return x\nq = f()\nsession.execute(q, {'id': 1})"
    ),
    "select built once": "_Q = select(Person).where(x)\nsession.execute(_Q, {'id': 1})",
    "update": "from sqlalchemy import update\nsession.execute(update(Person).where(x).values(a=1))",
    "delete": "from sqlalchemy import delete\nsession.execute(delete(Person).where(x))",
    "insert many": "session.insert_many(Person, rows)",
    "the word text": "self.text = text\nresponse.text\nenv.text('NAME', 'default')",
    "index": "from sqlalchemy import Index, text\nIndex('a', 'b', sqlite_where=text('c = 1'))",
    "type of a session": "def f(session: SystemSession) -> None: ...",
}


@pytest.mark.parametrize("name", WITHIN_THE_SESSION)
def test_what_the_tenant_session_reaches_is_left_alone(name: str) -> None:
    assert tenancy_of(WITHIN_THE_SESSION[name]) == []


def test_the_database_room_may_go_below_the_orm() -> None:
    assert tenancy_of("from sqlalchemy import text", "app/db/session.py") == []


def test_text_for_an_index_does_not_excuse_text_in_a_statement() -> None:
    both = """
        from sqlalchemy import Index, text
        Index("a", "b", sqlite_where=text("c = 1"))
        session.execute(text("SELECT 1"))
    """
    assert tenancy_of(both)


def test_jobs_may_open_a_session_over_all_orgs() -> None:
    assert tenancy_of("database.system_writing()", "app/jobs/delivery.py") == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/widget/opening.py", "import requests"),
        ("app/widget/opening.py", "from requests import Session"),
        ("canvas/session.py", "import urllib.request"),
        ("app/salesforce/client.py", "from simple_salesforce import Salesforce"),
        ("app/console/routes.py", "from app.widget.routes import blueprint"),
        ("app/console/pages.py", "from app.widget import routes"),
        ("app/console/pages.py", "import app.widget.routes_poll"),
    ],
)
def test_a_closed_door_is_found(path: str, text: str) -> None:
    assert list(doors.problems(source(path, text)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/salesforce/transport.py", "import requests"),
        ("app/salesforce/soql.py", "from simple_salesforce.format import format_soql"),
        ("app/__init__.py", "from app.widget.routes import blueprint"),
        ("app/widget/__init__.py", "from app.widget.routes import blueprint"),
        ("app/widget/opening.py", "from app.crm import service"),
        ("tests/devorg/test_rest.py", "import requests"),
    ],
)
def test_an_open_door_is_left_alone(path: str, text: str) -> None:
    assert list(doors.problems(source(path, text))) == []


def test_a_long_module_and_a_long_function_are_found() -> None:
    body = "def f():\n" + "    x = 1\n" * shape.LONGEST_MODULE
    found = [problem.message for problem in shape.problems(source("app/x.py", body))]
    assert any("401 lines" in message for message in found)
    assert any(message.startswith("f has 401 lines") for message in found)


def test_the_longest_function_that_is_allowed_passes() -> None:
    body = "def f():\n" + "    x = 1\n" * (shape.LONGEST_FUNCTION - 1)
    assert list(shape.problems(source("app/x.py", body))) == []


def test_the_project_keeps_its_own_rules() -> None:
    assert [str(problem) for problem in find(ROOT)] == []
