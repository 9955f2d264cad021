"""Durable schedules on DBOS: clean-up every hour, connections every week.

Only ids and counts enter workflows, never tokens or personal data: DBOS keeps them in clear. It has
an SQLite file of its own (a schema of its own on PostgreSQL), so that its writes never wait for
ours. Loading it takes a second, so the worker does it when deliveries are already running.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from dbos import DBOS, DBOSConfig, Serializer, run_dbos_database_migrations

from app.clock import utcnow
from app.config import Config
from app.db import Database
from app.db.old_sqlite import teach_subseconds
from app.jobs import cleanup, connections, deletions, follow_ups, preflights, records
from app.orgs import trials
from app.salesforce.gateway import Gateway

_log = structlog.get_logger()

#: Raised only when a workflow's steps change: recovery takes workflows of its own version alone.
APPLICATION_VERSION = "1"
SCHEMA = "dbos"
#: Second, minute, hour, day, month, weekday.
HOURLY = "0 17 * * * *"
DAILY = "0 23 4 * * *"
WEEKLY = "0 41 3 * * 0"
EACH_MINUTE = "0 * * * * *"
EACH_QUARTER = "30 */15 * * * *"
AT_HALF_PAST = "45 33 * * * *"
AT_ODD_TIMES = "15 9,29,49 * * * *"
_KEEP_WORKFLOWS = timedelta(days=7)
_DELETE_AT_ONCE = 500


class JsonSerializer(Serializer):
    """JSON instead of pickle: what is stored can be read, and nothing in it can run."""

    def serialize(self, data: Any) -> str:
        """As JSON text."""
        return msgspec.json.encode(data).decode()

    def deserialize(cls, serialized_data: str) -> Any:  # noqa: N805  # DBOS declares it so
        """From JSON text."""
        return msgspec.json.decode(serialized_data)

    def name(self) -> str:
        """What DBOS notes beside each value."""
        return "inlay_json"


@dataclass(frozen=True, slots=True)
class _Tools:
    config: Config
    database: Database
    gateway: Gateway


_tools: list[_Tools] = []  # what steps work with; DBOS itself is one per process too


def migrate(config: Config) -> None:
    """Make or upgrade DBOS's tables; run once, before any worker."""
    teach_subseconds()
    run_dbos_database_migrations(system_database_url=config.jobs_database_url, schema=SCHEMA)


def start(config: Config, database: Database, gateway: Gateway, worker: str) -> None:
    """Launch DBOS in this process and see to the schedules; ``worker`` is unique among them."""
    teach_subseconds()
    _tools[:] = [_Tools(config, database, gateway)]
    settings: DBOSConfig = {
        "name": "inlay",
        "system_database_url": config.jobs_database_url,
        "dbos_system_schema": SCHEMA,
        "executor_id": worker,
        "application_version": APPLICATION_VERSION,
        "serializer": JsonSerializer(),
        "log_level": "WARNING",
    }
    DBOS(config=settings)
    DBOS.launch()
    DBOS.apply_schedules(
        [
            {"schedule_name": "clean-up", "workflow_fn": clean_up, "schedule": HOURLY},
            {"schedule_name": "connections", "workflow_fn": check_connections, "schedule": WEEKLY},
            {"schedule_name": "preflight", "workflow_fn": check_rights, "schedule": DAILY},
            {"schedule_name": "follow-ups", "workflow_fn": make_tasks, "schedule": EACH_MINUTE},
            {"schedule_name": "records", "workflow_fn": write_records, "schedule": EACH_QUARTER},
            {"schedule_name": "scores", "workflow_fn": write_scores, "schedule": AT_HALF_PAST},
            {"schedule_name": "trials", "workflow_fn": end_trials, "schedule": EACH_QUARTER},
            {"schedule_name": "deletions", "workflow_fn": delete_orgs, "schedule": AT_ODD_TIMES},
        ]
    )


def recover(alive: Collection[str]) -> int:
    """Take over what workers left behind that are none of ``alive``; how many workflows.

    Each goes on after its last finished step, in whichever worker takes it first; asked twice, it
    is taken once. DBOS itself recovers only what a process of the same name left.
    """
    pending = DBOS.list_workflows(
        status="PENDING", app_version=APPLICATION_VERSION, load_input=False, load_output=False
    )
    owners = {workflow.executor_id for workflow in pending if workflow.executor_id}
    dead = sorted(owners - set(alive))
    if not dead:
        return 0
    taken = len(DBOS._recover_pending_workflows(dead))  # DBOS has no public name
    _log.warning("worker.workflows_recovered", workers=dead, workflows=taken)
    return taken


