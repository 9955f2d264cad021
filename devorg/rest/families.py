"""The families of resources; importing this module puts them into the routing table."""

from __future__ import annotations

from devorg.bulk import ingest_resources, query_resources
from devorg.rest import (
    collections,
    composite,
    describe,
    limits,
    query,
    sobjects,
    ui_api,
)

LOADED = (
    collections, composite, describe, ingest_resources, limits, query, query_resources, sobjects,
    ui_api,
)  # fmt: skip
