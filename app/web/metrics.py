"""Prometheus metrics; several processes share a folder (``PROMETHEUS_MULTIPROC_DIR``)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import structlog
from flask import Flask
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

_log = structlog.get_logger("inlay.web")

REQUESTS = Counter("inlay_requests", "HTTP requests.", ["endpoint", "status"])
REQUEST_SECONDS = Histogram("inlay_request_seconds", "Time of HTTP requests.", ["endpoint"])
CANVAS_REQUESTS = Counter("inlay_canvas_requests", "Signed requests by outcome.", ["outcome"])
EVENTS = Counter("inlay_events", "Events by source and outcome.", ["source", "outcome"])
DELIVERIES = Counter("inlay_deliveries", "Outbox rows by outcome.", ["outcome"])
SALESFORCE_CALLS = Counter("inlay_salesforce_calls", "Calls to Salesforce.", ["feature", "outcome"])

#: Name, help, label names, rows of (label values, value).
Gauge = tuple[str, str, list[str], Iterable[tuple[list[str], float]]]
#: Reads a gauge when ``/metrics`` is asked.
GaugeReader = Callable[[], Gauge]


class _Gauges(Collector):
    def __init__(self, readers: Iterable[GaugeReader]) -> None:
        self._readers = readers

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """A gauge that cannot be read is left out: the counters are wanted most just then."""
        for reader in self._readers:
            try:
                name, text, labels, rows = reader()
            except SQLAlchemyError as error:
                _log.warning("gauge_not_readable", kind=type(error).__name__)
                continue
            family = GaugeMetricFamily(name, text, labels=labels)
            for values, value in rows:
                family.add_metric(values, value)
            yield family


def add_gauges(app: Flask, reader: GaugeReader) -> None:
    """Have ``/metrics`` read these gauges (from the database, so that all processes agree)."""
    app.extensions.setdefault("inlay.gauges", []).append(reader)


def render(app: Flask) -> bytes:
    """The exposition of all processes."""
    registry = CollectorRegistry()
    registry.register(_Gauges(app.extensions.get("inlay.gauges", [])))
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for counter in _ALL:
            registry.register(counter)
    return generate_latest(registry)


_ALL = (
    REQUESTS,
    REQUEST_SECONDS,
    CANVAS_REQUESTS,
    EVENTS,
    DELIVERIES,
    SALESFORCE_CALLS,
)
