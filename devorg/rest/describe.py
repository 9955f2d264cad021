"""Describe: what objects and fields there are for this user, with If-Modified-Since."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from devorg.rest.call import Answer, Call
from devorg.rest.describe_field import described_field
from devorg.rest.describe_object import described_object, summary
from devorg.rest.routing import resource

MAX_BATCH = 200


def _not_modified(call: Call) -> Answer | None:
    """304 if the client has seen the schema as it is."""
    changed = call.org.schema_changed
    since = call.headers.get("if-modified-since")
    if not since:
        return None
    try:
        seen = parsedate_to_datetime(since)
    except ValueError:
        return None
    seen = seen if seen.tzinfo else seen.replace(tzinfo=UTC)
    return Answer(304, headers=_stamp(changed)) if changed <= seen else None


def _stamp(changed: datetime) -> dict[str, str]:
    return {
        "Last-Modified": format_datetime(changed, usegmt=True),
        "ETag": f'"{int(changed.timestamp()):x}"',
    }


@resource("GET", "sobjects")
def describe_global(call: Call) -> Answer:
    """All objects that the user may read, without their fields."""
    return _not_modified(call) or Answer(
        body={
            "encoding": "UTF-8",
            "maxBatchSize": MAX_BATCH,
            "sobjects": [
                summary(call, each)
                for _, each in sorted(call.names.schema.objects.items())
                if call.org.rights.may(call.user, each, "read")
            ],
        },
        headers=_stamp(call.org.schema_changed),
    )


@resource("GET", "sobjects/<name>")
def basic(call: Call, name: str) -> Answer:
    """An object in short."""
    return Answer(body={"objectDescribe": summary(call, call.sobject(name)), "recentItems": []})


@resource("GET", "sobjects/<name>/describe")
def describe(call: Call, name: str) -> Answer:
    """An object with the fields that the user may see."""
    sobject = call.sobject(name)
    unchanged = _not_modified(call)
    if unchanged:
        return unchanged
    editable = call.org.rights.editable(call.user, sobject)
    fields = [
        described_field(call.names, each, editable=each.name in editable)
        for each in sobject.fields
        if (sobject.name, each.name) not in call.hidden
    ]
    body = {**described_object(call, sobject), "fields": fields}
    return Answer(body=dict(sorted(body.items())), headers=_stamp(call.org.schema_changed))
