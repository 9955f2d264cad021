"""Orgs with the package's namespace and without it.

It changes names in calls, never a statement: on SQLite each test meets both kinds of org, on
PostgreSQL the one with a namespace.
"""

from __future__ import annotations

import os
from typing import Any

import pytest


def kinds() -> list[Any]:
    """Parameters of a fixture that makes an org in a box."""
    both = [pytest.param(None, id="no namespace"), pytest.param("acme", id="namespace")]
    return both[1:] if os.environ.get("INLAY_TEST_DATABASE") == "postgresql" else both
