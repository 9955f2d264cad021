"""All tables of the application in one import, for migrations and tests."""

from app.console import models as console
from app.crm import models as crm
from app.db import Base
from app.destinations import models as destinations
from app.engagement import models as engagement
from app.jobs import models as jobs
from app.orgs import models as orgs
from app.orgs.data import models as data
from app.outbox import models as outbox
from app.outbox.backfill import models as backfill
from app.outbox.digests import models as digests
from app.outbox.follow_ups import models as follow_ups
from app.outbox.owners import models as owners
from app.outbox.records import models as records
from app.salesforce import models as salesforce
from app.salesforce.preflight import models as preflight
from app.web import models as web

__all__ = [
    "Base",
    "backfill",
    "console",
    "crm",
    "data",
    "destinations",
    "digests",
    "engagement",
    "follow_ups",
    "jobs",
    "orgs",
    "outbox",
    "owners",
    "preflight",
    "records",
    "salesforce",
    "web",
]
