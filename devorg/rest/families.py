"""The families of resources; importing this module puts them into the routing table."""

from __future__ import annotations

from devorg.bulk import ingest_resources, query_resources
from devorg.rest import (
    batch,
    collections,
    composite,
    describe,
    limits,
    object_info,
    query,
    replication,
    retrieve,
    sobjects,
    ui_api,
    unsupported,
)

LOADED = (
    batch, collections, composite, describe, ingest_resources, limits, object_info, query,
    query_resources, replication, retrieve, sobjects, ui_api, unsupported,
)  # fmt: skip
