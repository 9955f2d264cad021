"""The world of the outbox's tests, for tests of the worker."""

from __future__ import annotations

from tests.outbox.conftest import devorg, served, world

__all__ = ["devorg", "served", "world"]
