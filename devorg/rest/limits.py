"""What the org has left, how much it holds, and what there is under a version."""

from __future__ import annotations

from typing import Any

from devorg.rest.call import Answer, Call
from devorg.rest.routing import resource

_RESOURCES = (
    "composite", "jobs", "limits", "query", "queryAll", "recent", "sobjects", "ui-api",
)  # fmt: skip
# The names that the REST guide lists, with the allocations of a Developer Edition org where a
# public recording tells them, else with none at all. Three of a real
# org's count down here, too: API requests, batches of rows and query jobs.
_UNUSED: dict[str, int] = {
    "ActiveScratchOrgs": 3, "AnalyticsExternalDataSizeMB": 40960,
    "ConcurrentAsyncGetReportInstances": 200, "ConcurrentEinsteinDataInsightsStoryCreation": 5,
    "ConcurrentEinsteinDiscoveryStoryCreation": 2, "ConcurrentSyncReportRuns": 20,
    "DailyAnalyticsDataflowJobExecutions": 60, "DailyAnalyticsUploadedFilesSizeMB": 51200,
    "DailyAsyncApexExecutions": 250000, "DailyAsyncApexTests": 500,
    "DailyBulkV2QueryFileStorageMB": 976562, "DailyDeliveredPlatformEvents": 10000,
    "DailyDurableGenericStreamingApiEvents": 10000, "DailyDurableStreamingApiEvents": 10000,
    "DailyEinsteinDataInsightsStoryCreation": 1000,
    "DailyEinsteinDiscoveryOptimizationJobRuns": 0, "DailyEinsteinDiscoveryPredictAPICalls": 50000,
    "DailyEinsteinDiscoveryPredictionsByCDC": 500000, "DailyEinsteinDiscoveryStoryCreation": 100,
    "DailyFunctionsApiCallLimit": 235000, "DailyGenericStreamingApiEvents": 10000,
    "DailyScratchOrgs": 6, "DailyStandardVolumePlatformEvents": 10000,
    "DailyStreamingApiEvents": 10000, "DailyWorkflowEmails": 390, "DataStorageMB": 1024,
    "DurableStreamingApiConcurrentClients": 20, "FileStorageMB": 1024,
    "HourlyAsyncReportRuns": 1200, "HourlyDashboardRefreshes": 200,
    "HourlyDashboardResults": 5000, "HourlyDashboardStatuses": 999999999,
    "HourlyLongTermIdMapping": 100000, "HourlyManagedContentPublicRequests": 50000,
    "HourlyODataCallout": 1000, "HourlyPublishedPlatformEvents": 50000,
    "HourlyPublishedStandardVolumePlatformEvents": 1000, "HourlyShortTermIdMapping": 100000,
    "HourlySyncReportRuns": 500, "HourlyTimeBasedWorkflow": 1000, "MassEmail": 5000,
    "MonthlyEinsteinDiscoveryStoryCreation": 500, "MonthlyPlatformEventsUsageEntitlement": 0,
    "Package2VersionCreates": 6, "Package2VersionCreatesWithoutValidation": 500,
    "PermissionSets": 1500, "PrivateConnectOutboundCalloutHourlyLimitMB": 0,
    "PublishCallbackUsageInApex": 0, "SingleEmail": 5000, "StreamingApiConcurrentClients": 20,
}  # fmt: skip
_CUSTOM_PERMISSION_SETS = 1000
MOST_QUERY_JOBS = 10_000
# Of ten thousand rows each.
MOST_BATCHES = 15_000


@resource("GET", "")
def resources(call: Call) -> Answer:
    """The resources of this version, and who is asking."""
    identity = f"{call.base_url}/id/{call.org.config.org_id}/{call.user.id}"
    return Answer(
        body={**{each: f"{call.root}/{each}" for each in _RESOURCES}, "identity": identity}
    )


@resource("GET", "jobs")
def jobs(call: Call) -> Answer:
    """The kinds of jobs."""
    return Answer(body={each: f"{call.root}/jobs/{each}" for each in ("ingest", "query")})


@resource("GET", "recent")
def recent(_call: Call) -> Answer:
    """Records that the user viewed last. What the API reads or writes does not count as viewed."""
    return Answer(body=[])


def _left(most: int, used: int) -> dict[str, int]:
    return {"Max": most, "Remaining": max(most - used, 0)}


@resource("GET", "limits")
def limits(call: Call) -> Answer:
    """Limits by name; API requests and bulk jobs really count down."""
    found: dict[str, Any] = {name: _left(most, 0) for name, most in _UNUSED.items()}
    query = (
        "SELECT COUNT(*) FILTER (WHERE kind = 'V2Query'),"
        " SUM((processed + 9999) / 10000) FILTER (WHERE kind = 'V2Ingest') FROM bulk_job"
    )
    jobs, batches = call.connection.execute(query).fetchone()
    found["PermissionSets"]["CreateCustom"] = _left(_CUSTOM_PERMISSION_SETS, 0)
    found["DailyApiRequests"] = _left(call.org.config.daily_api_requests, call.org.usage.total())
    found["DailyBulkV2QueryJobs"] = _left(MOST_QUERY_JOBS, jobs)
    found["DailyBulkApiBatches"] = _left(MOST_BATCHES, batches or 0)
    return Answer(body=dict(sorted(found.items())))


@resource("GET", "limits/recordCount")
def record_count(call: Call) -> Answer:
    """`?sObjects=Account,Contact`, or all: how many live rows; those without rows are left out."""
    names = [each.strip() for each in call.query.get("sObjects", "").split(",") if each.strip()]
    found = []
    for sobject in filter(None, map(call.names.sobject, names or call.names.schema.objects)):
        query = f'SELECT COUNT(*) FROM "{sobject.name}" WHERE IsDeleted = 0'  # noqa: S608 - names of devorg's own tables
        count = call.connection.execute(query).fetchone()[0]
        if count:
            found.append({"count": count, "name": call.names.entity(sobject)})
    return Answer(body={"sObjects": found})
