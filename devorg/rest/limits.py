"""What the org has left, how much it holds, and what there is under a version."""

from __future__ import annotations

from devorg.rest.call import Answer, Call
from devorg.rest.routing import resource

_RESOURCES = ("composite", "limits", "query", "queryAll", "sobjects", "ui-api")


@resource("GET", "")
def resources(call: Call) -> Answer:
    """The resources of this version, and who is asking."""
    identity = f"{call.base_url}/id/{call.org.config.org_id}/{call.user.id}"
    return Answer(
        body={**{each: f"{call.root}/{each}" for each in _RESOURCES}, "identity": identity}
    )


@resource("GET", "limits")
def limits(call: Call) -> Answer:
    """Limits that devorg keeps; API requests really count down."""
    most = call.org.config.daily_api_requests
    left = max(most - call.org.usage.total(), 0)
    return Answer(
        body={
            "DailyApiRequests": {"Max": most, "Remaining": left},
            "DailyBulkApiBatches": {"Max": 15000, "Remaining": 15000},
            "DailyBulkV2QueryJobs": {"Max": 10000, "Remaining": 10000},
            "DataStorageMB": {"Max": 1024, "Remaining": 1024},
        }
    )


@resource("GET", "limits/recordCount")
def record_count(call: Call) -> Answer:
    """`?sObjects=Account,Contact`: how many live rows; objects without rows are left out."""
    names = [each.strip() for each in call.query.get("sObjects", "").split(",")]
    found = []
    for sobject in filter(None, map(call.names.sobject, names)):
        query = f'SELECT COUNT(*) FROM "{sobject.name}" WHERE IsDeleted = 0'  # noqa: S608 - names of devorg's own tables
        count = call.connection.execute(query).fetchone()[0]
        if count:
            found.append({"count": count, "name": sobject.name})
    return Answer(body={"sObjects": found})
