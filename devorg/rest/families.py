"""The families of resources; importing this module puts them into the routing table."""

from __future__ import annotations

from devorg.rest import (
    collections,
    composite,
    describe,
    limits,
    query,
    sobjects,
    ui_api,
)

LOADED = (collections, composite, describe, limits, query, sobjects, ui_api)
