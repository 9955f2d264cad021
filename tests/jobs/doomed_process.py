"""A worker that dies in the middle of a workflow: the check of an org that does not answer."""

from __future__ import annotations

from app.clock import utcnow
from app.config import load
from app.db import Database
from app.jobs import workflows
from app.keys import Keyring
from app.orgs import features
from app.salesforce.gateway import Gateway

if __name__ == "__main__":
    config = load()
    features.install()
    database = Database(config.database_url)
    gateway = Gateway(config, database, Keyring(config.secret_keys))
    workflows.start(config, database, gateway, "doomed")
    from dbos import DBOS

    handle = DBOS.start_workflow(workflows.check_connections, utcnow(), None)
    print(handle.workflow_id, flush=True)  # noqa: T201  # for the test
    handle.get_result()
