"""What every test stands on: a database, a clean environment, no process left behind.

`INLAY_TEST_DATABASE` chooses `sqlite` (default) or `postgresql`. PostgreSQL is started once per run
by the process that was called, and shared by its xdist workers; each test has a database of its
own, copied from one that the migrations made.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, settings

from tests.support import databases, quick_routes, quick_statements
from tools import postgres

pytest_plugins = ["tests.support.application", "tests.support.browsers"]

# How long examples take says nothing on a machine that runs other tests beside them, and the same
# are tried each time: a run fails for what was changed. `--hypothesis-profile=search` finds new.
_patient = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("search", _patient, derandomize=False)
settings.register_profile("same", _patient, derandomize=True, database=None)
settings.load_profile("same")
quick_routes.install()
quick_statements.install()

_ROOM = Path(__file__).parent
_KINDS = ("sqlite", "postgresql")
#: Variables that a test may keep from the shell it was started in.
_KEPT = ("INLAY_TEST_", "INLAY_BROWSER")
_SERVER_URL = pytest.StashKey[str]()
_STACK = pytest.StashKey[ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    """Forget settings of the shell, and start PostgreSQL when this run wants it."""
    for name in list(os.environ):
        product = name.startswith(("INLAY_", "DEVORG_")) or name in ("DATABASE_URL", "PORT")
        if product and not name.startswith(_KEPT):
            del os.environ[name]
    kind = database_kind()
    config.stash[_STACK] = ExitStack()
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[_SERVER_URL] = worker["postgresql"]
    elif kind == "postgresql" and not config.option.collectonly:
        server = config.stash[_STACK].enter_context(postgres.running())
        config.stash[_SERVER_URL] = server.url()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop PostgreSQL."""
    if _STACK in config.stash:
        config.stash[_STACK].close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker where PostgreSQL is."""
    node.workerinput["postgresql"] = node.config.stash.get(_SERVER_URL, "")


def pytest_collection_finish() -> None:
    """What was imported stays: looking through it again and again takes a fifth of a run's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_report_header() -> str:
    """Name the database in the head of the report."""
    return f"database: {database_kind()}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies in tests/e2e is end to end; whatever uses a database is a data test.

    But for what is about something else, and says so by `any_database`.
    """
    for item in items:
        uses_database = "databases_of_run" in getattr(item, "fixturenames", ())
        if uses_database and item.get_closest_marker("any_database") is None:
            item.add_marker("data")
        if _ROOM / "e2e" in item.path.parents:
            item.add_marker("e2e")


def database_kind() -> str:
    """The database of this run."""
    kind = os.environ.get("INLAY_TEST_DATABASE", "sqlite")
    if kind not in _KINDS:
        raise pytest.UsageError(f"INLAY_TEST_DATABASE must be one of {', '.join(_KINDS)}.")
    return kind


@pytest.fixture(scope="session")
def databases_of_run(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> databases.Databases:
    """Makes databases on this run's server, or files."""
    if database_kind() == "postgresql":
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        return databases.PostgresDatabases(request.config.stash[_SERVER_URL], worker)
    return databases.SqliteDatabases(tmp_path_factory.mktemp("databases"))


@pytest.fixture
def database_url(databases_of_run: databases.Databases) -> Iterator[str]:
    """A database of this test alone, with the schema that the migrations make."""
    with databases_of_run.migrated() as url:
        yield url


@pytest.fixture
def empty_database_url(databases_of_run: databases.Databases) -> Iterator[str]:
    """A database of this test alone, without a schema."""
    with databases_of_run.empty() as url:
        yield url


@pytest.fixture(autouse=True)
def _environment_is_left_as_it_was() -> Iterator[None]:
    before = _environment()
    yield
    assert _environment() == before, "the test changed the environment and left it changed"


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


@pytest.fixture(scope="session", autouse=True)
def _no_process_is_left() -> Iterator[None]:
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    yield
    left = [
        child
        for child in psutil.Process().children(recursive=True)
        if child.pid not in before and "resource_tracker" not in _command(child)
    ]
    _, alive = psutil.wait_procs(left, timeout=30)
    assert not alive, f"processes left behind: {[_command(child) for child in alive]}"


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return "resource_tracker"  # it ended while we looked