def stop() -> None:
    """End DBOS; a step that still runs is run again by whoever recovers its workflow."""
    DBOS.destroy()
    _tools.clear()


@DBOS.workflow(name="clean_up")
def clean_up(scheduled_at: datetime, context: Any) -> None:
    """Delete what is past its time, ours and DBOS's own."""
    counts = _delete_rows()
    forgotten = _forget_workflows()
    _log.info("worker.cleaned_up", workflows=forgotten, **counts)


@DBOS.step(name="delete_rows")
def _delete_rows() -> dict[str, int]:
    return dict(cleanup.clean_up(_tools[0].database))


@DBOS.step(name="forget_workflows")
def _forget_workflows() -> int:
    """Workflows of the past, finished or held by a worker that never came back."""
    before = (utcnow() - _KEEP_WORKFLOWS).isoformat()
    old = DBOS.list_workflows(
        end_time=before, limit=_DELETE_AT_ONCE, load_input=False, load_output=False
    )
    if old:
        DBOS.delete_workflows([workflow.workflow_id for workflow in old])
    return len(old)


@DBOS.workflow(name="check_connections")
def check_connections(scheduled_at: datetime, context: Any) -> None:
    """Call every connected org once, so that a quiet one does not lose its access unseen."""
    for org_id in _connected_orgs():
        outcome = _check_connection(org_id)
        if outcome != "ok":
            _log.warning("worker.connection_failed", org=org_id, reason=outcome)


@DBOS.step(name="connected_orgs")
def _connected_orgs() -> list[str]:
    return [str(org_id) for org_id in connections.connected_orgs(_tools[0].database)]


@DBOS.step(name="check_connection")
def _check_connection(org_id: str) -> str:
    return connections.check(_tools[0].gateway, UUID(org_id))


@DBOS.workflow(name="check_rights")
def check_rights(scheduled_at: datetime, context: Any) -> None:
    """Run the preflight of every connected org."""
    for org_id in _connected_orgs():
        outcome = _check_rights(org_id)
        if outcome != "ok":
            _log.warning("worker.preflight", org=org_id, outcome=outcome)


@DBOS.step(name="check_rights_of_org")
def _check_rights(org_id: str) -> str:
    return preflights.check(_tools[0].gateway, UUID(org_id))


@DBOS.workflow(name="make_tasks")
def make_tasks(scheduled_at: datetime, context: Any) -> None:
    """Make the tasks of follow-up rules that were met."""
    _make_tasks()


@DBOS.step(name="make_tasks_of_orgs")
def _make_tasks() -> int:
    return follow_ups.make_all(_tools[0].database, _tools[0].gateway)


@DBOS.workflow(name="write_records")
def write_records(scheduled_at: datetime, context: Any) -> None:
    """Bring the records of Destinations up to date."""
    _write_records()


@DBOS.step(name="write_records_of_orgs")
def _write_records() -> int:
    tools = _tools[0]
    return records.write_destinations(tools.database, tools.gateway, tools.config.pages_url)


@DBOS.workflow(name="write_scores")
def write_scores(scheduled_at: datetime, context: Any) -> None:
    """Write scores of people whose band changed, by what they did or by the passing of days."""
    _write_scores()


@DBOS.step(name="write_scores_of_orgs")
def _write_scores() -> int:
    return records.write_scores(_tools[0].database, _tools[0].gateway)


@DBOS.workflow(name="end_trials")
def end_trials(scheduled_at: datetime, context: Any) -> None:
    """Suspend orgs whose trial is over."""
    ended = _end_trials()
    if ended:
        _log.info("worker.trials_ended", orgs=ended)


@DBOS.step(name="end_trials_that_are_over")
def _end_trials() -> int:
    return trials.end_those_over(_tools[0].database)


@DBOS.workflow(name="delete_orgs")
def delete_orgs(scheduled_at: datetime, context: Any) -> None:
    """Delete the data of orgs whose week to call it off is over."""
    _delete_orgs()


@DBOS.step(name="delete_data_of_orgs")
def _delete_orgs() -> int:
    return deletions.run_all(_tools[0].database, _tools[0].gateway)
